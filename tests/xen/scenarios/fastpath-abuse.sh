#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fastpath-abuse.sh - a guest attacks the other through the fast path; the other falls back to netfront and lives.
#
# fp1 is the victim and has the real module, fp2 the one of kmod/tests.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"
# shellcheck source=tests/xen/fastpath-lib.sh
. "$(dirname "$0")/../fastpath-lib.sh"

bridge_up xenbr0
ip addr add 192.0.2.1/24 dev xenbr0

# connect [PARAMETER...]: both load their module anew (so that nothing is held against fp2) and connect
# shellcheck disable=SC2120 # check passes them
connect() {
	guest_run fp1 'rmmod xnm_fastpath' >/dev/null
	guest_run fp2 'rmmod xnm_fastpath' >/dev/null
	fp_load fp1 && fp_module=xnm_abuse fp_load fp2 "$@" &&
		guest_run fp1 'ping -c 2 -i 0.2 192.0.2.12' >/dev/null && wait_for 4 fp_up fp1 fp2
}

attack() {
	guest_run fp2 "echo '$(xl domid fp1) $*' >/sys/kernel/debug/xnm_fastpath/abuse"
}

violations() {
	[ "$(fp_peer fp1 fp2 violations)" -ge 1 ]
}

refused() {
	[ "$(fp_peer fp1 fp2 "refused-$1")" -ge 1 ]
}

# breaks WHAT ATTACK...: the attack ends the connection for a while; frames go by dom0
breaks() {
	br_what=$1
	shift
	check "$br_what: they connect" connect
	check "$br_what: the attack" attack "$@"
	check "$br_what: is seen" wait_for 4 violations
	check "$br_what: fp1 reaches fp2 all the same" guest_run fp1 'ping -c 1 -W 1 192.0.2.12 || ping -c 1 -W 2 192.0.2.12'
}

# is_refused WHAT REASON ATTACK...: the frame is dropped and counted, the connection stays
is_refused() {
	ir_what=$1 ir_reason=$2
	shift 2
	check "$ir_what: the attack" attack "$@"
	check "$ir_what: is refused ($ir_reason)" wait_for 4 refused "$ir_reason"
}

check "fp1 is created" fp_guest 1
check "fp2 is created" fp_guest 2
check "fp1 boots" guest_up fp1
check "fp2 boots" guest_up fp2
fp_publish fp1 fp2

check "they connect" connect
is_refused "another's MAC" mac spoof-mac
is_refused "for another" mac other-mac
is_refused "broadcast" mac broadcast
is_refused "another's IP" ip spoof-ip
is_refused "ARP" vlan arp
is_refused "VLAN" vlan vlan
is_refused "DHCP" service dhcp
is_refused "a router advertisement" service ra
is_refused "segments of 0 bytes" size gso 0
is_refused "segments of 65535 bytes" size gso 65535
is_refused "a checksum outside of the frame" offload csum 65535
is_refused "a vif that is not there" mac devid 9
is "fp1 is still connected" "$(fp_peer fp1 fp2 state)" up
check "and fp1 pings fp2" guest_run fp1 'ping -c 2 -W 2 192.0.2.12'

# at most 500 frames a second: refused ones do not end the connection
for kind in fuzz-vnet fuzz-bytes fuzz-both race; do
	check "$kind: they connect" connect
	guest_run fp2 "n=0; while [ \$n -lt 20 ]; do echo '$(xl domid fp1) $kind 100' >/sys/kernel/debug/xnm_fastpath/abuse; usleep 200000; n=\$((n+1)); done"
	check "$kind: fp1 lives" guest_run fp1 'ping -c 1 -W 1 192.0.2.12 || ping -c 1 -W 2 192.0.2.12'
	# those that a random change has left acceptable
	like "$kind: frames came" "$(fp_peer fp1 fp2 rx-frames)" '^[1-9][0-9]+$'
	is "$kind: the connection stays" "$(fp_peer fp1 fp2 state)/$(fp_peer fp1 fp2 violations)" up/0
	echo "# fp1: $(fp_peers fp1)"
done

