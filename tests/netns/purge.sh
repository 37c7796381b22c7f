#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# purge.sh - the connections of a guest end with it: the next one with its address inherits none.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

lan_or_skip conntrack
store_start || exit 1
lan_new
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[network a]
bridge=na0
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wan

# only what begins inside may pass
[network pub]
backend=route
forward=route
address=10.0.0.1/32 fe80::1/64
uplink=wan
acl=out

[acl out]
rule=allow egress

[forward web]
network=a
protocol=tcp udp
listen-port=8080
target=owner
target-port=80
END
serve inet inet 80

# owner D [KEY=VALUE]...: a guest with the address that goes from one to the next
owner() {
	guest_new "$1" 0 bridge=a ip="192.168.10.11 fd10::11" name=owner "${@:2}"
	try hotplug online "$1" 0
	assert_online "guest $1" "$1" 0 na0
	lan_guest "$1" 0 192.168.10.1 fd10::1 192.168.10.11/24 fd10::11/64
	listens "$1"
}

# listens D: the guest notes everything that comes to it but ARP and neighbour discovery
listens() {
	inside "g$1.0" nft -f - <<'END'
table inet seen {
	counter frames {}
	chain input {
		type filter hook input priority 0
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert, nd-redirect, mld-listener-query } accept
		counter name frames
	}
}
END
}

heard() {
	inside "g$1.0" nft -j list counter inet seen frames | jq '.nftables[] | .counter // empty | .packets'
}

gone() {
	try hotplug offline "$1" 0
	is "guest $1 goes offline" "$rc:$out" 0:
	guest_rm "$1" 0
}

# stream WHAT NAMESPACE URL: a connection that goes on, into $T/stream.WHAT
declare -A streams=()
stream() {
	local name=$1 i

	: >"$T/stream.$name"
	ip netns exec "$2" curl -sSgN -m 60 "$3" >"$T/stream.$name" 2>&1 &
	streams[$name]=$!
	for ((i = 0; i < 200; i++)); do
		[ "$(wc -l <"$T/stream.$name")" -ge 2 ] && return
		sleep 0.02
	done
	not_ok "the connection $name" "$(cat "$T/stream.$name")"
}

# goes_on NAME WHAT YES|NO: whether more comes
goes_on() {
	local n

	sleep 0.2
	n=$(wc -l <"$T/stream.$2")
	sleep 0.4
	if [ "$(wc -l <"$T/stream.$2")" -gt "$n" ]; then is "$1" yes "$3"; else is "$1" no "$3"; fi
}

streams_end() {
	kill "${streams[@]}" 2>/dev/null
	wait "${streams[@]}" 2>/dev/null
	streams=()
}

# talk NAMESPACE ADDRESS PORT: UDP from port 4444 to a server, and what that says
talk() {
	ip netns exec "$1" python3 -c '
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.bind(("", int(sys.argv[3])))
s.settimeout(2)
s.connect((sys.argv[1], int(sys.argv[2])))
for i in range(3):
    s.send(b"hello")
    print(s.recv(100).decode(), end="")' "$2" "$3" "${4:-4444}"
}

# knock FROM ADDRESS PORT: a client that goes on sending while there is no guest: UDP from its port 4446
knock() {
	ip netns exec "$1" python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 4446))
for i in range(3):
    s.sendto(b"hello", (sys.argv[1], int(sys.argv[2])))' "$2" "$3"
}

