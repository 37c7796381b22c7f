#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# docker-bridge.sh - Docker and br_netfilter: guests on bridges reach each other, containers stay closed, and nothing is left.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/docker.sh
. "$netns_top/tests/lib/docker.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

why=$(docker_missing)
if [ -n "$why" ]; then
	skip "docker-bridge" "$why"
	tap_done
	exit
fi
store_start || exit 1
lan_new
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[network nat]
bridge=na0
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wan

[network inner]
bridge=ni0
address=192.168.40.1/24
forward=none
END

# br0 has a card of the LAN, where 10.97.0.254 is; a container listens behind docker0
ip link add eth2 type veth peer name eth2 netns lan
ip -n lan addr add 10.97.0.254/24 dev eth2
ip -n lan addr add 2001:db8:97::fe/64 dev eth2
ip -n lan link set eth2 up
ip link set eth2 up
bridge_new br0
ip link set eth2 master br0
ip addr add 10.97.0.1/24 dev br0
bridge_new docker0
ip addr add 172.17.0.1/16 dev docker0
ip netns add box
ip link add veth1 type veth peer name eth0 netns box
ip link set veth1 master docker0 up
ip -n box addr add 172.17.0.2/16 dev eth0
ip -n box link set eth0 up
ip -n box route add default via 172.17.0.1
serve box box 80
sysctl_set dom0 ipv4/ip_forward=1
ip -n lan route add 172.17.0.0/16 via 10.97.0.1

bridged_guest() {
	online "$1" br0 ip="10.97.0.1$1 2001:db8:97::1$1"
	lan_guest "$1" 0 10.97.0.1 "" "10.97.0.1$1/24" "2001:db8:97::1$1/64"
}
bridged_reaches() {
	reach "$1" g1.0 ping/10.97.0.12=yes ping/2001:db8:97::12=yes ping/10.97.0.254=yes ping/2001:db8:97::fe=yes
}

docker_start
before=$(saved)
bridged_guest 1
bridged_guest 2
bridged_reaches "bridged: guests reach each other and the LAN"
same "bridged: nothing is put in where br_netfilter is off" "$(saved)" "$before"
br_netfilter_set 1
nowhere "br_netfilter is on: nobody reaches anybody" g1.0 ping/10.97.0.12 ping/2001:db8:97::12 ping/10.97.0.254 ping/2001:db8:97::fe
try "$XNM_VIF" reapply all
is "br_netfilter is on: a reapply succeeds" "$rc:$out" 0:
bridged_reaches "br_netfilter is on: guests reach each other and the LAN"
is "br_netfilter is on: what passes within the bridge, and no more" "$(ours)" "ip: -i br0 -o br0|ip6: -i br0 -o br0"
nowhere "br_netfilter is on: Docker's containers are closed to the LAN as before" lan ping/172.17.0.2 tcp/172.17.0.2/80
nowhere "br_netfilter is on: and to guests" g1.0 ping/172.17.0.2 tcp/172.17.0.2/80
iptables-nft -I DOCKER-USER -i br0 -j ACCEPT
reach "which an open door for the bridge would change" g1.0 "tcp/172.17.0.2/80=box:80 10.97.0.11"
iptables-nft -D DOCKER-USER -i br0 -j ACCEPT
there=$(handles)
online 3 br0
assert_online "br_netfilter is on: a third guest" 3 0 br0
dump_loads "with br_netfilter"
same "br_netfilter is on: for which no rule is put in" "$(handles)" "$there"
gone 3
sysctl_set dom0 bridge/bridge-nf-call-ip6tables=0
try "$XNM_VIF" reapply 1.0
is "br_netfilter is off for IPv6: its rule goes" "$rc:$out:$(ours)" "0::ip: -i br0 -o br0"
bridged_reaches "br_netfilter is off for IPv6: nobody notices"
br_netfilter_set 0
try "$XNM_VIF" reapply all
is "br_netfilter is off: the rules go" "$rc:$out:$(ours):$(through_notes)" "0:::"
if ip link set br0 type bridge nf_call_iptables 1 2>/dev/null; then
	nowhere "on for this bridge alone" g1.0 ping/10.97.0.12
	try "$XNM_VIF" reapply all
	is "on for this bridge alone: a rule for IPv4" "$rc:$out:$(ours)" "0::ip: -i br0 -o br0"
	bridged_reaches "on for this bridge alone: guests reach each other"
	ip link set br0 type bridge nf_call_iptables 0
