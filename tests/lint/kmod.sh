#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# kmod.sh - what the kernel's own checkers say of the kernel module: sparse, or checkpatch. Silent if nothing.
#
# usage: kmod.sh sparse|checkpatch
set -eu

vm_top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/vm/lib.sh
. "$vm_top/tests/vm/lib.sh"
# kbuild has an O and a V of its own
unset MAKEFLAGS MFLAGS MAKELEVEL

run_sparse() {
	# shellcheck disable=SC2119 # for the kernel of the tests
	vm_headers
	out=$vm_build/lint/kmod
	rm -rf "$out"
	mkdir -p "$out/tests"
	cp -p "$vm_top"/kmod/*.[ch] "$vm_top/kmod/Kbuild" "$out/"
	cp -p "$vm_top"/kmod/tests/*.c "$out/tests/"
	make --no-print-directory -s -C "$vm_headers" M="$out" W=1 C=2 XNM_ABUSE=1 CONFIG_DEBUG_INFO_BTF_MODULES= \
		modules >"$out.log" 2>&1 || {
		cat "$out.log"
		exit 1
	}
	! grep -E 'warning|error' "$out.log"
}

# It comes with the kernel's source only, most of which is of no use here.
get_checkpatch() {
	scripts=$vm_lab/checkpatch
	[ ! -e "$scripts/.complete" ] || return 0
	vm_kernel
	release=$(echo "$vm_kver" | cut -d. -f1,2)
	vm_fetch checkpatch "linux-source-$release"
	xz -dc "$scripts/usr/src/linux-source-$release.tar.xz" | tar -x -C "$scripts" --strip-components=1 --wildcards \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch'
	rm -rf "${scripts:?}/usr"
	: >"$scripts/.complete"
}

# LINUX_VERSION_CODE, CONSTANT_COMPARISON: this is for several kernels, so it asks which one it is built for.
run_checkpatch() {
	get_checkpatch
	perl "$scripts/scripts/checkpatch.pl" --no-tree --no-summary --terse --strict --max-line-length=100 \
		--ignore LINUX_VERSION_CODE,CONSTANT_COMPARISON -f "$vm_top"/kmod/*.[ch] "$vm_top"/kmod/tests/*.c
}

"run_$1"
