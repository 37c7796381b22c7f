# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dnsmasq.sh - a real dnsmasq for the network lan, with the configuration that xnm prints, and its leases.
#
# A test sources netns.sh first, then this file.

hosts=$XNM_RUN_DIR/dhcp/lan.hosts
lease_file=$XNM_STATE_DIR/dhcp/lan.leases

# dnsmasq_missing PROGRAM...: print what is not there of dnsmasq and these, or nothing
dnsmasq_missing() {
	local program

	for program in dnsmasq "$@"; do
		command -v "$program" >/dev/null || {
			echo "$program is not installed (tests/lib/deps.sh test)"
			return
		}
	done
}

# dnsmasq_start: once it listens. There is another one for a network without guests: both have the same
# ports, as neither finds the bridge that it is for when it starts.
dnsmasq_start() {
	local i

	dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --user=nobody --port=0 --bind-dynamic \
		--interface=other0 --dhcp-range=10.99.0.0,static --dhcp-range=fd99::,static,64 \
		--dhcp-leasefile="$T/other.leases" --log-facility="$T/other.log" &
	"$XNM" dnsmasq lan >"$T/dnsmasq.conf" && mkdir -p "$hosts" "${lease_file%/*}" || return 1
	dnsmasq --test --conf-file="$T/dnsmasq.conf" >"$T/dnsmasq.test" 2>&1 || return 1
	dnsmasq --keep-in-foreground --conf-file="$T/dnsmasq.conf" --user=nobody --log-dhcp \
		--log-facility="$T/dnsmasq.log" &
	for ((i = 0; i < 200; i++)); do
		ss -ulnH 2>/dev/null | grep -q ':67 ' && return 0
		sleep 0.02
	done
	return 1
}

# leases: MAC address, or for DHCPv6 the IAID, and address of each that dnsmasq has given
leases() {
	awk 'NF == 5 { print $2, $3 }' "$lease_file" | sort
}

# gone ADDRESS: within a second dnsmasq has no lease on it; its file is empty while it is written anew
gone() {
	local i all

	for ((i = 0; i < 50; i++)); do
		all=$(<"$lease_file")
		[[ $all != *"duid "* || $all == *" $1 "* ]] || return 0
		sleep 0.02
	done
	return 1
}

# eavesdrop D: from now on guest D counts what it sees of messages to DHCP servers
eavesdrop() {
	ip netns exec "g$1.0" nft 'table inet eavesdrop {
		counter seen { }
		chain seen { type filter hook prerouting priority 0; udp dport { 67, 547 } counter name seen; }
	}'
}

# seen D: how many that were
seen() {
	ip netns exec "g$1.0" nft -j list counters | jq '.nftables[].counter.packets // empty'
}
