#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nat.sh - forward=nat: guests get out with an address of the host, nobody gets in, and other networks are left alone.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

lan_or_skip iperf3
store_start || exit 1
lan_new
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[uplink other]
interface=eth1

[network a]
bridge=na0
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wan

[network b]
bridge=nb0
address=192.168.20.1/24 fd20::1/64
forward=nat
uplink=other

[network fixed]
bridge=nf0
address=192.168.30.1/24 fd30::1/64
forward=nat
uplink=wan
snat=10.99.0.9 2001:db8:99::9

[network any]
bridge=ny0
address=192.168.40.1/24 fd40::1/64
forward=nat

[network only4]
bridge=no0
address=192.168.50.1/24 fd50::1/64
forward=nat
uplink=wan
masquerade=ipv4

[uplink missing]
interface=eth9

[network nowhere]
bridge=nn0
address=192.168.60.1/24
forward=nat
uplink=missing

[network plain]
bridge=br0
interfaces=eth2
keep=no
END
serve inet inet 80 443

# a LAN that guests are members of, with a card of the host of its own
ip link add eth2 type veth peer name eth2 netns lan
ip -n lan addr add 10.97.0.254/24 dev eth2
ip -n lan addr add 2001:db8:97::fe/64 dev eth2
ip -n lan link set eth2 up

# settings: what networks change of the kernel
settings() {
	echo "$(sysctl_get ipv4/ip_forward) $(sysctl_get ipv6/conf/all/forwarding)" \
		"$(sysctl_get ipv6/conf/eth0/accept_ra) $(sysctl_get ipv6/conf/eth1/accept_ra)"
}

# guest D NETWORK N: guest D, 192.168.N0.1D, and online
guest() {
	guest_new "$1" 0 bridge="$2" ip="192.168.${3}0.1$1 fd${3}0::1$1"
	try hotplug online "$1" 0
	lan_guest "$1" 0 "192.168.${3}0.1" "fd${3}0::1" "192.168.${3}0.1$1/24" "fd${3}0::1$1/64"
	serve "g$1.0" "guest$1" 80
}

gone() {
	local d

	for d in "$@"; do
		try hotplug offline "$d" 0
		[ "$rc:$out" = 0: ] || not_ok "guest $d goes offline" "$out"
		unserve guest"$d"
		guest_rm "$d" 0
	done
}

# router_advertises PREFIX: the router of the LAN does, until dom0 has an address of it, or does not want one
router_advertises() {
	local i

	for ((i = 0; i < 10; i++)); do
		advertise "$1"
		sleep 0.1
		ip -6 addr show dev eth0 | grep -q "${1%::}:" && return
	done
}

advertise() {
	ip netns exec lan python3 - "$1" <<'END'
import socket, struct, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
prefix = socket.inet_pton(socket.AF_INET6, sys.argv[1])
ra = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
ra += struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 3600, 3600, 0) + prefix
s.sendto(ra, ("ff02::1%eth0", 0))
END
}

# -- the first guest
router_advertises 2001:db8:fa::
like "the host itself learns from its router" "$(ip -6 addr show dev eth0)" '2001:db8:fa:'
is "before any guest: the host forwards nothing" "$(settings)" "0 0 1 1"
guest 1 a 1
assert_online "the first guest" 1 0 na0
is "it forwards now, and listens to routers nevertheless" "$(settings)" "1 1 2 1"
like "what it learned from its router is there" "$(ip -6 route show default dev eth0)" 'proto ra'
router_advertises 2001:db8:fb::
like "and it learns on" "$(ip -6 addr show dev eth0)" '2001:db8:fb:'
ip -6 addr flush dev eth0 dynamic

reach "a guest reaches the internet as the uplink" g1.0 \
	"tcp/$inet4/80=inet:80 10.99.0.1" "udp/$inet4/80=inet:80 10.99.0.1" "ping/$inet4=yes" \
	"tcp/$inet6/443=inet:443 2001:db8:99::1" "udp/$inet6/443=inet:443 2001:db8:99::1" \
	"ping/$inet6=yes"
is "so say the server's logs" "$(served inet | paste -sd'|')" \
	"tcp 443 2001:db8:99::1|tcp 80 10.99.0.1|udp 443 2001:db8:99::1|udp 80 10.99.0.1"
reach "the router in between, too" g1.0 "ping/$lan4=yes" "ping/$lan6=yes"
nowhere "not by another way than its uplink" g1.0 "tcp/$other4/80" "udp/$other4/80" "ping/$other4" \
	"tcp/$other6/80" "udp/$other6/80" "ping/$other6"
