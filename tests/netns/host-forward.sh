#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# host-forward.sh - a host that did not route between its own cards does not begin to because it has guests.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

lan_or_skip jq
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1

# Two strangers who take dom0 for their router: "near" behind eth0, and "far" behind a card of its own.
#
#	near 10.99.0.77 === br in lan === eth0 dom0 eth3 10.96.0.1 === eth3 10.96.0.254 far

# stranger NAME IFNAME V4 V6: behind an interface of dom0 that has V4.1 and V6::1
stranger() {
	lan_namespace "$1"
	ip link add "$2" type veth peer name "$2" netns "$1"
	ip -n "$1" addr add "$3.254/24" dev "$2"
	ip -n "$1" addr add "$4::fe/64" dev "$2"
	ip -n "$1" link set "$2" up
	ip addr add "$3.1/24" dev "$2"
	ip addr add "$4::1/64" dev "$2"
	ip link set "$2" up
	ip -n "$1" route add default via "$3.1"
	ip -n "$1" route add default via "$4::1"
}

lan_new
ip -n lan route add 10.96.0.0/24 via 10.99.0.1
ip -n lan route add 2001:db8:96::/64 via 2001:db8:99::1
stranger far eth3 10.96.0 2001:db8:96
serve lan lan 91
serve far far 92
serve inet inet 80

far4=10.96.0.254 far6=2001:db8:96::fe

# apart NAME [FAMILY...]: nothing gets from one of the host's cards to the other, in either direction
apart() {
	local name=$1 family what=()

	for family in "${@:2}"; do
		case $family in
		4) what+=("lan>tcp/$far4/92" "lan>udp/$far4/92" "lan>ping/$far4"
			"far>tcp/$lan4/91" "far>udp/$lan4/91" "far>ping/$lan4") ;;
		6) what+=("lan>tcp/$far6/92" "lan>udp/$far6/92" "lan>ping/$far6"
			"far>tcp/$lan6/91" "far>udp/$lan6/91" "far>ping/$lan6") ;;
		esac
	done
	nowhere "$name" lan "${what[@]}"
}

# together NAME [FAMILY...]: all of it gets there
together() {
	local name=$1 family what=()

	for family in "${@:2}"; do
		case $family in
		4) what+=("lan>udp/$far4/92=far:92 $lan4" "far>tcp/$lan4/91=lan:91 $far4") ;;
		6) what+=("lan>udp/$far6/92=far:92 $lan6" "far>tcp/$lan6/91=lan:91 $far6") ;;
		esac
	done
	reach "$name" lan "${what[@]}"
}

# network MODE: with addresses of both families
network() {
	printf '%s\n' "[uplink wan]" interface=eth0 "[network n]" \
		"address=10.97.0.1/24 2001:db8:97::1/64"
	case $1 in
	routed-*) printf '%s\n' backend=route forward="${1#routed-}" ;;
	bridge) printf '%s\n' bridge=n0 forward=bridge gateway=self masquerade=both uplink=wan ;;
	open) printf '%s\n' bridge=n0 forward=open masquerade=both uplink=wan ;;
	nat) printf '%s\n' bridge=n0 forward=nat uplink=wan ;;
	*) printf '%s\n' bridge=n0 forward="$1" ;;
	esac
	printf '%s\n' "[forward web]" network=n listen-port=8080 target=guest1 target-port=80
}

online() {
	guest_new 1 0 bridge=n ip="10.97.0.11 2001:db8:97::11"
	try hotplug online 1 0
	is "$1: a guest" "$rc:$out" 0:
	lan_guest 1 0 10.97.0.1 2001:db8:97::1 10.97.0.11/24 2001:db8:97::11/64
}

offline() {
	try hotplug offline 1 0
	guest_rm 1 0
}

forwarding() {
	echo "$(sysctl_get ipv4/ip_forward)$(sysctl_get ipv6/conf/all/forwarding)"
}

apart "a host that does not forward" 4 6

for mode in nat route open bridge routed-route; do
	network $mode >"$XNM_CONFIG"
	online $mode
	is "$mode: the kernel forwards" "$(forwarding)" 11
	apart "$mode: but not between the host's cards" 4 6
	serve g1.0 guest1 80
	case $mode in
	nat | open | bridge)
		reach "$mode: the guest reaches the outside" g1.0 "tcp/$inet4/80=inet:80 10.99.0.1" \
			"tcp/$inet6/80=inet:80 2001:db8:99::1"
		;;
	route)
		# as itself; who is to answer has to know the way back
		reach "$mode: the guest reaches the other card" g1.0 "tcp/$far4/92=far:92 10.97.0.11" \
			"tcp/$far6/92=far:92 2001:db8:97::11"
		reach "$mode: and is reached from there" far "tcp/10.97.0.11/80=guest1:80 $far4" \
			"tcp/2001:db8:97::11/80=guest1:80 $far6"
		;;
	esac
	reach "$mode: a port forward works, from either card" lan "tcp/10.99.0.1/8080=guest1:80 $lan4" \
		"far>tcp/10.96.0.1/8080=guest1:80 $far4"
	reach "$mode: the host itself talks to both" dom0 "tcp/$far4/92=far:92 10.96.0.1" \
		"tcp/$inet4/80=inet:80 10.99.0.1" "tcp/$far6/92=far:92 2001:db8:96::1"
	unserve guest1
	offline
	is "$mode: with the last guest the kernel ends it" "$(forwarding)" 00
	is "$mode: no element is left" "$(elements)" ""
