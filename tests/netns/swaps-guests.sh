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

	printf '%s\n' '[network lan]' bridge=br0 forward=nat 'address=10.1.0.1/24 fd01::1/64' \
		'[network pub]' backend=route forward=route 'address=172.30.0.1/32 fe80::1/64' >"$XNM_CONFIG"
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

# guarded: the address of each vif in the guard's sets, and the routes
guarded() {
	nft -j list ruleset | jq -r '.nftables[].set // empty | select(.name == "addresses4") | (.elem // [])[].concat | "\(.[0]) \(.[1])"' |
		sort -u | sed 's/^vif\([0-9]*\).*\.\([0-9]*\)$/\2:\1.0/' | sort -t: -k2,2n | xargs
	ip route show proto 88 | sed -n 's/^10\.9\.0\.\([0-9]*\) dev vif\([0-9.]*\) .*/\1:\2/p' | sort -t: -k2,2n | xargs
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
	is "$name: noted" "$(claims)" "$want"
	is "$name: held to it, and reached by it" "$(guarded | xargs)" "$want $1:5.0 $2:6.0 $3:7.0 $4:8.0"
	before=$(snapshot)
	try "$XNM_VIF" reapply all
	assert_unchanged "$name: nothing is left to do" "$before"
}

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
# two that want one address: the policy is wrong, and nobody has what is another's
policy 10 11 12 12
try "$XNM_VIF" reapply all
is "of two that are to have one address" "$rc:$(grep -c 'overlaps one of vif' <<<"$out")" 1:2
is "the one that has it keeps it, and the other what it has" "$(claims)" \
	"10:1.0 11:2.0 12:3.0 13:4.0 10:5.0 11:6.0 12:7.0 13:8.0"
for d in {1..8}; do
	try hotplug offline "$d" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $d goes" "$rc:$out"
	guest_rm "$d" 0
done
rm -f "$XNM_CONFIG"
assert_clean "nothing is left"
tap_done
