#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# routed.sh - vifs without a bridge, and guests with addresses of the outside: routes, neighbours and who answers for them.
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
policy() {
	cat >"$XNM_CONFIG" <<END
[uplink wan]
interface=eth0

[uplink other]
interface=eth1

# addresses of the LAN around, each with a vif of its own
[network pub]
backend=route
forward=route
address=10.0.0.1/32 fe80::1/64
uplink=wan

# a bridge, with addresses that the router knows to be here
[network rb]
bridge=rb0
address=10.5.0.1/24 2001:db8:5::1/64
forward=route
uplink=wan

[network anywhere]
backend=route
forward=route
address=10.0.1.1/32 fe80::1/64

[network private]
bridge=nat0
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wan

[vif listed]
network=pub
address=$1
END
}
policy 10.99.0.60
serve inet inet 80
serve lan lan 80

# routed D NETWORK ADDRESS4 ADDRESS6 [KEY=VALUE]...: guest D with these two addresses, and what KEYs say
routed() {
	guest_new "$1" 0 bridge="$2" ip="$3 $4" "${@:5}"
	try hotplug online "$1" 0
}

# inside_of D ADDRESS4/LEN ADDRESS6/LEN: what such a guest does for itself
inside_of() {
	lan_guest "$1" 0 10.0.0.1 fe80::1 "$2" "$3"
	serve "g$1.0" "guest$1" 80
}

gone() {
	local d

	for d in "$@"; do
		try hotplug offline "$d" 0
		assert_offline "guest $d goes offline" "$d" 0
		[ -z "${servers[guest$d]:-}" ] || unserve "guest$d"
		guest_rm "$d" 0
	done
}

# assert_routed NAME D: the last try succeeded in silence, and the vif is up and nobody's port
assert_routed() {
	local wrong=

	[ "$rc:$out" = 0: ] || wrong+="exit status $rc: $out"$'\n'
	[ -z "$(link_master "vif$2.0")" ] || wrong+="master is $(link_master "vif$2.0")"$'\n'
	link_is_up "vif$2.0" || wrong+="vif$2.0 is down"$'\n'
	[ "$(xs_read "$backend/$2/0/hotplug-status")" = connected ] || wrong+="not connected"$'\n'
	if [ -z "$wrong" ]; then ok "$1"; else not_ok "$1" "${wrong%$'\n'}"; fi
}

# ways: all that leads to guests: routes, neighbours, who is answered for, addresses, settings; one per line
ways() {
	{
		ip route show
		ip -6 route show
	} | grep -E ' dev (vif|rb0|nat0)' | grep -v '^fe80::/64' |
		sed -E 's/ (linkdown|pref medium|scope link|proto [0-9]+)//g; s/ *$//; s/^/route /'
	ip neigh show nud permanent | grep -E ' dev (vif|rb0|nat0)' |
		sed -E 's/ *proto [0-9]+//; s/ *PERMANENT *//; s/^/neighbour /'
	ip neigh show proxy | sed -E 's/ proxy//; s/ *proto [0-9]+//; s/ *$//; s/^/proxy /'
	ip -o addr show | awk '$2 ~ /^vif/ && $4 !~ /^fe80::[^1]/ { print "address", $4, $2 }'
}

# whole: everything that an online changes
whole() {
	snapshot
	ways
	rules
	elements
	for what in ipv4/ip_forward ipv6/conf/all/forwarding ipv6/conf/eth0/accept_ra ipv6/conf/eth0/proxy_ndp; do
		echo "$what $(sysctl_get $what)"
	done
}

before_all=$(ways)
is "a host without guests" "$before_all" ""

