#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sources.sh - through this host, and to it, guests of closed networks send only with addresses of their own network.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip conntrack
store_start || exit 1
lan_new
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[network nat]
bridge=nat0
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wan
host-services=all

# whose guest is played
[network victims]
bridge=vic0
address=192.168.20.1/24 fd20::1/64
forward=nat
uplink=wan

[network any]
bridge=any0
address=192.168.30.1/24 fd30::1/64
forward=nat

[network route]
bridge=rou0
address=192.168.40.1/24 fd40::1/64
forward=route
uplink=wan

[network none]
bridge=non0
address=192.168.50.1/24 fd50::1/64

[network only4]
bridge=four0
address=192.168.60.1/24
forward=nat
uplink=wan

[network pub]
backend=route
forward=route
address=10.0.0.1/32 fe80::1/64
uplink=wan

[network shut]
backend=route
forward=none
address=10.44.0.1/24 fd44::1/64

[network free]
bridge=free0
address=192.168.70.1/24 fd70::1/64
forward=open

# the host's address there is not the policy's
[network mine]
bridge=mine0
forward=none
create=no

# with a LAN behind it
[network lan]
bridge=lan0
interfaces=eth2
address=10.97.0.1/24 2001:db8:97::1/64
forward=route
keep=no

[forward web]
network=victims
protocol=tcp udp
listen-port=8080
target=guest2
target-port=80

[vif vpn]
ipv4-allowed=10.66.0.0/24 172.20.0.0/16
ipv6-allowed=fd66::/64

[vif any]
ipv4-allowed=any
ipv6-allowed=any

[vif any4]
ipv4-allowed=any

[vif router]
allow=router

[vif loosevpn]
locking-mode=unlocked
ipv4-allowed=10.66.0.0/24
ipv6-allowed=fd66::/64

[vif loose]
locking-mode=unlocked
END
serve inet inet 80
serve dom0 dom0 53

# guest D NETWORK N [KEY=VALUE]...: 192.168.N0.1D and fdN0::1D on its interface, of which nobody is told
guest() {
	guest_new "$1" 0 bridge="$2" "${@:4}"
	try hotplug online "$1" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $1 of network $2" "$rc:$out"
	lan_guest "$1" 0 "192.168.${3}0.1" "fd${3}0::1" "192.168.${3}0.1$1/24" "fd${3}0::1$1/64"
}

# routed D NETWORK ADDRESS4 ADDRESS6 HOST [KEY=VALUE]...
routed() {
	guest_new "$1" 0 bridge="$2" ip="$3 $4" "${@:6}"
	try hotplug online "$1" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $1 of network $2" "$rc:$out"
	lan_guest "$1" 0 "$5" fe80::1 "$3/32" "$4/128"
}

gone() {
	local d

	for d in "$@"; do
		try hotplug offline "$d" 0
		[ "$rc:$out" = 0: ] || not_ok "guest $d goes offline" "$out"
		guest_rm "$d" 0
	done
}

# what no network here has: a private one, one of the internet's, one of the LAN's; and a neighbour's
strangers4="172.16.9.9 203.0.113.99 10.99.0.77"
strangers6="2001:db8:bad::9 2001:db8:113::99 2001:db8:99::77"
victim4=192.168.20.12 victim6=fd20::12

# heard_of ADDRESS...: who was asked by them, and connections that have them
heard_of() {
	local name address

	for address in "$@"; do
		for name in inet dom0 guest2; do
			grep -s " $address\$" "$T/log.$name" | sed "s/^/$name: /"
		done
		tracked "$address" | sed 's/^/conntrack: /'
	done
}

