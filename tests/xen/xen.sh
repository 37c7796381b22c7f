#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# xen.sh - tier 3: every scenario on a real Xen host with real guests, in QEMU; one boot for all of them.
#
# usage: xen.sh [SCENARIO...]
#
# XNM_LAB_SCRIPT=vif-bridge runs the same with Xen's own script, to tell a fault
# of ours from one of the harness. XNM_LAB_LIMIT and XNM_LAB_EACH are the seconds
# that all scenarios and each of them may take, for a machine that is busy.
set -eu

vm_top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/vm/lib.sh
. "$vm_top/tests/vm/lib.sh"
# shellcheck source=tests/lib/tap.sh
. "$vm_top/tests/lib/tap.sh"
cd "$vm_top"

# what everybody needs comes first
[ $# -gt 0 ] || set -- pair antispoof nat shape topologies nobridge attach lifecycle migrate keys vlan churn

why=$(vm_missing)
if [ -z "$why" ]; then
	image=$(mktemp -d)
	tests/xen/image.sh "$image/top" >&2 || why="Debian's kernel or Xen packages cannot be had"
	rm -rf "$image"
fi
if [ -n "$why" ]; then
	skip "xen" "$why"
	tap_done
	exit
fi
[ -n "${XNM_LAB_SCRIPT:-}" ] || [ -x "$vm_stage/etc/xen/scripts/xnm-vif" ] || {
	not_ok "xen" "$vm_stage has no xnm-vif: make stage"
	tap_done
	exit
}
[ -x "$vm_build/tests/frames" ] || {
	not_ok "xen" "there is no $vm_build/tests/frames: make check-xen builds it"
	tap_done
	exit
}

n=$#
for scenario in "$@"; do
	set -- "$@" "tests/xen/scenarios/$scenario.sh"
done
shift "$n"
{
	rc=0
	tests/xen/boot.sh -t "${XNM_LAB_LIMIT:-1800}" tests/vm/each.sh "${XNM_LAB_EACH:-800}" "$@" || rc=$?
	echo "XNM-MACHINE $rc"
} | awk -f tests/vm/merge.awk
