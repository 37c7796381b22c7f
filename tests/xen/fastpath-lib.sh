# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fastpath-lib.sh - words for the scenarios of the fast path: guests with the module, the table that dom0 writes.
#
# Sourced after dom0.sh. The table is written here as xnm-vif writes it, so that a test can write a wrong one, too.

# fp_guest NUMBER: guest fpN with two processors, 192.0.2.1N and 2001:db8::1N
fp_guest() {
	guest_with "fp$1" "192.0.2.1$1/24,2001:db8::1$1/64" "mac=00:16:3e:00:00:1$1,bridge=xenbr0" vcpus=2
}

# fp_load NAME [PARAMETER...]: load the module in a guest
fp_load() {
	fl_guest=$1
	shift
	guest_run "$fl_guest" "grep -q debugfs /proc/mounts || mount -t debugfs debugfs /sys/kernel/debug; insmod /modules/${fp_module:-xnm_fastpath}.ko $*"
}

# fp_unload NAME
fp_unload() {
	guest_run "$1" 'rmmod xnm_fastpath'
}

# fp_inc NAME: a number of 16 digits that stays for one life of a guest
fp_inc() {
	printf '%016x' "$(($(xl domid "$1") * 65537 + 7))"
}

# fp_ips NAME: the addresses of fpN
fp_ips() {
	echo "192.0.2.1${1#fp} 2001:db8::1${1#fp}"
}

# fp_home NAME: what dom0 tells a guest is below this
fp_home() {
	echo "/local/domain/$(xl domid "$1")/xnm"
}

fp_gen() {
	fg_node=$(fp_home "$1")/gen
	xenstore-write "$fg_node" "$(($(xenstore-read "$fg_node" 2>/dev/null || echo 0) + 1))"
}

# fp_identity NAME: publish a guest's own vif
fp_identity() {
	fi_home=$(fp_home "$1")
	xenstore-write "$fi_home/v" 1 "$fi_home/inc" "$(fp_inc "$1")" \
		"$fi_home/vif/0/fastpath" "mac=00:16:3e:00:00:1${1#fp} net=lan ip=$(fp_ips "$1")"
}

# fp_entry NAME PEER: list PEER to NAME, and make the node that NAME writes and PEER reads
fp_entry() {
	fe_own=$(xl domid "$1") fe_peer=$(xl domid "$2")
	fe_home=$(fp_home "$1")
	fe_role=c
	[ "$fe_own" -gt "$fe_peer" ] || fe_role=s
	xenstore-write "$fe_home/chan/$fe_peer" ''
	xenstore-chmod "$fe_home/chan/$fe_peer" "n$fe_own" "r$fe_peer"
	xenstore-write "$fe_home/peer/$fe_peer/inc" "$(fp_inc "$2")" \
		"$fe_home/peer/$fe_peer/role" $fe_role \
		"$fe_home/peer/$fe_peer/vif/0" "mac=00:16:3e:00:00:1${2#fp} net=lan ip=$(fp_ips "$2")"
}

# fp_publish NAME PEER: list two guests to each other
fp_publish() {
	fp_identity "$1"
	fp_identity "$2"
	fp_entry "$1" "$2"
	fp_entry "$2" "$1"
	fp_gen "$1"
	fp_gen "$2"
}

# fp_withdraw NAME DOMID: list a domain to a guest no more
fp_withdraw() {
	fw_home=$(fp_home "$1")
	xenstore-rm "$fw_home/peer/$2" "$fw_home/chan/$2"
	fp_gen "$1"
}

# fp_peers NAME: the module's lines, one per peer
fp_peers() {
	guest_run "$1" 'cat /sys/kernel/debug/xnm_fastpath/peers'
}

# fp_peer NAME PEER KEY: one value of the line about PEER
fp_peer() {
	fp_peers "$1" | sed -n "/^peer=$(xl domid "$2") /s/.* $3=\([^ ]*\).*/\1/p"
}

fp_listed() {
	[ -n "$(fp_peer "$1" "$2" state)" ]
}

fp_up() {
	[ "$(fp_peer "$1" "$2" state)" = up ]
}

# fp_is NAME PEER STATE
fp_is() {
	[ "$(fp_peer "$1" "$2" state)" = "$3" ]
}

fp_failed() {
	[ "$(fp_peer "$1" "$2" failures)" -ge 1 ]
}

# fp_held_none NAME: no peer holds pages that NAME wants back
fp_held_none() {
	[ "$(guest_run "$1" 'cat /sys/kernel/debug/xnm_fastpath/held')" = 0 ]
}

# fp_packets NAME: packets that dom0 has seen of and for a guest
fp_packets() {
	fk_nic=/sys/class/net/$(nic "$1")/statistics
	echo $(($(cat "$fk_nic/rx_packets") + $(cat "$fk_nic/tx_packets")))
}

# fp_past_dom0 WHAT NAME COMMAND LIMIT: the command works in the guest, and dom0 sees at most LIMIT
# packets meanwhile (neighbour discovery goes by dom0)
fp_past_dom0() {
	fd_before=$(fp_packets "$2")
	check "$1: passes" guest_run "$2" "$3"
	fd_seen=$(($(fp_packets "$2") - fd_before))
	if [ "$fd_seen" -le "$4" ]; then
		ok "$1: not by dom0"
	else
		not_ok "$1: not by dom0" "dom0 saw $fd_seen packets" "$(fp_peers "$2")"
	fi
}
