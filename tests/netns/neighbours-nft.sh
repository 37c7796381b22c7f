#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# neighbours-nft.sh - living with others in nftables: their tables stay as they are, and what they break of ours is mended.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

lan_or_skip
store_start || exit 1
lan_new
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[network a]
bridge=na0
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wan

[network pub]
backend=route
forward=route
address=10.0.0.1/32 fe80::1/64
uplink=wan
acl=web

[network plain]
bridge=br0
interfaces=eth2
keep=no

[forward web]
network=a
listen-port=8080
target=guest1
target-port=80

[acl web]
rule=allow ingress tcp port 80
rule=allow ingress icmp
rule=allow ingress icmpv6
rule=allow egress
END
serve inet inet 80
ip link add eth2 type veth peer name eth2 netns lan
ip -n lan addr add 10.97.0.254/24 dev eth2
ip -n lan addr add 2001:db8:97::fe/64 dev eth2
ip -n lan link set eth2 up

# one vif of each kind: 1 behind NAT, 2 routed, 3 on a bridge
one() {
	case $1 in
	1) guest_new 1 0 bridge=a ip="192.168.10.11 fd10::11" ;;
	2) guest_new 2 0 bridge=pub ip="10.99.0.52 2001:db8:99::52" ;;
	3) guest_new 3 0 bridge=plain ip="10.97.0.13 2001:db8:97::13" ;;
	esac
	try hotplug online "$1" 0
	case $1 in
	1) lan_guest 1 0 192.168.10.1 fd10::1 192.168.10.11/24 fd10::11/64 ;;
	2) lan_guest 2 0 10.0.0.1 fe80::1 10.99.0.52/32 2001:db8:99::52/128 ;;
	3) lan_guest 3 0 10.97.0.254 2001:db8:97::fe 10.97.0.13/24 2001:db8:97::13/64 ;;
	esac
	serve "g$1.0" "guest$1" 22 80
}

# all_work NAME: what each of the three can do, and what it cannot
all_work() {
	reach "$1: NAT, routed, bridged and forwarded" inet "g1.0>tcp/$inet4/80=inet:80 10.99.0.1" \
		"g1.0>udp/$inet6/80=inet:80 2001:db8:99::1" "tcp/10.99.0.52/80=guest2:80 $inet4" \
		"tcp/2001:db8:99::52/80=guest2:80 $inet6" "tcp/10.97.0.13/80=guest3:80 $inet4" \
		"udp/2001:db8:97::13/80=guest3:80 $inet6" "tcp/10.99.0.1/8080=guest1:80 $inet4"
	nowhere "$1: what is closed, and as somebody else" inet tcp/10.99.0.52/22 tcp/192.168.10.11/80 \
		"g3.0@10.97.0.99>ping/10.97.0.254" "g2.0@10.99.0.99>ping/10.99.0.1"
}

# ours: our two tables, without handles, counters and what was counted; elements in one order
ours() {
	for family in bridge inet; do
		nft -s -t list table $family xnm 2>&1
	done
	elements
}

# foreign: all other tables, with handles
foreign() {
	nft -a list ruleset | awk '/^table/ { skip = $2 " " $3 ~ /^(bridge|inet) xnm$/ } !skip'
}

# -- an administrator's own tables
cat >"$T/admin.nft" <<'END'
table inet admin {
	comment "the administrator's own"
	set blocked {
		type ipv4_addr
		flags interval
		elements = { 192.0.2.0/24, 198.18.0.0/15 }
	}
	map ports {
		type inet_service : verdict
		elements = { 22 : accept, 25 : drop }
	}
	chain input {
		type filter hook input priority filter + 10; policy accept;
		ip saddr @blocked counter drop comment "nobody there"
		iifname "na0" tcp dport 2222 accept
		tcp dport vmap @ports
	}
	chain unused {
		iifname "vif1.0" log prefix "vif1.0 " level info
		meta mark set 0x17 return
	}
}
table ip nat {
	chain POSTROUTING {
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr 172.17.0.0/16 oifname != "docker0" counter masquerade
	}
}
table bridge filter {
	chain forward {
		type filter hook forward priority filter; policy accept;
		ether type 0x88cc drop
	}
}
table arp admin {
	chain input {
		type filter hook input priority filter; policy accept;
	}
}
table netdev admin {
	set xnm {
		type ipv4_addr
	}
}
END
nft -f "$T/admin.nft"
before=$(foreign)
like "others' tables" "$before" 'table inet admin'
one 1
assert_online "behind NAT" 1 0 na0
same "others' tables are as they were, byte for byte: the first online" "$(foreign)" "$before"
one 2
is "routed" "$rc:$out" 0:
one 3
assert_online "on a bridge" 3 0 br0
dump_loads "beside other tables"
same "more of them" "$(foreign)" "$before"
try "$XNM_VIF" reapply all
same "reapply" "$rc:$out"$'\n'"$(foreign)" 0:$'\n'"$before"
try hotplug online 1 0
same "online again" "$rc:$out"$'\n'"$(foreign)" 0:$'\n'"$before"
guest_new 4 0 bridge=a ip=192.168.10.14
try hotplug online 4 0
try hotplug offline 4 0
same "offline" "$rc:$out"$'\n'"$(foreign)" 0:$'\n'"$before"
guest_rm 4 0
try "$XNM_VIF" gc
same "gc" "$rc"$'\n'"$(foreign)" 0$'\n'"$before"
all_work "beside others"

