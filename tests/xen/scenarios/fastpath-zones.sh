#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fastpath-zones.sh - three guests in two networks: only those that share one talk past dom0, and no guest can change that.
#
#	fp1 eth0 == xenbr0 (lan) == eth0 fp2 eth1 == br1 (red) == eth0 fp3
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"
# shellcheck source=tests/xen/fastpath-lib.sh
. "$(dirname "$0")/../fastpath-lib.sh"

# zones yes|no: the policy; whether red may use the fast path
zones() {
	: 2>/dev/null >$fp_policy
	fp_network lan xenbr0 yes
	fp_network red br1 "$1"
	fp_vif fp1 lan "192.0.2.11 2001:db8::11"
	fp_vif "fp2 as fp2-lan" lan "192.0.2.12 2001:db8::12" match-devid=0
	fp_vif "fp2 as fp2-red" red 198.51.100.12 match-devid=1
	fp_vif fp3 red 198.51.100.13
	xnm-vif reapply all
}

# peers_are NAME PEER...: its module knows of these and of no others
peers_are() {
	pa_name=$1
	shift
	pa_want=$(for pa_peer in "$@"; do fp_id "$pa_peer"; done | sort -n | tr '\n' ' ')
	[ "$(fp_peers "$pa_name" | sed 's/^peer=\([0-9]*\).*/\1/' | sort -n | tr '\n' ' ')" = "$pa_want" ]
}

mkdir -p "${fp_policy%/*}"
bridge_up xenbr0
bridge_up br1
ip addr add 192.0.2.1/24 dev xenbr0
zones yes >/dev/null
check "the policy has no mistake" xnm check

check "fp1 is created" fp_guest_tools 1
check "fp2 is created, with two vifs" fp_guest 2 "vif=[ 'mac=00:16:3e:00:00:12,bridge=xenbr0,script=xnm-vif', 'mac=00:16:3e:00:00:22,bridge=br1,script=xnm-vif' ]"
check "fp3 is created" fp_guest_tools 3 "vif=[ 'mac=00:16:3e:00:00:23,bridge=br1,script=xnm-vif' ]"
for guest in fp1 fp2 fp3; do
	check "$guest boots" guest_up $guest
	check "$guest loads the module" fp_load $guest idle_seconds=0
done
guest_run fp2 'ip link set eth1 up; ip addr add 198.51.100.12/24 dev eth1; traffic serve 7000 >/dev/null 2>&1 &'
guest_run fp3 'ip addr flush dev eth0; ip addr add 198.51.100.13/24 dev eth0'
fp_id1=$(fp_id fp1) fp_id2=$(fp_id fp2) fp_id3=$(fp_id fp3)

check "fp1 is told of fp2 alone" wait_for 5 peers_are fp1 fp2
check "fp2 is told of fp1 and fp3" wait_for 5 peers_are fp2 fp1 fp3
check "fp3 is told of fp2 alone" wait_for 5 peers_are fp3 fp2
check "fp1 and fp2 connect" fp_connects fp1 fp2
fp_past_dom0 "lan" fp1 'ping -c 10 -i 0.05 192.0.2.12' 6
check "fp3 reaches fp2" guest_pings fp3 198.51.100.12
check "fp3 and fp2 connect" fp_wait_peer fp3 fp2 5 state=up
fp_past_dom0 "red" fp3 'ping -c 10 -i 0.05 198.51.100.12' 6
fp_past_dom0 "TCP in red" fp3 'traffic tcp 198.51.100.12 7000 2' 40
like "xnm fastpath shows two pairs" "$(xnm fastpath | grep -c ' connected$')" '^2$'
refuse "and none of fp1 with fp3" sh -c 'xnm fastpath | grep -E "^fp1 .* fp3 |^fp3 .* fp1 "'

