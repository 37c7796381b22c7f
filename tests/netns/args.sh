#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# args.sh - argv and environment: what counts, what is ignored, and what a careless caller leaves behind.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes

store_start || exit 1
bridge_new br0
bridge_new br1
guest_new 1 0
guest_new 2 0

# reset: both guests as before any call
reset() {
	hotplug offline 1 0
	hotplug offline 2 0
	xs_write $backend/1/0/hotplug-status "" $backend/2/0/hotplug-status ""
}

# nothing_done NAME: the last try succeeded and no vif is attached or noted
nothing_done() {
	is "$1" "$rc:$out:$(bridge_ports br0):$(find $XNM_RUN_DIR/vif -type f 2>/dev/null)" 0:::
}

try hotplug online 1 0 vif XENBUS_PATH=backend/vif/2/0 vif=vif2.0
assert_online "arguments win over the environment" 2 0 br0
is "the environment's vif is left alone" "$(link_master vif1.0)" ""
reset

# shellcheck disable=SC2016 # a shell would run these; nobody may
try hotplug online 1 0 vif foo=bar 'x=$(touch /run/test/pwned)' 'y=`touch /run/test/pwned`' \
	'z=;touch /run/test/pwned' =  '=x' 'PATH=/nowhere'
assert_online "unknown arguments are ignored" 1 0 br0
refuse "and never run" test -e /run/test/pwned
reset

try hotplug online 1 0 tap
nothing_done "online of a tap is nothing"
try hotplug offline 1 0 tap
nothing_done "offline of a tap is nothing"
try hotplug add 1 0 vif
nothing_done "add of a vif is nothing"
try hotplug remove 1 0 vif
nothing_done "remove of a vif is nothing"

call=("$LAUNCH" -t 40 -e XENBUS_TYPE=vif -e XENBUS_PATH=backend/vif/1/0 -e vif=vif1.0 "$HOTPLUG")
try "${call[@]}" online
assert_online "without type_if it is a vif" 1 0 br0
reset
try "${call[@]}" type_if=vif online
assert_online "the first argument without '=' is the command" 1 0 br0
reset
try "${call[@]}" up type_if=vif
is "an unknown command fails" "$((rc != 0)):$(bridge_ports br0)" 1:
like "and is named" "$out" "up|online"
try "${call[@]}"
is "no command fails" "$((rc != 0)):$(bridge_ports br0)" 1:
try "${call[@]}" online type_if=vip
is "an unknown type attaches nothing" "$(bridge_ports br0)" ""

hotplug_path=/local/domain/0/backend/vif/1/0
try hotplug online 1 0
assert_online "an absolute XENBUS_PATH" 1 0 br0
try hotplug offline 1 0
assert_offline "offline with an absolute XENBUS_PATH" 1 0
hotplug_path=
try hotplug online 1 0
hotplug_path=/local/domain/0/backend/vif/1/0
try hotplug offline 1 0
assert_offline "both spellings mean the same vif" 1 0
hotplug_path=

xs_rm $backend/1/0/bridge
hotplug_env=(bridge=br1)
try hotplug online 1 0
assert_online "bridge from the environment, when there is no such key" 1 0 br1
reset
try hotplug online 1 0 vif bridge=br0
assert_online "bridge from an argument" 1 0 br0
reset
try hotplug online 2 0
assert_online "the key wins over the environment" 2 0 br0
reset
hotplug_env=()
xs_write $backend/1/0/bridge br0

# -- what callers leave behind
for fd in 3 4 5 6 7 8 9 19 29 99; do
	eval "exec $fd<>$T/leak"
done
try hotplug online 1 0
assert_online "leaked file descriptors" 1 0 br0
for fd in 3 4 5 6 7 8 9 19 29 99; do
	eval "exec $fd>&-"
done
is "nothing is written to them" "$(cat $T/leak)" ""
reset

rc=0
XENBUS_PATH=backend/vif/1/0 vif=vif1.0 "$HOTPLUG" online type_if=vif <&- >&- 2>&- || rc=$?
out=
assert_online "closed stdin, stdout and stderr" 1 0 br0
reset

rc=0
out=$(cd / && env -i XENBUS_PATH=backend/vif/1/0 XNM_CONFIG="$XNM_CONFIG" \
	XNM_RUN_DIR="$XNM_RUN_DIR" "$HOTPLUG" online type_if=vif 2>&1) || rc=$?
assert_online "an environment with nothing but XENBUS_PATH" 1 0 br0
reset