is "these were counted" "$([ "$(dropped "inet xnm" na0 forward)" -ge 6 ] && echo yes)" yes
is "and nobody saw the guest's own address" "$(served inet)" ""

iperf_server inet 5201
throughput "throughput, TCP, IPv4" g1.0 $inet4 5201
throughput "throughput, TCP, IPv6" g1.0 $inet6 5201
throughput "throughput, UDP, IPv4" g1.0 $inet4 5201 -u -b 20M
throughput "throughput, UDP, IPv6, downwards" g1.0 $inet6 5201 -u -b 20M -R

# -- nobody gets in
ip -n lan route add 192.168.10.0/24 via 10.99.0.1
ip -n lan route add fd10::/64 via 2001:db8:99::1
for where in inet lan; do
	nowhere "$where does not reach the guest" $where tcp/192.168.10.11/80 udp/192.168.10.11/80 \
		ping/192.168.10.11 tcp/fd10::11/80 udp/fd10::11/80 ping/fd10::11
done
is "these were counted" "$([ "$(dropped "inet xnm" na0 forward)" -ge 18 ] && echo yes)" yes
is "the guest's server heard of nobody" "$(served guest1)" ""
reach "the host reaches the guest" dom0 "tcp/192.168.10.11/80=guest1:80 192.168.10.1" \
	"tcp/fd10::11/80=guest1:80 fd10::1" ping/192.168.10.11=yes ping/fd10::11=yes

# -- with a guest's address, from the outside
ip -n lan addr add 192.168.10.77/32 dev lo
ip -n lan addr add fd10::77/128 dev lo
# both ways, so that an answer would be seen
before=$(dropped "inet xnm" outside spoofed-source)
nowhere "who comes from outside with an address of inside is not heard" lan@192.168.10.77 ping/10.99.0.1 \
	tcp/10.99.0.1/80 ping/192.168.10.11
nowhere "nor with IPv6" lan@fd10::77 ping/2001:db8:99::1 tcp/2001:db8:99::1/80 ping/fd10::11
is "six or more were counted" "$([ $(($(dropped "inet xnm" outside spoofed-source) - before)) -ge 6 ] && echo yes)" yes
ip -n lan addr del 192.168.10.77/32 dev lo
ip -n lan addr del fd10::77/128 dev lo

# -- the host itself
ip addr add 10.99.0.7/24 dev eth0
ip addr add 2001:db8:99::7/64 dev eth0 preferred_lft 0
reach "the host's own packets are as they were" dom0 "tcp/$inet4/80=inet:80 10.99.0.1" \
	"tcp/$inet6/80=inet:80 2001:db8:99::1" "tcp/$other4/80=inet:80 10.98.0.1" \
	"tcp/$other6/80=inet:80 2001:db8:98::1"
reach "also with another address of its own" dom0@10.99.0.7 "tcp/$inet4/80=inet:80 10.99.0.7"
reach "and another of IPv6" dom0@2001:db8:99::7 "tcp/$inet6/80=inet:80 2001:db8:99::7"

# -- a second guest
before=$(rules)
guest 2 a 1
assert_online "a second guest" 2 0 na0
same "it adds no chain and no rule, and none is made anew" "$(rules)" "$before"
reach "it reaches the internet" g2.0 "tcp/$inet4/80=inet:80 10.99.0.1" "udp/$inet6/80=inet:80 2001:db8:99::1"
reach "it reaches its neighbour as itself" g2.0 "tcp/192.168.10.11/80=guest1:80 192.168.10.12" \
	"udp/fd10::11/80=guest1:80 fd10::12"
gone 2
same "it takes no chain and no rule away" "$(rules)" "$before"
reach "the first one stays as it was" g1.0 "tcp/$inet4/80=inet:80 10.99.0.1" "tcp/$inet6/80=inet:80 2001:db8:99::1"

# one whose address nobody has said
guest_new 8 0 bridge=a
try hotplug online 8 0
assert_online "a guest of which no address is known" 8 0 na0
lan_guest 8 0 192.168.10.1 fd10::1 192.168.10.18/24 fd10::18/64
reach "it reaches the internet, too" g8.0 "tcp/$inet4/80=inet:80 10.99.0.1" "udp/$inet6/80=inet:80 2001:db8:99::1"
try hotplug offline 8 0
guest_rm 8 0
guest_new 8 0 bridge=nowhere
try hotplug online 8 0
assert_refused "an uplink that is not there" 8 0 'eth9' 'xnm\.ini:[0-9]+: ' '\[?uplink missing'
is "it left nothing" "$(elements | grep -c nn0)$(ip link show nn0 2>/dev/null)" 0
guest_rm 8 0

