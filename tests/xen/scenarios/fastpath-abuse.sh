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
# shellcheck source=tests/xen/fastpath-hold.sh
. "$(dirname "$0")/../fastpath-hold.sh"

debug=/sys/kernel/debug/xnm_fastpath
parameters=/sys/module/xnm_fastpath/parameters

# anew [PARAMETER...]: both load their module anew, so that nothing is held against fp2; they are idle
anew() {
	fp_reload fp1 >/dev/null &
	fp_module=xnm_abuse fp_reload fp2 "$@" && wait $! && fp_wait_peer fp1 fp2 5 'state=idle' >/dev/null
}

# connect [PARAMETER...]: the same, and they connect
# shellcheck disable=SC2120 # check passes them
connect() {
	anew "$@" && fp_connects fp1 fp2 && fp_wait_peer fp2 fp1 6 state=up
}

attack() {
	guest_run fp2 "echo '$victim $*' >$debug/abuse"
}

# breaks WHAT ATTACK...: the attack ends the connection for a while; frames go by dom0
breaks() {
	br_what=$1
	shift
	check "$br_what: they connect" connect
	check "$br_what: the attack" attack "$@"
	check "$br_what: is seen" fp_wait_peer fp1 fp2 4 'violations=[1-9]'
	check "$br_what: fp1 reaches fp2 all the same" guest_run fp1 'ping -c 1 -W 1 192.0.2.12 || ping -c 1 -W 2 192.0.2.12'
}

# is_refused WHAT REASON ATTACK...: the frame is dropped and counted, the connection stays
is_refused() {
	ir_what=$1 ir_reason=$2
	shift 2
	ir_before=$(fp_peer fp1 fp2 "refused-$ir_reason")
	check "$ir_what: the attack" attack "$@"
	check "$ir_what: is refused ($ir_reason)" fp_wait_peer fp1 fp2 4 "refused-$ir_reason=$((${ir_before:-0} + 1))"
}

# what dom0's rules drop, and the words of a record that would have the peer change other bytes of a frame;
# tests/netns/guards.sh has all of them
refuses_as_dom0() {
	is_refused "DHCP" service dhcp
	is_refused "an answer of a DHCP server to another port" service dhcp 40000
	is_refused "a router advertisement" service icmp6 134
	is_refused "ICMPv6's router renumbering" service icmp6 138
	is_refused "a query for listeners" service icmp6 130
	is_refused "a router of multicast" service icmp6 151
	is_refused "a redirect" service icmp 5
	is_refused "a router advertisement of IPv4" service icmp 9
	is_refused "IGMP" service proto 2
	is_refused "PIM" service proto 103
	is_refused "a packet longer than its frame" shape long
}

refuses_words() {
	is_refused "a checksum outside of the frame" offload csum 65535
	is_refused "a checksum in the place of the port of UDP" offload csum 36
	is_refused "a checksum at the begin of UDP" offload csum 34
	is_refused "a checksum in the data" offload csum 42
	is_refused "a checksum in a fragment" offload csum-frag 34
	is_refused "segments of 0 bytes" size gso 0
	is_refused "segments of 1 byte" size gso 1
	is_refused "segments of 65535 bytes" size gso 65535
	is_refused "segments of what is not TCP" offload gso-udp 50
}

bridge_up xenbr0
ip addr add 192.0.2.1/24 dev xenbr0
fp_lan yes >/dev/null
check "fp1 is created" fp_guest 1
check "fp2 is created" fp_guest_tools 2
check "fp1 boots" guest_up fp1
check "fp2 boots" guest_up fp2
victim=$(fp_id fp1)

# on a machine that is busy, this takes longer than a connection may be unused
check "they connect" connect idle_seconds=0
is_refused "another's MAC" mac spoof-mac
is_refused "for another" mac other-mac
is_refused "broadcast" mac broadcast
is_refused "another's IP" ip spoof-ip
is_refused "ARP" vlan arp
is_refused "VLAN" vlan vlan
refuses_as_dom0
refuses_words
is_refused "a vif that is not there" mac devid 9
is "fp1 is still connected" "$(fp_peer fp1 fp2 state)" up
check "and fp1 pings fp2" guest_run fp1 'ping -c 2 -W 2 192.0.2.12'

# at most 500 frames a second: refused ones do not end the connection
for kind in fuzz-vnet fuzz-bytes fuzz-both race; do
	check "$kind: they connect" connect
	guest_run fp2 "n=0; while [ \$n -lt 15 ]; do echo '$victim $kind 100' >$debug/abuse; usleep 200000; n=\$((n+1)); done"
	check "$kind: fp1 lives" guest_run fp1 'ping -c 1 -W 1 192.0.2.12 || ping -c 1 -W 2 192.0.2.12'
	# those that a random change has left acceptable
	like "$kind: frames came" "$(fp_peer fp1 fp2 rx-frames)" '^[1-9][0-9]+$'
	is "$kind: the connection stays" "$(fp_peer fp1 fp2 state)/$(fp_peer fp1 fp2 violations)" up/0
