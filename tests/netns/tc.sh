#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tc.sh - the verbs for qdiscs, classes, filters and ifb devices, against what tc(8) shows.
# tier: netns, and vm for the kinds that this kernel lacks
# leaks: libnl-route's objects are made for each filter
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

verbs=$O/tests/tc
ip link add v0 type veth peer name p0
ip link set v0 up
ip link set p0 up

# call VERB ARGUMENT...: sets rc, the name or sentence behind it, and found, the lines of a list
call() {
	local out

	out=$("$verbs" "$@" 2>&1)
	rc=${out%%$'\n'*}
	found=${out#"$rc"}
	found=${found#$'\n'}
}

# has KIND...: the kernel has all of these qdiscs; Debian's in the VM must
has() {
	local kind

	[ -z "${XNM_IN_VM:-}" ] || return 0
	for kind; do
		case $kind in
		fw)
			tc qdisc replace dev probe0 root handle 1: htb &&
				tc filter replace dev probe0 parent 1: prio 1 handle 1 fw classid 1:1
			;;
		skbedit) tc actions add action skbedit mark 1 index 4711 ;;
		netem) tc qdisc replace dev probe0 root netem delay 1ms ;;
		*) tc qdisc replace dev probe0 root "$kind" ;;
		esac >/dev/null 2>&1 || return
	done
}
ip link add probe0 type veth peer name probe1

# options HANDLE FILTER: of the qdisc with that handle, as tc shows them
options() {
	tc -j -s qdisc show dev v0 | jq -c ".[] | select(.handle == \"$1\") | $2"
}

# traffic: 5 packets that leave by v0
traffic() {
	ping -c 5 -i 0.01 -W 0.01 -I v0 192.0.2.9 >/dev/null 2>&1
}
ip addr add 192.0.2.1/24 dev v0
ip neigh replace 192.0.2.9 lladdr 02:00:00:00:00:09 dev v0 nud permanent
sysctl -qw net.ipv6.conf.v0.disable_ipv6=1 2>/dev/null

# keep qdisc|class|filter NAME WORD...: what is set reads back as what it is rounded to, by itself
keep() {
	local what=$1 name=$2 lines

	shift 2
	mapfile -t lines < <("$verbs" "$what-keep" v0 "$@" 2>&1)
	is "$name" "${lines[0]}: ${lines[*]:2}" "0: ${lines[1]:-}"
}

keeps() {
	keep qdisc "$@"
}

class_keeps() {
	keep class "$@"
}

filter_keeps() {
	keep filter "$@"
}

# -- a device without any
call qdisc-list v0
is "no qdisc" "$rc|$found" "0|"
call qdisc-delete v0 root 0:
like "nothing to delete" "$rc" "^-ENOENT "
call qdisc-delete v0 root 1:
like "nor by its handle" "$rc" "^-ENOENT "
call qdisc-set nosuch kind=pfifo handle=1: parent=root packets=10
like "no device" "$rc" "^-ENODEV "

# -- tbf: rates and bursts of all sizes
for rate in 8 8000 64000 1000000 1000007 10000000 100000000 1000000000 10000000000 34359738360 34359738368 400000000000; do
	for burst in 1514 7570 15001 1250003; do
		keeps "tbf $rate bit/s, burst $burst" kind=tbf handle=20: parent=root rate=$rate burst=$burst bytes=200000
	done
