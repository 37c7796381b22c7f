#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vlan.sh - bridge=br1.10:20 puts a guest into VLAN 10 untagged and 20 tagged, and VLANs do not mix.
#
#   vlan   br1.10:20   eth0 198.51.100.11   eth0.20 203.0.113.11
#   ten    br1.10      eth0 198.51.100.12
#   twenty br1.20      eth0 203.0.113.13 and 198.51.100.13
#   key    vlan=10p/20 eth0 198.51.100.14
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"

if [ "$script" != xnm-vif ]; then
	skip "VLANs by bridge=NAME.VLAN" "$script does not know them"
	scenario_done
	exit
fi

# vlans NAME: the VLANs of a guest's card as "ID,FLAG,FLAG" words
vlans() {
	bridge -j vlan show dev "$(nic "$1")" | jq -r '[.[].vlans[] | [.vlan, (.flags // [])[]] | join(",")] | join(" ")'
}

bridge_up br1 vlan_filtering 1 vlan_default_pvid 0

check "xl create vlan.cfg" guest_create vlan
for other in "ten 10 12" "twenty 20 13"; do
	# shellcheck disable=SC2086 # three words, split on purpose
	set -- $other
	address=198.51.100.$3/24
	[ "$1" != twenty ] || address=203.0.113.13/24
	check "xl create of a guest on br1.$2" guest_with "$1" "$address" "mac=00:16:3e:00:00:$2,bridge=br1.$2"
done
is "br1.10:20 is VLAN 10 untagged, 20 tagged" "$(vlans vlan)" "10,PVID,Egress Untagged 20"
is "br1.10 is VLAN 10 untagged" "$(vlans ten)" "10,PVID,Egress Untagged"
is "br1.20 is VLAN 20 untagged" "$(vlans twenty)" "20,PVID,Egress Untagged"
for guest in vlan ten twenty; do
	is "$guest is on br1" "$(master "$(nic $guest)")" br1
	check "$guest boots" guest_up $guest
done
check "in VLAN 10: ten pings vlan" guest_pings ten 198.51.100.11
check "in VLAN 20: twenty pings vlan's tagged interface" guest_pings twenty 203.0.113.11
check "twenty takes an address of VLAN 10's subnet" guest_run twenty 'ip addr add 198.51.100.13/24 dev eth0'
check "which does not reach vlan" guest_is_cut twenty 198.51.100.11
check "nor ten" guest_is_cut twenty 198.51.100.12
check "nor does ten reach it" guest_is_cut ten 198.51.100.13

# The xl of Xen 4.17 does not know vlan= yet: this writes the key that a later one writes for it.
cat >/etc/xen/scripts/xnm-vif-vlan <<'END'
#!/bin/sh
[ "$1" != online ] || xenstore-write "$XENBUS_PATH/vlan" 10p/20
exec /etc/xen/scripts/xnm-vif "$@"
END
chmod +x /etc/xen/scripts/xnm-vif-vlan
script=xnm-vif-vlan
check "xl create of a guest with vlan=10p/20" guest_with key 198.51.100.14/24 mac=00:16:3e:00:00:14,bridge=br1
script=xnm-vif
is "vlan=10p/20 is VLAN 10 untagged, 20 tagged" "$(vlans key)" "10,PVID,Egress Untagged 20"
check "key boots" guest_up key
check "in VLAN 10: ten pings key" guest_pings ten 198.51.100.14
check "twenty does not reach key" guest_is_cut twenty 198.51.100.14

for guest in vlan ten twenty key; do
	check "xl destroy $guest" xl destroy $guest
done
nothing_left "nothing is left"
is "no VLAN is left on a port of br1" "$(bridge -j vlan show | jq -r '.[].ifname' | grep -v br1)" ""
scenario_done
