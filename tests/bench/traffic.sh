# shellcheck shell=bash disable=SC2154 # what netns.sh and bench.sh set
# SPDX-License-Identifier: GPL-2.0-or-later
# traffic.sh - what looking at a packet costs, between two guests on one bridge, beside so many other vifs.
#
# bench.sh sources this. Each of its hosts is a process in namespaces of its
# own, with two guests that came before all others:
#
#	plain         nothing looks at what passes
#	few, many     xnm-vif's rules
#	stock, stocks those that Xen's vif-bridge asks of iptables
#
# The machine is faster in one second than in the next: what is compared are
# figures of the same round.

# where bench.sh has built traffic.c
traffic=${TRAFFIC:-}
pair=(6001 6002)
sender=10.9.0.1
receiver=10.9.0.2
slice_ms=200
trips=2000

# pair_new VERB...: the two guests, each connected by `VERB... DOMID 0`, and who answers in the second
pair_new() {
	local d

	bridge_new brt
	for d in "${pair[@]}"; do
		guest_new "$d" 0 bridge=brt "ip=10.9.0.$((d - 6000))"
		"$@" "$d" 0
	done
	guest_up 6001 0 $sender/24
	guest_up 6002 0 $receiver/24
	ip -n g6001.0 neigh replace $receiver lladdr "${guest_mac[6002.0]}" dev eth0
	ip -n g6002.0 neigh replace $sender lladdr "${guest_mac[6001.0]}" dev eth0
	ip netns exec g6002.0 "$traffic" sink $receiver 1 &
	ip netns exec g6002.0 "$traffic" echo $receiver 2 &
}

attach() {
	ip link set "vif$1.$2" master brt up
}

# bridge_netfilter 0|1: whether iptables sees what bridges pass on
bridge_netfilter() {
	local what

	for what in /proc/sys/net/bridge/bridge-nf-call-*; do
		[ ! -e "$what" ] || echo "$1" >"$what"
	done
}

# stock_rules COUNT: iptables-save's form of what so many vifs and the two, each with one address, lead to
#
# vif-bridge lets pass what comes in by a vif from its address, what asks for
# an address by DHCP, and each time what goes out by the vif. Each rule is put
# before those that are there; the rest is dropped.
stock_rules() {
	local d vif

	printf '*filter\n:FORWARD DROP\n'
	{
		for ((d = $1; d >= 1; d--)); do
			echo "vif$d.0 10.8.$((d / 256)).$((d % 256))"
		done
		echo "vif6002.0 $receiver"
		echo "vif6001.0 $sender"
	} | while read -r vif d; do
		echo "-A FORWARD -m physdev --physdev-is-bridged --physdev-out $vif -j ACCEPT"
		echo "-A FORWARD -m physdev --physdev-is-bridged --physdev-in $vif -p udp --sport 68 --dport 67 -j ACCEPT"
		echo "-A FORWARD -m physdev --physdev-is-bridged --physdev-out $vif -j ACCEPT"
		echo "-A FORWARD -m physdev --physdev-is-bridged --physdev-in $vif -s $d -j ACCEPT"
	done
	echo COMMIT
}

# traffic_in HOST COMMAND...: one slice of both, figures appended to rate-HOST and trip-HOST
traffic_in() {
	local host=$1

	shift
	"$@" ip netns exec g6001.0 "$traffic" send $receiver 1 $slice_ms >>"$F/rate-$host"
	"$@" ip netns exec g6001.0 "$traffic" trip $receiver 2 $trips >>"$F/trip-$host"
}

# figure FILE COLUMN: "median (p10-p90)", in thousands
figure() {
	awk -v m="$(percentile "$1" "$2" 50)" -v lo="$(percentile "$1" "$2" 10)" \
		-v hi="$(percentile "$1" "$2" 90)" \
		'BEGIN { printf "%.1f (%.1f-%.1f)", m / 1000, lo / 1000, hi / 1000 }'
}

# by_round FILE-A FILE-B COLUMN: median and p10-p90 of what A has by what B has in the same round
by_round() {
	paste -d' ' <(cut -d' ' -f"$3" "$F/$1") <(cut -d' ' -f"$3" "$F/$2") |
		awk '{ print $1 / $2 }' | sort -n | awk '
			{ v[NR] = $1 }
			END {
				printf "%.2f (%.2f-%.2f)", v[int((NR - 1) * 0.5 + 1.5)],
					v[int((NR - 1) * 0.1 + 1.5)], v[int((NR - 1) * 0.9 + 1.5)]
			}'
}

# traffic_rows NAME HOST-A HOST-B NAME-A BOUND: how much more a packet costs on B than on A
traffic_rows() {
	local a=$2 b=$3 bound=$5

	row "two guests of a bridge, median (p10-p90)" "$1" "$4" "times" bound
	row "1,000 packets per second" "$(figure "rate-$b" 1)" "$(figure "rate-$a" 1)" \
		"$(by_round "rate-$a" "rate-$b" 1)" "$bound"
	row "the same, of processor time" "$(figure "rate-$b" 2)" "$(figure "rate-$a" 2)" \
		"$(by_round "rate-$a" "rate-$b" 2)" "$bound"
	row "there and back, us" "$(figure "trip-$b" 1)" "$(figure "trip-$a" 1)" \
		"$(by_round "trip-$b" "trip-$a" 1)" "$bound"
	echo
}