done
keeps "tbf" kind=tbf handle=20: parent=root rate=10000000 burst=12500 bytes=75000
is "tbf as tc shows it" "$(options 20: '[.kind, .root, .options.rate, .options.burst]')" '["tbf",true,1250000,12500]'
like "with no guess of the link layer" "$(tc -d qdisc show dev v0)" "linklayer ethernet"
traffic
before=$(options 20: .packets)
is "tbf counts" "$((before >= 5))" 1
keeps "tbf changed" kind=tbf handle=20: parent=root rate=20000000 burst=25000 bytes=100000
is "tbf is changed in place: counters" "$(($(options 20: .packets) >= before))" 1
is "tbf is changed in place: rate" "$(options 20: '[.options.rate, .options.burst]')" '[2500000,25000]'
keeps "pfifo below it" kind=pfifo handle=21: parent=20:1 packets=77
is "pfifo as tc shows it" "$(options 21: '[.kind, .parent, .options.limit]')" '["pfifo","20:1",77]'
keeps "another limit" kind=pfifo handle=21: parent=20:1 packets=99
keeps "a tbf keeps what is below it" kind=tbf handle=20: parent=root rate=30000000 burst=25000 bytes=100000
like "which is there" "$(tc qdisc show dev v0)" "pfifo 21: parent 20:1"
call qdisc-list v0 1
like "a list that is too short" "$rc" "^-E2BIG "
is "has as many as there is room for" "$(wc -l <<<"$found")" 1

# -- what is refused
before=$(tc qdisc show dev v0)
call qdisc-set v0 kind=pfifo handle=22: parent=20:1 packets=0
like "no packets" "$rc" "^-EINVAL pfifo with a limit of 0 packets drops all"
call qdisc-set v0 kind=tbf handle=20: parent=root rate=1000000 burst=0 bytes=1000
like "no burst" "$rc" "^-EINVAL tbf with a burst of 0 bytes"
call qdisc-set v0 kind=tbf handle=20: parent=root rate=1000000 burst=2000 bytes=0
like "no queue" "$rc" "^-EINVAL tbf with a limit of 0 bytes"
call qdisc-set v0 kind=pfifo handle=0: parent=20:1 packets=5
like "no handle" "$rc" "^-EINVAL pfifo: a handle is like 1:"
call qdisc-set v0 kind=pfifo handle=2:3 parent=20:1 packets=5
like "a class id as its handle" "$rc" "^-EINVAL pfifo: a handle is like 1:, not 2:3"
call qdisc-set v0 kind=pfifo handle=22: parent=30:1 packets=5
like "no parent" "$rc" "^-ESRCH there is no 30:1 for the pfifo 22:"
call qdisc-set v0 kind=other handle=22: parent=20:1
like "no kind" "$rc" "^-EINVAL "
is "all of it changes nothing" "$(tc qdisc show dev v0)" "$before"

# -- one in place of another
keeps "pfifo in place of a tbf" kind=pfifo handle=30: parent=root packets=50
is "which takes with it what was below" "$(tc -j qdisc show dev v0 | jq length)" 1
keeps "another kind with the same handle" kind=tbf handle=30: parent=root rate=1000000 burst=7570 bytes=20000
keeps "below it" kind=pfifo handle=31: parent=30:1 packets=50
keeps "a handle that is elsewhere" kind=pfifo handle=31: parent=root packets=60
is "is there alone" "$(tc -j qdisc show dev v0 | jq length)" 1
tc qdisc replace dev v0 root handle 5: bfifo limit 10000
call qdisc-list v0
is "one that is not ours" "$found" "kind=other handle=5: parent=root"
keeps "takes its place" kind=tbf handle=30: parent=root rate=1000000 burst=7570 bytes=20000
call qdisc-delete v0 root 9:
like "a delete of another handle" "$rc" "^-ENOENT "
like "leaves it" "$(tc qdisc show dev v0)" "tbf 30: root"
call qdisc-delete v0 root 30:
is "a delete" "$rc" 0
call qdisc-list v0
is "leaves none" "$rc|$found" "0|"
call qdisc-delete v0 root 30:
like "a second one" "$rc" "^-ENOENT "

# -- kinds that a kernel may lack
for kind in netem fq_codel cake; do
	has $kind && continue
	call qdisc-set v0 kind=$kind handle=10: parent=root packets=100
	is "a kernel without $kind" "$rc" \
		"-ENOENT this kernel has no $kind (CONFIG_NET_SCH_${kind^^}, module sch_$kind)"
	call qdisc-list v0
	is "which changes nothing" "$found" ""
