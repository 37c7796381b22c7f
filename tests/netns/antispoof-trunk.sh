#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# antispoof-trunk.sh - a locked vif with tagged VLANs: the same holds inside a tag as without, and no tag in a tag.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/frames.sh
. "$netns_top/tests/lib/frames.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

if ! command -v nft >/dev/null; then
	skip "antispoof-trunk" "nft is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
store_start || exit 1
if ! ip link add vlantest type bridge vlan_filtering 1 2>/dev/null; then
	skip "antispoof-trunk" "this kernel's bridges know no VLANs"
	tap_done
	exit
fi
ip link del vlantest
cat >"$XNM_CONFIG" <<'END'
[vif trunk]
locking-mode=locked
address=10.0.0.1 10.0.0.5 2001:db8::1 2001:db8::5
ipv4-allowed=10.0.8.0/24
ipv6-allowed=2001:db8:8::/64
vlan=1p/10

[vif victim]
vlan=1p/10
END
frames_host br0 vlan_filtering 1
bridge vlan add dev lan vid 10
bridge vlan add dev br0 vid 10 self
frames_guest 2 name=victim
try hotplug online 2 0
assert_online "the victim" 2 0 br0
frames_guest 1 name=trunk
try hotplug online 1 0
assert_online "the trunk" 1 0 br0
neighbours_set
if ! nft list table bridge xnm >/dev/null 2>&1; then
	skip "antispoof-trunk" "this xnm-vif does not enforce locking-mode=locked"
	tap_done
	exit
fi

dump_loads "with VLANs"
battery trunk trunk
battery "in VLAN 10" tagged --tag 10
is "dom0's neighbours are where they were" "$(neighbours_wrong)" ""
is "dom0 took no route and no prefix" "$(routes_wrong)" ""
is "the bridge learned no MAC but the guest's own" "$(learned vif1.0)" 00:16:3e:00:01:00

for d in 1 2; do
	try hotplug offline $d 0
	assert_offline "offline of guest $d" $d 0
	guest_rm $d 0
done
is "no rule and no counter is left" "$(nft list ruleset | grep 'vif[12]\.0')" ""
assert_clean "nothing is left"
tap_done
