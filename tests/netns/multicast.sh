#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# multicast.sh - snooping and the querier of a bridge, and that guests find each other by IPv6 all the same.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

if [ ! -e /sys/devices/virtual/net ] || ! ip link add probe type bridge mcast_snooping 1 mcast_querier 1 2>/dev/null; then
	skip "multicast" "this kernel's bridges do not snoop"
	tap_done
	exit
fi
ip link del probe
store_start || exit 1

# bridge_says KEY: 0 or 1
bridge_says() {
	ip -d -j link show dev lan0 | jq ".[0].linkinfo.info_data.$1"
}

# port_says KEY
port_says() {
	ip -d -j link show dev vif1.0 | jq ".[0].linkinfo.info_slave_data.$1"
}

network_says() {
	printf '%s\n' "[network lan]" bridge=lan0 address=192.168.61.1/24 "$@" >"$XNM_CONFIG"
}

network_says
for d in 1 2; do
	guest_new $d 0 bridge=lan ip="192.168.61.1$d fd61::1$d"
	try hotplug online $d 0
	assert_online "guest $d" $d 0 lan0
	guest_up $d 0 192.168.61.1$d/24 fd61::1$d/64
done
is "without a word: as the kernel makes a bridge" "$(bridge_says mcast_snooping)$(bridge_says mcast_querier)" 10
is "and its ports" "$(port_says fastleave)$(port_says mcast_to_unicast)" falsefalse
check "guests find each other by IPv6" guest_ping 1 0 fd61::12

# answers within a second, so that this test need not wait for ten
ip link set lan0 type bridge mcast_query_response_interval 100
network_says multicast-querier=yes multicast-fast-leave=yes multicast-to-unicast=yes
try "$XNM" apply
is "switched on under running guests" "$rc:$(bridge_says mcast_snooping)$(bridge_says mcast_querier)" 0:11
is "and for their ports" "$(port_says fastleave)$(port_says mcast_to_unicast)" truetrue
is "a second apply finds nothing" "$("$HOTPLUG" plan 1.0 | tail -n +2)" "  nothing to do"
# members DEVICE: how many groups of neighbour discovery the bridge knows there
members() {
	bridge -j mdb show dev lan0 | jq "[.[].mdb[] | select(.port == \"$1\" and (.grp | startswith(\"ff02::1:ff\")))] | length"
}
for _ in {1..100}; do
	[ "$(members vif1.0)" -gt 0 ] && [ "$(members vif2.0)" -gt 0 ] && break
	sleep 0.1
done
is "both guests have said in which groups they are, locked as they are" \
	"$([ "$(members vif1.0)" -gt 0 ] && [ "$(members vif2.0)" -gt 0 ] && echo yes)" yes
# from now on the bridge sends groups to members alone
sleep 1.5
for d in 1 2; do
	ip -n g$d.0 neigh flush all
done
check "with snooping at work guests find each other" guest_ping 1 0 fd61::12
ip -n g2.0 neigh flush all
check "in the other direction, too" guest_ping 2 0 fd61::11
try hotplug online 2 0
ip -n g1.0 neigh flush all
check "and after another online" guest_ping 1 0 fd61::12

network_says multicast-snooping=no
try "$XNM" apply
is "no snooping, and what is not said any more is as it was" \
	"$rc:$(bridge_says mcast_snooping)$(bridge_says mcast_querier):$(port_says fastleave)$(port_says mcast_to_unicast)" 0:00:falsefalse
network_says
try "$XNM" apply
is "without a word again" "$rc:$(bridge_says mcast_snooping)$(bridge_says mcast_querier)" 0:10
ip link set lan0 type bridge mcast_snooping 0
like "what somebody else has changed is drift" "$("$HOTPLUG" plan 1.0)" 'set bridge lan0 to mcast_snooping on'
for d in 1 2; do
	try hotplug offline $d 0
	guest_rm $d 0
done
is "the bridge goes with the last one" "$(link_exists lan0 && echo there)" ""

# -- a bridge of the administrator's: what is not said stays
bridge_new lan0
ip link set lan0 type bridge mcast_snooping 0
guest_new 1 0 bridge=lan
printf '%s\n' "[network lan]" bridge=lan0 >"$XNM_CONFIG"
try hotplug online 1 0
is "somebody else's bridge keeps what it has" "$rc:$(bridge_says mcast_snooping)" 0:0
hotplug offline 1 0
guest_rm 1 0
ip link del lan0
assert_clean "nothing is left"
tap_done
