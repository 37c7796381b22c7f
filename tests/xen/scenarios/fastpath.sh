#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fastpath.sh - two guests with the kernel module talk past dom0, and by dom0 again when one of them goes.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"
# shellcheck source=tests/xen/fastpath-lib.sh
. "$(dirname "$0")/../fastpath-lib.sh"

bridge_up xenbr0
ip addr add 192.0.2.1/24 dev xenbr0

check "fp1 is created" fp_guest 1
check "fp2 is created" fp_guest 2
for guest in fp1 fp2; do
	check "$guest boots" guest_up $guest
	check "$guest loads the module" fp_load $guest
done
check "fp1 reaches fp2" guest_pings fp1 192.0.2.12
is "nobody is listed, so nobody is connected" "$(fp_peers fp1)" ""

fp_publish fp1 fp2
check "fp1 knows of fp2" wait_for 5 fp_listed fp1 fp2
check "fp2 knows of fp1" wait_for 5 fp_listed fp2 fp1
is "without traffic they do not connect" "$(fp_peer fp1 fp2 state)" idle
check "fp1 pings fp2" guest_pings fp1 192.0.2.12
check "they connect" wait_for 5 fp_up fp1 fp2
check "fp2 sees it, too" wait_for 5 fp_up fp2 fp1

# what passes, and that it does not pass dom0
fp_past_dom0 "ping" fp1 'ping -c 20 -i 0.05 192.0.2.12' 10
fp_past_dom0 "large pings, in fragments" fp1 'ping -c 10 -i 0.05 -s 20000 192.0.2.12' 10
fp_past_dom0 "ping over IPv6" fp1 'ping -6 -c 10 -i 0.05 2001:db8::12' 10
fp_past_dom0 "large pings over IPv6" fp2 'ping -6 -c 10 -i 0.05 -s 20000 2001:db8::11' 10
for guest in fp1 fp2; do
	guest_run $guest 'traffic serve 7000 >/dev/null 2>&1 &'
done
fp_past_dom0 "TCP" fp1 'traffic tcp 192.0.2.12 7000 3' 40
fp_past_dom0 "TCP the other way" fp2 'traffic tcp 192.0.2.11 7000 3' 40
fp_past_dom0 "TCP over IPv6" fp1 'traffic tcp 2001:db8::12 7000 3' 40
fp_past_dom0 "UDP" fp1 'traffic udp 192.0.2.12 7000 1000 200' 10
fp_past_dom0 "UDP of 60,000 bytes, in fragments" fp1 'traffic udp 192.0.2.12 7000 60000 20' 10
fp_past_dom0 "UDP of 60,000 bytes over IPv6" fp2 'traffic udp 2001:db8::11 7000 60000 20' 10
is "no peer broke a rule" "$(fp_peer fp1 fp2 violations)/$(fp_peer fp2 fp1 violations)" 0/0
echo "# fp1: $(fp_peers fp1)"
echo "# fp2: $(fp_peers fp2)"

# one connection for all that follows: it must live through everything but the end of its guests
steady() {
	guest_run fp1 "(traffic trickle 192.0.2.12 7000 $1; echo rc \$?) >/steady 2>&1 &"
	sleep 1
}

# steady_ends WHAT MILLISECONDS: it has ended well, and never waited longer
steady_ends() {
	wait_for 60 guest_run fp1 'grep -q rc /steady'
	se_text=$(guest_run fp1 'cat /steady' | tr '\n' ' ')
	se_worst=$(echo "$se_text" | sed -n 's/.*took \([0-9]*\) ms.*/\1/p')
	if [ "${se_text%rc 0 }" != "$se_text" ] && [ "${se_worst:-99999}" -le "$2" ]; then
		ok "$1: TCP goes on, and waited $se_worst ms at most"
	else
		not_ok "$1: TCP goes on" "$se_text" "allowed: $2 ms"
	fi
}

# by_dom0 WHAT: fp1 reaches fp2, and dom0 sees it
by_dom0() {
	bd_before=$(fp_packets fp1)
	check "$1: fp1 reaches fp2" guest_pings fp1 192.0.2.12
	[ $(($(fp_packets fp1) - bd_before)) -ge 6 ]
	is "$1: by dom0" $? 0
}

