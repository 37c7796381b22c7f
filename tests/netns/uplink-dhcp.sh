#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uplink-dhcp.sh - gateway=dhcp: each of the three clients asks a real server in the guest, and ends with the vif.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/wifi.sh
. "$netns_top/tests/lib/wifi.sh"
# shellcheck source=tests/lib/clients.sh
. "$netns_top/tests/lib/clients.sh"

lan_or_skip dnsmasq udhcpc dhclient dhcpcd
store_start || exit 1
lan_new
ip route del default
ip -6 route del default
cat >"$XNM_CONFIG" <<'END'
[uplink phone]
guest=phone/0
gateway=dhcp 192.168.0.0/16
metric=300
[network inside]
bridge=br0
address=fd00:10::1/64
[network other]
address=192.168.77.1/24
[vif phone/0]
network=inside
locking-mode=unlocked
END
clients_new

# dhcp_server FIRST [OPTION OF dnsmasq]...: in the guest, with leases from there on
dhcp_server() {
	ip netns exec g1.0 dnsmasq -k -p 0 -i eth0 --bind-interfaces --leasefile-ro --no-ping \
		--dhcp-range="$1,${1%.*}.200,255.255.255.0,2m" --dhcp-option=6,192.0.2.99 \
		--conf-file=/dev/null --pid-file= "${@:2}" >"$T/dnsmasq" 2>&1 &
	server=$!
}

note() {
	uplink_note phone "$1"
}

round() {
	local name=$1 running

	guest_new 1 0 name=phone bridge=br0
	wifi_up 1
	# its own addresses are those of a phone
	ip -n g1.0 addr add 192.168.43.1/24 dev eth0
	dhcp_server 192.168.43.100
	try hotplug online 1 0
	[ "$rc:$out" = 0: ] || not_ok "$name: online" "$out"
	is "$name: the route comes, with its metric" "$(soon "192.168.43.1 br0 300 88" uplink_defaults)" \
		"192.168.43.1 br0 300 88"
	like "$name: and an address" "$(ip -4 addr show dev br0)" 'inet 192\.168\.43\.[0-9]*/24'
	reach "$name: the host reaches the internet behind the phone" dom0 "ping/$inet4=yes"
	is "$name: the client is noted" "$(tr '\0' ' ' <"/proc/$(note dhcp-pid)/cmdline" | cut -d' ' -f1 | tr -d :)" "$name"
	like "$name: xnm status" "$("$XNM" status)" 'phone +br0 +dhcp,192.168.43.1 +300 +untested .*ipv4'
	# one of them has helpers
	running=$(clients)
	try "$HOTPLUG" reapply 1.0
	is "$name: a reapply starts no second client" "$rc:$out:$(clients)" "0::$running"
	try "$XNM" probe
	is "$name: nor does a probe" "$rc:$(clients)" "0:$running"
	try hotplug offline 1 0
	is "$name: it ends with the vif" "$rc:$out:$(soon 0 clients)" "0::0"
	is "$name: and so does the route" "$(uplink_defaults)" ""
	kill "$server"
	wait "$server" 2>/dev/null
	guest_rm 1 0
	is "$name: no note is left" "$(ls "$XNM_RUN_DIR/uplink")" ""
}

for client in udhcpc dhclient dhcpcd; do
	only "$client"
	round "$client"
done
is "no client has written resolv.conf" "$(cat "$T/resolv.conf")" "nameserver 192.0.2.53"

# ---------------------------------------------------------------------------- bad servers
only udhcpc
guest_new 1 0 name=phone bridge=br0
wifi_up 1
ip -n g1.0 addr add 192.168.77.2/24 dev eth0
dhcp_server 192.168.77.100
try hotplug online 1 0
sleep 2
is "a lease in the subnet of another network is refused" "$(ip -4 -br addr show dev br0 | wc -w):$(uplink_defaults)" "0:"
kill "$server"
wait "$server" 2>/dev/null
kill -9 "$(note dhcp-pid)" 2>/dev/null
sleep 0.2
ip -n g1.0 addr add 192.168.43.1/24 dev eth0
dhcp_server 192.168.43.100 --dhcp-option=3,192.168.99.1
"$XNM" probe >/dev/null 2>&1
sleep 2
is "so is a router that is elsewhere" "$(ip -4 -br addr show dev br0 | wc -w):$(uplink_defaults)" "0:"
kill "$server"
wait "$server" 2>/dev/null
dhcp_server 192.168.43.100
kill -9 "$(note dhcp-pid)" 2>/dev/null
sleep 0.2
try "$XNM" probe
is "a client that died is started again" "$rc:$(soon 1 clients)" "0:1"
like "xnm does it as xnm-vif does" "$(soon "192.168.43.1 br0 300 88" uplink_defaults)" '^192.168.43.1 br0 300 88$'
try hotplug offline 1 0
is "it ends with the vif, too" "$rc:$out:$(soon 0 clients):$(uplink_defaults)" "0::0:"
guest_rm 1 0

# -------------------------------------------------------------------- the host's own card
cp "$XNM_CONFIG" "$T/phone.ini"
cat >"$XNM_CONFIG" <<'END'
[uplink wired]
interface=eth0
gateway=dhcp
END
ip addr flush dev eth0
ip link set eth0 down
ip netns exec lan dnsmasq -k -p 0 -i eth0 --bind-interfaces --leasefile-ro --no-ping \
	--dhcp-range=10.99.0.50,10.99.0.60,255.255.255.0,2m --conf-file=/dev/null --pid-file= >/dev/null 2>&1 &
