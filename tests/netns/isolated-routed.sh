#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# isolated-routed.sh - isolated guests do not meet by way of the host, whatever addresses they have; others are reached by it.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

frames=$O/tests/frames
lan_or_skip
store_start || exit 1
lan_new
# a port of the bridges with a machine behind it, that is no guest
ip link add eth2 type veth peer name eth2 netns lan
ip netns add machine
ip -n lan link set eth2 netns machine name eth0
ip -n machine link set lo up
sysctl_set machine ipv6/conf/eth0/accept_dad=0
ip -n machine addr add 192.168.10.19/32 dev eth0
ip -n machine addr add fd10::19/128 dev eth0
ip -n machine link set eth0 up
serve inet inet 80
serve machine machine 80

# policy FORWARD KEY=VALUE...: of the network
policy() {
	local forward=$1

	shift
	cat >"$XNM_CONFIG" <<END
[uplink wan]
interface=eth0

[network net]
bridge=br0
address=192.168.10.1/24 fd10::1/64
forward=$forward
$(printf '%s\n' "$@")

[vif allowed*]
$isolated
ipv4-allowed=10.66.0.0/24
ipv6-allowed=fd66::/64

[vif any*]
$isolated
ipv4-allowed=any
ipv6-allowed=any

[vif loose*]
$isolated
locking-mode=unlocked

[vif open*]
isolated=no
ipv4-allowed=10.66.0.0/24
ipv6-allowed=fd66::/64

[vif known*]
$isolated

[vif unknown*]
$isolated
END
}

# guest D NAME [KEY=VALUE]...: 192.168.10.1D and fd10::1D, and but for "known" 10.66.0.1D and fd66::1D; all that it sends goes
# to this host, which knows where all of these are
guest() {
	local d=$1 netns=g$1.0

	guest_new "$d" 0 name="$2" bridge=br0 "${@:3}"
	try hotplug online "$d" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $d" "$rc:$out"
	lan_guest "$d" 0 192.168.10.1 fd10::1 "192.168.10.1$d/32" "fd10::1$d/128"
	sysctl_set "$netns" ipv4/conf/all/accept_redirects=0 ipv4/conf/eth0/accept_redirects=0 \
		ipv6/conf/eth0/accept_redirects=0
	if [ "$2" != known ]; then
		ip -n "$netns" addr add "10.66.0.1$d/32" dev lo
		ip -n "$netns" addr add "fd66::1$d/128" dev lo
	fi
	serve "$netns" "guest$d" 80
}

# the host is a router, whatever the network is, and has a way to what guests have beside
host_routes() {
	local d

	sysctl_set dom0 ipv4/ip_forward=1 ipv6/conf/all/forwarding=1
	sysctl_set dom0 ipv4/conf/br0/send_redirects=0
	for d in "$@"; do
		ip route replace "10.66.0.1$d/32" via "192.168.10.1$d" dev br0
		ip route replace "fd66::1$d/128" via "fd10::1$d" dev br0
	done
}

gone() {
	lan_gone "$@"
	is "nothing is left of them" "$(elements)" ""
}

# seconds MODE: the guests that may use their second addresses by the host: in a network that is closed to sources
# that are not its own, those of which somebody has said so
seconds=
seconds() {
	case $1 in
	open | bridge) seconds="2 3 4 5 6" ;;
	*) seconds="3 4 6" ;;
	esac
}

# addresses FAMILY D [SECONDS]: all that guest D has; or of the second ones, only what those of SECONDS have
addresses() {
	case $1 in
	4) echo "192.168.10.1$2" ;;
	6) echo "fd10::1$2" ;;
	esac
	[[ " ${3:-2 3 4 5 6} " == *" $2 "* ]] || return 0
	case $1 in
	4) echo "10.66.0.1$2" ;;
	6) echo "fd66::1$2" ;;
	esac
}

