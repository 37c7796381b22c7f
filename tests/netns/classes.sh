#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# classes.sh - guarantees, ceilings and priorities of classes that share an uplink: the qdiscs for them, who is in which, and that they go.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/classes.sh
. "$netns_top/tests/lib/classes.sh"
guests_stay=yes

lan_or_skip
store_start || exit 1
lan_new
bridge_new br0

# -- nothing without a rate, and nothing without a guest that has a class
twelve 20Mbit
sed -i '/^rate=/d' "$XNM_CONFIG"
guest 1
assert_online "no rate" 1 0 nat0
is "no rate: no qdisc" "$(roots eth0)" ""
leaves 1
twelve 20Mbit
guest 9
assert_online "no class" 9 0 nat0
is "no class: no qdisc" "$(roots eth0)" ""
leaves 9
assert_clean "no class: nothing is left"

# -- the first guest of a class makes all of them
guest 1
assert_online "gold" 1 0 nat0
is "gold: the uplink has our qdisc" "$(roots eth0)" "htb 786e:"
gold=$(id "$(mac 1)")
like "gold: has a class" "$gold" '^786e:[0-9a-f]+0$'
guest 2
assert_online "bronze" 2 0 nat0
bronze=$(id "$(mac 2)")
like "bronze: has another" "$bronze" '^786e:[0-9a-f]+0$'
refuse "bronze: it is not that of gold" test "$bronze" = "$gold"
wanted=$(printf '%s\n' "786e:1 - - 20Mbit 20Mbit" "786e:10 786e:1 7 4Mbit 20Mbit" "$gold 786e:1 0 12Mbit 20Mbit" \
	"$bronze 786e:1 1 4Mbit 20Mbit" | sort)
same "bronze: guarantee, ceiling and priority of each" "$(classes eth0)" "$wanted"
is "bronze: the queues" "$(queues eth0)" "$(if [ -n "$has_fq_codel" ]; then echo fq_codel; else echo pfifo; fi)"
before=$(snapshot)
tree=$(classes eth0)
try hotplug online 1 0
assert_unchanged "a second online changes nothing" "$before"
try "$XNM_VIF" plan vif1.0
like "and plans nothing" "$out" 'nothing to do$'

# -- who is in which
is "packets of gold are in its class, behind NAT" "$(at inside g1.0 ping -q -c 10 -i 0.01 -s 1000 $inet4)" "1 0 0"
is "those of bronze in its own" "$(at inside g2.0 ping -q -c 10 -i 0.01 -s 1000 $inet4)" "0 1 0"
is "those of this host in that of the rest" "$(at ping -q -c 10 -i 0.01 -s 1000 $inet4)" "0 0 1"
guest 9
is "as those of a guest without a class" "$(at inside g9.0 ping -q -c 10 -i 0.01 -s 1000 $inet4)" "0 0 1"
leaves 9

# -- another policy, in place
sent_before=$(sent "$gold")
policy '[uplink wan]' interface=eth0 rate=30Mbit '[class silver]' guarantee=1Mbit '[class gold]' guarantee=6Mbit rate=10Mbit \
	priority=2 '[class bronze]' guarantee=4Mbit priority=1 qdisc=pfifo '[class default]' guarantee=2Mbit priority=3
try "$XNM_VIF" reapply vif1.0
is "another policy: reapply" "$rc:$out" "0:"
silver=$(classes eth0 | sed -n 's/ 786e:1 7 1Mbit 30Mbit$//p')
like "another policy: a class more" "$silver" '^786e:'
wanted=$(printf '%s\n' "786e:1 - - 30Mbit 30Mbit" "786e:10 786e:1 3 2Mbit 30Mbit" "$gold 786e:1 2 6Mbit 10Mbit" \
	"$bronze 786e:1 1 4Mbit 30Mbit" "$silver 786e:1 7 1Mbit 30Mbit" | sort)
same "another policy: all classes" "$(classes eth0)" "$wanted"
check "another policy: gold's counters go on" test "$(sent "$gold")" -ge "$sent_before"
is "another policy: the guest is still in its class" "$(at inside g1.0 ping -q -c 10 -i 0.01 -s 1000 $inet4)" "1 0 0"
twelve 20Mbit
try "$XNM_VIF" reapply vif1.0
same "and back" "$(classes eth0)" "$tree"

# -- a guest changes its class
sed -i 's/^class=gold/class=bronze/' "$XNM_CONFIG"
try "$XNM_VIF" reapply vif1.0
is "a guest in another class" "$(id "$(mac 1)")" "$bronze"
sed -i '/^\[vif guest1/,/^class=/s/^class=.*/#/' "$XNM_CONFIG"
try "$XNM_VIF" reapply vif1.0
is "a guest in no class any more" "$rc:$(id "$(mac 1)")" "0:"
is "the other one keeps the classes" "$(roots eth0)" "htb 786e:"
twelve 20Mbit
try "$XNM_VIF" reapply vif1.0

# -- together with what shapes the guest itself
sed -i '/^\[vif guest1/,/^class=/s/^class=.*/&\nrate=15Mbit/' "$XNM_CONFIG"
try "$XNM_VIF" reapply vif1.0
check "with a rate of its own: through an ifb" link_exists ifb1.0
is "with a rate of its own: still in its class" "$(at inside g1.0 ping -q -c 10 -i 0.01 -s 1000 $inet4)" "1 0 0"
twelve 20Mbit
try "$XNM_VIF" reapply vif1.0
refuse "without it: no ifb" link_exists ifb1.0
is "without it: still in its class" "$(at inside g1.0 ping -q -c 10 -i 0.01 -s 1000 $inet4)" "1 0 0"