else
	skip "on for this bridge alone" "this ip(8) cannot switch it"
fi
br_netfilter_set 1
gone 1 2
same "bridged: as before" "$(saved)" "$before"
is "bridged: nothing is noted" "$(through_notes)" ""

# a network of the policy that leads nowhere
br_netfilter_set 1
for d in 1 2; do
	online $d inner ip=192.168.40.1$d
	lan_guest $d 0 192.168.40.1 "" 192.168.40.1$d/24
done
is "forward=none: what passes within its bridge" "$rc:$out:$(ours)" "0::ip: -i ni0 -o ni0|ip6: -i ni0 -o ni0"
reach "forward=none: guests reach each other" g1.0 ping/192.168.40.12=yes
nowhere "forward=none: and nothing else" g1.0 ping/10.97.0.254 ping/172.17.0.2
# which becomes one that forwards while it has guests
sed -i 's/forward=none/forward=nat/' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "now forward=nat: both ways are open for IPv4" "$rc:$out:$(ours)" \
	"0::ip: -i ni0|ip: -o ni0|ip6: -i ni0 -o ni0"
sed -i '/bridge=ni0/,$s/forward=nat/forward=none/' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "forward=none again: they are closed" "$rc:$out:$(ours)" "0::ip: -i ni0 -o ni0|ip6: -i ni0 -o ni0"
gone 1 2
same "forward=none: as before" "$(saved)" "$before"

# an emulated NIC: a tap and a vif on the same bridge, which go one after the other
guest_new 1 0 type=vif_ioemu
tap_new 1 0
try hotplug add 1 0
is "a tap: its bridge is let through" "$rc:$out:$(ours)" "0::ip: -i br0 -o br0|ip6: -i br0 -o br0"
try hotplug online 1 0
is "its vif: with the same rules" "$rc:$out:$(ours)" "0::ip: -i br0 -o br0|ip6: -i br0 -o br0"
is "converged" "$("$XNM_VIF" plan online 1.0 | tail -n +2)$("$XNM_VIF" plan add 1.0 | tail -n +2)" \
	"  nothing to do  nothing to do"
try hotplug remove 1 0
is "the tap goes: they stay" "$rc:$out:$(ours)" "0::ip: -i br0 -o br0|ip6: -i br0 -o br0"
ip link del vif1.0-emu
gone 1
same "the vif goes, too: as before" "$(saved)" "$before"

# many at once: they agree on one pair of rules
guests_new 100 20 br0
hotplug_all online 100 20 >"$T/parallel" 2>&1
is "20 at the same time: one rule per family" "$(cat "$T/parallel"):$(ours)" ":ip: -i br0 -o br0|ip6: -i br0 -o br0"
is "20 at the same time: all are noted" "$(through_notes | wc -l)" 21
hotplug_all offline 100 20 >"$T/parallel" 2>&1
same "20 at the same time: as before" "$(cat "$T/parallel")$(saved)" "$before"
is "20 at the same time: nothing is noted" "$(through_notes)" ""
guests_rm 100 20

# a guest that went without an offline
online 1 br0
guest_rm 1 0
is "gone without an offline: the rules are there" "$(ours)" "ip: -i br0 -o br0|ip6: -i br0 -o br0"
"$XNM_VIF" gc >/dev/null
same "gone without an offline: gc takes them away" "$(saved)" "$before"
is "gone without an offline: nothing is noted" "$(through_notes)" ""