# -- one guest, with addresses of the LAN and whole prefixes
routed 1 pub 10.99.0.50 "2001:db8:99::50 10.77.0.0/28 2001:db8:77::/64"
assert_routed "a routed vif" 1
is "what leads to it" "$(ways | grep -v '^proxy')" "route 10.77.0.0/28 dev vif1.0 metric 2
route 10.99.0.50 dev vif1.0 metric 2
route 2001:db8:77::/64 dev vif1.0 metric 2
route 2001:db8:99::50 dev vif1.0 metric 2
neighbour 10.99.0.50 dev vif1.0 lladdr 00:16:3e:00:01:00
neighbour 2001:db8:99::50 dev vif1.0 lladdr 00:16:3e:00:01:00
address 10.0.0.1/32 vif1.0
address fe80::1/64 vif1.0"
is "who is answered for" "$(ways | grep '^proxy' | sort)" \
	"proxy 10.99.0.50 dev eth0
proxy 2001:db8:99::50 dev eth0"
is "the plan is empty now" "$("$XNM_VIF" plan vif1.0)" "vif1.0 online:
  nothing to do"
inside_of 1 10.99.0.50/32 2001:db8:99::50/128
ip -n g1.0 addr add 10.77.0.5/28 dev lo
# a host answers for its IPv6 addresses only where they are
ip -n g1.0 addr add 2001:db8:77::5/128 dev eth0 preferred_lft 0

reach "it reaches the LAN and the internet as itself" g1.0 \
	"tcp/$lan4/80=lan:80 10.99.0.50" "udp/$lan4/80=lan:80 10.99.0.50" ping/$lan4=yes \
	"tcp/$lan6/80=lan:80 2001:db8:99::50" "udp/$lan6/80=lan:80 2001:db8:99::50" ping/$lan6=yes \
	"tcp/$inet4/80=inet:80 10.99.0.50" "udp/$inet6/80=inet:80 2001:db8:99::50"
ip -n lan neigh flush all
reach "a neighbour in the LAN reaches it, without any route" lan \
	"tcp/10.99.0.50/80=guest1:80 $lan4" "udp/10.99.0.50/80=guest1:80 $lan4" ping/10.99.0.50=yes \
	"tcp/2001:db8:99::50/80=guest1:80 $lan6" "udp/2001:db8:99::50/80=guest1:80 $lan6" \
	ping/2001:db8:99::50=yes
like "because dom0 answers for it" "$(ip -n lan neigh show dev eth0)" "10.99.0.50 lladdr $(link_mac eth0)"
like "with IPv6, too" "$(ip -n lan neigh show dev eth0)" "2001:db8:99::50 lladdr $(link_mac eth0)"
nowhere "but not for others" lan udp/10.99.0.51/80 udp/2001:db8:99::51/80
is "nobody heard of those" "$(ip -n lan -j neigh show dev eth0 | jq -r '.[] | select(.lladdr) | .dst' | grep -c 51)" 0
reach "the internet reaches it" inet "tcp/10.99.0.50/80=guest1:80 $inet4" "udp/2001:db8:99::50/80=guest1:80 $inet6" \
	ping/10.99.0.50=yes ping/2001:db8:99::50=yes
ip -n lan route add 10.77.0.0/28 via 10.99.0.1
ip -n lan route add 2001:db8:77::/64 via 2001:db8:99::1
reach "and what is in its prefixes" inet "tcp/10.77.0.5/80=guest1:80 $inet4" "udp/10.77.0.5/80=guest1:80 $inet4" \
	"tcp/2001:db8:77::5/80=guest1:80 $inet6" "udp/2001:db8:77::5/80=guest1:80 $inet6"
reach "it may send from them, too" g1.0@10.77.0.5 "tcp/$inet4/80=inet:80 10.77.0.5" "ping/$inet4=yes"
reach "and from those of IPv6" g1.0@2001:db8:77::5 "tcp/$inet6/80=inet:80 2001:db8:77::5" "ping/$inet6=yes"
reach "the host is its gateway" g1.0 ping/10.0.0.1=yes ping/fe80::1%eth0=yes ping/10.99.0.1=yes
nowhere "of which it reaches no more than that" g1.0 tcp/10.0.0.1/22 udp/10.99.0.1/123 tcp/2001:db8:99::1/22
nowhere "not by other interfaces than its uplink" g1.0 tcp/$other4/80 ping/$other4 udp/$other6/80 ping/$other6