steady 8
check "rmmod in fp2" fp_unload fp2
check "rmmod: fp1 lets go within 2 s" wait_for 2 fp_is fp1 fp2 idle
by_dom0 "rmmod"
steady_ends "rmmod" 2000
check "fp2 loads the module again" fp_load fp2
check "insmod: fp1 pings fp2" guest_pings fp1 192.0.2.12
check "insmod: they connect" wait_for 5 fp_up fp1 fp2
fp_past_dom0 "insmod" fp1 'ping -c 10 -i 0.05 192.0.2.12' 6

steady 15
fp_withdraw fp1 "$(xl domid fp2)"
fp_withdraw fp2 "$(xl domid fp1)"
sleep 1
is "policy off: fp1 knows of nobody" "$(fp_peers fp1)" ""
by_dom0 "policy off"
fp_publish fp1 fp2
check "policy on: fp1 pings fp2" guest_pings fp1 192.0.2.12
check "policy on: they connect" wait_for 5 fp_up fp1 fp2
steady_ends "policy off and on" 2000
fp_past_dom0 "policy on" fp1 'ping -c 10 -i 0.05 192.0.2.12' 6

old=$(xl domid fp2)
steady 25
check "xl save fp2" xl save fp2 /tmp/fp2.save
check "xl restore fp2" xl restore /tmp/fp2.save
rm -f /tmp/fp2.save
refuse "restore: fp2 is another domain" test "$(xl domid fp2)" = "$old"
refuse "save: nothing is left of the old one" left_of '\(null\)'
fp_withdraw fp1 "$old"
by_dom0 "restore"
fp_publish fp1 fp2
check "restore: fp1 pings fp2" guest_pings fp1 192.0.2.12
check "restore: they connect" wait_for 5 fp_up fp1 fp2
steady_ends "save and restore" 15000
is "restore: fp2 connected anew" "$(fp_peer fp2 fp1 connects)" 1

old=$(xl domid fp2)
guest_run fp1 'ping -i 0.01 -c 1000 192.0.2.12 >/dev/null 2>&1 &'
check "fp2 is destroyed under load" xl destroy fp2
check "destroy: no zombie after 2 s" wait_for 2 refuses left_of '\(null\)'
is "destroy: fp1 has let go" "$(fp_peers fp1 | grep -c 'state=up')" 0
is "destroy: fp1 holds nothing back" "$(guest_run fp1 'cat /sys/kernel/debug/xnm_fastpath/held')" 0
check "fp1 lives" guest_pings fp1 192.0.2.1
fp_withdraw fp1 "$old"

check "fp2 is created again" fp_guest 2
check "fp2 boots again" guest_up fp2
check "fp2 loads the module once more" fp_load fp2
fp_publish fp1 fp2
check "again: fp1 pings fp2" guest_pings fp1 192.0.2.12
check "again: they connect" wait_for 5 fp_up fp1 fp2
fp_past_dom0 "again" fp1 'ping -c 10 -i 0.05 192.0.2.12' 6

# nothing adds up; frames flow while the module comes and goes
guest_run fp1 'ping -i 0.02 -c 6000 192.0.2.12 >/dev/null 2>&1 &'
# shellcheck disable=SC2016 # for the guest's shell
like "fp2 loads and unloads the module 15 times" "$(guest_limit=150 guest_run fp2 'n=0; while [ $n -lt 15 ]; do rmmod xnm_fastpath && insmod /modules/xnm_fastpath.ko || break; sleep 0.4; n=$((n+1)); done; echo $n times')" '^15 times$'
like "and they connected again and again" "$(fp_peer fp1 fp2 connects)" '^([89]|1[0-9])$'
check "the pages of all connections but the last are back" wait_for 5 fp_held_none fp1
is "no peer broke a rule in all this" "$(fp_peer fp1 fp2 violations)" 0
guest_run fp1 'dmesg | grep xnm_fastpath: | tail -n 8' | sed 's/^/# fp1: /'
for guest in fp1 fp2; do
	check "$guest unloads the module" fp_unload $guest
done
by_dom0 "without the module"
scenario_done
