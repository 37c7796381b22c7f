#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# forwards.sh - port forwards: from outside, from this host, from guests and from the target itself, and from nobody else.
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

[network a]
bridge=na0
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wan

[network b]
bridge=nb0
address=192.168.20.1/24 fd20::1/64
forward=nat
host-services=all

[network pub]
backend=route
forward=route
address=10.0.0.1/32 fe80::1/64
uplink=wan

# by name, to another port
[forward web]
network=a
listen-port=8080
target=guest1
target-port=80

# by address, one of each family
[forward by-address]
network=a
protocol=tcp udp
listen-port=8081
target=192.168.10.12
target-port=81
listen-address=10.99.0.1

[forward by-address6]
network=a
protocol=tcp udp
listen-port=8081
target=fd10::12
target-port=81
listen-address=2001:db8:99::1

# lists and ranges, as they are and moved
[forward same]
network=a
protocol=tcp udp
listen-port=9001, 9003 9010-9012
target=guest1/0

[forward moved]
network=a
protocol=tcp udp
listen-port=7001,7010-7012
target=guest1
target-port=82,83-85

[forward names]
network=a
protocol=udp
listen-port=5300
target=guest1
target-port=80

# at some addresses of the host only
[forward picky]
network=a
listen-address=10.99.0.7 2001:db8:99::7
listen-port=8443
target=guest1
target-port=80

[forward routed]
network=pub
protocol=tcp udp
listen-port=8090
target=guest5
target-port=80

[forward speed]
network=a
protocol=tcp udp
listen-port=15201
target=guest1
target-port=5201

[forward second]
network=b
protocol=tcp udp
listen-port=8070
target=guest3
target-port=80

[forward nobody]
network=b
listen-port=8099
target=addressless
END
ip addr add 10.99.0.7/24 dev eth0
ip addr add 2001:db8:99::7/64 dev eth0 preferred_lft 0
serve inet inet 80 8080
serve lan lan 80