# spoof NETNS HOST4 HOST6 ADDRESS...: sends with them, outside, to this host, to a forwarded port and to another network
spoof() {
	local name netns=$1 host4=$2 host6=$3 address gw to4=$victim4 to6=$victim6

	shift 3
	# it is its own then
	[[ " $* " != *" $victim4 "* ]] || to4=192.168.20.1 to6=fd20::1
	conntrack -F >/dev/null 2>&1
	for name in inet dom0 guest2; do : >"$T/log.$name"; done
	for address in "$@"; do
		case $address in
		*:*) ip -n "$netns" addr add "$address/128" dev lo nodad ;;
		*) ip -n "$netns" addr add "$address/32" dev lo ;;
		esac
	done
	for address in "$@"; do
		case $address in
		*:*)
			printf '%s\n' "$netns@$address udp/$inet6/80 -" "$netns@$address ping/$inet6 -" \
				"$netns@$address tcp/$inet6/80 -" "$netns@$address udp/$host6/53 -" \
				"$netns@$address udp/2001:db8:99::1/53 -" \
				"$netns@$address udp/2001:db8:99::1/8080 -" "$netns@$address udp/$to6/80 -"
			;;
		*)
			printf '%s\n' "$netns@$address udp/$inet4/80 -" "$netns@$address ping/$inet4 -" \
				"$netns@$address tcp/$inet4/80 -" "$netns@$address udp/$host4/53 -" \
				"$netns@$address udp/10.99.0.1/53 -" \
				"$netns@$address udp/10.99.0.1/8080 -" "$netns@$address udp/$to4/80 -"
			;;
		esac
	done | python3 -I -S "$netns_top/tests/lib/probe.py" 0.4 0.4 >"$T/answers" 2>&1
	gw=$(grep -vx -- - "$T/answers" | sort | uniq -c)
	heard=$(heard_of "$@")${gw:+$'\n'answers: $gw}
	for address in "$@"; do
		case $address in
		*:*) ip -n "$netns" addr del "$address/128" dev lo ;;
		*) ip -n "$netns" addr del "$address/32" dev lo ;;
		esac
	done
}

# closed NAME NETNS HOST4 HOST6 [ADDRESS]...: nobody hears of strangers, and of these addresses
closed() {
	local first

	# shellcheck disable=SC2086 # words
	spoof "$2" "$3" "$4" $strangers4 $strangers6 "${@:5}"
	first=$heard
	spoof "$2" "$3" "$4" $victim4 $victim6
	is "$1" "$first$heard" ""
}

guest 2 victims 2 ip="$victim4 $victim6"
serve g2.0 guest2 80
is "the victim" "$rc:$out" 0:

# counted DEVICE: packets that were dropped there for their source
counted() {
	dropped "inet xnm" "$1" foreign-source
}

for br_nf in 0 1; do
	with=
	if [ $br_nf = 1 ]; then
		with=", with br_netfilter"
		br_netfilter_set 1 || continue
	fi
	for row in "nat 1" "any 3" "route 4" "none 5"; do
		read -r network n <<<"$row"
		host4=192.168.${n}0.1 host6=fd${n}0::1
		for kind in stranger loose; do
			guest 1 "$network" "$n" name=$kind
			closed "forward of $network, $kind$with" g1.0 "$host4" "$host6"
			case $network in
			nat | any)
				reach "$network, $kind$with: with its own it is outside" g1.0 \
					"tcp/$inet4/80=inet:80 10.99.0.1" "udp/$inet6/80=inet:80 2001:db8:99::1" \
					"ping/$inet4=yes" "ping/$inet6=yes" "udp/10.99.0.1/8080=guest2:80 192.168.${n}0.11" \
					"tcp/2001:db8:99::1/8080=guest2:80 fd${n}0::11"
				;;
			route)
				ip -n lan route replace 192.168.40.0/24 via 10.99.0.1
				ip -n lan route replace fd40::/64 via 2001:db8:99::1
				reach "$network, $kind$with: with its own it is outside" g1.0 \
					"tcp/$inet4/80=inet:80 192.168.40.11" "udp/$inet6/80=inet:80 fd40::11" \
					"ping/$inet4=yes" "ping/$inet6=yes"
				;;
			esac
			reach "$network, $kind$with: and at the host" g1.0 "udp/$host4/53=dom0:53 192.168.${n}0.11" \
				"tcp/$host6/53=dom0:53 fd${n}0::11" "ping/$host4=yes" "ping/$host6=yes"
			is "$network, $kind$with: counted" \
				"$([ "$(counted "$(link_master vif1.0)")" -gt 20 ] && echo yes)" yes
			gone 1
		done
	done
