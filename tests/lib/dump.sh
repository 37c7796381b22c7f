# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dump.sh - what `nft list` says of our tables can be loaded again, as people do who save it to /etc/nftables.conf.
#
# A test that looks at the ruleset sources netns.sh first, then this file, and calls
# dump_loads where the most is in the tables. nft is that of this machine, and Debian 13's.

# shellcheck disable=SC2154 # netns.sh sets it
nft_13=$netns_top/build/nft-13/nft

# dump_tables NFT: both tables, those of others left out
dump_tables() {
	local table

	for table in bridge inet; do
		"$1" list table $table xnm 2>/dev/null
	done
}

# dump_loads_with NAME NFT LOADER: what NFT lists, LOADER can load, and then lists as it lists our tables themselves
dump_loads_with() {
	local name=$1 nft=$2 loader=$3

	dump_tables "$nft" >"$T/dump"
	ip netns add dump
	# a rule that no longer finds its set is an error, too
	if ip netns exec dump "$loader" -f "$T/dump" 2>"$T/dump.errors"; then
		ip netns exec dump "$loader" list ruleset >"$T/dump.again"
		same "$name" "$(cat "$T/dump.again")" "$(dump_tables "$loader")"
	else
		not_ok "$name" "$(head -5 "$T/dump.errors")"
	fi
	ip netns del dump
}

# dump_loads NAME: with both versions, and from the older to the newer
dump_loads() {
	[ -n "$(dump_tables nft)" ] || {
		not_ok "$1: there is something to list"
		return
	}
	dump_loads_with "$1: what nft lists can be loaded again" nft nft
	if [ -x "$nft_13" ]; then
		dump_loads_with "$1: with Debian 13's nft" "$nft_13" "$nft_13"
		dump_loads_with "$1: and from this machine's to that one" nft "$nft_13"
	else
		skip "$1: with Debian 13's nft" "it cannot be had here (tests/lib/nft-13.sh)"
	fi
}
