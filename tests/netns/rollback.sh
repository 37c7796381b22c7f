#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rollback.sh - ways back from a changed policy: xnm rollback, and xnm try, which goes back unless it is confirmed.
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

# xnm ARGUMENT...: sets rc, out (stdout) and said (stderr); there is nobody to confirm anything
xnm() {
	out=$("$XNM" "$@" 2>"$T/said" </dev/null)
	rc=$?
	said=$(<"$T/said")
}

# versions: the copies that are kept, and which one is in force
versions() {
	(cd "$XNM_RUN_DIR/applied" && echo *) | sed "s/in-force/>$(readlink "$XNM_RUN_DIR/applied/in-force")/"
}

mtu() {
	link_mtu vif1.0
}

base='[global]
profile=normal
[profile normal]
[profile other]
[network lan]
bridge=br0
[network lab]
bridge=br1
[vif guest1]
profile=normal
network=lan
mtu=1400
[vif guest1]
profile=other
network=lab
mtu=1400'
with() {
	policy "${base//mtu=1400/mtu=$1}"
}

# -------------------------------------------------------------- nothing yet
with 1400
xnm rollback
is "nothing was applied yet" "$rc:$out:$said" "1::xnm: there is nothing to go back to: of the policies that were applied since the boot, none is older"
xnm try
is "nor is there anything that try could go back to" "$rc:$out:$said" \
	"1::xnm: there is nothing to go back to: no policy was applied since the boot; apply one with xnm apply"
try "$XNM_UDEV" boot
is "boot keeps a copy" "$rc:$out:$(versions)" "0::1"
for n in 1 2; do
	guest_new $n 0 bridge=br0
	try hotplug online $n 0
done
is "a guest" "$rc:$(mtu)" "0:1400"
first=$(snapshot)
xnm apply
is "what is in force is no new one" "$rc:$(versions)" "0:1"

# --------------------------------------------------------------- rollback
with 1300
xnm apply
is "apply" "$rc:$said:$(mtu):$(versions)" "0::1300:1 2"
xnm rollback
is "rollback" "$rc:$said:$(tail -1 <<<"$out")" "0::$XNM_RUN_DIR/applied/1/xnm.ini is in force; $XNM_CONFIG and policy.d stay as they are, and count after xnm apply"
same "all is as it was" "$(snapshot)" "$first"
is "the files stay" "$(grep -c mtu=1300 "$XNM_CONFIG"):$(versions)" "2:1 2 >1"
like "status says so" "$("$XNM" status)" "^$XNM_RUN_DIR/applied/1/xnm.ini is in force, by xnm rollback; $XNM_CONFIG counts after xnm apply$"
is "also as JSON" "$("$XNM" status --json | jq -r .rolled_back_to)" "$XNM_RUN_DIR/applied/1/xnm.ini"
try hotplug offline 1 0
try hotplug online 1 0
is "events follow it" "$rc:$out:$(mtu)" "0::1400"
xnm rollback
is "there is none before that" "$rc:$out:$said" "1::xnm: there is nothing to go back to: of the policies that were applied since the boot, none is older"
xnm apply --dry-run
like "what apply would do is by the files" "$out" "set MTU of vif1.0 from 1400 to 1300"
is "and is not done" "$(mtu):$(versions)" "1400:1 2 >1"
xnm apply
is "apply ends it" "$rc:$said:$(head -1 <<<"$out"):$(mtu):$(versions)" "0::$XNM_CONFIG is in force again:1300:1 2"
mkdir -p "$T/policy.d"
printf '[vif guest2]\nhairpin=yes\n' >"$T/policy.d/more.ini"
xnm apply
is "a file of policy.d" "$rc:$said:$(port_flag vif2.0 hairpin):$(versions)" "0::true:1 2 3"
xnm rollback
is "is gone after a rollback" "$rc:$said:$(port_flag vif2.0 hairpin):$(versions)" "0::false:1 2 3 >2"
xnm profile use other
is "a profile of the policy that is in force" "$rc:$said:$(link_master vif1.0):$(mtu):$(versions)" "0::br1:1300:1 2 3 >3"
xnm rollback
is "back from it" "$rc:$said:$(link_master vif1.0):$(readlink "$XNM_RUN_DIR/applied/in-force")" "0::br0:2"
xnm rollback
is "and before that" "$rc:$said:$(mtu):$(readlink "$XNM_RUN_DIR/applied/in-force")" "0::1400:1"
same "all is as it was" "$(snapshot)" "$first"
rm "$T/policy.d/more.ini"
with 1400
xnm apply
is "with the same files again" "$rc:$said:$(versions)" "0::1"
same "all is as it was" "$(snapshot)" "$first"
xnm profile use other
is "only the profile changes" "$rc:$said:$(link_master vif1.0):$(versions)" "0::br1:1 2"
xnm rollback
is "back from it, the files are in force" "$rc:$said:$(tail -1 <<<"$out"):$(versions)" \
	"0::$XNM_CONFIG is in force; its files are those that were applied:1"
same "all is as it was" "$(snapshot)" "$first"
for mtu in 1301 1302 1303 1304 1305 1306 1307 1308 1309 1310; do
	with $mtu
	xnm apply
done
is "the last ones are kept" "$rc:$said:$(versions)" "0::10 11 4 5 6 7 8 9"
for mtu in 1309 1308 1307 1306 1305 1304 1303; do
	xnm rollback
	is "back to $mtu" "$rc:$said:$(mtu)" "0::$mtu"
