#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sequences.sh - whole lives of guests, as libxl replays them, and the ends that it forgets to tell.
# leaks: all that libxl does to a vif is done once
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
bridge_new br0

# destroy D N: a polite end
destroy() {
	xs_write "$backend/$1/$2/online" 0 "$backend/$1/$2/state" 6
	try hotplug offline "$1" "$2"
	netdev_rm "$1" "$2"
	keys_rm "$1" "$2"
}

# notes: the vifs we have notes of
notes() {
	find "$XNM_RUN_DIR/vif" -type f -printf "%f\n" | sort | xargs
}

# reapply VIF: it may say what it did
reapply() {
	try "$XNM_VIF" reapply "$1"
	[ $rc -ne 0 ] || out=
}

# -- create fails: offline for every NIC of the domain, also those that never were online
guest_new 1 0
guest_new 1 1 bridge=nobr
guest_new 1 2
try hotplug online 1 0
assert_online "create: the first NIC" 1 0 br0
try hotplug online 1 1
assert_refused "create: the second NIC fails" 1 1 nobr
for n in 0 1 2; do
	try hotplug offline 1 $n
	assert_offline "create failed: offline of NIC $n" 1 $n
	netdev_rm 1 $n
	keys_rm 1 $n
done
assert_clean "create failed: nothing is left"

# -- soft reset: the same domid again
guest_new 2 0 vifname=web2
hotplug online 2 0
guest_up 2 0 10.0.0.2/24
ip addr add 10.0.0.254/24 dev br0
try hotplug offline 2 0
assert_offline "soft reset: offline" 2 0 web2
netdev_rm 2 0
keys_new 2 0 vifname=web2
netdev_new 2 0
try hotplug online 2 0
assert_online "soft reset: online with the same domid" 2 0 br0 web2
guest_up 2 0 10.0.0.2/24
check "soft reset: the guest works" guest_ping 2 0 10.0.0.254

# -- netback is bound again: a new device, and nobody calls
netdev_rm 2 0
netdev_new 2 0
xs_rm $backend/2/0/hotplug-status
is "rebind: the new device is bare" "$(link_master vif2.0)" ""
reapply 2.0
assert_online "rebind: reapply restores the vif" 2 0 br0 web2
guest_up 2 0 10.0.0.2/24
check "rebind: the guest works" guest_ping 2 0 10.0.0.254
before=$(snapshot)
reapply 2.0
assert_online "reapply again" 2 0 br0 web2
same "reapply again changes nothing" "$(snapshot)" "$before"
reapply vif2.0
assert_online "reapply by the vif's name" 2 0 br0 web2
try "$XNM_VIF" reapply 77.0
is "reapply of a vif that is not there fails" "$((rc != 0)):$(echo "$out" | wc -l)" 1:1

# -- reboot: everything again with a new domid
destroy 2 0
assert_offline "reboot: offline" 2 0 web2
guest_new 3 0 vifname=web2 mac=00:16:3e:00:02:00 name=guest2
try hotplug online 3 0
assert_online "reboot: online with a new domid" 3 0 br0 web2
destroy 3 0
assert_offline "reboot: and its end" 3 0 web2

# -- network-attach and -detach of a running guest
guest_new 4 0
hotplug online 4 0
for i in 1 2 3; do
	guest_new 4 1
	try hotplug online 4 1
	assert_online "attach, time $i" 4 1 br0
	destroy 4 1
	assert_offline "detach, time $i" 4 1
done
is "the first NIC is left alone" "$(link_master vif4.0):$(notes)" br0:4.0
guest_new 4 1 bridge=nobr
try hotplug online 4 1
assert_refused "attach fails" 4 1 nobr
xs_write $backend/4/1/bridge br0
try hotplug online 4 1
assert_online "after a failed attach nothing is in the way" 4 1 br0

# -- offline twice at the same time: xl's monitor and xl destroy
hotplug offline 4 0 >$T/a 2>&1 &
a=$!
hotplug offline 4 0 >$T/b 2>&1 &
b=$!
wait $a && wait $b
is "offline twice at once" "$?:$(cat $T/a $T/b)" 0:
is "nothing of it is left" "$(link_master vif4.0):$(notes)" :4.1
destroy 4 0
destroy 4 1

