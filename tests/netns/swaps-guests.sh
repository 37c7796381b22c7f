#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# swaps-guests.sh - guests take over each other's addresses in one reapply, each waiting for the next one.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1

# policy A B C D: the last part of the addresses of four guests on a bridge, and of four without one
policy() {
	local d

	printf '%s\n' '[network lan]' bridge=br0 forward=nat dhcp=dnsmasq 'address=10.1.0.1/24 fd01::1/64' \
		'[network pub]' backend=route forward=route 'address=172.30.0.1/32 fe80::1/64' uplink=wan \
		'[uplink wan]' interface=eth9 >"$XNM_CONFIG"
	for d in 1 2 3 4; do
		printf '%s\n' "[vif guest$d]" network=lan "address=10.1.0.$1 fd01::$1" \
			"[vif guest$((d + 4))]" network=pub "address=10.9.0.$1 fd09::$1"
		shift
	done >>"$XNM_CONFIG"
}

# told: what each guest is told to have
told() {
	local d

	for d in {1..8}; do
		xs_read "/local/domain/$d/xnm/vif/0/ip"
	done | sed 's,/[0-9]*,,g' | grep -o '[0-9]*$' | xargs
}

# claims: whose each address is noted to be
claims() {
	find "$XNM_RUN_DIR/address" -type l -printf '%f %l\n' | grep ',10\.' | sed 's/^.*\.\([0-9]*\),32 /\1:/' | sort -t: -k2,2n | xargs
}

# claims6: the same of their IPv6 addresses, whose last part is written like that of the others
claims6() {
	find "$XNM_RUN_DIR/address" -type l -printf '%f %l\n' | grep ',fd0[19]:' | sed 's/^.*::\([0-9]*\),128 /\1:/' | sort -t: -k2,2n | xargs
}

# reserved: what dnsmasq is told to give them
reserved() {
	local d

	for d in {1..4}; do
		grep -o '10\.1\.0\.[0-9]*\|fd01::[0-9]*' "$XNM_RUN_DIR/dhcp/lan.hosts/$d.0" | grep -o '[0-9]*$' | sort -u
	done | xargs
}

# guarded: the address of each vif in the guard's sets, and the routes
guarded() {
	nft -j list ruleset | jq -r '.nftables[].set // empty | select(.name == "addresses4") | (.elem // [])[].concat | "\(.[0]) \(.[1])"' |
		sort -u | sed 's/^vif\([0-9]*\).*\.\([0-9]*\)$/\2:\1.0/' | sort -t: -k2,2n | xargs
	ip route show proto 88 | sed -n 's/^10\.9\.0\.\([0-9]*\) dev vif\([0-9.]*\) .*/\1:\2/p' | sort -t: -k2,2n | xargs
}

# proxies: for whom this host answers on its uplink
proxies() {
	ip neigh show proxy dev eth9 | grep -o '[0-9]* *proxy' | grep -o '[0-9]*' | sort -n | uniq -c | xargs
}

# moved NAME A B C D: in one reapply, of which the next one has nothing left to do
moved() {
	local name=$1 before want4 want

	shift
	policy "$@"
	try "$XNM_VIF" reapply all
	want4="$1:1.0 $2:2.0 $3:3.0 $4:4.0"
	want="$want4 $1:5.0 $2:6.0 $3:7.0 $4:8.0"
	is "$name" "$rc:$out" 0:
	is "$name: told" "$(told)" "$* $*"
	is "$name: noted" "$(claims); $(claims6)" "$want; $want"
	is "$name: reserved" "$(reserved)" "$*"
	is "$name: answered for" "$(proxies)" "$(printf '2 %s\n' "$@" | sort -n -k2 | xargs)"
	is "$name: held to it, and reached by it" "$(guarded | xargs)" "$want $1:5.0 $2:6.0 $3:7.0 $4:8.0"
	before=$(snapshot)
	try "$XNM_VIF" reapply all
	assert_unchanged "$name: nothing is left to do" "$before"
}

ip link add eth9 type veth peer name wan9
ip link set eth9 up
ip link set wan9 up
policy 11 12 13 14
for d in {1..8}; do
	guest_new "$d" 0 bridge=br0
	try hotplug online "$d" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $d" "$rc:$out"
done
# whichever is the first in the folder, one of the two directions has them wait for each other
moved "each takes what the next one has" 12 13 14 15
moved "and back" 11 12 13 14
moved "and the other way" 10 11 12 13
# nobody can begin here, unless one gives up what it has
moved "two swap" 11 10 12 13
moved "and two others as well" 10 11 13 12
moved "three go round" 11 13 10 12
moved "all four go round" 13 10 12 11
moved "and back again" 10 11 12 13
is "none of them is down" "$(for d in {1..8}; do link_is_up "vif$d.0" || echo "vif$d.0"; done)" ""
# two that want one address: the policy is wrong, and nobody has what is another's
policy 10 11 12 12
try "$XNM_VIF" reapply all
is "of two that are to have one address" "$rc:$(grep -c 'overlaps one of vif' <<<"$out")" 1:2
is "the one that has it keeps it, and the other what it has" "$(claims)" \
	"10:1.0 11:2.0 12:3.0 13:4.0 10:5.0 11:6.0 12:7.0 13:8.0"
