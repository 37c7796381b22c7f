#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# card-uppers.sh - a card with devices made of it, or that is in another one, goes into a bridge, or is refused by their names.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1
lan_new

# udev VERB [ARGUMENT]...
udev() {
	try "$LAUNCH" -t 20 "$XNM_UDEV" "$@"
}
# into and out_of: the policy with the card in the bridge, and without it
into() {
	printf '%s\n' "[network lan]" bridge=br0 start=boot forward=bridge interfaces=eth0 >"$XNM_CONFIG"
}
out_of() {
	printf '%s\n' "[network lan]" bridge=br0 start=boot forward=bridge >"$XNM_CONFIG"
}
# of DEVICE: its addresses and routes
of() {
	ip -j addr show dev "$1" | jq -cS '.[0].addr_info[] | select(.scope != "link") | [.local, .prefixlen]'
	for family in -4 -6; do
		ip $family route show table all dev "$1" | grep -Ev '^(fe80|ff00|multicast|local|broadcast|anycast)' |
			sed 's/  */ /g; s/ linkdown//; s/ $//' | sort
	done
}
# all: what the card is in, and who has which addresses; link-local ones come a moment after a device is up
all() {
	ip -o link show dev eth0 | grep -o 'master [^ ]*'
	ip -br addr | sed 's| fe80:[^ ]*||g' | grep -o '^[^ ]*\| [0-9a-f.:]*/.*'
}

# -- what has no room beside a bridge is refused, and all stays
# refused NAME PATTERN LINK...: with such a link
refused() {
	local name=$1 pattern=$2 was

	shift 2
	if ! ip link add "$@" 2>"$T/err"; then
		not_ok "$name" "$(cat "$T/err")"
		return
	fi
	was=$(all)
	into
	udev boot
	is "$name: exit status" "$rc" 1
	like "$name: it is named" "$out" "$pattern"
	same "$name: nothing is touched" "$(all)" "$was"
	ip link del up0
}
refused "ipvlan" 'up0 is a ipvlan of it' up0 link eth0 type ipvlan
refused "MACsec" 'up0 is a macsec of it' up0 link eth0 type macsec
refused "ipip" 'up0, a tunnel \(ipip\), is bound to it' up0 type ipip local 10.99.0.1 remote 10.99.0.254 dev eth0

# -- a card that is in another device
# inside_of NAME LINK...: the card is put into such a link
inside_of() {
	local name=$1 was

	shift
	if ! ip link add "$@" 2>"$T/err" || ! { ip link set eth0 down && ip link set eth0 master up0; } 2>"$T/err"; then
		not_ok "$name" "$(cat "$T/err")"
		ip link del up0 2>/dev/null
		ip link set eth0 up
		return
	fi
	ip link set up0 up
	ip link set eth0 up
	was=$(all)
	into
	udev boot
	is "$name: exit status" "$rc" 1
	like "$name: it is named" "$out" 'interfaces=eth0 .*port of up0 already'
	same "$name: nothing is touched" "$(all)" "$was"
	ip link del up0
	ip link set eth0 nomaster 2>/dev/null
	ip link set eth0 up
}
inside_of "VRF" up0 type vrf table 77
inside_of "bond" up0 type bond mode active-backup

# -- VLAN devices stay, and work, in the bridge and after it
for netns in dom0 lan; do
	inside $netns ip link add link eth0 name eth0.5 type vlan id 5
	inside $netns ip link set eth0.5 up
done
ip addr add 10.5.0.1/24 dev eth0.5
ip addr add 2001:db8:5::1/64 dev eth0.5
ip -n lan addr add 10.5.0.254/24 dev eth0.5
ip -n lan addr add 2001:db8:5::fe/64 dev eth0.5
# going down and up has cost the card these
ip addr replace 2001:db8:99::1/64 dev eth0
ip route replace default via $lan4
ip route replace default via $lan6
card=$(of eth0)
vlan=$(of eth0.5)
# works NAME: both are reached
works() {
	reach "$1" lan ping/10.99.0.1=yes ping/10.5.0.1=yes ping/2001:db8:5::1=yes "dom0>ping/$inet6=yes" dom0\>ping/10.5.0.254=yes
}
into
udev boot
is "the card goes into the bridge" "$rc:$out:$(link_master eth0)" 0::br0
same "the bridge has all of it" "$(of br0)" "$card"
same "the VLAN's device keeps what it has" "$(of eth0.5)" "$vlan"
works "and both are reached"
out_of
udev boot
is "out again" "$rc:$out:$(link_master eth0)" 0::
same "the card has all back" "$(of eth0)" "$card"
same "the VLAN's device keeps what it has" "$(of eth0.5)" "$vlan"
works "and both are reached still"
tap_done
