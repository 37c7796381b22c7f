#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vlan.sh - VLANs of a vif: vlan= and the suffixes of bridge=, as bridge(8) shows them.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes

store_start || exit 1
if ! ip link add vlantest type bridge vlan_filtering 1 2>/dev/null; then
	skip "VLANs" "this kernel's bridges know no VLANs"
	tap_done
	exit
fi
ip link del vlantest
bridge_new br0 vlan_filtering 1
bridge_new plain

# vlans DEVICE: "10pu 20": p for the PVID, u for untagged, in order
vlans() {
	bridge -j vlan show dev "$1" | jq -r '[ .[] | select(.ifname == "'"$1"'") | .vlans[]
		| "\(.vlan)" + (if .flags then
			(if .flags | index("PVID") then "p" else "" end) +
			(if .flags | index("Egress Untagged") then "u" else "" end) else "" end)
		] | join(" ")'
}

# shows VLAN WANTED
shows() {
	guest_new 1 0 "vlan=$1"
	try hotplug online 1 0
	assert_online "vlan=$1" 1 0 br0
	is "vlan=$1: the port" "$(vlans vif1.0)" "$2"
	try hotplug online 1 0
	is "vlan=$1: a second online changes nothing" "$rc:$out:$(vlans vif1.0)" "0::$2"
	try hotplug offline 1 0
	assert_offline "vlan=$1: offline" 1 0
	guest_rm 1 0
}

guest_new 1 0
try hotplug online 1 0
assert_online "no vlan=" 1 0 br0
is "no vlan=: the bridge's default" "$(vlans vif1.0)" 1pu
hotplug offline 1 0
guest_rm 1 0

shows 10 10pu
shows 10p 10pu
shows 10p/20 "10pu 20"
shows 20/10p "10pu 20"
shows 10p/20u/30 "10pu 20u 30"
shows 10p/100+10x4 "10pu 100 110 120 130 140"
shows 10p/20-25 "10pu 20 21 22 23 24 25"
shows 10p/20-22u "10pu 20u 21u 22u"
shows 10p/100+10x2u "10pu 100u 110u 120u"
shows 1 1pu
shows 4094 4094pu
shows 10p/1 "1 10pu"
shows 5p/2-4/6-4094 "2 3 4 5pu $(seq -s' ' 6 4094)"

# -- the way vif-openvswitch and libvirt write it
# suffix BRIDGE WANTED [KEY=VALUE]...
suffix() {
	local bridge=$1 wanted=$2

	shift 2
	guest_new 2 0 "bridge=$bridge" "$@"
	try hotplug online 2 0
	assert_online "bridge=$bridge $*" 2 0 br0
	is "bridge=$bridge $*: the port" "$(vlans vif2.0)" "$wanted"
	try hotplug offline 2 0
	assert_offline "bridge=$bridge $*: offline" 2 0
	guest_rm 2 0
}
suffix br0.10 10pu
suffix br0.10:20:30 "10pu 20 30"
suffix br0:20:30 "20 30"
bridge_new br0.77 vlan_filtering 1
guest_new 2 0 bridge=br0.77
try hotplug online 2 0
assert_online "a bridge of that very name is meant itself" 2 0 br0.77
is "and has no VLAN of ours" "$(vlans vif2.0)" 1pu
hotplug offline 2 0
guest_rm 2 0
ip link del br0.77
for bridge in br0.0 br0.4095 br0.x br0.10: br0:0 br0:5000; do
	guest_new 2 0 "bridge=$bridge"
	try hotplug online 2 0
	assert_refused "bridge=$bridge" 2 0 bridge "$bridge"
	hotplug offline 2 0
	guest_rm 2 0
done

