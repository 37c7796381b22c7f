#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# swaps-networks.sh - networks change places in one reapply: addresses of bridges, gateways of vifs, bridges' names.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1
sysctl_all=/proc/sys/net/ipv6/conf
echo 0 >$sysctl_all/all/accept_dad
echo 0 >$sysctl_all/default/accept_dad

# addresses DEV: what is there but link-local ones of IPv6 that the kernel makes, sorted, on one line
addresses() {
	link_addresses "$1" | grep -v '^fe80::[0-9a-f]*:' | sort | xargs
}

# reapplied NAME: reapply all succeeds in silence, and a second one does nothing
reapplied() {
	local before

	try "$XNM_VIF" reapply all
	is "$1" "$rc:$out" 0:
	before=$(snapshot)
	try "$XNM_VIF" reapply all
	assert_unchanged "$1: a second one changes nothing" "$before"
}

# subnets of the three networks
one=("10.1.0.1/24 fd01::1/64" "10.2.0.1/24 fd02::1/64" "10.3.0.1/24 fd03::1/64")
sorted() {
	xargs -n 1 <<<"$1" | sort | xargs
}

# policy "MODE..." A B C: of three networks, their forward= and their addresses; and lines in $more
more=
policy() {
	local name
	local -a modes

	read -r -a modes <<<"$1"
	shift
	for name in a b c; do
		printf '%s\n' "[network $name]" "bridge=br$name" "forward=${modes[0]}" ${1:+"address=$1"}
		modes=("${modes[@]:1}")
		shift
	done >"$XNM_CONFIG"
	echo "$more" >>"$XNM_CONFIG"
}

# has NAME A B C: what each bridge has of it, and of what is somebody else's
has() {
	is "$1" "$(addresses bra), $(addresses brb), $(addresses brc)" \
		"$(sorted "$2 $foreign"), $(sorted "$3"), $(sorted "$4")"
}
foreign=

# guests_come D...
guests_come() {
	local d

	for d in "$@"; do
		guest_new "$d" 0 bridge="br$(tr 123 abc <<<"$d")"
		try hotplug online "$d" 0
		[ "$rc:$out" = 0: ] || not_ok "guest $d" "$rc:$out"
	done
}

# -- the addresses of bridges
for modes in "nat none route" "bridge nat open"; do
	policy "$modes" "${one[@]}"
	guests_come 1 2 3
	has "$modes: each has its own" "${one[@]}"
	# what no policy has named
	ip addr add 172.16.0.1/24 dev bra
	ip addr add fd99::1/64 dev bra
	foreign="172.16.0.1/24 fd99::1/64"
	policy "$modes" "${one[1]}" "${one[0]}" "${one[2]}"
	reapplied "$modes: two networks swap their addresses"
	has "$modes: each has the other's, and nothing else" "${one[1]}" "${one[0]}" "${one[2]}"
	policy "$modes" "${one[2]}" "${one[1]}" "${one[0]}"
	reapplied "$modes: three in a ring"
	has "$modes: have moved on" "${one[2]}" "${one[1]}" "${one[0]}"
	policy "$modes" "10.4.0.1/24" "${one[2]}" "${one[1]}"
	reapplied "$modes: one gets new ones, and the others what it had"
	has "$modes: a chain" "10.4.0.1/24" "${one[2]}" "${one[1]}"
	policy "$modes" "10.3.0.1/25" "10.2.0.1/23" "10.4.0.254/24"
	reapplied "$modes: parts of what another had, and more than that"
	has "$modes: are others" "10.3.0.1/25" "10.2.0.1/23" "10.4.0.254/24"
	policy "$modes" "10.2.0.1/24 fd02::1/64" "10.3.0.1/24" ""
	reapplied "$modes: the other way round; one gets a family more, and one has none"
	has "$modes: as the policy says" "10.2.0.1/24 fd02::1/64" "10.3.0.1/24" ""
	policy "$modes" "${one[@]}"
	try "$XNM_VIF" reapply 1.0
	is "$modes: one vif alone" "$rc:$out" 0:
	is "$modes: takes its network's old ones away, too" "$(addresses bra)" "$(sorted "${one[0]} $foreign")"
	foreign=
	guests_go 1 2 3
	rm -f "$XNM_CONFIG"
	assert_clean "$modes: nothing is left"
done

