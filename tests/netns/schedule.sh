#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# schedule.sh - a schedule of the policy is carried out in time, and what it has changed is put back however it ends.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
overrides=$XNM_RUN_DIR/override.d/vif

# policy TEXT: what all have, and these schedules
policy() {
	printf '%s\n' '[profile slow]' '[profile fast]' '[network lan]' bridge=br0 \
		'[vif guest1]' profile=slow network=lan mtu=1300 \
		'[vif *]' network=lan mtu=1450 "$1" >"$XNM_CONFIG"
	chmod 644 "$XNM_CONFIG"
}

# xnm ARGUMENT...: sets rc, out (stdout) and said (stderr)
xnm() {
	out=$("$XNM" "$@" 2>"$T/said")
	rc=$?
	said=$(<"$T/said")
}

# begin ARGUMENT...: xnm run in the background: pid, and what it prints is in T/log
begin() {
	"$XNM" run "$@" >"$T/log" 2>&1 &
	pid=$!
}

# until_is NAME WANTED COMMAND...: in twenty seconds the command prints that
until_is() {
	local name=$1 wanted=$2 got i

	shift 2
	for ((i = 0; i < 400; i++)); do
		got=$("$@")
		[ "$got" != "$wanted" ] || break
		sleep 0.05
	done
	is "$name" "$got" "$wanted"
}

# finish: waits for what begin has begun, sets rc and out
finish() {
	rc=0
	wait $pid || rc=$?
	out=$(<"$T/log")
}

mtu() {
	link_mtu vif1.0
}

hairpin() {
	port_flag vif1.0 hairpin
}

# states: of the steps, in their order
states() {
	jq -r '[.steps[].state] | join(" ")' <<<"$out"
}

policy '[schedule day]
description=slower, then faster
step=0s profile slow
step=300ms set guest1/0 flood=no rate=1Mbit
step=600ms set guest1 rate=2Mbit hairpin=yes
step=900ms reset guest1/0 flood
step=1200ms profile fast
step=1500ms end
[schedule long]
step=0s set guest1 mtu=1400
step=1s set guest1 hairpin=yes mtu=1390
step=10min end
[schedule absent]
step=0s set guest7/0 mtu=1400
step=0s set guest1/0 mtu=1410
step=0s reset guest7
step=0s reset guest2/0
[schedule fails]
step=0s set guest1/0 mtu=1410
step=0s profile slow
step=0s set guest2/0 mtu=65530
step=0s set guest1/0 mtu=1420
[schedule clears]
step=0s reset guest1/0
step=0s set guest1/0 mtu=1360
step=1s end
[schedule hidden]
profile=slow
step=0s end'
guest_new 1 0
try hotplug online 1 0
assert_online "a guest" 1 0 br0
try "$XNM" set guest1 learning=no
is "something was set before" "$rc" 0
before=$(snapshot)

# ------------------------------------------------------------- from its start to its end
"$XNM" profile list >/dev/null
xnm run day --dry-run
is "--dry-run: what, when, to which vif" "$rc:$said:$out" "0::    0.000s  profile slow
    0.300s  set guest1/0 flood=no rate=1Mbit  (vif1.0)
    0.600s  set guest1 rate=2Mbit hairpin=yes  (vif1.0)
    0.900s  reset guest1/0 flood  (vif1.0)
    1.200s  profile fast
    1.500s  end"
same "--dry-run changes nothing" "$(snapshot)" "$before"
xnm run day --dry-run --speed 0.5
like "--speed 0.5: it takes twice the time" "$out" '^ +3\.000s  end$'
start=$(date +%s%N)
xnm run day
took=$((($(date +%s%N) - start) / 1000000))
is "run" "$rc:$said" "0:"
is "the steps are carried out in their order" "$(sed -n 's/^[^ ]*Z *\([0-9.]*s\)  \(.*\): [0-9.]* ms late, took .*/\1 \2/p' <<<"$out")" \
	"0.000s profile slow
0.300s set guest1/0 flood=no rate=1Mbit
0.600s set guest1 rate=2Mbit hairpin=yes
0.900s reset guest1/0 flood
1.200s profile fast
1.500s end"
like "its description is told" "$(head -1 <<<"$out")" 'Z schedule day: 6 steps in 1\.500s: slower, then faster$'
like "and a summary" "$(tail -1 <<<"$out")" 'Z schedule day: 6 of 6 steps done; at most [0-9.]* ms late; all is as it was before$'
is "it takes its time ($took ms)" "$((took >= 1500))" 1
same "all is as it was before" "$(snapshot)" "$before"
xnm run day --speed 1000 --json
is "as JSON" "$rc:$said:$(jq -c '[.schedule, .speed, .put_back, .signal, (.steps | length), .steps[1].at_ms, .steps[1].action, .steps[1].error]' <<<"$out"):$(states)" \
	'0::["day",1000,true,null,6,300,"set guest1/0 flood=no rate=1Mbit",null]:done done done done done done'
is "it says how late each was" "$(jq -c '[.steps[].late_us | . >= 0] | unique' <<<"$out")" "[true]"
same "all is as it was before, again" "$(snapshot)" "$before"
# the pty of script(1) is a terminal
if command -v script >/dev/null; then
	out=$(script -qec "$XNM run day" /dev/null | tr '\r' '\n')
	like "a terminal shows the progress" "$out" '0\.[0-9]s  2 of 6, in 0\.[0-9]s: set guest1/0 flood=no rate=1Mbit'
	same "all is as it was before" "$(snapshot)" "$before"