done
if has netem; then
	for us in 1 2 999 1000 20000 123457 3600000000; do
		keeps "netem $us us" kind=netem handle=10: parent=root packets=1000 delay=$us jitter=$((us / 3))
	done
	for ppm in 0 1 2 99 1000 10000 333333 999999 1000000 1000001; do
		keeps "netem $ppm ppm" kind=netem handle=10: parent=root packets=1000 delay=1000 loss=$ppm \
			duplicate=$((ppm / 2)) corrupt=$((ppm / 3)) reorder=$((ppm / 4))
	done
	keeps "netem" kind=netem handle=10: parent=root packets=1234 delay=20000 jitter=3000 loss=10000 \
		duplicate=20000 corrupt=500 reorder=250000
	is "netem as tc shows it: times" "$(options 10: '[.options.limit, .options.delay.delay, .options.delay.jitter]')" \
		'[1234,0.02,0.003]'
	is "netem as tc shows it: chances" \
		"$(options 10: '[.options["loss-random"].loss, .options.duplicate.duplicate, .options.corrupt.corrupt, .options.reorder.reorder] | map(. * 1000000 | round)')" \
		'[10000,20000,500,250000]'
	for ppm in 1 9999 333333 1000000; do
		keeps "bursts of losses, $ppm ppm" kind=netem handle=10: parent=root packets=1000 turn-bad=$ppm \
			turn-good=$((ppm / 2)) bad-loss=$((ppm / 3)) good-loss=$((ppm / 4))
	done
	keeps "bursts of losses in place of single ones" kind=netem handle=10: parent=root packets=1000 loss=5 \
		turn-bad=10000 turn-good=200000 bad-loss=900000 good-loss=1000
	is "as tc shows them" \
		"$(options 10: '.options["loss-gemodel"] | [.p, .r, .["1-h"], .["1-k"]] | map(. * 1000000 | round)')" \
		'[10000,200000,900000,1000]'
	keeps "slots" kind=netem handle=10: parent=root packets=1000 slot-min=800 slot-max=1200
	is "as tc shows them" "$(options 10: '.options.slot | [.["min-delay"], .["max-delay"]] | map(. * 1000000 | round)')" \
		'[800,1200]'
	keeps "slots of one length" kind=netem handle=10: parent=root packets=1000 slot-min=800
	call qdisc-set v0 kind=netem handle=10: parent=root packets=1000 loss=1000 seed=4711
	if [ "${rc%% *}" = 0 ]; then
		keeps "a seed" kind=netem handle=10: parent=root packets=1000 loss=1000 seed=18446744073709551615
	else
		is "a kernel without seeds" "$rc" \
			"-EOPNOTSUPP this kernel's netem takes no seed: Linux 6.6 and later do"
		is "is older" "$(printf '%s\n' 6.6 "$(uname -r)" | sort -V | tail -n 1)" 6.6
	fi
	keeps "netem" kind=netem handle=10: parent=root packets=1234 delay=20000 jitter=3000 loss=10000 \
		duplicate=20000 corrupt=500 reorder=250000
	keeps "netem without what it had" kind=netem handle=10: parent=root packets=1234 delay=20000
	is "as tc shows it" "$(options 10: '.options | keys - ["gap", "ecn", "seed"]')" '["delay","limit"]'
	keeps "netem without a delay" kind=netem handle=10: parent=root packets=1234
	traffic
	sent=$(options 10: .packets)
	keeps "netem changed" kind=netem handle=10: parent=root packets=1234 delay=1000
	is "netem is changed in place" "$(options 10: .packets)" "$sent"
	is "after it has counted" "$((sent >= 5))" 1
