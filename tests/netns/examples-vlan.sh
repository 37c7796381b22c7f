#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# examples-vlan.sh - the policies to copy from that need a kernel whose bridges know VLANs: examples.sh has the others.
# tier: vm
set -u
# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"

if [ "${XNM_IN_VM:-}" != 1 ]; then
	skip "examples with VLANs" "this one is for the machine in QEMU"
	tap_done
	exit
fi
top=$(cd "$(dirname "$0")/../.." && pwd)
is "vlan.ini starts from nothing" "$(bash "$top/tests/netns/examples.sh" "$top/policy/examples/vlan.ini" 2>&1)" ""
tap_done