server=$!
for client in udhcpc dhclient dhcpcd; do
	only "$client"
	try "$XNM" probe
	is "$client: eth0 has the route" "$rc:$(soon "10.99.0.254 eth0 100 88" uplink_defaults)" "0:10.99.0.254 eth0 100 88"
	reach "$client: the host reaches the internet" dom0 "ping/$inet4=yes"
	mv "$XNM_CONFIG" "$T/away.ini"
	echo '[global]' >"$XNM_CONFIG"
	try "$XNM" probe
	is "$client: without the uplink it ends" "$rc:$(soon 0 clients):$(uplink_defaults)" "0:0:"
	mv "$T/away.ini" "$XNM_CONFIG"
	ip link set eth0 down
done

# ------------------------------------------------------- another policy, while there is a lease
ip netns exec lan dnsmasq -k -p 0 -i eth1 --bind-interfaces --leasefile-ro --no-ping \
	--dhcp-range=10.98.0.50,10.98.0.60,255.255.255.0,2m --conf-file=/dev/null --pid-file= >/dev/null 2>&1 &
server1=$!
only udhcpc

# leased DEVICE...: what these cards have
leased() {
	local device

	for device in "$@"; do
		echo "$device $(ip -4 -o addr show dev "$device" | awk '{ sub(/[0-9]*\/24/, "N", $4); printf "%s ", $4 }')"
	done
}

# wired INTERFACE GATEWAY: the uplink
wired() {
	printf '[uplink wired]\ninterface=%s\ngateway=%s\n' "$1" "$2" >"$XNM_CONFIG"
	try "$XNM" probe
}

eth1_before=$(leased eth1)
wired eth0 dhcp
is "a card has a lease" "$rc:$(soon "10.99.0.254 eth0 100 88" uplink_defaults)" "0:10.99.0.254 eth0 100 88"
ip addr add 10.97.0.1/24 dev eth0
running=$(pgrep -x udhcpc)
wired eth1 dhcp
is "another card for the uplink: that one has the lease" "$rc:$(soon "10.98.0.254 eth1 100 88" uplink_defaults)" \
	"0:10.98.0.254 eth1 100 88"
is "the card that was it has only what is not of xnm" "$(leased eth0)" "eth0 10.97.0.N "
is "its client has ended, and there is one" "$([ -e "/proc/$running/stat" ] || pgrep -cx udhcpc)" 1
is "it is noted of that card" "$(uplink_note wired device):$(uplink_note wired dhcp-pid)" "eth1:$(pgrep -x udhcpc)"
wired eth0 "dhcp 10.99.0.0/24"
is "and back" "$rc:$(soon "10.99.0.254 eth0 100 88" uplink_defaults):$(leased eth1)" "0:10.99.0.254 eth0 100 88:$eth1_before"
running=$(pgrep -x udhcpc)
wired eth0 "dhcp 10.99.0.0/16"
is "a lease that the policy still expects stays" "$rc:$(uplink_defaults):$(pgrep -x udhcpc)" \
	"0:10.99.0.254 eth0 100 88:$running"
wired eth0 "dhcp 10.96.0.0/16"
is "one that it does not expect any more goes" "$rc:$(uplink_defaults):$(leased eth0)" "0::eth0 10.97.0.N "
# its client is answered as before, which is refused
soon 0 clients >/dev/null
wired eth0 dhcp
is "until it does again" "$rc:$(soon "10.99.0.254 eth0 100 88" uplink_defaults)" "0:10.99.0.254 eth0 100 88"
wired nowhere dhcp
is "a card that is not there: the old one has nothing more" "$(uplink_defaults):$(leased eth0):$(soon 0 clients)" \
	":eth0 10.97.0.N :0"
wired eth0 dhcp
soon "10.99.0.254 eth0 100 88" uplink_defaults >/dev/null
ip addr add 10.99.0.1/24 dev eth0
wired eth0 10.99.0.254
is "a router by its address: the lease goes, and that stays the way out" \
	"$rc:$(uplink_defaults):$(soon 0 clients):$(leased eth0)" "0:10.99.0.254 eth0 100 88:0:eth0 10.97.0.N 10.99.0.N "
wired eth0 none
is "none: nothing is left" "$rc:$(uplink_defaults)" "0:"
ip addr del 10.97.0.1/24 dev eth0
ip addr del 10.99.0.1/24 dev eth0
kill "$server" "$server1"
wait "$server" "$server1" 2>/dev/null
cp "$T/phone.ini" "$XNM_CONFIG"

# ------------------------------------------------------------------------------ no client
only none
guest_new 1 0 name=phone bridge=br0
try hotplug online 1 0
like "without a client: a warning that says what to do" "$rc:$out" \
	'^0:.*warning: cannot start a DHCP client on br0: there is no udhcpc, dhclient or dhcpcd: install one'
is "and the guest has started" "$(xs_read "$backend/1/0/hotplug-status")" connected
like "xnm doctor says it too" "$("$XNM" doctor)" 'gateway=dhcp, but there is no udhcpc, dhclient or dhcpcd'
try hotplug offline 1 0
guest_rm 1 0
assert_clean "nothing is left"
tap_done
