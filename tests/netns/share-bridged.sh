#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# share-bridged.sh - guests share the host's network card as a port of their bridge: by the LAN's router, and by the host as gateway.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

lan_or_skip
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
examples=$netns_top/policy/examples
store_start || exit 1
lan_new
ip addr flush dev eth1 scope global
serve inet inet 80
# a kernel is set to send redirects unless somebody has changed it
sysctl_set dom0 ipv4/conf/all/send_redirects=1 ipv4/conf/default/send_redirects=1
sysctl_set dom0 ipv4/conf/eth0/send_redirects=1

# settings: forwarding, redirects of all, of the bridge
settings() {
	echo "$(sysctl_get ipv4/ip_forward) $(sysctl_get ipv6/conf/all/forwarding)" \
		"$(sysctl_get ipv4/conf/all/send_redirects) $(sysctl_get ipv4/conf/xenbr0/send_redirects 2>/dev/null)"
}

# guest D GATEWAY4 GATEWAY6: guest D, 10.99.0.1D
guest() {
	guest_new "$1" 0 name="web$1" ip="10.99.0.1$1 2001:db8:99::1$1"
	try hotplug online "$1" 0
	lan_guest "$1" 0 "$2" "$3" "10.99.0.1$1/24" "2001:db8:99::1$1/64"
	sysctl_set "g$1.0" ipv4/conf/all/accept_redirects=1 ipv4/conf/eth0/accept_redirects=1 \
		ipv6/conf/all/accept_redirects=1 ipv6/conf/eth0/accept_redirects=1
	serve "g$1.0" "guest$1" 80
}

# way NETNS ADDRESS: the gateway that its packets take, also after redirects
way() {
	ip -n "$1" route get "$2" | sed -n 's/.* via \([^ ]*\) .*/\1/p'
}

# redirects_heard NETNS: how many routes were learned from redirects
redirects_heard() {
	# shellcheck disable=SC2016 # of awk
	{
		inside "$1" awk '/^Icmp:/ { if (n++) print $c; else for (i = 1; i <= NF; i++) if ($i == "InRedirects") c = i }' /proc/net/snmp
		inside "$1" awk '$1 == "Icmp6InRedirects" { print $2 }' /proc/net/snmp6
	} | xargs
}

connect() {
	curl -sS -N -g --noproxy '*' "http://$inet4:80/stream" >"$T/stream" 2>"$T/stream.err" &
	connection=$!
}

# connected NAME: the host's own connection lives and gets more
connected() {
	local size i

	size=$(stat -c %s "$T/stream")
	for ((i = 0; i < 60; i++)); do
		[ "$(stat -c %s "$T/stream")" -gt $((size + 50)) ] && break
		sleep 0.05
	done
	is "$1" "$([ "$i" -lt 60 ] && kill -0 "$connection" && cat "$T/stream.err")" ""
}

# ---------------------------------------------- the LAN's router is the gateway
connect
cp "$examples/bridged.ini" "$XNM_CONFIG"
chmod 644 "$XNM_CONFIG"
try "$XNM" check "$XNM_CONFIG"
is "bridged.ini is in order" "$rc" 0
before="$(settings)"
try "$XNM_UDEV" boot
is "the bridge is there before a guest" "$rc:$out:$(link_master eth0)" "0::xenbr0"
connected "the host's connection moved with its card"
guest 1 $lan4 $lan6
assert_online "a guest" 1 0 xenbr0
guest 2 $lan4 $lan6
assert_online "a second one" 2 0 xenbr0
reach "guests reach the internet as themselves" g1.0 "tcp/$inet4/80=inet:80 10.99.0.11" "udp/$inet4/80=inet:80 10.99.0.11" \
	"tcp/$inet6/80=inet:80 2001:db8:99::11" "ping/$inet6=yes" "g2.0>tcp/$inet4/80=inet:80 10.99.0.12"
reach "each other, and the host" g1.0 "tcp/10.99.0.12/80=guest2:80 10.99.0.11" "ping/10.99.0.1=yes" "ping/2001:db8:99::1=yes"
reach "and are reached" inet "tcp/10.99.0.11/80=guest1:80 $inet4" "tcp/2001:db8:99::12/80=guest2:80 $inet6"
reach "the host reaches them and the internet" dom0 "tcp/10.99.0.11/80=guest1:80 10.99.0.1" "tcp/$inet4/80=inet:80 10.99.0.1"
is "the kernel's settings are as they were" "$(settings)" "$before${before:+1}"
try "$XNM_UDEV" boot
is "boot again: nothing to say" "$rc:$out" "0:"
connected "the host's connection lives"
lan_gone 1 2
is "without guests the bridge stays" "$(link_master eth0)" xenbr0

