#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# isolated-ways.sh - ways past the isolation of ports by the host: port forwards, shared uplinks, proxies, other MAC addresses.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

lan_or_skip conntrack
store_start || exit 1
lan_new
serve inet inet 80

# guest D GATEWAY4 GATEWAY6 ADDRESS4 ADDRESS6 [KEY=VALUE]...: which sends all to its gateways
guest() {
	local netns=g$1.0

	guest_new "$1" 0 "${@:6}"
	try hotplug online "$1" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $1" "$rc:$out"
	lan_guest "$1" 0 "$2" "$3" "$4/32" "$5/128"
	sysctl_set "$netns" ipv4/conf/all/accept_redirects=0 ipv4/conf/eth0/accept_redirects=0 \
		ipv6/conf/eth0/accept_redirects=0
	serve "$netns" "guest$1" 80
}

gone() {
	lan_gone "$@"
	is "nothing is left of them" "$(elements | grep -v ' ended[46]: ')" ""
	is "and nothing is counted for them" "$(nft list ruleset | grep 'vif[0-9]*\.0')" ""
	# one that has an interface stays
	ip link del br0 2>/dev/null
}

# apart NAME FROM TO ADDRESS4 ADDRESS6: guest TO, who has these, hears nothing of guest FROM
apart() {
	: >"$T/log.guest$3"
	nowhere "$1" "g$2.0" "tcp/$4/80" "udp/$4/80" "ping/$4" "tcp/$5/80" "udp/$5/80" "ping/$5"
	is "$1: it has heard of nobody" "$(served "guest$3")" ""
}

# together NAME FROM TO ADDRESS4 ADDRESS6
together() {
	reach "$1" "g$2.0" "tcp/$4/80=guest$3:80 $(own "$2" 4)" "udp/$4/80=guest$3:80 $(own "$2" 4)" "ping/$4=yes" \
		"tcp/$5/80=guest$3:80 $(own "$2" 6)" "udp/$5/80=guest$3:80 $(own "$2" 6)" "ping/$5=yes"
}

# own D FAMILY
own() {
	case $2 in
	4) ip -n "g$1.0" -4 -j addr show eth0 | jq -r '.[].addr_info[0].local' ;;
	6) ip -n "g$1.0" -6 -j addr show eth0 scope global | jq -r '.[].addr_info[0].local' ;;
	esac
}

br_netfilters=0
[ ! -e /proc/sys/net/bridge ] || br_netfilters="0 1"

# ---------------------------------------------------------------- port forwards
for forward in nat route; do
	cat >"$XNM_CONFIG" <<END
[uplink wan]
interface=eth0

[network net]
bridge=br0
address=192.168.10.1/24 fd10::1/64
forward=$forward
uplink=wan
isolated=yes
interfaces=eth1

[forward web]
network=net
protocol=tcp udp
listen-port=8080
target=192.168.10.12
target-port=80

[forward web6]
network=net
protocol=tcp udp
listen-port=8080
target=fd10::12
target-port=80
END
	guest 1 192.168.10.1 fd10::1 192.168.10.11 fd10::11 bridge=br0
	guest 2 192.168.10.1 fd10::1 192.168.10.12 fd10::12 bridge=br0
	reach "$forward: a port forward is open to isolated guests, too" g1.0 "tcp/10.99.0.1/8080=guest2:80 192.168.10.1" \
		"udp/10.99.0.1/8080=guest2:80 192.168.10.1" "tcp/2001:db8:99::1/8080=guest2:80 fd10::1" \
		"udp/2001:db8:99::1/8080=guest2:80 fd10::1"
	reach "$forward: and to the outside" lan "tcp/10.99.0.1/8080=guest2:80 10.99.0.254" \
		"udp/2001:db8:99::1/8080=guest2:80 2001:db8:99::fe"
	apart "$forward: but nothing else" 1 2 192.168.10.12 fd10::12
	apart "$forward: in either direction" 2 1 192.168.10.11 fd10::11
	gone 1 2
done

# ------------------------------------- the host is the gateway of guests on a LAN
cat >"$XNM_CONFIG" <<'END'
[uplink lan]
interface=xenbr0

[network lan]
bridge=xenbr0
interfaces=eth0
address=10.99.0.1/24 2001:db8:99::1/64
forward=bridge
gateway=self
uplink=lan
masquerade=both
isolated=yes

