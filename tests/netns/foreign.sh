#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# foreign.sh - what somebody else had made before, xnm neither takes for its own nor takes away.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip
store_start || exit 1
lan_new
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0
[network pub]
backend=route
forward=route
address=10.0.0.1/32 fe80::1/64
uplink=wan
[network rb]
bridge=rb0
address=10.5.0.1/24 2001:db8:5::1/64
forward=route
uplink=wan
[network theirs]
bridge=br9
address=10.9.9.1/24 2001:db8:9::1/64
[vif here]
network=theirs
locking-mode=unlocked
END

# has: routes, who is answered for and permanent neighbours, as somebody else sees them
has() {
	ip route
	ip -6 route show proto static
	ip neigh show proxy
	ip -6 neigh show proxy
}

# ---------------------------------------------------------------- who is answered for
for address in 10.99.0.50 2001:db8:99::50; do
	ip neigh add proxy $address dev eth0
done
before=$(has)
for network in pub rb; do
	guest_new 1 0 bridge=$network ip="10.99.0.50 2001:db8:99::50 10.99.0.51 2001:db8:99::51"
	try hotplug online 1 0
	is "$network: the host answers for all four" "$rc:$(ip neigh show proxy dev eth0 | grep -c '50 \|51 ')" 0:4
	try "$HOTPLUG" reapply 1.0
	try hotplug offline 1 0
	is "$network: for those that somebody else made it goes on" "$rc:$(has)" "0:$before"
	guest_rm 1 0
done
# the same guest under a new number, as after a migration within the host
guest_new 1 0 bridge=pub ip="10.99.0.50 10.99.0.51" name=web mac=00:16:3e:00:00:77
try hotplug online 1 0
guest_new 2 0 bridge=pub ip="10.99.0.50 10.99.0.51" name=web mac=00:16:3e:00:00:77
try hotplug online 2 0
try hotplug offline 1 0
is "a guest that comes under another number has both" "$(ip neigh show proxy dev eth0 | grep -c '50 \|51 ')" 3
try hotplug offline 2 0
is "and takes one with it" "$rc:$(has)" "0:$before"
guest_rm 1 0
guest_rm 2 0
for address in 10.99.0.50 2001:db8:99::50; do
	ip neigh del proxy $address dev eth0
done

# ------------------------------------------------------------------- routes to guests
# clash ADDRESS -4|-6: somebody's route to a guest's address, in the very place of ours
clash() {
	local before

	ip route add "$1" dev eth1 metric 2 proto static
	before=$(has)
	for network in pub rb; do
		guest_new 1 0 bridge=$network ip="$1"
		try hotplug online 1 0
		like "$1, $network: it is refused, and says why" "$rc:$out" \
			"^1:.*$1.*: there is one to it by eth1 with the same metric 2, which is not of xnm: give that one another metric"
		is "$1, $network: the route stays" "$(has)" "$before"
		try hotplug offline 1 0
		is "$1, $network: and when the guest has gone" "$(has)" "$before"
		guest_rm 1 0
	done
	ip route del "$1" dev eth1
	ip route add "$1" dev eth1 metric 77 proto static
	before=$(has)
	guest_new 1 0 bridge=pub ip="$1"
	try hotplug online 1 0
	is "$1: beside another metric it comes" "$rc:$out:$(ip "$2" route show "$1" proto 88 | wc -l)" "0::1"
	try hotplug offline 1 0
	is "$1: and goes alone" "$rc:$(has)" "0:$before"
	guest_rm 1 0
	ip route del "$1" dev eth1
}
clash 10.99.0.60 -4
clash 2001:db8:99::60 -6
# ours, of the guest's older vif, is replaced
guest_new 1 0 bridge=pub ip=10.99.0.61 name=web mac=00:16:3e:00:00:77
try hotplug online 1 0
guest_new 2 0 bridge=pub ip=10.99.0.61 name=web mac=00:16:3e:00:00:77
try hotplug online 2 0
is "the newest vif of a guest has the route" "$rc:$out:$(ip -j route show 10.99.0.61 | jq -r '.[].dev')" "0::vif2.0"
for i in 1 2; do
	try hotplug offline $i 0
	guest_rm $i 0
done
assert_clean "nothing is left"

# ------------------------------------------------- addresses of a bridge that is not of xnm
# more than are read, so that those of the network seem to be missing
bridge_new br9
for i in $(seq 2 110); do
	echo "addr add 10.9.8.$i/24 dev br9"
done | ip -batch -
ip addr add 10.9.9.1/24 dev br9
ip addr add 2001:db8:9::1/64 dev br9 nodad
if [ -e "$O/xnm-vif-faults" ]; then
	HOTPLUG=$O/xnm-vif-faults
	before=$(ip -o addr show dev br9 scope global | awk '{ print $4 }' | sort)
	wrong=
	for ((n = 1; n < 40; n++)); do
		guest_new 1 0 name=here bridge=br9
		hotplug_env=("XNM_FAIL_AT=$n+")
		try hotplug online 1 0
		hotplug_env=()
		# one that may fail only warns
		[ "$rc" -ne 0 ] || [ -n "$out" ] || break
		[ "$rc" -ne 0 ] || hotplug offline 1 0
		[ "$(ip -o addr show dev br9 scope global | awk '{ print $4 }' | sort)" = "$before" ] || wrong+=" $n"
		guest_rm 1 0
	done
	is "whatever fails, they stay" "$wrong" ""
	check "the operations were found" test "$n" -gt 4 -a "$n" -lt 40
	try hotplug offline 1 0
	is "and when the guest goes" "$(ip -o addr show dev br9 scope global | awk '{ print $4 }' | sort)" "$before"
fi
tap_done
