#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# topologies.sh - guests that configure themselves with xnm-guest: inside only, behind the host's NAT, and a guest that is the host's way out.
#
#	guest1, guest2 == xnmin0   dom0   wan0 ------ eth0   outside
#	guest1's "Wi-Fi" == br1 --------- wifi0 ----- eth1
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
mac1=mac=00:16:3e:00:00:11 mac2=mac=00:16:3e:00:00:12

reaches() {
	ping -c 1 -W 2 "$1"
}

default_routes() {
	{ ip route show default; ip -6 route show default; } | sed 's/ *$//'
}

# -- outside: a router with a server, on the host's wire and behind guest1's Wi-Fi
echo 0 >/proc/sys/net/ipv4/ip_forward
echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
ip netns add outside
ip link add wan0 type veth peer name eth0 netns outside
ip link add wifi0 type veth peer name eth1 netns outside
ip -n outside addr add 203.0.113.2/24 dev eth0
ip -n outside addr add 2001:db8:113::2/64 dev eth0 nodad
ip -n outside addr add 192.0.2.254/24 dev eth1
ip -n outside addr add $server4/32 dev lo
ip -n outside addr add $server6/128 dev lo
for device in lo eth0 eth1; do
	ip -n outside link set $device up
done
ip link set wan0 up
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

# -- inside only
mkdir -p /etc/xnm/policy.d
cat >$policy <<'END'
[network inside]
bridge=xnmin0
address=192.168.10.1/24 fd00:10::1/64

[vif guest1]
network=inside
address=192.168.10.2 fd00:10::2

[vif guest2]
network=inside
address=192.168.10.3 fd00:10::3
END
check "inside: the policy has no mistake" xnm check
for guest in guest1 guest2; do
	if [ $guest = guest1 ]; then mac=$mac1; else mac=$mac2; fi
	check "inside: xl create $guest" guest_alone $guest "$mac"
done
for guest in guest1 guest2; do
	is "inside: $guest boots, and xnm-guest has nothing to complain about" "$(guest_up $guest && echo up)" up
	for host in 192.168.10.1 fd00:10::1; do
		check "inside: $guest pings $host" guest_pings $guest $host
	done
done
check "inside: guest1 pings guest2" guest_pings guest1 192.168.10.3
for host in 192.168.10.2 fd00:10::2; do
	check "inside: dom0 pings $host" reaches $host
done
check "inside: no way out" guest_is_cut guest1 $server4
is "inside: dom0 forwards nothing" \
	"$(cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding | xargs)" "0 0"

# -- the host shares its wire: the guests take the change over with their next run
ip addr add 203.0.113.1/24 dev wan0
ip addr add 2001:db8:113::1/64 dev wan0 nodad
ip route add default via 203.0.113.2
ip route add default via 2001:db8:113::2
sed -i 's,^bridge=xnmin0$,&\nforward=nat\nuplink=wired,; 1i [uplink wired]\ninterface=wan0\n' $policy
check "NAT: the policy has no mistake" xnm check
check "NAT: reapply all" xnm-vif reapply all
for guest in guest1 guest2; do
	check "NAT: $guest takes it over" guest_run $guest "xnm-guest all"
	for host in $server4 $server6; do
		check "NAT: $guest pings $host" guest_pings $guest "$host"
	done
done
ip -n outside route add 192.168.10.0/24 via 203.0.113.1
refuse "NAT: the outside does not get in" ip netns exec outside ping -c 2 -W 1 192.168.10.2
check "xl destroy guest1" xl destroy guest1
check "xl destroy guest2" xl destroy guest2
check "the bridge is gone" wait_for 10 gone xnmin0
ip route del default
ip -6 route del default
ip link set wan0 down

# -- guest1 shares its Wi-Fi with the host
cat >$policy <<'END'
[uplink wifi]
guest=guest1/0
metric=600

[network inside]
bridge=xnmin0
address=192.168.10.1/24

[vif guest1/0]
network=inside
address=192.168.10.2
share=yes
locking-mode=unlocked
END
check "Wi-Fi: the policy has no mistake" xnm check
refuse "Wi-Fi: no way out yet" reaches $server4
check "Wi-Fi: xl create guest1" guest_alone guest1 $mac1 mac=00:16:3e:00:01:11,bridge=br1
is "Wi-Fi: guest1 boots" "$(guest_up guest1 && echo up)" up
check "Wi-Fi: guest1 gets out" guest_pings guest1 $server4
is "Wi-Fi: dom0 goes by the guest" "$(default_routes | grep -o 'via 192.168.10.2 dev xnmin0')" \
	"via 192.168.10.2 dev xnmin0"
check "Wi-Fi: dom0 gets out" wait_for 20 reaches $server4
before=$(xl domid guest1)
check "Wi-Fi: xl reboot guest1" xl reboot guest1
check "Wi-Fi: it is another domain" wait_for 60 sh -c "[ \"\$(xl domid guest1)\" -gt $before ]"
check "Wi-Fi: dom0 gets out again" wait_for 120 reaches $server4
check "xl destroy guest1" xl destroy guest1
check "the bridge is gone again" wait_for 10 gone xnmin0
is "Wi-Fi: the route is gone" "$(default_routes)" ""

kill $dhcp
wait $dhcp 2>/dev/null
ip netns del outside
rm $policy
nothing_left "nothing is left"
scenario_done