[vif loose*]
network=lan
locking-mode=unlocked

[vif *]
network=lan
END
guest 1 10.99.0.1 2001:db8:99::1 10.99.0.11 2001:db8:99::11 name=web
guest 2 10.99.0.1 2001:db8:99::1 10.99.0.12 2001:db8:99::12 name=web2 ip="10.99.0.12 2001:db8:99::12"
guest 3 10.99.0.1 2001:db8:99::1 10.99.0.13 2001:db8:99::13 name=loose
# the kernel's own default is to tell guests of each other
sysctl_set dom0 ipv4/conf/all/send_redirects=1 ipv4/conf/xenbr0/send_redirects=1
for br_nf in $br_netfilters; do
	name="gateway=self"
	br_netfilter_set "$br_nf" && [ "$br_nf" = 0 ] || name+=", with br_netfilter"
	reach "$name: by the bridge's own port to the internet, as the host" dom0 \
		"g1.0>tcp/$inet4/80=inet:80 10.99.0.1" "g1.0>udp/$inet6/80=inet:80 2001:db8:99::1" "g1.0>ping/$inet6=yes" \
		"g2.0>udp/$inet4/80=inet:80 10.99.0.1" "g2.0>tcp/$inet6/80=inet:80 2001:db8:99::1" "g2.0>ping/$inet4=yes" \
		"g3.0>tcp/$inet4/80=inet:80 10.99.0.1" "g3.0>tcp/$inet6/80=inet:80 2001:db8:99::1"
	reach "$name: and the LAN" dom0 "g1.0>ping/$lan4=yes" "g2.0>ping/$lan6=yes" "g3.0>ping/$lan4=yes"
	apart "$name: they do not meet" 1 2 10.99.0.12 2001:db8:99::12
	apart "$name: nor the other way round" 2 1 10.99.0.11 2001:db8:99::11
	apart "$name: one that is unlocked" 3 1 10.99.0.11 2001:db8:99::11
	apart "$name: nor it" 1 3 10.99.0.13 2001:db8:99::13
	# which may have any MAC address, also one for each packet
	ip -n g3.0 link set eth0 address 02:00:00:00:03:33
	apart "$name: under another MAC address" 3 2 10.99.0.12 2001:db8:99::12
	reach "$name: which has the LAN and the internet all the same" g3.0 "ping/$lan4=yes" "tcp/$inet4/80=inet:80 10.99.0.1"
	ip -n g3.0 link set eth0 address 00:16:3e:00:03:00
	ip neigh flush dev xenbr0
	ip -n lan neigh flush dev eth0
done
br_netfilter_set 0

# ------------------------------------------- the host answers for everybody
sysctl_set dom0 ipv4/conf/xenbr0/proxy_arp=1 ipv4/conf/xenbr0/proxy_arp_pvlan=1 ipv6/conf/xenbr0/proxy_ndp=1 \
	ipv4/neigh/xenbr0/proxy_delay=0 ipv6/neigh/xenbr0/proxy_delay=0
for d in 1 2 3; do
	ip neigh add proxy "2001:db8:99::1$d" dev xenbr0
	ip -n g$d.0 route del default
	ip -n g$d.0 -6 route del default
	ip -n g$d.0 route replace 10.99.0.0/24 dev eth0
	ip -n g$d.0 route replace 2001:db8:99::/64 dev eth0
done
: >"$T/log.guest2"
apart "proxy_arp and proxy_ndp: they do not meet" 1 2 10.99.0.12 2001:db8:99::12
like "where the host has answered" "$(ip -n g1.0 neigh show 10.99.0.12 dev eth0; ip -n g1.0 neigh show 2001:db8:99::12 dev eth0)" \
	"$(link_mac xenbr0).*"$'\n'".*$(link_mac xenbr0)"
apart "nor the other way round" 2 1 10.99.0.11 2001:db8:99::11
apart "nor one that is unlocked" 3 1 10.99.0.11 2001:db8:99::11
gone 1 2 3
sysctl_set dom0 ipv4/conf/xenbr0/proxy_arp=0 ipv4/conf/xenbr0/proxy_arp_pvlan=0 2>/dev/null