fi
rc=0
timeout 100 "$XNM" run long --speed 1000 >"$T/log" || rc=$?
is "--speed 1000: ten minutes take less than a second" "$rc:$(sed -n 's/^[^ ]*Z *\([0-9.]*s\)  .*/\1/p' "$T/log" | xargs)" "0:0.000s 0.001s 0.600s"
xnm run day --keep
like "--keep: it stays" "$rc:$said:$(tail -1 <<<"$out")" '^0::.*what it has changed stays$'
is "what the last steps have set" "$(mtu) $(hairpin) $(port_flag vif1.0 flood) $(port_flag vif1.0 learning) $(<"$XNM_RUN_DIR/profile")" \
	"1450 true true false fast"
is "the rate is there" "$("$XNM" status --json | jq -r '.vifs[0].overrides.rate')" 2Mbit
"$XNM" profile use --default >/dev/null
"$XNM" reset guest1 rate hairpin >/dev/null
rm -rf "$XNM_RUN_DIR/applied"
same "profile use and reset remove it" "$(snapshot)" "$before"

# ------------------------------------------------------------- ended by a signal
for signal in INT TERM HUP; do
	begin long
	until_is "$signal: the first step" 1400 mtu
	until_is "$signal: the second step" true hairpin
	kill -$signal $pid
	finish
	like "$signal: it ends" "$rc:$(tail -1 <<<"$out")" "^1:.*2 of 3 steps done, ended by SIG$signal; .*all is as it was before$"
	same "$signal: and all is as it was before" "$(snapshot)" "$before"
done
begin long
until_is "two at a time: one runs" 1400 mtu
xnm run day
is "a second one is refused" "$rc:$out:$said" "1::xnm: another xnm run is carrying out a schedule; wait for it, or end it with Ctrl-C"
# what others change meanwhile
until_is "its second step" true hairpin
"$XNM" set guest1 guard=yes >/dev/null
kill -INT $pid
finish
is "what others have set meanwhile stays" "$rc:$(mtu) $(hairpin) $(port_flag vif1.0 guard)" "1:1450 false true"
"$XNM" reset guest1 guard >/dev/null
same "and nothing else" "$(snapshot)" "$before"

# killed: what it has changed stays, and can be taken back
begin long
until_is "killed: the second step" true hairpin
kill -9 $pid
finish 2>/dev/null
is "killed: it stays" "$(mtu) $(hairpin)" "1390 true"
"$XNM" reset guest1 mtu hairpin >/dev/null
same "killed: reset takes it back" "$(snapshot)" "$before"
xnm run day --speed 1000
is "killed: the next one runs" "$rc:$said" "0:"

# the guest restarts meanwhile
begin long
until_is "a restart: the second step" true hairpin
guests_go 1
guest_new 2 0 name=guest1
try hotplug online 2 0
is "a restart: the guest is there again, with what was set" "$rc:$(link_mtu vif2.0)" "0:1390"
kill -INT $pid
finish
is "a restart: what was set is put back" "$(link_mtu vif2.0) $(port_flag vif2.0 hairpin) $(port_flag vif2.0 learning)" "1450 false false"
guests_go 2
guest_new 1 0
try hotplug online 1 0

# ------------------------------------------------------------- guests that do not run, and failures
xnm run absent
is "guests that are not there: the others go on" "$rc:$said:$(grep -c 'warning: skipped: ' <<<"$out")" "0::3"
like "and it says so" "$out" "set guest7/0 mtu=1400: warning: skipped: there is no vif or guest 'guest7/0'"
like "and in the summary" "$(tail -1 <<<"$out")" '1 of 4 steps done, 3 skipped; .*all is as it was before$'
same "all is as it was before" "$(snapshot)" "$before"
xnm run clears
is "reset of all keys" "$rc:$said" "0:"
same "is put back, too" "$(snapshot)" "$before"
keys_new 2 0
# drivers/net/tun.c allows 65521
ip tuntap add vif2.0 mode tap
try hotplug online 2 0
with2=$(snapshot)
xnm run fails --json
is "a step that fails ends it" "$rc:$(states):$(jq -r .put_back <<<"$out")" "1:done done failed not-reached:true"
like "and it says why" "$said" 'set guest2/0 mtu=65530: vif2\.0 reapply: .*what was set before holds again'
same "all is as it was before" "$(snapshot)" "$with2"
try hotplug offline 2 0
ip link del vif2.0
keys_rm 2 0

# ------------------------------------------------------------- wrong calls, and a wrong policy
for arguments in "" "day long" "day --speed 0" "day --speed x" "day --dry-run --keep" "--bogus day"; do
	# shellcheck disable=SC2086 # words
	xnm run $arguments
	like "run $arguments: usage" "$rc:$out:$said" '(^2::|^)usage: xnm run'
done
xnm run dya
is "an unknown name" "$rc:$out:$said" "1::xnm: there is no [schedule dya]; did you mean 'day'?"
xnm run hidden
is "one of another profile" "$rc:$out:$said" "1::xnm: there is no [schedule hidden] under the profile that is in force"
policy '[schedule day]
step=0s profile slwo
step=0s set guest1 mtu=67 network=lan'
xnm run day
is "mistakes are told with their lines" "$rc:$out:$said" "2::$XNM_CONFIG:13: step: there is no [profile slwo]; did you mean 'slow'?
$XNM_CONFIG:14: step: mtu=67: must be a number of bytes from 68 to 65535
$XNM_CONFIG:14: step: network= cannot be set for a vif that runs: pools, uplinks and other sections rely on the network that the policy gives to a vif; change it there, and run 'xnm-vif reapply'
xnm: nothing was changed"
policy '[schedule day]
step=0s profile slow'
guests_go 1
xnm run day
is "without a guest" "$rc:$said" "0:"
"$XNM" reset --all >/dev/null
is "nothing is left of keys" "$(ls -A "$overrides")" ""
rm -rf "$XNM_RUN_DIR/override.d"
assert_clean "nothing is left"
store_stop
tap_done
