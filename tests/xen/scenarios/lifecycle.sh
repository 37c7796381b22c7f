#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# lifecycle.sh - the network works again after reboot and after save and restore; shutdown leaves nothing.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"

bridge_up xenbr0
ip addr add 192.0.2.1/24 dev xenbr0

# new_domid OLD: guest1 has a domain number other than OLD
new_domid() {
	nd_now=$(xl domid guest1) && [ "$nd_now" != "$1" ]
}

# connected WHEN OLD: the checks after guest1 came back as another domain than OLD
connected() {
	refuse "$1: the domain number is new" test "$(xl domid guest1)" = "$2"
	is "$1: hotplug-status" "$(xenstore-read "$(backend guest1)/hotplug-status")" connected
	is "$1: $(nic guest1) is on xenbr0" "$(master "$(nic guest1)")" xenbr0
	check "$1: guest1 pings dom0" guest_pings guest1 192.0.2.1
	check "$1: vif$2.0 is gone" wait_for 10 gone "vif$2.0"
	is "$1: xenbr0 has one port" "$(find /sys/class/net/xenbr0/brif -mindepth 1 | wc -l)" 1
	is "$1: nothing of the old domain is left" "$(leftovers | grep -E "vif$2\.|[/ ]$2(\.0)?\$")" ""
	if [ "$script" = xnm-vif ]; then
		is "$1: one state entry" "$(ls /run/xnm/vif)" "$(xl domid guest1).0"
	fi
}

check "xl create guest1.cfg" guest_create guest1
check "guest1 boots" guest_up guest1
check "guest1 pings dom0" guest_pings guest1 192.0.2.1

old=$(xl domid guest1)
: >"$consoles/guest-guest1.log"
check "xl reboot" xl reboot guest1
check "reboot: guest1 comes back" wait_for 60 new_domid "$old"
check "reboot: guest1 boots" guest_up guest1
connected reboot "$old"

old=$(xl domid guest1)
check "xl save" xl save guest1 /tmp/guest1.save
refuse "save: the domain is gone" xl domid guest1
nothing_left "save: nothing is left while guest1 sleeps"
check "xl restore" xl restore /tmp/guest1.save
rm -f /tmp/guest1.save
connected restore "$old"

check "xl shutdown" xl shutdown -w guest1
nothing_left "nothing is left"
scenario_done