done

# --------------------------------------------------- who forwarded before goes on

network nat >"$XNM_CONFIG"
sysctl_set dom0 ipv4/ip_forward=1 ipv6/conf/all/forwarding=1
together "a host that is a router" 4 6
online router
together "is one beside guests" 4 6
is "of which nothing is kept apart" "$(elements | grep apart)" ""
offline
is "and stays one" "$(forwarding)" 11
sysctl_set dom0 ipv6/conf/all/forwarding=0
online "router of IPv4"
together "a router of IPv4 alone" 4
apart "is none of IPv6 because of guests" 6
offline
is "nor later" "$(forwarding)" 10

# IPv4 has a switch for each interface, which that of all turns over
sysctl_set dom0 ipv4/ip_forward=0 ipv4/conf/eth0/forwarding=1 ipv4/conf/eth3/forwarding=1
together "interfaces that forward by themselves" 4
online "by themselves"
together "do so beside guests" 4
apart "but nothing else" 6
offline
is "and afterwards" "$(forwarding):$(sysctl_get ipv4/conf/eth0/forwarding)$(sysctl_get ipv4/conf/eth1/forwarding)$(sysctl_get ipv4/conf/eth3/forwarding)" \
	00:101
together "as before" 4
sysctl_set dom0 ipv4/conf/eth0/forwarding=0 ipv4/conf/eth3/forwarding=0

# ------------------------------------------------------- what was made by others

# a bridge of the host with two machines on it, of which the kernel shows all rules what passes it
ip link add xenbr0 type bridge
ip addr add 10.95.0.1/24 dev xenbr0
for name in left right; do
	lan_namespace $name
	ip link add $name type veth peer name eth0 netns $name
	ip link set $name master xenbr0 up
	ip -n $name link set eth0 up
	ip -n $name route add default dev eth0
done
ip link set xenbr0 up
ip -n left addr add 10.95.0.11/24 dev eth0
ip -n left addr add 2001:db8:95::11/64 dev eth0
ip -n right addr add 10.95.0.12/24 dev eth0
ip -n right addr add 2001:db8:95::12/64 dev eth0
ip -n left route replace default via 10.95.0.1
serve right right 93
ip -n far route add 10.95.0.0/24 via 10.96.0.1 2>/dev/null
online beside
if br_netfilter_set 1; then
	reach "what only passes a bridge goes on" left "tcp/10.95.0.12/93=right:93 10.95.0.11" \
		"udp/10.95.0.12/93=right:93 10.95.0.11" "ping/10.95.0.12=yes" \
		"tcp/2001:db8:95::12/93=right:93 2001:db8:95::11" "ping/2001:db8:95::12=yes"
	br_netfilter_set 0
else
	skip "what only passes a bridge goes on" "this kernel has no br_netfilter"
fi
reach "without br_netfilter, too" left "tcp/10.95.0.12/93=right:93 10.95.0.11"
nowhere "but nothing leaves it by the host" left "udp/$far4/92" "ping/$far4" "ping/$lan4"

# what is made while the host forwards is its maker's: Docker, libvirt, a VPN
stranger vpn tun9 10.94.0 2001:db8:94
serve vpn vpn 94
ip -n lan route add 10.94.0.0/24 via 10.99.0.1
ip -n lan route add 2001:db8:94::/64 via 2001:db8:99::1
vpn=("udp/10.94.0.254/94=vpn:94 $lan4" "tcp/2001:db8:94::fe/94=vpn:94 $lan6")
reach "what others make later is passed on" lan "${vpn[@]}"
try "$XNM_UDEV" add tun9
is "and udev says so" "$rc:$out" 0:
reach "also when udev has told of it" lan "${vpn[@]}"
apart "the rest is as before" 4 6

# ------------------------------------------------------------ names and bridges

dump_loads "interfaces that are kept apart"
ip link set eth3 down
ip link set eth3 name lan3
ip link set lan3 up
ip -6 addr add 2001:db8:96::1/64 dev lan3 2>/dev/null
together "under a name that nobody knows" 4 6
try "$XNM_UDEV" add lan3
apart "until udev tells of it" 4 6
ip addr flush dev lan3
ip link add br9 type bridge
ip link set lan3 master br9
ip link set br9 up
ip addr add 10.96.0.1/24 dev br9
ip addr add 2001:db8:96::1/64 dev br9
together "a bridge on a card" 4 6
try "$XNM_VIF" reapply all
apart "is one to the next event" 4 6
like "it is noted which" "$(elements | grep 'inet apart4')" '"br9"'
ip link del br9
ip addr add 10.96.0.1/24 dev lan3
ip -6 addr add 2001:db8:96::1/64 dev lan3
try "$XNM_UDEV" remove br9
is "one that has gone is forgotten" "$(elements | grep br9)" ""
apart "not what was in it" 4 6

