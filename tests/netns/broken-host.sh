#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# broken-host.sh - xenstored gone or silent, /run full or read-only, a lock that is held: a clear error, nothing half done.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
bridge_new br0
xenstored_pid=$(cat /run/xenstored/pid)

# failed NAME PATTERN DEVICE: the last try ended with one line that says PATTERN, the device is down and alone
failed() {
	local wrong=

	[ "$rc" -eq 1 ] || wrong+="exit status $rc, wanted 1"$'\n'
	[ "$(printf '%s\n' "$out" | wc -l)" -eq 1 ] || wrong+="not one line"$'\n'
	printf '%s\n' "$out" | grep -Eq -- "$2" || wrong+="it does not say: $2"$'\n'
	wrong+=$(down_and_alone "$3")
	if [ -z "$wrong" ]; then ok "$1"; else not_ok "$1" "${wrong%$'\n'}" "it says: $out"; fi
}

# seconds COMMAND...: how long it took, into $took
seconds() {
	local start=$SECONDS

	"$@"
	took=$((SECONDS - start))
}

# -- xenstored does not answer
guest_new 1 0
kill -STOP "$xenstored_pid"
seconds try hotplug online 1 0
kill -CONT "$xenstored_pid"
failed "xenstored hangs" "xenstored|xenstore" vif1.0
check "xenstored hangs: it is given up after 10 s" test "$took" -ge 9 -a "$took" -le 13
is "xenstored hangs: no notes" "$(ls "$XNM_RUN_DIR/vif" 2>/dev/null)" ""
try hotplug online 1 0
assert_online "xenstored hangs: then it goes on" 1 0 br0

kill -STOP "$xenstored_pid"
seconds try hotplug offline 1 0
kill -CONT "$xenstored_pid"
assert_offline "xenstored hangs: offline does without it" 1 0
check "xenstored hangs: offline does not wait" test "$took" -le 1

# it stops to answer in the middle: its last answer comes, the next does not
try hotplug online 1 0
kill -STOP "$xenstored_pid"
try timeout 20 "$XNM_VIF" reapply 1.0
kill -CONT "$xenstored_pid"
is "xenstored hangs: reapply fails" "$rc" 1
check "xenstored hangs: and leaves the running guest alone" link_is_up vif1.0
is "xenstored hangs: on its bridge" "$(link_master vif1.0)" br0
hotplug offline 1 0

# -- no room for notes
hotplug online 1 0
hotplug offline 1 0
mount -t tmpfs -o size=64k,nr_inodes=20 tmpfs "$XNM_RUN_DIR"
mkdir "$XNM_RUN_DIR/vif" "$XNM_RUN_DIR/bridge" "$XNM_RUN_DIR/vifname"
: >"$XNM_RUN_DIR/lock"
dd if=/dev/zero of="$XNM_RUN_DIR/full" bs=4k 2>/dev/null
try hotplug online 1 0
failed "/run is full" "addresses on br0 that no guest may use: No space left" vif1.0
is "/run is full: libxl is told" "$(xs_read $backend/1/0/hotplug-status)" error
is "/run is full: nothing is left" "$(ls -A "$XNM_RUN_DIR/vif")" ""
try hotplug offline 1 0
assert_offline "/run is full: offline" 1 0
rm "$XNM_RUN_DIR/full"
try hotplug online 1 0
assert_online "/run has room again" 1 0 br0
mount -o remount,ro "$XNM_RUN_DIR"
try hotplug offline 1 0
is "/run is read-only: offline still detaches" "$(link_master vif1.0)" ""
mount -o remount,rw "$XNM_RUN_DIR"
try hotplug offline 1 0
assert_offline "/run can be written again: offline" 1 0
umount "$XNM_RUN_DIR"

rm -rf "$XNM_RUN_DIR"
: >"$XNM_RUN_DIR"
try hotplug online 1 0
failed "/run/xnm is no folder" "$XNM_RUN_DIR.*Not a directory" vif1.0
try hotplug offline 1 0
is "/run/xnm is no folder: offline" "$(down_and_alone vif1.0)" ""
rm "$XNM_RUN_DIR"

# -- another run works on the same vif and does not end
try hotplug online 1 0
python3 - "$XNM_RUN_DIR/lock" <<'END' &
import fcntl, struct, sys, time
lock = open(sys.argv[1], "r+b")
# struct flock of a 64-bit system: F_OFD_SETLK of the byte of vif 1.0
fcntl.fcntl(lock, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 1 << 16, 1, 0))
open("/run/test/held", "w").close()
time.sleep(60)
END
holder=$!
for ((i = 0; i < 100; i++)); do
	[ -e /run/test/held ] && break
	sleep 0.05
done
seconds try hotplug online 1 0
is "the lock is held: it fails" "$rc" 1
like "the lock is held: it says so" "$out" "vif1\.0 is in use by another run"
check "the lock is held: after 2 s" test "$took" -ge 1 -a "$took" -le 4
is "the lock is held: the other's work is left alone" "$(link_master vif1.0)" br0
kill "$holder"
wait "$holder" 2>/dev/null
try hotplug online 1 0
assert_online "the lock's holder is dead" 1 0 br0
hotplug offline 1 0

# -- the kernel refuses, and its own sentence reaches the person
netdev_rm 1 0
ip link add vif1.0 type bridge
try hotplug online 1 0
failed "the kernel refuses" "cannot attach vif1\.0 to bridge br0: Can not enslave a bridge to a bridge" vif1.0
like "the kernel refuses: libxl is told" "$(xs_read $backend/1/0/hotplug-error)" "Can not enslave a bridge"
is "the kernel refuses: nothing is left" "$(ls -A "$XNM_RUN_DIR/vif")" ""
ip link del vif1.0
netdev_new 1 0

# -- no xenstored at all
store_stop
try hotplug online 1 0
failed "no xenstored" "cannot reach xenstored: .*is it running" vif1.0
try hotplug offline 1 0
assert_offline "no xenstored: offline" 1 0
try "$XNM_VIF" gc
is "no xenstored: gc fails" "$rc" 1

netdev_rm 1 0
is "nothing is left" "$(leftovers)" ""
tap_done