# -- again
before=$(whole)
try hotplug online 1 0
same "online twice changes nothing" "$rc:$out"$'\n'"$(whole)" 0:$'\n'"$before"
try "$XNM_VIF" reapply all
same "nor does reapply" "$rc:$out"$'\n'"$(whole)" 0:$'\n'"$before"

# -- as somebody else
# spoofs NAME REASON COMMAND...: what it sends is dropped and counted for REASON, and heard nowhere
spoofs() {
	local name=$1 reason=$2 before

	shift 2
	before=$(dropped "inet xnm" vif1.0 "$reason")
	nowhere "$name: no answer" "$@"
	if [ "$(dropped "inet xnm" vif1.0 "$reason")" -gt "$before" ]; then
		ok "$name: counted as $reason"
	else
		not_ok "$name: counted as $reason" "$(nft list set inet xnm drops)"
	fi
}

routed 2 pub 10.99.0.52 2001:db8:99::52
assert_routed "another one" 2
# this one takes the whole LAN for its neighbours
inside_of 2 10.99.0.52/24 2001:db8:99::52/128
reach "a wide netmask does no harm" g2.0 "tcp/$lan4/80=lan:80 10.99.0.52" "udp/10.99.0.50/80=guest1:80 10.99.0.52"
reach "guests of the network reach each other by the host" g1.0 "tcp/10.99.0.52/80=guest2:80 10.99.0.50" \
	"udp/2001:db8:99::52/80=guest2:80 2001:db8:99::50" ping/10.99.0.52=yes ping/2001:db8:99::52=yes
served lan >/dev/null
served guest2 >/dev/null
ip -n g1.0 addr add 10.99.0.52/32 dev lo
ip -n g1.0 addr add 2001:db8:99::52/128 dev lo
ip -n g1.0 addr add 10.99.0.99/32 dev lo
ip -n g1.0 addr add 2001:db8:99::99/128 dev lo
for as in 10.99.0.52 10.99.0.99; do
	spoofs "it sends as $as" spoofed-ipv4 g1.0@$as tcp/$lan4/80 ping/$lan4 ping/10.0.0.1
done
for as in 2001:db8:99::52 2001:db8:99::99; do
	spoofs "it sends as $as" spoofed-ipv6 g1.0@$as tcp/$lan6/80 ping/$lan6 ping/2001:db8:99::1
done
is "the LAN heard of none of it" "$(served lan)" ""
ip -n g1.0 addr del 10.99.0.52/32 dev lo
ip -n g1.0 addr del 2001:db8:99::52/128 dev lo
# the other's addresses on its wire, so that it shouts that it has them
ip -n g1.0 addr add 10.99.0.52/32 dev eth0
ip -n g1.0 addr add 2001:db8:99::52/128 dev eth0
ip netns exec g1.0 arping -q -c 1 -U -I eth0 10.99.0.52 2>/dev/null ||
	ip netns exec g1.0 python3 -c '
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(("eth0", 0))
mac, ip = bytes.fromhex("00163e000100"), bytes([10, 99, 0, 52])
for op in 1, 2:
    s.send(b"\xff" * 6 + mac + bytes.fromhex("08060001080006040%03x" % op) + mac + ip + b"\xff" * 6 + ip)'
reach "who claims another's address does not get what is sent there" lan "tcp/10.99.0.52/80=guest2:80 $lan4" \
	"udp/2001:db8:99::52/80=guest2:80 $lan6"
is "the host's neighbours are where they were" "$(ways | grep '^neighbour.*52 ')" \
	"neighbour 10.99.0.52 dev vif2.0 lladdr 00:16:3e:00:02:00