# -- networks beside each other
guest 3 b 2
assert_online "a guest in a second network" 3 0 nb0
is "its uplink listens to routers, too" "$(settings)" "1 1 2 2"
reach "it has the address of its own uplink" g3.0 "tcp/$other4/80=inet:80 10.98.0.1" \
	"udp/$other4/80=inet:80 10.98.0.1" "tcp/$other6/80=inet:80 2001:db8:98::1" \
	"udp/$other6/80=inet:80 2001:db8:98::1"
nowhere "and no other way out" g3.0 "tcp/$inet4/80" "ping/$inet4" "tcp/$inet6/80" "ping/$inet6"
guest 4 fixed 3
assert_online "a guest in a network with snat=" 4 0 nf0
# that the host answers for them is the administrator's part
ip addr add 10.99.0.9/24 dev eth0
ip addr add 2001:db8:99::9/64 dev eth0 preferred_lft 0
reach "it has the address of snat=" g4.0 "tcp/$inet4/80=inet:80 10.99.0.9" "udp/$inet4/80=inet:80 10.99.0.9" \
	"tcp/$inet6/80=inet:80 2001:db8:99::9" "udp/$inet6/80=inet:80 2001:db8:99::9" \
	"ping/$inet4=yes" "ping/$inet6=yes"
guest 5 any 4
assert_online "a guest in a network without uplink=" 5 0 ny0
dump_loads "with NAT"
reach "it gets out by any interface, with the address of each" g5.0 \
	"tcp/$inet4/80=inet:80 10.99.0.1" "tcp/$inet6/80=inet:80 2001:db8:99::1" \
	"tcp/$other4/80=inet:80 10.98.0.1" "tcp/$other6/80=inet:80 2001:db8:98::1"
guest 6 only4 5
assert_online "a guest in a network with masquerade=ipv4" 6 0 no0
served inet >/dev/null
ip -n lan route add fd50::/64 via 2001:db8:99::1
reach "it has the uplink's address, and with IPv6 its own" g6.0 "tcp/$inet4/80=inet:80 10.99.0.1" \
	"udp/$inet6/80=inet:80 fd50::16"
for from in "1 a" "3 b" "4 fixed" "5 any" "6 only4"; do
	targets=()
	for to in "1 10" "3 20" "4 30" "5 40" "6 50"; do
		[ "${to% *}" != "${from% *}" ] || continue
		targets+=("tcp/192.168.${to#* }.1${to% *}/80" "ping/192.168.${to#* }.1${to% *}"
			"udp/fd${to#* }::1${to% *}/80" "ping/fd${to#* }::1${to% *}")
	done
	nowhere "network ${from#* }: its guests reach no other network's" g"${from% *}".0 "${targets[@]}"
done
is "no guest heard of another" "$(for d in 3 4 5 6; do served guest$d; done)" ""
reach "the first one is as it was" g1.0 "tcp/$inet4/80=inet:80 10.99.0.1" "udp/$inet6/80=inet:80 2001:db8:99::1"

# -- guests that are members of the LAN
guest_new 7 0 bridge=plain
try hotplug online 7 0
assert_online "a guest on a bridge with the LAN" 7 0 br0
lan_guest 7 0 10.97.0.254 2001:db8:97::fe 10.97.0.17/24 2001:db8:97::17/64
serve g7.0 guest7 80
for on in 0 1; do
	name="a bridged guest, br_netfilter=$on"
	if [ $on = 1 ] && ! br_netfilter_set 1; then
		skip "$name" "this kernel has no br_netfilter"
		continue
	fi
	reach "$name: it is itself at the LAN" g7.0 "tcp/$inet4/80=inet:80 10.97.0.17" \
		"udp/$inet4/80=inet:80 10.97.0.17" "tcp/$inet6/80=inet:80 2001:db8:97::17" \
		"udp/$inet6/80=inet:80 2001:db8:97::17" ping/10.97.0.254=yes
	reach "$name: and is reached" inet "tcp/10.97.0.17/80=guest7:80 $inet4" \
		"udp/2001:db8:97::17/80=guest7:80 $inet6" ping/10.97.0.17=yes
	reach "$name: NAT works beside it" g1.0 "tcp/$inet4/80=inet:80 10.99.0.1" \
		"udp/$inet4/80=inet:80 10.99.0.1" "tcp/$inet6/80=inet:80 2001:db8:99::1" \
		"udp/$inet6/80=inet:80 2001:db8:99::1"
done