fi
if has netem fq_codel; then
	keeps "the chain: netem" kind=netem handle=10: parent=root packets=2000 delay=10000
	keeps "the chain: tbf" kind=tbf handle=11: parent=10:1 rate=10000000 burst=12500 bytes=75000
	keeps "the chain: fq_codel" kind=fq_codel handle=12: parent=11:1
	is "the chain as tc shows it" "$(tc -j qdisc show dev v0 | jq -c 'sort_by(.handle) | map([.kind, .handle, .parent])')" \
		'[["netem","10:",null],["tbf","11:","10:1"],["fq_codel","12:","11:1"]]'
	traffic
	sent=$(for handle in 10: 11: 12:; do options $handle .packets; done | paste -sd' ')
	keeps "changed: fq_codel" kind=fq_codel handle=12: parent=11:1 packets=500
	keeps "changed: tbf" kind=tbf handle=11: parent=10:1 rate=20000000 burst=25000 bytes=100000
	keeps "changed: netem" kind=netem handle=10: parent=root packets=3000 delay=20000
	is "the counters go on" "$(for handle in 10: 11: 12:; do options $handle .packets; done | paste -sd' ')" "$sent"
	like "after they have counted" "$sent" "^([5-9]|[0-9]{2,}) ([5-9]|[0-9]{2,}) "
	keeps "the rate alone" kind=tbf handle=20: parent=root rate=20000000 burst=25000 bytes=100000
	is "is alone" "$(tc -j qdisc show dev v0 | jq length)" 1
fi
if has cake; then
	for rate in 0 8 1000007 1000000000 400000000000; do
		keeps "cake $rate" kind=cake handle=40: parent=root rate=$rate
	done
	is "cake as tc shows it" "$(options 40: '[.kind, .options.bandwidth]')" '["cake",50000000000]'
	traffic
	sent=$(options 40: .packets)
	keeps "cake changed" kind=cake handle=40: parent=root rate=1000000
	is "in place" "$(options 40: .packets)" "$sent"
fi

# -- htb: classes
keeps "htb" kind=htb handle=1: parent=root default=48
keeps "once more" kind=htb handle=1: parent=root default=48
is "htb as tc shows it" "$(options 1: '[.kind, .options.default]')" '["htb","0x30"]'

class_keeps "a class" classid=1:1 parent=1: rate=20000000 ceil=20000000 burst=25000 cburst=25000
for rate in 8 64000 4000001 1000000000 40000000000; do
	class_keeps "a class below of $rate" classid=1:30 parent=1:1 rate=$rate ceil=100000000000 burst=7570 cburst=125001 priority=3
done
class_keeps "with a quantum" classid=1:30 parent=1:1 rate=4000000 ceil=20000000 burst=7570 cburst=25000 priority=9 quantum=3000
class_keeps "with the kernel's own" classid=1:30 parent=1:1 rate=16000000 ceil=20000000 burst=8000 cburst=25000 quantum=200000
is "a class as tc shows it" "$(tc class show dev v0 classid 1:30 | sed 's/ *$//')" \
	"class htb 1:30 parent 1:1 prio 0 rate 16Mbit ceil 20Mbit burst 8000b cburst 25000b"
class_keeps "the upper one changes" classid=1:1 parent=1: rate=30000000 ceil=30000000 burst=40000 cburst=40000
keeps "a qdisc below a class" kind=pfifo handle=300: parent=1:30 packets=44
tc -s class show dev v0 classid 1:30 >/dev/null
traffic
sent=$(tc -s class show dev v0 classid 1:30 | sed -n 's/.* bytes \([0-9]*\) pkt.*/\1/p')
class_keeps "a class changes" classid=1:30 parent=1:1 rate=5000000 ceil=20000000 burst=7570 cburst=25000
is "in place" "$(tc -s class show dev v0 classid 1:30 | sed -n 's/.* bytes \([0-9]*\) pkt.*/\1/p')" "$sent"
is "after it has counted" "$((sent >= 5))" 1
keeps "htb once more" kind=htb handle=1: parent=root default=48
is "keeps its classes" "$(tc class show dev v0 | grep -c "^class htb ")" 2
class_keeps "one without others below" classid=1:5 parent=1: rate=1000000 ceil=1000000 burst=7570 cburst=7570
class_keeps "gets one" classid=1:50 parent=1:5 rate=1000000 ceil=1000000 burst=7570 cburst=7570
class_keeps "and another rate" classid=1:5 parent=1: rate=2000000 ceil=2000000 burst=7570 cburst=7570
class_keeps "a class moves" classid=1:31 parent=1: rate=1000000 ceil=1000000 burst=7570 cburst=7570
class_keeps "below another" classid=1:31 parent=1:1 rate=1000000 ceil=1000000 burst=7570 cburst=7570
call class-set v0 classid=1:40 parent=1:2 rate=1000000 burst=7570 cburst=7570
like "a class below none" "$rc" "^-ESRCH there is no class 1:2 for 1:40"
call qdisc-set v0 kind=pfifo handle=301: parent=1:41 packets=5
like "a qdisc below no class" "$rc" "^-ESRCH there is no 1:41 for the pfifo 301:"
call class-list v0 2
like "a list that is too short" "$rc" "^-E2BIG "
call class-delete v0 1:1
like "one with others below" "$rc" "^-EBUSY "
call class-delete v0 1:31
is "a delete" "$rc" 0
call class-delete v0 1:31
like "a second one" "$rc" "^-ENOENT "
[ -z "${XNM_IN_VM:-}" ] ||
	is "the kernel has nothing to complain about" "$(dmesg | grep -c 'HTB: quantum of class')" 0

