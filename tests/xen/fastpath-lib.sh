# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fastpath-lib.sh - words for the scenarios of the fast path: guests with the module, a policy that lets them talk.
#
# Sourced after dom0.sh. xnm-vif lists the guests to each other; nothing here writes what they read.

fp_policy=/etc/xnm/policy.d/fastpath.ini

# fp_network NAME BRIDGE yes|no: begin the policy anew, or add a network to it
fp_network() {
	mkdir -p "${fp_policy%/*}"
	printf '[network %s]\nbridge=%s\nfastpath=%s\n\n' "$1" "$2" "$3" >>$fp_policy
}

# fp_vif NAME NETWORK ADDRESSES [LINE...]: add a vif to it
fp_vif() {
	printf '[vif %s]\nnetwork=%s\naddress=%s\n' "$1" "$2" "$3" >>$fp_policy
	shift 3
	[ $# -eq 0 ] || printf '%s\n' "$@" >>$fp_policy
	echo >>$fp_policy
}

# fp_lan yes|no: fp1 to fp3 are on the bridge xenbr0, and may talk past dom0 or not; guests that run follow
fp_lan() {
	: 2>/dev/null >$fp_policy
	fp_network lan xenbr0 "$1"
	for fl_n in 1 2 3; do
		fp_vif fp$fl_n lan "192.0.2.1$fl_n 2001:db8::1$fl_n"
	done
	xnm-vif reapply all
}

# Asking xl for a guest's number takes an emulated processor a third of a second, and the checks below do it
# all the time: who creates a guest, or makes another domain of it, calls fp_learn.
# The node of its console is there from the start, and empty until xenconsoled has opened one.
fp_learn() {
	wait_for 10 fp_learn_now "$1"
}

fp_learn_now() {
	fn_id=$(xl domid "$1") && fn_tty=$(xenstore-read "/local/domain/$fn_id/console/tty") && [ -n "$fn_tty" ] &&
		echo "$fn_tty" >"/tmp/fp-tty.$1" && echo "$fn_id" >"/tmp/fp-id.$1"
}

# fp_id NAME: its domain
fp_id() {
	cat "/tmp/fp-id.$1"
}

guest_tty() {
	cat "/tmp/fp-tty.$1"
}

# fp_guest NUMBER [SETTING...]: guest fpN with two processors, 192.0.2.1N and 2001:db8::1N
fp_guest() {
	fg_n=$1
	shift
	guest_with "fp$fg_n" "192.0.2.1$fg_n/24,2001:db8::1$fg_n/64" "mac=00:16:3e:00:00:1$fg_n,bridge=xenbr0" \
		vcpus=2 "$@" && fp_learn "fp$fg_n"
}

# fp_guest_tools NUMBER [SETTING...]: the same with iperf3, nft, tcpdump and xenstore's programs
fp_guest_tools() {
	fg_tools=$1
	shift
	fp_guest "$fg_tools" 'ramdisk="/var/lib/xnm/guest/initrd-tools.img"' memory=192 "$@"
}

# fp_guest_612 NUMBER: the same with Linux 6.12
fp_guest_612() {
	fp_guest "$1" 'kernel="/var/lib/xnm/guest/vmlinuz-6.12"' 'ramdisk="/var/lib/xnm/guest/initrd-6.12.img"'
}

# fp_load NAME [PARAMETER...]: load the module in a guest
fp_load() {
	fl_guest=$1
	shift
	guest_run "$fl_guest" "grep -q debugfs /proc/mounts || mount -t debugfs debugfs /sys/kernel/debug; insmod /modules/${fp_module:-xnm_fastpath}.ko $*"
}

# fp_reload NAME [PARAMETER...]: what the guest sends ends, and its module begins anew
fp_reload() {
	fr_guest=$1
	shift
	guest_run "$fr_guest" "killall ping; rmmod xnm_fastpath; grep -q debugfs /proc/mounts || mount -t debugfs debugfs /sys/kernel/debug; insmod /modules/${fp_module:-xnm_fastpath}.ko $*"
}

# fp_unload NAME
fp_unload() {
	guest_run "$1" 'rmmod xnm_fastpath'
}

# fp_peers NAME: the module's lines, one per peer
fp_peers() {
	guest_run "$1" 'cat /sys/kernel/debug/xnm_fastpath/peers'
}

# fp_peer NAME PEER KEY: one value of the line about PEER
fp_peer() {
	fp_peers "$1" | sed -n "/^peer=$(fp_id "$2") /s/.* $3=\([^ ]*\).*/\1/p"
}

# fp_until NAME SECONDS CONDITION [COMMAND]: wait inside of the guest, which is faster than asking it again
# and again; the command comes first
fp_until() {
	guest_limit=$(($2 + 20)) guest_run "$1" "${4:+($4); }n=0; until $3; do [ \$n -lt $(($2 * 20)) ] || exit 1; usleep 50000; n=\$((n+1)); done"
}

# fp_wait NAME SECONDS PATTERN [COMMAND]: until a line of its peers matches
fp_wait() {
	fp_until "$1" "$2" "grep -Eq '$3' /sys/kernel/debug/xnm_fastpath/peers" "${4:-}" || {
		fp_peers "$1"
		return 1
	}
}

# fp_wait_peer NAME PEER SECONDS KEY=VALUE [COMMAND]: the same of the line about PEER; VALUE is a pattern
fp_wait_peer() {
	fp_wait "$1" "$3" "^peer=$(fp_id "$2") .*$4( |\$)" "${5:-}"
}

# fp_connects NAME PEER: they do as soon as there is traffic
fp_connects() {
	fp_wait_peer "$1" "$2" 6 state=up "ping -c 1 -W 1 $(fp_ip "$2") >/dev/null || ping -c 1 -W 2 $(fp_ip "$2")"
}

# fp_ip NAME: the first address of fpN
fp_ip() {
	echo "192.0.2.1${1#fp}"
}

# fp_held_none NAME: no peer holds pages that NAME wants back
fp_held_none() {
	[ "$(guest_run "$1" 'cat /sys/kernel/debug/xnm_fastpath/held')" = 0 ]
}

# fp_objects NAME: what the module has allocated
fp_objects() {
	guest_run "$1" 'cat /sys/kernel/debug/xnm_fastpath/objects'
}

# fp_packets NAME: packets that dom0 has seen of and for a guest
fp_packets() {
	fk_nic=/sys/class/net/vif$(fp_id "$1").0/statistics
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

# fp_traffic: all that fp1 and fp2, which are connected and serve port 7000, may send each other
fp_traffic() {
	fp_past_dom0 "large pings, in fragments" fp1 'ping -c 10 -i 0.05 -s 20000 192.0.2.12' 10
	fp_past_dom0 "ping over IPv6" fp1 'ping -6 -c 10 -i 0.05 2001:db8::12' 10
	fp_past_dom0 "large pings over IPv6" fp2 'ping -6 -c 10 -i 0.05 -s 20000 2001:db8::11' 10
	fp_past_dom0 "TCP" fp1 'traffic tcp 192.0.2.12 7000 3' 40
	fp_past_dom0 "TCP the other way" fp2 'traffic tcp 192.0.2.11 7000 3' 40
	fp_past_dom0 "TCP over IPv6" fp1 'traffic tcp 2001:db8::12 7000 3' 40
	fp_past_dom0 "TCP over IPv6 the other way" fp2 'traffic tcp 2001:db8::11 7000 3' 40
	fp_past_dom0 "UDP" fp1 'traffic udp 192.0.2.12 7000 1000 200' 10
	fp_past_dom0 "UDP over IPv6" fp1 'traffic udp 2001:db8::12 7000 1000 200' 10
	fp_past_dom0 "UDP of 60,000 bytes, in fragments" fp1 'traffic udp 192.0.2.12 7000 60000 20' 10
	fp_past_dom0 "UDP of 60,000 bytes over IPv6" fp2 'traffic udp 2001:db8::11 7000 60000 20' 10
}

# fp_by_dom0 WHAT NAME PEER: NAME reaches PEER, and dom0 sees it
fp_by_dom0() {
	fb_before=$(fp_packets "$2")
	check "$1: $2 reaches $3" guest_pings "$2" "$(fp_ip "$3")"
	[ $(($(fp_packets "$2") - fb_before)) -ge 6 ]
	is "$1: by dom0" $? 0
}

# fp_nothing_lost NAME...: at its end the module has given back all that it had, and complained of nothing
fp_nothing_lost() {
	for fo_guest in "$@"; do
		check "$fo_guest unloads the module" fp_unload "$fo_guest"
		is "$fo_guest: nothing was lost on the way" \
			"$(guest_run "$fo_guest" 'dmesg | grep "were never freed"')" ""
	done
}