# apart NAME D...: none of these guests hears of what another one sends to it by the host, with whatever addresses
apart() {
	local name=$1 from to family source address
	local -a all=()

	shift
	for to in "$@"; do : >"$T/log.guest$to"; done
	for family in 4 6; do
		for from in "$@"; do
			for source in $(addresses $family "$from"); do
				for to in "$@"; do
					[ "$from" != "$to" ] || continue
					for address in $(addresses $family "$to"); do
						all+=("g$from.0@$source>udp/$address/80")
						[ "$source" != "$(addresses $family "$from" none)" ] ||
							all+=("g$from.0>ping/$address" "g$from.0>tcp/$address/80")
					done
				done
			done
		done
	done
	nowhere "$name: isolated guests do not reach each other by the host" dom0 "${all[@]}"
	is "$name: none has heard of another" "$(for to in "$@"; do served "guest$to"; done)" ""
}

# answers CLIENT4 CLIENT6 D...: what of these guests may be asked, and is to be answered
answers() {
	local d address

	for d in "${@:3}"; do
		for address in $(addresses 4 "$d" "$seconds"); do
			echo "tcp/$address/80=guest$d:80 $1"
			echo "udp/$address/80=guest$d:80 $1"
			echo "ping/$address=yes"
		done
		for address in $(addresses 6 "$d" "$seconds"); do
			echo "tcp/$address/80=guest$d:80 $2"
			echo "udp/$address/80=guest$d:80 $2"
			echo "ping/$address=yes"
		done
	done
}

# together NAME D...: these guests and the sixth, which is not isolated, reach each other
together() {
	local name=$1 d
	local -a all=() answers

	shift
	for d in "$@"; do
		mapfile -t answers < <(answers "192.168.10.1$d" "fd10::1$d" 6)
		all+=("${answers[@]/#/g$d.0>}")
	done
	reach "$name: they reach one that is not" dom0 "${all[@]}"
	mapfile -t all < <(answers 192.168.10.16 fd10::16 "$@")
	reach "$name: and it reaches them" g6.0 "${all[@]}"
}

# machine NAME D...: a machine on the LAN and the guests reach each other, by the host
machine() {
	local name=$1 d
	local -a all=()

	shift
	ip -n machine route replace default via 192.168.10.1 dev eth0 onlink
	ip -n machine route replace default via fd10::1 dev eth0 onlink
	for d in "$@"; do
		all+=("g$d.0>tcp/192.168.10.19/80=machine:80 192.168.10.1$d" "g$d.0>udp/fd10::19/80=machine:80 fd10::1$d"
			"g$d.0>ping/192.168.10.19=yes" "g$d.0>ping/fd10::19=yes")
	done
	reach "$name: guests reach a machine on the LAN" dom0 "${all[@]}"
	mapfile -t all < <(answers 192.168.10.19 fd10::19 "$@")
	reach "$name: the LAN reaches them" machine "${all[@]}"
}

# with_host NAME D...: the host and the guests reach each other
with_host() {
	local name=$1 d
	local -a all

	shift
	mapfile -t all < <(answers 192.168.10.1 fd10::1 "$@")
	reach "$name: the host reaches them" dom0 "${all[@]}"
	all=()
	for d in "$@"; do all+=("g$d.0>ping/192.168.10.1=yes" "g$d.0>ping/fd10::1=yes"); done
	reach "$name: they reach the host" dom0 "${all[@]}"
}

