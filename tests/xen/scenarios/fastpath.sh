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
fp_lan no >/dev/null

check "fp1 is created" fp_guest_tools 1
check "fp2 is created" fp_guest_tools 2
for guest in fp1 fp2; do
	check "$guest boots" guest_up $guest
	check "$guest loads the module" fp_load $guest
	guest_run $guest 'traffic serve 7000 >/dev/null 2>&1 &'
done
"$XNM_TOP/${O:-build}/tests/traffic" serve 7000 >/dev/null 2>&1 &
server=$!
check "fp1 reaches fp2" guest_pings fp1 192.0.2.12
is "nobody is listed, so nobody is connected" "$(fp_peers fp1)" ""
like "xnm status says why" "$(xnm status --json fp1 | jq -r '.vifs[0].fastpath.reason')" 'does not have fastpath=yes'

# each guest has a stateful firewall, which must see its connections as it always does
for guest in fp1 fp2; do
	check "$guest has a stateful firewall" guest_run $guest 'nft "add table inet fw; add chain inet fw in { type filter hook input priority 0; policy drop; }; add rule inet fw in iif lo accept; add rule inet fw in ct state established,related accept; add rule inet fw in ct state invalid counter drop; add rule inet fw in icmp type echo-request accept; add rule inet fw in icmpv6 type { echo-request, nd-neighbor-solicit, nd-neighbor-advert } accept; add rule inet fw in tcp dport { 5201, 7000, 7001 } ct state new accept; add rule inet fw in udp dport { 5201, 7000 } ct state new accept; add rule inet fw in counter"'
done

fp_lan yes >/dev/null
check "fp1 knows of fp2" fp_wait_peer fp1 fp2 5 state=idle
check "fp2 knows of fp1" fp_wait_peer fp2 fp1 5 state=idle
is "without traffic they do not connect" "$(fp_peer fp1 fp2 state)" idle
check "fp1 and fp2 connect" fp_connects fp1 fp2
check "fp2 sees it, too" fp_wait_peer fp2 fp1 5 state=up
like "xnm fastpath shows the pair" "$(xnm fastpath)" '^fp1 +[0-9]+ +fp2 .* connected$'

# what passes, and that it does not pass dom0
for guest in fp1 fp2; do
	guest_run $guest 'tcpdump -Z root --immediate-mode -l -n -i eth0 -c 500 icmp >/dump 2>&1 &'
done
for guest in fp1 fp2; do
	check "tcpdump in $guest listens" fp_until $guest 10 'grep -q ^listening /dump'
done
fp_past_dom0 "ping" fp1 'ping -c 20 -i 0.05 192.0.2.12' 10
for guest in fp1 fp2; do
	# packets are on their way to it for a while, and lost if it ends before
	# shellcheck disable=SC2016 # for the guest's shell
	fp_until $guest 10 '[ $(grep -c "ICMP echo reply" /dump) -ge 20 ]'
	guest_run $guest 'killall -INT tcpdump' >/dev/null
	like "tcpdump in $guest has seen both directions" \
		"$(guest_run $guest 'grep -c "192.0.2.11 > 192.0.2.12: ICMP echo request" /dump; grep -c "192.0.2.12 > 192.0.2.11: ICMP echo reply" /dump' | tr '\n' ' ')" \
		'^(20|21|22) (20|21|22) $'
done
fp_traffic
# what a tunnel carries has a checksum and segments of its own, for which the ring has no words
for n in 1 2; do
	check "fp$n has a tunnel" guest_run fp$n "nft 'insert rule inet fw in meta l4proto 4 accept'; ip tunnel add tun1 mode ipip local 192.0.2.1$n remote 192.0.2.1$((3 - n)) && ip addr add 198.51.100.$n/24 dev tun1 && ip link set tun1 up"