rc=0
out=$(umask 777 && hotplug online 1 0 2>&1) || rc=$?
assert_online "a strange umask" 1 0 br0
is "notes are readable by monitoring" "$(stat -c %a $XNM_RUN_DIR/vif/1.0 $XNM_RUN_DIR/vif | xargs)" "644 755"
reset

hotplug_env=(LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 TMPDIR=/nowhere HOME=/nowhere PATH=)
try hotplug online 1 0
assert_online "a strange locale, no PATH, no HOME" 1 0 br0
hotplug_env=()
reset

rc=0
out=$(ulimit -n 16; hotplug online 1 0 2>&1) || rc=$?
assert_online "few file descriptors" 1 0 br0
reset

# -- each program, in each of these worlds: it does its work, and writes only where it should
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
XNM_GUEST=${XNM_GUEST:-$O/xnm-guest}
printf '%s\n' "[network lan]" start=boot bridge=lan0 address=192.168.10.1/24 >"$XNM_CONFIG"
cat >"$T/worlds" <<'END'
closed stdin, stdout and stderr: exec "$@" <&- >&- 2>&-
a closed stderr: exec "$@" 2>&-
umask 777: umask 777; exec "$@"
blocked and ignored signals: exec env --block-signal --ignore-signal=ALRM,CHLD "$@"
four files: ulimit -S -n 4; exec "$@"
no file size: ulimit -S -f 0; exec "$@"
options first: export POSIXLY_CORRECT=1; exec "$@"
another language: export LC_ALL=tr_TR.UTF-8 LANG=de_DE.UTF-8 LANGUAGE=de; exec "$@"
END
# in_world WORLD COMMAND...: sets rc, and out if it fails
in_world() {
	rc=0
	out=$(XNM_LOG=stderr XENBUS_TYPE=vif XENBUS_PATH=backend/vif/1/0 vif=vif1.0 timeout 60 \
		bash -c "$1" world "${@:2}" 2>&1) || rc=$?
	[ $rc -ne 0 ] || out=
}
while IFS= read -r line; do
	world=${line%%: *} how=${line#*: }
	in_world "$how" "$XNM_VIF" online type_if=vif
	assert_online "$world: online" 1 0 br0
	is "$world: notes are readable" "$(stat -c %a $XNM_RUN_DIR/vif/1.0)" 644
	in_world "$how" "$XNM" apply
	is "$world: xnm apply" "$rc" 0
	in_world "$how" "$XNM" status vif1.0 --json
	is "$world: xnm status, options behind arguments" "$rc" 0
	in_world "$how" "$XNM_UDEV" boot
	is "$world: xnm-udev boot" "$rc:$(link_exists lan0 && echo made)" 0:made
	in_world "$how" "$XNM_GUEST" --print
	is "$world: xnm-guest" "$rc" 0
	in_world "$how" "$XNM_VIF" offline type_if=vif
	assert_offline "$world: offline" 1 0
done <"$T/worlds"
check "nothing but xenstore's words went to xenstored" xs_exists /local/domain/0/domid
: >"$XNM_CONFIG"
"$XNM" apply

# ------------------------------------------------------------------- what nobody means

for name in XNM_CONFIG XNM_RUN_DIR XNM_STATE_DIR; do
	rc=0
	out=$(export "$name=some/where"; cd / && hotplug online 1 0 2>&1) || rc=$?
	is "$name is relative: an online is refused" "$rc:$out" \
		"1:xnm-vif: $name=some/where is not an absolute path: write it from / on, or unset the variable"
	try env "$name=some/where" "$XNM" status
	is "$name is relative: so is xnm" "$rc:$out" \
		"2:xnm: $name=some/where is not an absolute path: write it from / on, or unset the variable"
	try env "$name=some/where" "$O/xnm-udev" boot
	is "$name is relative: so is xnm-udev" "$rc:$out" \
		"1:xnm-udev: $name=some/where is not an absolute path: write it from / on, or unset the variable"
done
refuse "and nothing was made there" test -e /some
try hotplug online 1 0 vif nonsense
is "a word that is no argument" "$rc:$out" "1:xnm-vif: 'nonsense' is no argument of online, which takes KEY=VALUE alone"
try hotplug online 1 0 vif "what=ever"
assert_online "a key that is not ours" 1 0 br0
reset

guest_rm 1 0
guest_rm 2 0
assert_clean "nothing is left"
tap_done
