#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# drops.sh - `xnm status` names what was dropped, why, how often and how much: of vifs, of networks, from outside.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

if ! command -v nft >/dev/null || ! command -v python3 >/dev/null; then
	skip "drops" "nft or python3 is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
store_start || exit 1
# frames between ports are not to be seen by the rules on routed packets as well
for file in /proc/sys/net/bridge/bridge-nf-call-*; do
	[ ! -e "$file" ] || echo 0 >"$file"
done

# status [ARGUMENT]...: the table in $out
status() {
	try "$XNM" status "$@"
}

# of_vif VIF, of_network NETWORK, of_outside: "REASON PACKETS BYTES,..." of the JSON
reasons='(.dropped | if . == null then "unknown" else map("\(.reason) \(.packets) \(.bytes)") | join(",") end)'
of_vif() {
	"$XNM" status --json 2>/dev/null | jq -r --arg n "$1" ".vifs[] | select(.vif == \$n) | $reasons"
}
of_network() {
	"$XNM" status --json 2>/dev/null | jq -r --arg n "$1" ".networks[] | select(.network == \$n) | $reasons"
}
of_outside() {
	"$XNM" status --json 2>/dev/null | jq -r ".outside | $reasons"
}

# dropped_column NAME: the cell of the vif's or network's line
dropped_column() {
	"$XNM" status 2>/dev/null | awk -v name="$1" '
		/DROPPED/ { at = index($0, "DROPPED") }
		$1 == name { print substr($0, at) + 0 == 0 ? substr($0, at, 7) : substr($0, at) + 0; exit }' |
		tr -d ' '
}

# send NAMESPACE FRAME...: put frames, written in hex, on its eth0
send() {
	local netns=$1

	shift
	ip netns exec "$netns" python3 -c '
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
for frame in sys.argv[1:]:
    s.send(bytes.fromhex(frame.replace(":", "")))' "$@"
}

# udp SOURCE DESTINATION: an IPv4 packet of 28 bytes, in hex
udp() {
	python3 -c '
import socket, struct, sys
head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, 0, 0, 64, 17, 0, *map(socket.inet_aton, sys.argv[1:3]))
total = sum(struct.unpack("!10H", head))
total = (total & 0xffff) + (total >> 16)
print((head[:10] + struct.pack("!H", 0xffff & ~total) + head[12:] + struct.pack("!HHHH", 40000, 9, 8, 0)).hex())' "$@"
}

# quiet_guest D [KEY=VALUE]...: online, with an eth0 that says nothing of its own
quiet_guest() {
	local i

	guest_new "$1" 0 "${@:2}"
	try hotplug online "$1" 0
	is "guest $1 goes online" "$rc:$out" 0:
	ip netns exec "g$1.0" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
	ip -n "g$1.0" link set eth0 up
	# its port has to forward
	for ((i = 0; i < 150; i++)); do
		ip link show "vif$1.0" | grep -q 'state UP' && return
		sleep 0.02
	done
}

mac1=00163e000100 broadcast=ffffffffffff

# -- a vif on a bridge
bridge_new br0
ip addr add 10.0.0.254/24 dev br0
quiet_guest 1 ip=10.0.0.1
status
is "nothing dropped yet" "$(dropped_column vif1.0):$(of_vif vif1.0)" 0:
ip -n g1.0 addr add 10.0.0.1/24 dev eth0
ip -n g1.0 addr add 10.0.0.99/24 dev eth0
check "it may be itself" guest_ping 1 0 10.0.0.254
is "what it may is not counted" "$(of_vif vif1.0)" ""
ip -n g1.0 neigh replace 10.0.0.254 lladdr "$(link_mac br0)" dev eth0 nud permanent
ip netns exec g1.0 ping -q -n -c 3 -i 0.02 -W 0.1 -s 56 -I 10.0.0.99 10.0.0.254 >/dev/null
is "three pings with another's address" "$(of_vif vif1.0)" "spoofed-ipv4 3 252"
is "the table has the number" "$(dropped_column vif1.0)" 3
status
is "the table has no reason" "$(echo "$out" | grep -c spoofed)" 0
status vif1.0
is "asked for the vif it has" "$(echo "$out" | tail -n 1)" "vif1.0 dropped: spoofed-ipv4 3"
status -v
is "asked for detail it has" "$(echo "$out" | tail -n 1)" "vif1.0 dropped: spoofed-ipv4 3"