policy 11 10 10 13
before=$(snapshot)
try "$XNM_VIF" reapply all
is "two that swap, and a third one that wants what one of them is to have" "$rc:$(grep -c 'overlaps one of vif' <<<"$out")" 1:6
same "nobody loses anything for that" "$before" "$(snapshot)"

# -- with an emulated card beside the vif, and one that is killed when it has given up what it had
printf '%s\n' '[vif guest9]' network=lan address=10.1.0.20 '[vif guest10]' network=lan address=10.1.0.21 >>"$XNM_CONFIG"
for d in 9 10; do
	guest_new "$d" 0 bridge=br0 type=vif_ioemu
	tap_new "$d" 0
	try hotplug online "$d" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $d" "$rc:$out"
	try hotplug add "$d" 0
	[ "$rc:$out" = 0: ] || not_ok "the tap of guest $d" "$rc:$out"
done
# held: which address each device of the two is held to
held() {
	nft -j list ruleset | jq -r '.nftables[].set // empty | select(.family == "bridge" and .name == "addresses4") |
		(.elem // [])[].concat | "\(.[0]):\(.[1])"' | grep '^vif\(9\|10\)\.' | sort -V | xargs
}
before=$(held)
policy 10 11 12 13
printf '%s\n' '[vif guest9]' network=lan address=10.1.0.21 '[vif guest10]' network=lan address=10.1.0.20 >>"$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "two with a tap each swap" "$rc:$out" 0:
is "their taps as well" "$before; $(held)" "vif9.0-emu:10.1.0.20 vif9.0:10.1.0.20 vif10.0-emu:10.1.0.21 vif10.0:10.1.0.21; \
vif9.0-emu:10.1.0.21 vif9.0:10.1.0.21 vif10.0-emu:10.1.0.20 vif10.0:10.1.0.20"
is "all four devices are in the bridge" "$(for dev in vif9.0 vif9.0-emu vif10.0 vif10.0-emu; do link_master $dev; done | xargs)" "br0 br0 br0 br0"
printf '[vif]\ndomain=guest9\nmac=%s\n' "${guest_mac[9.0]}" >"$T/bare"
hotplug remove 9 0
hotplug offline 9 0
cp "$T/bare" "$XNM_RUN_DIR/vif/9.0"
try "$XNM_VIF" reapply all
is "one that a killed run has left without anything is put back" "$rc:$out:$(link_master vif9.0):$(link_is_up vif9.0 && echo up)" "0::br0:up"
for d in 9 10; do
	try hotplug remove "$d" 0
	try hotplug offline "$d" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $d goes" "$rc:$out"
	ip link del "vif$d.0-emu"
	guest_rm "$d" 0
done
guests_go {1..8}

# -- what their configurations say: names and MAC addresses
printf '%s\n' '[vif *]' locking-mode=locked >"$XNM_CONFIG"
bridge_new br1
for d in 1 2 3; do
	guest_new $d 0 bridge=br1 vifname=web$d ip=10.2.0.$d
	try hotplug online $d 0
	[ "$rc:$out" = 0: ] || not_ok "guest $d" "$rc:$out"
done

# configured NAME MAC...: of the three guests
configured() {
	local d

	for d in 1 2 3; do
		xs_write "$backend/$d/0/vifname" "web${1:$((d - 1)):1}" "$backend/$d/0/mac" "00:16:3e:00:0${2:$((d - 1)):1}:00"
	done
}

# seen: their names and MAC addresses, in the kernel, in the guard and in the notes
seen() {
	local d dev

	for d in 1 2 3; do
		dev=$(ip -j link show "vif$d.0" | jq -r '.[].ifname')
		echo "$dev $(nft -j list set bridge xnm macs | jq -r --arg dev "$dev" '.nftables[].set // empty | .elem[].concat | select(.[0] == $dev)[1]')" \
			"$(sed -n 's/^\(ifname\|mac\)=//p' "$XNM_RUN_DIR/vif/$d.0" | xargs) $(link_master "$dev")"
	done
}

# reconfigured WHAT NAMES MACS
reconfigured() {
	local d want=

	configured "$2" "$3"
	for d in 0 1 2; do
		want+="web${2:d:1} 00:16:3e:00:0${3:d:1}:00 web${2:d:1} 00:16:3e:00:0${3:d:1}:00 br1"$'\n'
	done
	try "$XNM_VIF" reapply all
	is "$1" "$rc:$out" 0:
	is "$1: all have what is theirs" "$(seen)" "${want%$'\n'}"
}

reconfigured "two swap their names" 213 123
reconfigured "three names go round" 132 123
reconfigured "two swap their MAC addresses" 132 213
reconfigured "names and MAC addresses at once" 321 321
guests_go 1 2 3
rm -f "$XNM_CONFIG"
assert_clean "nothing is left"
tap_done