# -- of bridges that are there without a guest, or that somebody else has made
more="[network d]
bridge=brd
address=10.5.0.1/24
start=boot"
policy "nat none route" "${one[@]}"
bridge_new brc
ip addr add 172.17.0.1/24 dev brc
"$XNM_UDEV" boot
guests_come 1 3
is "a bridge at boot, and one of somebody else's" "$(addresses brd), $(addresses brc)" \
	"10.5.0.1/24, $(sorted "172.17.0.1/24 ${one[2]}")"
more="[network d]
bridge=brd
address=${one[2]}
start=boot"
policy "nat none route" "${one[0]}" "${one[1]}" "10.5.0.1/24"
reapplied "they swap"
is "each has the other's" "$(addresses brd), $(addresses brc)" "$(sorted "${one[2]}"), 10.5.0.1/24 172.17.0.1/24"
guests_go 1 3
rm -f "$XNM_CONFIG"
"$XNM_UDEV" boot
ip link del brc
assert_clean "both have gone"

# -- with cards, whose own addresses are nobody else's
more=
for card in 1 2; do
	ip link add card$card type veth peer name wire$card
	ip link set card$card up
	ip link set wire$card up
done
ip addr add 172.18.0.1/24 dev card1
cards() {
	printf '%s\n' '[network a]' bridge=bra forward=nat interfaces=card1 "address=$1" \
		'[network b]' bridge=brb forward=nat interfaces=card2 "address=$2" >"$XNM_CONFIG"
}
cards "10.1.0.1/24 172.18.0.1/24" 10.2.0.1/24
guests_come 1 2
is "networks with cards" "$(addresses bra), $(addresses brb)" "10.1.0.1/24 172.18.0.1/24, 10.2.0.1/24"
cards 10.2.0.1/24 10.1.0.1/24
reapplied "networks with cards swap"
is "the card's address stays with it" "$(addresses bra), $(addresses brb)" "10.2.0.1/24 172.18.0.1/24, 10.1.0.1/24"
guests_go 1 2
rm -f "$XNM_CONFIG"
"$XNM_UDEV" boot
is "and goes back" "$(addresses card1)" 172.18.0.1/24
ip link del card1
ip link del card2
assert_clean "no cards"

# -- the bridges' names
named() {
	local name

	for name in a b; do
		printf '%s\n' "[network $name]" "bridge=$1" "forward=nat" "address=$2"
		shift 2
	done >"$XNM_CONFIG"
	printf '%s\n' '[vif guest1]' network=a address=10.1.0.11 '[vif guest2]' network=b address=10.2.0.12 >>"$XNM_CONFIG"
}
named bra 10.1.0.1/24 brb 10.2.0.1/24
guests_come 1 2
named brb 10.1.0.1/24 bra 10.2.0.1/24
reapplied "two networks swap their bridges"
is "their addresses" "$(addresses bra), $(addresses brb)" "10.2.0.1/24, 10.1.0.1/24"
is "and their guests go along" "$(link_master vif1.0) $(link_master vif2.0)" "brb bra"
is "noted so" "$(grep -h '^network' "$XNM_RUN_DIR/bridge/bra" "$XNM_RUN_DIR/bridge/brb" | xargs)" "network=b network=a"
named brb 10.1.0.1/24 brx 10.2.0.1/24
reapplied "one more step"
is "the one that nobody names has gone" "$(addresses brb), $(addresses brx), $(link_exists bra || echo gone)" "10.1.0.1/24, 10.2.0.1/24, gone"
guests_go 1 2
rm -f "$XNM_CONFIG"
assert_clean "no bridges"

# -- the gateways of vifs without a bridge
routed() {
	local name

	for name in a b; do
		printf '%s\n' "[network $name]" backend=route forward=route "address=$1"
		shift
	done >"$XNM_CONFIG"
	printf '%s\n' '[vif guest1]' network=a 'address=10.1.0.11 fd01::11' \
		'[vif guest2]' network=b 'address=10.2.0.12 fd02::12' >>"$XNM_CONFIG"
}
routed "10.1.0.1/32 fd01::1/128" "10.2.0.1/32 fd02::1/128"
guests_come 1 2
routed "10.2.0.1/32 fd02::1/128" "10.1.0.1/32 fd01::1/128"
reapplied "two routed networks swap their gateways"
is "each vif has the other's" "$(addresses vif1.0), $(addresses vif2.0)" "10.2.0.1/32 fd02::1/128, 10.1.0.1/32 fd01::1/128"
guests_go 1 2
rm -f "$XNM_CONFIG"
assert_clean "no vifs"