done
check "too many of them: they connect" connect
guest_run fp2 "n=0; while [ \$n -lt 40 ]; do echo '$victim fuzz-bytes 100' >$debug/abuse; n=\$((n+1)); done" >/dev/null
check "too many of them, which is more than 1,000 a second, end it" fp_wait_peer fp1 fp2 4 'violations=1'

check "a storm of events: they connect" connect
guest_run fp2 "echo '$victim storm 200000' >$debug/abuse"
check "a storm of events: fp1 lives" guest_run fp1 'ping -c 2 -W 2 192.0.2.1'
like "a storm of events: fp1 took few of them" "$(fp_peer fp1 fp2 rx-events)" '^[0-9]{1,4}$'

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
guest_run fp2 "echo 1 >$parameters/deaf"
check "room that was never used: the attack" attack cons 1048576
guest_run fp1 'ping -c 20 -i 0.01 -s 30000 -W 1 192.0.2.12' >/dev/null
check "room that was never used: is seen" fp_wait_peer fp1 fp2 4 'violations=[1-9]'
check "room that is taken back: they connect" connect
guest_run fp2 "echo 1 >$parameters/deaf"
check "room that is taken back: the attack" attack cons-back 32
guest_run fp1 'ping -c 2 -i 0.1 -W 1 192.0.2.12' >/dev/null
check "room that is taken back: is seen" fp_wait_peer fp1 fp2 4 'violations=[1-9]'

check "a peer that does not take what it is sent: they connect" connect
guest_run fp2 "echo 1 >$parameters/deaf"
guest_run fp1 'ping -c 20 -i 0.01 -s 30000 -W 1 192.0.2.12; ping -c 200 -i 0.005 -s 30000 -W 1 192.0.2.12' >/dev/null
like "a peer that does not take what it is sent: nothing waits" "$(fp_peer fp1 fp2 backlog)" '^0?$'
check "a peer that does not take what it is sent: is seen" fp_wait_peer fp1 fp2 2 'stalls=[1-9][0-9]*'
check "a peer that does not take what it is sent: fp1 lives" guest_run fp1 'ping -c 2 -W 2 192.0.2.1'

hold_all

# the control page is wrong
for ctrl in magic version features pages odd gref same-gref domid inc; do
	check "a control page with a wrong $ctrl: they know each other" anew ctrl=$ctrl
	guest_run fp1 'ping -c 1 -W 2 192.0.2.12' >/dev/null
	if [ $ctrl = same-gref ]; then
		# fp2 may show the same page often; that is its own loss
		check "a control page with one grant for all pages: fp1 lives" guest_pings fp1 192.0.2.1
		continue
	fi
	check "a control page with a wrong $ctrl is refused" fp_wait_peer fp1 fp2 8 'failures=[1-9]'
	check "after a wrong $ctrl they connect" fp_wait_peer fp1 fp2 12 state=up \
		'ping -c 60 -i 0.2 192.0.2.12 >/dev/null 2>&1 &'
done

# begun, and not gone on with: both give up after five seconds, and frames go on by dom0
check "a handshake that stops: they know each other" anew mute=1
check "a handshake that stops: fp1 reaches fp2" guest_pings fp1 192.0.2.12
check "a handshake that stops: fp1 gives up" fp_wait_peer fp1 fp2 8 'failures=[1-9]'

# the handshake node says anything; fp2 itself writes it
for text in '' nonsense '1 offer -1 -1 x y z' '1 conn 4294967295 4294967295 0 0 0 0' '1 want 0 0 0123456789abcdef 0123456789abcdef 0 7'; do
	check "a handshake node with '$(printf %.20s "$text")': they connect" connect
	check "a handshake node with '$(printf %.20s "$text")': is written" guest_run fp2 "xenstore-write xnm/chan/$victim '$text'"
	check "a handshake node with '$(printf %.20s "$text")': fp1 lives" guest_run fp1 'ping -c 1 -W 1 192.0.2.12 || ping -c 1 -W 2 192.0.2.12'
done
check "a handshake node with 1,500 bytes: is written" guest_run fp2 "xenstore-write xnm/chan/$victim \$(head -c 1500 /dev/zero | tr '\\0' A)"
check "a handshake node with 1,500 bytes: fp1 lives" guest_run fp1 'ping -c 1 -W 1 192.0.2.12 || ping -c 1 -W 2 192.0.2.12'
check "a handshake node that is gone: is removed" guest_run fp2 "xenstore-rm xnm/chan/$victim"
check "a handshake node that is gone: fp1 lives" guest_run fp1 'ping -c 1 -W 1 192.0.2.12 || ping -c 1 -W 2 192.0.2.12'
fp_lan no >/dev/null
fp_lan yes >/dev/null

