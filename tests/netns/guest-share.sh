#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guest-share.sh - a guest with more interfaces than one shares its way out: with whom, and with nobody else.
# leaks: xnm-guest may run on and on
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/told.sh
. "$netns_top/tests/lib/told.sh"

lan_or_skip
store_start || exit 1
lan_new

# what it has besides: a way out, a LAN of its own, what stands for a VPN, and a bridge with a container
guest_new 7 0
cat >"$XNM_CONFIG" <<'END'
[network away]
address=192.168.17.1/24 fd00:17::1/64
host-services=all
[vif guest7]
network=away
address=192.168.17.7 fd00:17::7
share=yes
locking-mode=unlocked
END
# many NAME ADDRESS4 ADDRESS6 DEVICE [BRIDGE]: a machine NAME behind DEVICE of guest 7, which is .1 there
many() {
	local net=$1 four=$2 six=$3 dev=$4 on=${5:-$4}

	ip netns add "$net"
	ip -n g7.0 link add "$dev" type veth peer name eth0 netns "$net"
	[ -z "${5:-}" ] || ip -n g7.0 link add "$on" type bridge
	[ -z "${5:-}" ] || ip -n g7.0 link set "$dev" master "$on"
	ip netns exec "$net" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad; echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad'
	ip netns exec g7.0 sh -c "echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad; echo 0 >/proc/sys/net/ipv6/conf/$on/accept_dad"
	ip -n "$net" addr add "$four.9/24" dev eth0
	ip -n "$net" addr add "${six}9/64" dev eth0
	ip -n "$net" link set eth0 up
	ip -n g7.0 link set "$dev" up
	ip -n g7.0 addr add "$four.1/24" dev "$on"
	ip -n g7.0 addr add "${six}1/64" dev "$on"
	ip -n g7.0 link set "$on" up
	ip -n "$net" route add default via "$four.1"
	ip -n "$net" -6 route add default via "${six}1"
}
many air7 10.71.0 fd71:: wlan0
many home 10.72.0 fd72:: lan0
many vpn 10.73.0 fd73:: vpn0
many box 10.74.0 fd74:: veth1 cbr0
ip -n g7.0 route add default via 10.71.0.9 dev wlan0
ip -n g7.0 -6 route add default via fd71::9 dev wlan0
try hotplug online 7 0
is "several interfaces: online" "$rc:$out" 0:
for net in 10.71.0 10.72.0 10.73.0 10.74.0; do ip route add $net.0/24 via 192.168.17.7; done
for net in fd71 fd72 fd73 fd74; do ip -6 route add $net::/64 via fd00:17::7; done
echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad

# asked FROM TO: an answer, be it to the first or the second question
asked() {
	local -a there=()

	[ "$1" = dom0 ] || there=(ip netns exec "$1")
	"${there[@]}" ping -q -n -c 2 -i 0.1 -W 0.3 "$2" >/dev/null 2>&1
}
# reached: who reaches whom by guest 7, "FROM>TO" in each family that it does in
dom0_7="192.168.17.1 fd00:17::1"
declare -A of=([air7]="10.71.0.9 fd71::9" [home]="10.72.0.9 fd72::9" [vpn]="10.73.0.9 fd73::9" [box]="10.74.0.9 fd74::9"
	[dom0]=$dom0_7)
