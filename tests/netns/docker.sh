#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# docker.sh - beside Docker, whose FORWARD chain drops what it does not know: networks that forward get through.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/docker.sh
. "$netns_top/tests/lib/docker.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

why=$(docker_missing)
if [ -n "$why" ]; then
	skip "docker" "$why"
	tap_done
	exit
fi
store_start || exit 1
lan_new
serve inet inet 80
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[network nat]
bridge=na0
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wan

[network nat4]
bridge=nb0
address=192.168.20.1/24
forward=nat

[network routed]
backend=route
address=192.168.30.1/24
forward=route
uplink=wan

[network inner]
bridge=ni0
address=192.168.40.1/24
forward=none
END

nat_guest() {
	online "$1" nat ip="192.168.10.1$1 fd10::1$1"
	lan_guest "$1" 0 192.168.10.1 fd10::1 "192.168.10.1$1/24" "fd10::1$1/64"
}

outside=("ping/$inet4" "tcp/$inet4/80" "ping/$inet6" "tcp/$inet6/80")
nat_reaches() {
	reach "$1" "$2" "ping/$inet4=yes" "tcp/$inet4/80=inet:80 10.99.0.1" "ping/$inet6=yes" \
		"tcp/$inet6/80=inet:80 2001:db8:99::1"
}

# ------------------------------------------------------------- a network that forwards
docker_start
before=$(saved)
guest_new 1 0 bridge=nat ip="192.168.10.11 fd10::11"
is "plan: what lets it through" "$(planned online 1.0)" \
	"$(printf '%-52s # %s\n' \
		"record that vif 1.0 needs bridge na0 accepted by other firewalls" "the rules stay until its last vif leaves" \
		"accept bridge na0 in ip filter DOCKER-USER" "that chain drops what it has no rule for" \
		"accept bridge na0 in ip6 filter DOCKER-USER" "that chain drops what it has no rule for")"
same "which changes nothing" "$(saved)" "$before"
try hotplug online 1 0
assert_online "nat: the first guest" 1 0 na0
lan_guest 1 0 192.168.10.1 fd10::1 192.168.10.11/24 fd10::11/64
nat_reaches "nat: it gets out" g1.0
for command in iptables-nft ip6tables-nft; do
	is "nat: as $command lists it" "$($command -S DOCKER-USER)" "-N DOCKER-USER
-A DOCKER-USER -i na0 -m comment --comment xnm -j ACCEPT
-A DOCKER-USER -o na0 -m comment --comment xnm -j ACCEPT
-A DOCKER-USER -j RETURN"
done
# bytecode: what the kernel does, without handles and without our comment
bytecode() {
	nft --debug=netlink list chain ip filter DOCKER-USER 2>/dev/null | grep '^  \[' | sed 's/pkts.*bytes [0-9]*/-/'
}
got=$(bytecode)
wanted=$(
	ip netns add other
	ip netns exec other iptables-nft -N DOCKER-USER
	ip netns exec other iptables-nft -A DOCKER-USER -i na0 -j ACCEPT
	ip netns exec other iptables-nft -A DOCKER-USER -o na0 -j ACCEPT
	ip netns exec other iptables-nft -A DOCKER-USER -j RETURN
	export -f bytecode
	ip netns exec other bash -c bytecode
	ip netns del other
)
same "nat: to the letter as iptables writes it" "$got" "$wanted"

there=$(handles)
is "nat: a converged guest needs nothing" "$("$XNM_VIF" plan online 1.0 | tail -n +2)" "  nothing to do"
snap=$(snapshot)
try hotplug online 1 0
assert_unchanged "nat: a second online changes nothing" "$snap"
nat_guest 2
assert_online "nat: a second guest" 2 0 na0
dump_loads "beside Docker"
same "nat: for which no rule is put in" "$(handles)" "$there"
nat_reaches "nat: it gets out, too" g2.0

take_ours_away
same "without our rules the chains are Docker's" "$(saved)" "$before"
nowhere "without our rules nobody gets out" g1.0 "${outside[@]}"
like "plan: what is missing" "$(planned online 1.0)" '^accept bridge na0 in ip filter DOCKER-USER '
like "status: it is told" "$("$XNM" status 2>&1)" 'accept bridge na0 in ip6 filter DOCKER-USER'
try "$XNM_VIF" reapply 1.0
is "a reapply succeeds" "$rc:$out" 0:
nat_reaches "and then they get out" g1.0
is "with one rule for each way" "$(ours)" "ip: -i na0|ip: -o na0|ip6: -i na0|ip6: -o na0"

