#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# overlap.sh - a network whose subnet this host has on another interface would cost the host its neighbours there.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
lan_or_skip
store_start || exit 1
lan_new

policy() {
	cat >"$XNM_CONFIG"
	chmod 644 "$XNM_CONFIG"
}

host_reaches() {
	check "$1: IPv4: the host reaches its router" ping -c 1 -W 1 "$lan4"
	check "$1: IPv6: the host reaches its router" ping -6 -c 1 -W 1 "$lan6"
}

gone() {
	hotplug offline "$1" 0
	guest_rm "$1" 0
}

# refused NAME PATTERN: online, boot, plan and check refuse the policy, and the host keeps its router
refused() {
	guest_new 1 0 bridge=net
	like "$1: plan" "$("$HOTPLUG" plan 1.0 2>&1)" "$2"
	try hotplug online 1 0
	assert_refused "$1: online" 1 0 "$2"
	host_reaches "$1"
	gone 1
	sed -i 's/^\[network net\]/&\nstart=boot/' "$XNM_CONFIG"
	try "$XNM_UDEV" boot
	is "$1: boot fails" "$rc" 1
	like "$1: boot" "$out" "$2"
	host_reaches "$1, boot"
	try "$XNM" check
	is "$1: check" "$rc" 2
	like "$1: check names the line" "$out" "$XNM_CONFIG:[0-9]*: $2"
	cp "$XNM_CONFIG" "$T/elsewhere.ini"
	try "$XNM" check "$T/elsewhere.ini"
	is "$1: for another host" "$rc" 0
	like "$1: it is a warning" "$out" "warning: $2"
	rm "$XNM_CONFIG"
	"$XNM_UDEV" boot
}

# passes NAME: online and check take the policy, a second event too
passes() {
	try "$XNM" check
	is "$1: check" "$rc" 0
	refuse "$1: check says nothing of it" grep -q 'this host has' <<<"$out"
	for d in 1 2; do
		guest_new $d 0 bridge=net
		try hotplug online $d 0
		is "$1: guest $d" "$rc" 0
	done
	try "$HOTPLUG" reapply all
	is "$1: reapply" "$rc" 0
	gone 1
	gone 2
}

for forward in none nat route; do
	for subnet in 10.99.0.7/24 10.99.0.1/24 10.99.0.129/25 10.99.1.1/16 2001:db8:99::7/64 2001:db8:99::7/48 \
		10.98.0.7/24 2001:db8:98::7/64 '192.168.10.1/24 2001:db8:99::7/64'; do
		policy <<-EOF
			[network net]
			bridge=br0
			address=$subnet
			forward=$forward
		EOF
		case $subnet in
		10.98.*) pattern="address=${subnet/.*/}.*of network net .*on eth1 \(10\.98\.0\.1/24\)" ;;
		2001:db8:98:*) pattern="address=2001:db8:98.*of network net .*on eth1 \(2001:db8:98::1/64\)" ;;
		*2001:*) pattern="address=2001:db8:99.*of network net .*on eth0 \(2001:db8:99::1/64\)" ;;
		*) pattern="address=10\.99.*of network net .*on eth[01] \(10\.9[89]\.0\.1/24\)" ;;
		esac
		refused "$forward $subnet" "$pattern"
	done
done

# -- no address there, but the router or the whole link
ip link add up0 type veth peer name up1
ip link set up1 up
ip link set up0 up
ip addr add 10.6.0.9/32 dev up0
ip route add 10.5.0.1 dev up0
ip route add 10.55.0.0/16 via 10.5.0.1 dev up0
ip route add 10.4.0.0/24 dev up0
ip -6 route add fd04::/64 dev up0
for subnet in 10.5.0.7/24 10.4.0.7/24 fd04::7/64; do
	policy <<-EOF
		[network net]
		bridge=br0
		address=$subnet
		forward=nat
	EOF
	refused "by a route, $subnet" "address=$subnet of network net .*on up0 "
done

# -- what is normal
for forward in none nat route; do
	for address in '192.168.10.1/24 fd10::1/64' '10.55.1.1/24' '10.6.0.1/24' '10.99.0.7/32 fe80::7/64'; do
		policy <<-EOF
			[network net]
			bridge=br0
			address=$address
			forward=$forward
		EOF
		passes "$forward $address"
	done
done
policy <<'EOF'
[network net]
bridge=br0
address=10.99.0.129/26 2001:db8:99:0:1::1/80
forward=route
proxy-arp=yes
EOF
passes "a part of the LAN, routed, with neither the host nor its router in it"
policy <<'EOF'
[uplink wan]
interface=eth0

[network net]
backend=route
address=10.99.0.1/24 2001:db8:99::1/64
forward=route
uplink=wan

[vif *]
network=net
EOF
guest_new 1 0 ip="10.99.0.50 2001:db8:99::50"
try hotplug online 1 0
is "backend=route in the LAN's subnet" "$rc:$out" 0:
host_reaches "backend=route"
gone 1
policy <<'EOF'
[network net]
bridge=br0
address=10.99.0.7/24 2001:db8:99::7/64
forward=open
EOF
try "$XNM" check
is "forward=open drops nothing" "$rc" 0
for forward in none nat route bridge; do
	ip link add up2 type veth peer name up3
	ip link set up3 up
	ip link set up2 up
	ip addr add 10.3.0.1/24 dev up2
	ip addr add fd03::1/64 dev up2 nodad
	policy <<-EOF
		[network net]
		bridge=br0
		interfaces=up2
		address=10.3.0.1/24 fd03::1/64
		forward=$forward
		keep=no
	EOF
	passes "interfaces= with forward=$forward"
	ip link del up2
	ip link del br0 2>/dev/null
done
bridge_new br0
ip addr add 10.2.0.1/24 dev br0
ip addr add fd02::1/64 dev br0 nodad
ip link set br0 up
policy <<'EOF'
[network net]
bridge=br0
address=10.2.0.1/24 fd02::1/64
forward=nat
EOF
passes "the bridge has it already"
ip link del br0

# -- an uplink that gets its address later
policy <<'EOF'
[network net]
bridge=br0
address=10.1.0.1/24 fd01::1/64
forward=nat
EOF
guest_new 1 0 bridge=net
try hotplug online 1 0
is "nothing is in the way" "$rc" 0
ip addr add 10.1.0.9/24 dev up0
try "$XNM" doctor
like "doctor says that there is" "$out" "address=10\.1\.0\.1/24 of network net .*on up0 \(10\.1\.0\.9/24\)"
for json in "" --json; do
	# shellcheck disable=SC2086 # a word or none
	like "status $json says it, too" "$("$XNM" status $json 2>&1 >/dev/null)" "^warning: address=10\.1\.0\.1/24 of network net .*on up0 "
done
is "and of nothing else" "$("$XNM" status 2>&1 | grep -c ^warning)" 1
guest_new 2 0 bridge=net
try hotplug online 2 0
is "guests that come later are let in" "$rc" 0
gone 2
sed -i 's/fd01::1/fd01::2/; s/10.1.0.1/10.1.0.2/; s/forward=nat/forward=none/' "$XNM_CONFIG"
try "$HOTPLUG" reapply all
is "as its subnet is the same" "$rc" 0
sed -i 's,10.1.0.2/24,10.1.0.2/23,' "$XNM_CONFIG"
try "$HOTPLUG" reapply all
like "a changed one is looked at" "$rc:$out" "1:.*address=10\.1\.0\.2/23 of network net .*on up0 "
gone 1
ip link del up0
tap_done
