#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# examples-vlan.sh - the policies to copy from that need a kernel whose bridges know VLANs: examples.sh has the others.
# tier: vm
set -u
# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
# shellcheck source=tests/lib/policies.sh
. "$(dirname "$0")/../lib/policies.sh"

if [ "${XNM_IN_VM:-}" != 1 ]; then
	skip "examples with VLANs" "this one is for the machine in QEMU"
	tap_done
	exit
fi
top=$(cd "$(dirname "$0")/../.." && pwd)
is "vlan.ini starts from nothing" "$(bash "$top/tests/netns/examples.sh" "$top/policy/examples/vlan.ini" 2>&1)" ""
cd "$top" || exit 1
dir=$(mktemp -d)
printed "$dir"
for file in "$dir"/page-*.ini; do
	! needs_vlans "$file" || is "$(cat "$file.of"): starts from nothing" "$(bash tests/netns/examples.sh "$file" 2>&1)" ""
done
rm -rf "$dir"
tap_done
