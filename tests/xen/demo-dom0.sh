#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# demo-dom0.sh - the part of the demo that runs in dom0: each command is shown before its output.
set -u
# shellcheck source=tests/xen/dom0.sh
. tests/xen/dom0.sh

fail() {
	printf '\nThe demo failed: %s\n' "$*"
	exit 1
}

# show COMMAND...: as typed at dom0's prompt; ends the demo if it fails
show() {
	printf '\ndom0# %s\n' "$*"
	"$@" 2>&1 || fail "$*"
}

# guest NAME COMMAND: as typed in the guest
guest() {
	printf '\n%s# %s\n' "$1" "$2"
	guest_run "$1" "$2" || fail "in $1: $2"
}

# guest_cannot NAME COMMAND: the same for one that must fail
guest_cannot() {
	printf '\n%s# %s\n' "$1" "$2"
	guest_run "$1" "$2"
	[ $? -eq 1 ] || fail "in $1, this should not work: $2"
}

show ip link add xenbr0 type bridge
show ip link set xenbr0 up
show grep ^vif xl-configs/guest1.cfg
show xl create xl-configs/guest1.cfg
show xl create xl-configs/guest2.cfg
for name in guest1 guest2; do
	guest_up $name || fail "$name does not boot"
done
show xl list
show xnm status
show ip -br link
for name in guest1 guest2; do
	[ "$(master "$(nic $name)")" = xenbr0 ] || fail "$name is not on xenbr0"
done
# the first packet waits for the other's MAC address
guest_pings guest1 192.0.2.12 >/dev/null || fail "guest1 does not reach guest2"
guest guest1 'ip -4 addr show eth0'
guest guest1 'ping -c 3 192.0.2.12'
guest guest2 'ping -c 3 192.0.2.11'

# guest1 is held to its address, and says that it is guest2
show ip addr add 192.0.2.1/24 dev xenbr0
printf '[vif guest1]\naddress=192.0.2.11\n' >/etc/xnm/xnm.ini
show cat /etc/xnm/xnm.ini
show xnm-vif reapply "$(nic guest1)"
guest guest1 'ping -c 1 192.0.2.1'
guest guest1 'ip addr add 192.0.2.12/24 dev eth0'
guest guest1 'arping -U -c 2 -I eth0 192.0.2.12'
guest_cannot guest1 'ping -c 3 -W 1 -I 192.0.2.12 192.0.2.1'
show xnm status guest1
for reason in spoofed-arp spoofed-ipv4; do
	drops guest1 | grep -q "^$reason [1-9]" || fail "xnm status tells of no $reason"
done
guest guest2 'ping -c 1 192.0.2.1'

show xl destroy guest1
show xl destroy guest2
wait_for 10 refuses left_of .
show xl list
show xnm status
show ip -br link
left=$(leftovers)
[ -z "$left" ] || fail "something is left: $left"
printf '\nBoth guests are gone, and so is all that was made for them.\n'
