#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# handover.sh - what a vif leaves to others is its own, also when the first of them fails to take it.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
bridge_new br0
printf '[vif *]\nlocking-mode=locked\n' >"$XNM_CONFIG"

# one guest, each time under another domid
restored() {
	local domid=$1

	shift
	guest_new "$domid" 0 name=web uuid=11111111-2222-3333-4444-555555555555 mac=00:16:3e:11:22:33 "$@"
	try hotplug online "$domid" 0
	is "online $domid" "$rc:$out" "0:"
}

# which vif has which address
claims() {
	find "$XNM_RUN_DIR/address" "$XNM_RUN_DIR/prefix" -type l -printf '%f %l\n' | sort
}

# family ADDRESS NOTE: the third domain waits for the name of the second, which goes
family() {
	restored 1 "ip=$1"
	restored 2 "ip=$1" vifname=web0
	restored 3 "ip=$1" vifname=web0
	is "$1: the third has the address, and waits for the name" \
		"$(claims):$(readlink "$XNM_RUN_DIR/vifname/web0")" "$2 3.0:3.0"
	# more operations than the first one needs, which gets its addresses back behind it
	XNM_FAIL_AT=6 HOTPLUG=$O/xnm-vif-faults try hotplug offline 2 0
	like "$1: the name cannot be handed over" "$out" 'vif3\.0 does not get its name, although web0 is free now'
	is "$1: the third is down, without the address" "$(down_and_alone 3 0)" ""
	is "$1: it is the first one's again" "$(claims)" "$2 1.0"
	is "$1: which has no predecessor" "$(grep -c ^predecessor "$XNM_RUN_DIR/vif/1.0")" 0
	for d in 1 2 3; do
		hotplug offline $d 0
		guest_rm $d 0
	done
	is "$1: nothing is left" "$(claims)" ""
}

family 10.0.0.5 br0,10.0.0.5,32
family 2001:db8::5 br0,2001:db8::5,128
family 10.0.8.0/24 br0,10.0.8.0,24
tap_done
