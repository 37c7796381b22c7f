# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# docker.sh - what Docker does to iptables, without Docker, and what of ours is in it.
#
# A test sources netns.sh and lan.sh first, then this file.

# docker_missing: print why these tests cannot run here, or nothing
docker_missing() {
	lan_missing iptables-nft ip6tables-nft
	[ -e /proc/sys/net/bridge ] || echo "this kernel has no br_netfilter"
}

# tables COMMAND...: iptables and ip6tables alike
tables() {
	iptables-nft -w "$@" && ip6tables-nft -w "$@"
}

# what Docker sets up, as far as it decides on what is forwarded: a container's ports are for nobody
docker_start() {
	tables -P FORWARD DROP
	tables -N DOCKER-USER
	tables -A DOCKER-USER -j RETURN
	tables -N DOCKER
	tables -A DOCKER ! -i docker0 -o docker0 -j DROP
	tables -A FORWARD -o docker0 -j DOCKER
	tables -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
	tables -I FORWARD -j DOCKER-USER
}

# nothing of iptables is left, as if nobody had ever called it
tables_none() {
	nft delete table ip filter 2>/dev/null
	nft delete table ip6 filter 2>/dev/null
	:
}

# saved: all rules of both families, without counters
saved() {
	{
		iptables-nft-save
		ip6tables-nft-save
	} | sed '/^#/d; s/\[.*\]//'
}

# ours [CHAIN]: rules of xnm's in it, "ip: -i br0" per line
# shellcheck disable=SC2120 # most mean the usual chain
ours() {
	local chain=${1:-DOCKER-USER}

	{
		iptables-nft -S "$chain" | sed 's/^/ip: /'
		ip6tables-nft -S "$chain" | sed 's/^/ip6: /'
	} 2>/dev/null | sed -n "s/-A $chain \(.*\) -m comment --comment xnm -j ACCEPT$/\1/p" | paste -sd'|'
}

# handles: of all rules in the tables of iptables; they change if a rule is put in or taken out
handles() {
	# it warns that they are not its own
	{
		nft -a -s list table ip filter
		nft -a -s list table ip6 filter
	} 2>/dev/null
}

# take_ours_away: by somebody's hand; what our rules do is what is missing then
take_ours_away() {
	local family handle

	for family in ip ip6; do
		nft -a list chain $family filter DOCKER-USER 2>/dev/null |
			sed -n 's/.*comment "xnm" # handle //p' |
			while read -r handle; do
				nft delete rule $family filter DOCKER-USER handle "$handle"
			done
	done
}

# through_notes: what is noted of devices that are let through
through_notes() {
	find "$XNM_RUN_DIR/network" -name '*:*' | sort
}

planned() {
	"$XNM_VIF" plan "$@" | sed -n 's/^ *[0-9]*\. //p' | grep -E 'other firewalls|in ip6? filter'
}

# online D BRIDGE [KEY=VALUE]...
online() {
	guest_new "$1" 0 bridge="$2" "${@:3}"
	try hotplug online "$1" 0
}

# gone D...
gone() {
	local d

	for d in "$@"; do
		try hotplug offline "$d" 0
		assert_offline "guest $d goes" "$d" 0
		guest_rm "$d" 0
	done
}
