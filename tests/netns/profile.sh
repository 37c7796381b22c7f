#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# profile.sh - profiles of the policy: a whole topology is switched to another and back, and xnm apply does what a
# changed policy says, and nothing else.
# leaks: the commands run all that they can
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1

# policy TEXT: replaces it
policy() {
	printf '%s\n' "$1" >"$XNM_CONFIG"
	chmod 644 "$XNM_CONFIG"
}

# xnm ARGUMENT...: sets rc, out (stdout) and said (stderr)
xnm() {
	out=$("$XNM" "$@" 2>"$T/said")
	rc=$?
	said=$(<"$T/said")
}

# state: a snapshot without the choice itself
state() {
	snapshot | sed '/^-- \.\/profile$/,/^\(--\|==\)/{/^-- \.\/profile$/d;/^[a-z]*$/d}'
}

base='[global]
profile=normal
[profile normal]
description=as usual
[profile emergency]
description=all guests apart
[network office]
forward=none
bridge=br0
address=10.1.0.1/24
[network quarantine]
profile=emergency
forward=none
bridge=brq
address=10.66.0.1/24
isolated=yes
acl=quiet
[pool apart]
profile=emergency
network=quarantine
range=10.66.0.100-10.66.0.199
[network spare]
profile=emergency
start=boot
bridge=brs
address=10.67.0.1/24
[network meeting]
profile=normal
start=boot
bridge=brm
address=10.67.0.1/24
[pool scada]
profile=normal
network=office
range=10.1.0.100-10.1.0.199
[acl quiet]
rule=allow ingress tcp port 22
[acl scada]
profile=normal
rule=allow egress tcp port 502
[vif scada-*/0]
profile=normal
network=office
address=auto scada
acl=scada
mtu=1400
learning=no
[vif scada-*/0]
profile=emergency
network=quarantine
address=auto apart
locking-mode=locked
[vif *]
network=office'
policy "$base"

# ------------------------------------------------------------------ list
xnm profile list
is "profile list" "$rc:$said:$out" "0::PROFILE    IN FORCE  DESCRIPTION
normal     *         as usual
emergency  -         all guests apart"
xnm profile
like "list is what profile alone does" "$out" '^normal +\* '
xnm profile list --json
is "as JSON" "$(jq -c . <<<"$out")" \
	'{"profiles":[{"profile":"normal","description":"as usual","in_force":true},{"profile":"emergency","description":"all guests apart","in_force":false}],"in_force":"normal","default":"normal"}'
for arguments in "use" "use a b" "use --default normal" "use normal --json" "list a" "bogus"; do
	# shellcheck disable=SC2086 # words
	xnm profile $arguments
	is "profile $arguments: usage" "$rc:$out:${said%% *}" "2::usage:"
done
xnm check
is "check counts them" "$rc:$said:$out" "0::$XNM_CONFIG: 2 networks, 2 vif sections, 2 profiles (normal in force), no mistakes"

# -------------------------------------------------- ten guests, and a switch
try "$XNM_UDEV" boot
is "boot" "$rc:$out" "0:"
is "the network of the other profile is not there" "$(link_exists brm && echo yes):$(link_exists brs && echo yes)" "yes:"
for d in 1 2 3 4 5 6 7 8; do
	guest_new $d 0 name="scada-$d" bridge=br0
	try hotplug online $d 0
	assert_online "guest $d" $d 0 br0
done
for d in 20 21; do
	guest_new $d 0 name="desk-$d" bridge=br0 ip=10.1.0.$d
	try hotplug online $d 0
	assert_online "guest $d" $d 0 br0
done
before=$(state)
xnm apply
is "apply: nothing to do" "$rc:$said:$(grep -c '^vif' <<<"$out"):$(grep -vc '^vif.*:$\|^  nothing to do$' <<<"$out")" "0::10:0"
same "and nothing was done" "$(state)" "$before"

ip monitor link >"$T/links" &
monitor=$!
start=$(date +%s%N)
xnm profile use emergency
took=$((($(date +%s%N) - start) / 1000000))
is "profile use" "$rc:$said:$(tail -1 <<<"$out")" "0::profile emergency is in force"
# a tenth of that without load
is "ten vifs are switched at once ($took ms)" "$((took < 10000))" 1
like "it says what it did" "$out" '^ +[0-9]+\. attach vif3.0 to bridge brq '
refuse "not of vifs for which nothing changed" grep -q 'attach vif20' <<<"$out"
is "they are there" "$(link_master vif1.0) $(link_master vif8.0) $(link_master vif20.0)" "brq brq br0"
is "with its flags" "$(port_flag vif1.0 isolated)" true
is "its MTU is the network's" "$(link_mtu vif1.0)" 1500
is "the networks of start=boot have changed" "$(link_exists brm && echo yes):$(link_exists brs && echo yes)" ":yes"
is "status says so" "$("$XNM" status | grep '^profile')" "profile emergency is in force, by xnm profile use"
is "also as JSON" "$("$XNM" status --json | jq -r .profile)" emergency
is "all are ok" "$("$XNM" status --json | jq -r '[.vifs[].state] | unique[]')" ok
xnm profile list
like "list knows" "$out" '^emergency +\* '
guest_new 9 0 name=scada-9 bridge=br0
try hotplug online 9 0
assert_online "a guest that comes now joins it" 9 0 brq
try hotplug offline 9 0
guest_rm 9 0
emergency=$(state)
xnm profile use emergency
is "the same again" "$rc:$said:$(tail -1 <<<"$out")" "0::profile emergency is in force"
same "changes nothing" "$(state)" "$emergency"
xnm profile use normal
is "back" "$rc:$said:$(tail -1 <<<"$out")" "0::profile normal is in force"
same "everything is as it was" "$(state)" "$before"
xnm profile use emergency
same "and once more: as it was there" "$(state)" "$emergency"
xnm profile use --default
is "to what the policy says" "$rc:$said:$(tail -1 <<<"$out")" "0::profile normal is in force"
same "everything is as it was, and nothing is noted" "$(snapshot)" "$before"
kill $monitor

