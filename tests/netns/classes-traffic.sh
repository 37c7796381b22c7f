#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# classes-traffic.sh - a guarantee holds against a flood, with the queue of Debian's kernel, also on a VLAN.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/classes.sh
. "$netns_top/tests/lib/classes.sh"
guests_stay=yes

lan_or_skip iperf3
store_start || exit 1
lan_new

# -- an uplink on top of another device
ip link add link eth0 name eth0.7 type vlan id 7
ip link set eth0.7 up
policy '[uplink wan]' interface=eth0.7 rate=20Mbit '[class gold]' guarantee=12Mbit '[class bronze]'
guest_new 1 0 ip=192.168.10.11
try hotplug online 1 0
is "a VLAN: has the classes" "$rc:$out:$(roots eth0.7):$(roots eth0)" "0::htb 786e::"
ip link del eth0.7
try hotplug offline 1 0
is "a VLAN that is gone: offline" "$rc:$out" "0:"
guest_rm 1 0
assert_clean "a VLAN: nothing is left"

# -- what it is for: the queue keeps the flows of a class apart
twelve 20Mbit
iperf_server inet 5201
iperf_server inet 5202
guest 1
guest 2
is "the queues" "$(queues eth0)" "fq_codel"
# a machine with more to do may need another try
for _ in 1 2 3; do
	inside g2.0 iperf3 -u -b 200M -c $inet4 -p 5202 -t 7 >/dev/null 2>&1 &
	flood=$!
	sleep 1
	mbit=$(inside g1.0 iperf3 -c $inet4 -p 5201 -t 5 -J | jq '.end.sum_received.bits_per_second / 100000 | floor')
	wait $flood
	[ "${mbit:-0}" -lt 105 ] || break
done
check "12 of 20 Mbit/s against a flood of 200: $mbit tenths" test "${mbit:-0}" -ge 105 -a "${mbit:-0}" -le 200
leaves 1
leaves 2
assert_clean "traffic: nothing is left"
tap_done