# who has 10.0.0.254, tell 10.0.0.2; padded to 46 bytes
arp=${broadcast}${mac1}0806000108000604
arp+=0001${mac1}0a0000020000000000000a0000fe$(printf '00%.0s' {1..18})
send g1.0 "$arp"
# from another's MAC
send g1.0 "${broadcast}02000000000a0800$(udp 10.0.0.1 10.0.0.254)" "${broadcast}02000000000a0800$(udp 10.0.0.1 10.0.0.254)"
# an unknown protocol
send g1.0 "${broadcast}${mac1}88b5$(printf '00%.0s' {1..46})"
is "every reason by itself, the most first" "$(of_vif vif1.0 | tr ',' '\n' | cut -d' ' -f1,2 | xargs)" \
	"spoofed-ipv4 3 spoofed-mac 2 ethertype 1 spoofed-arp 1"
is "bytes" "$(of_vif vif1.0 | tr ',' '\n' | grep spoofed-mac)" "spoofed-mac 2 56"
is "the sum" "$(dropped_column vif1.0)" 7
status 1
is "one line, all reasons" "$(echo "$out" | tail -n 1)" \
	"vif1.0 dropped: spoofed-ipv4 3, spoofed-mac 2, ethertype 1, spoofed-arp 1"
quiet_guest 2 ip=10.0.0.2 vifname=web0
is "another vif has its own" "$(of_vif vif2.0):$(dropped_column web0)" :0
send g2.0 "${broadcast}00163e0002000800$(udp 10.0.0.7 10.0.0.254)"
is "by the name that it has" "$(of_vif vif2.0)" "spoofed-ipv4 1 28"
is "which changes nothing of the first" "$(dropped_column vif1.0)" 7

# -- who may not look
nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$XNM" status "$@" 2>/dev/null
}
is "nobody does not know" "$(nobody | grep '^vif1\.0' | grep -o 'unknown')" unknown
is "nobody: JSON" "$(nobody --json | jq -c '.vifs[0].dropped, .outside.dropped')" null$'\n'null

# -- gone with the vif
hotplug offline 1 0
guest_rm 1 0
quiet_guest 1 ip=10.0.0.1
is "the next guest of that number begins at 0" "$(of_vif vif1.0):$(dropped_column vif1.0)" :0
for d in 1 2; do
	hotplug offline $d 0
	guest_rm $d 0
done

# -- networks
ip netns add outer
ip link add wan0 type veth peer name eth0 netns outer
ip addr add 192.0.2.1/24 dev wan0
ip link set wan0 up
ip -n outer link set eth0 up
ip netns exec outer sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=wan0

[network inner]
bridge=xnmnat
address=10.77.0.1/24
forward=nat
uplink=wan

[network closed]
bridge=xnmnone
address=10.78.0.1/24
forward=none
isolated=yes

[network listed]
bridge=xnmacl
address=10.79.0.1/24
forward=nat
uplink=wan
acl=no-dns

[network edge]
backend=route
forward=route
uplink=wan

[acl no-dns]
default=allow
rule=drop egress 192.0.2.53

[vif inner*]
network=inner

[vif closed1]
network=closed
address=10.78.0.3

[vif closed2]
network=closed
address=10.78.0.4

[vif listed*]
network=listed

[vif edge1]
network=edge
address=10.80.0.6

[vif edge2]
network=edge
address=10.80.0.7
END
try "$XNM" check
like "the policy" "$out" 'no mistakes'
quiet_guest 2 name=inner1
quiet_guest 3 name=closed1
quiet_guest 4 name=closed2
quiet_guest 5 name=listed1
quiet_guest 6 name=edge1
quiet_guest 7 name=edge2

# to BRIDGE D SOURCE DESTINATION: a frame from guest D to the host, which is to pass it on
to() {
	send "g$2.0" "$(link_mac "$1" | tr -d :)$(printf '00163e%04x00' "$2")0800$(udp "$3" "$4")"
}
is "no network has dropped anything" \
	"$(of_network inner)$(of_network closed)$(of_network listed)$(of_network edge)" ""