# flood FROM ADDRESS PORT: what a peer of an old connection goes on to send: UDP and TCP with data, from its own
# port 80
flood() {
	ip netns exec "$1" python3 -c '
import socket, struct, sys
target, port = sys.argv[1], int(sys.argv[2])
v6 = ":" in target
family = socket.AF_INET6 if v6 else socket.AF_INET
s = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_UDP)
udp = struct.pack("!HHHH", 80, port, 13, 0) + b"stale"
c = socket.socket(family, socket.SOCK_DGRAM)
c.connect((target, port))
source = c.getsockname()[0]
def checksum(proto, data):
    a = socket.inet_pton(family, source) + socket.inet_pton(family, target)
    pseudo = a + struct.pack("!II" if v6 else "!HH", *((len(data), proto) if v6 else (proto, len(data))))
    text = pseudo + data + b"\0" * (len(data) % 2)
    n = sum(struct.unpack("!%dH" % (len(text) // 2), text))
    while n >> 16:
        n = (n & 0xffff) + (n >> 16)
    return struct.pack("!H", ~n & 0xffff)
udp = udp[:6] + checksum(17, udp) + udp[8:]
tcp = struct.pack("!HHIIBBHHH", 80, port, 1000, 1000, 0x50, 0x18, 1000, 0, 0) + b"stale"
tcp = tcp[:16] + checksum(6, tcp) + tcp[18:]
for i in range(3):
    s.sendto(udp, (target, 0))
    t = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP)
    t.sendto(tcp, (target, 0))' "$2" "$3"
}

# -- through NAT and port forwards
owner 1
serve g1.0 guest1 80
# others, whose connections are nobody's business here
guest_new 9 0 bridge=a ip="192.168.10.19 fd10::19" name=other
try hotplug online 9 0
assert_online "another guest" 9 0 na0
dump_loads "before a purge"
lan_guest 9 0 192.168.10.1 fd10::1 192.168.10.19/24 fd10::19/64
stream other4 g9.0 "http://$inet4/stream"
stream other6 g9.0 "http://[$inet6]/stream"
stream nat4 g1.0 "http://$inet4/stream"
stream nat6 g1.0 "http://[$inet6]/stream"
stream forward4 inet "http://10.99.0.1:8080/stream"
stream forward6 inet "http://[2001:db8:99::1]:8080/stream"
like "UDP of the first owner: the server sees a port of the host" "$(talk g1.0 $inet4 80)" 'inet:80 10\.99\.0\.1'
like "with IPv6" "$(talk g1.0 $inet6 80)" 'inet:80 2001:db8:99::1'
like "UDP by the port forward" "$(talk inet 10.99.0.1 8080)" "guest1:80 $inet4"
# the ports that the host has used for it, by which its peers know it
port4=$(tracked 192.168.10.11 | sed -n 's/^udp .*sport=4444 .*dport=\([0-9]*\) .*/\1/p' | head -1)
port6=$(tracked fd10::11 | sed -n 's/^udp .*sport=4444 .*dport=\([0-9]*\) .*/\1/p' | head -1)
is "these are known" "${port4:+4}${port6:+6}" 46
is "connections are tracked: NAT, forward, UDP, both families" \
	"$([ "$(tracked 192.168.10.11 | wc -l)" -ge 4 ] && [ "$(tracked fd10::11 | wc -l)" -ge 3 ] && echo yes)" yes
unserve guest1
goes_on "without any offline, a connection goes on" nat4 yes
gone 1
is "offline: none is left of it, IPv4" "$(tracked 192.168.10.11)" ""
is "offline: none is left of it, IPv6" "$(tracked fd10::11)" ""
like "others have theirs" "$(tracked 192.168.10.19)" 'ESTABLISHED'
like "with IPv6, too" "$(tracked fd10::19)" 'ESTABLISHED'
goes_on "which go on" other4 yes
goes_on "with IPv6, too" other6 yes

for address in 10.99.0.1 2001:db8:99::1; do
	knock inet $address 8080
done
is "a client that goes on sending has begun something with the host" "$(tracked 4446 | grep -c UNREPLIED)" 2
owner 2
serve g2.0 guest2 80
flood inet 10.99.0.1 "$port4"
flood inet 2001:db8:99::1 "$port6"
sleep 0.2
is "what peers of the old one go on to send does not come to the new one" "$(heard 2)" 0
# the host learns its MAC address
guest_ping 2 0 192.168.10.1
guest_ping 2 0 fd10::1
like "now it comes to the guest, from the same port" "$(talk inet 10.99.0.1 8080 4446)" "guest2:80 $inet4"
like "with IPv6, too" "$(talk inet 2001:db8:99::1 8080 4446)" "guest2:80 $inet6"
for what in nat4 nat6 forward4 forward6; do
	goes_on "the old connection $what does not go on" $what no
done
is "nothing is tracked between the old peers and the new owner" \
	"$(tracked 192.168.10.11 | grep ESTABLISHED; tracked fd10::11 | grep ESTABLISHED)" ""
reach "the new one's own do" g2.0 "tcp/$inet4/80=inet:80 10.99.0.1" "tcp/$inet6/80=inet:80 2001:db8:99::1"
reach "and new ones to it" inet "tcp/10.99.0.1/8080=guest2:80 $inet4" "udp/2001:db8:99::1/8080=guest2:80 $inet6"
is "so that it hears something" "$([ "$(heard 2)" -gt 10 ] && echo yes)" yes

# -- a guest that moves within the host keeps its connections
stream moved4 inet "http://10.99.0.1:8080/stream"
stream moved6 inet "http://[2001:db8:99::1]:8080/stream"
guest_new 3 0 bridge=a ip="192.168.10.11 fd10::11" name=owner--incoming mac=00:16:3e:00:02:00
try hotplug online 3 0
assert_online "the same guest in another domain" 3 0 na0
before=$(tracked 192.168.10.11 | grep -c ESTABLISHED)
check "it has some" test "$before" -gt 0
try hotplug offline 3 0
is "the migration fails: its new domain goes offline" "$rc:$out" 0:
is "its connections stay with the old one" "$(tracked 192.168.10.11 | grep -c ESTABLISHED)" "$before"
goes_on "and go on" moved4 yes
try hotplug online 3 0
assert_online "it is tried again" 3 0 na0
try hotplug offline 2 0
is "its old domain goes offline" "$rc:$out" 0:
is "its connections stay" "$(tracked 192.168.10.11 | grep -c ESTABLISHED)" "$before"
unserve guest2
guest_rm 2 0
streams_end
gone 3
is "until it goes itself" "$(tracked 192.168.10.11; tracked fd10::11)" ""

# -- without NAT
# routed_owner D
routed_owner() {
	guest_new "$1" 0 bridge=pub ip="10.99.0.51 2001:db8:99::51"
	try hotplug online "$1" 0
	is "routed guest $1" "$rc:$out" 0:
	lan_guest "$1" 0 10.0.0.1 fe80::1 10.99.0.51/32 2001:db8:99::51/128
	listens "$1"
}
routed_owner 4
stream routed4 g4.0 "http://$inet4/stream"
stream routed6 g4.0 "http://[$inet6]/stream"
like "UDP of the first owner" "$(talk g4.0 $inet4 80)" 'inet:80 10\.99\.0\.51'
like "with IPv6" "$(talk g4.0 $inet6 80)" 'inet:80 2001:db8:99::51'
is "its connections are tracked" "$([ "$(tracked 10.99.0.51 | wc -l)" -ge 2 ] &&
	[ "$(tracked 2001:db8:99::51 | wc -l)" -ge 2 ] && echo yes)" yes
