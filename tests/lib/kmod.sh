#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# kmod.sh - build the guests' kernel module below the build folder, and beside it the one that breaks the rules.
#
# usage: kmod.sh [KDIR]
#
# KDIR is the build folder of a kernel; without it, Debian's headers for the
# kernel of the tests are unpacked (never installed) and used, and those of Linux
# 6.12 after them. The modules land in $O/kmod, $O/kmod-abuse and $O/kmod-6.12.
set -eu

vm_top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/vm/lib.sh
. "$vm_top/tests/vm/lib.sh"

# kbuild has an O and a V of its own
unset MAKEFLAGS MFLAGS MAKELEVEL

# kbuild FOLDER KDIR [VARIABLE=VALUE]...: kbuild puts its output beside the source, so that is copied
kbuild() {
	out=$vm_build/$1
	kdir=$2
	shift 2
	mkdir -p "$out/tests"
	find "$out" -name '*.[ch]' -delete
	cp -p "$vm_top"/kmod/*.[ch] "$vm_top/kmod/Kbuild" "$out/"
	cp -p "$vm_top"/kmod/tests/*.c "$out/tests/" 2>/dev/null || :
	set -- -C "$kdir" M="$out" W=1 CONFIG_DEBUG_INFO_BTF_MODULES= "$@"
	[ "${V:-0}" = 1 ] || set -- --no-print-directory -s "$@"
	[ "${CI:-}" != true ] || set -- "$@" KCFLAGS=-Werror
	make "$@" modules
}

if [ $# -gt 0 ]; then
	kbuild kmod "$1"
	kbuild kmod-abuse "$1" XNM_ABUSE=1
	exit
fi
vm_headers
kbuild kmod "$vm_headers"
kbuild kmod-abuse "$vm_headers" XNM_ABUSE=1
if vm_headers 6.12; then
	kbuild kmod-6.12 "$vm_headers"
else
	rm -rf "$vm_build/kmod-6.12"
	echo "kmod.sh: NOT BUILT FOR LINUX 6.12: Debian's headers for it cannot be had here" >&2
	[ "${XNM_TESTS_MUST_RUN:-0}" != 1 ]
fi
