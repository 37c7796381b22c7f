#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# marks-vlan.sh - the 802.1p priority of what a vif sends: on a VLAN that is an uplink, and on the tagged port of a bridge.
# tier: vm
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

# egress DEVICE: its map, in order
egress() {
	ip -d -j link show dev "$1" | jq -c '[.[0].linkinfo.info_data.egress_qos // [] | .[] | "\(.from):\(.to)"] | sort'
}

# -- an uplink that is a VLAN, whose administrator has a map of his own
ip link add link eth0 name eth0.7 type vlan id 7 egress-qos-map 0:1 6:6
ip addr add 10.97.0.1/24 dev eth0.7
ip link set eth0.7 up
ip -n lan link add link eth0 name eth0.7 type vlan id 7
ip -n lan addr add 10.97.0.254/24 dev eth0.7
ip -n lan link set eth0.7 up
ip route replace default via 10.97.0.254
own='["0:1","6:6"]'
is "the map of the administrator" "$(egress eth0.7)" "$own"

# vlan_uplink: guest 1 is in gold, guest 2 in bronze, guest 9 in none
vlan_uplink() {
	policy '[uplink wan]' interface=eth0.7 '[class gold]' guarantee=12Mbit dscp=af31 pcp=3 '[class bronze]'
}
vlan_uplink
for d in 1 2 9; do guest $d; done
assert_online "gold" 1 0 nat0
is "the class's, with its DSCP" "$(marks lan/eth0 g1.0 $inet4)" "ip 26 7 3"
is "one that the guest sets itself changes nothing" "$(marks lan/eth0 g1.0 -Q 0xb8 $inet4)" "ip 26 7 3"
is "who has none keeps what the administrator says" "$(marks lan/eth0 g9.0 $inet4)" "ip 0 7 1"
is "as does this host" "$(marks lan/eth0 dom0 $inet4)" "ip 0 7 1"
sed -i 's/^\[vif guest1.*/&\npcp=5/' "$XNM_CONFIG"
try "$XNM_VIF" plan vif1.0
like "the vif's own: the plan says so" "$out" 'pcp=5'
try "$XNM_VIF" reapply vif1.0
is "the vif's own, before that of its class" "$rc:$out $(marks lan/eth0 g1.0 $inet4)" "0: ip 26 7 5"
before=$(snapshot)
try "$XNM_VIF" reapply all
assert_unchanged "a second reapply changes nothing" "$before"
is "status" "$("$XNM" status --json | jq -c '[.vifs[] | [.dscp, .pcp]]')" '[[26,5],[null,null],[null,null]]'
like "status: in words" "$("$XNM" status vif1.0)" 'vif1.0 marks: dscp=af31 pcp=5'
try "$XNM" set vif2.0 pcp=0
is "xnm set: also the least" "$rc $(marks lan/eth0 g2.0 $inet4)" "0 ip 0 7 0"
try "$XNM" reset vif2.0 pcp
is "xnm reset" "$rc $(marks lan/eth0 g2.0 $inet4)" "0 ip 0 7 1"

# -- the same with classes: the priority of a packet is its class
vlan_uplink
sed -i 's/^interface=eth0.7/&\nrate=20Mbit/' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
gold=$(id "$(mac 1)") bronze=$(id "$(mac 2)")
is "with a rate" "$rc:$out $(marks lan/eth0 g1.0 $inet4)" "0: ip 26 7 3"
before=$(sent "$gold" eth0.7)
inside g1.0 ping -q -c 10 -i 0.01 -s 1000 $inet4 >/dev/null
check "with a rate: it is in its class" test $(($(sent "$gold" eth0.7) - before)) -ge 10000
sed -i 's/^pcp=3/pcp=6/' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "another one for the class" "$rc:$out $(marks lan/eth0 g1.0 $inet4)" "0: ip 26 7 6"
sed -i 's/^\[vif guest1.*/&\npcp=5/' "$XNM_CONFIG"
try "$XNM_VIF" reapply vif1.0
like "one of the vif's own is refused with a sentence" "$rc:$out" '^1:.*pcp=5 is not that of \[class gold\].*eth0.7'
for d in 1 2 9; do leaves $d; done
is "all are gone: the map is the administrator's" "$(egress eth0.7)" "$own"
assert_clean "all are gone: nothing is left"

# -- a bridge with VLANs, and its port to the wire
ip link add brv type bridge vlan_filtering 1 vlan_default_pvid 0
ip link set brv up
ip addr flush dev eth1
ip link set eth1 master brv
bridge vlan add dev eth1 vid 10
ip -n lan link add link eth1 name eth1.10 type vlan id 10
ip -n lan addr flush dev eth1
ip -n lan addr add 10.98.0.254/24 dev eth1.10
ip -n lan link set eth1.10 up
printf '%s\n' '[class gold]' pcp=2 '[vif guest1/0]' pcp=5 dscp=cs5 class=gold '[vif guest2/0]' class=gold '[vif *]' >"$XNM_CONFIG"
for d in 1 2 9; do
	guest_new $d 0 bridge=brv vlan=10p
	try hotplug online $d 0
	is "a port in a VLAN: guest $d" "$rc:$out" "0:"
	guest_up $d 0 10.98.0.1$d/24
done
is "tagged: the vif's own" "$(marks lan/eth1 g1.0 10.98.0.254)" "ip 40 10 5"
is "tagged: the class's" "$(marks lan/eth1 g2.0 10.98.0.254)" "ip 0 10 2"
is "tagged: none" "$(marks lan/eth1 g9.0 10.98.0.254)" "ip 0 10 0"
is "untagged: to another guest" "$(marks g2.0/eth0 g1.0 10.98.0.12)" "ip 40 - -"
leaves 1
# who tags by himself, and has chosen the highest
sed -i 's/^\[vif guest1.*/&\nlocking-mode=unlocked/' "$XNM_CONFIG"
guest_new 1 0 bridge=brv vlan=1p/10
try hotplug online 1 0
ip -n g1.0 link set eth0 up
ip -n g1.0 link add link eth0 name eth0.10 type vlan id 10 egress-qos-map 0:7
ip -n g1.0 addr add 10.98.0.11/24 dev eth0.10
ip -n g1.0 link set eth0.10 up
is "a trunk: what the guest sets is overwritten" "$rc:$out $(marks lan/eth1 g1.0 10.98.0.254)" "0: ip 40 10 5"
sed -i '/^pcp=5/d; /^class=gold/d' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "and left alone, where nobody says one" "$rc:$out $(marks lan/eth1 g1.0 10.98.0.254)" "0: ip 40 10 7"
for d in 1 2 9; do leaves $d; done
assert_clean "a bridge: nothing is left"
tap_done