done
fp_past_dom0 "ping in a tunnel" fp1 'ping -c 10 -i 0.05 198.51.100.2' 10
fp_past_dom0 "TCP in a tunnel" fp1 'traffic tcp 198.51.100.2 7000 3' 40
fp_past_dom0 "UDP in a tunnel" fp2 'traffic udp 198.51.100.1 7000 1000 200' 10
guest_run fp2 'iperf3 -s >/dev/null 2>&1 &'
fp_past_dom0 "iperf3" fp1 'sleep 1; iperf3 -c 192.0.2.12 -t 3' 60
fp_past_dom0 "iperf3 with 4 streams the other way" fp1 'iperf3 -c 192.0.2.12 -t 3 -P 4 -R' 60
fp_past_dom0 "iperf3 with UDP" fp1 'iperf3 -c 192.0.2.12 -t 3 -u -b 20M' 60
for guest in fp1 fp2; do
	is "the firewall in $guest found nothing invalid, and dropped nothing" \
		"$(guest_run $guest 'nft list chain inet fw in | grep -o "counter packets [0-9]*"' | tr '\n' ' ')" \
		'counter packets 0 counter packets 0 '
done
is "no peer broke a rule" "$(fp_peer fp1 fp2 violations)/$(fp_peer fp2 fp1 violations)" 0/0
echo "# fp1: $(fp_peers fp1)"
echo "# fp2: $(fp_peers fp2)"

# a change of the MTU while they talk
guest_run fp1 'ip link set eth0 mtu 1000'
fp_past_dom0 "a smaller MTU at one end" fp1 'traffic tcp 192.0.2.12 7000 2' 40
guest_run fp1 'ip link set eth0 mtu 1500'
fp_past_dom0 "the MTU as before" fp2 'traffic tcp 192.0.2.11 7000 2' 40

# Two connections for all that follows: a stream, of which every byte is checked, and one that says how
# long it had to wait. They must live through everything but the end of their guests.
steady() {
	guest_run fp1 "(traffic trickle 192.0.2.12 7000 $1; echo rc \$?) >/steady 2>&1 & (traffic tcp 192.0.2.12 7000 $1; echo rc \$?) >/stream 2>&1 &"
	sleep 1
}

# steady_ends WHAT MILLISECONDS: both have ended well, and never waited longer
steady_ends() {
	fp_until fp1 80 'grep -q rc /steady && grep -q rc /stream'
	se_text=$(guest_run fp1 'cat /steady' | tr '\n' ' ')
	se_worst=$(echo "$se_text" | sed -n 's/.*took \([0-9]*\) ms.*/\1/p')
	if [ "${se_text%rc 0 }" != "$se_text" ] && [ "${se_worst:-99999}" -le "$2" ]; then
		ok "$1: TCP goes on, and waited $se_worst ms at most"
	else
		not_ok "$1: TCP goes on" "$se_text" "allowed: $2 ms"
	fi
	like "$1: no byte of a stream is lost" "$(guest_run fp1 'cat /stream' | tr '\n' ' ')" 'as they were sent rc 0 $'
}

steady 6
check "rmmod in fp2" fp_unload fp2
check "rmmod: fp1 lets go within 2 s" fp_wait_peer fp1 fp2 2 state=idle
fp_by_dom0 "rmmod" fp1 fp2
like "rmmod: xnm fastpath says so" "$(xnm fastpath)" 'no module in fp2'
steady_ends "rmmod" 3000
check "fp2 loads the module again" fp_load fp2
check "insmod: they connect" fp_connects fp1 fp2
fp_past_dom0 "insmod" fp1 'ping -c 10 -i 0.05 192.0.2.12' 6

# unused for a while, it is closed, and traffic opens it again
guest_run fp1 'echo 2 >/sys/module/xnm_fastpath/parameters/idle_seconds'
check "unused: it is closed" fp_wait_peer fp1 fp2 8 state=idle
check "unused: fp2 has closed it, too" fp_wait_peer fp2 fp1 3 state=idle
guest_run fp1 'echo 60 >/sys/module/xnm_fastpath/parameters/idle_seconds'
check "used again: they connect" fp_connects fp1 fp2

steady 10
fp_lan no >/dev/null
sleep 1
is "policy off: fp1 knows of nobody" "$(fp_peers fp1)" ""
fp_by_dom0 "policy off" fp1 fp2
fp_lan yes >/dev/null
check "policy on: they connect" fp_connects fp1 fp2
steady_ends "policy off and on" 3000
fp_past_dom0 "policy on" fp1 'ping -c 10 -i 0.05 192.0.2.12' 6