# -- filters
# shown PARENT...: the filters of u32 and fw as tc shows them, on one line
shown() {
	tc filter show dev v0 "$@" | grep -v ' ht divisor ' | sed -n 's/.*pref \([0-9]*\) .* \(fh\|handle\) \([^ ]*\).*/\1 \3/p' | paste -sd'|'
}
class_keeps "another class" classid=1:31 parent=1:1 rate=1000000 ceil=1000000 burst=7570 cburst=7570
call filter-list v0 1:
is "no filters" "$rc|$found" "0|"
for prefix in 0.0.0.0/0 10.0.0.0/8 10.1.2.3/23 10.1.2.3; do
	filter_keeps "from $prefix" parent=1: preference=10 match=source prefix=$prefix action=classify classid=1:30
	filter_keeps "to $prefix" parent=1: preference=10 match=destination prefix=$prefix action=classify classid=1:31
done
is "one filter" "$(shown parent 1: | tr '|' '\n' | wc -l)" 1
for prefix in ::/0 2001:db8::/32 2001:db8:1:2:3::/49 2001:db8::5/64 2001:db8::5/97 2001:db8::5; do
	filter_keeps "from $prefix" parent=1: preference=11 match=source prefix=$prefix action=classify classid=1:30
	filter_keeps "to $prefix" parent=1: preference=11 match=destination prefix=$prefix action=classify classid=1:31
done
is "tc shows both" "$(shown parent 1: | sed 's/ [^|]*//g')" "10|11"
before=$(tc filter show dev v0 parent 1:)
filter_keeps "the same again" parent=1: preference=11 match=destination prefix=2001:db8::5 action=classify classid=1:31
is "leaves it as it is" "$(tc filter show dev v0 parent 1:)" "$before"
filter_keeps "another family" parent=1: preference=11 match=source prefix=10.0.0.0/24 action=classify classid=1:31
filter_keeps "all" parent=1: preference=12 match=all action=classify classid=1:30
traffic
sent=$(tc -s class show dev v0 classid 1:30 | sed -n 's/.* bytes \([0-9]*\) pkt.*/\1/p')
filter_keeps "this host's" parent=1: preference=10 match=source prefix=192.0.2.1 action=classify classid=1:31
traffic
is "is for the other class: no more here" \
	"$(tc -s class show dev v0 classid 1:30 | sed -n 's/.* bytes \([0-9]*\) pkt.*/\1/p')" "$sent"
is "but there" "$(($(tc -s class show dev v0 classid 1:31 | sed -n 's/.* bytes \([0-9]*\) pkt.*/\1/p') >= 5))" 1
tc filter add dev v0 parent 1: prio 13 protocol ip u32 match ip dport 80 0xffff flowid 1:30
call filter-list v0 1:
is "one that is not ours is left out" "$(grep -c preference=13 <<<"$found")" 0
preference=20
for words in "ip u32 match u32 0x0a000000 0xff000000 at 4" "ip u32 match u32 0x0a000001 0xff0000ff at 12" \
	"all u32 match u32 0 0 at 0 match u32 0 0 at 4" "ipv6 u32 match u32 1 0xffffffff at 8 match u32 1 0xffffffff at 16"; do
	# shellcheck disable=SC2086 # words, split on purpose
	tc filter add dev v0 parent 1: prio $preference protocol $words flowid 1:30
	call filter-list v0 1:
	is "nor one of $words" "$(grep -c preference=$preference <<<"$found")" 0
	preference=$((preference + 1))
