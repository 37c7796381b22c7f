#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shape.sh - rates, delays and losses of a vif as configured and as measured, in QEMU with Debian's kernel.
#
# Prints tables and never judges. Leaves shape.csv, shape.txt and shape.svg in bench/ of the build folder.
# XNM_BENCH_ROUNDS (3) and XNM_BENCH_SECONDS (5, of each stream) change its size.
# XNM_BENCH_ONLY=classes measures the classes of an uplink alone, and leaves classes.csv and classes.txt.
# XNM_BENCH_AGAIN=1 makes tables and plot of the CSV that is there.
set -euo pipefail

vm_top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/vm/lib.sh
. "$vm_top/tests/vm/lib.sh"
cd "$vm_top"

rounds=${XNM_BENCH_ROUNDS:-3}
seconds=${XNM_BENCH_SECONDS:-5}
out=$vm_build/bench
name=shape
[ "${XNM_BENCH_ONLY:-}" != classes ] || name=classes
mkdir -p "$out"

load() {
	cut -d' ' -f1-3 /proc/loadavg
}

measure() {
	local why

	why=$(vm_missing)
	[ -z "$why" ] || {
		echo "shape.sh: $why" >&2
		return 1
	}
	# the machine has no network to get it from
	sh tests/lib/fetch-debs.sh "$vm_build/xen-tools" xen-utils-4.17 xen-utils-common xenstore-utils
	vm_kernel
	{
		echo "# QEMU (TCG) with 2 CPUs and Linux $vm_kver on $(uname -sr), $(nproc) CPUs, $(date -u +%F), load before $(load)"
		[ "$name" = classes ] || tests/vm/run.sh -t $((600 + rounds * (120 + 48 * (seconds + 4)))) \
			tests/bench/shape-vm.sh "$rounds" "$seconds"
		tests/vm/run.sh -t $((200 + rounds * (60 + 8 * seconds))) tests/bench/classes-vm.sh "$rounds" "$seconds"
		echo "# load after $(load)"
	} | tee "$out/$name.csv.new" | grep --line-buffered '^# '
	mv "$out/$name.csv.new" "$out/$name.csv"
}

[ -n "${XNM_BENCH_AGAIN:-}" ] || measure
awk -f tests/bench/shape.awk "$out/$name.csv" | tee "$out/$name.txt"
[ "$name" = shape ] || exit 0
awk -v to="$out/shape" -f tests/bench/shape-plot.awk "$out/shape.csv"
gnuplot -e "data='$out/shape'" tests/bench/shape.gnuplot
echo "# $out/shape.csv, shape.txt, shape.svg"