attack storm 200000
check "a storm of events: fp1 lives" guest_run fp1 'ping -c 2 -W 2 192.0.2.1'
echo "# fp1: $(fp_peers fp1)"

breaks "a position that is not aligned" prod 7
breaks "a position too far ahead" prod 1048576
breaks "a position that goes back" prod 4294967264
breaks "a record of 0 bytes" len 0
breaks "a record of 13 bytes" len 13
breaks "a record of 65,550 bytes" len 65550
breaks "a record of 4 GiB" len 4294967295
breaks "a record longer than what is there" len 60000
breaks "flags that are none" flags
check "room that was never used: they connect" connect
guest_run fp2 'echo 1 >/sys/module/xnm_fastpath/parameters/deaf'
check "room that was never used: the attack" attack cons 1048576
guest_run fp1 'ping -c 20 -i 0.01 -s 30000 -W 1 192.0.2.12' >/dev/null
check "room that was never used: is seen" wait_for 4 violations

check "a peer that takes nothing: they connect" connect
guest_run fp2 'echo 1 >/sys/module/xnm_fastpath/parameters/deaf'
guest_run fp1 'ping -c 20 -i 0.01 -s 30000 -W 1 192.0.2.12; ping -c 200 -i 0.005 -s 30000 -W 1 192.0.2.12' >/dev/null
like "a peer that takes nothing: what waits is bounded" "$(fp_peer fp1 fp2 backlog)" '^([0-9]|[0-9][0-9]|[1-4][0-9][0-9]|50[0-9]|51[0-2])$'
check "a peer that takes nothing: fp1 lives" guest_run fp1 'ping -c 2 -W 2 192.0.2.1'
echo "# fp1: $(fp_peers fp1)"

for next in magic version pages odd gref domid inc; do
	guest_run fp1 'rmmod xnm_fastpath' >/dev/null
	guest_run fp2 'rmmod xnm_fastpath' >/dev/null
	fp_load fp1
	fp_module=xnm_abuse fp_load fp2
	attack next-$next
	guest_run fp1 'ping -c 2 -i 0.2 -W 2 192.0.2.12' >/dev/null
	check "a control page with a wrong $next is refused" wait_for 8 fp_failed fp1 fp2
	sleep 2
	guest_run fp1 'ping -c 3 -i 0.5 -W 2 192.0.2.12' >/dev/null
	check "after a wrong $next they connect" wait_for 8 fp_up fp1 fp2
done

# the handshake node says anything
connect ""
for text in '' nonsense '1 offer -1 -1 x y z' '1 conn 4294967295 4294967295 0 0 0 0' "$(head -c 1500 /dev/zero | tr '\0' A)"; do
	xenstore-write "$(fp_home fp2)/chan/$(xl domid fp1)" "$text"
	check "a handshake node with '$(printf %.20s "$text")': fp1 lives" guest_run fp1 'ping -c 1 -W 1 192.0.2.12 || ping -c 1 -W 2 192.0.2.12'
done

# every kind of allocation of a connection fails once; the server notices after five seconds
for n in 1 3 131 133 160 199; do
	guest_run fp1 'rmmod xnm_fastpath' >/dev/null
	guest_run fp2 'rmmod xnm_fastpath' >/dev/null
	fp_load fp1
	fp_module=xnm_abuse fp_load fp2 fail_at=$n
	guest_run fp1 'ping -c 60 -i 0.3 192.0.2.12 >/dev/null 2>&1 &'
	check "allocation $n fails" wait_for 8 fp_failed fp2 fp1
	check "allocation $n fails: they connect in the end" wait_for 20 fp_up fp1 fp2
done
check "what did not work holds nothing back" wait_for 5 fp_held_none fp1

check "a peer that never lets go: they connect" connect keep=1
fp_unload fp2
check "a peer that never lets go: fp1 counts it" wait_for 3 refuses fp_held_none fp1
check "xl destroy fp2" xl destroy fp2
check "when it is gone, so are its claims" wait_for 5 fp_held_none fp1
nothing_left "no zombie" '\(null\)'
check "fp1 lives" guest_pings fp1 192.0.2.1
scenario_done
