#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# marks.sh - the DSCP of what a vif sends, on every wire that it leaves by: bridged, behind NAT, routed, and to other guests.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/classes.sh
. "$netns_top/tests/lib/classes.sh"
guests_stay=yes

lan_or_skip
store_start || exit 1
lan_new
bridge_new br0

# marked: guest 1 is in gold, which has af31, guest 2 in bronze, guest 9 in none
marked() {
	policy '[uplink wan]' interface=eth0 rate=20Mbit '[class gold]' guarantee=12Mbit dscp=af31 '[class bronze]'
}

# own KEY=VALUE: a key of guest 1 alone
own() {
	sed -i "/^\[vif guest1/s|\$|\n$1|" "$XNM_CONFIG"
}

# -- that of the class, that of the vif, and that of the guest
marked
for d in 1 2 9; do guest $d; done
assert_online "gold" 1 0 nat0
is "the class's, behind NAT" "$(marks lan/eth0 g1.0 $inet4)" "ip 26 - -"
is "the same with IPv6" "$(marks lan/eth0 g1.0 $inet6)" "ip6 26 - -"
is "one that the guest sets itself is overwritten" "$(marks lan/eth0 g1.0 -Q 0xb8 $inet4)" "ip 26 - -"
is "and with IPv6" "$(marks lan/eth0 g1.0 -Q 0xb8 $inet6)" "ip6 26 - -"
is "ECN stays what it was" "$(inside g1.0 ping -c 2 -i 0.05 -Q 0x2 $inet4 | grep -c ' bytes from ')" 2
is "where nobody says one the guest's is left alone" "$(marks lan/eth0 g2.0 -Q 0xb8 $inet4)" "ip 46 - -"
is "this host's own is left alone" "$(marks lan/eth0 dom0 -Q 0x20 $inet4)" "ip 8 - -"
own dscp=ef
try "$XNM_VIF" plan vif1.0
like "the vif's own: the plan says so" "$out" 'dscp=ef'
try "$XNM_VIF" reapply vif1.0
is "the vif's own, before that of its class" "$rc:$out $(marks lan/eth0 g1.0 $inet4)" "0: ip 46 - -"
is "and with IPv6" "$(marks lan/eth0 g1.0 $inet6)" "ip6 46 - -"
is "to another guest on its bridge" "$(marks g2.0/eth0 g1.0 192.168.10.12)" "ip 46 - -"
is "what comes to it is left alone" "$(marks g1.0/eth0 g2.0 192.168.10.11)" "ip 0 - -"
is "it is still in its class" "$(id "$(mac 1)" | grep -c '^786e:')" 1
before=$(snapshot)
try "$XNM_VIF" reapply all
assert_unchanged "a second reapply changes nothing" "$before"
is "status: it has one" "$("$XNM" status --json | jq -c '[.vifs[] | .dscp]')" '[46,null,null]'
like "status: in words" "$("$XNM" status vif1.0)" 'vif1.0 marks: dscp=ef'

# -- while it runs
sed -i '/^dscp=ef/d' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
try "$XNM" set vif1.0 dscp=41
is "xnm set: a value that nobody had before" "$rc $(marks lan/eth0 g1.0 $inet4)" "0 ip 41 - -"
try "$XNM_VIF" reapply vif2.0
leaves 9
is "it stays when others come and go" "$(marks lan/eth0 g1.0 $inet4)" "ip 41 - -"
nft flush ruleset
guest 9
is "and when another program has removed all rules" "$(marks lan/eth0 g1.0 $inet4)" "ip 41 - -"
try "$XNM" reset vif1.0 dscp
is "xnm reset" "$rc $(marks lan/eth0 g1.0 $inet4)" "0 ip 26 - -"
sed -i '/^dscp=/d' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "no more" "$rc:$out $(marks lan/eth0 g1.0 -Q 0xb8 $inet4)" "0: ip 46 - -"
is "status: none" "$("$XNM" status --json | jq -c '[.vifs[] | .dscp]')" '[null,null,null]'
for d in 1 2 9; do leaves $d; done
assert_clean "all are gone: nothing is left"

# -- no uplink has a rate, and the guest is routed by itself
cat >"$XNM_CONFIG" <<'END'
[network routed]
backend=route
forward=route
[vif *]
network=routed
dscp=cs5
END
guest_new 1 0 ip=192.168.20.11
try hotplug online 1 0
lan_guest 1 0 169.254.0.1 "" 192.168.20.11/32
ip -n lan route add 192.168.20.11 via 10.99.0.1
is "routed" "$rc:$out $(marks lan/eth0 g1.0 $inet4)" "0: ip 40 - -"
leaves 1
assert_clean "routed: nothing is left"

# -- bridged: by its port, whatever its addresses are
printf '%s\n' '[vif guest1/0]' dscp=va locking-mode=unlocked >"$XNM_CONFIG"
ip addr flush dev eth1
ip link set eth1 master br0
guest_new 1 0
try hotplug online 1 0
guest_up 1 0 10.98.0.11/24
is "bridged" "$rc:$out $(marks lan/eth1 g1.0 10.98.0.254)" "0: ip 44 - -"
ip -n g1.0 link add mac1 link eth0 type macvlan 2>/dev/null && {
	ip -n g1.0 addr flush dev eth0
	ip -n g1.0 addr add 10.98.0.12/24 dev mac1
	ip -n g1.0 link set mac1 up
	is "bridged: from another MAC address" "$(marks lan/eth1 g1.0 10.98.0.254)" "ip 44 - -"
}
leaves 1
assert_clean "bridged: nothing is left"
tap_done