done
br_netfilter_set 0

# -- IPv4 only: nothing of the other family
guest 1 only4 6
closed "a network of one family" g1.0 192.168.60.1 "$(ip -6 -o addr show dev four0 scope link | sed 's/.*inet6 \([^/]*\).*/\1/')%eth0" fd60::11
reach "IPv4 works" g1.0 "tcp/$inet4/80=inet:80 10.99.0.1"
gone 1

# -- routed vifs
for row in "stranger pub 10.99.0.50 2001:db8:99::50 10.0.0.1" "loose pub 10.99.0.50 2001:db8:99::50 10.0.0.1" \
	"loose shut 10.44.0.50 fd44::50 10.44.0.1"; do
	read -r kind network own4 own6 host <<<"$row"
	routed 1 "$network" "$own4" "$own6" "$host" name="$kind"
	closed "routed, $kind, $network" g1.0 "$host" 2001:db8:99::1 192.168.40.11 fd40::11
	if [ "$network" = pub ]; then
		reach "routed, $kind: with its own it is outside" g1.0 "tcp/$inet4/80=inet:80 $own4" \
			"udp/$inet6/80=inet:80 $own6" "ping/$inet6=yes"
	fi
	reach "routed, $kind, $network: and at the host" g1.0 "udp/$host/53=dom0:53 $own4" "ping/$host=yes"
	gone 1
done

# -- the emulated card
guest 1 nat 1 type=vif_ioemu
ip link add vif1.0-emu type veth peer name emu address 00:16:3e:00:01:00 netns g1.0
try hotplug add 1 0
is "a tap" "$rc:$out" 0:
ip -n g1.0 link set eth0 down
ip -n g1.0 addr add 192.168.10.11/24 dev emu
ip -n g1.0 addr add fd10::11/64 dev emu nodad
ip -n g1.0 link set emu up
ip -n g1.0 route replace default via 192.168.10.1 dev emu
ip -n g1.0 route replace default via fd10::1 dev emu
closed "by its tap" g1.0 192.168.10.1 fd10::1
reach "by its tap, with its own" g1.0 "tcp/$inet4/80=inet:80 10.99.0.1" "udp/$inet6/80=inet:80 2001:db8:99::1"
ip link del vif1.0-emu
try hotplug remove 1 0
gone 1

# -- what is meant to have others
ip -n lan route add 10.66.0.0/24 via 10.99.0.1
ip -n lan route add fd66::/64 via 2001:db8:99::1
for kind in vpn loosevpn; do
	guest 1 route 4 name=$kind ip="192.168.40.11 fd40::11"
	ip route add 10.66.0.0/24 via 192.168.40.11
	ip route add fd66::/64 via fd40::11
	ip -n g1.0 addr add 10.66.0.5/32 dev lo
	ip -n g1.0 addr add fd66::5/128 dev lo nodad
	reach "$kind: prefixes that are allowed to it" g1.0@10.66.0.5 "tcp/$inet4/80=inet:80 10.66.0.5" \
		"g1.0@fd66::5>udp/$inet6/80=inet:80 fd66::5" "g1.0@10.66.0.5>udp/192.168.40.1/53=dom0:53 10.66.0.5" \
		"g1.0@fd66::5>tcp/fd40::1/53=dom0:53 fd66::5" "g1.0@192.168.40.11>tcp/$inet4/80=inet:80 192.168.40.11"
	closed "$kind: no others" g1.0 192.168.40.1 fd40::1
	# a neighbour that may have them as well comes and goes
	guest 3 route 4 name=vpn ip="192.168.40.13 fd40::13"
	gone 3
	reach "$kind: still, when another one has gone" g1.0@10.66.0.5 "tcp/$inet4/80=inet:80 10.66.0.5" \
		"g1.0@fd66::5>udp/$inet6/80=inet:80 fd66::5"
	guest 3 route 4 name=stranger
	spoof g3.0 192.168.40.1 fd40::1 10.66.0.6 fd66::6
	is "$kind: they are not its neighbour's" "$heard" ""
	gone 3 1
	ip route del 10.66.0.0/24 2>/dev/null
	ip -6 route del fd66::/64 2>/dev/null
