#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lease.sh - a lease for the host takes nothing that the host or a guest has, and its end nothing that somebody else made.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip
store_start || exit 1
lan_new
# no client: what one would say is said here
mkdir -p "$T/real" "$T/links"
mount --bind /usr/sbin "$T/real"
ln -s "$T/real"/* "$T/links"
mount --bind "$T/links" /usr/sbin
rm -f "$T"/links/{udhcpc,dhclient,dhcpcd}
ln -s "$HOTPLUG" "$T/xnm-dhcp"

# netmask LENGTH
netmask() {
	local bits=$((0xffffffff << (32 - $1) & 0xffffffff))

	echo "$((bits >> 24)).$((bits >> 16 & 255)).$((bits >> 8 & 255)).$((bits & 255))"
}

# hook DEVICE WORD [NAME=VALUE]...: as udhcpc calls it
hook() {
	env -i PATH="$PATH" XNM_LOG=stderr XNM_RUN_DIR="$XNM_RUN_DIR" XNM_CONFIG="$XNM_CONFIG" \
		${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} interface="$1" "${@:3}" "$T/xnm-dhcp" "$2"
}

# lease DEVICE ADDRESS/LENGTH [ROUTER]
lease() {
	try hook "$1" bound ip="${2%/*}" subnet="$(netmask "${2#*/}")" ${3:+router="$3"}
}

has() {
	ip -4 -o addr show
	ip -4 route
}

# takes_nothing NAME ADDRESS/LENGTH ROUTER REGEX: of the phone; refused, and all is as before
takes_nothing() {
	local before

	before=$(has)
	lease br0 "$2" "$3"
	is "$1: nothing has changed" "$(has)" "$before"
	like "$1: and it says why" "$rc:$out" "^1:.*$4"
	try hook br0 deconfig
	is "$1: nor when the lease is over" "$(has)" "$before"
}

# ------------------------------------------------------------------ a guest that is the router
cat >"$XNM_CONFIG" <<'END'
[uplink phone]
guest=phone/0
gateway=dhcp 10.0.0.0/8
metric=300
[uplink wired]
interface=eth0
[uplink spare]
interface=eth1
gateway=10.98.0.254
metric=900
track=10.51.0.9
[network inside]
bridge=br0
address=10.7.0.1/24
forward=nat
uplink=wired
[network other]
bridge=br1
address=10.77.0.1/24
dns=10.53.0.53
[network free]
bridge=br2
[network routed]
backend=route
address=10.66.0.1/24
forward=route
uplink=wired
[pool some]
network=free
range=10.52.0.100-10.52.0.199
[vif phone/0]
network=inside
locking-mode=unlocked
[vif web]
network=inside
address=10.7.0.7
[vif far]
network=routed
address=10.66.0.7 10.67.0.0/24
[vif free]
network=free
address=10.68.0.7
END
guest_new 1 0 name=phone bridge=br0
guest_new 2 0 name=web bridge=br0
guest_new 3 0 name=far
guest_new 4 0 name=free bridge=br2
for i in 1 2 3 4; do
	try hotplug online $i 0
	[ $rc = 0 ] || not_ok "online $i" "$out"
done
ip route add 10.54.0.0/16 via 10.98.0.7
ip route add blackhole 10.55.0.0/16
ip route add blackhole 10.55.5.0/24
ip neigh add 10.56.0.7 lladdr 02:00:00:00:00:01 dev eth1
ip addr add 10.57.0.1 peer 10.58.0.1 dev eth1
# reached by a route that stands for the internet, and one that was reached by a subnet that has gone
ip route add 0.0.0.0/2 dev eth1
ip neigh add 10.61.0.7 lladdr 02:00:00:00:00:01 dev eth1 nud stale
ip route add 10.62.0.0/16 via 10.98.0.7 table 77
ip route add local 10.63.0.0/16 dev lo
ip neigh add 10.43.0.7 lladdr 02:00:00:00:00:01 dev eth0 nud stale
ip route add blackhole 10.43.0.0/28 table 77
ip neigh add 10.43.0.9 lladdr 02:00:00:00:00:01 dev br0 nud stale
ip route add 10.43.0.16/28 dev br0 table 78

