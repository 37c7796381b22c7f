#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bench.sh - how long an event takes, and a packet: xnm-vif against Xen's vif-bridge, interleaved, on the real xenstored.
#
# Prints tables and never judges. XNM_BENCH_ROUNDS (40) and XNM_BENCH_VIFS
# (1000) change its size. Medians and ratios are what counts: other load on
# the machine moves the figures of both.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

rounds=${XNM_BENCH_ROUNDS:-40}
vifs=${XNM_BENCH_VIFS:-1000}
at_once=100
one=5000 # a domid that no other guest here has

# shellcheck source=tests/bench/traffic.sh
. "$netns_top/tests/bench/traffic.sh"

# ------------------------------------------------------------- other hosts

# the same script again, in namespaces of its own: bench.sh host KIND READY-FILE
if [ "${1:-}" = host ]; then
	bridge_netfilter 0
	store_start || exit 1
	case $2 in
	plain) pair_new attach ;;
	few | many) pair_new hotplug online ;;
	stock | stocks)
		bridge_netfilter 1
		pair_new attach
		stock_rules "$([ "$2" = stock ] && echo 0 || echo "$vifs")" | iptables-restore || exit 1
		;;
	esac
	if [ "$2" = many ]; then
		bridges=()
		for ((i = 0; i * 250 < vifs; i++)); do
			bridge_new "br$i"
			bridges+=("br$i")
		done
		guests_new 1 "$vifs" "${bridges[@]}"
		for ((i = 1; i <= vifs; i++)); do
			echo "$backend/$i/0/ip" "10.8.$((i / 256)).$((i % 256))"
		done | xargs -n 100 xenstore-write
		for ((i = 1; i <= vifs; i += 50)); do
			hotplug_all online "$i" $((vifs - i + 1 < 50 ? vifs - i + 1 : 50))
		done
		guests_new $one 1 br0
	fi
	guest_ping "${pair[0]}" 0 $receiver || echo "$2: the guests do not reach each other" >&2
	find "$XNM_RUN_DIR/vif" -type f 2>/dev/null | wc -l >"$3.tmp"
	mv "$3.tmp" "$3"
	exec sleep 1200
fi

# ------------------------------------------------------------------ a host

if [ ! -x "$XNM_VIF" ]; then
	echo "$XNM_VIF is not built" >&2
	exit 1
fi

# as on a real host, somebody takes what programs log
mount -t tmpfs -o mode=755 tmpfs /dev
mknod -m 666 /dev/null c 1 3
mknod -m 666 /dev/zero c 1 5
mknod -m 666 /dev/urandom c 1 9
ln -s /proc/self/fd /dev/fd
"$LAUNCH" -s /dev/log &
log_pid=$!

store_start || exit 1
bridge_new br0
F=$T/figures
mkdir "$F"
begin=$SECONDS

# measure FILE PROGRAM VERB DOMID [PREFIX...]: one event, its figures appended to FILE
measure() {
	local file=$F/$1 program=$2 verb=$3 domid=$4

	shift 4
	"$@" "$LAUNCH" -i "$domid" -o "$T/one" -e "script=$program" -e XENBUS_TYPE=vif \
		-e XENBUS_PATH=backend/vif/%/0 -e XENBUS_BASE_PATH=backend -e netdev= \
		-e vif=vif%.0 "$program" "$verb" type_if=vif || echo "$program $verb failed" >&2
	"$@" cat "$T/one" >>"$file"
}

# percentile FILE COLUMN P
percentile() {
	cut -d' ' -f"$2" "$F/$1" | sort -n | awk -v p="$3" '
		{ v[NR] = $1 }
		END { i = int((NR - 1) * p / 100 + 1.5); print v[i] }'
}

# cell FILE COLUMN: "median (p10-p90)" in milliseconds
cell() {
	awk -v m="$(percentile "$1" "$2" 50)" -v lo="$(percentile "$1" "$2" 10)" \
		-v hi="$(percentile "$1" "$2" 90)" \
		'BEGIN { printf "%.2f (%.2f-%.2f)", m / 1000, lo / 1000, hi / 1000 }'
}

# ratio FILE-A FILE-B COLUMN: median of A by median of B
ratio() {
	awk -v a="$(percentile "$1" "$3" 50)" -v b="$(percentile "$2" "$3" 50)" \
		'BEGIN { printf "%.1f", a / b }'
}