done
filter_keeps "and replaced" parent=1: preference=13 match=source prefix=10.9.0.0/16 action=classify classid=1:31
is "alone" "$(shown parent 1: | tr '|' '\n' | grep -c '^13 ')" 1
call filter-list v0 1: 2
like "a list that is too short" "$rc" "^-E2BIG "
call filter-set v0 parent=1: preference=14 match=mark mark=0 action=classify classid=1:30
like "no mark" "$rc" "^-EINVAL a filter for marks"
call filter-set v0 parent=1: preference=0 match=all action=classify classid=1:30
like "no preference" "$rc" "^-EINVAL a filter without a preference"
if has fw; then
	filter_keeps "a mark" parent=1: preference=14 match=mark mark=5 action=classify classid=1:30
	filter_keeps "to another class" parent=1: preference=14 match=mark mark=5 action=classify classid=1:31
	filter_keeps "another mark" parent=1: preference=14 match=mark mark=4294967295 action=classify classid=1:31
	is "one mark" "$(shown parent 1: | tr '|' '\n' | grep '^14 ')" "14 0xffffffff"
	filter_keeps "a mark in place of a prefix" parent=1: preference=13 match=mark mark=6 action=classify classid=1:31
	filter_keeps "and back" parent=1: preference=13 match=source prefix=10.9.0.0/16 action=classify classid=1:31
else
	call filter-set v0 parent=1: preference=14 match=mark mark=5 action=classify classid=1:30
	like "a kernel without fw" "$rc" "^-ENOENT this kernel has no cls_fw \(CONFIG_NET_CLS_FW\): "
fi
call filter-delete v0 1: 13
is "a delete" "$rc" 0
call filter-delete v0 1: 13
like "a second one" "$rc" "^-ENOENT "
call class-delete v0 1:31
like "a class that a filter leads to" "$rc" "^-EBUSY "

# another default is another htb, with nothing below
keeps "another default" kind=htb handle=1: parent=root default=49
call class-list v0
is "without classes" "$found" ""

# -- what a device receives
call filter-set v0 parent=ingress preference=1 match=all action=redirect to=p0
like "a filter without its hook" "$rc" "^-EINVAL "
call filter-delete v0 ingress 1
like "nothing to delete" "$rc" "^-ENOENT "
call filter-list v0 ingress
is "none in the list" "$rc|$found" "0|"
keeps "clsact" kind=clsact
keeps "once more" kind=clsact
like "clsact as tc shows it" "$(tc qdisc show dev v0 clsact)" "clsact ffff: parent ffff:fff1"
call ifb ifb-v0
is "an ifb" "$rc" 0
is "which is up" "$(ip -j -d link show ifb-v0 | jq -r '.[0] | .linkinfo.info_kind, (.flags | index("UP") != null)' | paste -sd' ')" \
	"ifb true"
call ifb ifb-v0
like "a second one" "$rc" "^-EEXIST "
filter_keeps "redirect" parent=ingress preference=1 match=all action=redirect to=ifb-v0
like "as tc shows it" "$(tc filter show dev v0 ingress | paste -sd' ')" \
	"match 00000000/00000000 at 0.*mirred \(Egress Redirect to device ifb-v0\) stolen"
