#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# topologies.sh - each topology from its files alone: policy/examples as they are, guests of xl-configs, and xnm-guest in them.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/wifi.sh
. "$netns_top/tests/lib/wifi.sh"
# shellcheck source=tests/lib/told.sh
. "$netns_top/tests/lib/told.sh"

why=$(lan_missing)
if [ -z "$why" ] && ! busybox --list 2>/dev/null | grep -qx udhcpd; then
	why="there is no busybox with udhcpd and udhcpc"
fi
if [ -n "$why" ]; then
	skip "topologies" "$why"
	tap_done
	exit
fi
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1
lan_new
serve inet inet 80

# example NAME: this is the policy, as it is written, and the host has started with it
example() {
	cp "$netns_top/policy/examples/$1.ini" "$XNM_CONFIG"
	chmod 644 "$XNM_CONFIG"
	try "$XNM" check
	# the LAN of this test has only eth0 and eth1
	is "$1.ini has no mistake" "$rc" 0
	try "$XNM_UDEV" boot
	is "$1.ini: xnm-udev boot" "$rc:$out" 0:
}

# start D CONFIG BRIDGE: the guest comes up, and sets itself up
start() {
	guest_from "$1" "$2"
	# a bridge that gets a new port would delay the check for duplicates
	sysctl_set "g$1.0" ipv6/conf/all/accept_dad=0 ipv6/conf/eth0/accept_dad=0
	ip -n "g$1.0" link set lo up
	try hotplug online "$1" 0
	assert_online "$2.cfg" "$1" 0 "$3"
	[ "$2" != wifi-guest ] || wifi_link "$1"
	try in_guest "$1" all
	is "$2.cfg: xnm-guest has nothing to complain about" "$rc:$out" 0:
}

# gone D...
gone() {
	local d

	for d in "$@"; do
		try hotplug offline "$d" 0
		[ "$rc:$out" = 0: ] || not_ok "guest $d goes offline" "$out"
		guest_rm "$d" 0
	done
}

# ------------------------------------------------------------- inside only (T1)
example inside
is "the bridge is there before a guest" "$(link_exists br0 && echo there)" there
start 1 inside-radio br0
start 2 inside-navi br0
reach "guests, and the host, reach each other" g1.0 ping/192.168.10.1=yes ping/fd00:10::1=yes \
	ping/192.168.10.3=yes ping/fd00:10::3=yes dom0\>ping/192.168.10.2=yes dom0\>ping/fd00:10::3=yes
# they are told of no gateway, and the host would be none
reach "and nobody else" g1.0 "ping/$inet4=refused" "ping/$inet6=refused" "ping/$lan4=refused"
ip -n g1.0 route add default via 192.168.10.1
ip -n g1.0 route add default via fd00:10::1
nowhere "nor by way of the host" g1.0 "tcp/$inet4/80" "ping/$inet6" "ping/$lan4"
gone 1 2

# ---------------------------------------------------------------- NAT (T2)
example nat
is "the bridge of the other policy has gone" "$(link_exists br0 && echo there)" ""
start 1 nat-web xnmnat0
start 2 nat-mail xnmnat0
reach "both are outside, as the host" g1.0 "tcp/$inet4/80=inet:80 10.99.0.1" \
	"tcp/$inet6/80=inet:80 2001:db8:99::1" "g2.0>tcp/$inet4/80=inet:80 10.99.0.1" \
	"g2.0>tcp/$inet6/80=inet:80 2001:db8:99::1"
ip -n lan route add 10.77.0.0/24 via 10.99.0.1
nowhere "the LAN does not get in" lan ping/10.77.0.10
ip -n lan route del 10.77.0.0/24
gone 1 2

