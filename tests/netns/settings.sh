#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# settings.sh - the settings of the kernel that networks change open to nobody what they are not changed for.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip
store_start || exit 1
lan_new
ip link add eth2 type veth peer name eth2 netns lan
ip -n lan addr add 10.97.0.254/24 dev eth2
ip -n lan link set eth2 up

# loopback_is_behind NAMESPACE GATEWAY DEVICE: what it sends to 127.0.0.1 goes out
loopback_is_behind() {
	ip -n "$1" route flush table local root 127.0.0.0/8
	sysctl_set "$1" "ipv4/conf/$3/route_localnet=1" ipv4/conf/all/route_localnet=1
	ip -n "$1" route replace 127.0.0.1/32 via "$2" dev "$3" onlink
}

# from_loopback NAMESPACE TO PORT: UDP with a source that is the other's loopback
from_loopback() {
	ip netns exec "$1" python3 - "$2" "$3" <<'END'
import socket, struct, sys
to, port, data = sys.argv[1], int(sys.argv[2]), b"settings"
udp = struct.pack("!HHHH", 4000, port, 8 + len(data), 0) + data
ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0,
                 socket.inet_aton("127.0.0.2"), socket.inet_aton(to))
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for _ in range(3):
    s.sendto(ip + udp, (to, 0))
END
}

# lines WORD...: each a line
lines() {
	printf '%s\n' "$@"
}

# network MODE: with a port forward, and the host's address in it
network() {
	lines "[uplink wan]" interface=eth0 "[network n]" address=10.97.0.1/24
	case $1 in
	routed-*) lines backend=route forward="${1#routed-}" ;;
	bridge) lines bridge=n0 forward=bridge interfaces=eth2 keep=no masquerade=ipv4 uplink=wan ;;
	open) lines bridge=n0 forward=open masquerade=ipv4 uplink=wan ;;
	*) lines bridge=n0 forward="$1" host-services=all ;;
	esac
	lines "[forward web]" network=n "protocol=tcp udp" listen-port=8080 target=guest1 target-port=80
}

serve dom0 dom0 127.0.0.1@95
serve dom0 services 96
for mode in nat route open bridge routed-route; do
	network $mode >"$XNM_CONFIG"
	guest_new 1 0 bridge=n ip=10.97.0.11
	try hotplug online 1 0
	is "$mode: a guest" "$rc:$out" 0:
	case $mode in routed-*) dev=vif1.0 ;; *) dev=n0 ;; esac
	lan_guest 1 0 10.97.0.1 "" 10.97.0.11/24
	serve g1.0 guest1 80
	is "$mode: route_localnet is on" "$(sysctl_get "ipv4/conf/$dev/route_localnet")" 1
	reach "$mode: the forward works, for this host too" dom0 "tcp/127.0.0.1/8080=guest1:80 10.97.0.1" \
		"udp/127.0.0.1/8080=guest1:80 10.97.0.1"
	reach "$mode: its loopback works" dom0 "udp/127.0.0.1/95=dom0:95 127.0.0.1"
	case $mode in
	routed-*) ;;
	*) reach "$mode: the guest reaches the host" g1.0 "udp/10.97.0.1/96=services:96 10.97.0.11" ;;
	esac
	served dom0 >/dev/null
	served services >/dev/null
	loopback_is_behind g1.0 10.97.0.1 eth0
	nowhere "$mode: the guest does not reach its loopback" g1.0 tcp/127.0.0.1/95 udp/127.0.0.1/95 \
		ping/127.0.0.1
	if [ $mode = bridge ]; then
		loopback_is_behind lan 10.97.0.1 eth2
		nowhere "$mode: nor does the LAN" lan tcp/127.0.0.1/95 udp/127.0.0.1/95 ping/127.0.0.1
		from_loopback lan 10.97.0.1 96
	fi
	from_loopback g1.0 10.97.0.1 96
	sleep 0.2
	is "$mode: nobody was heard there, nor as from there" "$(served dom0)$(served services)" ""
	unserve guest1
	try hotplug offline 1 0
	guest_rm 1 0
done
unserve dom0 services
is "no element is left" "$(elements)" ""
assert_clean "nothing is left"
tap_done
