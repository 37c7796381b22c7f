#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bench-xen.sh - how much faster two guests on real Xen talk by the fast path than by netfront and dom0, interleaved.
#
# Prints one table and ends with status 1 if a bound is missed. Ratios are what
# counts, and only those of a machine that has little else to do.
# XNM_BENCH_ROUNDS (7) and XNM_BENCH_SECONDS (3, of each measurement) change its size.
set -euo pipefail

vm_top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/vm/lib.sh
. "$vm_top/tests/vm/lib.sh"
cd "$vm_top"

rounds=${XNM_BENCH_ROUNDS:-7}
seconds=${XNM_BENCH_SECONDS:-3}
why=$(vm_missing)
[ -z "$why" ] || {
	echo "bench-xen.sh: $why" >&2
	exit 1
}
for file in kmod/xnm_fastpath.ko kmod-abuse/xnm_pingpong.ko tests/traffic tests/domcpu stage/etc/xen/scripts/xnm-vif; do
	[ -e "$vm_build/$file" ] || {
		echo "bench-xen.sh: there is no $vm_build/$file: make bench-xen builds it" >&2
		exit 1
	}
done

load() {
	cut -d' ' -f1-3 /proc/loadavg
}

echo "# Xen in QEMU (TCG) on $(uname -sr), $(nproc) CPUs, $(date -u +%F), load before $(load)"
limit=$((300 + rounds * (seconds * 40 + 120)))
O=$vm_build tests/xen/boot.sh -t $limit tests/bench/bench-xen-dom0.sh "$rounds" "$seconds" |
	awk -f tests/bench/bench-xen.awk || {
	rc=$?
	echo "# load after $(load)"
	exit $rc
}
echo "# load after $(load)"