takes_nothing "the address of the bridge" 10.7.0.1/24 "" '10.7.0.1/24 is '
takes_nothing "a part of its subnet" 10.7.0.99/28 10.7.0.100 '10.7.0.1/24 is '
takes_nothing "a guest beside it" 10.7.0.7/32 "" 'is '
takes_nothing "around the router of the LAN" 10.99.0.253/30 10.99.0.254 'is .* of this host on eth0'
takes_nothing "around the LAN" 10.99.4.9/20 "" 'is .* of this host on eth0'
takes_nothing "the host's own address" 10.99.0.1/32 "" 'is .* of this host on eth0'
takes_nothing "a subnet that is routed" 10.54.3.9/24 10.54.3.1 '10.54.0.0/16 is reached by a route of this host through eth1'
takes_nothing "one that is closed" 10.55.5.9/24 "" '10.55.5.0/24 is rejected by a route'
takes_nothing "a neighbour elsewhere" 10.56.0.9/24 "" '10.56.0.7 is a neighbour of this host on eth1'
takes_nothing "a neighbour that was there once, where this host sends to it" 10.61.0.9/24 "" '10.61.0.7 is a neighbour of this host on eth1'
takes_nothing "a subnet of another table" 10.62.3.9/24 10.62.3.1 '10.62.0.0/16 is reached by a route of this host through eth1'
takes_nothing "one that this host is in whole" 10.63.3.9/24 10.63.3.1 '10.63.0.0/16 is reached by a route of this host through lo'
takes_nothing "the peer of an address" 10.58.0.1/32 "" '10.58.0.1 is '
takes_nothing "a routed guest" 10.66.0.9/29 "" 'is '
takes_nothing "the prefix of a routed guest" 10.67.0.9/28 "" 'is '
takes_nothing "a guest on another bridge" 10.68.0.8/24 "" '10.68.0.7 is an address of the guest behind vif4.0'
takes_nothing "a network without guests" 10.77.0.9/24 "" '10.77.0.1/24 is address= of .network other'
takes_nothing "what an uplink tracks" 10.51.0.1/24 "" '10.51.0.9 is track= of .uplink spare'
takes_nothing "a pool" 10.52.0.9/25 "" '10.52.0.100 is in range= of .pool some'
takes_nothing "a DNS server of guests" 10.53.0.9/24 10.53.0.1 '10.53.0.53 is given to guests'
takes_nothing "outside of what is expected" 172.16.3.9/24 172.16.3.1 'not within the prefix of gateway=dhcp .expected by .uplink phone.: 10.0.0.0/8'
takes_nothing "more than what is expected" 10.43.0.9/7 "" 'not within the prefix'
takes_nothing "a broadcast address" 10.43.0.255/24 10.43.0.1 'broadcast'
takes_nothing "the subnet's own" 10.43.0.0/24 10.43.0.1 'the subnet itself'
takes_nothing "the router's" 10.43.0.1/24 10.43.0.1 "it is the router's own address"
takes_nothing "a router elsewhere" 10.43.0.9/24 10.44.0.1 'the router has no address in that subnet'

ip -n g1.0 addr add 10.43.0.66/24 dev eth0
ip -n g1.0 link set eth0 up
takes_nothing "an address that the server has" 10.43.0.66/24 "" '10.43.0.66, but a machine on br0 has that address'

# owned ADDRESS: whether guests of br0 are kept from it
owned() {
	nft -j list set bridge xnm owned4 | grep -cF "\"$1\""
}

# what stays possible, beside routes for all the internet and closed ones around it
ip route del 0.0.0.0/2
ip route add 0.0.0.0/1 via 10.98.0.254
ip route add 128.0.0.0/1 via 10.98.0.254
ip route add unreachable 10.0.0.0/8
before=$(has)
lease br0 10.43.0.9/24 10.43.0.1
is "a lease of its own is taken" "$rc:$(ip -4 -o addr show dev br0 | grep -c ' 10.43.0.9/24 ')" 0:1
like "with its route" "$(ip -4 route show default dev br0)" '^default via 10.43.0.1 proto 88 metric 300 '
is "and other guests are kept from it at once" "$(owned 10.43.0.9):$(owned 10.7.0.1)" 1:1
taken=$(has)
lease br0 10.43.0.9/24 10.43.0.1
is "a renewal changes nothing" "$rc:$(has):$(owned 10.43.0.9)" "0:$taken:1"
try "$HOTPLUG" reapply 2.0
is "nor does an event of another guest" "$rc:$(owned 10.43.0.9)" 0:1
ip addr add 10.43.0.77/32 dev eth1
lease br0 10.43.0.9/24 10.43.0.1
is "nor when the host got an address there meanwhile" "$rc:$(ip -4 -o addr show dev br0 | grep -c ' 10.43.0.9/24 ')" 0:1
ip addr del 10.43.0.77/32 dev eth1
lease br0 10.44.0.9/24 10.44.0.1
is "another lease takes its place" "$(ip -4 -o addr show dev br0 | awk '/10.4/ { print $4 }')" 10.44.0.9/24
is "from which guests are kept, and not from the first" "$(owned 10.44.0.9):$(owned 10.43.0.9)" 1:0
lease br0 10.7.0.1/24 ""
is "one that is refused ends it" "$rc:$(has)" "1:$before"
is "and guests may have the address" "$(owned 10.44.0.9):$(owned 10.7.0.1)" 0:1
lease br0 10.44.0.9/24 10.44.0.1
nft delete table bridge xnm
try hook br0 deconfig
try "$HOTPLUG" reapply 2.0
is "so they may where somebody has emptied nftables meanwhile" "$rc:$(owned 10.44.0.9):$(owned 10.7.0.1)" 0:0:1
try hook br0 deconfig
is "and its end, too, leaves the bridge its address" "$rc:$(has)" "0:$before"
for i in 4 3 2 1; do
	try hotplug offline $i 0
	[ $rc = 0 ] || not_ok "offline $i" "$out"
	guest_rm $i 0
