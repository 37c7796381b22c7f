#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# churn.sh - twenty times the same guest is created and destroyed; nothing adds up.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"

bridge_up xenbr0
created=0 connected=0 destroyed=0
while [ "$created" -lt 20 ]; do
	guest_create guest1 || break
	created=$((created + 1))
	status=$(xenstore-read "$(backend guest1)/hotplug-status")
	[ "$status" != connected ] || connected=$((connected + 1))
	xl destroy guest1 || break
	destroyed=$((destroyed + 1))
done
is "twenty times created" "$created" 20
is "twenty times connected" "$connected" 20
is "twenty times destroyed" "$destroyed" 20
nothing_left "nothing is left"
is "backend/vif is empty" "$(xenstore-list /local/domain/0/backend/vif 2>/dev/null)" ""
is "xenbr0 has no port" "$(ls /sys/class/net/xenbr0/brif)" ""
scenario_done