before=$(tc filter show dev v0 ingress)
filter_keeps "redirect again" parent=ingress preference=1 match=all action=redirect to=ifb-v0
is "leaves it as it is" "$(tc filter show dev v0 ingress)" "$before"
tc filter add dev v0 ingress prio 9 protocol all u32 match u32 0 0 action mirred egress mirror dev ifb-v0
tc filter add dev v0 ingress prio 8 protocol all u32 match u32 1 1 at 0 action mirred egress redirect dev ifb-v0
call filter-list v0 ingress
is "a mirror, or a part of all, is not ours" "$(grep -c 'preference=[98]' <<<"$found")" 0
if has skbedit; then
	filter_keeps "a mark before it" parent=ingress preference=1 match=all action=set-mark mark=7
	filter_keeps "another one" parent=ingress preference=1 match=all action=set-mark mark=4294967295
	filter_keeps "of some" parent=ingress preference=1 match=source prefix=192.0.2.128/25 action=set-mark mark=9
	like "as tc shows it" "$(tc filter show dev v0 ingress | paste -sd' ')" "skbedit +mark 9 continue"
	filter_keeps "of all" parent=ingress preference=1 match=all action=set-mark mark=8
	filter_keeps "and on to the next" parent=ingress preference=2 match=all action=redirect to=ifb-v0
else
	call filter-set v0 parent=ingress preference=2 match=all action=set-mark mark=7
	like "a kernel without skbedit" "$rc" "^-ENOENT this kernel has no .* or act_skbedit \(CONFIG_NET_ACT_SKBEDIT\): "
fi
"$verbs" qdisc-set ifb-v0 kind=tbf handle=20: parent=root rate=10000000 burst=12500 bytes=75000 >/dev/null
ip link set p0 addrgenmode none
ip addr add 192.0.2.200/24 dev p0
ip neigh replace 192.0.2.8 lladdr 02:00:00:00:00:08 dev p0 nud permanent
ping -c 3 -i 0.01 -W 0.01 -I p0 192.0.2.8 >/dev/null 2>&1
is "what it receives passes the ifb's qdisc" \
	"$(($(tc -j -s qdisc show dev ifb-v0 | jq '.[] | select(.handle == "20:").packets') >= 3))" 1

# -- a mirror to a device that drops all, of what a device sends and of what it receives
call ifb drop-v0
for again in "" " once more"; do
	call qdisc-set drop-v0 kind=blackhole handle=1: parent=root
	is "what drops all$again" "$rc" 0
done
like "is in the list" "$(tc qdisc show dev drop-v0)" "^qdisc blackhole 1: root"
filter_keeps "a mirror of what it sends" parent=egress preference=4 match=all action=mirror to=drop-v0
like "as tc shows it" "$(tc filter show dev v0 egress | paste -sd' ')" "mirred \(Egress Mirror to device drop-v0\) continue"
filter_keeps "again" parent=egress preference=4 match=all action=mirror to=drop-v0
filter_keeps "a mirror before what leads elsewhere" parent=ingress preference=1 match=all action=mirror to=drop-v0
filter_keeps "which is the next" parent=ingress preference=3 match=all action=redirect to=ifb-v0
# packets DEVICE HANDLE: how many a qdisc has let pass, and dropped
packets() {
	tc -j -s qdisc show dev "$1" | jq --arg handle "$2" '.[] | select(.handle == $handle) | .packets, .drops' | paste -sd' '
}
passed=$(packets ifb-v0 20: | cut -d' ' -f1)
ping -c 3 -i 0.01 -W 0.01 -I p0 192.0.2.8 >/dev/null 2>&1
is "what it receives is copied, and goes on" "$(($(packets ifb-v0 20: | cut -d' ' -f1) >= passed + 3)) $(($(packets drop-v0 1: | cut -d' ' -f2) >= 3))" "1 1"
call filter-delete v0 egress 4
is "a mirror goes" "$rc|$(tc filter show dev v0 egress)" "0|"

call filter-delete v0 ingress 1
is "a delete" "$rc" 0
call qdisc-delete v0 clsact 0:
is "the hook goes" "$rc" 0
call qdisc-delete v0 clsact 0:
like "once" "$rc" "^-ENOENT "
tc qdisc add dev v0 ingress
keeps "another's ingress will do" kind=clsact
like "and stays" "$(tc qdisc show dev v0)" "qdisc ingress ffff:"
filter_keeps "with a filter" parent=ingress preference=1 match=all action=redirect to=ifb-v0
tap_done
