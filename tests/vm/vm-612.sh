#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm-612.sh - tier 2 with Linux 6.12, for what Debian's own kernel is too old: losses that are the same each time.
# alone: a second machine would slow what the first one measures
set -eu
cd "$(dirname "$0")/../.."
XNM_VM_KERNEL=6.12 XNM_LAB_LIMIT="${XNM_LAB_LIMIT:-300}" exec tests/vm/netns-in-vm.sh tests/netns/shape-seed.sh