# --------------------------------------------------------------- flushed, and told

nft flush ruleset
together "rules that somebody has flushed" 4 6
try "$XNM_VIF" reapply all
apart "a reapply puts back" 4 6
nft delete element inet xnm apart4 '{ "eth0" }'
guest_new 2 0 bridge=n ip="10.97.0.12 2001:db8:97::12"
try hotplug online 2 0
apart "any event does, also one of them" 4 6
before=$(nft -a list table inet xnm | grep -v packets)
nft add table ip somebody
try "$XNM_UDEV" change eth1
is "what is whole is not made anew" "$(nft -a list table inet xnm | grep -v packets)" "$before"
try "$XNM_VIF" gc
apart "gc lets it be" 4 6
like "status: what was dropped" "$("$XNM" status -v)" '^outside dropped: host-forward [0-9]'
like "doctor: what to do about it" "$("$XNM" doctor)" 'packets between eth0, .* host-forward=yes into \[global\]'

# the administrator's word, in either direction
{ echo "[global]" host-forward=yes | tr ' ' '\n'; network nat; } >"$XNM_CONFIG"
try "$XNM_VIF" reapply all
together "host-forward=yes" 4 6
is "keeps nothing apart" "$(elements | grep apart)" ""
network nat >"$XNM_CONFIG"
try "$XNM_VIF" reapply all
apart "and no does again" 4 6
try hotplug offline 2 0
guest_rm 2 0
apart "as long as there is a guest" 4 6

# who came while the host forwarded may count on it
ip link del tun9
stranger vpn2 tun8 10.93.0 2001:db8:93
serve vpn2 vpn2 94
ip -n lan route add 10.93.0.0/24 via 10.99.0.1
ip -n lan route add 2001:db8:93::/64 via 2001:db8:99::1
vpn=("udp/10.93.0.254/94=vpn2:94 $lan4" "tcp/2001:db8:93::fe/94=vpn2:94 $lan6")
accept_ra=$(sysctl_get ipv6/conf/eth0/accept_ra)
offline
is "with the last guest the VPN does not lose its way" "$(forwarding)" 11
reach "which goes on" lan "${vpn[@]}"
apart "while the host's cards are apart, as before" 4 6
is "and the host hears routers on" "$(sysctl_get ipv6/conf/eth0/accept_ra)" "$accept_ra"
online "and another guest"
apart "beside it, too" 4 6
ip link del tun8
offline
is "when the VPN has gone, all of it goes with the last guest" "$(forwarding):$(elements)" 00:
is "and nothing is noted of it" "$(find "$XNM_RUN_DIR/network" -name '[+@]*')" ""

# what another program has set meanwhile is its own
sysctl_set dom0 ipv4/conf/default/forwarding=1
online "beside somebody who changes settings"
sysctl_set dom0 ipv4/ip_forward=1 ipv6/conf/all/forwarding=0
offline
is "IPv6 is as he left it, IPv4 as it was, and new devices begin as they did" \
	"$(forwarding):$(sysctl_get ipv4/conf/default/forwarding)" 00:1
sysctl_set dom0 ipv4/conf/default/forwarding=0

# -------------------------------------------------- at boot, before any guest

{ network nat; } | sed 's/^bridge=n0$/&\nstart=boot/' >"$XNM_CONFIG"
try "$XNM_UDEV" boot
is "start=boot: the host forwards" "$rc:$out:$(forwarding)" 0::11
apart "start=boot: but not between its cards" 4 6
network nat >"$XNM_CONFIG"
try "$XNM_UDEV" boot
is "start=boot: which ends with it" "$rc:$(forwarding):$(elements)" 0:00:
is "nothing is noted" "$(find "$XNM_RUN_DIR/network" -name '[+@]*')" ""

# ------------- rules that somebody saved, and loads when the host starts, which is a router now

online "to be saved"
nft list ruleset >"$T/saved"
offline
nft flush ruleset
rm -r "$XNM_RUN_DIR"
nft -f "$T/saved"
sysctl_set dom0 ipv4/ip_forward=1 ipv6/conf/all/forwarding=1
like "saved rules have what was kept apart" "$(elements)" 'inet apart4: "eth0"'
# as xnm's drop-in of nftables.service does
try "$XNM_VIF" reapply all
is "which goes with the first call" "$rc:$(elements | grep apart)" 0:
together "so that a router is one" 4 6
nft -f "$T/saved"
try "$XNM_UDEV" add lan3
is "or when udev tells of a card" "$rc:$(elements | grep apart)" 0:
unserve lan far inet right vpn vpn2
ip link del xenbr0
tap_done
