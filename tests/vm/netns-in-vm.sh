#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# netns-in-vm.sh - run tests of tests/netns inside QEMU with Debian's kernel, which has what this one may lack.
#
# usage: [XNM_VM_KERNEL=6.12] netns-in-vm.sh TEST...
#
# One TAP stream for all; each check's name starts with its test's. The tests'
# programs must be built (make test-programs).
set -eu

vm_top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/vm/lib.sh
. "$vm_top/tests/vm/lib.sh"
# shellcheck source=tests/lib/tap.sh
. "$vm_top/tests/lib/tap.sh"
name=$(basename "$0" .sh)

why=$(vm_missing)
[ -n "$why" ] || vm_kernel "${XNM_VM_KERNEL:-}" ||
	why="Debian's kernel package${XNM_VM_KERNEL:+ of Linux $XNM_VM_KERNEL} cannot be had"
# the tests fetch xenstored themselves, but the machine has no network
mkdir -p "$vm_build"
[ -n "$why" ] || flock "$vm_build/xen-tools.lock" sh "$vm_top/tests/lib/fetch-debs.sh" "$vm_build/xen-tools" \
	xen-utils-4.17 xen-utils-common xenstore-utils || why="Debian's xenstored cannot be had"
[ -n "$why" ] || sh "$vm_top/tests/lib/nft-13.sh" "$vm_top/build/nft-13" || why="Debian 13's nft cannot be had"
[ -n "$why" ] || sh "$vm_top/tests/lib/firewalls.sh" "$vm_top/build/firewalls" ||
	why="Debian's firewalld and Docker cannot be had"
# the tests that need these two say so themselves
[ -n "$why" ] || flock "$vm_top/build/udev-tools.lock" sh "$vm_top/tests/lib/fetch-debs.sh" \
	"$vm_top/build/udev-tools" udev >&2 || :
[ -n "$why" ] || sh "$vm_top/tests/lib/network-manager.sh" "$vm_top/build/network-manager" >&2 || :
if [ -n "$why" ]; then
	skip "$name" "$why"
	tap_done
	exit
fi

cd "$vm_top"
{
	rc=0
	tests/vm/run.sh -t "${XNM_LAB_LIMIT:-880}" tests/vm/each.sh 800 "$@" || rc=$?
	echo "XNM-MACHINE $rc"
} | awk -f tests/vm/merge.awk
