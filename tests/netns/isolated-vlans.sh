#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# isolated-vlans.sh - isolated guests in VLANs do not meet by way of the host, which is in them by devices of other names.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip
store_start || exit 1
if ! ip link add vlantest type bridge vlan_filtering 1 2>/dev/null; then
	skip "isolated-vlans" "this kernel's bridges know no VLANs"
	tap_done
	exit
fi
ip link del vlantest
lan_new
cat >"$XNM_CONFIG" <<'END'
[vif open10]
vlan=10p

[vif iso10*]
vlan=10p
isolated=yes

[vif iso20]
vlan=20p
isolated=yes

[vif tagged]
vlan=1p/10
isolated=yes
END
bridge_new br0 vlan_filtering 1
bridge vlan add dev br0 vid 10 self
bridge vlan add dev br0 vid 20 self
ip link add link br0 name ten type vlan id 10
ip link add link br0 name br0.20 type vlan id 20
ip addr add 192.168.10.1/24 dev ten
ip addr add fd10::1/64 dev ten nodad
ip addr add 192.168.20.1/24 dev br0.20
ip addr add fd20::1/64 dev br0.20 nodad
ip link set ten up
ip link set br0.20 up
sysctl_set dom0 ipv4/ip_forward=1 ipv6/conf/all/forwarding=1 ipv4/conf/all/send_redirects=0 \
	ipv4/conf/ten/send_redirects=0

# guest D NAME VLAN: 192.168.VLAN.1D, which sends all to the host
guest() {
	guest_new "$1" 0 name="$2" bridge=br0
	try hotplug online "$1" 0
	is "$2" "$rc:$out" 0:
	lan_guest "$1" 0 "192.168.$3.1" "fd$3::1" "192.168.$3.1$1/32" "fd$3::1$1/128"
	sysctl_set "g$1.0" ipv4/conf/all/accept_redirects=0 ipv4/conf/eth0/accept_redirects=0 \
		ipv6/conf/eth0/accept_redirects=0
	serve "g$1.0" "guest$1" 80
}

# apart NAME FROM TO VLAN: of guest TO
apart() {
	: >"$T/log.guest$3"
	nowhere "$1" "g$2.0" "tcp/192.168.$4.1$3/80" "udp/192.168.$4.1$3/80" "ping/192.168.$4.1$3" "tcp/fd$4::1$3/80" \
		"udp/fd$4::1$3/80" "ping/fd$4::1$3"
	is "$1: it has heard of nobody" "$(served "guest$3")" ""
}

# together NAME FROM VLAN TO VLAN
together() {
	reach "$1" "g$2.0" "tcp/192.168.$5.1$4/80=guest$4:80 192.168.$3.1$2" "udp/fd$5::1$4/80=guest$4:80 fd$3::1$2" \
		"ping/192.168.$5.1$4=yes" "ping/fd$5::1$4=yes"
}

guest 1 iso10a 10
guest 2 iso10b 10
guest 3 open10 10
guest 4 iso20 20
for br_nf in 0 1; do
	name="without br_netfilter"
	if [ $br_nf = 1 ]; then
		name="with br_netfilter"
		br_netfilter_set 1 || {
			skip "$name" "this kernel has no br_netfilter"
			continue
		}
	fi
	reach "$name: they reach the host" dom0 g1.0\>ping/192.168.10.1=yes g2.0\>ping/fd10::1=yes g4.0\>ping/192.168.20.1=yes
	apart "$name: two in one VLAN" 1 2 10
	apart "$name: and back" 2 1 10
	apart "$name: two in different VLANs" 1 4 20
	apart "$name: and back" 4 1 10
	together "$name: one that is not isolated is reached" 1 10 3 10
	together "$name: and reaches the others" 3 10 2 10
	together "$name: also in another VLAN" 3 10 4 20
	together "$name: from there, too" 4 20 3 10
done
br_netfilter_set 0

# the guest puts the tag on itself
guest_new 5 0 name=tagged bridge=br0
try hotplug online 5 0
is "one with a tagged VLAN" "$rc:$out" 0:
ip -n g5.0 link set eth0 up
ip -n g5.0 link add link eth0 name tag type vlan id 10
sysctl_set g5.0 ipv6/conf/tag/accept_dad=0 ipv4/conf/all/accept_redirects=0 ipv4/conf/tag/accept_redirects=0 \
	ipv6/conf/tag/accept_redirects=0
ip -n g5.0 addr add 192.168.10.15/32 dev tag
ip -n g5.0 addr add fd10::15/128 dev tag
ip -n g5.0 link set tag up
ip -n g5.0 link set lo up
ip -n g5.0 route add default via 192.168.10.1 dev tag onlink
ip -n g5.0 route add default via fd10::1 dev tag onlink
serve g5.0 guest5 80
apart "tagged: to one without" 5 2 10
apart "tagged: from one without" 2 5 10
together "tagged: one that is not isolated is reached" 5 10 3 10
together "tagged: and reaches it" 3 10 5 10
for d in 1 2 3 4 5; do
	try hotplug offline $d 0
	is "guest $d goes" "$rc:$out" 0:
	unserve guest$d
	guest_rm $d 0
done
is "nothing is left of them" "$(elements)" ""
tap_done
