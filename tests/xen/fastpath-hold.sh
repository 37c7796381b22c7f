# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fastpath-hold.sh - what fp2 does to the service that fp1 gives to fp3: it takes nothing, stands still, or begins again and again.
#
# Sourced by scenarios/fastpath-abuse.sh, whose words it uses. fp1 has sockets that serve everybody:
# an echo service of UDP on port 7000, and the kernel's own, which answers pings.
# shellcheck disable=SC2154 # debug, parameters, victim: of the scenario

# So long may fp3 be without an answer, of one request every 10 ms. fp1 finds within 100 ms that a peer takes nothing, with
# five looks, each of which can be late: it has one processor, and fp2 floods it. Without them fp3 would wait for a second
# (WAIT_LOOKS of kmod/stall.c) or longer. It asks dom0 as well: where that takes longer than a
# quiet machine needs, the rest is the machine's, and allowed on top.
hold_gap_ms=500
hold_quiet_ms=100

# hold_begin SECONDS: fp3 asks both services for so long, beginning now
hold_begin() {
	guest_run fp3 "rm -f /run/gaps /run/pings /run/dom0; (traffic gaps 192.0.2.11 7000 $1 >/run/gaps 2>&1 &); (traffic pings 192.0.2.11 0 $1 >/run/pings 2>&1 &); (traffic pings 192.0.2.1 0 $1 >/run/dom0 2>&1 &)" >/dev/null
}

# hold_gap NAME FILE: the longest gap that a guest has written down there, in ms; waits for it
hold_gap() {
	guest_limit=60 guest_run "$1" "n=0; until grep -q came $2 || [ \$n -ge 100 ]; do usleep 200000; n=\$((n+1)); done; cat $2" |
		tee -a /tmp/hold-gaps | sed -n 's/.* none for \([0-9]*\) ms .*/\1/p'
}

# hold_is_short WHAT NAME FILE: it is
hold_is_short() {
	hs_gap=$(hold_gap "$2" "$3")
	hs_noise=$(hold_gap fp3 /run/dom0)
	hs_most=$hold_gap_ms
	[ "${hs_noise:-0}" -le $hold_quiet_ms ] || hs_most=$((hold_gap_ms + hs_noise - hold_quiet_ms))
	if [ -n "$hs_gap" ] && [ "$hs_gap" -le "$hs_most" ]; then
		ok "$1 ($hs_gap ms; dom0: ${hs_noise:-none})"
	else
		not_ok "$1" "${hs_gap:-none} is more than $hs_most ms" "$(tail -n 2 /tmp/hold-gaps)" "$(fp_peers fp1)"
	fi
}

# hold_goes_on WHAT: what hold_begin has begun had an answer all the time
hold_goes_on() {
	hold_is_short "$1: the service to fp3 goes on" fp3 /run/gaps
	hold_is_short "$1: pings of fp3 are answered" fp3 /run/pings
}

# at_most WHAT GOT MOST: a number, and not above that
at_most() {
	if [ -n "$2" ] && [ "$2" -le "$3" ]; then
		ok "$1 ($2)"
	else
		not_ok "$1" "${2:-nothing} is more than $3" "$(fp_peers fp1)"
	fi
}

# hold_memory: KiB that fp1 has in use, with nothing that the kernel would give back if asked
hold_memory() {
	# shellcheck disable=SC2016 # for awk in the guest
	guest_run fp1 'echo 3 >/proc/sys/vm/drop_caches; sleep 1; awk "/^MemTotal/ { t = \$2 } /^MemAvailable/ { print t - \$2 }" /proc/meminfo'
}

# hold_complaints: what fp1's kernel has said since it has the module that is not the module's word on a peer; that it had to
# wait for a processor is the machine's doing
hold_complaints() {
	guest_run fp1 'dmesg' | sed '1,/xnm_fastpath: loading/d' |
		grep -Ev 'xnm_fastpath: (peer [0-9]+: |module verification failed)|drop_caches: 3|hrtimer: interrupt took|net_ratelimit: |callbacks suppressed'
}

# hold_words: how many such words there are
hold_words() {
	guest_run fp1 'dmesg | grep -c "xnm_fastpath: peer"'
}