# -- what others break of ours
wanted=$(ours)
all_whole() {
	local dev said=

	for dev in vif1.0 vif2.0 vif3.0; do
		said+=$("$XNM_VIF" plan $dev | sed -n 2,9p)$'\n'
	done
	is "$1" "${said//$'\n'/}" "  nothing to do  nothing to do  nothing to do"
}
all_whole "there is nothing to do"

# mended NAME VIF COMMAND...: plan shows that it broke something, and reapply of all mends it
mended() {
	local name=$1 vif=$2 said

	shift 2
	"$@" || {
		not_ok "$name: breaking it" "$*"
		return
	}
	if [ "$(ours)" = "$wanted" ]; then
		not_ok "$name: breaking it" "it is as it was"
		return
	fi
	said=$("$XNM_VIF" plan "$vif")
	like "$name: plan shows it" "$said" 'filter|rules|table'
	try "$XNM_VIF" reapply all
	same "$name: reapply mends it" "$rc:$out"$'\n'"$(ours)" 0:$'\n'"$wanted"
}
for set in "1 bridge guard { \"vif1.0\" }" "3 bridge macs { \"vif3.0\" . 00:16:3e:00:03:00 }" \
	"3 bridge addresses4 { \"vif3.0\" . 10.97.0.13 }" "1 bridge addresses6 { \"vif1.0\" . fd10::11 }" \
	"2 inet guard { \"vif2.0\" }" "2 inet inside { \"vif2.0\" }" "1 inet inside { \"na0\" }" \
	"1 inet closed { \"na0\" }" "1 inet services { \"na0\" . udp . 53 }" "2 inet paths { \"eth0\" . \"vif2.0\" }" \
	"1 inet subnets4 { 192.168.10.0/24 }" "1 inet masquerade4 { 192.168.10.0/24 . \"eth0\" }" \
	"1 inet masquerade6 { fd10::/64 . \"eth0\" }" "1 inet forwards4 { 0.0.0.0/0 . tcp . 8080 }" \
	"2 inet acl-to { \"vif2.0\" }"; do
	read -r vif family name element <<<"$set"
	mended "an element of $family $name" vif"$vif".0 nft delete element "$family" xnm "$name" "$element"
done
# rule_handle FAMILY CHAIN N: the handle of its nth rule
rule_handle() {
	nft -a list chain "$1" xnm "$2" | sed -n 's/.*# handle \([0-9]*\)$/\1/p' | sed -n "$(($3 + 1))p"
}
for chain in "bridge prerouting 1" "bridge locked 1" "bridge check-ip-source 4" "inet prerouting 2" "inet guests 1" \
	"inet host 2" "inet postrouting 6" "inet forwards 1" "inet acl-web-in 1"; do
	read -r family name n <<<"$chain"
	mended "rule $n of $family $name" vif1.0 nft delete rule "$family" xnm "$name" handle "$(rule_handle "$family" "$name" "$n")"
done
mended "a chain without rules, bridge locked" vif1.0 nft flush chain bridge xnm locked
mended "a chain without rules, inet guests" vif2.0 nft flush chain inet xnm guests
mended "a rule of somebody in ours" vif2.0 nft insert rule inet xnm guests accept
mended "a rule of somebody instead of ours" vif2.0 \
	nft "delete rule inet xnm guests handle $(rule_handle inet guests 1); add rule inet xnm guests drop"
# a base chain that is deleted takes its hook along
empty_and_delete() {
	nft "flush chain $1 xnm $2; delete chain $1 xnm $2"
}
mended "a chain, bridge prerouting" vif3.0 empty_and_delete bridge prerouting
mended "a chain, inet postrouting" vif1.0 empty_and_delete inet postrouting
mended "a chain, inet forward" vif1.0 empty_and_delete inet forward
mended "a table, bridge" vif3.0 nft delete table bridge xnm
mended "a table, inet" vif1.0 nft delete table inet xnm
mended "the elements of a set" vif1.0 nft flush set inet xnm services
mended "what our table is told apart by" vif1.0 nft \
	"delete table inet xnm; add table inet xnm { comment \"made by xnm 0.0.1, policy 00000000, rules 7\"; }"
all_whole "there is nothing to do then"
same "others' tables are as they were" "$(foreign)" "$before"
all_work "after all of that"

# -- nobody's rules are left: as when a firewall starts anew
nft flush ruleset
is "flush ruleset: nothing is left" "$(nft list ruleset)" ""
reach "it is felt: no NAT" g1.0 "tcp/$inet4/80=-"
reach "and a closed port is open" inet "tcp/10.99.0.52/22=guest2:22 $inet4"
for dev in vif1.0 vif2.0 vif3.0; do
	like "plan of $dev" "$("$XNM_VIF" plan $dev)" 'filter|rules|table'