reached() {
	local from to address pair
	local -a pairs=("$@")

	[ $# -gt 0 ] || for from in dom0 air7 home vpn box; do
		for to in dom0 air7 home vpn box; do
			[ "$from" = "$to" ] || pairs+=("$from>$to")
		done
	done
	for pair in "${pairs[@]}"; do
		for address in ${of[${pair#*>}]}; do
			(asked "${pair%>*}" "$address" && echo "$pair $([[ $address == *:* ]] && echo 6 || echo 4)") &
		done
	done | sort
	wait
}
flags() {
	ip netns exec g7.0 sh -c 'cd /proc/sys/net && grep . ipv4/ip_forward ipv4/conf/*/forwarding ipv6/conf/*/forwarding ipv6/conf/*/accept_ra'
	ip -n g7.0 -6 rule show | sort
}
before=$(flags)
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad; echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad'
quiet "several interfaces: xnm-guest shares" in_guest 7
asked dom0 192.168.17.7
asked dom0 fd00:17::7
is "several interfaces: the host reaches what is behind the way out, and nobody anything else" "$(reached)" "dom0>air7 4
dom0>air7 6"
state=$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)
quiet "several interfaces: once more" in_guest 7
same "several interfaces: changes nothing" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"
is "several interfaces: nor is there anything to do" "$(in_guest 7 --print)" ""

# what is left when the rules are gone: nothing that comes in by an interface which is no way out is passed on
ip netns exec g7.0 nft flush ruleset
is "flushed: what is not the way out leads nowhere, in both families" \
	"$(reached home\>{dom0,air7,vpn,box} vpn\>{dom0,air7,home,box} box\>{dom0,air7,home,vpn})" ""
quiet "flushed: the next event" in_guest 7
same "flushed: puts it back" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"

# other ways out: the VPN is one by then, and the first is none
ip -n g7.0 route replace default via 10.73.0.9 dev vpn0
ip -n g7.0 -6 route del default
ip -n g7.0 -6 route add default via fd73::9 dev vpn0
quiet "another way out" in_guest 7
is "another way out: it is that alone" "$(reached)" "dom0>vpn 4
dom0>vpn 6"
ip -n g7.0 -6 route del default
quiet "none for IPv6" in_guest 7
is "none for IPv6: nothing of it gets out" "$(reached)" "dom0>vpn 4"
ip -n g7.0 route replace default via 10.71.0.9 dev wlan0
ip -n g7.0 -6 route add default via fd71::9 dev wlan0
quiet "the first one again" in_guest 7
same "the first one again: all as before" "$(flags; ip netns exec g7.0 nft -s list ruleset)" \
	"$(head -n "$(flags | wc -l)" <<<"$state"; ip netns exec g7.0 nft -s list ruleset)"

# what somebody makes later is as he makes it, and a card is not: a veth stands for what he makes
many late 10.75.0 fd75:: late0
of[late]="10.75.0.9 fd75::9"
ip route add 10.75.0.0/24 via 192.168.17.7
ip -6 route add fd75::/64 via fd00:17::7
quiet "one more" in_guest 7
is "one more: it passes as its maker sets it up, but the host has nothing there" \
	"$(reached late\>air7 late\>dom0 dom0\>late home\>late | grep -v '^late>air7')" ""

# what was of interfaces that have gone is forgotten
n_noted=$(wc -l <"$T/guest7/run/settings")
for i in {1..4}; do
	ip -n g7.0 link add "gone$i" type veth peer name "gone$i-x"
	in_guest 7
	ip -n g7.0 link del "gone$i"
done
quiet "interfaces came and went: the next event" in_guest 7
is "interfaces came and went: no setting of them is noted" "$(wc -l <"$T/guest7/run/settings")" "$n_noted"

# one event is enough after somebody has switched forwarding off: that switches each interface's, too
state=$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv6/conf/all/forwarding'
quiet "switched off by somebody: the next event" in_guest 7
same "switched off by somebody: all is as it was after one" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv4/ip_forward'
quiet "switched off and on: the next event" in_guest 7
same "switched off and on: all is as it was after one" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"
# a default route that moves without an event opens nothing; the next event, whatever it is about, follows it
ip -n g7.0 route replace default via 10.73.0.9 dev vpn0
ip -n g7.0 -6 route replace default via fd73::9 dev vpn0
is "the way out moves, and nobody says so: nothing is open that was not" "$(reached | grep -v ' late\|^late>air7\|^dom0>air7')" ""
XNM_LOG=stderr ip netns exec g7.0 ip link add dummy0 type dummy
quiet "the way out has moved: the next event, of another interface" in_guest 7
is "the way out has moved: it is the new one alone" "$(reached)" "dom0>vpn 4
dom0>vpn 6"
ip -n g7.0 link del dummy0
ip -n g7.0 route replace default via 10.71.0.9 dev wlan0
ip -n g7.0 -6 route del default dev vpn0
ip -n g7.0 -6 route add default via fd71::9 dev wlan0
quiet "the way out is the first one again" in_guest 7
same "the way out is the first one again: all as before" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"

# a list that is told, whatever the default routes say
share_to() {
	sed -i '/^\[vif guest7\]/,/^\[/{/^share-to=/d}' "$XNM_CONFIG"
	[ -z "$*" ] || sed -i "/^\[vif guest7\]/s/\$/\nshare-to=$*/" "$XNM_CONFIG"
	"$XNM_VIF" reapply 7.0
}
try share_to 'lan*'
is "share-to: the host tells it" "$rc:$out:$(told 7 0 | grep '^share')" "0::share-to=lan*
share=yes"
quiet "share-to: the guest" in_guest 7
is "share-to: that interface and no other, wherever the default route leads" "$(reached)" "dom0>home 4
dom0>home 6"
quiet "share-to: once more" in_guest 7
is "share-to: there is nothing more to do" "$(in_guest 7 --print)" ""
ip netns exec g7.0 nft flush ruleset
is "share-to: after a flush nothing comes in but by it and the vif" "$(reached {air7,vpn,box}\>{dom0,home} vpn\>air7)" ""
quiet "share-to: the next event" in_guest 7
try share_to wwan0 'ww[an' lan0
is "share-to: what is no name is refused with the policy" "$rc:$(told 7 0 | grep '^share-to')" "1:share-to=lan*"
try share_to 'wwan*' wlan0 lan0
quiet "share-to: several" in_guest 7
is "share-to: several, but nothing from one to another" "$(reached)" "$(printf '%s\n' 'dom0>air7 4' 'dom0>air7 6' 'dom0>home 4' 'dom0>home 6')"
try share_to 'wwan*'
quiet "share-to: what is not there" in_guest 7
is "share-to: what is not there is no way out, and nothing else is" "$(reached)" ""
many cell 10.76.0 fd76:: wwan1
of[cell]="10.76.0.9 fd76::9"
ip route add 10.76.0.0/24 via 192.168.17.7
ip -6 route add fd76::/64 via fd00:17::7
quiet "share-to: it comes" in_guest 7
is "share-to: it comes, and is the way out" "$(reached dom0\>{air7,home,vpn,box,cell} {cell,home,air7}\>{dom0,vpn})" "dom0>cell 4
dom0>cell 6"
ip -n g7.0 link del wwan1
# dom0 is checked as well
for bad in 'eth0' 'lo' '*' 'wlan0 wlan0' 'wlan0  lan0' '../x' 'a/b' 'all' 'abcdefghijklmnop' ''; do
	xenstore-write /local/domain/7/xnm/vif/0/share-to "$bad"
	try in_guest 7
	like "share-to='$bad' is refused" "$rc:$out" "^1:xnm-guest: vif 0: share-to='"
done
xenstore-rm /local/domain/7/xnm/vif/0/share
xenstore-write /local/domain/7/xnm/vif/0/share-to wlan0
try in_guest 7
like "share-to without share is refused" "$rc:$out" "^1:.*share-to='wlan0' has no share=yes beside it"
try share_to
is "share-to: told no more" "$rc:$out:$(told 7 0 | grep '^share')" "0::share=yes"
quiet "share-to: told no more: the guest" in_guest 7
same "share-to: told no more: all as before" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"

# --watch: rules, routes and flags
(exec >"$T/watch7.log" 2>&1 && in_guest 7 --watch) &
watcher=$!
soon() {
	local i

	for ((i = 0; i < 60; i++)); do
		"$@" && return 0
		sleep 0.05
	done
	return 1
}
has_rules() {
	ip netns exec g7.0 nft list table inet xnm-guest 2>/dev/null | grep -q "$@"
}
sleep 0.4
ip netns exec g7.0 nft flush ruleset
check "--watch: a flush is noticed" soon has_rules 'oifname "wlan0"'
is "--watch: and healed" "$(reached home\>dom0 dom0\>home dom0\>box dom0\>air7)" "dom0>air7 4
dom0>air7 6"
ip netns exec g7.0 nft delete chain inet xnm-guest postrouting
check "--watch: a chain that is deleted" soon has_rules masquerade
ip -n g7.0 route replace default via 10.73.0.9 dev vpn0
check "--watch: another way out" soon has_rules 'oifname "vpn0"'
ip -n g7.0 route replace default via 10.71.0.9 dev wlan0
check "--watch: and back" soon has_rules 'meta nfproto ipv4 oifname "wlan0"'
ip netns exec g7.0 sh -c 'echo 1 >/proc/sys/net/ipv4/conf/lan0/forwarding'
flag_is() {
	[ "$(ip netns exec g7.0 cat /proc/sys/net/ipv4/conf/lan0/forwarding)" = "$1" ]
}
check "--watch: a flag that somebody sets" soon flag_is 0
ip -n g7.0 -6 rule del iif lan0 prohibit 2>/dev/null || ip -n g7.0 -6 rule del pref 880 iif lan0
rule_is() {
	ip -n g7.0 -6 rule show | grep -q 'iif lan0'
}
check "--watch: a rule that is gone" soon rule_is
# who switches something off, deletes something, or brings an interface
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'
setting_is() {
	[ "$(ip netns exec g7.0 cat "/proc/sys/net/$1")" = "$2" ]
}
check "--watch: IPv4's forwarding that somebody switches off" soon setting_is ipv4/ip_forward 1
check "--watch: and what is no way out stays closed" soon flag_is 0
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv6/conf/all/forwarding'
check "--watch: IPv6's" soon setting_is ipv6/conf/all/forwarding 1
ip netns exec g7.0 sh -c 'echo 1 >/proc/sys/net/ipv4/conf/vpn0/forwarding; echo 0 >/proc/sys/net/ipv4/conf/wlan0/forwarding'
check "--watch: the way out's own" soon setting_is ipv4/conf/wlan0/forwarding 1
check "--watch: the VPN's own" soon setting_is ipv4/conf/vpn0/forwarding 0
ip netns exec g7.0 nft delete table inet xnm-guest
check "--watch: a table that is deleted" soon has_rules 'oifname "wlan0"'
handle=$(ip netns exec g7.0 nft -a list chain inet xnm-guest forward | awk '/oifname "eth0" drop/ { print $NF }')
ip netns exec g7.0 nft delete rule inet xnm-guest forward handle "$handle"
check "--watch: a rule that is deleted" soon has_rules 'oifname "eth0" drop'
ip netns exec g7.0 nft insert rule inet xnm-guest forward accept
lacks_rule() {
	! has_rules '^[[:space:]]*accept$'
}
check "--watch: a rule that is put in front" soon lacks_rule
handle=$(ip netns exec g7.0 nft -a list chain inet xnm-guest forward | awk '/oifname "eth0" drop/ { print $NF }')
ip netns exec g7.0 nft replace rule inet xnm-guest forward handle "$handle" oifname eth0 accept
check "--watch: a rule in place of another" soon has_rules 'oifname "eth0" drop'
ip netns exec g7.0 nft 'add table inet xnm-guest { flags dormant; }'
is_awake() {
	! has_rules dormant
}
check "--watch: a table that is switched off" soon is_awake
ip -n g7.0 link add docker0 type bridge
ip -n g7.0 addr add 10.77.0.1/24 dev docker0
ip -n g7.0 link set docker0 up
ip -n g7.0 tuntap add tun7 mode tun
ip -n g7.0 addr add 10.78.0.1/24 dev tun7
ip -n g7.0 link set tun7 up
sleep 0.3
is "--watch: a container's bridge and a VPN that come are no way out" \
	"$(ip netns exec g7.0 nft list chain inet xnm-guest from-vif0 | grep -c 'docker0\|tun7')" 0
ip -n g7.0 link del docker0
ip -n g7.0 link del tun7
n_runs=$(wc -l <"$T/watch7.log")
sleep 0.5
is "--watch: then it is at rest" "$n_runs:$(wc -l <"$T/watch7.log")" "0:0"
pkill -P "$watcher" 2>/dev/null
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null

# all is taken back, and what single interfaces had by themselves
sed -i '/^\[vif guest7\]/,/^\[/s/^share=yes//' "$XNM_CONFIG"
quiet "no share any more: the host" "$XNM_VIF" reapply 7.0
quiet "no share any more: the guest" in_guest 7
same "no share any more: all settings and rules are as they were" "$(flags | grep -v late0)" "$before"
is "no share any more: no rules, no notes of it" \
	"$(ip netns exec g7.0 nft list ruleset; find "$T/guest7/run" -name apart -o -name settings -o -name shared)" ""
# what forwarded before goes on
ip netns exec g7.0 sh -c 'echo 1 >/proc/sys/net/ipv4/conf/lan0/forwarding; echo 1 >/proc/sys/net/ipv6/conf/vpn0/forwarding'
before=$(flags)
was=$(reached home\>vpn)
sed -i 's/^\[vif guest7\]/&\nshare=yes/' "$XNM_CONFIG"
"$XNM_VIF" reapply 7.0
quiet "one interface forwards by itself: shared" in_guest 7
is "one interface forwards by itself: it goes on to" "$(reached home\>vpn | grep 4)" "$(grep 4 <<<"$was")"
sed -i '/^\[vif guest7\]/,/^\[/s/^share=yes//' "$XNM_CONFIG"
"$XNM_VIF" reapply 7.0
quiet "one interface forwards by itself: shared no more" in_guest 7
same "one interface forwards by itself: as it was" "$(flags)" "$before"
# and who is a router stays one
ip netns exec g7.0 sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
before=$(flags)
sed -i 's/^\[vif guest7\]/&\nshare=yes/' "$XNM_CONFIG"
"$XNM_VIF" reapply 7.0
quiet "a router shares" in_guest 7
is "a router shares: it goes on to route, and the host gets no further for that" "$(reached home\>vpn box\>home dom0\>{home,vpn,box,air7} home\>dom0)" \
	"$(printf '%s\n' 'box>home 4' 'box>home 6' 'dom0>air7 4' 'dom0>air7 6' 'home>vpn 4' 'home>vpn 6')"
same "a router shares: no setting of an interface is changed" "$(flags | grep -v accept_ra)" "$(grep -v accept_ra <<<"$before")"
# a rule of somebody else leads in, and the answer leads back
ip netns exec g7.0 nft -f - <<'END'
table ip port {
	chain prerouting {
		type nat hook prerouting priority -100;
		iifname "lan0" tcp dport 8088 dnat to 192.168.17.1:88
	}
}
END
serve dom0 dom0 88
reach "a router shares: what its own port forward leads in" home "tcp/10.72.0.1/8088=dom0:88 10.72.0.9"
unserve dom0
# more settings than there used to be room for
for i in {1..40}; do
	echo "link add many$i type veth peer name many$i-x"
done | ip -n g7.0 -batch -
sed -i '/^\[vif guest7\]/,/^\[/s/^share=yes//' "$XNM_CONFIG"
"$XNM_VIF" reapply 7.0
in_guest 7
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv6/conf/all/forwarding'
sed -i 's/^\[vif guest7\]/&\nshare=yes/' "$XNM_CONFIG"
"$XNM_VIF" reapply 7.0
quiet "80 interfaces more: shared" in_guest 7
is "80 interfaces more: it forwards both, and goes on to listen on each" \
	"$(ip netns exec g7.0 sh -c 'cd /proc/sys/net; cat ipv4/ip_forward ipv6/conf/all/forwarding; cat ipv6/conf/many*/accept_ra | sort | uniq -c' | xargs)" \
	"1 1 80 2"
for i in {1..120}; do
	echo "link add more$i type veth peer name more$i-x"
done | ip -n g7.0 -batch -
try in_guest 7
like "320 interfaces: too many is said" "$rc:$out" '^1:xnm-guest: cannot share: .* interfaces'
is "320 interfaces: in one line" "$(printf '%s\n' "$out" | wc -l)" 1
try hotplug offline 7 0
guest_rm 7 0

tap_done
