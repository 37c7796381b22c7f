#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# bench-xen-dom0.sh - in dom0: two guests talk by netfront and by the fast path in turns; every figure is a line.
#
# usage: bench-xen-dom0.sh ROUNDS SECONDS
#
# "FIGURE WHAT HOW NUMBER" is a measurement of so many seconds, "WRONG TEXT"
# something that makes all of them worthless. What bench-xen.awk makes of them is the
# result.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$XNM_TOP/tests/xen/dom0.sh"
# shellcheck source=tests/xen/fastpath-lib.sh
. "$XNM_TOP/tests/xen/fastpath-lib.sh"

rounds=$1
seconds=$2
programs=$O/tests
peer=192.0.2.12
dom0=192.0.2.1
# what neighbour discovery may need while frames go past dom0
few=60
guest_limit=$((seconds * 4 + 60))
begin=$(date +%s)

# the first time is never like the others
warm_up=1

figure() {
	[ -n "$warm_up" ] || echo "FIGURE $1 $2 ${3:-none}"
}

die() {
	echo "WRONG $*"
	exit 1
}

first_word() {
	sed -n 's/^\([0-9][0-9.]*\) .*/\1/p'
}

# ------------------------------------------------------- two guests in turns

fast_on() {
	fp_lan yes >/dev/null
	guest_run fp1 "ping -c 3 -i 0.2 $peer" >/dev/null
	fp_wait_peer fp1 fp2 10 state=up || die "fp1 does not connect"
	fp_wait_peer fp2 fp1 10 state=up || die "fp2 does not connect"
}

slow_on() {
	fp_lan no >/dev/null
	wait_for 10 fp_alone fp1 || die "fp1 stays connected"
	wait_for 10 fp_alone fp2 || die "fp2 stays connected"
	guest_run fp1 "ping -c 3 -i 0.2 $peer" >/dev/null
}

fp_alone() {
	[ -z "$(fp_peers "$1")" ]
}

# way HOW BEFORE AT-LEAST: dom0 has seen what it must have seen, or nearly nothing
way() {
	w_seen=$(($(fp_packets fp1) - $2))
	case $1 in
	fast) [ "$w_seen" -le $few ] || die "fast, but dom0 saw $w_seen packets" ;;
	slow) [ "$w_seen" -ge "$3" ] || die "slow, but dom0 saw only $w_seen packets of $3" ;;
	esac
}

# transactions WHAT HOW VERB
transactions() {
	t_before=$(fp_packets fp1)
	t_rate=$(guest_run fp1 "traffic $3 $peer 7000 $seconds" | first_word)
	figure "$1" "$2" "$t_rate"
	way "$2" "$t_before" $((${t_rate:-0} * seconds))
}

# stream HOW: the rate, and what dom0 computes meanwhile, in milliseconds for each gigabyte
stream() {
	s_before=$(fp_packets fp1)
	guest_run fp1 "(traffic sink $peer 7000 $((seconds + 4)); echo rc \$?) >/stream 2>&1 &"
	sleep 1
	# shellcheck disable=SC2046 # three numbers
	set -- "$1" $("$programs/domcpu" $((seconds * 1000)) 0 "$one" "$two")
	wait_for 60 guest_run fp1 'grep -q rc /stream' || die "the stream does not end"
	s_rate=$(guest_run fp1 'cat /stream' | first_word)
	s_busy=$(awk -v a="$3" -v b="$4" -v s="$seconds" 'BEGIN { printf "%.0f", (a + b) / s / 20 }')
	[ "$s_busy" -ge 10 ] || die "the guests computed next to nothing ($s_busy %) while dom0 was looked at"
	figure tcp-stream "$1" "$s_rate"
	figure dom0-per-gb "$1" "$(awk -v ms="$2" -v rate="$s_rate" -v s="$seconds" \
		'BEGIN { if (rate > 0) printf "%.1f", ms / (rate * s / 8 / 1000) }')"
	figure guests-busy "$1" "$s_busy"
	# 64 KB may be one packet
	way "$1" "$s_before" $((${s_rate:-0} * seconds))
}

side() {
	"${1}_on"
	transactions tcp-rr "$1" rr
	transactions udp-rr "$1" udprr
	stream "$1"
}

# ------------------------------------------------------------------ the limit

pingpong() {
	guest_run fp2 "insmod /modules/xnm_pingpong.ko peer=$one" || die "pingpong in fp2"
	pp_port=$(guest_run fp2 'cat /sys/module/xnm_pingpong/parameters/port')
	guest_run fp1 "insmod /modules/xnm_pingpong.ko peer=$two port=$pp_port milliseconds=$((seconds * 1000))" ||
		die "pingpong in fp1"
	figure event-rr bare "$(guest_run fp1 'cat /sys/module/xnm_pingpong/parameters/rate')"
	guest_run fp1 'rmmod xnm_pingpong'
	guest_run fp2 'rmmod xnm_pingpong'
}

# ------------------------------------------------- with dom0, in one guest only

# with_dom0 WHAT VERB: a second with the module, two without it, one with: what drifts is in both. A
# module that comes or goes has something to say to xenstore and to its peers first.
with_dom0() {
	wd_what=$1
	# shellcheck disable=SC2046 # four numbers
	set -- $(guest_run fp1 "t() { traffic $2 $dom0 7000 1; }; t; rmmod xnm_fastpath; sleep 1; t; t; insmod /modules/xnm_fastpath.ko; sleep 1; t" | first_word)
	[ $# -eq 4 ] || die "$wd_what with dom0: $# of 4 figures"
	figure "$wd_what" with $((($1 + $4) / 2))
	figure "$wd_what" without $((($2 + $3) / 2))
}

echo "# $(uname -sr), Xen $(xl info xen_version), $(nproc) processor of dom0"
bridge_up xenbr0
ip addr add $dom0/24 dev xenbr0
fp_lan no >/dev/null
fp_guest 1 vcpus=1 'cpus="0"' || die "fp1 cannot be created"
fp_guest 2 vcpus=1 'cpus="1"' || die "fp2 cannot be created"
for guest in fp1 fp2; do
	guest_up $guest || die "$guest does not boot"
	fp_load $guest || die "$guest does not load the module"
	guest_run $guest 'traffic serve 7000 >/dev/null 2>&1 &'
done
one=$(fp_id fp1)
two=$(fp_id fp2)
"$programs/traffic" serve 7000 >/dev/null 2>&1 &
server=$!
guest_pings fp1 $peer || die "the guests do not reach each other"
guest_pings fp1 $dom0 || die "fp1 does not reach dom0"

side slow
side fast
warm_up=
round=1
while [ "$round" -le "$rounds" ]; do
	if [ $((round % 2)) -eq 1 ]; then
		side slow
		side fast
	else
		side fast
		side slow
	fi
	pingpong
	echo "# round $round of $rounds after $(($(date +%s) - begin)) s"
	round=$((round + 1))
done
# the entries stay, so that the module has somebody to look for
fast_on
figure dom0-idle ms "$("$programs/domcpu" $((seconds * 1000)) 0)"
round=1
while [ "$round" -le $((rounds * 3)) ]; do
	with_dom0 dom0-tcp-rr rr
	with_dom0 dom0-tcp-stream sink
	round=$((round + 1))
done
kill $server
rm -f $fp_policy
scenario_done >/dev/null
