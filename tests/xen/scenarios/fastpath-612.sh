#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fastpath-612.sh - a guest with Linux 6.1 and one with 6.12 talk past dom0, whichever of them goes and comes.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"
# shellcheck source=tests/xen/fastpath-lib.sh
. "$(dirname "$0")/../fastpath-lib.sh"

[ -e /var/lib/xnm/guest/vmlinuz-6.12 ] || {
	skip "guests with Linux 6.12" "THE MODULE WAS NOT TRIED WITH LINUX 6.12, which this machine cannot get"
	tap_done
	exit
}

bridge_up xenbr0
ip addr add 192.0.2.1/24 dev xenbr0
fp_lan yes >/dev/null

# reconnect WHAT: traffic makes them connect, and then goes past dom0
reconnect() {
	check "$1: fp1 pings fp2" guest_pings fp1 192.0.2.12
	check "$1: fp1 connects" fp_wait_peer fp1 fp2 8 state=up
	check "$1: fp2 connects" fp_wait_peer fp2 fp1 8 state=up
	guest_run fp1 'dmesg | grep "xnm_fastpath: peer" | tail -n 2' | sed 's/^/# fp1: /'
	guest_run fp2 'dmesg | grep "xnm_fastpath: peer" | tail -n 2' | sed 's/^/# fp2: /'
	fp_past_dom0 "$1: ping" fp1 'ping -c 10 -i 0.05 192.0.2.12' 6
	fp_past_dom0 "$1: TCP from fp2" fp2 'traffic tcp 192.0.2.11 7000 2' 40
}

check "fp1 is created" fp_guest 1
check "fp2 is created" fp_guest_612 2
for guest in fp1 fp2; do
	check "$guest boots" guest_up $guest
	check "$guest loads the module" fp_load $guest
	guest_run $guest 'traffic serve 7000 >/dev/null 2>&1 &'
done
like "fp1 runs Linux 6.1" "$(guest_run fp1 'uname -r')" '^6\.1\.'
like "fp2 runs Linux 6.12" "$(guest_run fp2 'uname -r')" '^6\.12\.'

reconnect "first"
fp_traffic
is "no peer broke a rule" "$(fp_peer fp1 fp2 violations)/$(fp_peer fp2 fp1 violations)" 0/0
echo "# fp1: $(fp_peers fp1)"
echo "# fp2: $(fp_peers fp2)"

for guest in fp1 fp2; do
	other=fp$((3 - ${guest#fp}))
	check "$guest unloads the module" fp_unload $guest
	check "rmmod in $guest: $other lets go within 2 s" fp_wait_peer $other $guest 2 state=idle
	check "rmmod in $guest: $other holds nothing back" wait_for 5 fp_held_none $other
	check "rmmod in $guest: fp1 reaches fp2" guest_pings fp1 192.0.2.12
	check "$guest loads the module again" fp_load $guest
	reconnect "insmod in $guest"
done

guest_run fp1 "(traffic trickle 192.0.2.12 7000 25; echo rc \$?) >/steady 2>&1 &"
sleep 1
check "xl save fp2" xl save fp2 /tmp/fp2.save
check "xl restore fp2" xl restore /tmp/fp2.save
rm -f /tmp/fp2.save
fp_learn fp2
refuse "save: nothing is left of the old one" left_of '\(null\)'
check "restore: fp1 reaches fp2" guest_pings fp1 192.0.2.12
reconnect "restore"
check "restore: the connection from before ends" fp_until fp1 60 'grep -q rc /steady'
like "restore: it was not lost" "$(guest_run fp1 'cat /steady' | tr '\n' ' ')" 'rc 0 $'
is "no peer broke a rule in all this" "$(fp_peer fp1 fp2 violations)/$(fp_peer fp2 fp1 violations)" 0/0
fp_nothing_lost fp1 fp2
rm -f $fp_policy
scenario_done