# ------------------------------------------------------ what is refused
xnm profile use emergncy
is "an unknown name" "$rc:$out:$said" "1::xnm: there is no [profile emergncy]; did you mean 'emergency'?"
policy "${base/acl=quiet/acl=quite}"
at=$(grep -n 'acl=quite' "$XNM_CONFIG" | cut -d: -f1)
xnm check
is "check looks under each profile" "$rc:$out:$said" "2::$XNM_CONFIG:$at: acl=quite: there is no [acl quite]; did you mean 'quiet'? (under profile emergency)
$XNM_CONFIG: 1 mistake"
xnm profile use emergency
is "use refuses it" "$rc:$out:$said" "2::$XNM_CONFIG:$at: acl=quite: there is no [acl quite]; did you mean 'quiet'?
xnm: that is under profile emergency; nothing was changed"
same "and nothing was changed" "$(snapshot)" "$before"
xnm apply
is "what is in force is applied" "$rc:$said" "0:"

# a vif that cannot be set up as the profile says: its network's bridge does not exist
policy "${base/bridge=brq/bridge=brq
create=no}"
xnm profile use emergency
is "a switch that fails" "$rc:$(tail -1 <<<"$said")" "1:xnm: profile emergency could not be applied; back to what [global] says"
like "says why" "$said" "brq"
same "everything is as it was" "$(snapshot)" "$before"

# ---------------------------------------------------------------- apply
policy "${base/mtu=1400/mtu=1300}"
xnm apply --dry-run
is "apply --dry-run" "$rc:$said:$(grep -c 'set MTU of vif[1-8].0 from 1400 to 1300' <<<"$out"):$(grep -c '^vif' <<<"$out")" "0::8:10"
same "changes nothing" "$(snapshot)" "$before"
xnm apply
is "apply" "$rc:$said:$(grep -c 'set MTU of vif[1-8].0 from 1400 to 1300' <<<"$out"):$(grep -c 'nothing to do' <<<"$out")" "0::8:2"
is "it did" "$(link_mtu vif8.0) $(link_mtu vif20.0)" "1300 1500"
policy "$base
[vif x]
network=ofice"
after=$(snapshot)
xnm apply
is "a policy with a mistake" "$rc:$out:$said" \
	"2::$XNM_CONFIG:$(wc -l <"$XNM_CONFIG"): network=ofice: there is no [network ofice]; did you mean 'office'?
xnm: nothing was changed"
same "changes nothing" "$(snapshot)" "$after"
policy "$base"
xnm apply
same "back" "$(snapshot)" "$before"
xnm apply now
is "apply: usage" "$rc:$out:${said%% *}" "2::usage:"
# somebody else applies
python3 -I - <<'END' &
import fcntl, os, struct, time
h = 2166136261
for c in b"/apply":
    h = ((h ^ c) * 16777619) & 0xffffffff
f = os.open(os.environ["XNM_RUN_DIR"] + "/lock", os.O_RDWR)
fcntl.fcntl(f, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, (1 << 40) + h, 1, 0))
open("/run/test/locked", "w").close()
time.sleep(20)
END
locker=$!
for _ in $(seq 200); do
	[ ! -e "$T/locked" ] || break
	sleep 0.02
done
xnm apply
is "two at a time" "$rc:$out:$said" "1::xnm: another xnm is applying the policy; wait for it"
kill $locker
wait $locker 2>/dev/null

# --------------------------------------------- the choice outlives the section
xnm profile use emergency
policy "${base//emergency/crisis}"
xnm check
like "a chosen profile that has gone" "$rc:$said" "^2:$XNM_RUN_DIR/profile: 'emergency' was chosen by xnm profile use, and there is no \[profile emergency\]"
xnm profile use crisis
is "another is chosen" "$rc:$said:$(tail -1 <<<"$out")" "0::profile crisis is in force"
same "it is the same topology" "$(state)" "$emergency"
xnm profile use --default
same "and back" "$(snapshot)" "$before"

tap_done