done
try "$XNM_VIF" reapply all
is "reapply all" "$rc:$out" 0:
same "all is there again" "$(ours)" "$wanted"
all_whole "and whole"
all_work "after flush ruleset"
is "nothing of others' was made" "$(foreign)" ""
nft -f "$T/admin.nft"
before=$(foreign)
# the same, and the next event is another guest's
nft flush ruleset
guest_new 4 0 bridge=a ip="192.168.10.14 fd10::14"
try hotplug online 4 0
assert_online "the next guest after flush ruleset" 4 0 na0
# but for what is the next guest's own
same "it brings back what all others need" \
	"$(ours | grep -v -e 'vif4\.0' -e 192.168.10.14 -e fd10::14 -e 0xfd10.*0014 -e '216:\?3eff\?:\?fe00:\?0\?400')" "$wanted"
try hotplug offline 4 0
guest_rm 4 0
all_work "after the next guest"

# -- with br_netfilter
if br_netfilter_set 1; then
	all_work "with br_netfilter"
	br_netfilter_set 0
else
	skip "with br_netfilter" "this kernel has no br_netfilter"
fi

# -- who drops all that it does not know, as Docker does
for family in ip ip6; do
	cat <<END
table $family filter {
	chain DOCKER-USER {
		counter packets 0 bytes 0 return
	}
	chain FORWARD {
		type filter hook forward priority filter; policy drop;
		counter packets 0 bytes 0 jump DOCKER-USER
		oifname "docker0" ct state related,established counter packets 0 bytes 0 accept
	}
}
END
done >"$T/docker.nft"
foreign_rules() {
	foreign | grep -v '^table.*admin' | sed -E 's/packets [0-9]+ bytes [0-9]+/packets 0 bytes 0/'
}
nft -f "$T/docker.nft"
before=$(foreign_rules)
try "$XNM_VIF" reapply all
is "Docker comes: reapply" "$rc:$out" 0:
all_work "beside Docker"
all_whole "there is nothing to do"
is "all that is new in its tables are rules of ours in DOCKER-USER" \
	"$(diff <(foreign_rules) <(echo "$before") | grep '^[<>]' | grep -v 'comment "xnm"')" ""
lan_gone 1 2 3
same "they go with the last guest" "$(foreign_rules)" "$before"
one 1
one 2
one 3
all_work "guests that start beside Docker"
if br_netfilter_set 1; then
	try "$XNM_VIF" reapply all
	all_work "beside Docker and br_netfilter"
	br_netfilter_set 0
fi
# Docker makes its chains anew
nft delete table ip filter
nft delete table ip6 filter
nft -f "$T/docker.nft"
nowhere "Docker starts again: they are cut off" g1.0 tcp/$inet4/80 udp/$inet6/80
like "plan shows it" "$("$XNM_VIF" plan vif1.0)" 'let|through|DOCKER'
try "$XNM_VIF" reapply all
is "reapply" "$rc:$out" 0:
all_work "Docker started again"
# nobody's policy but the chain's own
nft delete table ip filter
nft delete table ip6 filter
lan_gone 1 2 3
for family in ip ip6; do
	nft "table $family filter { chain FORWARD { type filter hook forward priority filter; policy drop; }; }"
done
before=$(foreign_rules)
one 1
one 2
one 3
all_work "beside a chain FORWARD that drops"
lan_gone 1 2 3
same "which is as it was at the end" "$(foreign_rules)" "$before"
is "no element is left" "$(elements)" ""

# -- one of our tables is gone when a guest goes: the other one is not left as it is
for family in bridge inet; do
	one 1
	nft delete table $family xnm
	lan_gone 1
	is "offline without table $family xnm: no element is left in the other" "$(elements)" ""
done

# -- somebody else's table of our name
nft flush ruleset
for family in inet bridge; do
	nft "table $family xnm { chain mine { counter packets 0 bytes 0; }; }"
	before=$(nft -a list ruleset)
	guest_new 1 0 bridge=a ip="192.168.10.11 fd10::11"
	try hotplug online 1 0
	assert_refused "table $family xnm is somebody else's" 1 0 "$family xnm"
	same "it is as it was" "$(nft -a list table $family xnm)" "$before"
	guest_rm 1 0
	nft delete table $family xnm
done
one 1
assert_online "without it, the guest starts" 1 0 na0
nft "delete table inet xnm; table inet xnm { chain mine { counter packets 0 bytes 0; }; }"
before=$(nft -a list table inet xnm)
try "$XNM_VIF" reapply all
is "reapply does not delete it either" "$([ "$rc" -ne 0 ] && echo refused)" refused
like "it says why" "$out" 'inet xnm'
same "it is as it was" "$(nft -a list table inet xnm)" "$before"
try hotplug offline 1 0
is "offline succeeds nevertheless" "$rc:$out" 0:
same "it is as it was" "$(nft -a list table inet xnm)" "$before"
unserve guest1
guest_rm 1 0
nft delete table inet xnm
"$XNM_VIF" gc >/dev/null
is "no element is left" "$(elements)" ""
assert_clean "nothing is left"
tap_done