gone 1
is "the rules stay while there is a guest" "$(ours)" "ip: -i na0|ip: -o na0|ip6: -i na0|ip6: -o na0"
nat_reaches "who gets out" g2.0
like "plan: what its offline does" "$(planned offline 2.0)" '^delete accept rules for bridge na0 from other firewalls unless it has vifs left '
gone 2
same "after the last one Docker's chains are as before" "$(saved)" "$before"
is "and nothing is noted" "$(through_notes)" ""

# one family only
online 1 nat4 ip=192.168.20.11
assert_online "IPv4 only" 1 0 nb0
is "IPv4 only: no rule for IPv6" "$(ours)" "ip: -i nb0|ip: -o nb0"
gone 1
same "IPv4 only: as before" "$(saved)" "$before"

# a network that leads nowhere asks for nothing
online 1 inner ip=192.168.40.11
assert_online "forward=none" 1 0 ni0
same "forward=none: nothing is put in" "$(saved)" "$before"
gone 1

# ------------------------------------------------------------------ without a bridge
ip -n lan route add 192.168.30.0/24 via 10.99.0.1
for d in 1 2; do
	online $d routed ip=192.168.30.1$d
	is "routed: guest $d" "$rc:$out:$(link_is_up vif$d.0 && echo up)" 0::up
	lan_guest $d 0 192.168.30.1 "" 192.168.30.1$d/32
done
is "routed: each vif has its own" "$(ours)" \
	"ip: -i vif2.0|ip: -o vif2.0|ip: -i vif1.0|ip: -o vif1.0|ip6: -i vif2.0|ip6: -o vif2.0|ip6: -i vif1.0|ip6: -o vif1.0"
for d in 1 2; do
	reach "routed: guest $d gets out" g$d.0 "ping/$inet4=yes" "tcp/$inet4/80=inet:80 192.168.30.1$d"
done
gone 1
is "routed: the other one's stay" "$(ours)" "ip: -i vif2.0|ip: -o vif2.0|ip6: -i vif2.0|ip6: -o vif2.0"
gone 2
same "routed: as before" "$(saved)" "$before"

# renamed while it is there
online 1 routed ip=192.168.30.11 vifname=web0
is "routed, renamed: its rules have its name" "$rc:$out:$(ours)" \
	"0::ip: -i web0|ip: -o web0|ip6: -i web0|ip6: -o web0"
xs_write $backend/1/0/vifname web1
try "$XNM_VIF" reapply 1.0
is "routed, another name: and follow it" "$rc:$out:$(ours)" \
	"0::ip: -i web1|ip: -o web1|ip6: -i web1|ip6: -o web1"
try hotplug offline 1 0
assert_offline "routed, another name: it goes" 1 0 web1
guest_rm 1 0
same "routed, another name: as before" "$(saved)" "$before"

# ----------------------------------------------------------------- what others do
# Docker starts again, or somebody flushes all
nat_guest 1
tables_none
docker_start
nowhere "Docker made its chains anew: the guest does not get out" g1.0 "${outside[@]}"
try "$XNM_VIF" reapply all
nat_reaches "Docker made its chains anew: a reapply helps" g1.0
tables_none
docker_start
nat_guest 2
nat_reaches "Docker made its chains anew: so does the next online" g1.0
gone 2
nft flush ruleset
docker_start
gone 1
same "all was flushed: the last guest leaves nothing" "$(saved)" "$before"
is "all was flushed: nothing is noted" "$(through_notes)" ""
nat_guest 1
tables_none
gone 1
is "Docker has gone: the last guest leaves nothing" "$(nft list tables | grep -v xnm):$(through_notes)" ":"
nat_guest 1
is "Docker has gone: nothing is put in, and nobody is missing it" "$rc:$out:$(through_notes)" "0::"
nat_reaches "without Docker it gets out anyway" g1.0
docker_start
try "$XNM_VIF" reapply 1.0
nat_reaches "Docker comes while the guest runs: after a reapply, too" g1.0
tables_none
try "$XNM_VIF" reapply 1.0
is "Docker goes while the guest runs: nothing is noted after a reapply" "$rc:$out:$(through_notes)" "0::"
gone 1

# saved and loaded by iptables itself, which makes something else of our comment
docker_start
nat_guest 1
iptables-nft-save >"$T/rules"
iptables-nft-restore <"$T/rules"
there=$(handles)
try hotplug online 1 0
is "after iptables-restore: our rules are found again" "$rc:$out:$(ours)" "0::ip: -i na0|ip: -o na0|ip6: -i na0|ip6: -o na0"
same "after iptables-restore: nothing is put in" "$(handles)" "$there"
gone 1
same "after iptables-restore: nothing is left" "$(saved)" "$before"