# -- from a bridge to a guest, and back
moves() {
	printf '%s\n' '[network a]' bridge=bra forward=nat "address=$1" \
		'[network r]' backend=route forward=route address=172.30.0.1/32 \
		'[vif guest1]' network=a "address=$2" '[vif guest2]' network=r "address=$3" >"$XNM_CONFIG"
}
moves "10.1.0.1/24 fd01::1/64" "10.1.0.11 fd01::11" "10.1.1.5 fd02::5"
guests_come 1 2
before=$(snapshot)
moves "10.1.0.11/24 fd01::11/64" "10.1.0.1 fd01::1" "10.1.1.5 fd02::5"
reapplied "a bridge and its guest swap their addresses"
is "the bridge" "$(addresses bra)" "10.1.0.11/24 fd01::11/64"
moves "10.1.0.1/24 fd01::1/64" "10.1.0.11 fd01::11" "10.1.1.5 fd02::5"
reapplied "and back"
same "all is as it was" "$(snapshot)" "$before"
moves "10.1.1.5/24 fd02::5/64" "10.1.1.11 fd02::11" "10.1.0.1 fd01::1"
reapplied "a bridge and a guest of another network"
is "swap" "$(addresses bra), $(ip route show proto 88 | cut -d' ' -f1,3), $(ip -6 route show proto 88 | cut -d' ' -f1,3)" \
	"10.1.1.5/24 fd02::5/64, 10.1.0.1 vif2.0, fd01::1 vif2.0"
moves "10.1.0.1/24 fd01::1/64" "10.1.0.11 fd01::11" "10.1.1.5 fd02::5"
reapplied "and go back"
same "and all is as it was" "$(snapshot)" "$before"
guests_go 1 2
rm -f "$XNM_CONFIG"
assert_clean "nothing"

# -- the ports that lead to guests and to addresses
forwards() {
	printf '%s\n' '[network a]' bridge=bra forward=nat 'address=10.1.0.1/24 fd01::1/64' '[network b]' bridge=brb forward=nat 'address=10.2.0.1/24 fd02::1/64' \
		'[vif guest1]' network=a 'address=10.1.0.11 fd01::11' '[vif guest2]' network=b 'address=10.2.0.12 fd02::12' \
		'[forward one]' network=a "listen-port=$1" target=guest1 "target-port=${width:-80}" \
		'[forward two]' network=b "listen-port=$2" target=guest2 "target-port=${width:-80}" \
		'[forward three]' network=a "listen-port=$3" target=10.1.0.33 "target-port=${width:-80}" \
		'[forward four]' network=b "listen-port=$4" target=10.2.0.44 "target-port=${width:-80}" \
		>"$XNM_CONFIG"
}
# where each port leads to
ports() {
	nft -j list table inet xnm | jq -r '.nftables[].map // empty | select(.name | test("forwards|ranges")) | .elem // [] | .[]
		| "\(.[0].concat[2]) \(.[1].concat[0])"' | sort | xargs
}
forwards 81 82 83 84
guests_come 1 2
is "ports" "$(ports)" "81 10.1.0.11 81 fd01::11 82 10.2.0.12 82 fd02::12 83 10.1.0.33 84 10.2.0.44"
before=$(snapshot)
forwards 82 81 84 83
reapplied "two guests swap their ports, and two networks"
is "the ports lead there" "$(ports)" "81 10.2.0.12 81 fd02::12 82 10.1.0.11 82 fd01::11 83 10.2.0.44 84 10.1.0.33"
forwards 83 84 81 82
reapplied "guests and addresses"
is "and there" "$(ports)" "81 10.1.0.33 82 10.2.0.44 83 10.1.0.11 83 fd01::11 84 10.2.0.12 84 fd02::12"
forwards 82 83 84 81
reapplied "all four in a ring"
is "and on" "$(ports)" "81 10.2.0.44 82 10.1.0.11 82 fd01::11 83 10.2.0.12 83 fd02::12 84 10.1.0.33"
width=80-82 forwards 82-84 85-87 90-92 93-95
reapplied "ranges over what others had"
forwards 81 82 83 84
reapplied "and back again"
same "ports as they were" "$(snapshot)" "$before"
guests_go 1 2
rm -f "$XNM_CONFIG"
assert_clean "no ports"
tap_done