neighbour 2001:db8:99::52 dev vif2.0 lladdr 00:16:3e:00:02:00"
ip -n g1.0 addr del 10.99.0.52/32 dev eth0
ip -n g1.0 addr del 2001:db8:99::52/128 dev eth0
ip -n g1.0 link set eth0 address 00:16:3e:00:02:00
spoofs "it sends with another's MAC address" spoofed-mac g1.0@10.99.0.50 tcp/$lan4/80 ping/$lan4
spoofs "with IPv6, too" spoofed-mac g1.0@2001:db8:99::50 tcp/$lan6/80 ping/$lan6
ip -n g1.0 link set eth0 address 00:16:3e:00:01:00
# the guest's routes went with the link
ip -n g1.0 route replace default via 10.0.0.1 dev eth0 onlink
ip -n g1.0 route replace default via fe80::1 dev eth0 onlink
ip -n g1.0 addr replace 2001:db8:99::50/128 dev eth0
reach "as itself it is heard" g1.0 "tcp/$lan4/80=lan:80 10.99.0.50" "udp/$lan6/80=lan:80 2001:db8:99::50"
routed 3 pub 10.99.0.52 fd00::3
is "a third one with an address of the second does not start" "$rc" 1
like "it says why" "$out" "10.99.0.52.*vif2.0|vif2.0.*10.99.0.52|2\.0"
guest_rm 3 0

# -- other networks
routed 4 rb 10.5.0.14 "2001:db8:5::14 192.0.2.44 2001:db8:bb::44"
assert_online "a guest of a routed network with a bridge" 4 0 rb0
is "routes to what is not in its subnets" "$(ways | grep rb0 | grep -v kernel)" \
	"route 192.0.2.44 dev rb0 metric 2
route 2001:db8:bb::44 dev rb0 metric 2"
lan_guest 4 0 10.5.0.1 2001:db8:5::1 10.5.0.14/24 2001:db8:5::14/64
ip -n g4.0 addr add 192.0.2.44/32 dev eth0
ip -n g4.0 addr add 2001:db8:bb::44/128 dev eth0
serve g4.0 guest4 80
ip -n lan route add 10.5.0.0/24 via 10.99.0.1
ip -n lan route add 2001:db8:5::/64 via 2001:db8:99::1
ip -n lan route add 192.0.2.44 via 10.99.0.1
ip -n lan route add 2001:db8:bb::44 via 2001:db8:99::1
reach "the internet reaches all of its addresses" inet "tcp/10.5.0.14/80=guest4:80 $inet4" \
	"udp/2001:db8:5::14/80=guest4:80 $inet6" "tcp/192.0.2.44/80=guest4:80 $inet4" \
	"udp/192.0.2.44/80=guest4:80 $inet4" "tcp/2001:db8:bb::44/80=guest4:80 $inet6"
reach "it sends from the one" g4.0@192.0.2.44 "tcp/$inet4/80=inet:80 192.0.2.44"
reach "and from the other" g4.0@2001:db8:bb::44 "tcp/$inet6/80=inet:80 2001:db8:bb::44"
routed 5 private 192.168.10.15 fd10::15
assert_online "a guest of a network with NAT" 5 0 nat0
dump_loads "with routed guests"
lan_guest 5 0 192.168.10.1 fd10::1 192.168.10.15/24 fd10::15/64
serve g5.0 guest5 80
routed 6 anywhere 10.98.0.66 2001:db8:98::66
assert_routed "a guest of a routed network without uplink=" 6
inside_of 6 10.98.0.66/32 2001:db8:98::66/128
is "nobody answers for it" "$(ways | grep -c '^proxy.*66 ')" 0
ip -n lan route add 10.98.0.66 via 10.98.0.1
ip -n lan route add 2001:db8:98::66 via 2001:db8:98::1
reach "it gets out by any interface" g6.0 "tcp/$inet4/80=inet:80 10.98.0.66" "udp/$other6/80=inet:80 2001:db8:98::66"
reach "and is reached by any" inet "tcp/10.98.0.66/80=guest6:80 $inet4" "udp/2001:db8:98::66/80=guest6:80 $inet6"
reach "routed networks reach each other" g1.0 "tcp/10.5.0.14/80=guest4:80 10.99.0.50" \
	"udp/2001:db8:5::14/80=guest4:80 2001:db8:99::50" "tcp/192.0.2.44/80=guest4:80 10.99.0.50" \
	"tcp/2001:db8:98::66/80=guest6:80 2001:db8:99::50"