old=$(fp_id fp2)
steady 25
check "xl save fp2" xl save fp2 /tmp/fp2.save
check "save: fp1 lets go within 2 s" fp_until fp1 2 "! grep -q 'peer=$old .*state=up' /sys/kernel/debug/xnm_fastpath/peers"
check "xl restore fp2" xl restore /tmp/fp2.save
rm -f /tmp/fp2.save
fp_learn fp2
refuse "restore: fp2 is another domain" test "$(fp_id fp2)" = "$old"
refuse "save: nothing is left of the old one" left_of '\(null\)'
check "restore: they connect" fp_connects fp1 fp2
steady_ends "save and restore" 20000
is "restore: fp2 connected anew" "$(fp_peer fp2 fp1 connects)" 1
is "restore: fp1 knows of no other" "$(fp_peers fp1 | grep -c '^peer=')" 1

# a connection of fp1 with dom0 must not notice what happens to fp2
guest_run fp1 '(traffic trickle 192.0.2.1 7000 20; echo rc $?) >/steady 2>&1 &'
guest_run fp1 'ping -i 0.01 -c 1000 192.0.2.12 >/dev/null 2>&1 & traffic tcp 192.0.2.12 7000 10 >/dev/null 2>&1 &'
sleep 1
check "fp2 is destroyed under load" xl destroy fp2
check "destroy: no zombie after 2 s" wait_for 2 refuses left_of '\(null\)'
is "destroy: fp1 knows of nobody" "$(fp_peers fp1)" ""
check "destroy: fp1 holds nothing back" fp_held_none fp1
check "fp1 lives" guest_pings fp1 192.0.2.1

check "fp2 is created again" fp_guest_tools 2
check "fp2 boots again" guest_up fp2
check "fp2 loads the module once more" fp_load fp2
check "again: they connect" fp_connects fp1 fp2
# fp1's own vif has the trickle to dom0
fp_past_dom0 "again" fp2 'ping -c 10 -i 0.05 192.0.2.11' 6
fp_until fp1 40 'grep -q rc /steady'
like "fp1's connection with dom0 has lived through it" "$(guest_run fp1 'cat /steady' | tr '\n' ' ')" 'rc 0 $'

old=$(fp_id fp2)
guest_run fp1 'ping -i 0.01 -c 1500 192.0.2.12 >/dev/null 2>&1 &'
: 2>/dev/null >"$consoles/guest-fp2.log"
check "xl reboot fp2, under load" xl reboot fp2
is_another() {
	fp_learn_now fp2 && [ "$(fp_id fp2)" != "$old" ]
}
check "reboot: fp2 is another domain" wait_for 40 is_another
check "reboot: fp2 boots" guest_up fp2
refuse "reboot: no zombie" left_of '\(null\)'
fp_by_dom0 "reboot, without the module" fp1 fp2
check "reboot: fp2 loads the module" fp_load fp2
check "reboot: they connect" fp_connects fp1 fp2
fp_past_dom0 "reboot" fp1 'ping -c 10 -i 0.05 192.0.2.12' 6

# nothing adds up; frames flow while the module comes and goes
guest_run fp1 'ping -i 0.02 -c 6000 192.0.2.12 >/dev/null 2>&1 &'
# shellcheck disable=SC2016 # for the guest's shell
like "fp2 loads and unloads the module 15 times" "$(guest_limit=150 guest_run fp2 'n=0; while [ $n -lt 15 ]; do rmmod xnm_fastpath && insmod /modules/xnm_fastpath.ko || break; sleep 0.4; n=$((n+1)); done; echo $n times')" '^15 times$'
like "and they connected again and again" "$(fp_peer fp1 fp2 connects)" '^([89]|1[0-9])$'
check "the pages of all connections but the last are back" wait_for 5 fp_held_none fp1
is "no peer broke a rule in all this" "$(fp_peer fp1 fp2 violations)" 0
guest_run fp1 'dmesg | grep xnm_fastpath: | tail -n 8' | sed 's/^/# fp1: /'
fp_nothing_lost fp1 fp2
fp_by_dom0 "without the module" fp1 fp2
kill $server
rm -f $fp_policy
scenario_done