# frames_try FROM D: sends frames of many kinds from guest FROM by way of the host to D, with their second addresses; what
# arrives is in $T/arrived
sed -n 's/^PASS("\(routed-[^"]*\)", "\([^"]*\)".*/\1\t\2/p' "$netns_top/tests/lib/frames/frames.def" >"$T/recipes"
frames_try() {
	local from=$1 d=$2 watcher
	local -a options

	options=(--file "$T/recipes" --ip4 "192.168.10.1$from" --ip6 "fd10::1$from" --second-ip4 "10.66.0.1$from"
		--second-ip6 "fd66::1$from" --victim-ip4 "10.66.0.1$d" --victim-ip6 "fd66::1$d" --dom0-mac "$(link_mac br0)")
	rm -f "$T/seen"
	# what arrives comes from the host
	ip netns exec "g$d.0" "$frames" watch eth0 "${options[@]}" --mac "$(link_mac br0)" >"$T/seen" 2>"$T/watch" &
	watcher=$!
	until [ -s "$T/seen" ] || ! kill -0 $watcher; do sleep 0.01; done
	ip netns exec "g$from.0" "$frames" send eth0 "${options[@]}" \
		--mac "$(ip -n "g$from.0" -j link show eth0 | jq -r '.[].address')" all || not_ok "frames are sent"
	sleep 0.3
	kill $watcher
	wait $watcher
	grep -v '^#' "$T/seen" | cut -f1 | sort -u >"$T/arrived"
}
frames_together() {
	frames_try "$2" "$3"
	is "$1: all that guest $2 sends to guest $3 by the host arrives" "$(xargs <"$T/arrived")" "$(cut -f1 "$T/recipes" | sort | xargs)"
}
frames_apart() {
	frames_try "$2" "$3"
	is "$1: nothing that guest $2 sends to guest $3 by the host arrives" "$(xargs <"$T/arrived")" ""
}

# everybody NAME: guests of all kinds, of which only the sixth is not isolated
everybody() {
	guest 1 known ip="192.168.10.11 fd10::11"
	guest 2 unknown
	guest 3 allowed ip="192.168.10.13 fd10::13"
	guest 4 any
	guest 5 loose
	guest 6 open ip="192.168.10.16 fd10::16"
	host_routes 2 3 4 5 6
	is "$1: the ports" "$(for d in 1 2 3 4 5 6; do port_flag vif$d.0 isolated; done | xargs)" "true true true true true false"
}

# judged NAME MODE: who reaches whom
judged() {
	local name=$1 mode=$2

	seconds "$mode"
	apart "$name" 1 2 3 4 5
	with_host "$name" 1 2 3 4 5 6
	frames_apart "$name" 3 4
	frames_apart "$name" 4 3
	together "$name" 1 2 3 4 5
	frames_together "$name" 3 6
	frames_together "$name" 6 3
	[ "$mode" = none ] || reach "$name: what is outside" g1.0 "tcp/$inet4/80=inet:80 $(seen_as "$mode" 4 1)" \
		"udp/$inet6/80=inet:80 $(seen_as "$mode" 6 1)" "g2.0>udp/$inet4/80=inet:80 $(seen_as "$mode" 4 2)" \
		"g2.0>tcp/$inet6/80=inet:80 $(seen_as "$mode" 6 2)" "g6.0>ping/$inet4=yes" "g6.0>ping/$inet6=yes"
}

# seen_as MODE FAMILY D: the address that the outside sees
seen_as() {
	case $1:$2 in
	nat:4) echo 10.99.0.1 ;;
	nat:6) echo 2001:db8:99::1 ;;
	*:4) echo "192.168.10.1$3" ;;
	*:6) echo "fd10::1$3" ;;
	esac
}
ip -n lan route add 192.168.10.0/24 via 10.99.0.1
ip -n lan route add fd10::/64 via 2001:db8:99::1

# br_netfilters: with what is tried each time
br_netfilters=0
[ ! -e /proc/sys/net/bridge ] || br_netfilters="0 1"

for mode in none nat route open bridge; do
	way=()
	case $mode in nat | route) way=(uplink=wan) ;; esac
	# the network's guests are isolated, and there is a LAN; or some guests are
	for who in network vif; do
		isolated="#"
		case $who in
		network) policy $mode isolated=yes interfaces=eth2 "${way[@]}" ;;
		vif)
			isolated=isolated=yes
			policy $mode "${way[@]}"
			;;
		esac
		everybody "$mode, $who"
		for br_nf in $br_netfilters; do
			name="$mode, isolated=yes of the $who"
			br_netfilter_set "$br_nf" && [ "$br_nf" = 0 ] || name+=", with br_netfilter"
			judged "$name" $mode
			[ $who = vif ] || machine "$name" 1 2 3 4 5 6
		done
		br_netfilter_set 0
		dump_loads "$mode, $who"
		gone 1 2 3 4 5 6
	done
done
tap_done
