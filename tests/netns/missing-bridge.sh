#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# missing-bridge.sh - a vif whose bridge does not exist: say what to do, leave nothing half done, and work once it exists.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
bridge_new br0
bridge_new lan7

guest_new 1 0 bridge=nobr
try hotplug online 1 0
assert_refused "online fails" 1 0 nobr
like "the line names the bridges that exist" "$out" 'br0.*lan7|lan7.*br0'
like "the line says what to do" "$out" 'bridge=|ip link add|create'
like "libxl is told the same" "$(xs_read $backend/1/0/hotplug-error)" 'nobr.*(br0|lan7)'
try hotplug online 1 0
assert_refused "it fails the same way again" 1 0 nobr
try hotplug offline 1 0
assert_offline "offline of it succeeds" 1 0

bridge_new nobr
try hotplug online 1 0
assert_online "once the bridge exists, online works" 1 0 nobr
ip link del nobr
try hotplug online 1 0
is "an attached vif whose bridge went: online fails again" "$rc" 1
hotplug offline 1 0
guest_rm 1 0

guest_new 2 0 bridge=lo
try hotplug online 2 0
assert_refused "a device that is no bridge" 2 0 'lo' 'bridge'
guest_rm 2 0

guest_new 3 0 bridge=nobr type=vif_ioemu
tap_new 3 0
try hotplug online 3 0
assert_refused "an emulated NIC" 3 0 nobr
try hotplug add 3 0
is "its tap" "$rc:$(down_and_alone vif3.0-emu)" 1:
hotplug offline 3 0
hotplug remove 3 0
ip link del vif3.0-emu
guest_rm 3 0

ip link del br0
ip link del lan7
guest_new 4 0
try hotplug online 4 0
assert_refused "a host without any bridge" 4 0 br0
hotplug offline 4 0
guest_rm 4 0
assert_clean "nothing is left"
tap_done
