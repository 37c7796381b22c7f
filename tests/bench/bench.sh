#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bench.sh - how long an event takes: xnm-vif against Xen's vif-bridge, interleaved, on the real xenstored.
#
# Prints a table and never judges. XNM_BENCH_ROUNDS (40) and XNM_BENCH_VIFS
# (1000) change its size. Medians and ratios are what counts: other load on
# the machine moves the figures of both.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

rounds=${XNM_BENCH_ROUNDS:-40}
vifs=${XNM_BENCH_VIFS:-1000}
at_once=100
one=5000 # a domid that no other guest here has

# ---------------------------------------------------- a host full of guests

# the same script again, in namespaces of its own: bench.sh many READY-FILE
if [ "${1:-}" = many ]; then
	store_start || exit 1
	bridges=()
	for ((i = 0; i * 250 < vifs; i++)); do
		bridge_new "br$i"
		bridges+=("br$i")
	done
	guests_new 1 "$vifs" "${bridges[@]}"
	for ((i = 1; i <= vifs; i += 50)); do
		hotplug_all online "$i" $((vifs - i + 1 < 50 ? vifs - i + 1 : 50))
	done
	guests_new $one 1 br0
	find "$XNM_RUN_DIR/vif" -type f | wc -l >"$2.tmp"
	mv "$2.tmp" "$2"
	exec sleep 600
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

# -- another host with many guests comes up meanwhile; its set-up must not disturb
ready=$(mktemp -u /tmp/xnm-bench.XXXXXX)
XNM_IN_NETNS=1 unshare --mount --net bash "$0" many "$ready" &
many_pid=$!
while [ ! -e "$ready" ] && kill -0 $many_pid 2>/dev/null; do
	sleep 0.2
done
many=$(cat "$ready" 2>/dev/null || echo 0)
rm -f "$ready"
echo "# $many vifs online on the second host after $((SECONDS - begin)) s"

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

# -- one vif against many
for ((i = 0; i < rounds; i++)); do
	measure one-online "$XNM_VIF" online $one
	measure one-offline "$XNM_VIF" offline $one
	if [ "$many" -gt 0 ]; then
		measure many-online "$XNM_VIF" online $one nsenter -t $many_pid -m -n
		measure many-offline "$XNM_VIF" offline $one nsenter -t $many_pid -m -n
	fi
done
kill $many_pid
wait $many_pid 2>/dev/null

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
row "peak RSS, KiB" "$(percentile xnm-online 5 100)" "$(percentile stock-online 5 100)" "" "<= 6144"
row "$at_once at once end as one by one" "$same" "$ports ports" "" "yes"
[ "$(cat /proc/sys/kernel/tainted)" = "$kernel_was" ] || echo "# the kernel is tainted now"
echo "# $rounds rounds, $((SECONDS - begin)) s"
