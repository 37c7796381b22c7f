#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# topologies.sh - guests that configure themselves with xnm-guest: inside only, behind the host's NAT, and a guest that is the host's way out.
#
#	radio, navi == br0        dom0   eth0 ------ eth0   outside
#	        web == xnmnat0
#	       aaos == br0
#	its "Wi-Fi" == br1 ------------- wifi0 ----- eth1
#
# Policies and guests are those of policy/examples and xl-configs, as they are.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"

if [ "$script" != xnm-vif ]; then
	skip "topologies" "$script does not know them"
	scenario_done
	exit
fi
server4=198.51.100.80 server6=2001:db8:51::80
policy=/etc/xnm/policy.d/topology.ini

reaches() {
	ping -c 1 -W 2 "$1"
}

default_routes() {
	{ ip route show default; ip -6 route show default; } | sed 's/ *$//'
}

# -- outside: a router with a server, on the host's wire and behind the Wi-Fi
echo 0 >/proc/sys/net/ipv4/ip_forward
echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
ip netns add outside
ip link add eth0 type veth peer name eth0 netns outside
ip link add wifi0 type veth peer name eth1 netns outside
ip -n outside addr add 203.0.113.2/24 dev eth0
ip -n outside addr add 2001:db8:113::2/64 dev eth0 nodad
ip -n outside addr add 192.0.2.254/24 dev eth1
ip -n outside addr add $server4/32 dev lo
ip -n outside addr add $server6/128 dev lo
for device in lo eth0 eth1; do
	ip -n outside link set $device up
done
ip link set eth0 up
bridge_up br1
ip link set wifi0 master br1 up
cat >/tmp/udhcpd.conf <<'END'
start 192.0.2.100
end 192.0.2.110
interface eth1
lease_file /tmp/udhcpd.leases
pidfile /tmp/udhcpd.pid
option router 192.0.2.254
option subnet 255.255.255.0
END
: >/tmp/udhcpd.leases
ip netns exec outside busybox udhcpd -f /tmp/udhcpd.conf >/dev/null 2>&1 &
dhcp=$!

# example NAME: this is the policy, as it is written
example() {
	cp "$XNM_TOP/policy/examples/$1.ini" $policy
	check "$1.ini has no mistake" xnm check
}

# -- inside only: the bridge is there before the guests
mkdir -p /etc/xnm/policy.d
example inside
check "inside: xnm-udev boot" xnm-udev boot
check "inside: there is the bridge" exists br0
for guest in radio navi; do
	check "inside: xl create inside-$guest.cfg" guest_create inside-$guest
done
for guest in radio navi; do
	is "inside: $guest boots, and xnm-guest has nothing to complain about" "$(guest_up $guest && echo up)" up
	for host in 192.168.10.1 fd00:10::1; do
		check "inside: $guest pings $host" guest_pings $guest $host
	done
done
check "inside: radio pings navi" guest_pings radio 192.168.10.3
for host in 192.168.10.2 fd00:10::2; do
	check "inside: dom0 pings $host" reaches $host
done
check "inside: no way out" guest_is_cut radio $server4
is "inside: dom0 forwards nothing" \
	"$(cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding | xargs)" "0 0"

# -- the host shares its wire: the guests take the change over with their next run
ip addr add 203.0.113.1/24 dev eth0
ip addr add 2001:db8:113::1/64 dev eth0 nodad
ip route add default via 203.0.113.2
ip route add default via 2001:db8:113::2
sed -i 's,^bridge=br0$,&\nforward=nat\nuplink=wired,; 1i [uplink wired]\ninterface=eth0\n' $policy
check "shared: the policy has no mistake" xnm check
check "shared: reapply all" xnm-vif reapply all
for guest in radio navi; do
	check "shared: $guest takes it over" guest_run $guest "xnm-guest all"
	for host in $server4 $server6; do
		check "shared: $guest pings $host" guest_pings $guest "$host"
	done
done
ip -n outside route add 192.168.10.0/24 via 203.0.113.1
refuse "shared: the outside does not get in" ip netns exec outside ping -c 2 -W 1 192.168.10.2
check "xl destroy radio" xl destroy radio
check "xl destroy navi" xl destroy navi
check "start=boot: the bridge stays" exists br0

# -- NAT
example nat
check "NAT: xnm-udev boot" xnm-udev boot
check "NAT: the bridge of the other policy is gone" gone br0
check "NAT: xl create nat-web.cfg" guest_create nat-web
is "NAT: web boots" "$(guest_up web && echo up)" up
for host in $server4 $server6; do
	check "NAT: web pings $host" guest_pings web "$host"
done
check "xl destroy web" xl destroy web
check "its bridge is gone" wait_for 10 gone xnmnat0
ip route del default
ip -6 route del default
ip link set eth0 down

# -- a guest shares its Wi-Fi with the host
example wifi-guest
refuse "Wi-Fi: no way out yet" reaches $server4
# what stands for the card that pci= would give it
check "Wi-Fi: xl create wifi-guest.cfg" guest_create wifi-guest \
	"vif=[ $(vifs wifi-guest), 'mac=00:16:3e:00:01:11,bridge=br1,script=$script' ]"
is "Wi-Fi: aaos boots" "$(guest_up aaos && echo up)" up
check "Wi-Fi: aaos gets out" guest_pings aaos $server4
is "Wi-Fi: dom0 goes by the guest" "$(default_routes | grep -o 'via 192.168.10.2 dev br0')" \
	"via 192.168.10.2 dev br0"
check "Wi-Fi: dom0 gets out" wait_for 20 reaches $server4
before=$(xl domid aaos)
check "Wi-Fi: xl reboot aaos" xl reboot aaos
check "Wi-Fi: it is another domain" wait_for 60 sh -c "[ \"\$(xl domid aaos)\" -gt $before ]"
check "Wi-Fi: dom0 gets out again" wait_for 120 reaches $server4
check "xl destroy aaos" xl destroy aaos
check "the bridge is gone again" wait_for 10 gone br0
is "Wi-Fi: the route is gone" "$(default_routes)" ""

kill $dhcp
wait $dhcp 2>/dev/null
ip netns del outside
rm $policy
nothing_left "nothing is left"
scenario_done
