#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# card-kill.sh - killed at any moment while a card moves into a bridge or out of it, the host is reached and goes on.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
XNM_UDEV_FAULTS=${XNM_UDEV_FAULTS:-$O/xnm-udev-faults}
rounds=${XNM_SIGKILL_ROUNDS:-$(often 200 20)}
seed=${XNM_SIGKILL_SEED:-$RANDOM}
RANDOM=$seed
echo "# XNM_SIGKILL_SEED=$seed"
store_start || exit 1
lan_new
# packets are taken only from where their answers would go
sysctl_set dom0 ipv4/conf/all/rp_filter=1 ipv4/conf/default/rp_filter=1 ipv4/conf/eth0/rp_filter=1 \
	ipv4/conf/eth1/rp_filter=1
ip addr add 10.99.0.2/24 dev eth0
ip addr add 10.77.0.1/24 dev eth0
ip route add 192.0.2.0/24 via $lan4
ip -6 route add 2001:db8:777::/48 via $lan6 metric 30
# as good as a route by the card, and behind it
ip route add 198.51.100.0/24 via $lan4 dev eth0
ip route append 198.51.100.0/24 via 10.98.0.254 dev eth1
# a guest's vif keeps a bridge up that has no card
ip link add other type veth peer name other1 netns lan
ip -n lan link set other1 up
ip link set other up

# into and out_of: the policy with the card in the bridge, and without it
into() {
	printf '%s\n' "[network lan]" bridge=br0 address=192.168.77.1/24 forward=bridge start=boot interfaces=eth0 >"$XNM_CONFIG"
}
out_of() {
	printf '%s\n' "[network lan]" bridge=br0 address=192.168.77.1/24 forward=bridge start=boot >"$XNM_CONFIG"
}

# of DEVICE: its addresses and routes
of() {
	ip -j addr show dev "$1" | jq -cS '.[0].addr_info[] | select(.scope != "link" and .local != "192.168.77.1")
		| [.local, .prefixlen, .nodad, .noprefixroute]'
	for family in -4 -6; do
		ip $family route show table all dev "$1" |
			grep -Ev '^(fe80|ff00|multicast|local|broadcast|anycast|192.168.77)' | sed 's/  */ /g; s/ linkdown//; s/ $//' | sort
	done
	ip route get $inet4 | grep -o "dev [^ ]* src [^ ]*" | sed "s/dev $1/dev THIS/"
}

# silent: what does not answer within a second
silent() {
	local pid what
	local -A pids=()

	inside lan ping -q -n -c 1 -W 1 10.99.0.1 >/dev/null &
	pids[lan4]=$!
	inside lan ping -q -n -c 1 -W 1 10.99.0.2 >/dev/null &
	pids[second]=$!
	inside lan ping -q -n -c 1 -W 1 2001:db8:99::1 >/dev/null &
	pids[lan6]=$!
	ping -q -n -c 1 -W 1 $inet4 >/dev/null &
	pids[inet4]=$!
	ping -q -n -c 1 -W 1 $inet6 >/dev/null &
	pids[inet6]=$!
	for what in "${!pids[@]}"; do
		pid=${pids[$what]}
		wait "$pid" || echo -n "$what "
	done
}

# cut_off: what does not answer when nobody knows a neighbour
#
# It is asked once. Who has no answer to this on a machine that runs other tests, too, looks for "neighbor table
# overflow" in the kernel's log first: the neighbours of all namespaces share one table of each family (gc_thresh3).
cut_off() {
	ip neigh flush all 2>/dev/null
	ip -n lan neigh flush all 2>/dev/null
	silent
}

# udev VERB...
udev() {
	try "$LAUNCH" -t 20 "$XNM_UDEV" "$@"
}

for _ in {1..100}; do
	[ "$(ip -6 -o addr show scope link | grep -c 'eth[01]')" = 2 ] && [ "$(ip -br link | grep -c 'eth[01].* UP ')" = 2 ] && break
	sleep 0.05
done
card=$(of eth0)
is "the host is reached" "$(cut_off)" ""
# settled DEVICE: one has all, and the other nothing
settled() {
	local other=br0

	[ "$1" != br0 ] || other=eth0
	[ "$(of "$1")" = "$card" ] && [ "$(of $other 2>/dev/null | grep -v '^dev ')" = "" ] && [ "$(cut_off)" = "" ]
}