# notes that were lost, and rules that somebody saved and loads when the host starts
online 1 br0
online 2 br0
iptables-nft-save >"$T/rules"
rm -r "$XNM_RUN_DIR"
try hotplug online 1 0
is "lost notes: the next online makes new ones" "$rc:$out:$(ours):$(through_notes | wc -l)" \
	"0::ip: -i br0 -o br0|ip6: -i br0 -o br0:2"
gone 1
same "lost notes: with which the rules go" "$(saved)" "$before"
gone 2
iptables-nft-restore <"$T/rules"
"$XNM_VIF" gc >/dev/null
same "rules that were saved and loaded: gc takes them away" "$(saved)" "$before"

# --------------------------------------------------------------- half-way
HOTPLUG=$O/xnm-vif-faults
# notes: but for what a killed writer left half-way, which the next one takes for its own
notes() {
	find "$XNM_RUN_DIR" ! -type d ! -name lock ! -name nft ! -name '.*'
}
declare -A address=([br0]=10.97.0.11 [nat]=192.168.10.11)
for network in br0 nat; do
	for at in "" +; do
		wrong='' last=''
		for ((n = 1; n < 60 && !last; n++)); do
			guest_new 1 0 bridge=$network ip="${address[$network]}"
			hotplug_env=("XNM_FAIL_AT=$n$at")
			try hotplug online 1 0
			hotplug_env=()
			# one that may fail only warns
			[ $rc -ne 0 ] || [ -n "$out" ] || last=$n
			[ $rc -eq 0 ] || [ "$(saved):$(notes)" = "$before:" ] ||
				wrong+="$n$at: $(difference "$before" "$(saved)") $(notes)"$'\n'
			try hotplug online 1 0
			[ "$rc:$out" = 0: ] && [ -n "$(ours)" ] || wrong+="$n$at, then without the fault: $out"$'\n'
			hotplug offline 1 0
			guest_rm 1 0
		done
		is "$network: an operation fails$at: nothing is left, and then it works" "$(echo "$wrong" | head -5)" ""
		check "$network: operations were found" test "${last:-0}" -gt 10
	done
done
HOTPLUG=$XNM_VIF

# killed at any moment, somebody finds what is left
# typical VERB: how long it takes, in microseconds: the median of nine
typical() {
	local verb=$1 i

	guest_new 1 0
	for ((i = 0; i < 9; i++)); do
		[ "$verb" = online ] || hotplug online 1 0
		hotplug_launch=(-o "$T/figures")
		hotplug "$verb" 1 0
		hotplug_launch=()
		[ "$verb" != online ] || hotplug offline 1 0
		cut -d' ' -f3 "$T/figures"
	done | sort -n | sed -n 5p
	guest_rm 1 0
}
limit_on=$(($(typical online) * 5 / 4)) limit_off=$(($(typical offline) * 5 / 4))
wrong='' killed=0
rounds=$(often 150 30)
for ((i = 0; i < rounds; i++)); do
	guest_new 1 0
	hotplug_launch=(-k $((RANDOM * limit_on / 32768)))
	rc=0
	hotplug online 1 0 >/dev/null 2>&1 || rc=$?
	[ $rc -ne 137 ] || killed=$((killed + 1))
	hotplug_launch=()
	case $((i % 3)) in
	0) hotplug offline 1 0 ;;
	1)
		hotplug online 1 0
		hotplug_launch=(-k $((RANDOM * limit_off / 32768)))
		hotplug offline 1 0 >/dev/null 2>&1
		hotplug_launch=()
		;;
	esac
	guest_rm 1 0
	"$XNM_VIF" gc >/dev/null
	[ "$(saved):$(notes)" = "$before:" ] || wrong+="$i: $(difference "$before" "$(saved)") $(notes)"$'\n'
done
is "killed at any moment: gc leaves nothing of it" "$(echo "$wrong" | head -5)" ""
echo "# $killed of $rounds onlines were killed, within $limit_on us"
check "many were killed in the middle" test $killed -gt $((rounds / 10)) -a $killed -lt "$rounds"

unserve box
assert_clean "nothing is left"
tap_done
