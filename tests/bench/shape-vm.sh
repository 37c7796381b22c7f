#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shape-vm.sh - inside a machine with Debian's kernel, measure what the keys rate=, delay= and loss= of a vif give.
#
# usage: shape-vm.sh ROUNDS SECONDS
#
# Prints what, where, configured, by theory, measured and unit as CSV, one line a measurement; those with a # in
# front are remarks. shape.sh runs this.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/shaping.sh
. "$netns_top/tests/lib/shaping.sh"

rounds=$1
seconds=$2
rates="1 2 5 10 20 50 100 200"
delays="1 2 5 10 20 50 100 200"

# row WHAT WHERE CONFIGURED THEORY MEASURED UNIT
row() {
	local IFS=,

	echo "$*"
}

# plain: no xnm at all on vif1.0
plain() {
	shaped
	tc qdisc del dev vif1.0 root 2>/dev/null
}

# mininet KBIT DELAY: as the TCLink of mininet makes it (mininet/link.py, bwCmds() and delayCmds())
mininet() {
	plain
	tc qdisc add dev vif1.0 root handle 5:0 htb default 1
	tc class add dev vif1.0 parent 5:0 classid 5:1 htb rate "$1kbit" burst 15k
	tc qdisc add dev vif1.0 parent 5:1 handle 10: netem delay "$2"
}

# usual KBIT DELAY: the same with the burst that tc computes
usual() {
	plain
	tc qdisc add dev vif1.0 root handle 5:0 htb default 1
	tc class add dev vif1.0 parent 5:0 classid 5:1 htb rate "$1kbit"
	tc qdisc add dev vif1.0 parent 5:1 handle 10: netem delay "$2"
}

# small KBIT: a token bucket with room for one frame
small() {
	plain
	tc qdisc add dev vif1.0 root tbf rate "$1kbit" burst 1600 latency 50ms
}

# rate WHERE KBIT NETNS ADDRESS: slow streams take longer, as a frame more or less is seen in the result
rate() {
	row rate "$1" "$2" "$(wire "$2")" "$(goodput "$3" "$4" "$2" $(($2 > 2000 ? seconds : 2 * seconds)))" kbit/s
}

rates_once() {
	local mbit kbit

	for mbit in $rates; do
		kbit=$((mbit * 1000))
		shaped "rate=${mbit}Mbit"
		rate "to a guest of this host" $kbit g2.0 $near
		rate "from a guest of this host" $kbit g1.0 $other
		rate "to one behind another bridge" $kbit g1.0 $beyond
		rate "from one behind another bridge" $kbit far $near
		# what others make need not be measured so well
		((round == 0)) || continue
		mininet $kbit 1ms
		rate "mininet's TCLink" $kbit g2.0 $near
		small $kbit
		rate "tbf burst 1600" $kbit g2.0 $near
		plain
	done
}

# delay WHERE MS-IN-ALL NETNS ADDRESS
delay() {
	local min rest

	read -r min rest <<<"$(trips "$3" "$4" 20 0.05)"
	row delay "$1" "$2" "$2" "$min" ms
}

delays_once() {
	local ms

	plain
	delay "none" 0 g2.0 $near
	for ms in $delays; do
		shaped "delay=${ms}ms"
		delay "guests of this host" "$ms" g2.0 $near
		delay "behind another bridge" "$ms" far $near
		shaped "delay=${ms}ms" "outbound-delay=${ms}ms"
		delay "both ways" $((2 * ms)) g2.0 $near
	done
}

losses_once() {
	local n=10000

	shaped loss=1%
	row loss "to the guest" 1 1 "$(lost g2.0 $near $n | awk -v n=$n '{ print 100 * $1 / n }')" %
	shaped outbound-loss=1%
	row loss "from the guest" 1 1 "$(lost g2.0 $near $n | awk -v n=$n '{ print 100 * $1 / n }')" %
}