# at_each_step NAME DEVICE BEFORE READY: the next boot is killed at each step, and must leave all with the device when it
# is repeated. BEFORE puts things back for the next one, and READY looks at them
at_each_step() {
	local name=$1 device=$2 before=$3 ready=$4 steps i wrong='' what

	"$before"
	steps=$("$XNM_UDEV" plan | grep -c '^ *[0-9]')
	is "$name: there are steps" "$((steps > 1))" 1
	for ((i = 1; i <= steps; i++)); do
		try env XNM_KILL_AT="$i" "$XNM_UDEV_FAULTS" boot
		[ "$rc" = 137 ] || wrong+="step $i: not killed: $out"$'\n'
		what=$(cut_off)
		[ -z "$what" ] || wrong+="killed before step $i, it is cut off: $what"$'\n'
		udev boot
		settled "$device" || wrong+="killed before step $i, then repeated: $rc $out; cut off: $(cut_off)"$'\n'"$(difference "$card" "$(of "$device")")"$'\n'
		"$before"
		"$ready" || wrong+="put back after step $i: $rc $out"$'\n'
	done
	if [ -z "$wrong" ]; then ok "$name: killed at each of $steps steps"; else not_ok "$name: killed at each step" "${wrong%$'\n'}"; fi
}

# -- a bridge that is made for it
alone() {
	printf '%s\n' "[network lan]" bridge=br0 address=192.168.77.1/24 forward=bridge keep=no >"$XNM_CONFIG"
	udev boot
	into
}
alone_ready() {
	[ "$(of eth0)" = "$card" ] && [ "$(link_exists br0 && echo there)" = "" ]
}
at_each_step "into a new bridge" br0 alone alone_ready

# -- a bridge that is there, with somebody in it
among_others() {
	out_of
	udev boot
	ip link set other master br0
	ip link set br0 address 00:16:3e:00:00:77
	into
}
among_others_ready() {
	[ "$(of eth0)" = "$card" ] && [ "$(link_master eth0)" = "" ]
}
at_each_step "into a bridge that has a carrier" br0 among_others among_others_ready

# -- and out again
out_again() {
	into
	udev boot
	out_of
}
out_again_ready() {
	[ "$(of br0)" = "$card" ] && [ "$(link_master eth0)" = br0 ]
}
at_each_step "out of it" eth0 out_again out_again_ready

# -- at any moment
# typical: how long a boot takes that moves the card, in microseconds: the median of 9
typical() {
	local i

	for ((i = 0; i < 9; i++)); do
		out_of
		"$XNM_UDEV" boot
		into
		"$LAUNCH" -o "$T/figures" "$XNM_UDEV" boot
		cut -d' ' -f3 "$T/figures"
	done | sort -n | sed -n 5p
}
limit=$(($(typical) * 5 / 4))
out_of
udev boot
# at_any_moment ROUNDS LIMIT AWAY: the card goes in and, by the policy that AWAY makes, out again; each boot is killed within
# LIMIT microseconds, then repeated
at_any_moment() {
	local rounds=$1 limit=$2 away=$3 killed=0 wrong=0 first='' cut=0 device what i

	for ((i = 0; i < rounds; i++)); do
		if ((i % 2)); then
			"$away"
			device=eth0
		else
			into
			device=br0
		fi
		"$LAUNCH" -k $(((RANDOM * 32768 + RANDOM) % limit)) "$XNM_UDEV" boot >/dev/null 2>&1
		[ $? -ne 137 ] || killed=$((killed + 1))
		what=$(cut_off)
		if [ -n "$what" ]; then
			cut=$((cut + 1))
			[ -n "$first" ] || first="round $i: cut off: $what"
		fi
		udev boot
		if [ "$rc:$out" != 0: ] || ! settled $device; then
			wrong=$((wrong + 1))
			[ -n "$first" ] || first="round $i, repeated: $rc $out $(cut_off) $(difference "$card" "$(of $device)")"
		fi
	done
	echo "# $killed of $rounds were killed, within $limit us"
	is "after a random kill it is reached, and repeated all is done: $rounds times, $away" "$cut cut off, $wrong wrong: $first" \
		"0 cut off, 0 wrong: "
	check "many were killed in the middle: $away" test $killed -gt $((rounds / 3))
}
at_any_moment "$rounds" "$limit" out_of

# -- and with a bridge that is made for the card, and deleted with its network
gone() {
	: >"$XNM_CONFIG"
}
ip link set other nomaster
gone
udev boot
is "the bridge goes with its network" "$rc:$out:$(link_exists br0 && echo there)" 0::
at_any_moment $(((rounds + 3) / 4)) "$limit" gone
: >"$XNM_CONFIG"
ip link del other
udev boot
is "nothing is left" "$rc:$out:$(find "$XNM_RUN_DIR" -type f ! -path '*/applied/*' ! -name lock ! -name nft; link_exists br0 && echo br0)" "0::"
same "the card has all" "$(of eth0)" "$card"
tap_done