# rules of the user's own, some of them much like ours
tables -I DOCKER-USER -i na0 -j ACCEPT
tables -I DOCKER-USER -i na0 -m comment --comment mine -j ACCEPT
tables -I DOCKER-USER -i na0 -p tcp -m comment --comment xnm -j ACCEPT
tables -I DOCKER-USER -i na0+ -m comment --comment xnm -j ACCEPT
tables -I DOCKER-USER -i na -m comment --comment xnm -j ACCEPT
tables -I DOCKER-USER -o na0 -m comment --comment xnm -j DROP
tables -I DOCKER-USER ! -i na0 -m comment --comment xnm -j ACCEPT
nft insert rule ip filter DOCKER-USER iifname na0 counter accept comment '"xnm2"'
tables -A FORWARD -s 192.0.2.1 -j DROP 2>/dev/null || iptables-nft -A FORWARD -s 192.0.2.1 -j DROP
with_users=$(saved)
nat_guest 1
assert_online "a user's own rules: a guest" 1 0 na0
is "a user's own rules: ours come before them" \
	"$(iptables-nft -S DOCKER-USER | sed -n '2,3p' | paste -sd'|')" \
	"-A DOCKER-USER -i na0 -m comment --comment xnm -j ACCEPT|-A DOCKER-USER -o na0 -m comment --comment xnm -j ACCEPT"
is "a user's own rules: with nothing else" "$(($(saved | wc -l) - $(echo "$with_users" | wc -l)))" 4
is "a user's own rules: a converged guest needs nothing" "$("$XNM_VIF" plan online 1.0 | tail -n +2)" "  nothing to do"
gone 1
same "a user's own rules are as they were" "$(saved)" "$with_users"
tables_none

# --------------------------------------------------------------- without DOCKER-USER
tables -P FORWARD DROP
tables -A FORWARD -i lo -j ACCEPT
before=$(saved)
nat_guest 1
nat_reaches "policy drop: the guest gets out" g1.0
is "policy drop: at the top of FORWARD" "$(iptables-nft -S FORWARD)" "-P FORWARD DROP
-A FORWARD -i na0 -m comment --comment xnm -j ACCEPT
-A FORWARD -o na0 -m comment --comment xnm -j ACCEPT
-A FORWARD -i lo -j ACCEPT"
# Docker comes, which has a better place
tables -N DOCKER-USER
tables -I FORWARD -j DOCKER-USER
try "$XNM_VIF" reapply 1.0
is "DOCKER-USER comes: the rules go there" "$rc:$out:$(ours FORWARD):$(ours)" "0:::ip: -i na0|ip: -o na0|ip6: -i na0|ip6: -o na0"
tables -D FORWARD -j DOCKER-USER
tables -F DOCKER-USER
tables -X DOCKER-USER
try "$XNM_VIF" reapply 1.0
is "DOCKER-USER goes: back" "$rc:$out:$(ours FORWARD)" "0::ip: -i na0|ip: -o na0|ip6: -i na0|ip6: -o na0"
gone 1
same "policy drop: as before" "$(saved)" "$before"

tables -P FORWARD ACCEPT
before=$(saved)
nat_guest 1
nat_reaches "policy accept: the guest gets out" g1.0
same "policy accept: nothing is put in" "$(saved)" "$before"
is "policy accept: nothing is noted" "$(through_notes)" ""
tables -P FORWARD DROP
try "$XNM_VIF" reapply 1.0
nat_reaches "policy drop again, and a reapply" g1.0
gone 1
tables_none

# the same written for nft(8), under another name
nft -f - <<'END'
table ip filter {
	chain other { }
	chain input { type filter hook input priority 0; policy drop; ct state established accept; icmp type echo-request accept; }
	chain transit { type filter hook forward priority 0; policy drop; }
}
END
before=$(nft -s list table ip filter)
nat_guest 1
reach "nft: the guest gets out" g1.0 "ping/$inet4=yes" "tcp/$inet4/80=inet:80 10.99.0.1"
is "nft: by the chain that drops" "$(nft -s list chain ip filter transit | grep -c 'comment "xnm"')" 2
gone 1
same "nft: as before" "$(nft -s list table ip filter)" "$before"
tables_none

unserve inet
assert_clean "nothing is left"
tap_done
