#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# latevif.sh - libxl may run the script before netback has registered the device: wait for it, but not for ever.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
bridge_new br0

# seconds: since this test began, for differences
seconds() {
	cut -d' ' -f1 /proc/uptime
}

keys_new 1 0
ip netns add g1.0
(
	sleep 2
	netdev_new 1 0
) &
begin=$(seconds)
try hotplug online 1 0
end=$(seconds)
assert_online "the device comes after 2 s" 1 0 br0
check "it was waited for no longer than that" awk "BEGIN { exit !($end - $begin < 3.5) }"
wait
hotplug offline 1 0
guest_rm 1 0

keys_new 1 0 vifname=web1 mtu=1400
ip netns add g1.0
(
	sleep 0.05
	netdev_new 1 0
) &
try hotplug online 1 0
assert_online "the device comes after 50 ms, and is renamed" 1 0 br0 web1
wait
hotplug offline 1 0
guest_rm 1 0

keys_new 2 0
begin=$(seconds)
try hotplug online 2 0
end=$(seconds)
assert_refused "the device never comes" 2 0 'vif2\.0'
check "the answer comes in less than 10 s" awk "BEGIN { exit !($end - $begin < 10) }"
begin=$(seconds)
try hotplug offline 2 0
end=$(seconds)
assert_offline "offline does not wait for it" 2 0
check "not even a second" awk "BEGIN { exit !($end - $begin < 1) }"
guest_rm 2 0

# the domain is destroyed while its online waits
keys_new 3 0
hotplug online 3 0 >/dev/null 2>&1 &
sleep 0.3
begin=$(seconds)
try hotplug offline 3 0
end=$(seconds)
is "offline while an online waits" "$rc" 0
check "it is over in time" awk "BEGIN { exit !($end - $begin < 12) }"
wait
is "no notes are left" "$(ls $XNM_RUN_DIR/vif)" ""
guest_rm 3 0

assert_clean "nothing is left"
tap_done
