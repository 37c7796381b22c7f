#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# managers.sh - a card that somebody else sets up, and goes on with, is not put into a bridge: who, and what to change.
#
# With the real dhclient, dhcpcd and udhcpc; of NetworkManager, connman and wicked the files
# that they keep, with a process of their name. networkd.sh and network-manager.sh have real ones.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip dnsmasq udhcpc dhclient dhcpcd
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1
lan_namespace dom0
lan_namespace lan
ip link add eth0 type veth peer name eth0 netns lan
ip -n lan addr add 10.99.0.254/24 dev eth0
ip -n lan link set eth0 up
ip link set eth0 up
policy() {
	printf '%s\n' "[network lan]" bridge=br0 interfaces=eth0 start=boot >"$XNM_CONFIG"
}
policy
# nothing of the clients' is the host's
echo "nameserver 192.0.2.53" >"$T/resolv.conf"
mount --bind "$T/resolv.conf" "$(readlink -f /etc/resolv.conf)"
mkdir -p /run/dhcpcd
for folder in /var/lib/dhcp /var/lib/dhcpcd; do
	mount -t tmpfs tmpfs $folder
done
: >"$T/dhcpcd.conf"
mount --bind "$T/dhcpcd.conf" /etc/dhcpcd.conf
ip netns exec lan dnsmasq -k -p 0 -i eth0 --bind-interfaces --leasefile-ro --no-ping \
	--dhcp-range=10.99.0.100,10.99.0.200,255.255.255.0,2m --conf-file=/dev/null --pid-file= >"$T/dnsmasq" 2>&1 &

# everything: of the card and the bridge, without what counts down
everything() {
	ip -j addr | jq -cS '.[] | [.ifname, .master, .address, (.addr_info[] | [.local, .prefixlen, .dynamic])]'
	ip route show table all | sed 's/ expires [0-9]*sec//; s/ linkdown//; s/  */ /g' | sort
	find "$XNM_RUN_DIR" -type f ! -path '*/applied/*' ! -name lock ! -name nft 2>/dev/null | sort
}

# refused NAME PATTERN...: by boot, by the card's coming, by a guest; xnm check says it too
refused() {
	local name=$1 before verb pattern

	shift
	before=$(everything)
	for verb in boot "add eth0"; do
		# shellcheck disable=SC2086 # two words
		try "$LAUNCH" -t 20 "$XNM_UDEV" $verb
		is "$name: $verb" "$rc:$(echo "$out" | wc -l)" 1:1
		like "$name: $verb says which card" "$out" 'interfaces=eth0 of network lan: '
		for pattern; do
			like "$name: $verb says who" "$out" "$pattern"
		done
		same "$name: nothing is touched by $verb" "$(everything)" "$before"
	done
	guest_new 3 0 bridge=lan
	try hotplug online 3 0
	assert_refused "$name: a guest" 3 0 "$@"
	guest_rm 3 0
	try "$XNM" check
	is "$name: xnm check" "$rc" 2
	like "$name: xnm check says where" "$out" "xnm\\.ini:3: interfaces=eth0 of network lan: .*$1"
	same "$name: and nothing is touched" "$(everything)" "$before"
}

# goes NAME: into the bridge, in silence, and out again
goes() {
	try "$XNM" check
	is "$1: xnm check" "$rc" 0
	try "$LAUNCH" -t 20 "$XNM_UDEV" boot
	is "$1: into the bridge" "$rc:$out:$(link_master eth0)" "0::br0"
	try "$LAUNCH" -t 20 "$XNM_UDEV" add eth0
	is "$1: again" "$rc:$out:$(link_master eth0)" "0::br0"
	: >"$XNM_CONFIG"
	try "$LAUNCH" -t 20 "$XNM_UDEV" boot
	is "$1: out of it" "$rc:$out:$(link_master eth0)" "0::"
	policy
}

# leased: once a client has put an address on the card
leased() {
	for _ in {1..150}; do
		[ -z "$(ip -4 -o addr show dev eth0)" ] || return 0
		sleep 0.1
	done
	not_ok "a lease comes" "$(cat "$T/client" "$T/dnsmasq")"
}

# ended PROGRAM: no process of it is left, and the card has nothing
ended() {
	for _ in {1..100}; do
		pgrep -x "$1" >/dev/null || break
		sleep 0.05
	done
	ip -4 addr flush dev eth0
}

# -- nobody: a card without addresses, and one with static ones
goes "nobody"
ip addr add 10.99.0.1/24 dev eth0
ip route add default via 10.99.0.254
goes "static addresses"
ip -4 addr flush dev eth0

