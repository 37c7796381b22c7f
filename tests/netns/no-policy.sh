#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# no-policy.sh - a policy or a note that is there but cannot be read is never taken for one that is not there.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
etc=$T/host/xnm
export XNM_CONFIG=$etc/xnm.ini
store_start || exit 1
bridge_new br0
guest_new 1 0

# fresh: the folders of a host without a policy
fresh() {
	umount -q "$etc" 2>/dev/null
	rm -rf "$T/host" "$XNM_RUN_DIR/override.d"
	mkdir -p "$etc/policy.d" "$XNM_RUN_DIR/override.d"
}

# allowed NAME: this is no policy
allowed() {
	try hotplug online 1 0
	assert_online "$1: a guest starts as its configuration says" 1 0 br0
	hotplug offline 1 0
	try "$XNM" check
	like "$1: xnm check says that there is none" "$rc:$out" '^0:.*there is no policy'
	try "$XNM_UDEV" boot
	is "$1: xnm-udev has nothing to do" "$rc:$out" 0:
}

# refused NAME PATTERN: this is a policy that cannot be read
refused() {
	try hotplug online 1 0
	assert_refused "$1: the guest does not start" 1 0 "$2"
	hotplug offline 1 0
	try "$XNM" check
	like "$1: xnm check" "$rc:$out" "^2:.*($2)"
	try "$XNM_UDEV" boot
	like "$1: xnm-udev" "$rc:$out" "^1:.*($2)"
	try "$XNM" doctor
	like "$1: xnm doctor" "$rc:$out" "^1:.*the policy cannot be read"
	try "$XNM" address guest1
	is "$1: xnm address" "$rc" 2
	fresh
}

# -- nothing there at all
fresh
allowed "empty folders"
rmdir "$etc/policy.d" "$XNM_RUN_DIR/override.d"
allowed "no policy.d and no override.d"
rm -rf "$T/host"
allowed "no folder for a policy"
fresh
echo 'this is [no policy' >"$etc/policy.d/notes.txt"
echo 'this is [no policy' >"$etc/xnm.ini~"
allowed "other files beside it"

# -- links to nowhere
fresh
ln -s nowhere "$etc/xnm.ini"
refused "xnm.ini -> nowhere" "$etc/xnm.ini: is a symbolic link to nowhere, .*mend"
ln -s "$T/gone/xnm.ini" "$etc/xnm.ini"
refused "xnm.ini -> a folder that is not there" "$etc/xnm.ini: is a symbolic link to $T/gone/xnm.ini, "
ln -s second "$etc/xnm.ini"
ln -s third "$etc/second"
refused "xnm.ini -> a link to nowhere" "$etc/xnm.ini: is a symbolic link to second, "
ln -s nowhere "$etc/policy.d/a.ini"
refused "policy.d/a.ini -> nowhere" "policy.d/a.ini: is a symbolic link to nowhere, "
ln -s nowhere "$XNM_RUN_DIR/override.d/a.ini"
refused "override.d/a.ini -> nowhere" "override.d/a.ini: is a symbolic link to nowhere, "
rmdir "$etc/policy.d"
ln -s nowhere "$etc/policy.d"
refused "policy.d -> nowhere" "$etc/policy.d: is a symbolic link to nowhere, "
rmdir "$XNM_RUN_DIR/override.d"
ln -s nowhere "$XNM_RUN_DIR/override.d"
refused "override.d -> nowhere" "$XNM_RUN_DIR/override.d: is a symbolic link to nowhere, "
rm -rf "$etc"
ln -s nowhere "$etc"
refused "the policy's folder -> nowhere" "$etc: is a symbolic link to nowhere, "
rm -rf "$T/host"
ln -s nowhere "$T/host"
refused "the folder above -> nowhere" "$T/host: is a symbolic link to nowhere, "
# with a policy beside it that could be read
echo '[network lan]' >"$etc/policy.d/a.ini"
ln -s nowhere "$etc/xnm.ini"
refused "xnm.ini -> nowhere, and a drop-in" "$etc/xnm.ini: is a symbolic link to nowhere, "

# -- loops, and what is no file
ln -s xnm.ini "$etc/xnm.ini"
refused "a loop" "$etc/xnm.ini: cannot be opened: Too many levels of symbolic links"
rmdir "$etc/policy.d"
ln -s policy.d "$etc/policy.d"
refused "policy.d is a loop" "policy.d: cannot be opened: Too many levels of symbolic links"
mkdir "$etc/xnm.ini"
refused "a folder in the place of the file" "$etc/xnm.ini: is not a regular file"
mkfifo "$etc/xnm.ini"
refused "a fifo" "$etc/xnm.ini: is not a regular file"
ln -s /dev/null "$etc/xnm.ini"
refused "a device" "$etc/xnm.ini: is not a regular file"
ln -s /dev/zero "$etc/policy.d/a.ini"
refused "a device in policy.d" "policy.d/a.ini: is not a regular file"
mkdir "$etc/policy.d/a.ini"
refused "a folder in policy.d" "policy.d/a.ini: is not a regular file"
rmdir "$etc/policy.d"
: >"$etc/policy.d"
refused "policy.d is a file" "$etc/policy.d: cannot be opened: Not a directory"
rmdir "$XNM_RUN_DIR/override.d"
: >"$XNM_RUN_DIR/override.d"
refused "override.d is a file" "override.d: cannot be opened: Not a directory"
rm -rf "$etc"
: >"$etc"
refused "the policy's folder is a file" "$etc: cannot be opened: Not a directory"