flood inet 10.99.0.51 4444
flood inet 2001:db8:99::51 4444
sleep 0.1
is "its peers' packets come to it" "$([ "$(heard 4)" -ge 6 ] && echo yes)" yes
gone 4
# what its peers go on to send may be tracked again, as something that nobody has answered
is "offline: none is left of it" "$(tracked 10.99.0.51 | grep -v UNREPLIED; tracked 2001:db8:99::51 | grep -v UNREPLIED)" ""
# the router does not know yet that it has gone
for address in 10.99.0.51 2001:db8:99::51; do
	ip -n lan neigh replace $address lladdr "$(link_mac eth0)" dev eth0 nud permanent
	flood inet $address 4444
done
routed_owner 5
flood inet 10.99.0.51 4444
flood inet 2001:db8:99::51 4444
goes_on "the old connection does not go on" routed4 no
goes_on "nor that of IPv6" routed6 no
is "the new owner hears nothing of it" "$(heard 5)" 0
like "but the answers to its own" "$(talk g5.0 $inet4 80)" 'inet:80 10\.99\.0\.51'
gone 5
streams_end

# -- a guest that leaves its address to another without going
cat >>"$XNM_CONFIG" <<'END'

[vif giver]
network=a
address=192.168.10.30 fd10::30
END
guest_new 6 0 name=giver
try hotplug online 6 0
assert_online "a guest whose addresses the policy has" 6 0 na0
lan_guest 6 0 192.168.10.1 fd10::1 192.168.10.30/24 fd10::30/64
stream giver4 g6.0 "http://$inet4/stream"
stream giver6 g6.0 "http://[$inet6]/stream"
sed -i 's/^address=192.168.10.30 fd10::30/address=192.168.10.31 fd10::31/' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "the policy gives it another one" "$rc:$out" 0:
is "none is left of the old one" "$(tracked 192.168.10.30; tracked fd10::30)" ""
goes_on "its connections end" giver4 no
streams_end

# -- without offline
guest_rm 6 0
"$XNM_VIF" gc >/dev/null
guest_new 7 0 name=giver
try hotplug online 7 0
lan_guest 7 0 192.168.10.1 fd10::1 192.168.10.31/24 fd10::31/64
stream lost4 g7.0 "http://$inet4/stream"
stream lost6 g7.0 "http://[$inet6]/stream"
is "a connection of a guest" "$(tracked 192.168.10.31 | grep -c ESTABLISHED) $(tracked fd10::31 | grep -c ESTABLISHED)" "1 1"
guest_rm 7 0
"$XNM_VIF" gc >/dev/null
is "it is lost without offline: gc forgets its connections" "$(tracked 192.168.10.31; tracked fd10::31)" ""
streams_end
gone 9
is "no element is left" "$(elements)" ""
assert_clean "nothing is left"
tap_done
