#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# conntrack.sh - the kernel verb that forgets the connections of some addresses, as conntrack(8) shows its work.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

kernel=$O/tests/kernel
count=/proc/sys/net/netfilter/nf_conntrack_count
if ! command -v conntrack >/dev/null; then
	skip "conntrack" "conntrack is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
if ! [ -e $count ] || ! conntrack -L >/dev/null 2>&1; then
	is "without connection tracking" "$("$kernel" purge 192.0.2.1 | paste -sd'|')" "0|0"
	skip "conntrack" "this kernel has no connection tracking, or no way to look at it"
	tap_done
	exit
fi

udp="-p udp --timeout 3600 --sport 1111 --dport 53"
back="--reply-port-src 53 --reply-port-dst 1111"
tcp="-p tcp --timeout 3600 --sport 2222 --dport 80 --state ESTABLISHED"

# add OPTION...: one entry
add() {
	# shellcheck disable=SC2086 # options, split on purpose
	conntrack -I "$@" >/dev/null 2>&1 || echo "# conntrack -I $* failed"
}

# fill FIRST COUNT DST: entries from as many sources, 10.x.y.z, to one address
fill() {
	local i

	for ((i = $1; i < $1 + $2; i++)); do
		echo "-I -s 10.$((i / 65536)).$((i / 256 % 256)).$((i % 256)) -d $3 $udp"
	done >"$T/fill"
	conntrack -R "$T/fill" >/dev/null 2>&1
}

# entries: "protocol source destination" of the original direction, sorted
entries() {
	{
		conntrack -L -f ipv4
		conntrack -L -f ipv6
	} 2>/dev/null | awk '{
		src = dst = ""
		for (i = 1; i <= NF; i++) {
			if (src == "" && sub(/^src=/, "", $i)) src = $i
			if (dst == "" && sub(/^dst=/, "", $i)) dst = $i
		}
		print $1, src, dst
	}' | sort | paste -sd'|'
}

# says NAME WANTED VERB...: what the verb returns and how many it deleted
says() {
	local name=$1 wanted=$2

	shift 2
	is "$name" "$("$kernel" "$@" 2>&1 | paste -sd'|')" "$wanted"
}

# -- an empty table
conntrack -F >/dev/null 2>&1
is "the table is empty" "$(cat $count)" 0
says "an empty table" "0|0" purge 192.0.2.1

# -- each of the four places where an address may be, both families
one_of_each() {
	conntrack -F >/dev/null 2>&1
	# shellcheck disable=SC2086 # options, split on purpose
	{
		add -s 192.0.2.1 -d 198.51.100.1 $udp
		add -s 198.51.100.2 -d 192.0.2.1 $tcp
		# translated: the guest is only in the reply, as source or as destination
		add -s 198.51.100.3 -d 203.0.113.1 -r 192.0.2.1 -q 198.51.100.3 $udp $back
		add -s 192.0.2.1 -d 198.51.100.4 -r 198.51.100.4 -q 203.0.113.1 $udp $back
		add -s 198.51.100.5 -d 203.0.113.1 -r 198.51.100.6 -q 192.0.2.1 $udp $back
		add -p icmp -s 192.0.2.1 -d 198.51.100.7 --icmp-type 8 --icmp-code 0 --icmp-id 7 --timeout 3600
		add -s 192.0.2.2 -d 198.51.100.1 $udp
		add -s 192.0.2.129 -d 192.0.2.130 $udp
		add -s 2001:db8::1 -d 2001:db8:f::1 $udp
		add -s 2001:db8:f::2 -d 2001:db8::1 $tcp
		add -s 2001:db8::2 -d 2001:db8:f::3 $udp
	}
}
one_of_each
is "eleven entries" "$(cat $count)" 11
others="udp 192.0.2.129 192.0.2.130|udp 192.0.2.2 198.51.100.1|udp 2001:db8::2 2001:db8:f::3"
v6="tcp 2001:db8:f::2 2001:db8::1|udp 2001:db8::1 2001:db8:f::1"
says "an address that no entry has" "0|0" purge 192.0.2.3 2001:db8::3
is "nothing has gone" "$(cat $count)" 11
says "an IPv4 address" "0|6" purge 192.0.2.1
is "the others stay" "$(entries)" "$(printf '%s|%s' "$others" "$v6" | tr '|' '\n' | sort | paste -sd'|')"
says "again" "0|0" purge 192.0.2.1
says "an IPv6 address" "0|2" purge 2001:db8::1
is "the others stay" "$(entries)" "$others"
one_of_each
says "both at once" "0|8" purge 2001:db8::1 192.0.2.1
is "the others stay" "$(entries)" "$others"

# -- prefixes
says "a prefix that ends within a byte" "0|1" purge 192.0.2.128/25
is "its other half stays" "$(entries)" "udp 192.0.2.2 198.51.100.1|udp 2001:db8::2 2001:db8:f::3"
says "no addresses" "0|0" purge
says "an IPv4 prefix is none of IPv6" "0|1" purge 0.0.0.0/0 2001:db8::3
is "which stays" "$(entries)" "udp 2001:db8::2 2001:db8:f::3"
says "a prefix with host bits" "0|1" purge 2001:db8::ffff/112
is "none left" "$(cat $count)" 0

# -- zones: the same addresses and ports, of one or of both directions
# shellcheck disable=SC2086 # options, split on purpose
{
	add -s 192.0.2.1 -d 198.51.100.1 $udp
	add -s 192.0.2.1 -d 198.51.100.1 $udp --zone 5
	add -s 192.0.2.1 -d 198.51.100.1 $tcp --orig-zone 6
	add -s 192.0.2.1 -d 198.51.100.2 $tcp --reply-zone 7
	add -s 192.0.2.2 -d 198.51.100.1 $udp --zone 5
}
is "five entries" "$(cat $count)" 5
says "in every zone" "0|4" purge 192.0.2.1
is "the other one stays" "$(entries)" "udp 192.0.2.2 198.51.100.1"

# -- more than one datagram of the dump and of deletions
conntrack -F >/dev/null 2>&1
fill 0 3000 192.0.2.1
fill 3000 1000 192.0.2.2
is "4,000 entries" "$(cat $count)" 4000
says "3,000 of them" "0|3000" purge 192.0.2.1
is "the others stay" "$(conntrack -L 2>/dev/null | grep -c 'dst=192.0.2.2 ')" 1000

# -- eight at the same time: no entry counts twice and a lost race is no failure
fill 0 3000 192.0.2.1
for i in {1..8}; do
	"$kernel" purge 192.0.2.1 >"$T/purge$i" &
done
wait
is "eight at once: each succeeds" "$(head -qn 1 "$T"/purge? | paste -sd' ')" "0 0 0 0 0 0 0 0"
is "eight at once: each entry counts once" "$(($(tail -qn 1 "$T"/purge? | paste -sd+)))" 3000
is "the others stay" "$(cat $count)" 1000

# -- without rights
is "without CAP_NET_ADMIN" \
	"$(setpriv --bounding-set -all --inh-caps -all --ambient-caps -all --reuid 65534 --clear-groups \
		"$kernel" purge 192.0.2.2 2>&1 | paste -sd'|')" "-EPERM|0"
is "nothing has gone" "$(cat $count)" 1000

# -- a kernel without connection tracking has no such file
mount -t tmpfs tmpfs /proc/sys/net/netfilter
says "no connection tracking" "0|0" purge 192.0.2.2
umount /proc/sys/net/netfilter
is "nothing has gone" "$(cat $count)" 1000
tap_done
