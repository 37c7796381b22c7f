# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# clients.sh - the DHCP clients of uplinks with gateway=dhcp: one of them at a time, and what they have got.

# clients_new: a folder of links stands for the real one, where only() takes clients away, and resolv.conf is the test's
clients_new() {
	echo "nameserver 192.0.2.53" >"$T/resolv.conf"
	mount --bind "$T/resolv.conf" "$(readlink -f /etc/resolv.conf)"
	mkdir -p /run/dhcpcd
	mount -t tmpfs tmpfs /var/lib/dhcpcd
	mkdir -p "$T/real" "$T/links"
	mount --bind /usr/sbin "$T/real"
	ln -s "$T/real"/* "$T/links"
	mount --bind "$T/links" /usr/sbin
}

# only CLIENT: the others are not there
only() {
	local client

	for client in udhcpc dhclient dhcpcd; do
		rm -f "$T/links/$client"
		[ "$client" != "${1:-}" ] || ln -s "$T/real/$client" "$T/links/$client"
	done
}

# soon TEXT COMMAND...: the output of the command, once it is that, or the last after ten seconds
soon() {
	local wanted=$1 got i

	for ((i = 0; i < 100; i++)); do
		got=$("${@:2}")
		[ "$got" != "$wanted" ] || break
		sleep 0.1
	done
	echo "$got"
}

# uplink_defaults: the host's default routes of IPv4
uplink_defaults() {
	ip -j route show default | jq -r '.[] | "\(.gateway) \(.dev) \(.metric // 0) \(.protocol)"'
}

# clients: how many processes of clients there are; dhcpcd has helpers
clients() {
	local name

	for name in udhcpc dhclient dhcpcd; do
		pgrep -x "$name"
	done | wc -l
}

# uplink_note UPLINK KEY: what is noted of it
uplink_note() {
	sed -n "s/^$2=//p" "$XNM_RUN_DIR/uplink/$1" 2>/dev/null
}

# hostile D ADDRESS MODE [ADDRESS/LENGTH [ROUTER]]: dhcpd.py of guest D.0, at this address of its own
hostile_servers=()
hostile() {
	local i

	# shellcheck disable=SC2154 # netns.sh sets it
	ip netns exec "g$1.0" python3 -I -S "$netns_top/tests/lib/dhcpd.py" eth0 "${@:2}" >"$T/dhcpd.$2" 2>&1 &
	hostile_servers+=($!)
	for ((i = 0; i < 200; i++)); do
		! grep -qs '^ready' "$T/dhcpd.$2" || return 0
		sleep 0.02
	done
	not_ok "the server $2" "$(cat "$T/dhcpd.$2")"
}

# hostile_end: all of them
hostile_end() {
	[ ${#hostile_servers[@]} -gt 0 ] || return 0
	kill "${hostile_servers[@]}"
	wait "${hostile_servers[@]}" 2>/dev/null
	hostile_servers=()
}
