#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# drops-full.sh - what is dropped is dropped also where it cannot be counted, as the set of counters takes no more.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/frames.sh
. "$netns_top/tests/lib/frames.sh"

lan_or_skip
store_start || exit 1

# fill TABLE: its set of counters has as many elements as it can take
fill() {
	local table=$1 step=8192 n=0

	while ((step > 0)); do
		if awk -v table="$table" -v n=$n -v step=$step 'BEGIN {
			printf "add element %s xnm drops { ", table
			for (i = n; i < n + step; i++)
				printf "%s\"x%d\" . \"full\" counter", (i > n ? ", " : ""), i
			print " }"
		}' | nft -f - 2>"$T/fill"; then
			n=$((n + step))
		else
			step=$((step / 2))
		fi
	done
	like "$table: the set takes no more" "$(cat "$T/fill")" "Too many open files in system|File table overflow|ENFILE"
}

# -- what a guest on a bridge sends
cat >"$XNM_CONFIG" <<'END'
[vif locked]
locking-mode=locked
address=10.0.0.1 10.0.0.5 2001:db8::1 2001:db8::5
ipv4-allowed=10.0.8.0/24
ipv6-allowed=2001:db8:8::/64
END
frames_host br0
frames_guest 2 name=victim
try hotplug online 2 0
frames_guest 1 name=locked
try hotplug online 1 0
assert_online "a locked guest" 1 0 br0
fill bridge
neighbours_set
battery_uncounted "bridged" locked
is "bridged: dom0's neighbours are where they were" "$(neighbours_wrong)" ""
for d in 1 2; do
	try hotplug offline $d 0
	guest_rm $d 0
done
ip netns del lan
ip link del br0

# -- what passes this host, or comes to it
lan_new
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[network lab]
bridge=lab0
address=192.168.20.1/24 fd20::1/64
isolated=yes

[network routed]
backend=route
forward=route
address=10.0.0.1/32 fe80::1/64
uplink=wan
acl=few

[network nat]
bridge=nat0
address=192.168.30.1/24 fd30::1/64
forward=nat
uplink=wan

[acl few]
rule=allow ingress tcp port 80
rule=drop ingress
rule=allow egress tcp port 80
rule=drop egress
END
serve dom0 dom0 22 80
serve inet inet 80 81

# guest D NETWORK N: 192.168.N0.1D and fdN0::1D, with a server
guest() {
	guest_new "$1" 0 bridge="$2" ip="192.168.${3}0.1$1 fd${3}0::1$1"
	try hotplug online "$1" 0
	assert_online "a guest of $2" "$1" 0 "${4:-}"
	lan_guest "$1" 0 "192.168.${3}0.1" "fd${3}0::1" "192.168.${3}0.1$1/24" "fd${3}0::1$1/64"
	serve "g$1.0" "guest$1" 80 81
}
guest 1 lab 2 lab0
guest 2 lab 2 lab0
guest 3 nat 3 nat0
guest_new 4 0 bridge=routed ip="10.99.0.54 2001:db8:99::54"
try hotplug online 4 0
is "a routed guest" "$rc:$out" 0:
lan_guest 4 0 10.0.0.1 fe80::1 10.99.0.54/32 2001:db8:99::54/128
serve g4.0 guest4 80 81
reach "beforehand, what may pass passes" g4.0 "tcp/$inet4/80=inet:80 10.99.0.54" "tcp/$inet6/80=inet:80 2001:db8:99::54"
fill inet
reach "it does as well when the set is full" g4.0 "tcp/$inet4/80=inet:80 10.99.0.54" \
	"tcp/$inet6/80=inet:80 2001:db8:99::54" "g3.0>tcp/$inet4/80=inet:80 10.99.0.1" \
	"g3.0>tcp/$inet6/80=inet:80 2001:db8:99::1" "inet>tcp/10.99.0.54/80=guest4:80 $inet4"
nowhere "a closed network: no way out" g1.0 tcp/$inet4/80 udp/$inet4/80 ping/$inet4 tcp/$inet6/80 udp/$inet6/80 ping/$inet6
nowhere "no way in" inet tcp/192.168.30.13/80 tcp/fd30::13/80 tcp/192.168.20.11/80
nowhere "the host's closed ports" g1.0 tcp/192.168.20.1/22 udp/192.168.20.1/80 tcp/fd20::1/22 udp/fd20::1/80
nowhere "from network to network" g3.0 tcp/192.168.20.11/80 tcp/fd20::11/80 tcp/10.99.0.54/81 tcp/2001:db8:99::54/81
nowhere "access list, from a guest" g4.0 tcp/$inet4/81 udp/$inet4/80 tcp/$inet6/81 udp/$inet6/80
nowhere "access list, to a guest" inet tcp/10.99.0.54/81 udp/10.99.0.54/80 tcp/2001:db8:99::54/81 udp/2001:db8:99::54/80
sysctl_set g1.0 ipv4/conf/all/accept_redirects=0 ipv4/conf/eth0/accept_redirects=0 ipv6/conf/eth0/accept_redirects=0
ip -n g1.0 route replace 192.168.20.12/32 via 192.168.20.1 dev eth0
ip -n g1.0 route replace fd20::12/128 via fd20::1 dev eth0
nowhere "isolated guests, by way of the host" g1.0 tcp/192.168.20.12/80 tcp/fd20::12/80
ip -n g4.0 addr add 10.99.0.55/32 dev eth0
ip -n g4.0 addr add 2001:db8:99::55/128 dev eth0
nowhere "a routed guest with another's address" g4.0@10.99.0.55 tcp/$inet4/80 ping/10.0.0.1
nowhere "the same, IPv6" g4.0@2001:db8:99::55 tcp/$inet6/80
# the LAN speaks as a guest to a host that would let it by
sysctl_set dom0 ipv4/conf/eth0/rp_filter=0
ip -n lan addr add 192.168.30.99/32 dev lo
ip -n lan addr add fd30::99/128 dev lo
served dom0 >/dev/null
nowhere "the LAN with a guest's address" lan@192.168.30.99 udp/10.99.0.1/80
nowhere "the same, IPv6" lan@fd30::99 udp/2001:db8:99::1/80
is "nothing of it reached the host" "$(served dom0)" ""
is "nothing of it reached a guest" "$(for d in 1 2 3 4; do served guest$d; done | grep -vE "^tcp 80 $inet4\$")" ""

tap_done