# guest D NETWORK N PORT...: 192.168.N0.1D and fdN0::1D, with a server
guest() {
	guest_new "$1" 0 bridge="$2" ip="192.168.${3}0.1$1 fd${3}0::1$1"
	try hotplug online "$1" 0
	lan_guest "$1" 0 "192.168.${3}0.1" "fd${3}0::1" "192.168.${3}0.1$1/24" "fd${3}0::1$1/64"
	serve "g$1.0" "guest$1" "${@:4}"
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

# refused NAME FROM WHAT...: there is nothing at the other end, or the way to it is closed
refused() {
	local name=$1 from=$2

	shift 2
	reach "$name" "$from" "${@/%/=refused}"
}

refused "before any guest there is no forward" inet tcp/10.99.0.1/8080 tcp/2001:db8:99::1/8080 udp/10.99.0.1/8081
guest 1 a 1 80 82 83 84 85 90 9001 9003 9010 9011 9012
assert_online "the target" 1 0 na0
guest 2 a 1 80 81
assert_online "its neighbour" 2 0 na0
guest 3 b 2 80
assert_online "a guest of another network" 3 0 nb0
dump_loads "with port forwards"
guest_new 5 0 bridge=pub ip="10.99.0.55 2001:db8:99::55"
try hotplug online 5 0
is "a routed guest" "$rc:$out" 0:
lan_guest 5 0 10.0.0.1 fe80::1 10.99.0.55/32 2001:db8:99::55/128
serve g5.0 guest5 80

# -- from outside
reach "from the internet, to another port" inet "tcp/10.99.0.1/8080=guest1:80 $inet4" \
	"tcp/2001:db8:99::1/8080=guest1:80 $inet6"
reach "from the LAN" lan "tcp/10.99.0.1/8080=guest1:80 $lan4" "tcp/2001:db8:99::1/8080=guest1:80 $lan6"
reach "at another address of the host" inet "tcp/10.98.0.1/8080=guest1:80 $inet4" \
	"tcp/2001:db8:98::1/8080=guest1:80 $inet6" "tcp/10.99.0.7/8080=guest1:80 $inet4"
refused "TCP does not open UDP" inet udp/10.99.0.1/8080 udp/2001:db8:99::1/8080
reach "by address" inet "tcp/10.99.0.1/8081=guest2:81 $inet4" "udp/10.99.0.1/8081=guest2:81 $inet4" \
	"tcp/2001:db8:99::1/8081=guest2:81 $inet6" "udp/2001:db8:99::1/8081=guest2:81 $inet6"
reach "a list of ports, and a range" inet "tcp/10.99.0.1/9001=guest1:9001 $inet4" \
	"udp/10.99.0.1/9003=guest1:9003 $inet4" "tcp/10.99.0.1/9010=guest1:9010 $inet4" \
	"udp/10.99.0.1/9011=guest1:9011 $inet4" "tcp/10.99.0.1/9012=guest1:9012 $inet4" \
	"udp/2001:db8:99::1/9001=guest1:9001 $inet6" "tcp/2001:db8:99::1/9003=guest1:9003 $inet6" \
	"tcp/2001:db8:99::1/9011=guest1:9011 $inet6" "udp/2001:db8:99::1/9012=guest1:9012 $inet6"
refused "nothing before, between and behind them" inet tcp/10.99.0.1/9000 udp/10.99.0.1/9002 tcp/10.99.0.1/9009 \
	udp/10.99.0.1/9013 tcp/2001:db8:99::1/9002 udp/2001:db8:99::1/9013
reach "both to other ports" inet "tcp/10.99.0.1/7001=guest1:82 $inet4" "udp/10.99.0.1/7010=guest1:83 $inet4" \
	"tcp/10.99.0.1/7011=guest1:84 $inet4" "udp/10.99.0.1/7012=guest1:85 $inet4" \
	"tcp/2001:db8:99::1/7012=guest1:85 $inet6" "udp/2001:db8:99::1/7001=guest1:82 $inet6"
reach "only UDP" inet "udp/10.99.0.1/5300=guest1:80 $inet4" "udp/2001:db8:99::1/5300=guest1:80 $inet6" \
	tcp/10.99.0.1/5300=refused
reach "only at one address of the host" inet "tcp/10.99.0.7/8443=guest1:80 $inet4" \
	"tcp/2001:db8:99::7/8443=guest1:80 $inet6" tcp/10.99.0.1/8443=refused tcp/2001:db8:99::1/8443=refused \
	tcp/10.98.0.1/8443=refused
reach "to a second network" inet "tcp/10.99.0.1/8070=guest3:80 $inet4" "udp/2001:db8:99::1/8070=guest3:80 $inet6"
reach "to a routed guest" inet "tcp/10.99.0.1/8090=guest5:80 $inet4" "udp/2001:db8:99::1/8090=guest5:80 $inet6"
ip -n lan route add 192.168.10.0/24 via 10.99.0.1
ip -n lan route add fd10::/64 via 2001:db8:99::1
nowhere "the guest's own ports stay closed" inet tcp/192.168.10.11/80 tcp/192.168.10.11/9001 udp/fd10::11/80 \
	tcp/fd10::11/80
reach "also at the host's address in the guest's network" inet "tcp/192.168.10.1/8080=guest1:80 $inet4" \
	"tcp/fd10::1/8080=guest1:80 $inet6"

# -- from this host
reach "from the host: its uplink's address" dom0 "tcp/10.99.0.1/8080=guest1:80 10.99.0.1" \
	"tcp/2001:db8:99::1/8080=guest1:80 2001:db8:99::1" "udp/10.99.0.1/9001=guest1:9001 10.99.0.1"
reach "its bridge's address" dom0 "tcp/192.168.10.1/8080=guest1:80 192.168.10.1" \
	"tcp/fd10::1/8080=guest1:80 fd10::1" "udp/fd10::1/9001=guest1:9001 fd10::1"
reach "127.0.0.1" dom0 "tcp/127.0.0.1/8080=guest1:80 192.168.10.1" "udp/127.0.0.1/9001=guest1:9001 192.168.10.1" \
	"tcp/127.0.0.1/7012=guest1:85 192.168.10.1" "tcp/localhost/8080=guest1:80 192.168.10.1"
# Linux lets no packet from ::1 leave by another interface: that is the host's own
refused "::1 is the host's own" dom0 tcp/::1/8080 udp/::1/9001
reach "to a second network" dom0 "tcp/10.99.0.1/8070=guest3:80 10.99.0.1" "tcp/fd20::1/8070=guest3:80 fd20::1"
reach "127.0.0.1 leads to the second network" dom0 "tcp/127.0.0.1/8070=guest3:80 192.168.20.1" \
	"udp/127.0.0.1/8070=guest3:80 192.168.20.1"
reach "to a routed guest" dom0 "tcp/10.99.0.1/8090=guest5:80 10.99.0.1" "tcp/2001:db8:99::1/8090=guest5:80 2001:db8:99::1"
reach "to a routed guest, by 127.0.0.1" dom0 "tcp/127.0.0.1/8090=guest5:80 10.0.0.1"
reach "the same ports of others are theirs" dom0 "tcp/$inet4/8080=inet:8080 10.99.0.1" \
	"tcp/$inet6/8080=inet:8080 2001:db8:99::1"
reach "also for guests" g2.0 "tcp/$inet4/8080=inet:8080 10.99.0.1" "tcp/$inet6/8080=inet:8080 2001:db8:99::1"

# -- from guests
reach "from a neighbour of the target" g2.0 "tcp/10.99.0.1/8080=guest1:80 192.168.10.1" \
	"tcp/192.168.10.1/8080=guest1:80 192.168.10.1" "tcp/2001:db8:99::1/8080=guest1:80 fd10::1" \
	"tcp/fd10::1/8080=guest1:80 fd10::1" "udp/10.99.0.1/9001=guest1:9001 192.168.10.1" \
	"udp/2001:db8:99::1/9001=guest1:9001 fd10::1"
reach "from another network" g3.0 "tcp/10.99.0.1/8080=guest1:80 192.168.20.13" \
	"tcp/192.168.20.1/8080=guest1:80 192.168.20.13" "tcp/2001:db8:99::1/8080=guest1:80 fd20::13" \
	"udp/10.99.0.1/9001=guest1:9001 192.168.20.13" "udp/2001:db8:99::1/9001=guest1:9001 fd20::13"
nowhere "which reaches no more of it than that" g3.0 tcp/192.168.10.11/80 tcp/192.168.10.11/9001 tcp/fd10::11/80
reach "from a routed guest" g5.0 "tcp/10.99.0.1/8080=guest1:80 10.99.0.55" \
	"tcp/2001:db8:99::1/8080=guest1:80 2001:db8:99::55"
reach "to a routed guest" g3.0 "tcp/10.99.0.1/8090=guest5:80 192.168.20.13" \
	"udp/2001:db8:99::1/8090=guest5:80 fd20::13"
reach "from the target itself" g1.0 "tcp/10.99.0.1/8080=guest1:80 192.168.10.1" \
	"tcp/192.168.10.1/8080=guest1:80 192.168.10.1" "tcp/2001:db8:99::1/8080=guest1:80 fd10::1" \
	"tcp/fd10::1/8080=guest1:80 fd10::1" "udp/10.99.0.1/9001=guest1:9001 192.168.10.1" \
	"udp/2001:db8:99::1/9001=guest1:9001 fd10::1"
reach "from the target itself, routed" g5.0 "tcp/10.99.0.1/8090=guest5:80 10.0.0.1" \
	"udp/10.99.0.1/8090=guest5:80 10.0.0.1"
if br_netfilter_set 1; then
	reach "with br_netfilter: from outside" inet "tcp/10.99.0.1/8080=guest1:80 $inet4" \
		"udp/2001:db8:99::1/9001=guest1:9001 $inet6"
	reach "with br_netfilter: from a neighbour" g2.0 "tcp/10.99.0.1/8080=guest1:80 192.168.10.1" \
		"udp/2001:db8:99::1/9001=guest1:9001 fd10::1"
	# the kernel switches such packets, instead of routing them
	bridge link set dev vif1.0 hairpin on
	reach "with br_netfilter and hairpin=yes: from the target itself" g1.0 \
		"tcp/10.99.0.1/8080=guest1:80 192.168.10.1" "udp/2001:db8:99::1/9001=guest1:9001 fd10::1"
	bridge link set dev vif1.0 hairpin off
	br_netfilter_set 0
else
	skip "with br_netfilter" "this kernel has no br_netfilter"
fi

# -- throughput
iperf_server g1.0 5201
throughput "throughput, TCP, IPv4" inet 10.99.0.1 15201
throughput "throughput, UDP, IPv6" inet 2001:db8:99::1 15201 -u -b 20M

# -- the host's own loopback
serve dom0 dom0 127.0.0.1@95 127.0.0.1@8080 ::1@95 ::1@8080
reach "what listens at 127.0.0.1 and ::1 is there" dom0 "tcp/127.0.0.1/95=dom0:95 127.0.0.1" \
	"tcp/::1/95=dom0:95 ::1" "tcp/::1/8080=dom0:8080 ::1"
# loopback_is_behind NAMESPACE GATEWAY DEVICE: what it sends to 127.0.0.1 and ::1 goes out
loopback_is_behind() {
	ip -n "$1" route flush table local root 127.0.0.0/8
	sysctl_set "$1" "ipv4/conf/$3/route_localnet=1" ipv4/conf/all/route_localnet=1
	ip -n "$1" route add 127.0.0.1/32 via "$2" dev "$3" onlink
}
for guest in "2 192.168.10.1 na0" "3 192.168.20.1 nb0"; do
	read -r d gateway bridge <<<"$guest"
	loopback_is_behind "g$d.0" "$gateway" eth0
	before=$(dropped "inet xnm" "$bridge" loopback)
	nowhere "guest $d does not reach it" "g$d.0" tcp/127.0.0.1/95 udp/127.0.0.1/95 tcp/127.0.0.1/8080 ping/127.0.0.1
	is "and is counted" "$([ "$(dropped "inet xnm" "$bridge" loopback)" -ge $((before + 4)) ] && echo yes)" yes
done
loopback_is_behind lan 10.99.0.1 eth0
nowhere "nor does the LAN" lan tcp/127.0.0.1/95 udp/127.0.0.1/95 tcp/127.0.0.1/8080 ping/127.0.0.1
is "nobody asked it but the host" "$(served dom0 | paste -sd'|')" "tcp 8080 ::1|tcp 95 127.0.0.1|tcp 95 ::1"
unserve dom0

# -- a guest that moves within the host
guest_new 11 0 bridge=a ip="192.168.10.11 fd10::11" name=guest1--incoming uuid="$(guest_uuid 1)" mac=00:16:3e:00:01:00
try hotplug online 11 0
assert_online "the same guest in another domain" 11 0 na0
gone 1
lan_guest 11 0 192.168.10.1 fd10::1 192.168.10.11/24 fd10::11/64
serve g11.0 guest11 80 9001
reach "its forwards stay when the old one goes" inet "tcp/10.99.0.1/8080=guest11:80 $inet4" \
	"tcp/2001:db8:99::1/8080=guest11:80 $inet6" "udp/10.99.0.1/9001=guest11:9001 $inet4"
gone 11
guest 1 a 1 80

# -- mistakes
guest_new 4 0 bridge=b name=addressless
try hotplug online 4 0
assert_refused "a forward to a guest without an address" 4 0 '\[forward nobody\].*addressless|\[forward nobody\]' \
	'xnm\.ini:[0-9]+: ' 'address='
line=$(grep -n '^\[forward nobody\]' "$XNM_CONFIG")
like "it says where that is written" "$out" "xnm\.ini:${line%%:*}: "
guest_rm 4 0
before=$(elements)
guest_new 1 1 bridge=a ip=192.168.10.19
try hotplug online 1 1
assert_refused "a forward to a guest that has two vifs there" 1 1 'target=guest1/0'
same "the first vif keeps it" "$(elements)" "$before"
sed 's,^target=guest1$,target=guest1/0,' "$XNM_CONFIG" >"$T/named" && mv "$XNM_CONFIG" "$T/unnamed" && mv "$T/named" "$XNM_CONFIG"
try hotplug online 1 1
is "when it says which one is meant, both may be there" "$rc:$out" 0:
try hotplug offline 1 1
mv "$T/unnamed" "$XNM_CONFIG"
guest_rm 1 1
printf '[forward twice]\nnetwork=b\nlisten-port=8075-8085\ntarget=192.168.20.13\n' >>"$XNM_CONFIG"
line=$(grep -n '^\[forward twice\]' "$XNM_CONFIG")
try "$XNM" check
is "two forwards of one port: the check fails" "$rc" 2
like "it names both" "$out" "\[forward (web|by-address)\]"
like "and the line" "$out" "xnm\.ini:$((${line%%:*} + 2))|xnm\.ini:${line%%:*}"
before=$(elements)
try "$XNM_VIF" reapply all
is "no vif takes such a policy" "$([ "$rc" -ne 0 ] && echo refused)" refused
same "and all stays as it was" "$(elements)" "$before"
reach "so do the forwards" inet "tcp/10.99.0.1/8080=guest1:80 $inet4"
head -n -4 "$XNM_CONFIG" >"$T/policy" && cp "$T/policy" "$XNM_CONFIG"

# -- gone with the target
gone 1
refused "the target goes: nobody answers" inet tcp/10.99.0.1/8080 udp/10.99.0.1/9001 tcp/2001:db8:99::1/8080 \
	udp/2001:db8:99::1/7001
reach "the others' stay" inet "tcp/10.99.0.1/8081=guest2:81 $inet4" "udp/2001:db8:99::1/8090=guest5:80 $inet6"
gone 2 5
refused "the last one goes: those by address, too" inet tcp/10.99.0.1/8081 udp/2001:db8:99::1/8081 tcp/10.99.0.1/8090
gone 3
is "no element is left" "$(elements)" ""
assert_clean "nothing is left"
tap_done