# ------------------------------------------------------------- bridged (T2)
example bridged
is "the card is in the bridge" "$(link_master eth0)" xenbr0
start 1 bridged xenbr0
cat >"$T/udhcpd.conf" <<END
start 10.99.0.100
end 10.99.0.110
interface eth0
lease_file $T/udhcpd.leases
pidfile $T/udhcpd.pid
option router $lan4
option subnet 255.255.255.0
END
: >"$T/udhcpd.leases"
cat >"$T/lease" <<'END'
#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr add "$ip/$mask" dev "$interface" && ip route add default via "$router"
END
chmod 755 "$T/lease"
ip netns exec lan busybox udhcpd -f -I $lan4 "$T/udhcpd.conf" >/dev/null 2>&1 &
udhcpd=$!
# it is told of no address: its ordinary DHCP client has the interface
ip -n g1.0 link set eth0 up
try ip netns exec g1.0 timeout 20 busybox udhcpc -i eth0 -n -q -f -t 8 -T 1 -s "$T/lease"
is "the LAN gives the guest its address" "$rc" 0
address=$(ip -n g1.0 -4 -o addr show dev eth0 | sed -n 's,.* inet \([^/]*\)/.*,\1,p')
like "one of the LAN's" "$address" '^10\.99\.0\.1[01][0-9]$'
reach "it is outside as itself, and the host as before" g1.0 "tcp/$inet4/80=inet:80 $address" \
	"ping/10.99.0.1=yes" "dom0>tcp/$inet4/80=inet:80 10.99.0.1"
kill $udhcpd
wait $udhcpd 2>/dev/null
gone 1

# ------------------------------------------- bridged, the host is the gateway (T2)
example gateway-on-bridge
start 1 gateway-on-bridge xenbr0
reach "it is outside as the host" g1.0 "tcp/$inet4/80=inet:80 10.99.0.1" \
	"tcp/$inet6/80=inet:80 2001:db8:99::1" "ping/$inet4=yes"
gone 1

# ----------------------------------------------- a guest is the way out (T3)
example wifi-guest
is "the card has left the bridge" "$(link_master eth0)" ""
ip route del default
ip -6 route del default
reach "no way out" dom0 "ping/$inet4=refused"
start 1 wifi-guest br0
reach "the host is outside by the guest" dom0 "tcp/$inet4/80=inet:80 10.96.0.1"
gone 1
reach "no way out without it" dom0 "ping/$inet4=refused"
start 2 wifi-guest br0
reach "it is back under another number" dom0 "tcp/$inet4/80=inet:80 10.96.0.1"
gone 2

# ------------------------------------------------------------ fail-over (T2 to T3)
ip -n lan addr add 192.0.2.1/24 dev eth0
ip addr add 192.0.2.10/24 dev eth0
example failover
start 1 wifi-guest br0
start 2 failover br0
reach "the wire comes first" g2.0 "tcp/$inet4/80=inet:80 192.0.2.10" "dom0>tcp/$inet4/80=inet:80 192.0.2.10"
ip -n lan link set eth0 down
sleep 1
reach "without carrier: by the guest" g2.0 "tcp/$inet4/80=inet:80 10.96.0.1" "dom0>tcp/$inet4/80=inet:80 10.96.0.1"
# how much is lost in between is for uplinks.sh to say, which has the machine for itself
ip -n lan link set eth0 up
sleep 1
reach "with carrier: by the wire again" g2.0 "tcp/$inet4/80=inet:80 192.0.2.10"

# set down, an interface loses its routes, and no uevent says so: what network managers may call puts them back
export XNM_UDEV
carrier=$netns_top/packaging/xnm-carrier
for how in "env IFACE=eth0 $carrier" "$carrier eth0 up"; do
	ip link set eth0 down
	ip link set eth0 up
	is "set down and up, it has no default route" "$(ip route show default dev eth0)" ""
	# shellcheck disable=SC2086 # words
	try $how
	is "${how//"$netns_top"\/}: there it is again" "$rc:$out:$(ip route show default dev eth0 | grep -c 192.0.2.1)" 0::1
done
for how in "$carrier" "$carrier lo up" "$carrier none hostname"; do
	# shellcheck disable=SC2086 # words
	try env XNM_UDEV=false $how
	is "${how#"$netns_top"/}: nothing to do" "$rc:$out" 0:
done
gone 2 1

: >"$XNM_CONFIG"
try "$XNM_UDEV" boot
is "no policy any more" "$rc:$out:$(ip route show default)" 0::
assert_clean "nothing is left"
tap_done