row() {
	printf '%-38s %-24s %-26s %7s  %s\n' "$@"
}

kernel_was=$(cat /proc/sys/kernel/tainted)
echo "# $(uname -sr), $(nproc) CPUs, $(date -u +%F), load $(cut -d' ' -f1-3 /proc/loadavg)"

# -- one event after the other, both programs in turn
guests_new 1 $((rounds * 2)) br0
guests_new $one 1 br0
for ((i = 0; i < 3; i++)); do
	for program in "$XNM_VIF" "$VIF_BRIDGE"; do
		measure warm-up "$program" online 1
		measure warm-up "$program" offline 1
	done
done
for ((i = 1; i <= rounds; i++)); do
	a=$((2 * i - 1))
	b=$((2 * i))
	"$LAUNCH" -o "$T/one" /bin/true
	cat "$T/one" >>"$F/true"
	measure xnm-online "$XNM_VIF" online $a
	measure stock-online "$VIF_BRIDGE" online $b
	measure stock-offline "$VIF_BRIDGE" offline $b
	measure xnm-offline "$XNM_VIF" offline $a
done
guests_rm 1 $((rounds * 2))

# -- other hosts
work=$(mktemp -d /tmp/xnm-bench.XXXXXX)
trap 'rm -rf "$work"' EXIT
export TRAFFIC=$work/traffic
traffic=$TRAFFIC
${CC:-gcc} -O2 -o "$traffic" "$netns_top/tests/bench/traffic.c" || exit 1
declare -A host_pid
kinds=(plain few many)
if command -v iptables-restore >/dev/null; then
	kinds+=(stock stocks)
else
	echo "# iptables is not installed: no figures of the rules that vif-bridge makes"
fi
for kind in "${kinds[@]}"; do
	XNM_IN_NETNS=1 unshare --mount --net bash "$0" host "$kind" "$work/$kind" &
	host_pid[$kind]=$!
	while [ ! -e "$work/$kind" ] && kill -0 "${host_pid[$kind]}" 2>/dev/null; do
		sleep 0.2
	done
	[ -e "$work/$kind" ] || unset "host_pid[$kind]"
done
many=$(cat "$work/many" 2>/dev/null || echo 0)
echo "# $many vifs online on the host with many after $((SECONDS - begin)) s"
# the kernel goes on for a while with the devices that have come up
sleep 10

# on HOST COMMAND...
on() {
	local host=$1

	shift
	nsenter -t "${host_pid[$host]}" -m -n "$@"
}

# -- one vif against many
for ((i = 0; i < rounds; i++)); do
	measure one-online "$XNM_VIF" online $one
	measure one-offline "$XNM_VIF" offline $one
	if [ "$many" -gt 0 ]; then
		measure many-online "$XNM_VIF" online $one on many
		measure many-offline "$XNM_VIF" offline $one on many
	fi
done

# -- in a network that shares an address against on a bridge, both with this policy
ip link add eth0 type veth peer name eth0-far
ip link set eth0 up
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[network nat]
bridge=nat0
address=10.77.0.1/24 fd00:77::1/64
forward=nat
uplink=wan
END
guest_new 5001 0 ip=10.0.0.1
guest_new 5002 0 bridge=nat ip=10.77.0.2
guest_new 5003 0 bridge=nat ip=10.77.0.3
for ((i = 0; i < rounds; i++)); do
	measure first-online "$XNM_VIF" online 5003
	measure bridged-online "$XNM_VIF" online 5001
	measure nat-online "$XNM_VIF" online 5002
	measure bridged-offline "$XNM_VIF" offline 5001
	measure nat-offline "$XNM_VIF" offline 5002
	measure last-offline "$XNM_VIF" offline 5003
done
rm "$XNM_CONFIG"

# -- packets
for ((i = 0; i < rounds; i++)); do
	for kind in "${kinds[@]}"; do
		[ -z "${host_pid[$kind]:-}" ] || traffic_in "$kind" on "$kind"
	done
done
kill "${host_pid[@]}"
wait "${host_pid[@]}" 2>/dev/null

# -- many at once
guests_new 1 $at_once br0
for ((i = 1; i <= at_once; i++)); do
	hotplug online $i 0