reach "the other way, too" g4.0@10.5.0.14 "tcp/10.99.0.50/80=guest1:80 10.5.0.14" ping/10.98.0.66=yes
nowhere "but not one with NAT" g1.0 tcp/192.168.10.15/80 udp/192.168.10.15/80 ping/192.168.10.15 tcp/fd10::15/80 \
	udp/fd10::15/80 ping/fd10::15
nowhere "which does not reach them" g5.0 tcp/10.99.0.50/80 ping/10.99.0.50 udp/2001:db8:99::50/80 tcp/10.5.0.14/80 \
	udp/2001:db8:5::14/80 ping/10.98.0.66 tcp/2001:db8:98::66/80
reach "though it gets out" g5.0 "tcp/$inet4/80=inet:80 10.99.0.1" "udp/$inet6/80=inet:80 2001:db8:99::1"

# -- spoofed from outside
ip -n lan addr add 192.0.2.1/24 dev lo
before=$(dropped "inet xnm" outside spoofed-source)
ip -n lan addr add 10.99.0.50/32 dev lo
nowhere "who comes from outside with a guest's address" lan@10.99.0.50 ping/10.99.0.1 ping/10.99.0.52
ip -n lan addr del 10.99.0.50/32 dev lo
is "is dropped and counted" "$([ "$(dropped "inet xnm" outside spoofed-source)" -gt "$before" ] && echo yes)" yes

# -- a guest that moves within the host: a second domain with the same name, MAC and addresses
routed 11 pub 10.99.0.50 2001:db8:99::50 name=guest1--incoming uuid="$(guest_uuid 1)" mac=00:16:3e:00:01:00
assert_routed "a domain with the same guest in it comes" 11
inside_of 11 10.99.0.50/32 2001:db8:99::50/128
is "the newest has the routes" "$(ways | grep '^route.*99.*50 ')" \
	"route 10.99.0.50 dev vif11.0 metric 2
route 2001:db8:99::50 dev vif11.0 metric 2"
reach "it is reached" lan "tcp/10.99.0.50/80=guest11:80 $lan4" "udp/2001:db8:99::50/80=guest11:80 $lan6"
reach "and reaches" g11.0 "tcp/$inet4/80=inet:80 10.99.0.50" "udp/$inet6/80=inet:80 2001:db8:99::50"
before=$(elements | grep -v 'vif1\.0')
ip netns exec g11.0 curl -sSgN -m 30 "http://$inet4/stream" >"$T/stream" 2>&1 &
stream=$!
sleep 0.3
gone 1
ip -n lan neigh flush all
reach "the old one goes: the new one is reached" lan "tcp/10.99.0.50/80=guest11:80 $lan4" \
	"udp/10.99.0.50/80=guest11:80 $lan4" "tcp/2001:db8:99::50/80=guest11:80 $lan6" \
	"udp/2001:db8:99::50/80=guest11:80 $lan6"
reach "and reaches" g11.0 "tcp/$inet4/80=inet:80 10.99.0.50" "udp/$inet6/80=inet:80 2001:db8:99::50"
n=$(wc -l <"$T/stream")
sleep 0.4
is "its connections go on" "$([ "$(wc -l <"$T/stream")" -gt "$n" ] && echo yes)" yes
kill $stream
is "the plan is empty still" "$("$XNM_VIF" plan vif11.0)" "vif11.0 online:
  nothing to do"
# the old one alone had the prefixes
same "nothing of the new one was taken" "$(elements | grep -v 'vif1\.0')" "$(grep -v '10.77\|2001:db8:77\|0x20010db80077' <<<"$before")"
is "it is answered for" "$(ways | grep '^proxy.*:50 \|^proxy.*\.50 ')" "proxy 10.99.0.50 dev eth0
proxy 2001:db8:99::50 dev eth0"

# the other outcome: the new one does not start, the old one goes on
routed 12 pub 10.99.0.50 2001:db8:99::50 name=guest1--incoming uuid="$(guest_uuid 1)" mac=00:16:3e:00:01:00
assert_routed "and once more" 12
gone 12
reach "the new one goes: the old one is reached again" lan "tcp/10.99.0.50/80=guest11:80 $lan4" \
	"udp/2001:db8:99::50/80=guest11:80 $lan6"