# forged NAME WHAT COMMAND: xenstored refuses it
forged() {
	refuse "$1 cannot $2" guest_run "$1" "$3"
}
before=$(xenstore-ls -f | grep -E '^/local/domain/[0-9]+/xnm/(v|inc|gen|vif|peer)' | sort)
forged fp1 "change the version of its table" "xenstore-write xnm/v 2"
forged fp1 "change its incarnation" "xenstore-write xnm/inc 0123456789abcdef"
forged fp1 "change the counter" "xenstore-write xnm/gen 99"
forged fp1 "be another" "xenstore-write xnm/vif/0/fastpath 'mac=00:16:3e:00:00:23 net=red ip=*'"
forged fp1 "say that it is on another network" "xenstore-write xnm/vif/1/fastpath 'mac=00:16:3e:00:00:11 net=red ip=*'"
forged fp1 "list fp3 to itself" "xenstore-write xnm/peer/$fp_id3/role s"
forged fp1 "change what fp2 may send" "xenstore-write xnm/peer/$fp_id2/vif/0 'mac=00:16:3e:00:00:12 net=lan ip=*'"
forged fp1 "make itself a node for fp3" "xenstore-write xnm/chan/$fp_id3 x"
forged fp1 "make a node of another name" "xenstore-write xnm/other x"
forged fp1 "remove a peer" "xenstore-rm xnm/peer/$fp_id2"
forged fp1 "remove its table" "xenstore-rm xnm"
forged fp1 "give its table away" "xenstore-chmod xnm/peer b"
forged fp1 "write into fp2's table" "xenstore-write /local/domain/$fp_id2/xnm/peer/$fp_id1/role c"
forged fp1 "list itself to fp3" "xenstore-write /local/domain/$fp_id3/xnm/peer/$fp_id1/role c"
forged fp1 "write what fp2 says to it" "xenstore-write /local/domain/$fp_id2/xnm/chan/$fp_id1 x"
forged fp1 "write what fp2 says to fp3" "xenstore-write /local/domain/$fp_id2/xnm/chan/$fp_id3 x"
forged fp1 "read what fp2 says to fp3" "xenstore-read /local/domain/$fp_id2/xnm/chan/$fp_id3"
forged fp1 "read who fp2 is" "xenstore-read /local/domain/$fp_id2/xnm/vif/0/fastpath"
forged fp3 "read what fp2 says to fp1" "xenstore-read /local/domain/$fp_id2/xnm/chan/$fp_id1"
check "but fp1 may read what fp2 says to it" guest_run fp1 "xenstore-read /local/domain/$fp_id2/xnm/chan/$fp_id1"
is "the tables are as before" "$(xenstore-ls -f | grep -E '^/local/domain/[0-9]+/xnm/(v|inc|gen|vif|peer)' | sort)" "$before"
is "and so are the connections" "$(fp_peer fp2 fp1 state)/$(fp_peer fp2 fp3 state)" up/up

# the networks part while frames flow
guest_run fp1 '(traffic tcp 192.0.2.12 7000 12; echo rc $?) >/stream 2>&1 &'
guest_run fp3 '(traffic tcp 198.51.100.12 7000 12; echo rc $?) >/stream 2>&1 &'
sleep 1
zones no >/dev/null
check "red has no fast path any more: fp3 knows of nobody" wait_for 3 peers_are fp3
check "fp2 knows of fp1 alone" wait_for 3 peers_are fp2 fp1
is "fp1 and fp2 did not notice" "$(fp_peer fp1 fp2 state)/$(fp_peer fp1 fp2 closes)" up/0
for guest in fp1 fp3; do
	fp_until $guest 60 'grep -q rc /stream'
	like "no byte of $guest's stream is lost" "$(guest_run $guest 'cat /stream' | tr '\n' ' ')" 'as they were sent rc 0 $'
done
zones yes >/dev/null
check "red has it again" wait_for 3 peers_are fp3 fp2
check "fp3 reaches fp2 once more" guest_pings fp3 198.51.100.12
check "fp3 and fp2 connect once more" fp_wait_peer fp3 fp2 5 state=up

# a vif goes and comes back
check "xl network-detach takes fp2 out of red" xl network-detach fp2 1
check "fp3 knows of nobody again" wait_for 5 peers_are fp3
check "fp2 has only fp1" wait_for 5 peers_are fp2 fp1
is "and is still connected with it" "$(fp_peer fp1 fp2 state)" up
check "xl network-attach puts it back" xl network-attach fp2 mac=00:16:3e:00:00:22 bridge=br1 script=xnm-vif
fp_until fp2 5 '[ -e /sys/class/net/eth1 ]'
guest_run fp2 'ip link set eth1 up; ip addr add 198.51.100.12/24 dev eth1'
check "fp3 knows of fp2 again" wait_for 5 peers_are fp3 fp2
check "fp3 reaches fp2 by the new vif" guest_pings fp3 198.51.100.12
check "and they connect" fp_wait_peer fp3 fp2 8 state=up
fp_past_dom0 "the new vif" fp3 'ping -c 10 -i 0.05 198.51.100.12' 6
# with room for one only, who comes last gets it, if the other is not in use
guest_run fp2 'echo 1 >/sys/module/xnm_fastpath/parameters/max_peers'
check "room for one: fp3 comes anew" fp_unload fp3
check "room for one: with its module" fp_load fp3 idle_seconds=0
check "room for one: fp1 has it" fp_connects fp1 fp2
sleep 3
guest_run fp3 'ping -c 10 -i 0.3 198.51.100.12 >/dev/null &'
check "room for one: now fp3 has it" fp_wait_peer fp2 fp3 8 state=up
check "room for one: and fp1 has not" fp_wait_peer fp2 fp1 3 state=idle
is "no peer broke a rule in all this" "$(fp_peers fp2 | grep -vc 'violations=0')" 0
fp_nothing_lost fp1 fp2 fp3
rm -f $fp_policy
scenario_done
