#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# hvm.sh - emulated NICs: vif and tap of one device, and the two vifs of a guest with a stub domain.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
bridge_new br0

guest_new 1 0 type=vif_ioemu
tap_new 1 0
try hotplug online 1 0
assert_online "online takes the vif" 1 0 br0
is "and not yet the tap" "$(link_master vif1.0-emu)" ""
try hotplug add 1 0
is "add succeeds" "$rc:$out" 0:
is "both are ports" "$(bridge_ports br0)" "vif1.0 vif1.0-emu"
check "the tap is up" link_is_up vif1.0-emu
is "its MAC" "$(link_mac vif1.0-emu)" fe:ff:ff:ff:ff:ff
is "it has no addresses" "$(link_addresses vif1.0-emu)" ""
is "IPv6 is off on it" "$(cat /proc/sys/net/ipv6/conf/vif1.0-emu/disable_ipv6)" 1
is "hotplug-status is still connected" "$(xs_read $backend/1/0/hotplug-status)" connected
before=$(snapshot)
try hotplug add 1 0
assert_unchanged "a second add changes nothing" "$before"
try hotplug online 1 0
assert_unchanged "nor does a second online" "$before"

# libxl kills the device model first
ip link del vif1.0-emu
try hotplug offline 1 0
is "destroy: offline" "$rc:$out" 0:
is "the vif is off the bridge" "$(bridge_ports br0)" ""
try hotplug remove 1 0
assert_offline "destroy: remove with the tap gone" 1 0
try hotplug remove 1 0
assert_offline "remove again" 1 0
guest_rm 1 0

guest_new 2 0 type=vif_ioemu
tap_new 2 0
hotplug online 2 0
hotplug add 2 0
try hotplug offline 2 0
try hotplug remove 2 0
assert_offline "remove with the tap there" 2 0
is "the tap is down and off the bridge" "$(down_and_alone vif2.0-emu):$(bridge_ports br0)" :
try hotplug online 2 0
try hotplug add 2 0
is "detach and attach again" "$rc:$(bridge_ports br0)" "0:vif2.0 vif2.0-emu"
try hotplug remove 2 0
try hotplug offline 2 0
assert_offline "the other order" 2 0
ip link del vif2.0-emu
guest_rm 2 0

# -- vifname
guest_new 3 0 type=vif_ioemu vifname=hvm0 mtu=1400
tap_new 3 0
try hotplug online 3 0
assert_online "vifname: the vif" 3 0 br0 hvm0
try hotplug add 3 0
is "vifname: the tap is called -emu" "$rc:$out:$(link_master hvm0-emu)" 0::br0
is "vifname: the bridge does not fall with its mtu=" "$(link_mtu hvm0-emu) $(xs_read /local/domain/3/device/vif/0/mtu)" "1500 1400"
before=$(snapshot)
try hotplug add 3 0
assert_unchanged "vifname: a second add changes nothing" "$before"
ip link del hvm0-emu
hotplug offline 3 0
try hotplug remove 3 0
assert_offline "vifname: remove" 3 0 hvm0
guest_rm 3 0

guest_new 4 0 type=vif_ioemu vifname=abcdefghijk
tap_new 4 0
try hotplug online 4 0
try hotplug add 4 0
is "vifname of 11 characters" "$rc:$(bridge_ports br0)" "0:abcdefghijk abcdefghijk-emu"
ip link del abcdefghijk-emu
hotplug offline 4 0
hotplug remove 4 0
guest_rm 4 0
guest_new 4 0 type=vif_ioemu vifname=abcdefghijkl
tap_new 4 0
try hotplug online 4 0
assert_refused "vifname of 12 characters leaves no room for -emu" 4 0 vifname abcdefghijkl
hotplug offline 4 0
hotplug remove 4 0
ip link del vif4.0-emu
guest_rm 4 0

# -- add fails: libxl destroys the domain, offline and remove come
guest_new 5 0 type=vif_ioemu
hotplug online 5 0
try hotplug add 5 0
is "add without a tap fails" "$rc:$(echo "$out" | wc -l)" 1:1
like "and names it" "$out" 'vif5\.0-emu'
hotplug offline 5 0
try hotplug remove 5 0
assert_offline "offline and remove clean up" 5 0
guest_rm 5 0

# -- stub domain: two domains, one MAC, both vifs on the bridge, no tap in dom0
mac=00:16:3e:77:00:01
guest_new 10 0 type=vif_ioemu vifname=stub mac=$mac
guest_new 11 0 vifname=stub-emu mac=$mac name=guest10-dm
xs_write /local/domain/11/target 10
try hotplug online 11 0
assert_online "stub domain: its own vif" 11 0 br0 stub-emu
try hotplug online 10 0
assert_online "stub domain: the guest's vif" 10 0 br0 stub
is "stub domain: both are ports" "$(bridge_ports br0)" "stub stub-emu"
try hotplug offline 10 0
assert_offline "stub domain: offline of the guest's" 10 0 stub
is "stub domain: the other one stays" "$(bridge_ports br0)" stub-emu
try hotplug offline 11 0
assert_offline "stub domain: offline of its own" 11 0 stub-emu
guest_rm 10 0
guest_rm 11 0

assert_clean "nothing is left"
tap_done