done
assert_clean "nothing is left"
ip route del 0.0.0.0/1
ip route del 128.0.0.0/1

# ------------------------------------------------------------ a card that somebody else has set up
cat >"$T/wired.ini" <<'END'
[uplink wired]
interface=eth0
gateway=dhcp
END
echo '[global]' >"$T/none.ini"

# wired, unwired: the uplink is there, and is taken out
wired() {
	cp "$T/wired.ini" "$XNM_CONFIG"
	try "$XNM" probe
}
unwired() {
	cp "$T/none.ini" "$XNM_CONFIG"
	try "$XNM" probe
}

before=$(has)
wired
lease eth0 10.99.0.1/24 10.99.0.254
is "the lease that the card's manager has, too: nothing to do" "$rc:$(has)" "0:$before"
ip -n lan addr add 10.99.0.66/24 dev eth0
lease eth0 10.99.0.66/24 10.99.0.254
like "an address that a machine of the LAN has is not taken" "$rc:$out" '^1:.*10.99.0.66, but a machine on eth0 has that address'
is "and nothing has changed" "$(has)" "$before"
ip -n lan addr del 10.99.0.66/24 dev eth0
unwired
is "it stays, with the way out of the host" "$rc:$(has)" "0:$before"
wired
lease eth0 10.99.0.1/24 10.99.0.254
try hook eth0 deconfig
is "and when the lease is over" "$rc:$(has)" "0:$before"
lease eth0 10.99.0.50/24 10.99.0.254
is "another address of the same LAN is taken beside it" "$rc:$(ip -4 -o addr show dev eth0 | wc -l)" 0:2
unwired
is "and goes alone" "$rc:$(has)" "0:$before"

# ours comes first, so that the kernel would take away those of the manager with it
ip addr del 10.99.0.1/24 dev eth0
wired
lease eth0 10.99.0.50/24 10.99.0.254
is "the card is leased, and leads outside" "$rc:$(ip -4 route show default)" "0:default via 10.99.0.254 dev eth0 proto 88 metric 100 "
ip addr add 10.99.0.1/24 dev eth0
unwired
is "what a manager added behind it stays" "$rc:$(ip -4 -o addr show dev eth0 | awk '{ print $4 }')" "0:10.99.0.1/24"
is "promote_secondaries is as it was" "$(sysctl_get ipv4/conf/eth0/promote_secondaries)" 0

# a manager that leases the same address later makes it its own
wired
lease eth0 10.99.0.50/24 10.99.0.254
ip addr replace 10.99.0.50/24 dev eth0 valid_lft 600 preferred_lft 600
unwired
is "what a manager has leased since stays" "$rc:$(ip -4 -o addr show dev eth0 | grep -c ' 10.99.0.50/24 ')" 0:1
ip addr del 10.99.0.50/24 dev eth0

# without a prefix: what a card of the host does not take either
wired
for bad in 8.1.1.1/8 10.98.0.253/30 127.0.0.9/24 169.254.3.4/16 224.0.0.9/24 0.0.0.9/8; do
	before=$(has)
	lease eth0 $bad
	is "$bad is not taken" "$rc:$(has)" "1:$before"
done
ip link add mac0 link eth0 type macvlan mode bridge 2>/dev/null && {
	ip addr add 10.99.0.200/32 dev mac0
	ip link set mac0 up
	ip route add 10.99.0.208/28 dev mac0
	lease eth0 10.99.0.50/24 10.99.0.254
	is "a macvlan of the card is in the same LAN" "$rc:$(ip -4 -o addr show dev eth0 | grep -c ' 10.99.0.50/24 ')" 0:1
	lease eth0 10.99.0.200/24 10.99.0.254
	like "but its address is taken" "$rc:$out" '10.99.0.200 is a neighbour of this host on mac0: the lease is refused'
}
unwired
assert_clean "and nothing is left of that"
tap_done
