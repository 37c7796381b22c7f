#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fastpath-storm.sh - a guest that never stops changing what it owns in xenstore keeps nobody else's events from ending.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
count=$(often 25 12)
cat >"$XNM_CONFIG" <<'END'
[network lan]
bridge=br0
address=10.0.0.1/24 fd00::1/64
fastpath=yes
END

paths=()

# listed D: the nodes of others that are about domain D
listed() {
	xenstore-ls -f /local/domain 2>/dev/null | sed -En "s|^(/local/domain/[0-9]+/xnm/(peer\|chan)/$1) = .*|\1|p"
}

# peers D: how many guests domain D is told of
peers() {
	xenstore-list "/local/domain/$1/xnm/peer" 2>/dev/null | wc -l
}

expelled="xnm-vif: warning: guest 100 is withdrawn from the fast path: it kept changing its nodes in xenstore; \
'xnm-vif reapply' of its vif publishes it again"

# timed VERB D: an event of guest D; adds what went wrong to wrong, and the longest time to slowest
timed() {
	local begin now

	begin=${EPOCHREALTIME/./}
	try hotplug "$1" "$2" 0
	now=${EPOCHREALTIME/./}
	[ "$out" != "$expelled" ] || out=
	[ "$rc:$out" = "0:" ] || wrong+="$1 $2: $rc $out"$'\n'
	((now - begin <= slowest)) || slowest=$((now - begin))
}

guests_new 100 "$count" br0
hotplug_all online 100 "$count"
is "$count guests are listed to each other" "$(peers 100)" $((count - 1))

# storm NAME HOW GAP_US [PATH...]: with one guest that does so, with its own nodes if no others are given, all others
# go and come
storm() {
	local name=$1 d pid paths=("${@:4}") wrong='' slowest=0 left=''

	[ $# -gt 3 ] || for ((d = 101; d < 100 + count; d++)); do paths+=("/local/domain/100/xnm/chan/$d"); done
	"$O/tests/storm" "$2" "$3" "${paths[@]}" &
	pid=$!
	for ((d = 101; d < 100 + count; d++)); do
		timed offline "$d"
		left+=$(listed "$d")
		is "$name: vif$d.0 has no notes" "$([ ! -e "$XNM_RUN_DIR/vif/$d.0" ] || echo notes)" ""
		timed online "$d"
	done
	kill $pid
	wait $pid 2>/dev/null
	is "$name: every event of the others succeeds" "$wrong" ""
	is "$name: who went was listed to nobody" "$left" ""
	check "$name: none took longer than 4 s ($((slowest / 1000)) ms)" test $slowest -lt 4000000
	is "$name: the others are listed to each other" "$(($(peers 101) >= count - 2)):$(($(peers $((99 + count))) >= count - 2))" 1:1
	[ $# -gt 3 ] || is "$name: who does that has no fast path" "$(listed 100)$(peers 100)" 0
	try "$XNM_VIF" reapply 100.0
	is "$name: afterwards it may have it again" "$rc:$out:$(peers 100)" "0::$((count - 1))"
}

storm "writing as fast as it can" write 0
storm "writing 200 times a second" write 5000
storm "making nodes below its own" mkdir 0
storm "changing who may read them" perms 0

# who was let write what it should only read
storm "changing its whole tree" perms 0 /local/domain/100/xnm /local/domain/100/xnm/peer /local/domain/100/xnm/gen

# two that connect write now and then
for ((d = 101; d < 100 + count; d++)); do paths+=("/local/domain/100/xnm/chan/$d"); done
"$O/tests/storm" write 200000 "${paths[@]}" &
pid=$!
wrong='' slowest=0
for d in 101 102 103 104; do
	timed offline $d
	timed online $d
done
is "who writes five times a second: every event of the others succeeds" "$wrong" ""
is "and it keeps its fast path" "$(peers 100)" $((count - 1))
kill $pid
wait $pid 2>/dev/null

# its frontend is its own: nothing there is waited for, or listed
for how in write mkdir perms; do
	"$O/tests/storm" $how 0 /local/domain/100/device/vif/0 /local/domain/100/device/vif/0/mtu &
	pid=$!
	wrong='' slowest=0
	for verb in offline online online; do timed $verb 100; done
	try "$XNM_VIF" reapply 100.0
	is "a storm ($how) in its frontend: its own events succeed" "$wrong$rc:$out" "0:"
	check "and take no longer than 4 s ($((slowest / 1000)) ms)" test $slowest -lt 4000000
	kill $pid
	wait $pid 2>/dev/null
done

hotplug_all offline 100 "$count"
is "nothing is left of them" "$(xenstore-ls -f /local/domain | grep -c '/xnm/\(peer\|chan\)/')" 0
guests_rm 100 "$count"
assert_clean "nor anything else"
tap_done
