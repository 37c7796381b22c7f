#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# networkd.sh - with the real systemd-networkd: a card that it sets up stays out of bridges, and one that it leaves goes in.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/systemd.sh
. "$netns_top/tests/lib/systemd.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
stage=${XNM_STAGE:-$O/stage}
why=$(systemd_missing)
[ -x /lib/systemd/systemd-networkd ] || why="systemd-networkd is not installed (tests/lib/deps.sh xen)"
[ -d "$stage/usr" ] || why="the tree is not installed in $stage (make stage)"
command -v dnsmasq >/dev/null || why="dnsmasq is not installed (tests/lib/deps.sh test)"
if [ -n "$why" ]; then
	skip "networkd" "$why"
	tap_done
	exit
fi

# ours as make install puts them, with the program of this test and a policy of policy.d alone
layer /etc "$stage/etc" && layer /usr "$stage/usr" || exit 1
cp "$XNM_UDEV" /usr/sbin/xnm-udev
rm -f /etc/xnm/xnm.ini
unset XNM_CONFIG
mkdir -p /etc/xnm/policy.d
mount -t tmpfs -o mode=755 tmpfs /etc/systemd/network
grep -q '^systemd-network:' /etc/passwd || {
	echo 'systemd-network:x:990:990::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
	echo 'systemd-network:x:990:' >>/etc/group
}
store_start || exit 1
ip netns add lan
ip link add eth0 address 00:16:3e:ca:4d:00 type veth peer name eth0 netns lan
ip -n lan addr add 10.99.0.254/24 dev eth0
ip -n lan link set eth0 up
ip netns exec lan dnsmasq -k -p 0 -i eth0 --bind-interfaces --leasefile-ro --no-ping \
	--dhcp-range=10.99.0.100,10.99.0.200,255.255.255.0,2m --conf-file=/dev/null --pid-file= >"$T/dnsmasq" 2>&1 &
systemd_units systemd-networkd.service systemd-networkd.socket xnm-boot.service || exit 1
# else it waits for udev, which is not there
mount -o remount,bind,ro /sys
if ! systemd_start; then
	not_ok "systemd starts"
	tap_done
	exit
fi

policy() {
	printf '%s\n' "[network lan]" bridge=br0 interfaces=eth0 start=boot >/etc/xnm/policy.d/lan.ini
}
policy

# wired LINE...: what networkd has for the card
wired() {
	printf '%s\n' "[Match]" Name=eth0 "[Network]" "$@" >/etc/systemd/network/20-wired.network
}

# decided DEVICE STATE: networkd starts again, and comes to that
decided() {
	local i

	inside systemctl restart systemd-networkd
	for ((i = 0; i < 200; i++)); do
		[ "$(state "$1")" != "$2" ] || return 0
		sleep 0.1
	done
	not_ok "networkd says $2 of $1" "$(state "$1")" "$(inside networkctl status "$1" 2>&1 | head -20)"
}

state() {
	sed -n 's/^ADMIN_STATE=//p' "/run/systemd/netif/links/$(cat "/sys/class/net/$1/ifindex")" 2>/dev/null
}

# has DEVICE PATTERN: it gets such an IPv4 address
has() {
	local i

	for ((i = 0; i < 200; i++)); do
		! ip -4 -o addr show dev "$1" | grep -Eq "inet $2" || return 0
		sleep 0.1
	done
	ip -4 addr show dev "$1"
	return 1
}

# everything: of the card and the bridge, without what counts down
everything() {
	ip -j addr | jq -cS '.[] | [.ifname, .master, .address, (.addr_info[] | [.local, .prefixlen, .dynamic])]'
	ip route show table all | sed 's/ expires [0-9]*sec//; s/ linkdown//; s/  */ /g' | sort
	find "$XNM_RUN_DIR" -type f ! -path '*/applied/*' ! -name lock ! -name nft 2>/dev/null | sort
}