# -- the last one gives back what the first one took
gone 1
is "network a is empty: fixed and only4 need its uplink" "$(settings)" "1 1 2 2"
gone 3
is "network b is empty: nobody needs its uplink" "$(settings)" "1 1 2 1"
gone 4 6
is "network any alone" "$(settings)" "1 1 1 1"
gone 5
is "the last one: as before the first" "$(settings)" "0 0 1 1"
# guest 7 is there, and 652631391 and 832905007 are the groups of its bridge, br0
is "no element is left" "$(elements | grep -v '"br0"\|"vif7.0"\|\[652631391,\|\[832905007,')" ""
gone 7
is "none at all" "$(elements)" ""
assert_clean "nothing is left of the first round"

# -- a host that forwards anyway, and listens to no routers
sysctl_set dom0 ipv4/ip_forward=1 ipv6/conf/all/forwarding=1 ipv6/conf/eth0/accept_ra=0
guest 1 a 1
is "who wants no router advertisements gets none" "$(settings)" "1 1 0 1"
gone 1
is "a host that was a router stays one" "$(settings)" "1 1 0 1"
sysctl_set dom0 ipv4/ip_forward=0 ipv6/conf/all/forwarding=0 ipv6/conf/eth0/accept_ra=1

# -- the same without offline
guest 1 a 1
guest 2 a 1
is "two guests" "$(settings)" "1 1 2 1"
unserve guest1 guest2
guest_rm 1 0
"$XNM_VIF" gc >/dev/null
is "one was lost without offline" "$(settings)" "1 1 2 1"
guest_rm 2 0
"$XNM_VIF" gc >/dev/null
is "both were" "$(settings)" "0 0 1 1"
is "none of their elements is left" "$(elements)" ""

# -- an uplink that is a bridge with guests in it, as most hosts of bridged guests have it
ip addr flush dev eth0 scope global
cat >"$XNM_CONFIG" <<'END'
[network lan]
bridge=xenbr0
interfaces=eth0
address=10.99.0.1/24 2001:db8:99::1/64
keep=no

[uplink wan]
interface=xenbr0

[network a]
bridge=na0
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wan

[forward web]
network=a
protocol=tcp udp
listen-port=8080
target=guest1
target-port=80
END
guest_new 9 0 bridge=lan ip="10.99.0.19 2001:db8:99::19"
try hotplug online 9 0
assert_online "a guest of the LAN" 9 0 xenbr0
lan_guest 9 0 $lan4 $lan6 10.99.0.19/24 2001:db8:99::19/64
serve g9.0 guest9 80
ip route replace default via $lan4
ip route replace default via $lan6
guest 1 a 1
assert_online "a guest behind NAT" 1 0 na0
for on in 0 1; do
	name="the uplink is a bridge, br_netfilter=$on"
	if [ $on = 1 ] && ! br_netfilter_set 1; then
		skip "$name" "this kernel has no br_netfilter"
		continue
	fi
	reach "$name: NAT" g1.0 "tcp/$inet4/80=inet:80 10.99.0.1" "udp/$inet4/80=inet:80 10.99.0.1" \
		"tcp/$inet6/80=inet:80 2001:db8:99::1" "udp/$inet6/80=inet:80 2001:db8:99::1"
	reach "$name: guests in it are themselves" g9.0 "tcp/$inet4/80=inet:80 10.99.0.19" \
		"udp/$inet6/80=inet:80 2001:db8:99::19" "tcp/$inet6/80=inet:80 2001:db8:99::19"
	reach "$name: they are outside to those behind NAT" g1.0 "tcp/10.99.0.19/80=guest9:80 10.99.0.1" \
		"udp/2001:db8:99::19/80=guest9:80 2001:db8:99::1"
	ip -n g9.0 route replace 192.168.10.0/24 via 10.99.0.1
	ip -n g9.0 route replace fd10::/64 via 2001:db8:99::1
	nowhere "$name: whom they do not reach" g9.0 tcp/192.168.10.11/80 udp/fd10::11/80 ping/192.168.10.11
	reach "$name: but by a port forward" g9.0 "tcp/10.99.0.1/8080=guest1:80 10.99.0.19" \
		"udp/2001:db8:99::1/8080=guest1:80 2001:db8:99::19"
	reach "$name: as the internet does" inet "udp/10.99.0.1/8080=guest1:80 $inet4" \
		"tcp/2001:db8:99::1/8080=guest1:80 $inet6"
	reach "$name: which reaches them" inet "tcp/10.99.0.19/80=guest9:80 $inet4" "ping/2001:db8:99::19=yes"
done
gone 1 9
assert_clean "nothing is left"
tap_done