# into a bridge that is there already, and out of it, while it stays
printf '%s\n' "[network lan]" bridge=br0 address=192.168.77.1/24 forward=bridge start=boot >"$XNM_CONFIG"
try "$XNM_UDEV" boot
is "a bridge without the card" "$rc:$out:$(link_master eth0)" 0::
echo interfaces=eth0 >>"$XNM_CONFIG"
try "$XNM_UDEV" boot
is "the card joins it" "$rc:$out:$(link_master eth0)" 0::br0
sed -i /interfaces=/d "$XNM_CONFIG"
try "$XNM_UDEV" boot
is "and leaves it again" "$rc:$out:$(link_master eth0)" 0::
: >"$XNM_CONFIG"
try "$XNM_UDEV" boot
policy

# -- the real clients
dhclient -nw eth0 >"$T/client" 2>&1
leased
refused "dhclient" 'dhclient \(process [0-9]+\)' 'start it on br0'
dhclient -r eth0 >"$T/client" 2>&1
ended dhclient
goes "after dhclient"
udhcpc -b -i eth0 >"$T/client" 2>&1
leased
refused "udhcpc" 'udhcpc \(process [0-9]+\)' 'start it on br0'
pkill -x udhcpc
ended udhcpc
goes "after udhcpc"
dhcpcd -4 -b eth0 >"$T/client" 2>&1
leased
refused "dhcpcd" 'dhcpcd \(process [0-9]+\)' 'denyinterfaces eth0'
dhcpcd -4 -x eth0 >"$T/client" 2>&1
ended dhcpcd
goes "after dhcpcd"
# before it has a lease, and for all cards
dhcpcd -b >"$T/client" 2>&1
for _ in {1..100}; do
	! tr '\0' ' ' <"/proc/$(pgrep -o -x dhcpcd)/cmdline" | grep -q '^dhcpcd: \[manager\]' || break
	sleep 0.05
done
refused "dhcpcd for all" 'dhcpcd \(process [0-9]+\)' 'denyinterfaces eth0'
echo "denyinterfaces wlan0 eth0" >"$T/dhcpcd.conf"
ip -4 addr flush dev eth0
goes "dhcpcd that leaves the card alone"
dhcpcd -x >"$T/client" 2>&1
ended dhcpcd

# -- a client of another network namespace, with a card of the same name
ip netns exec lan udhcpc -f -i eth0 -s /bin/true >"$T/client" 2>&1 &
other=$!
goes "a client in a container"
kill $other
wait $other 2>/dev/null
# of another card
udhcpc -f -i eth1 -s /bin/true >"$T/client" 2>&1 &
other=$!
goes "a client of another card"
kill $other 2>/dev/null
wait $other 2>/dev/null

# -- nobody is there, but the address ends
ip addr add 10.99.0.50/24 dev eth0 valid_lft 3600 preferred_lft 3600
refused "a lease of nobody" 'its address 10\.99\.0\.50/24 expires' 'valid_lft forever'
ip addr change 10.99.0.50/24 dev eth0 valid_lft forever preferred_lft forever
goes "made permanent"
ip route add default via 10.99.0.254 proto dhcp
refused "a route of nobody" 'its route to 0\.0\.0\.0/0 came by DHCP'
ip route del default
ip route add default via 10.99.0.254 proto static
goes "a static route"
ip -4 addr flush dev eth0
# a router advertises these, and the kernel renews them
ip addr add 2001:db8:99::2/64 dev eth0 valid_lft 5000 preferred_lft 4000 nodad
goes "IPv6 addresses of a router"
ip -6 addr flush dev eth0 scope global

# -- managers, by what they keep: a process of that name stands for each
# stand_in NAME: one that does nothing
stand_in() {
	cp /bin/sleep "$T/$1"
	"$T/$1" 1000 &
	standing=$!
	for _ in {1..100}; do
		[ "$(cat "/proc/$standing/comm")" != "${1:0:15}" ] || break
		sleep 0.02
	done
}