# -- a guest that keeps its vif over a failed migration or save -c gets no call: hotplug-status must stay
guest_new 5 0
hotplug online 5 0
xs_write $backend/5/0/state 4
try hotplug online 5 0
assert_online "online of a connected vif" 5 0 br0

# -- no offline: netdev and keys go, nobody tells us. The next online of any guest cleans up.
# leak D: as seen in libxl for a timeout, missing keys, a killed toolstack, a restarted xl devd
leak() {
	netdev_rm "$1" 0
	keys_rm "$1" 0
}
guest_new 6 0 vifname=web6
hotplug online 6 0
guest_new 7 0 type=vif_ioemu
tap_new 7 0
hotplug online 7 0
hotplug add 7 0
ip link del vif7.0-emu
leak 6
leak 7
is "leak: notes of dead guests" "$(notes)" "5.0 6.0 7.0"
guest_new 8 0
try hotplug online 8 0
assert_online "leak: online of another guest" 8 0 br0
is "leak: only the living are noted" "$(notes)" "5.0 8.0"
is "leak: the living are left alone" "$(link_master vif5.0):$(xs_read $backend/5/0/hotplug-status)" br0:connected

leak 8
try "$XNM_VIF" gc
is "gc does the same by hand" "$rc:$(notes)" 0:5.0

guest_new 8 0
hotplug online 8 0
keys_rm 8 0
guest_new 9 0
try hotplug online 9 0
assert_online "leak: keys gone, device still there" 9 0 br0
is "leak: that guest's notes are gone" "$(notes)" "5.0 9.0"
netdev_rm 8 0

# one NIC of a domain, the domain lives on
guest_new 9 1
hotplug online 9 1
netdev_rm 9 1
keys_rm 9 1
try "$XNM_VIF" gc
is "leak: one NIC of a living domain" "$rc:$(notes)" "0:5.0 9.0"

# the domid comes again before anybody cleaned up
leak 9
bridge_new br1
guest_new 9 0 bridge=br1 vifname=web9
try hotplug online 9 0
assert_online "leak: the same domid with other settings" 9 0 br1 web9
destroy 9 0
assert_offline "and its end" 9 0 web9

# a key that libxl needs for its call is gone: no call
guest_new 6 0
hotplug online 6 0
xs_rm $backend/6/0/script $backend/6/0/type $backend/6/0/state
try "$XNM_VIF" gc
is "leak: a vif with half its keys counts as living" "$rc:$(notes)" "0:5.0 6.0"
leak 6

# killed in the middle of an online, then the domain dies unseen
guest_new 6 0
hotplug_launch=(-k 700)
try hotplug online 6 0
hotplug_launch=()
leak 6
try "$XNM_VIF" gc
is "leak: SIGKILL and no offline" "$rc:$(notes)" "0:5.0"

# the last guest goes: libxl removes the empty backend folders too
leak 5
try "$XNM_VIF" gc
is "leak: the last guest of all" "$rc:$(notes)" 0:

# dom0 has rebooted: /run is empty, guests come as the first time
guest_new 1 0
rm -rf "$XNM_RUN_DIR"
try hotplug online 1 0
assert_online "no run directory" 1 0 br0
destroy 1 0

# a damaged note is no reason to fail
guest_new 1 0
hotplug online 1 0
echo garbage >"$XNM_RUN_DIR/vif/1.0"
try hotplug online 1 0
is "a damaged note: online" "$rc:$(link_master vif1.0)" 0:br0
: >"$XNM_RUN_DIR/vif/1.0"
try hotplug offline 1 0
is "an empty note: offline" "$rc:$(down_and_alone vif1.0):$(notes)" 0::
for d in 1 2 3 4 5 6 7 8 9; do
	guest_rm $d 0
done

# xenstored gone: say so, and keep to the time
store_stop
guest_new 1 0 2>/dev/null
try timeout 20 "$LAUNCH" -e XENBUS_PATH=backend/vif/1/0 -e vif=vif1.0 "$XNM_VIF" online type_if=vif
is "no xenstored: online fails, vif down" "$rc:$(echo "$out" | wc -l):$(down_and_alone vif1.0)" 1:1:
like "no xenstored: it says so" "$out" '[Xx]en[Ss]tore'
netdev_rm 1 0

assert_clean "nothing is left"
tap_done
