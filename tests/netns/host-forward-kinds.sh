#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# host-forward-kinds.sh - which kinds of interfaces that come later are kept apart: what leads to a card, and nobody else's.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

why=$(netns_missing)
[ -n "$why" ] || command -v nft >/dev/null || why="nft is not installed (tests/lib/deps.sh test)"
if [ -z "$why" ] && ! ip link add bondtest type bond 2>/dev/null; then
	why="this kernel has no bonds"
fi
if [ -n "$why" ]; then
	skip "host-forward-kinds" "$why"
	tap_done
	exit
fi
# the module makes one by itself, too
ip link del bondtest
ip link del bond0 2>/dev/null
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1
sysctl_set dom0 ipv4/ip_forward=0 ipv6/conf/all/forwarding=0
ip link add eth0 type veth peer name eth0-far
printf '%s\n' "[network n]" bridge=n0 address=10.97.0.1/24 forward=nat >"$XNM_CONFIG"

# apart: the interfaces of the host that are kept apart in IPv4
apart() {
	nft -j list set inet xnm apart4 | jq -r '[ .nftables[].set.elem // [] | .[] ] | sort | join(" ")'
}

guest_new 1 0 bridge=n ip=10.97.0.11
try hotplug online 1 0
is "a guest" "$rc:$out" 0:
is "what was there" "$(apart)" "eth0 eth0-far"
ip link add eth0.5 link eth0 type vlan id 5
ip link add bond1 type bond
ip link add bond1.7 link bond1 type vlan id 7
ip link add mac0 link bond1 type macvlan
ip link add br-lan type bridge
ip link set bond1.7 master br-lan
ip link add docker0 type bridge
ip link add dummy7 type dummy
ip link set dummy7 master docker0
ip link add dummy8 type dummy
ip link add dummy8.9 link dummy8 type vlan id 9
wanted="bond1 bond1.7 br-lan eth0 eth0-far eth0.5 mac0"
if ip link add wg7 type wireguard 2>/dev/null; then
	ok "WireGuard is there"
else
	skip "WireGuard is there" "this kernel has none"
fi
try "$XNM_UDEV" add eth0.5
is "udev: what leads to a card" "$rc:$(apart)" "0:$wanted"
ip link del bond1
ip link del br-lan
guest_new 2 0 bridge=n ip=10.97.0.12
try hotplug online 2 0
is "the next event: without what has gone" "$rc:$(apart)" "0:eth0 eth0-far eth0.5"
for d in 1 2; do
	try hotplug offline $d 0
	guest_rm $d 0
done
is "the last guest takes it along" "$(sysctl_get ipv4/ip_forward):$(apart)" 0:
tap_done