# stood: it ends
stood() {
	kill $standing
	wait $standing 2>/dev/null
}
index=$(cat /sys/class/net/eth0/ifindex)
mkdir -p /run/NetworkManager/devices /run/wicked
printf '[device]\nmanaged=true\nconnection-uuid=1\nnm-owned=false\n' >"/run/NetworkManager/devices/$index"
goes "what NetworkManager has left behind"
stand_in NetworkManager
refused "NetworkManager" 'NetworkManager manages it' 'unmanaged-devices=interface-name:eth0'
printf '[device]\nnm-owned=false\n' >"/run/NetworkManager/devices/$index"
goes "NetworkManager that leaves it alone"
rm "/run/NetworkManager/devices/$index"
refused "NetworkManager has not looked yet" 'NetworkManager manages it'
# a bridge of its own, with the card in it
bridge_new br0
ip link set eth0 master br0
try "$XNM" check
is "in a bridge of its own: xnm check" "$rc" 0
guest_new 3 0 bridge=lan
try hotplug online 3 0
assert_online "in a bridge of its own: a guest" 3 0 br0
hotplug offline 3 0
guest_rm 3 0
ip link del br0
mkdir -p /run/NetworkManager/conf.d
printf '[keyfile]\nunmanaged-devices=mac:00:00:00:00:00:01;interface-name:eth*\n' >/run/NetworkManager/conf.d/a.conf
goes "NetworkManager is told to leave it alone"
stood
stand_in connmand
refused "connman" 'connman manages it' 'NetworkInterfaceBlacklist='
stood
stand_in wickedd-dhcp4
goes "wicked without a lease"
touch /run/wicked/leaseinfo.eth0.dhcp.ipv4
refused "wicked" 'wicked renews its lease' "BOOTPROTO='none'"
stood
goes "wicked has ended"

# -- those who start later in the boot than the card comes: they are enabled, and do not run yet
mkdir -p /run/systemd/system
mount -t tmpfs tmpfs /etc/systemd/system
wants=/etc/systemd/system/multi-user.target.wants
mkdir -p $wants
rm -f /run/NetworkManager/conf.d/a.conf
goes "nobody is enabled"
: >$wants/NetworkManager.service
refused "NetworkManager, enabled" 'NetworkManager manages it when it starts' 'unmanaged-devices=interface-name:eth0'
printf '[keyfile]\nunmanaged-devices=interface-name:eth0\n' >/run/NetworkManager/conf.d/a.conf
goes "NetworkManager, enabled, is told to leave it alone"
printf '[main]\nno-auto-default=*\n' >/run/NetworkManager/conf.d/a.conf
goes "NetworkManager, enabled, without a profile for it"
mkdir -p /run/NetworkManager/system-connections
printf '[connection]\ntype=ethernet\ninterface-name=eth0\n' >/run/NetworkManager/system-connections/eth0.nmconnection
refused "NetworkManager, enabled, with a profile for it" 'NetworkManager manages it when it starts'
rm -r /run/NetworkManager "$wants/NetworkManager.service"
: >$wants/dhcpcd.service
: >"$T/dhcpcd.conf"
refused "dhcpcd, enabled" 'dhcpcd configures it when it starts' "write 'denyinterfaces eth0' in /etc/dhcpcd\\.conf"
echo "denyinterfaces eth0" >"$T/dhcpcd.conf"
goes "dhcpcd, enabled, is told to leave it alone"
: >"$T/dhcpcd.conf"
rm $wants/dhcpcd.service
: >$wants/connman.service
refused "connman, enabled" 'connman manages it when it starts' 'NetworkInterfaceBlacklist='
ln -s /dev/null /etc/systemd/system/connman.service
goes "connman, enabled and masked"
# what netplan writes at boot, and cloud-init by it
mkdir -p /run/systemd/generator/multi-user.target.wants /run/systemd/network
: >/run/systemd/generator/multi-user.target.wants/systemd-networkd.service
goes "systemd-networkd, enabled by a generator, without a file for it"
printf '[Match]\nName=eth0\n[Network]\nDHCP=ipv4\n' >/run/systemd/network/10-netplan-eth0.network
refused "netplan" 'systemd-networkd configures it by /run/systemd/network/10-netplan-eth0.network'
rm -r /run/systemd

# -- ifupdown, before it has started its client
mount -t tmpfs tmpfs /etc/network
mkdir -p "$T/real" "$T/links" /etc/network/interfaces.d
printf 'auto lo\niface lo inet loopback\nsource interfaces.d/*\n' >/etc/network/interfaces
printf 'auto eth0\n  iface eth0 inet dhcp\n' >/etc/network/interfaces.d/eth0
# a folder of links stands for the real one, with or without it
mount --bind /usr/sbin "$T/real"
ln -s "$T/real"/* "$T/links"
rm -f "$T/links/ifup"
mount --bind "$T/links" /usr/sbin
goes "without ifupdown its file says nothing"
ln -s /bin/true "$T/links/ifup"
refused "ifupdown" "ifupdown has 'iface eth0 inet dhcp'" "iface eth0 inet manual"
echo 'iface eth0 inet manual' >/etc/network/interfaces.d/eth0
goes "ifupdown that leaves it alone"
printf 'iface eth0 inet static\n\taddress 10.99.0.1/24\n' >/etc/network/interfaces.d/eth0
goes "ifupdown with a static address"
tap_done