# Every kind of allocation of a connection fails once, here at the client: the channel and its
# pages (1, 2), a page and a grant, the first and the last of them (3, 4, 131, 132), mapping the
# control page (133 to 135) and the others (136, 137, 200), the interrupt (201)
for n in 1 2 3 4 131 132 133 134 135 136 137 200 201; do
	check "allocation $n fails: they know each other" anew
	guest_run fp2 "echo $n >$parameters/fail_at"
	guest_run fp1 'ping -c 90 -i 0.2 192.0.2.12 >/dev/null 2>&1 &'
	check "allocation $n fails at the client" fp_wait_peer fp2 fp1 8 '(failures|shortages)=[1-9][0-9]*'
	check "allocation $n fails at the client: they connect in the end" fp_wait_peer fp1 fp2 12 state=up
done
check "what did not work holds nothing back" wait_for 5 fp_held_none fp1

# the same at the server, where the event channel and its interrupt (133, 134) come before the
# mapping; fp1 has the module that can fail
for n in 1 2 132 133 134 135 136 137 138 139 202; do
	guest_run fp1 'killall ping; rmmod xnm_fastpath' >/dev/null
	fp_module=xnm_abuse fp_load fp1
	fp_wait_peer fp1 fp2 5 'state=idle' >/dev/null
	guest_run fp1 "echo $n >$parameters/fail_at; ping -c 90 -i 0.2 192.0.2.12 >/dev/null 2>&1 &"
	check "allocation $n fails at the server" fp_wait_peer fp1 fp2 8 '(failures|shortages)=[1-9][0-9]*'
	check "allocation $n fails at the server: they connect in the end" fp_wait_peer fp1 fp2 12 state=up
done

# connect and close a hundred times, which both have to let pass; nothing adds up
guest_run fp1 'killall ping; rmmod xnm_fastpath' >/dev/null
check "a hundred times: fp1 has much patience" eval 'fp_module=xnm_abuse fp_load fp1 patient=1'
check "a hundred times: fp2 has, too" eval 'fp_module=xnm_abuse fp_reload fp2 patient=1'
check "a hundred times: they connect" fp_connects fp1 fp2
guest_run fp1 'ping -i 0.02 -c 5000 192.0.2.12 >/dev/null 2>&1 &'
guest_limit=120 guest_run fp2 "n=0; m=0; while [ \$n -lt 100 ] && [ \$m -lt 1500 ]; do echo '$victim closing' >$debug/abuse && n=\$((n+1)); usleep 50000; m=\$((m+1)); done" >/dev/null 2>&1
guest_run fp1 'killall ping'
like "a hundred times: they did" "$(fp_peer fp1 fp2 closes)" '^(9[0-9]|1[0-9][0-9])$'
check "a hundred times: they connect once more" fp_connects fp1 fp2
like "a hundred times: one connection's memory is in use" "$(fp_objects fp1)" \
	'^tables=1 routes=1 peers=1 channels=1 granted=1 mapped=1 granted-pages=65 vifs=1$'
is "a hundred times: nothing is held" "$(guest_run fp1 "cat $debug/held")" 0

# dom0 lets fp3 map nothing: one line in its log, and netfront
check "fp3, which may map no pages, is created" fp_guest 3 max_maptrack_frames=0
check "fp3 boots" guest_up fp3
check "fp3 loads the module" fp_load fp3
check "fp3 reaches fp1" guest_pings fp3 192.0.2.11
check "fp3 tries to connect" fp_wait_peer fp3 fp1 8 'shortages=[1-9]'
check "fp3 reaches fp1 all the same" guest_pings fp3 192.0.2.11
like "fp3 says why" "$(guest_run fp3 'dmesg | grep xnm_fastpath:')" 'max_maptrack_frames'
fp_nothing_lost fp3
check "xl destroy fp3" xl destroy fp3

check "a peer that never lets go: they connect" connect keep=1 patient=1
guest_run fp1 'ping -i 0.05 -c 300 192.0.2.12 >/dev/null 2>&1 &'
guest_limit=60 guest_run fp2 "end=\$((\$(date +%s)+14)); while [ \$(date +%s) -lt \$end ]; do echo '$victim closing' >$debug/abuse; usleep 50000; done" >/dev/null 2>&1
is "a peer that never lets go: has two sets of pages at most" "$(guest_run fp1 "cat $debug/held")" 2
like "a peer that never lets go: which are 520 KiB" "$(fp_objects fp1)" ' granted=2 .* granted-pages=130 '
fp_unload fp2
check "a peer that never lets go: fp1 counts it" wait_for 3 refuses fp_held_none fp1
check "xl destroy fp2" xl destroy fp2
check "when it is gone, so are its claims" wait_for 5 fp_held_none fp1
nothing_left "no zombie" '\(null\)'
check "fp1 lives" guest_pings fp1 192.0.2.1
guest_run fp1 'dmesg | grep xnm_fastpath: | tail -n 12' | sed 's/^/# fp1: /'
fp_nothing_lost fp1
rm -f $fp_policy
scenario_done