done
one_by_one=$(snapshot)
hotplug_all offline 1 $at_once
same=
for ((i = 0; i < 5; i++)); do
	HOTPLUG=$XNM_VIF
	hotplug_all online 1 $at_once -o "$T/one"
	grep '^all' "$T/one" >>"$F/xnm-all"
	# vif-bridge will leave traces on these devices, so this can be told but once
	if [ -z "$same" ]; then
		same=no
		[ "$(snapshot)" != "$one_by_one" ] || same=yes
	fi
	hotplug_all offline 1 $at_once -o "$T/one"
	grep '^all' "$T/one" >>"$F/xnm-all-off"
	HOTPLUG=$VIF_BRIDGE
	hotplug_all online 1 $at_once -o "$T/one"
	grep '^all' "$T/one" >>"$F/stock-all"
	ports=$(bridge_ports br0 | wc -w)
	hotplug_all offline 1 $at_once -o "$T/one"
	grep '^all' "$T/one" >>"$F/stock-all-off"
done
kill $log_pid

row "ms, median (p10-p90)" xnm-vif vif-bridge ratio bound
row "online, wall" "$(cell xnm-online 3)" "$(cell stock-online 3)" \
	"$(ratio stock-online xnm-online 3)" ">= 20"
row "online, CPU" "$(cell xnm-online 4)" "$(cell stock-online 4)" \
	"$(ratio stock-online xnm-online 4)" ">= 25"
row "offline, wall" "$(cell xnm-offline 3)" "$(cell stock-offline 3)" \
	"$(ratio stock-offline xnm-offline 3)" "-"
row "offline, CPU" "$(cell xnm-offline 4)" "$(cell stock-offline 4)" \
	"$(ratio stock-offline xnm-offline 4)" "-"
row "online of $at_once at once, wall of all" "$(cell xnm-all 3)" "$(cell stock-all 3)" \
	"$(ratio stock-all xnm-all 3)" ">= 12"
row "offline of $at_once at once, wall of all" "$(cell xnm-all-off 3)" "$(cell stock-all-off 3)" \
	"$(ratio stock-all-off xnm-all-off 3)" "-"
row "an empty program (true), wall" "$(cell true 3)" "" "" "-"
row "an empty program (true), CPU" "$(cell true 4)" "" "" "-"
echo
if [ "$many" -gt 0 ]; then
	row "ms, median (p10-p90)" "$many vifs there" "1 vif there" ratio bound
	row "online, wall" "$(cell many-online 3)" "$(cell one-online 3)" \
		"$(ratio many-online one-online 3)" "<= 1.3"
	row "online, CPU" "$(cell many-online 4)" "$(cell one-online 4)" \
		"$(ratio many-online one-online 4)" "-"
	row "offline, wall" "$(cell many-offline 3)" "$(cell one-offline 3)" \
		"$(ratio many-offline one-offline 3)" "-"
	echo
fi
row "ms, median (p10-p90)" "NAT network" "bridge" ratio bound
row "online, wall" "$(cell nat-online 3)" "$(cell bridged-online 3)" \
	"$(ratio nat-online bridged-online 3)" "<= 1.5"
row "online, CPU" "$(cell nat-online 4)" "$(cell bridged-online 4)" \
	"$(ratio nat-online bridged-online 4)" "-"
row "offline, wall" "$(cell nat-offline 3)" "$(cell bridged-offline 3)" \
	"$(ratio nat-offline bridged-offline 3)" "-"
row "online that makes the network, wall" "$(cell first-online 3)" "" "" "-"
row "offline that removes it, wall" "$(cell last-offline 3)" "" "" "-"
echo

[ ! -e "$F/rate-many" ] || traffic_rows "$vifs more" few many alone "<= 1.05"
[ ! -e "$F/rate-few" ] || traffic_rows "locked" plain few "nothing looks" -
[ ! -e "$F/rate-stocks" ] || traffic_rows "iptables, $vifs more" stock stocks "iptables, alone" -
row "peak RSS, KiB" "$(percentile xnm-online 5 100)" "$(percentile stock-online 5 100)" "" "<= 6144"
row "$at_once at once end as one by one" "$same" "$ports ports" "" "yes"
[ "$(cat /proc/sys/kernel/tainted)" = "$kernel_was" ] || echo "# the kernel is tainted now"
echo "# $rounds rounds, $((SECONDS - begin)) s"