done
for kind in any router; do
	guest 1 route 4 name=$kind
	ip -n g1.0 addr add 10.66.0.5/32 dev lo
	ip -n g1.0 addr add fd66::5/128 dev lo nodad
	ip route add 10.66.0.5 via 192.168.40.11
	ip route add fd66::5 via fd40::11
	reach "$kind: any address" g1.0@10.66.0.5 "tcp/$inet4/80=inet:80 10.66.0.5" "g1.0@fd66::5>udp/$inet6/80=inet:80 fd66::5"
	ip route del 10.66.0.5
	ip -6 route del fd66::5
	gone 1
done
guest 1 route 4 name=any4
ip -n g1.0 addr add 10.66.0.5/32 dev lo
ip route add 10.66.0.5 via 192.168.40.11
reach "any of IPv4" g1.0@10.66.0.5 "tcp/$inet4/80=inet:80 10.66.0.5"
# shellcheck disable=SC2086 # words
spoof g1.0 192.168.40.1 fd40::1 $strangers6 fd66::5
is "and none of IPv6" "$heard" ""
ip route del 10.66.0.5
gone 1
# of a network with its own addresses, one that is elsewhere and routed to it
guest 1 route 4 ip="192.168.40.11 fd40::11 192.0.2.44 2001:db8:bb::44"
ip -n lan route add 192.0.2.44 via 10.99.0.1
ip -n lan route add 2001:db8:bb::44 via 2001:db8:99::1
ip -n g1.0 addr add 192.0.2.44/32 dev lo
ip -n g1.0 addr add 2001:db8:bb::44/128 dev eth0 nodad
reach "its own outside of the subnets" g1.0@192.0.2.44 "tcp/$inet4/80=inet:80 192.0.2.44" \
	"g1.0@2001:db8:bb::44>udp/$inet6/80=inet:80 2001:db8:bb::44" "g1.0@192.0.2.44>udp/192.168.40.1/53=dom0:53 192.0.2.44"
gone 1

# -- without an address: asking for one
guest 1 none 5 name=stranger
ip -n g1.0 addr flush dev eth0 scope global
serve dom0 dhcp 67 547
ip netns exec g1.0 python3 - "${guest_mac[1.0]//:/}" <<'END'
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
mac = bytes.fromhex(sys.argv[1])
# a message of DHCP that names its sender, or the guard of locked guests has it
data = b"\1\1\6\0" + bytes(24) + mac + bytes(202) + b"\x63\x82\x53\x63\x35\1\1\xff"
udp = struct.pack("!HHHH", 68, 67, 8 + len(data), 0) + data
ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes(4), b"\xff" * 4)
total = sum(struct.unpack("!10H", ip))
total = (total & 0xffff) + (total >> 16)
ip = ip[:10] + struct.pack("!H", ~total & 0xffff) + ip[12:]
s.send(b"\xff" * 6 + mac + b"\x08\0" + ip + udp)
END
sleep 0.2
is "from 0.0.0.0 it asks for an address" "$(served dhcp)" "udp 67 0.0.0.0"
ll=$(ip -6 -o addr show dev non0 scope link | sed 's/.*inet6 \([^/]*\).*/\1/')
ip -n g1.0 addr add 169.254.7.7/16 dev eth0
ip addr add 169.254.1.1/16 dev non0
reach "link-local addresses reach the host" g1.0 "ping/$ll%eth0=yes" ping/169.254.1.1=yes
ip addr del 169.254.1.1/16 dev non0
unserve dhcp
gone 1