is "the table of networks" "$("$XNM" status | sed -n '/^NETWORK/,$p' | tr -s ' ')" \
	"NETWORK BRIDGE FORWARD UPLINKS VIFS DROPPED STATE
closed xnmnone none - 2 0 ok
edge - route wan0 2 - -
inner xnmnat nat wan0 1 0 ok
listed xnmacl nat wan0 1 0 ok"

to xnmnat 2 10.77.0.5 10.77.0.1
to xnmnat 2 10.77.0.5 10.77.0.1
is "a service that the host does not offer" "$(of_network inner)" "host 2 56"
is "is not the vif's" "$(of_vif vif2.0)" ""
to xnmnat 2 10.77.0.5 10.78.0.3
is "another network" "$(of_network inner)" "host 2 56,forward 1 28"
to xnmnat 2 10.77.0.5 127.0.0.1
is "the host's loopback" "$(of_network inner)" "host 2 56,forward 1 28,loopback 1 28"
is "the table has the sum" "$(dropped_column inner)" 4
to xnmnone 3 10.78.0.3 192.0.2.9
to xnmnone 3 10.78.0.3 10.78.0.4
is "outside of a closed network, and an isolated neighbour" "$(of_network closed)" "forward 1 28,isolated 1 28"
to xnmacl 5 10.79.0.5 192.0.2.53
is "what the access list has" "$(of_network listed)" "acl 1 28"
to vif6.0 6 10.80.0.6 10.77.0.5
to vif6.0 6 10.80.0.6 192.0.2.1
is "a routed network" "$(of_network edge)" "forward 1 28,host 1 28"
to vif6.0 6 10.80.0.99 192.0.2.1
is "a routed network has not what its vif is not let" "$(of_network edge)" "forward 1 28,host 1 28"
is "the routed vif has all" "$(of_vif vif6.0)" "forward 1 28,host 1 28,spoofed-ipv4 1 28"
to vif7.0 7 10.80.0.7 192.0.2.1
is "a routed network adds up its vifs" "$(of_network edge)" "host 2 56,forward 1 28"
is "each of which has its own" "$(of_vif vif6.0) $(of_vif vif7.0)" \
	"forward 1 28,host 1 28,spoofed-ipv4 1 28 host 1 28"
is "nothing from outside yet" "$(of_outside)" ""
send outer "$(link_mac wan0 | tr -d :)0200000000aa0800$(udp 10.77.0.5 192.0.2.1)"
is "from outside, with an address of a guest" "$(of_outside)" "spoofed-source 1 28"

status -v
is "one line for each" "$(echo "$out" | sed -n '/dropped:/p')" \
	"vif6.0 dropped: forward 1, host 1, spoofed-ipv4 1
vif7.0 dropped: host 1
network closed dropped: forward 1, isolated 1
network edge dropped: host 2, forward 1
network inner dropped: host 2, forward 1, loopback 1
network listed dropped: acl 1
outside dropped: spoofed-source 1"
status inner1
is "asked for a vif: its network's, and not another's" "$(echo "$out" | grep '^network ')" \
	"network inner dropped: host 2, forward 1, loopback 1"
status edge2
is "asked for a vif: of the network all" "$(echo "$out" | grep ' dropped: ')" \
	"vif7.0 dropped: host 1
network edge dropped: host 2, forward 1
outside dropped: spoofed-source 1"
status closed2
is "a vif without drops in a network with some" "$(echo "$out" | grep dropped: | head -n 1)" \
	"network closed dropped: forward 1, isolated 1"
dump_loads "with counters"
for d in 2 3 4 5 6 7; do
	try hotplug offline $d 0
	is "guest $d goes offline" "$rc:$out" 0:
	guest_rm $d 0
done

# -- every reason that there is
sed -n '/xnm_drop_reasons\[\] = {/,/};/p' "$netns_top/hotplug/core/elements/drop_reasons.c" | grep -o '"[^"]*"' | tr -d '"' >$T/reasons
check "the reasons are found" grep -qx spoofed-mac $T/reasons
is "the manual explains each" "$(while read -r reason; do
	grep -q "^\*.*\*$reason\*\|^\*$reason\*" "$netns_top/hotplug/cli/xnm.8.scd" || echo "$reason"
done <$T/reasons)" ""
is "no networks" "$("$XNM" status --json | jq -c .networks)" '[]'
tap_done
