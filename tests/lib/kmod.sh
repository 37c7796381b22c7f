#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# kmod.sh - build the guests' kernel module below the build folder, and beside it the one that breaks the rules.
#
# usage: kmod.sh [KDIR]
#
# KDIR is the build folder of a kernel; without it, Debian's headers for the
# kernel of the tests are unpacked (never installed) and used. The modules land
# in $O/kmod/xnm_fastpath.ko and $O/kmod-abuse/xnm_fastpath.ko.
set -eu

vm_top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/vm/lib.sh
. "$vm_top/tests/vm/lib.sh"

# kbuild has an O and a V of its own
unset MAKEFLAGS MFLAGS MAKELEVEL
kdir=${1:-}
if [ -z "$kdir" ]; then
	vm_kernel
	common=${vm_kver%-*}-common
	vm_fetch headers "linux-headers-$vm_kver" "linux-headers-$common" \
		"linux-kbuild-$(echo "$vm_kver" | cut -d. -f1,2)"
	kdir=$vm_lab/headers/usr/src/linux-headers-$vm_kver
	# the package counts on being in /usr/src
	echo "include ../linux-headers-$common/Makefile" >"$kdir/Makefile"
fi

# kbuild FOLDER [VARIABLE=VALUE]...: kbuild puts its output beside the source, so that is copied
kbuild() {
	out=$vm_build/$1
	shift
	mkdir -p "$out/tests"
	find "$out" -name '*.[ch]' -delete
	cp -p "$vm_top"/kmod/*.[ch] "$vm_top/kmod/Kbuild" "$out/"
	cp -p "$vm_top"/kmod/tests/*.c "$out/tests/" 2>/dev/null || :
	set -- -C "$kdir" M="$out" W=1 CONFIG_DEBUG_INFO_BTF_MODULES= "$@"
	[ "${V:-0}" = 1 ] || set -- --no-print-directory -s "$@"
	[ "${CI:-}" != true ] || set -- "$@" KCFLAGS=-Werror
	make "$@" modules
}

kbuild kmod
kbuild kmod-abuse XNM_ABUSE=1