# lost_at_once: segments of a stream that are lost at once; a netem loses all of what it is given as one packet
lost_at_once() {
	local again drops

	shaped loss=1%
	ip netns exec g2.0 nstat -n 2>/dev/null
	load g2.0 $near $((2 * seconds))
	wait "$load_pid"
	again=$(ip netns exec g2.0 nstat -az TcpRetransSegs 2>/dev/null | awk '/^TcpRetrans/ { print $2 }')
	drops=$(tc -j -s qdisc show dev vif1.0 | jq '.[] | select(.kind == "netem") | .drops')
	row loss "segments of a stream lost at once" 1 1 "$(awk -v a="$again" -v d="$drops" 'BEGIN { if (d) printf "%.1f", a / d }')" segments
}

# under_load CHAIN: round trips beside a stream at 1 Mbit/s and 20 ms
under_load() {
	local min median max

	load g2.0 $near 14
	sleep 4
	read -r min median max <<<"$(trips g2.0 $near 80 0.1)"
	wait "$load_pid"
	row load "$1: median" 20 20 "$median" ms
	row load "$1: most" 20 20 "$max" ms
}

loads() {
	shaped inbound-rate=1Mbit delay=20ms
	under_load "xnm (netem above tbf above fq_codel)"
	usual 1000 20ms
	under_load "htb above netem"
	mininet 1000 20ms
	under_load "mininet's TCLink"
	plain
	tc qdisc add dev vif1.0 root handle 1: tbf rate 1mbit burst 7570 latency 50ms
	tc qdisc add dev vif1.0 parent 1:1 netem delay 20ms
	under_load "tbf above netem"
	plain
}

# live RATE DELAY RATE DELAY: a change under one flow; the receiver's goodput before and after
live() {
	local flow=$T/flow before after start end

	shaped "rate=${1}Mbit" "delay=${2}ms"
	ip netns exec g1.0 iperf3 -J -R -c $other -t 30 -i 1 >"$flow" &
	load_pid=$!
	sleep 8
	before=$(sent vif1.0)
	start=${EPOCHREALTIME/./}
	shaped "rate=${3}Mbit" "delay=${4}ms" || echo "# reapply has failed"
	end=${EPOCHREALTIME/./}
	after=$(sent vif1.0)
	wait "$load_pid" || echo "# the flow has ended"
	((after >= before && before > 0)) || echo "# the counters do not go on: $before, then $after"
	echo "# $1 Mbit/s $2 ms, then $3 Mbit/s $4 ms: the change takes $(((end - start) / 1000)) ms"
	row live "$1 to $3 Mbit/s: before" $(($1 * 1000)) "$(wire $(($1 * 1000)))" \
		"$(jq '[.intervals[2:7][].sum.bits_per_second] | add / length / 1000 | round' "$flow")" kbit/s
	row live "$1 to $3 Mbit/s: after" $(($3 * 1000)) "$(wire $(($3 * 1000)))" \
		"$(jq '[.intervals[20:30][].sum.bits_per_second] | add / length / 1000 | round' "$flow")" kbit/s
}

# 20 MB by 1 Mbit/s takes minutes, and next to nothing of the machine: two guests of their own meanwhile
slow_start() {
	guest_new 3 0
	shaping_more=$'[vif guest3/0]\nrate=1Mbit\n'
	printf '[network br0]\n%s' "$shaping_more" >"$XNM_CONFIG"
	hotplug online 3 0
	guest_up 3 0 10.8.0.3/24
	guest_ping 3 0 $beyond
	transfer far g3.0 10.8.0.3 20000000 5000 >"$T/slow" &
	slow_pid=$!
}

slow_end() {
	wait "$slow_pid"
	row transfer "20 MB by 1 Mbit/s" 1000 "$(at_least 20000000 1000)" "$(cat "$T/slow")" ms
	shaping_more=
	hotplug offline 3 0
	guest_rm 3 0
}

transfers_once() {
	shaped inbound-rate=100Mbit
	row transfer "20 MB by 100 Mbit/s" 100000 "$(at_least 20000000 100000)" \
		"$(transfer g2.0 g1.0 $near 20000000 5001)" ms
}

shaping_hosts || exit 1
slow_start
for ((round = 0; round < rounds; round++)); do
	echo "# round $((round + 1)) of $rounds"
	rates_once
	delays_once
	losses_once
	transfers_once
done
lost_at_once
loads
live 5 10 20 60
live 20 60 5 10
slow_end
echo "# end"