# -- the last one takes them along
leaves 1
is "one goes: the other keeps the classes" "$(roots eth0)" "htb 786e:"
leaves 2
is "the last one goes: the kernel's own qdisc is back" "$(roots eth0)" ""
assert_clean "the last one goes: nothing is left"

# -- what somebody else made
tc qdisc add dev eth0 root handle 77: tbf rate 1gbit burst 100k latency 50ms
guest_new 1 0 ip=192.168.10.11
try hotplug online 1 0
assert_refused "somebody's qdisc" 1 0 eth0 'tbf 77:' 'rate=' 'tc qdisc del dev eth0 root'
is "somebody's qdisc: stays" "$(roots eth0)" "tbf 77:"
tc qdisc del dev eth0 root
try hotplug online 1 0
assert_online "somebody's qdisc: gone" 1 0 nat0
tc qdisc replace dev eth0 root handle 78: pfifo limit 100
leaves 1
is "one in the place of ours: stays" "$(roots eth0)" "pfifo 78:"
tc qdisc del dev eth0 root
assert_clean "somebody's qdisc: nothing is left"

# -- a device that goes, and comes back as another one; one that is not there at all
guest_new 1 0 ip=192.168.10.11
try hotplug online 1 0
ip link del eth0
lan_link eth0 10.99.0 2001:db8:99
ip route add default via $lan4
try "$XNM_VIF" reapply vif1.0
same "the uplink came anew: it has the classes again" "$rc:$out $(classes eth0)" "0: $tree"
tc class del dev eth0 classid "$bronze"
try "$XNM_VIF" reapply vif1.0
same "somebody deleted a class: it is there again" "$(classes eth0)" "$tree"
leaves 1
is "it goes: so do they" "$(roots eth0)" ""
twelve 20Mbit
sed -i 's/^uplink=wan/uplink=wan away/' "$XNM_CONFIG"
printf '[uplink away]\ninterface=eth8\nrate=50Mbit\n' >>"$XNM_CONFIG"
guest_new 1 0 ip=192.168.10.11
try hotplug online 1 0
like "a second uplink that is not there: only a word" "$rc:$out" '^0:.*eth8'
ip link add eth8 type veth peer name eth8 netns lan
try "$XNM_VIF" reapply vif1.0
is "it comes: with its classes" "$(roots eth0) $(roots eth8)" "htb 786e: htb 786e:"
sed -i 's/^uplink=wan away/uplink=wan/' "$XNM_CONFIG"
try "$XNM_VIF" reapply vif1.0
is "the network uses it no more: none there" "$(roots eth0) $(roots eth8)" "htb 786e: "
leaves 1
ip link del eth8
assert_forwards "uplinks came and went: nothing is left"
twelve 20Mbit

# -- a bridge without a network
printf '%s\n' '[uplink lan]' interface=eth1 rate=20Mbit '[class gold]' guarantee=12Mbit '[vif guest1/0]' \
	class=gold locking-mode=unlocked >"$XNM_CONFIG"
ip addr flush dev eth1
ip link set eth1 master br0
guest_new 1 0
try hotplug online 1 0
assert_online "a bridged guest" 1 0 br0
is "a bridged guest: the card has the classes" "$(roots eth1)" "htb 786e:"
guest_up 1 0 10.98.0.11/24
before=$(sent "$gold" eth1)
inside g1.0 ping -q -c 10 -i 0.01 -s 1000 10.98.0.254 >/dev/null
check "a bridged guest: is in its class on the card" test $(($(sent "$gold" eth1) - before)) -ge 10000
leaves 1
assert_forwards "a bridged guest: nothing is left"

# -- killed, and nobody runs an offline: the next event of any vif finds it
twelve 20Mbit
guest_new 1 0
hotplug online 1 0
netdev_rm 1 0
keys_rm 1 0
printf '[network br0]\n' >"$XNM_CONFIG"
guest_new 2 0
hotplug online 2 0
is "no offline: the next guest's event deletes the classes" "$(roots eth0)" ""
leaves 2
assert_forwards "no offline: nothing is left"

# -- killed before each operation: the next call ends as if nothing had happened
twelve 20Mbit
guest_new 1 0 ip=192.168.10.11
hotplug online 1 0
hotplug offline 1 0
HOTPLUG=$O/xnm-vif-faults
wrong=
n=0
for ((i = 1; i <= 40; i++)); do
	hotplug_env=("XNM_KILL_AT=$i")
	hotplug online 1 0 >/dev/null 2>&1
	[ $? -ne 137 ] || n=$i
	hotplug_env=()
	# on with it, or away with it
	if ((i % 2)); then
		try hotplug online 1 0
		[ "$rc:$(classes eth0)" = "0:$tree" ] || wrong+="$i: then $rc $out $(classes eth0)"$'\n'
	fi
	hotplug offline 1 0
	[ -z "$(roots eth0)$(ls "$XNM_RUN_DIR/classes")" ] || wrong+="$i: $(roots eth0) $(ls "$XNM_RUN_DIR/classes")"$'\n'
	((n == i)) || break
done
HOTPLUG=$XNM_VIF
guest_rm 1 0
is "killed before each of $n operations" "$wrong" ""
check "which were many" test "$n" -ge 15

# -- many at once
twelve 20Mbit
for n in 1 2 3 4 5 6; do guest_new $n 0; done
for n in 1 2 3 4 5 6; do hotplug online $n 0 & done
wait
is "six at once: the classes" "$(classes eth0 | wc -l)" 4
for n in 2 3 4 5 6; do hotplug offline $n 0 & done
wait
is "five go at once: the classes" "$(classes eth0 | wc -l)" 4
hotplug offline 1 0
is "six went: none" "$(roots eth0)" ""
for n in 1 2 3 4 5 6; do guest_rm $n 0; done
assert_forwards "six went: nothing is left"

tap_done