# -- guests among themselves, with addresses that only they know
for br_nf in 0 1; do
	[ $br_nf = 0 ] || br_netfilter_set 1 || continue
	guest 1 nat 1
	guest 3 nat 1
	for d in 1 3; do
		ip -n g$d.0 addr add 172.16.7.$d/24 dev eth0
		ip -n g$d.0 addr add fd77::$d/64 dev eth0 nodad
	done
	reach "neighbours with addresses of their own, br_netfilter=$br_nf" g1.0 ping/172.16.7.3=yes ping/fd77::3=yes
	gone 1 3
done
br_netfilter_set 0

# -- networks that are not closed
guest 1 free 7
ip -n g1.0 addr add 10.66.0.5/32 dev lo
ip -n g1.0 addr add fd66::5/128 dev lo nodad
ip route add 10.66.0.5 via 192.168.70.11
ip route add fd66::5 via fd70::11
guest 3 nat 1
reach "forward=open closes nothing" g1.0@10.66.0.5 "tcp/$inet4/80=inet:80 10.66.0.5" "g1.0@fd66::5>udp/$inet6/80=inet:80 fd66::5"
ip route del 10.66.0.5
ip -6 route del fd66::5
gone 1 3

# -- a bridge to which the policy gives no address
bridge_new mine0
ip addr add 192.168.90.1/24 dev mine0
ip addr add fd90::1/64 dev mine0 nodad
guest 1 mine 9
reach "an address of the host that the policy does not know" g1.0 "udp/192.168.90.1/53=dom0:53 192.168.90.11" \
	"tcp/fd90::1/53=dom0:53 fd90::11" ping/fd90::1=yes
for name in inet dom0 guest2; do : >"$T/log.$name"; done
spoof g1.0 192.168.90.1 fd90::1 $victim4 $victim6
is "but no guest's of another network" "$heard" ""
gone 1

# -- a LAN behind the bridge
ip link add eth2 type veth peer name eth2 netns lan
ip -n lan addr add 10.97.0.254/24 dev eth2
ip -n lan addr add 2001:db8:97::fe/64 dev eth2
ip -n lan link set eth2 up
guest_new 1 0 bridge=lan
try hotplug online 1 0
is "a guest beside a LAN" "$rc:$out" 0:
lan_guest 1 0 10.97.0.1 2001:db8:97::1 10.97.0.11/24 2001:db8:97::11/64
for br_nf in 0 1; do
	[ $br_nf = 0 ] || br_netfilter_set 1 || continue
	ip route replace $inet4 via 10.97.0.254
	ip route replace $inet6 via 2001:db8:97::fe
	reach "what comes from the LAN has any source, br_netfilter=$br_nf" inet udp/10.97.0.1/53="dom0:53 $inet4" \
		udp/2001:db8:97::1/53="dom0:53 $inet6" "dom0>tcp/$inet4/80=inet:80 10.97.0.1" \
		"dom0>tcp/$inet6/80=inet:80 2001:db8:97::1" "dom0>ping/$inet4=yes"
	ip route del $inet4
	ip route del $inet6
	# shellcheck disable=SC2086 # words
	spoof g1.0 10.97.0.1 2001:db8:97::1 $strangers4 $strangers6
	is "what comes from its guests does not, br_netfilter=$br_nf" "$heard" ""
done
br_netfilter_set 0
gone 1 2
unserve guest2
# the bridge and the card that came behind the first guest may need forwarding
is "no element is left" "$(elements | grep -v "^inet apart")" ""
tap_done