# ------------------------------------------------ others' marks are left alone
cat >"$XNM_CONFIG" <<'END'
[network net]
bridge=br1
address=192.168.10.1/24 fd10::1/64
forward=open

[vif open*]
network=net

[vif *]
network=net
isolated=yes
END
guest 1 192.168.10.1 fd10::1 192.168.10.11 fd10::11 name=a
guest 2 192.168.10.1 fd10::1 192.168.10.12 fd10::12 name=b
guest 3 192.168.10.1 fd10::1 192.168.10.13 fd10::13 name=open
dump_loads "isolated ports"
sysctl_set dom0 ipv4/ip_forward=1 ipv6/conf/all/forwarding=1 ipv4/conf/br1/send_redirects=0
# as who routes by connection does: what came by a way stays on it
nft -f - <<'END'
table inet others {
	chain pre {
		type filter hook prerouting priority mangle
		ct mark != 0 meta mark set ct mark
		meta mark 0 iifname br1 meta mark set 7
	}
	chain post {
		type filter hook postrouting priority mangle
		iifname br1 meta mark 7 counter
		ct mark set meta mark
	}
	chain end {
		type filter hook postrouting priority srcnat
		meta mark 0x786e6d69 counter
	}
}
END
apart "beside others' marks: they do not meet" 1 2 192.168.10.12 fd10::12
apart "nor the other way round" 2 1 192.168.10.11 fd10::11
together "one that is not isolated is reached" 1 3 192.168.10.13 fd10::13
together "and reaches them" 3 1 192.168.10.11 fd10::11
like "others have seen their own marks" "$(nft list chain inet others post)" 'mark 0x00000007 counter packets [1-9]'
like "and not ours" "$(nft list chain inet others end)" 'counter packets 0 '
is "connections have no others either" "$(conntrack -L 2>/dev/null | grep -v ' mark=[07] \|=224\.')" ""
nft delete table inet others

# ------------------------------------------------------ while it is changed
ip netns exec g1.0 ping -i 0.05 -w 60 192.168.10.13 >"$T/ping" 2>&1 &
pinger=$!
sed -i 's/^isolated=yes/isolated=no/' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "isolated=no: reapply" "$rc:$out" 0:
together "isolated=no: they meet" 1 2 192.168.10.12 fd10::12
is "no element is left of it" "$(elements | grep isolated)" ""
ip netns exec g1.0 curl -sSgN -m 20 "http://192.168.10.12:80/stream" >"$T/stream" 2>&1 &
stream=$!
for _ in {1..100}; do [ -s "$T/stream" ] && break; sleep 0.05; done
sed -i 's/^isolated=no/isolated=yes/' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "isolated=yes: reapply" "$rc:$out" 0:
sleep 0.3
size=$(stat -c %s "$T/stream")
sleep 0.5
is "a connection that was open does not go on" "$([ "$size" -gt 0 ] && stat -c %s "$T/stream")" "$size"
kill $stream
apart "isolated=yes again" 1 2 192.168.10.12 fd10::12
together "others are reached as before" 1 3 192.168.10.13 fd10::13
kill -INT $pinger
wait $pinger
like "and were all the time" "$(cat "$T/ping")" ' 0% packet loss'
before=$(elements)
nft flush ruleset
try "$XNM_VIF" reapply all
is "after a flush all is as before" "$(elements)" "$before"
apart "after a flush" 1 2 192.168.10.12 fd10::12
# the next domain of guest 1, of which no address is known, while it migrates within the host
guest_new 4 0 name=a mac=00:16:3e:00:01:00
try hotplug online 4 0
is "a guest migrates" "$rc:$out" 0:
ip -n g1.0 link set eth0 down
lan_guest 4 0 192.168.10.1 fd10::1 192.168.10.11/32 fd10::11/128
try hotplug offline 1 0
is "the old one goes" "$rc:$out" 0:
unserve guest1
guest_rm 1 0
apart "the new one is held as the old one was" 4 2 192.168.10.12 fd10::12
serve g4.0 guest4 80
apart "also as one that is asked" 2 4 192.168.10.11 fd10::11

