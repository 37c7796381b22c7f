#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# attach.sh - a second network card is put into a running guest and taken out again.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"

bridge_up xenbr0
ip addr add 192.0.2.1/24 dev xenbr0
bridge_up br1
ip addr add 198.51.100.1/24 dev br1

check "xl create guest1.cfg" guest_create guest1
check "guest1 boots" guest_up guest1
first=$(nic guest1 0)
second=$(nic guest1 1)

for round in first second; do
	check "$round time: xl network-attach" \
		xl network-attach guest1 "script=$script" bridge=br1 mac=00:16:3e:00:01:11
	is "$round time: hotplug-status" "$(xenstore-read "$(backend guest1 1)/hotplug-status")" connected
	is "$round time: $second is on br1" "$(master "$second")" br1
	check "$round time: eth1 comes up in the guest" guest_run guest1 \
		'for i in 1 2 3 4 5 6 7 8 9 10; do [ -e /sys/class/net/eth1 ] && break; usleep 200000; done; ip link set eth1 up && ip addr add 198.51.100.11/24 dev eth1'
	check "$round time: guest1 pings br1 over eth1" guest_pings guest1 198.51.100.1
	if [ "$script" = xnm-vif ]; then
		check "$round time: /run/xnm/vif has $second" test -e "/run/xnm/vif/${second#vif}"
	fi

	check "$round time: xl network-detach" xl network-detach guest1 1
	check "$round time: $second is gone" wait_for 5 gone "$second"
	nothing_left "$round time: nothing of $second is left" "${second#vif}\$"
	refuse "$round time: the backend's folder is gone" xenstore-read "$(backend guest1 1)/state"
	is "$round time: br1 has no port" "$(ls /sys/class/net/br1/brif)" ""
	is "$round time: $first is still on xenbr0" "$(master "$first")" xenbr0
	check "$round time: guest1 still pings over eth0" guest_pings guest1 192.0.2.1
done

refuse "attaching to a bridge that does not exist fails" \
	xl network-attach guest1 "script=$script" bridge=nobr mac=00:16:3e:00:01:11
# libxl does not undo a failed attach: the user detaches
check "and can be detached" xl network-detach guest1 1
check "and $second is gone" wait_for 5 gone "$second"
check "and guest1 still pings over eth0" guest_pings guest1 192.0.2.1

check "xl destroy" xl destroy guest1
nothing_left "nothing is left"
scenario_done