done
xnm rollback
is "and no further" "$rc:$(mtu)" 1:1303
with 1400
xnm apply
is "an apply behind that" "$rc:$said:$(mtu):$(versions)" "0::1400:4 5"
same "all is as it was" "$(snapshot)" "$first"
for argument in now --what; do
	xnm rollback $argument
	like "rollback $argument: usage" "$rc:$out:$said" "usage: xnm rollback"
done

# -------------------------------------------------------------------- try
# trial ANSWER ARGUMENT...: xnm try, with a person who types
trial() {
	local answer=$1

	shift
	out=$( (
		sleep 1
		[ "$answer" = - ] || printf "%b" "$answer"
		[ "$answer" != - ] || sleep 20
	) | "$XNM" try "$@" 2>"$T/said")
	rc=$?
	said=$(<"$T/said")
}

with 1300
for answer in '\n' 'y\n'; do
	with 1300
	trial "$answer"
	is "confirmed by '$answer'" "$rc:$said:$(tail -1 <<<"$out" | sed 's/.*: //'):$(mtu):$(versions)" "0::it is kept:1300:4 5 6"
	with 1400
	trial "$answer"
	is "and again" "$rc:$said:$(mtu):$(versions)" "0::1400:4 5 6 7"
	xnm rollback
	xnm rollback
	xnm apply
done
same "all is as it was" "$(snapshot)" "$first"
with 1300
kept="xnm: $XNM_CONFIG and policy.d still have the new text, which counts after xnm apply"
for answer in 'n\n' 'what\n'; do
	trial "$answer"
	is "not confirmed by '$answer'" "$rc:$said:$(mtu)" "1:
xnm: it was not confirmed; back to what was before
$kept:1400"
	same "all is as it was" "$(snapshot)" "$first"
done
trial ''
is "nobody is there" "$rc:$said:$(mtu)" "1:
xnm: there is nobody to confirm it; back to what was before
$kept:1400"
(sleep 3) | "$XNM" try --timeout 1 >"$T/out" 2>"$T/said"
is "nobody answers" "$(<"$T/said"):$(mtu)" "
xnm: it was not confirmed in time; back to what was before
$kept:1400"
is "try leaves the former policy in force" "$(readlink "$XNM_RUN_DIR/applied/in-force")" "$(find "$XNM_RUN_DIR/applied" -name '[0-9]*' -printf '%f\n' | sort -n | tail -1)"

# waits until it asks
asks() {
	local i

	for ((i = 0; i < 500; i++)); do
		! grep -q 'Press Enter' "$T/out" || return 0
		sleep 0.02
	done
	return 1
}

for signal in INT TERM HUP; do
	: >"$T/out"
	mkfifo "$T/stdin"
	# bash starts programs in the background with SIGINT ignored
	env --default-signal=INT "$XNM" try profile other <"$T/stdin" >"$T/out" 2>"$T/tried" &
	trial=$!
	exec 9>"$T/stdin"
	asks
	is "a profile is tried" "$(link_master vif1.0):$("$XNM" status | grep -c 'being applied or tried')" br1:1
	xnm apply
	is "nothing else is applied meanwhile" "$rc:$said" "1:xnm: another xnm is applying the policy; wait for it"
	kill -$signal $trial
	wait $trial
	is "SIG$signal takes it back" "$?:$(<"$T/tried")" "1:
xnm: it was interrupted; back to what was before"
	exec 9>&-
	rm "$T/stdin"
	same "all is as it was" "$(snapshot)" "$first"
done

# killed: what was tried stays in force, and both ways are open
xnm apply >/dev/null
killed() {
	: >"$T/out"
	mkfifo "$T/stdin"
	"$XNM" try <"$T/stdin" >"$T/out" 2>"$T/said" &
	trial=$!
	exec 9>"$T/stdin"
	asks
	kill -9 $trial
	wait $trial 2>/dev/null
	exec 9>&-
	rm "$T/stdin"
}
with 1400
xnm apply
before=$(versions)
with 1350
killed
is "killed: what was tried stays" "$(mtu):$("$XNM" status --json | jq .pending)" 1350:true
xnm rollback
is "rollback takes it back" "$rc:$said:$(mtu):$("$XNM" status --json | jq .pending)" "0::1400:false"
same "all is as it was" "$(snapshot)" "$first"
killed
xnm apply
is "apply confirms it" "$rc:$said:$(mtu):$("$XNM" status --json | jq .pending)" "0::1350:false"
xnm rollback
is "and can be taken back" "$rc:$said:$(mtu)" "0::1400"
with 1400
xnm apply
is "nothing is left of all that" "$(versions)" "$before"
same "all is as it was" "$(snapshot)" "$first"

xnm try --timeout 0
is "a bad timeout" "$rc:$(head -1 <<<"$said")" "2:xnm: --timeout must be a number of seconds from 1 to 86400"
xnm try profile
like "usage" "$rc:$said" "^2:usage: xnm try"
xnm try profile othr
is "an unknown profile" "$rc:$said" "1:xnm: there is no [profile othr]; did you mean 'other'?"
policy "${base/network=lan/network=lna}"
xnm try
is "a policy with a mistake" "$rc:$out:$said" "2::$XNM_CONFIG:11: network=lna: there is no [network lna]; did you mean 'lan'?
xnm: nothing was changed"
with 1400
for n in 1 2; do
	try hotplug offline $n 0
	guest_rm $n 0
done
assert_clean "nothing is left"

tap_done
