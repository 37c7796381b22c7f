#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# network-manager.sh - with the real NetworkManager: a card that it manages stays out of bridges until it leaves it alone.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/systemd.sh
. "$netns_top/tests/lib/systemd.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
# tests/vm/netns-in-vm.sh has fetched it, as the machine has no network
packages=$netns_top/build/network-manager
why=
[ "${XNM_IN_VM:-}" = 1 ] || why="this one is for the machine in QEMU"
[ -x "$packages/usr/sbin/NetworkManager" ] || why="Debian's NetworkManager cannot be had"
command -v dnsmasq >/dev/null || why="dnsmasq is not installed (tests/lib/deps.sh test)"
if [ -n "$why" ]; then
	skip "network-manager" "$why"
	tap_done
	exit
fi

layer /etc "$packages/etc" && layer /usr "$packages/usr" || exit 1
# whom the packages make when they are installed
grep -q '^messagebus:' /etc/passwd || {
	echo 'messagebus:x:999:999::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
	echo 'messagebus:x:999:' >>/etc/group
}
mkdir -p /etc/NetworkManager/conf.d /var/lib/NetworkManager /run/dbus
mount -t tmpfs tmpfs /var/lib/NetworkManager
printf '%s\n' "[main]" plugins=keyfile dns=none rc-manager=unmanaged hostname-mode=none auth-polkit=false \
	>/etc/NetworkManager/NetworkManager.conf
store_start || exit 1
ip netns add lan
ip link add eth0 address 00:16:3e:ca:4d:00 type veth peer name eth0 netns lan
ip -n lan addr add 10.99.0.254/24 dev eth0
ip -n lan link set eth0 up
ip netns exec lan dnsmasq -k -p 0 -i eth0 --bind-interfaces --leasefile-ro --no-ping \
	--dhcp-range=10.99.0.100,10.99.0.200,255.255.255.0,2m --conf-file=/dev/null --pid-file= >"$T/dnsmasq" 2>&1 &
printf '%s\n' "[network lan]" bridge=br0 interfaces=eth0 start=boot >"$XNM_CONFIG"
# else it waits for udev, which is not there
mount -o remount,bind,ro /sys
dbus-daemon --system --fork --nopidfile
# a veth pair of this kind is a card to nobody else
printf '%s\n' "[connection]" id=wired type=ethernet interface-name=eth0 "[ipv4]" method=auto "[ipv6]" method=disabled \
	>/etc/NetworkManager/system-connections/wired.nmconnection
chmod 600 /etc/NetworkManager/system-connections/wired.nmconnection

manager=
manager_start() {
	NetworkManager --no-daemon >>"$T/manager" 2>&1 &
	manager=$!
}

manager_stop() {
	kill $manager
	wait $manager 2>/dev/null
}

# says STATE: what nmcli says of the card, once it is that
says() {
	local i

	for ((i = 0; i < 200; i++)); do
		[ "$(nmcli -g GENERAL.STATE device show eth0 2>/dev/null)" != "$1" ] || return 0
		sleep 0.1
	done
	nmcli -g GENERAL.STATE device show eth0 2>&1
	tail -20 "$T/manager"
	return 1
}

# everything: of the card and the bridge, without what counts down
everything() {
	ip -j addr | jq -cS '.[] | [.ifname, .master, .address, (.addr_info[] | [.local, .prefixlen, .dynamic])]'
	ip route show table all | sed 's/ expires [0-9]*sec//; s/ linkdown//; s/  */ /g' | sort
	find "$XNM_RUN_DIR" -type f ! -path '*/applied/*' ! -name lock ! -name nft 2>/dev/null | sort
}

refused() {
	local before

	before=$(everything)
	try "$XNM_UDEV" boot
	is "$1: boot" "$rc" 1
	like "$1: it says what to change" "$out" 'NetworkManager manages it .*unmanaged-devices=interface-name:eth0'
	guest_new 3 0 bridge=lan
	try hotplug online 3 0
	assert_refused "$1: a guest" 3 0 "interfaces=eth0 of network lan" 'NetworkManager manages it'
	guest_rm 3 0
	try "$XNM" check
	is "$1: xnm check" "$rc" 2
	same "$1: nothing is touched" "$(everything)" "$before"
}

# -- with a lease
manager_start
check "NetworkManager connects" says "100 (connected)"
refused "a lease"
is "it notes that it manages the card" "$(grep -c '^managed=true' "/run/NetworkManager/devices/$(cat /sys/class/net/eth0/ifindex)")" 1

# -- what the message says is done
printf '%s\n' "[keyfile]" unmanaged-devices=interface-name:eth0 >/etc/NetworkManager/conf.d/xnm.conf
nmcli general reload
check "it leaves the card alone" says "10 (unmanaged)"
ip -4 addr flush dev eth0
try "$XNM" check
is "xnm check" "$rc:$(echo "$out" | grep -c NetworkManager)" 0:0
try "$XNM_UDEV" boot
is "the card goes into the bridge" "$rc:$out:$(link_master eth0)" 0::br0
manager_stop
manager_start
check "NetworkManager starts again" says "10 (unmanaged)"
is "the card is in the bridge" "$(link_master eth0)$(ip -4 -o addr show dev eth0)" br0

# -- its file is gone, and it has not looked yet: its configuration says it
: >"$XNM_CONFIG"
try "$XNM_UDEV" boot
is "out again" "$rc:$out:$(link_master eth0)" 0::
printf '%s\n' "[network lan]" bridge=br0 interfaces=eth0 start=boot >"$XNM_CONFIG"
rm -f /run/NetworkManager/devices/*
try "$XNM_UDEV" boot
is "by its configuration" "$rc:$out:$(link_master eth0)" 0::br0
manager_stop
tap_done
