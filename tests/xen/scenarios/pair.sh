#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# pair.sh - two guests on one bridge: created, connected, talking, destroyed without a trace.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"

bridge_up xenbr0
ip addr add 192.0.2.1/24 dev xenbr0

for guest in guest1 guest2; do
	check "xl create $guest.cfg" guest_create "$guest"
done
for guest in guest1 guest2; do
	nic=$(nic "$guest")
	is "$guest: hotplug-status" "$(xenstore-read "$(backend "$guest")/hotplug-status")" connected
	refuse "$guest: no hotplug-error" xenstore-read "$(backend "$guest")/hotplug-error"
	is "$guest: $nic is on xenbr0" "$(master "$nic")" xenbr0
	like "$guest: $nic is up" "$(ip link show "$nic")" '<[^>]*\<UP\>'
	check "$guest: boots and brings eth0 up" guest_up "$guest"
done
is "guest1: eth0 has the MAC of its configuration" "$(guest_run guest1 'cat /sys/class/net/eth0/address')" 00:16:3e:00:00:11
check "guest1 pings dom0" guest_pings guest1 192.0.2.1
check "guest1 pings guest2" guest_pings guest1 192.0.2.12
check "guest2 pings guest1" guest_pings guest2 192.0.2.11
check "dom0 pings guest2" ping -c 3 -i 0.2 -W 2 192.0.2.12
is "backend state is 4, Connected" "$(xenstore-read "$(backend guest1)/state")" 4
if [ "$script" = xnm-vif ]; then
	is "one state entry per card in /run/xnm/vif" "$(find /run/xnm/vif -mindepth 1 -maxdepth 1 | wc -l)" 2
fi

# the check of what is left can only mean something if it sees what is there
seen='domain: guest1.*xenstore: backend/vif/.*link: vif'
[ "$script" != xnm-vif ] || seen="$seen.*state: /run/xnm/vif/.*nft: bridge guard"
like "guests are seen while they run" "$(leftovers | tr '\n' ' ')" "$seen"

nic1=$(nic guest1)
check "xl destroy guest1" xl destroy guest1
check "$nic1 is gone" wait_for 5 gone "$nic1"
check "guest2 still pings dom0" guest_pings guest2 192.0.2.1
check "xl destroy guest2" xl destroy guest2
nothing_left "nothing is left of either guest"
scenario_done