# ------------------------------------------------------- an emulated card
try hotplug offline 4 0
unserve guest4
guest_rm 4 0
keys_new 5 0 name=hvm type=vif_ioemu bridge=br1
netdev_new 5 0
ip link add vif5.0-emu type veth peer name eth1 address 00:16:3e:00:05:00 netns g5.0
try hotplug online 5 0
is "a guest with an emulated card" "$rc:$out" 0:
try hotplug add 5 0
is "which is emulated" "$rc:$out" 0:
sysctl_set g5.0 ipv6/conf/eth1/accept_dad=0
ip -n g5.0 addr add 192.168.10.15/32 dev eth1
ip -n g5.0 addr add fd10::15/128 dev eth1
ip -n g5.0 link set lo up
ip -n g5.0 link set eth1 up
ip -n g5.0 route add default via 192.168.10.1 dev eth1 onlink
ip -n g5.0 route add default via fd10::1 dev eth1 onlink
serve g5.0 guest5 80
apart "by the emulated card" 5 2 192.168.10.12 fd10::12
apart "to the emulated card" 2 5 192.168.10.15 fd10::15
reach "the host and who is not isolated" g5.0 ping/192.168.10.1=yes ping/fd10::1=yes ping/192.168.10.13=yes \
	"g3.0>tcp/192.168.10.15/80=guest5:80 192.168.10.13" "g3.0>ping/fd10::15=yes"
ip link del vif5.0-emu
try hotplug remove 5 0
try hotplug offline 5 0
unserve guest5
guest_rm 5 0
gone 2 3

# ------------------------------------------------- a guest that shares its connection
cat >"$XNM_CONFIG" <<'END'
[uplink wifi]
guest=wifi/0

[network net]
bridge=br2
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wifi
isolated=yes

[vif wifi/0]
network=net
address=192.168.10.2 fd10::2
locking-mode=unlocked

[vif *]
network=net
END
guest_new 6 0 name=wifi
try hotplug online 6 0
is "a guest that shares its connection" "$rc:$out" 0:
lan_guest 6 0 "" "" 192.168.10.2/24 fd10::2/64
ip -n lan link add wlan0 type veth peer name wlan0 netns g6.0
ip -n lan addr add 10.96.0.254/24 dev wlan0
ip -n lan addr add 2001:db8:96::fe/64 dev wlan0
ip -n lan link set wlan0 up
sysctl_set g6.0 ipv6/conf/wlan0/accept_dad=0 ipv4/ip_forward=1 ipv6/conf/all/forwarding=1
ip -n g6.0 addr add 10.96.0.1/24 dev wlan0
ip -n g6.0 addr add 2001:db8:96::1/64 dev wlan0
ip -n g6.0 link set wlan0 up
ip -n g6.0 route add default via 10.96.0.254
ip -n g6.0 route add default via 2001:db8:96::fe
ip netns exec g6.0 nft 'add table inet nat; add chain inet nat post { type nat hook postrouting priority 100; };
	add rule inet nat post oifname wlan0 masquerade'
serve g6.0 guest6 80
ip route del default via $lan4
ip -6 route del default via $lan6 2>/dev/null
guest 1 192.168.10.1 fd10::1 192.168.10.11 fd10::11 name=a
guest 2 192.168.10.1 fd10::1 192.168.10.12 fd10::12 name=b ip="192.168.10.12 fd10::12"
# (br_netfilter gives answers that were translated to the bridge at once, where all three are isolated)
reach "shared: isolated guests go out by it" dom0 \
	"g1.0>tcp/$inet4/80=inet:80 10.96.0.1" "g1.0>udp/$inet6/80=inet:80 2001:db8:96::1" "g1.0>ping/$inet6=yes" \
	"g2.0>udp/$inet4/80=inet:80 10.96.0.1" "g2.0>tcp/$inet6/80=inet:80 2001:db8:96::1" "g2.0>ping/$inet4=yes"
apart "shared: they do not meet" 1 2 192.168.10.12 fd10::12
apart "shared: nor the other way round" 2 1 192.168.10.11 fd10::11
# by the host; on the bridge they are apart anyway
ip -n g6.0 route replace 192.168.10.11/32 via 192.168.10.1 dev eth0
ip -n g6.0 route replace fd10::11/128 via fd10::1 dev eth0
apart "shared: it does not begin anything with them" 6 1 192.168.10.11 fd10::11
gone 1 2 6
tap_done
