#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# enslave.sh - a network card that carries a live connection goes into a bridge and out again, with all that it has.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1
lan_new
serve inet inet 80

# policy [LINE]...: one network with these lines
policy() {
	printf '%s\n' "[network lan]" bridge=br0 "$@" >"$XNM_CONFIG"
}

# everything: what the host has of links, addresses, routes and notes, without what counts down or up
everything() {
	ip -j -d link | jq -S 'del(.[] | .stats, .stats64) | map({ifname, flags, mtu, address, master, operstate})'
	ip -j addr | jq -cS '.[] | .ifname as $i | .addr_info[] | [$i, .local, .prefixlen, .label, .scope, .dynamic, .deprecated]'
	for family in -4 -6; do
		ip $family route show table all | sed 's/ expires [0-9]*sec//; s/  */ /g; s/ linkdown//' | sort
	done
	ip rule
	find "$XNM_RUN_DIR" -type f ! -path '*/applied/*' ! -name lock ! -name nft 2>/dev/null | sort
}

# of DEVICE: its addresses and routes, without its name, as they can be compared with another device's
of() {
	ip -j addr show dev "$1" | jq -cS --arg dev "$1" '.[0].addr_info[] | select(.scope != "link")
		| [.local, .prefixlen, .broadcast, (.label // "" | sub($dev; "DEV")), .secondary, .deprecated, .metric,
			(.valid_life_time > 4000000000), (.preferred_life_time > 4000000000)]'
	for family in -4 -6; do
		ip $family route show table all dev "$1" | grep -Ev '^(fe80|ff00|multicast|local|broadcast|anycast|unreachable)|^[0-9a-f:]*/64 proto kernel metric 256 ' |
			sed 's/ expires [0-9]*sec/ expires/; s/  */ /g; s/ linkdown//; s/ $//' | sort
	done
}

# udev VERB [ARGUMENT]...
udev() {
	try "$LAUNCH" -t 20 "$XNM_UDEV" "$@"
}

# quiet NAME: the last try succeeded in silence
quiet() {
	is "$1" "$rc:$out" "0:"
}

# a connection that sends all the time, and tells of it: stream NAME ADDRESS
declare -A streams=()
stream() {
	curl -sS -g -N --noproxy '*' "http://$(bracketed "$2"):80/stream" >"$T/stream.$1" 2>"$T/stream.$1.err" &
	streams[$1]=$!
	for _ in {1..100}; do
		[ -s "$T/stream.$1" ] && return
		sleep 0.02
	done
	not_ok "the connection $1" "$(cat "$T/stream.$1.err")"
}

# lives NAME: all connections are the same processes, without an error, and get more
lives() {
	local name before wrong=
	local -A sizes=()

	for name in "${!streams[@]}"; do
		sizes[$name]=$(stat -c %s "$T/stream.$name")
	done
	for name in "${!streams[@]}"; do
		before=${sizes[$name]}
		for _ in {1..100}; do
			[ "$(stat -c %s "$T/stream.$name")" -gt $((before + 100)) ] && break
			sleep 0.05
		done
		[ "$(stat -c %s "$T/stream.$name")" -gt $((before + 100)) ] || wrong+="$name: nothing comes any more"$'\n'
		kill -0 "${streams[$name]}" 2>/dev/null || wrong+="$name: ended, $(cat "$T/stream.$name.err")"$'\n'
		[ ! -s "$T/stream.$name.err" ] || wrong+="$name: $(cat "$T/stream.$name.err")"$'\n'
	done
	if [ -z "$wrong" ]; then ok "$1"; else not_ok "$1" "${wrong%$'\n'}"; fi
}

# resets: how many the host and the server have sent or got
resets() {
	for netns in dom0 inet; do
		# shellcheck disable=SC2016 # of awk
		inside $netns awk '/^Tcp:/ && n++ { print $9, $15 }' /proc/net/snmp
	done | xargs
}

# its neighbour card comes up by and by
for _ in {1..100}; do
	[ "$(ip -6 -o addr show scope link | grep -c 'eth[01]')" = 2 ] && [ "$(ip -br link | grep -c 'eth[01].* UP ')" = 2 ] && break
	sleep 0.05
done

# the card of this test: secondary addresses, lifetimes, labels, several tables, a default route
ip addr add 10.99.0.2/24 dev eth0
ip addr add 10.77.0.1/24 dev eth0 label eth0:one
ip addr add 2001:db8:99::2/64 dev eth0 valid_lft 5000 preferred_lft 4000
ip addr add 2001:db8:99::3/64 dev eth0 preferred_lft 0
ip route replace default via $lan4 metric 50
ip route del default via $lan4 metric 0 2>/dev/null
ip route add 192.0.2.0/24 via $lan4 dev eth0 onlink src 10.99.0.2 mtu 1400
ip route add default via $lan4 table 100
ip route add 10.99.0.0/24 dev eth0 table 100
ip -6 route add default via $lan6 dev eth0 table 100
ip -6 route add 2001:db8:777::/48 via $lan6 metric 30
ip rule add from 10.99.0.2 table 100
ip neigh replace 10.99.0.77 lladdr 00:16:3e:77:77:77 nud permanent dev eth0

# -- plan: nothing is changed
policy interfaces=eth0 start=boot
before=$(everything)
udev plan
is "plan succeeds" "$rc" 0
like "it says that addresses move" "$out" 'give br0 the addresses of eth0: .*10\.99\.0\.1/24'
like "and routes" "$out" 'give br0 [0-9]+ routes of eth0'
same "and changes nothing" "$(everything)" "$before"

# -- into the bridge
before=$(of eth0)
mac=$(link_mac eth0)
stream tcp4 $inet4
stream tcp6 $inet6
resets=$(resets)
udev add eth0
quiet "the card goes into the bridge"
is "it is a port" "$(link_master eth0)" br0
lives "its connections live"
is "no connection was reset" "$(resets)" "$resets"
same "the bridge has all that the card had" "$(of br0)" "$before"
is "the card has nothing" "$(of eth0)" ""
is "the bridge has its MAC" "$(link_mac br0)" "$mac"
is "its permanent neighbours are the bridge's" "$(ip neigh show nud permanent dev br0 | xargs)" "10.99.0.77 lladdr 00:16:3e:77:77:77 PERMANENT"
like "neighbours that it knew are known" "$(ip neigh show dev br0)" "10\.99\.0\.254 lladdr"
reach "new connections work" dom0 "tcp/$inet4/80=inet:80 10.99.0.1" "ping/$lan4=yes" "ping/$lan6=yes" "ping/$inet6=yes"
reach "a policy rule's table does" dom0@10.99.0.2 "tcp/$inet4/80=inet:80 10.99.0.2"
reach "it is reached" lan ping/10.99.0.1=yes ping/10.99.0.2=yes ping/2001:db8:99::1=yes
for verb in "add eth0" "change eth0" boot; do
	before_all=$(everything)
	# shellcheck disable=SC2086 # two words
	udev $verb
	quiet "again: $verb"
	same "it changes nothing" "$(everything)" "$before_all"
done
udev plan
is "there is nothing to do" "$(echo "$out" | xargs)" "network lan: nothing to do"

# -- a guest beside it
guest_new 1 0 bridge=lan ip="10.99.0.11 2001:db8:99::11"
try hotplug online 1 0
assert_online "a guest" 1 0 br0
lan_guest 1 0 $lan4 $lan6 10.99.0.11/24 2001:db8:99::11/64
reach "it reaches the internet as itself" g1.0 "tcp/$inet4/80=inet:80 10.99.0.11" "udp/$inet6/80=inet:80 2001:db8:99::11" \
	ping/10.99.0.1=yes
try hotplug offline 1 0
assert_offline "it goes" 1 0
guest_rm 1 0
lives "the connections live"

# -- the card goes away and comes back
bridge=$(of br0 | grep -v expires)
ip link set eth0 netns lan name back
udev remove eth0
quiet "the card is gone"
same "the bridge keeps what it has" "$(of br0 | grep -v expires)" "$bridge"
ip -n lan link set back netns $$ name eth0
ip -n lan link set eth0 up 2>/dev/null
udev add eth0
quiet "it comes back"
is "it is a port again" "$(link_master eth0)" br0
lives "the connections have gone on"

# -- out of the bridge
before=$(of br0)
resets=$(resets)
policy address=192.168.77.1/24 forward=bridge start=boot
udev boot
quiet "the policy drops the card"
is "it is no port" "$(link_master eth0)" ""
same "it has all back" "$(of eth0)" "$before"
is "the bridge has its own address only" "$(link_addresses br0 | grep -v ^fe80)" 192.168.77.1/24
lives "its connections live"
is "and none was reset" "$(resets)" "$resets"
before_all=$(everything)
udev boot
quiet "again"
same "it changes nothing" "$(everything)" "$before_all"
policy interfaces=eth0 address=192.168.77.1/24
udev add eth0
quiet "in again, beside an address of the network's own"
lives "its connections live"
is "the bridge has both" "$(link_addresses br0 | grep -c '^192.168.77.1/24\|^10.99.0.1/24')" 2

# -- the bridge goes
policy interfaces=eth0 address=192.168.77.1/24 keep=no
udev boot
quiet "the network is not to be kept"
is "the bridge has gone" "$(link_exists br0 && echo there)" ""
same "the card has all back" "$(of eth0)" "$before"
lives "its connections live"
is "no note is left" "$(find "$XNM_RUN_DIR/bridge" "$XNM_RUN_DIR/network" -type f)" ""

# -- with the first guest and the last one
guest_new 2 0 bridge=lan
try hotplug online 2 0
assert_online "a guest makes the bridge" 2 0 br0
is "the card is a port" "$(link_master eth0)" br0
lives "its connections live"
try hotplug offline 2 0
assert_offline "the guest goes" 2 0
guest_rm 2 0
is "the bridge has gone" "$(link_exists br0 && echo there)" ""
same "the card has all back" "$(of eth0)" "$before"
lives "its connections live"

# -- refused, and nothing is touched
# refused NAME PATTERN...: by boot, add and the online of a guest
refused() {
	local name=$1 before pattern wrong verb

	shift
	before=$(everything)
	for verb in boot "add eth0"; do
		wrong=
		# shellcheck disable=SC2086 # two words
		udev $verb
		[ "$rc" = 1 ] || wrong+="exit status $rc"$'\n'
		[ "$(echo "$out" | wc -l)" = 1 ] || wrong+="not one line"$'\n'
		for pattern; do
			echo "$out" | grep -Eq -- "$pattern" || wrong+="it does not match $pattern"$'\n'
		done
		[ -z "$wrong" ] || wrong+="it says: $out"
		is "$name: $verb" "$wrong" ""
		same "$name: nothing is touched" "$(everything)" "$before"
	done
	guest_new 3 0 bridge=lan
	try hotplug online 3 0
	assert_refused "$name: a guest" 3 0 "$@"
	guest_rm 3 0
	same "$name: nor by the guest" "$(everything)" "$before"
}
policy interfaces=eth0 start=boot address=10.99.0.9/16
refused "another length of the same subnet" 'interfaces=eth0 of network lan' '10\.99\.0\.1/24' 'address=10\.99\.0\.9/16'
policy interfaces=eth0 start=boot mtu=9000
refused "a larger MTU" 'MTU 1500' 'mtu=9000'
policy "interfaces=eth0 eth1" start=boot
refused "two cards with addresses" 'interfaces=eth1' 'so has eth0'
policy "interfaces=eth0 lo" start=boot
refused "loopback" 'interfaces=lo' 'loopback'
ip link add theirs type bridge
ip link add eth5 type veth peer name eth5 netns lan
ip link set eth5 master theirs
policy "interfaces=eth0 eth5" start=boot
refused "a card in another bridge" 'interfaces=eth5' 'port of theirs'
ip link del eth5
mount -t tmpfs tmpfs "$(readlink -f /sys/class/net/eth1)" && mkdir "/sys/class/net/eth1/phy80211"
ip addr flush dev eth1
policy "interfaces=eth0 eth1" start=boot
refused "a wireless card" 'interfaces=eth1' 'wireless' 'forward=nat'
umount "$(readlink -f /sys/class/net/eth1)"
ip link set theirs name br0
ip link set br0 up
policy interfaces=eth0 start=boot
refused "a bridge that somebody else made" 'br0 was not made by xnm'
ip link del br0
ip route add 192.0.2.128/25 nexthop via $lan4 dev eth0 nexthop via $lan4 dev eth0 onlink
refused "a route with several next hops" 'several next hops'
ip route del 192.0.2.128/25
lives "the connections have seen nothing of it"

# -- the kernel refuses: all is put back
if ip link add mv0 link eth0 type macvlan 2>/dev/null; then
	before_all=$(everything)
	udev add eth0
	is "a card with a macvlan: exit status" "$rc" 1
	like "the kernel's own words" "$out" 'cannot attach eth0 to bridge br0: '
	same "everything is as it was" "$(everything)" "$before_all"
	ip link del mv0
else
	skip "a card that the kernel refuses" "this kernel has no macvlan"
fi
# at every step
policy interfaces=eth0 start=boot address=192.168.77.1/24
steps=$("$XNM_UDEV" plan | grep -c '^ *[0-9]')
before_all=$(everything)
for ((i = 1; i <= steps; i++)); do
	for when in "" +; do
		try env XNM_FAIL_AT="$i$when" "$O/xnm-udev-faults" boot
		[ "$rc:$(everything)" = "1:$before_all" ] && continue
		not_ok "a failure at step $i$when" "exit status $rc: $out" "$(difference "$before_all" "$(everything)")"
	done
done
is "there were steps" "$((steps > 8))" 1
# the same with a bridge that is there, and stays: its deletion does not help
policy forward=bridge start=boot address=192.168.77.1/24
udev boot
quiet "a bridge without the card"
# both: what matters of the card and of the bridge
both() {
	of eth0
	of br0
	echo "$(link_master eth0) $(link_mac br0)"
	cat "$XNM_RUN_DIR/bridge/br0"
}
policy interfaces=eth0 forward=bridge start=boot address=192.168.77.1/24
steps=$("$XNM_UDEV" plan | grep -c '^ *[0-9]')
before_both=$(both)
for ((i = 1; i <= steps; i++)); do
	for when in "" +; do
		try env XNM_FAIL_AT="$i$when" "$O/xnm-udev-faults" boot
		[ "$rc:$(both)" = "1:$before_both" ] && continue
		not_ok "a failure at step $i$when, with a bridge" "exit status $rc: $out" "$(difference "$before_both" "$(both)")"
	done
done
is "there were steps with a bridge" "$((steps > 5))" 1
policy address=192.168.77.1/24 forward=bridge keep=no
udev boot
quiet "the bridge goes"
policy interfaces=eth0 start=boot address=192.168.77.1/24
lives "after a failure at each of them, the connections live"

# -- killed at every step, then again
steps=$("$XNM_UDEV" plan | grep -c '^ *[0-9]')
for ((i = 1; i <= steps; i++)); do
	try env XNM_KILL_AT="$i" "$O/xnm-udev-faults" boot
	[ "$rc" = 137 ] || not_ok "killed at step $i" "exit status $rc: $out"
	udev boot
	[ "$rc:$out:$(link_master eth0):$(of eth0)" = "0::br0:" ] ||
		not_ok "after a kill at step $i" "exit status $rc: $out" "$(of eth0)"
	same "killed at step $i: the next run goes on" "$(of br0 | grep -v 192.168.77)" "$before"
	policy address=192.168.77.1/24 forward=bridge keep=no
	udev boot
	[ "$(of eth0)" = "$before" ] || not_ok "back after a kill at step $i" "$rc $out" "$(difference "$before" "$(of eth0)")"
	policy interfaces=eth0 start=boot address=192.168.77.1/24
done
lives "after a kill at each step, the connections live"
udev boot
quiet "into the bridge"

# -- the network goes from the policy
: >"$XNM_CONFIG"
udev boot
quiet "the network is not in the policy any more"
is "its bridge has gone" "$(link_exists br0 && echo there)" ""
same "the card has all back" "$(of eth0)" "$before"
is "nothing is left" "$(find "$XNM_RUN_DIR" -type f ! -path '*/applied/*' ! -name lock ! -name nft; elements)" ""
lives "its connections live"
tap_done