# -- what cannot be read
ln -s /proc/self/mem "$etc/xnm.ini"
refused "a file that gives an error" "$etc/xnm.ini: cannot be read: Input/output error"
echo '[network lan]' >"$etc/xnm.ini"
chmod 600 "$etc/xnm.ini"
nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}
try nobody "$XNM" check
like "a file that the caller must not read" "$rc:$out" "^2:.*$etc/xnm.ini: cannot be opened: Permission denied"
rm "$etc/xnm.ini"
chmod 700 "$etc"
try nobody "$XNM" check
like "a folder that the caller must not read" "$rc:$out" "^2:.*$etc: cannot be opened: Permission denied"
chmod 755 "$etc"
chmod 700 "$etc/policy.d"
try nobody "$XNM" check
like "a folder of drop-ins that the caller must not read" "$rc:$out" "^2:.*$etc/policy.d: cannot be opened: Permission denied"
fresh
try "$XNM" check "$etc/xnm.ini"
like "a file that is named must be there" "$rc:$out" "^2:.*$etc/xnm.ini: there is no such file"
ln -s nowhere "$etc/xnm.ini"
try "$XNM" check "$etc/xnm.ini"
like "a link that is named must lead somewhere" "$rc:$out" "^2:.*$etc/xnm.ini: is a symbolic link to nowhere, "
fresh
XNM_CONFIG=$etc/ try hotplug online 1 0
assert_refused "a folder instead of a file" 1 0 "$etc/: names a directory"
hotplug offline 1 0
guest_rm 1 0

# -- notes: a folder in the place of one can be read by nobody
# spoil NOTE, and heal NOTE
spoil() {
	mv "$XNM_RUN_DIR/$1" "$T/note"
	mkdir "$XNM_RUN_DIR/$1"
}

heal() {
	rm -rf "${XNM_RUN_DIR:?}/$1"
	mv "$T/note" "$XNM_RUN_DIR/$1"
}

cat >"$XNM_CONFIG" <<'END'
[network one]
bridge=one0
address=10.1.0.1/24
forward=nat

[network two]
bridge=two0
address=10.2.0.1/24
forward=nat

[vif guest[12]]
network=one

[vif guest3]
network=two
END
guest_new 1 0 ip=10.1.0.11
guest_new 3 0 ip=10.2.0.13
hotplug online 1 0
hotplug online 3 0
guest_new 2 0 ip=10.1.0.12
spoil network/one
try hotplug online 2 0
assert_refused "the note of a network" 2 0 "cannot read the note $XNM_RUN_DIR/network/one: Is a directory; "
hotplug offline 2 0
hotplug offline 3 0
is "the note of a network that may need a setting" "$(cat /proc/sys/net/ipv4/ip_forward)" 1
heal network/one
spoil bridge/one0
try hotplug online 2 0
assert_refused "the note of a bridge" 2 0 "cannot read the note $XNM_RUN_DIR/bridge/one0: Is a directory; "
hotplug offline 2 0
heal bridge/one0
spoil vif/1.0
try hotplug online 1 0
is "the note of the vif itself" "$rc:$(grep -c "cannot read the note $XNM_RUN_DIR/vif/1.0: Is a directory; " <<<"$out")" 1:1
heal vif/1.0
try "$HOTPLUG" reapply 1.0
is "once it can be read" "$rc:$(link_master vif1.0)" 0:one0
guest_rm 2 0

# claims NAME IP: guest 2 wants what guest 1 has, whose note cannot be read
claims() {
	guest_new 2 0 ip="$2"
	try hotplug online 2 0
	assert_refused "$1" 2 0 "overlaps one of vif1\.0"
	hotplug offline 2 0
	guest_rm 2 0
}
spoil vif/1.0
claims "the note of a vif whose address another one wants" 10.1.0.11
heal vif/1.0
echo garbage >"$T/garbage"
cp "$XNM_RUN_DIR/vif/1.0" "$T/good"
cp "$T/garbage" "$XNM_RUN_DIR/vif/1.0"
claims "the same, damaged" 10.1.0.11
cp "$T/good" "$XNM_RUN_DIR/vif/1.0"

# guarded: whether rules hold vif1.0
guarded() {
	nft list set bridge xnm guard | grep -c '"vif1\.0"'
}
spoil vif/1.0
try "$HOTPLUG" gc
is "gc leaves the rules of a vif whose note cannot be read" "$rc:$(guarded)" 0:1
nft flush ruleset
guest_new 2 0 ip=10.1.0.12
try hotplug online 2 0
is "rules made anew hold it, too" "$rc:$(guarded)" 0:1
like "and the event says so" "$out" "vif1\.0: its note cannot be read, .*xnm-vif reapply 1\.0"
heal vif/1.0
hotplug offline 2 0
guest_rm 2 0
hotplug offline 1 0
for d in 1 3; do
	guest_rm $d 0
done

mv "$XNM_RUN_DIR" "$T/away"
ln -s nowhere "$XNM_RUN_DIR"
try "$HOTPLUG" reapply all
is "no folder of notes, but a link to nowhere: reapply all" "$rc" 1
try "$XNM" status
is "xnm status" "$rc" 1
tap_done