# ------------------------------------------------- the host is the gateway
cp "$examples/gateway-on-bridge.ini" "$XNM_CONFIG"
chmod 644 "$XNM_CONFIG"
try "$XNM" check "$XNM_CONFIG"
is "gateway-on-bridge.ini is in order" "$rc" 0
try "$XNM_UDEV" boot
is "boot" "$rc:$out" "0:"
is "it forwards, and is silent about the router" "$(settings)" "1 1 0 0"
connected "the host's connection lives"
guest 1 10.99.0.1 2001:db8:99::1
assert_online "a guest whose gateway is the host" 1 0 xenbr0
guest 2 10.99.0.1 2001:db8:99::1
assert_online "a second one" 2 0 xenbr0
dump_loads "where the host is the gateway"
for round in first second; do
	reach "$round: the internet sees the host's address" g1.0 "tcp/$inet4/80=inet:80 10.99.0.1" "udp/$inet4/80=inet:80 10.99.0.1" \
		"tcp/$inet6/80=inet:80 2001:db8:99::1" "udp/$inet6/80=inet:80 2001:db8:99::1" "ping/$inet4=yes" "ping/$inet6=yes" \
		"g2.0>tcp/$inet4/80=inet:80 10.99.0.1" "g2.0>tcp/$inet6/80=inet:80 2001:db8:99::1"
	for _ in {1..10}; do
		ip netns exec g1.0 ping -n -q -c 1 -W 1 $inet4 >/dev/null
		ip netns exec g1.0 ping -n -q -c 1 -W 1 $inet6 >/dev/null
	done
	is "$round: the guest's way is the host" "$(way g1.0 $inet4) $(way g1.0 $inet6)" "10.99.0.1 2001:db8:99::1"
	is "$round: it has heard of no other" "$(redirects_heard g1.0)" "0 0"
done
reach "guests reach each other as themselves" g1.0 "tcp/10.99.0.12/80=guest2:80 10.99.0.11" "tcp/2001:db8:99::12/80=guest2:80 2001:db8:99::11"
reach "and the router, which is next to them" g1.0 "ping/$lan4=yes" "ping/$lan6=yes"
connected "the host's connection lives"
lan_gone 1 2
is "the host stays as it is: start=boot" "$(settings)" "1 1 0 0"

# ------------------------------------- the setting says what it does, also without masquerade
ip -n lan addr add fe80::fe/64 dev eth0
for word in yes no; do
	sed -e 's/^masquerade=.*/send-redirects='"$word"'/' -e /^uplink=/d "$examples/gateway-on-bridge.ini" >"$XNM_CONFIG"
	try "$XNM_UDEV" boot
	# the administrator has it forward
	sysctl_set dom0 ipv4/ip_forward=1 ipv6/conf/all/forwarding=1
	# the kernel names only link-local routers
	ip -6 route replace default via fe80::fe dev xenbr0
	wanted="1 1 1 1" heard="1 1"
	[ $word = yes ] || wanted="1 1 0 0" heard="0 0"
	is "send-redirects=$word" "$rc:$out:$(settings)" "0::$wanted"
	guest 1 10.99.0.1 2001:db8:99::1
	assert_online "a guest" 1 0 xenbr0
	# netfilter drops the one for a connection's first packet, whose translation is not decided yet
	ip netns exec g1.0 ping -n -q -c 5 -i 0.2 -W 1 $inet4 >/dev/null
	ip netns exec g1.0 ping -n -q -c 5 -i 0.2 -W 1 $inet6 >/dev/null
	is "send-redirects=$word: whether it hears of the router" "$(redirects_heard g1.0 | awk '{ print ($1 > 0), ($2 > 0) }')" "$heard"
	lan_gone 1
done
sysctl_set dom0 ipv4/ip_forward=0 ipv6/conf/all/forwarding=0

# ------------------------------------------------------------- and back
: >"$XNM_CONFIG"
try "$XNM_UDEV" boot
is "the network goes" "$rc:$out:$(link_exists xenbr0 && echo there)" "0::"
is "the settings are as before" "$(settings)" "$before"
like "the card has its addresses" "$(link_addresses eth0 | xargs)" "10\.99\.0\.1/24.* 2001:db8:99::1/64"
connected "the host's connection lives"
assert_clean "nothing is left"
tap_done