# refused NAME [shortly]: by the unit, by the card's coming, by a guest, by xnm check; nothing is touched
says='systemd-networkd configures it by /etc/systemd/network/20-wired\.network .* Name=eth0 and \[Link\] Unmanaged=yes'
refused() {
	local before

	before=$(everything)
	try "$XNM_UDEV" add eth0
	is "$1: the card comes" "$rc" 1
	like "$1: what to change is said" "$out" "$says"
	same "$1: nothing is touched" "$(everything)" "$before"
	[ $# -eq 1 ] || return
	try inside systemctl restart xnm-boot
	is "$1: xnm-boot.service fails" "$((rc != 0))" 1
	guest_new 3 0 bridge=lan
	try hotplug online 3 0
	assert_refused "$1: a guest" 3 0 "interfaces=eth0 of network lan" "$says"
	guest_rm 3 0
	try "$XNM" check
	is "$1: xnm check" "$rc" 2
	like "$1: xnm check says it" "$out" "lan\\.ini:3: .*$says"
	same "$1: nothing is touched by these" "$(everything)" "$before"
}

# -- with a lease
wired DHCP=ipv4
decided eth0 configured
check "networkd gets a lease" has eth0 '10\.99\.0\.[12][0-9]+/24'
refused "a lease"

# -- static addresses, which come back with the carrier
wired Address=10.99.0.1/24 Gateway=10.99.0.254
decided eth0 configured
check "networkd sets an address" has eth0 '10\.99\.0\.1/24'
refused "a static address" shortly
ip addr del 10.99.0.1/24 dev eth0
ip -n lan link set eth0 down
sleep 0.5
ip -n lan link set eth0 up
check "it does set it again" has eth0 '10\.99\.0\.1/24'

# -- a file that does next to nothing: networkd takes the card out of a bridge
wired DHCP=no LinkLocalAddressing=no
decided eth0 configured
refused "nothing but the card's name" shortly
bridge_new other
ip link set eth0 master other
decided eth0 configured
for _ in {1..50}; do
	[ -n "$(link_master eth0)" ] || break
	sleep 0.1
done
is "it does take it out" "$(link_master eth0)" ""
ip link del other

# -- it has ended, and comes with the next boot
wired DHCP=ipv4
inside systemctl stop systemd-networkd.service systemd-networkd.socket
rm -rf /run/systemd/netif/links
ip -4 addr flush dev eth0
wants=/etc/systemd/system/multi-user.target.wants
mkdir -p $wants
ln -s /lib/systemd/system/systemd-networkd.service $wants
try "$XNM_UDEV" add eth0
is "before it runs: the card comes" "$rc:$(link_master eth0)" 1:
like "before it runs: it is known" "$out" "$says"
rm -r $wants
try "$XNM_UDEV" add eth0
is "one that is not enabled does not count" "$rc:$out:$(link_master eth0)" 0::br0
: >/etc/xnm/policy.d/lan.ini
try "$XNM_UDEV" boot
is "out again" "$rc:$out:$(link_master eth0)" 0::
policy

# -- what the message says is done: the card is left alone, the bridge has the lease
printf '%s\n' "[Match]" Name=eth0 "[Link]" Unmanaged=yes >/etc/systemd/network/10-eth0.network
printf '%s\n' "[Match]" Name=br0 "[Network]" DHCP=ipv4 >/etc/systemd/network/05-br0.network
decided eth0 unmanaged
try inside systemctl restart xnm-boot
is "xnm-boot.service, with a policy of policy.d alone" "$rc:$out" 0:
is "the card is in the bridge" "$(link_master eth0)" br0
check "networkd gets a lease for the bridge" has br0 '10\.99\.0\.[12][0-9]+/24'
guest_new 4 0 bridge=lan
try hotplug online 4 0
assert_online "a guest" 4 0 br0
decided br0 configured
check "networkd starts again: the bridge has its address" has br0 '10\.99\.0\.[12][0-9]+/24'
is "the card is in the bridge" "$(link_master eth0)$(ip -4 -o addr show dev eth0)" br0
check "the LAN is reached" ping -q -n -c 2 -i 0.2 -W 2 10.99.0.254
try "$XNM" check
is "xnm check" "$rc" 0
try "$XNM_UDEV" add eth0
is "again" "$rc:$out:$(link_master eth0)" 0::br0
tap_done
