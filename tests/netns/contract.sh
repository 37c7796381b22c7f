#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# contract.sh - online and offline of a vif do what libxl, netback and the guest count on.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
bridge_new br0
bridge_new br9
ip link set br9 mtu 9000
bridge_new br14
ip link set br14 mtu 1400

# -- online, from a state that leaves everything to do
guest_new 1 0
ip link set vif1.0 address 02:00:00:00:00:07
ip addr add 192.0.2.9/24 dev vif1.0
ip addr add 2001:db8::9/64 dev vif1.0
xs_write $backend/1/0/hotplug-error "an old error"
try hotplug online 1 0
assert_online "online attaches the vif" 1 0 br0
is "its MAC" "$(link_mac vif1.0)" fe:ff:ff:ff:ff:ff
is "IPv6 is off on it" "$(cat /proc/sys/net/ipv6/conf/vif1.0/disable_ipv6)" 1
is "its MTU" "$(link_mtu vif1.0)" 1500
is "no process stays" "$(programs_left)" ""

# -- nothing to do is nothing done
before=$(snapshot)
ip -o monitor link address >$T/events &
monitor=$!
sleep 0.2
try hotplug online 1 0
sleep 0.1
kill $monitor
assert_online "a second online succeeds" 1 0 br0
same "it changes nothing" "$(snapshot)" "$before"
is "it does not touch the device at all" "$(grep vif1.0 $T/events)" ""

# -- guests reach each other
guest_new 2 0
guest_up 1 0 10.0.0.1/24 fd00::1/64
guest_up 2 0 10.0.0.2/24 fd00::2/64
ip addr add 10.0.0.254/24 dev br0
try hotplug online 2 0
assert_online "a second guest" 2 0 br0
check "guests reach each other, IPv4" guest_ping 1 0 10.0.0.2
check "guests reach each other, IPv6" guest_ping 2 0 fd00::1
check "a guest reaches dom0" guest_ping 1 0 10.0.0.254
guest_new 2 1
guest_up 2 1 10.0.0.3/24
try hotplug online 2 1
assert_online "a guest's second vif" 2 1 br0
check "it works as well" guest_ping 2 1 10.0.0.1

# -- MTU
ip -o monitor link >$T/events &
monitor=$!
sleep 0.2
guest_new 3 0 bridge=br14
try hotplug online 3 0
sleep 0.1
kill $monitor
assert_online "online on a bridge with an MTU of its own" 3 0 br14
is "the vif's MTU is the bridge's" "$(link_mtu vif3.0)" 1400
is "the guest is told" "$(xs_read /local/domain/3/device/vif/0/mtu)" 1400
refuse "it was never a port with another MTU" grep -q 'vif3.0.*mtu 1500 .*master' $T/events
guest_new 4 0 bridge=br9 mtu=4000
try hotplug online 4 0
assert_online "online with mtu=" 4 0 br9
is "the bridge does not fall with mtu=" "$(link_mtu vif4.0) $(link_mtu br9)" "9000 9000"
is "the guest is told mtu=" "$(xs_read /local/domain/4/device/vif/0/mtu)" 4000
guest_new 5 0 bridge=br9 vifname=web5
try hotplug online 5 0
assert_online "online with vifname=" 5 0 br9 web5
is "the right guest is told, vifname or not" "$(xs_read /local/domain/5/device/vif/0/mtu)" 9000
refuse "no keys for a domain that is none" xs_exists /local/domain/web5
guest_new 6 0 bridge=br14
xs_rm /local/domain/6/device/vif/0/mtu
try hotplug online 6 0
assert_online "a toolstack that makes no mtu node is no error" 6 0 br14

# -- offline
xs_write $backend/1/0/online 0 $backend/1/0/state 6
try hotplug offline 1 0
assert_offline "offline detaches" 1 0
try hotplug offline 1 0
assert_offline "a second offline succeeds" 1 0
check "other guests stay" guest_ping 2 0 10.0.0.254
try hotplug online 1 0
assert_online "online again" 1 0 br0
netdev_rm 1 0
try hotplug offline 1 0
assert_offline "offline with the device gone" 1 0

ip link del br14
try hotplug offline 3 0
assert_offline "offline with the bridge gone" 3 0

keys_rm 4 0
try hotplug offline 4 0
assert_offline "offline with all keys gone" 4 0

keys_rm 5 0
netdev_rm 5 0
try hotplug offline 5 0
assert_offline "offline with device and keys gone" 5 0

try hotplug offline 6 0
ip link del br9
guest_new 7 0
try hotplug offline 7 0
assert_offline "offline without online" 7 0
guest_new 8 0 bridge=nobr
try hotplug offline 8 0
assert_offline "offline without online and without bridge" 8 0
try hotplug offline 99 0
assert_offline "offline of a vif that never was" 99 0

hotplug offline 2 0
hotplug offline 2 1
for d in 1 2 3 4 5 6 7 8; do
	guest_rm $d 0
done
guest_rm 2 1
assert_clean "nothing is left"
is "the administrator's bridge stays" "$(link_exists br0 && bridge_ports br0)" ""
tap_done