gone 11

# -- an emulated NIC
routed 7 pub 10.99.0.57 2001:db8:99::57 type=vif_ioemu
assert_routed "a guest with an emulated NIC" 7
tap_new 7 0
try hotplug add 7 0
is "its tap" "$rc:$out" 0:
is "the tap comes first as long as it is there" "$(ways | grep '^route.*57 ')" \
	"route 10.99.0.57 dev vif7.0-emu metric 1
route 10.99.0.57 dev vif7.0 metric 2
route 2001:db8:99::57 dev vif7.0-emu metric 1
route 2001:db8:99::57 dev vif7.0 metric 2"
before=$(whole)
try hotplug add 7 0
try hotplug online 7 0
same "both again change nothing" "$rc:$out"$'\n'"$(whole)" 0:$'\n'"$before"
ip link del vif7.0-emu
inside_of 7 10.99.0.57/32 2001:db8:99::57/128
reach "the guest's own driver comes: it is reached by the vif" lan "tcp/10.99.0.57/80=guest7:80 $lan4" \
	"udp/2001:db8:99::57/80=guest7:80 $lan6"
gone 7
try hotplug remove 7 0
is "remove after that" "$rc:$out" 0:
is "nothing is left of it" "$(ways | grep 'vif7\|57 '; elements | grep vif7; find "$XNM_RUN_DIR/vif" -name '7*')" ""

# -- another list of addresses
guest_new 8 0 name=listed
try hotplug online 8 0
assert_routed "a guest whose addresses the policy has" 8
inside_of 8 10.99.0.60/32 2001:db8:99::61/128
ip -n g8.0 addr add 10.99.0.61/32 dev eth0
reach "it is reached" lan "tcp/10.99.0.60/80=guest8:80 $lan4" "udp/10.99.0.60/80=guest8:80 $lan4"
policy "10.99.0.61 2001:db8:99::61"
like "plan tells what would be done" "$("$XNM_VIF" plan vif8.0)" '10\.99\.0\.61'
try "$XNM_VIF" reapply all
is "reapply with another list" "$rc:$out" 0:
is "what leads to it now" "$(ways | grep vif8)" "route 10.99.0.61 dev vif8.0 metric 2
route 2001:db8:99::61 dev vif8.0 metric 2
neighbour 10.99.0.61 dev vif8.0 lladdr 00:16:3e:00:08:00
neighbour 2001:db8:99::61 dev vif8.0 lladdr 00:16:3e:00:08:00
address 10.0.0.1/32 vif8.0
address fe80::1/64 vif8.0"
is "who is answered for" "$(ways | grep '^proxy.*6[01] ' | sort)" \
	"proxy 10.99.0.61 dev eth0
proxy 2001:db8:99::61 dev eth0"
is "no element has the old one" "$(elements | grep -c '10.99.0.60')" 0
reach "it is reached there" lan "tcp/10.99.0.61/80=guest8:80 $lan4" "udp/2001:db8:99::61/80=guest8:80 $lan6"
ip -n lan neigh flush all
nowhere "and not where it was" lan udp/10.99.0.60/80
nowhere "nor may it send from there" g8.0@10.99.0.60 ping/$lan4 tcp/$lan4/80
is "the plan is empty then" "$("$XNM_VIF" plan vif8.0)" "vif8.0 online:
  nothing to do"

# -- the end
gone 8
gone 6 5
reach "the others go on" lan "tcp/10.99.0.52/80=guest2:80 $lan4" "udp/192.0.2.44/80=guest4:80 $lan4"
gone 2 4
is "no route, neighbour, proxy or address is left" "$(ways)" ""
is "nor an element" "$(elements)" ""
is "nor a setting" "$(for what in ipv4/ip_forward ipv6/conf/all/forwarding ipv6/conf/eth0/accept_ra \
	ipv6/conf/eth0/proxy_ndp; do sysctl_get $what; done | paste -sd' ')" "0 0 1 0"
assert_clean "nothing is left"
tap_done