# hold_takes_nothing WHAT [COMMAND]: fp2 has requests answered that it does not take; meanwhile, the command runs there
hold_takes_nothing() {
	ht_what=$1
	shift
	check "$ht_what: they connect" connect
	hold_begin 10
	guest_run fp2 "sleep 1; echo 1 >$parameters/deaf; (traffic spray 192.0.2.11 7000 6 >/dev/null 2>&1 &); (ping -q -i 0.002 -c 2500 -s 1400 -W 1 192.0.2.11 >/dev/null 2>&1 &)" >/dev/null
	[ $# -eq 0 ] || guest_run fp2 "$*" >/dev/null
	hold_goes_on "$ht_what"
	check "$ht_what: is seen" fp_wait_peer fp1 fp2 2 'stalls=[1-9][0-9]*'
	like "$ht_what: nothing waits" "$(fp_peer fp1 fp2 backlog)" '^0?$'
	is "$ht_what: is no other fault" "$(fp_peer fp1 fp2 violations)" 0
	# fp2 still takes nothing: what is sent just after it has connected again is lost, for a second
	check "$ht_what: fp1 reaches fp2 all the same" guest_run fp1 'for n in 1 2 3 4 5 6; do ping -c 1 -W 1 192.0.2.12 && exit 0; done; exit 1'
}

# xl pause: fp2 does nothing wrong; what is sent to it from a socket that serves others must not stop those
hold_paused() {
	check "a paused peer: they connect" connect
	check "a paused peer: fp2 is paused" xl pause fp2
	hold_begin 12
	# the burst for fp2 comes after four seconds
	guest_run fp1 '(traffic share 192.0.2.13 7000 8 192.0.2.12 >/run/share 2>&1 &)' >/dev/null
	check "a paused peer: something was to wait" fp_wait_peer fp1 fp2 10 'tx-held=[1-9][0-9]*'
	check "a paused peer: is seen" fp_wait_peer fp1 fp2 3 stalls=1
	like "a paused peer: nothing waits" "$(fp_peer fp1 fp2 backlog)" '^0?$'
	hold_goes_on "a paused peer"
	hold_is_short "a paused peer: what the same socket asks of fp3 is answered" fp1 /run/share
	check "a paused peer: fp2 goes on" xl unpause fp2
	check "a paused peer: they connect again" fp_wait_peer fp1 fp2 40 state=up 'ping -c 180 -i 0.2 192.0.2.12 >/dev/null 2>&1 &'
	is "a paused peer: is no other fault" "$(fp_peer fp1 fp2 violations)" 0
	guest_run fp1 'killall ping' >/dev/null
}

# hold_serial: the number of fp1's latest offer to fp2
hold_serial() {
	xenstore-read "/local/domain/$victim/xnm/chan/$(fp_id fp2)" | cut -d' ' -f8
}

# fp2 writes want, nothing, offer and closed for a minute, at first as fast as it can; hold_closes closes each
# connection as soon as it is there
hold_churns() {
	check "a peer that begins and ends: they know each other" anew
	hc_memory=$(hold_memory)
	hc_serial=$(hold_serial)
	hold_begin 62
	attack churn 0
	sleep 25
	# slow enough not to be taken for a flood
	attack churn 25000
	sleep 35
	guest_run fp2 "echo '0 churn' >$debug/abuse" >/dev/null 2>&1
	# a penalty of fp1's for each of them is what makes them few
	at_most "a peer that begins and ends: gets few offers in 60 s" "$(($(hold_serial) - hc_serial))" 30
	at_most "a peer that begins and ends: few of its words are read" "$(fp_peer fp1 fp2 heard)" 400
	check "a peer that begins and ends: has a penalty for it" fp_wait_peer fp1 fp2 2 'failures=[1-9][0-9]*'
	hold_goes_on "a peer that begins and ends"
	hold_back_to "a peer that begins and ends" "$hc_memory"
}

hold_closes() {
	check "a peer that connects and closes: they connect" connect patient=1
	hc_memory=$(hold_memory)
	hold_begin 32
	guest_run fp1 'ping -i 0.02 -c 5000 192.0.2.12 >/dev/null 2>&1 &'
	guest_limit=90 guest_run fp2 "end=\$((\$(date +%s)+30)); while [ \$(date +%s) -lt \$end ]; do echo '$victim closing' >$debug/abuse; usleep 50000; done" >/dev/null 2>&1
	guest_run fp1 'killall ping' >/dev/null
	at_most "a peer that connects and closes: few times in 30 s" "$(fp_peer fp1 fp2 closes)" 20
	# ten are nothing, and a machine that is busy may get no further
	[ "$(fp_peer fp1 fp2 early)" -le 10 ] ||
		check "a peer that connects and closes: has a penalty for it" fp_wait_peer fp1 fp2 2 'failures=[1-9][0-9]*'
	hold_goes_on "a peer that connects and closes"
	hold_back_to "a peer that connects and closes" "$hc_memory"
}

# hold_back_to WHAT KIB: when fp2 has begun anew, fp1's memory is what it was before
hold_back_to() {
	check "$1: they begin anew" anew
	like "$1: no connection's memory is in use" "$(fp_objects fp1)" \
		'^tables=1 routes=2 peers=2 channels=0 granted=0 mapped=0 granted-pages=0 vifs=1$'
	is "$1: nothing is held" "$(guest_run fp1 "cat $debug/held")" 0
	at_most "$1: fp1's memory is what it was, in KiB" "$(($(hold_memory) - $2))" 2048
}

# fp1's own device is down, gone small or too slow: not fp2's fault
hold_own_device() {
	check "a device that is down: they connect" connect
	guest_run fp1 'ip link set eth0 down' >/dev/null
	hold_sends 8000
	guest_run fp1 'ip link set eth0 up; ip addr add 2001:db8::11/64 dev eth0 2>/dev/null' >/dev/null
	is "a device that is down: is no fault of the peer's" "$(fp_peer fp1 fp2 violations)/$(fp_peer fp1 fp2 state)" 0/up
	like "a device that is down: is counted" "$(fp_peer fp1 fp2 rx-down)" '^[1-9][0-9]{3}$'
	guest_run fp1 'ip link set eth0 mtu 1000' >/dev/null
	hold_sends 8000
	is "a device with a small MTU: is no fault of the peer's" "$(fp_peer fp1 fp2 violations)/$(fp_peer fp1 fp2 state)" 0/up
	guest_run fp1 'ip link set eth0 mtu 1500' >/dev/null
	check "the device is as it was: fp1 pings fp2" guest_run fp1 'ping -c 2 -W 2 192.0.2.12'
}

# hold_sends NUMBER: fp2 sends so many good frames, as far as they find room
hold_sends() {
	guest_run fp2 "n=0; while [ \$n -lt $(($1 / 100)) ]; do echo '$victim plain 100' >$debug/abuse; n=\$((n+1)); done" >/dev/null
}

# xenstore fails while fp1 reads its table; here it is fp1 that has the module of kmod/tests
hold_store_fails() {
	guest_run fp1 'killall ping; rmmod xnm_fastpath' >/dev/null
	check "xenstore fails: fp1 has a module that lets it" eval 'fp_module=xnm_abuse fp_load fp1 fail_store=6'
	check "xenstore fails: they connect in the end" fp_wait_peer fp1 fp2 12 state=up 'ping -c 40 -i 0.2 192.0.2.12 >/dev/null 2>&1 &'
	guest_run fp1 "echo 6 >$parameters/fail_store" >/dev/null
	xenstore-write "/local/domain/$victim/xnm/gen" 99999
	sleep 2
	is "xenstore fails: all of that was read" "$(guest_run fp1 "cat $parameters/fail_store")" 0
	is "xenstore fails: the peer is still there" "$(fp_peer fp1 fp2 state)/$(fp_peer fp1 fp2 closes)" up/0
	xenstore-rm "/local/domain/$victim/xnm/peer"
	xenstore-write "/local/domain/$victim/xnm/gen" 99998
	check "xenstore says that there is no peer: it is believed" fp_until fp1 4 '! grep -q peer= /sys/kernel/debug/xnm_fastpath/peers'
	fp_lan no >/dev/null
	fp_lan yes >/dev/null
	check "dom0 lists it anew" fp_wait_peer fp1 fp2 5 'state=[a-z]*'
}

# hold_all: all of the above, with fp3 to serve, and fp1's kernel has nothing to say of it
hold_all() {
	check "fp3 is created" fp_guest 3
	check "fp3 boots" guest_up fp3
	for ha_guest in fp1 fp3; do
		guest_run $ha_guest 'traffic serve 7000 >/dev/null 2>&1 &'
	done
	hold_takes_nothing "a peer that takes nothing"
	hold_takes_nothing "a peer that takes very little" \
		"(end=\$((\$(date +%s)+6)); while [ \$(date +%s) -lt \$end ]; do echo '$victim take 1' >$debug/abuse; usleep 60000; done) >/dev/null 2>&1 &"
	hold_paused
	hold_own_device
	hold_churns
	hold_closes
	is "fp1's kernel complains of nothing" "$(hold_complaints)" ""
	at_most "the module says little" "$(hold_words)" 100
	hold_store_fails
	is "fp1's kernel complains of nothing after that" "$(hold_complaints)" ""
	check "xl destroy fp3" xl destroy fp3
}
