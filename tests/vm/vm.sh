#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm.sh - tier 2: the tests in tests/netns that say "tier: vm" in their header, inside QEMU with Debian's kernel.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"
# traffic that is measured takes its time, whatever the machine
export XNM_LAB_LIMIT="${XNM_LAB_LIMIT:-1600}"
here=$(grep -l '^# tier: .*vm' tests/netns/*.sh)
# what measures comes last, when the tier beside has ended
# shellcheck disable=SC2046,SC2086 # lists of files, split on purpose
exec tests/vm/netns-in-vm.sh tests/vm/kernel.sh $(grep -L '^# alone: .' $here) $(grep -l '^# alone: .' $here)
