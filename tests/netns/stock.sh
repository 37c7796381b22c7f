#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# stock.sh - the reference: our harness drives Xen's own vif-bridge script as libxl does, with the known results.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

HOTPLUG=$VIF_BRIDGE
store_start || exit 1
bridge_new br0
bridge_new br1
ip link set br1 mtu 1400

guest_new 1 0
try hotplug online 1 0
is "online succeeds" "$rc:$out" "0:"
is "the vif is a port of its bridge" "$(link_master vif1.0)" br0
check "the vif is up" link_is_up vif1.0
is "its MAC" "$(link_mac vif1.0)" fe:ff:ff:ff:ff:ff
is "hotplug-status" "$(xs_read $backend/1/0/hotplug-status)" connected

guest_new 2 0
try hotplug online 2 0
is "a second guest" "$rc:$(bridge_ports br0)" "0:vif1.0 vif2.0"
guest_up 1 0 10.0.0.1/24
guest_up 2 0 10.0.0.2/24
check "guests reach each other" guest_ping 1 0 10.0.0.2

guest_new 3 0 bridge=br1
try hotplug online 3 0
is "MTU follows the bridge" "$(link_mtu vif3.0)" 1400
is "the frontend is told" "$(xs_read /local/domain/3/device/vif/0/mtu)" 1400

guest_new 4 0 vifname=web0
try hotplug online 4 0
is "vifname" "$rc:$(link_master web0)" 0:br0

guest_new 5 0 type=vif_ioemu
tap_new 5 0
try hotplug online 5 0
is "HVM: the vif" "$rc:$(link_master vif5.0)" 0:br0
try hotplug add 5 0
is "HVM: the tap" "$rc:$(link_master vif5.0-emu)" 0:br0
ip link del vif5.0-emu
hotplug offline 5 0
hotplug remove 5 0

guest_new 6 0 bridge=nobr
try hotplug online 6 0
is "no such bridge: the call fails" "$rc" 1
is "no such bridge: hotplug-status" "$(xs_read $backend/6/0/hotplug-status)" error
like "no such bridge: hotplug-error" "$(xs_read $backend/6/0/hotplug-error)" nobr

try hotplug offline 1 0
is "offline detaches" "$rc:$(link_master vif1.0)" 0:
refuse "offline takes the vif down" link_is_up vif1.0

for d in 1 2 3 4 5 6; do
	guest_rm $d 0
done
assert_clean "nothing is left"
# it takes a renamed vif's name for the domain's number
is "keys that are left" "$(xenstore-list /local/domain | xargs)" "0 web0"
tap_done