# -- a bridge that cannot
guest_new 3 0 bridge=plain vlan=10
try hotplug online 3 0
assert_refused "a bridge without VLAN filtering" 3 0 plain 'vlan_filtering|VLAN'
like "the line says what to do" "$out" 'vlan_filtering'
ip link set plain type bridge vlan_filtering 1
try hotplug online 3 0
assert_online "with VLAN filtering it works" 3 0 plain
is "its VLANs" "$(vlans vif3.0)" 10pu
before=$(snapshot)
try hotplug online 3 0
assert_unchanged "a second online changes nothing at all" "$before"
# xl network-attach again with other VLANs
xs_write $backend/3/0/vlan 20p/30
try hotplug online 3 0
is "other VLANs: only what is wanted is left" "$rc:$out:$(vlans vif3.0)" "0::20pu 30"
bridge vlan add dev vif3.0 vid 99
try hotplug online 3 0
is "a VLAN that somebody added goes" "$rc:$out:$(vlans vif3.0)" "0::20pu 30"
hotplug offline 3 0
guest_rm 3 0

# -- who reaches whom
for d in 1 2 3; do
	vlan=10
	[ $d -ne 3 ] || vlan=20
	guest_new $d 0 vlan=$vlan
	hotplug online $d 0
	guest_up $d 0 10.0.0.$d/24
done
check "the same VLAN: they reach each other" guest_ping 1 0 10.0.0.2
refuse "another VLAN: they do not" guest_ping 1 0 10.0.0.3
# the third becomes a trunk: VLAN 10 tagged
hotplug offline 3 0
xs_write $backend/3/0/vlan 20p/10
try hotplug online 3 0
ip -n g3.0 link add link eth0 name eth0.10 type vlan id 10
ip -n g3.0 addr add 10.0.0.33/24 dev eth0.10
ip -n g3.0 link set eth0.10 up
ip -n g3.0 addr del 10.0.0.3/24 dev eth0
check "a tagged VLAN reaches the untagged port" guest_ping 1 0 10.0.0.33
for d in 1 2 3; do
	hotplug offline $d 0
	guest_rm $d 0
done

# -- an emulated NIC has the same VLANs on both ports
guest_new 4 0 vlan=10p/20 type=vif_ioemu
tap_new 4 0
hotplug online 4 0
try hotplug add 4 0
is "the tap has the vif's VLANs" "$rc:$out:$(vlans vif4.0):$(vlans vif4.0-emu)" "0::10pu 20:10pu 20"
ip link del vif4.0-emu
hotplug offline 4 0
hotplug remove 4 0
guest_rm 4 0

# -- from the policy: a network that is made for it
cat >"$XNM_CONFIG" <<'END'
[network lan]
bridge=lan0
vlan=7

[vif trunk]
network=lan
vlan=7p/8-9
END
guest_new 5 0 bridge=lan
guest_new 6 0 name=trunk
try hotplug online 5 0
assert_online "policy: online" 5 0 lan0
is "policy: the bridge knows VLANs" "$(cat /sys/class/net/lan0/bridge/vlan_filtering)" 1
is "policy: the network's VLAN" "$(vlans vif5.0)" 7pu
try hotplug online 6 0
is "policy: the vif's own VLANs" "$rc:$out:$(vlans vif6.0)" "0::7pu 8 9"
hotplug offline 5 0
hotplug offline 6 0
guest_rm 5 0
guest_rm 6 0

# -- the fast path: those with the same VLAN, untagged, are one segment
cat >"$XNM_CONFIG" <<'END'
[network lan]
bridge=lan0
vlan-filtering=yes
fastpath=yes
END
guest_new 1 0 bridge=lan
guest_new 7 0 bridge=lan vlan=10
guest_new 8 0 bridge=lan vlan=10p/20-21
guest_new 9 0 bridge=lan:10:20
for d in 1 7 8 9; do
	try hotplug online $d 0
	assert_online "fast path: guest $d" $d 0 lan0
done
is "fast path: the segment of a VLAN" "$(xs_read /local/domain/7/xnm/vif/0/fastpath)" "mac=00:16:3e:00:07:00 net=lan.10 ip=*"
is "fast path: who is in it" "$(for d in 1 7 8 9; do echo "$d:$(xenstore-list /local/domain/$d/xnm/peer 2>/dev/null)"; done | xargs)" "1: 7:8 8:7 9:"
is "fast path: one that is tagged only is in none" "$("$XNM" status --json 9.0 | jq -r '.vifs[0].fastpath.reason')" "it has tagged VLANs only"
for d in 1 7 8 9; do
	hotplug offline $d 0
	guest_rm $d 0
done

assert_clean "nothing is left"
tap_done
