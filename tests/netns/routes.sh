#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# routes.sh - the kernel verbs for routes, permanent neighbours and proxied addresses, as ip(8) shows their work.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

kernel=$O/tests/kernel
mac1=00:16:3e:00:00:01 mac2=00:16:3e:00:00:02
for pair in "va pa" "vb pb"; do
	# shellcheck disable=SC2086 # two words
	set -- $pair
	ip link add "$1" type veth peer name "$2"
	ip link set "$2" up
done

# says NAME WANTED VERB...: what the verb returns and lists, on one line, without the kernel's sentence
says() {
	local name=$1 wanted=$2

	shift 2
	is "$name" "$("$kernel" "$@" 2>&1 | sed '1s/ .*//' | paste -sd'|')" "$wanted"
}

# table [SELECTOR]...: "dst dev metric protocol source" of both families, sorted, the kernel's own left out
table() {
	{
		ip -N -j -4 route show "$@"
		ip -N -j -6 route show "$@"
	} 2>/dev/null | jq -r '.[] | select(.protocol != "2") | "\(.dst) \(.dev) \(.metric // 0) \(.protocol) \(.prefsrc // "-")"' |
		sort | paste -sd'|'
}

# neighbours [proxy]: "address dev [mac] protocol", sorted
neighbours() {
	if [ $# -gt 0 ]; then
		ip -N -j neigh show proxy | jq -r '.[] | "\(.dst) \(.dev) \(.protocol)"'
	else
		ip -N -j neigh show nud permanent |
			jq -r '.[] | "\(.dst) \(.dev) \(.lladdr) \(.protocol)"'
	fi | sort | paste -sd'|'
}

# -- routes: a device that is down
says "a device that is down, IPv4" -ENETDOWN route-replace 192.0.2.1 va 0
says "a device that is down, IPv6" -ENETDOWN route-replace 2001:db8::1 va 0
like "the kernel says why" "$("$kernel" route-replace 192.0.2.1 va 0)" "not up .*Network is down"
says "no routes yet" 0 route-list va
ip link set va up
ip link set vb up

# -- one of each family, host and prefix
for round in first second; do
	for dst in 192.0.2.1/32 198.51.100.77/24 2001:db8::1/128 2001:db8:1::5/64; do
		says "$dst, $round time" 0 route-replace "$dst" va 0
	done
done
four="192.0.2.1 va 0 88 -|198.51.100.0/24 va 0 88 -|2001:db8:1::/64 va 1024 88 -|2001:db8::1 va 1024 88 -"
is "all four, once, without host bits" "$(table)" "$four"
is "of the link's scope" "$(ip -N -j route show 192.0.2.1 | jq -r '.[0].scope')" 253
says "the list has them" "0|192.0.2.1/32 0|198.51.100.0/24 0|2001:db8::1/128 1024|2001:db8:1::/64 1024" \
	route-list va
says "the other device has none" 0 route-list vb
says "a short list says so" "-E2BIG|192.0.2.1/32 0|198.51.100.0/24 0|2001:db8::1/128 1024" \
	route-list va 3
says "the next list is whole" "0|192.0.2.1/32 0|198.51.100.0/24 0|2001:db8::1/128 1024|2001:db8:1::/64 1024" \
	route-list va 4

# -- the same dst: another metric is another route, the same one goes to the newest
says "another metric" 0 route-replace 192.0.2.1 vb 50
says "another metric, IPv6" 0 route-replace 2001:db8::1 vb 50
is "two beside each other" "$(table 192.0.2.1)|$(table 2001:db8::1)" \
	"192.0.2.1 va 0 88 -|192.0.2.1 vb 50 88 -|2001:db8::1 va 1024 88 -|2001:db8::1 vb 50 88 -"
says "back to one" 0 route-del 192.0.2.1 vb 50
says "back to one, IPv6" 0 route-del 2001:db8::1 vb 50
says "the newest wins" 0 route-replace 192.0.2.1 vb 0
says "the newest wins, IPv6" 0 route-replace 2001:db8::1 vb 0
is "one route, of the newest" "$(table 192.0.2.1)|$(table 2001:db8::1)" \
	"192.0.2.1 vb 0 88 -|2001:db8::1 vb 1024 88 -"
says "the older one has lost it" -ESRCH route-del 192.0.2.1 va 0
says "the older one has lost it, IPv6" -ESRCH route-del 2001:db8::1 va 0
says "what it has left" "0|198.51.100.0/24 0|2001:db8:1::/64 1024" route-list va

# -- source
says "a source that is not ours" -EINVAL route-replace 192.0.2.1 vb 0 203.0.113.1
says "a source that is not ours, IPv6" -EINVAL route-replace 2001:db8::1 vb 0 2001:db8:9::1
says "a source of the other family" -EINVAL route-replace 192.0.2.1 vb 0 2001:db8:9::1
like "which we say ourselves" "$("$kernel" route-replace 192.0.2.1 vb 0 2001:db8:9::1)" "another family"
is "nothing changed" "$(table 192.0.2.1)" "192.0.2.1 vb 0 88 -"
ip addr add 203.0.113.1/32 dev lo
ip addr add 2001:db8:9::1/128 dev lo nodad
says "a source" 0 route-replace 192.0.2.1 vb 0 203.0.113.1
says "a source, IPv6" 0 route-replace 2001:db8::1 vb 0 2001:db8:9::1
says "in the list" "0|192.0.2.1/32 0 203.0.113.1/32|2001:db8::1/128 1024 2001:db8:9::1/128" \
	route-list vb
is "in the kernel" "$(table 192.0.2.1)|$(table 2001:db8::1)" \
	"192.0.2.1 vb 0 88 203.0.113.1|2001:db8::1 vb 1024 88 2001:db8:9::1"

# -- delete: twice, and only ours
says "delete" 0 route-del 192.0.2.1 vb 0
says "delete, IPv6" 0 route-del 2001:db8::1 vb 0
says "delete again" -ESRCH route-del 192.0.2.1 vb 0
says "delete again, IPv6" -ESRCH route-del 2001:db8::1 vb 0
says "delete by an address of the prefix" 0 route-del 198.51.100.99/24 va 0
says "none left on one device" 0 route-list vb
ip route add 192.0.2.9 dev va
ip -6 route add 2001:db8::9 dev va
before=$(table)
says "one of another protocol is not deleted" -ESRCH route-del 192.0.2.9 va 0
says "one of another protocol is not deleted, IPv6" -ESRCH route-del 2001:db8::9 va 0
says "nor listed" "0|2001:db8:1::/64 1024" route-list va
is "it is still there" "$(table)" "$before"
says "a default metric is no wildcard, IPv6" 0 route-replace 2001:db8::8 va 70
says "it takes its own metric" -ESRCH route-del 2001:db8::8 va 0
says "with which it goes" 0 route-del 2001:db8::8 va 70

# -- somebody's route before ours would win: replacing moves ours to the front
ip route add 192.0.2.5 dev va proto 88 scope link
ip route prepend 192.0.2.5 dev vb
says "behind another one" 0 route-replace 192.0.2.5 va 0
is "then in its place" "$(table 192.0.2.5)" "192.0.2.5 va 0 88 -"

# -- beside thousands of others'
for ((i = 0; i < 4000; i++)); do
	echo "route add 10.$((i / 250)).$((i % 250)).1 dev vb proto 88 scope link"
	echo "route add 2001:db8:f::$((i + 1)) dev vb proto 88"
done | ip -batch -
says "a list beside 8,000 others" "0|192.0.2.5/32 0|2001:db8:1::/64 1024" route-list va
says "a list of none of 8,000" -E2BIG route-list vb 0
XNM_TEST_LAX=1 says "an older kernel tells of all" "0|192.0.2.5/32 0|2001:db8:1::/64 1024" route-list va
ip route flush dev vb
ip -6 route flush dev vb proto 88

# -- the device has gone, or has no IPv6
sysctl -qw net.ipv6.conf.vb.disable_ipv6=1
says "IPv6 is disabled" -EACCES route-replace 2001:db8::2 vb 0
says "IPv6 is disabled: IPv4 goes" 0 route-replace 192.0.2.2 vb 0
says "IPv6 is disabled: delete" -ESRCH route-del 2001:db8::2 vb 0
says "IPv6 is disabled: list" "0|192.0.2.2/32 0" route-list vb
says "no such device" -ENODEV route-replace 192.0.2.2 4711 0
says "no such device, IPv6" -ENODEV route-replace 2001:db8::2 4711 0
says "no such device: list" 0 route-list 4711
like "no such device: delete" "$("$kernel" route-del 192.0.2.2 4711 0)" "^-(ESRCH|ENODEV)"
like "no such device: delete, IPv6" "$("$kernel" route-del 2001:db8::2 4711 0)" "^-(ESRCH|ENODEV)"

# -- permanent neighbours
for round in first second; do
	says "a neighbour, $round time" 0 neigh-set va 192.0.2.1/24 $mac1
	says "a neighbour, IPv6, $round time" 0 neigh-set va 2001:db8::1 $mac1
done
is "in the kernel" "$(neighbours)" "192.0.2.1 va $mac1 88|2001:db8::1 va $mac1 88"
says "in the list" "0|192.0.2.1/32 $mac1|2001:db8::1/128 $mac1" neigh-list va
says "not in the other device's" 0 neigh-list vb
says "a short list says so" "-E2BIG|192.0.2.1/32 $mac1" neigh-list va 1
says "another MAC" 0 neigh-set va 2001:db8::1 $mac2
ip neigh add 192.0.2.3 dev va lladdr $mac2 nud reachable
says "becomes permanent" 0 neigh-set va 192.0.2.3 $mac1
ip neigh add 192.0.2.4 dev va lladdr $mac2 nud reachable
is "in the kernel" "$(neighbours)" \
	"192.0.2.1 va $mac1 88|192.0.2.3 va $mac1 88|2001:db8::1 va $mac2 88"
like "the list has permanent ones only" "$("$kernel" neigh-list va | sort | paste -sd'|')" \
	"^0\|192.0.2.1/32 $mac1\|192.0.2.3/32 $mac1\|2001:db8::1/128 $mac2\$"
says "delete" 0 neigh-del va 192.0.2.1
says "delete, IPv6" 0 neigh-del va 2001:db8::1
says "delete again" -ENOENT neigh-del va 192.0.2.1
is "the other one stays" "$(neighbours)" "192.0.2.3 va $mac1 88"
ip link set va address 02:00:00:00:00:99
says "a new MAC of the device takes them" 0 neigh-list va
says "IPv6 is disabled" -EINVAL neigh-set vb 2001:db8::1 $mac1
says "no such device" -ENODEV neigh-set 4711 192.0.2.1 $mac1
says "no such device: delete" -ENODEV neigh-del 4711 192.0.2.1
says "no such device: list" 0 neigh-list 4711

# -- proxied addresses
for round in first second; do
	says "a proxied address, $round time" 0 proxy-add va 192.0.2.1/24
	says "a proxied address, IPv6, $round time" 0 proxy-add va 2001:db8::1
done
is "in the kernel" "$(neighbours proxy)" "192.0.2.1 va 88|2001:db8::1 va 88"
says "a neighbour of the same address" 0 neigh-set va 192.0.2.1 $mac1
says "the list has proxied ones only" "0|192.0.2.1/32|2001:db8::1/128" proxy-list va
says "and the other list the other ones" "0|192.0.2.1/32 $mac1" neigh-list va
says "not in the other device's" 0 proxy-list vb
XNM_TEST_LAX=1 says "an older kernel" "0|192.0.2.1/32|2001:db8::1/128" proxy-list va
XNM_TEST_LAX=1 says "an older kernel, the other list" "0|192.0.2.1/32 $mac1" neigh-list va
says "a short list says so" "-E2BIG|192.0.2.1/32" proxy-list va 1
says "delete" 0 proxy-del va 192.0.2.1
says "delete again" -ENOENT proxy-del va 192.0.2.1
is "the neighbour stays" "$(neighbours)" "192.0.2.1 va $mac1 88"
says "delete, IPv6" 0 proxy-del va 2001:db8::1
is "none left" "$(neighbours proxy)" ""
says "no such device" -ENODEV proxy-add 4711 192.0.2.1
says "no such device: delete" -ENODEV proxy-del 4711 192.0.2.1
says "no such device: list" 0 proxy-list 4711
tap_done
