#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tightened.sh - a policy that allows less: connections that it would not let begin end, all others go on.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip conntrack
store_start || exit 1
lan_new
ip -n lan route add 192.168.70.0/24 via 10.99.0.1
ip -n lan route add fd70::/64 via 2001:db8:99::1

# one line for everything that comes: streams of TCP (the server speaks), UDP and pings (the client does)
cat >"$T/flow.py" <<'END'
import os, socket, struct, sys, time
kind, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
def say():
    print("more", flush=True)
if kind == "tcp":
    s = socket.create_connection((address, port), 4)
    s.sendall(b"GET /stream HTTP/1.0\r\n\r\n")
    while s.recv(1000):
        say()
    sys.exit()
if kind == "udp":
    s = socket.socket(family, socket.SOCK_DGRAM)
else:
    v6 = family == socket.AF_INET6
    s = socket.socket(family, socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6 if v6 else socket.IPPROTO_ICMP)
s.settimeout(0.1)
s.connect((address, port))
n = 0
while True:
    n += 1
    try:
        s.send(b"hello" if kind == "udp" else struct.pack("!BBHHH", 128 if v6 else 8, 0, 0, 0, n))
        s.recv(1000)
        # late ones are no more of them
        s.settimeout(0)
        while True:
            try:
                s.recv(1000)
            except BlockingIOError:
                break
        s.settimeout(0.1)
        say()
    except OSError:
        pass
    time.sleep(0.05)
END

declare -A flows=()

# flow WHAT NAMESPACE KIND/ADDRESS/PORT: something that goes on
flow() {
	local kind=${3%%/*} address=${3#*/}
	local -a where=(ip netns exec "$2")

	[ "$2" != dom0 ] || where=()
	[ "$kind" != ping ] || sysctl_set "$2" "ipv4/ping_group_range=0 0"
	: >"$T/flow.$1"
	# no function: it would be its shell that is ended later
	"${where[@]}" python3 -I -S "$T/flow.py" "$kind" "${address%/*}" "${address##*/}" >"$T/flow.$1" 2>&1 &
	flows[$1]=$!
}

# begun: all of them are under way
begun() {
	local name i

	for name in "${!flows[@]}"; do
		for ((i = 0; i < 250; i++)); do
			[ "$(grep -c more "$T/flow.$name")" -lt 2 ] || continue 2
			sleep 0.02
		done
		not_ok "the connection $name begins" "$(tail -n 3 "$T/flow.$name")"
	done
}

# going NAME [end|go on]: what is written to all of the flows that are named so, and has come to them since
declare -A seen=()
mark() {
	local name

	seen=()
	for name in "${!flows[@]}"; do
		seen[$name]=$(grep -c more "$T/flow.$name")
	done
}

# after NAME "ENDED..." "ALLOWED...": which flows end with what has just been done, and which go on
after() {
	local name now wrong=

	# what was on its way, and what is sent once more
	sleep 0.5
	mark
	sleep 0.9
	for name in $2; do
		now=$(grep -c more "$T/flow.$name")
		[ "$now" -eq "${seen[$name]}" ] || wrong+="$name goes on"$'\n'
	done
	for name in $3; do
		now=$(grep -c more "$T/flow.$name")
		[ "$now" -gt "${seen[$name]}" ] || wrong+="$name has ended"$'\n'
	done
	if [ -z "$wrong" ]; then ok "$1"; else not_ok "$1" "${wrong%$'\n'}"; fi
}

flows_end() {
	kill "${flows[@]}" 2>/dev/null
	wait "${flows[@]}" 2>/dev/null
	flows=()
}

# reapply NAME: all vifs, and without a word
reapply() {
	try "$XNM_VIF" reapply all
	is "$1" "$rc:$out" 0:
}

# policy NAME=VALUE...: what differs from one time to the next
declare -A now=()
policy() {
	local pair

	for pair; do
		now[${pair%%=*}]=${pair#*=}
	done
	cat >"$XNM_CONFIG" <<END
[uplink wan]
interface=eth0

[uplink other]
interface=eth1

[network a]
bridge=na0
address=192.168.10.1/24 fd10::1/64
forward=${now[a]:-nat}
${now[a_uplink]-uplink=wan}
host-services=${now[services]:-dhcp dns ping tcp/22 udp/9000}
${now[a_more]:-}

[network r]
bridge=rb0
address=192.168.70.1/24 fd70::1/64
forward=${now[r]:-route}
uplink=wan
${now[r_more]:-}

[network pub]
backend=route
forward=${now[pub]:-route}
address=10.0.0.1/32 fe80::1/64
uplink=wan
${now[pub_more]:-}

[network away]
bridge=aw0
address=192.168.90.1/24 fd90::1/64
forward=none

[acl list]
${now[list]:-rule=allow ingress
rule=allow egress}

[vif web]
network=${now[web]:-r}
${now[web_more]:-}

[vif mover]
network=${now[mover]:-r}

[vif loose]
network=a
address=192.168.10.15 fd10::15
${now[loose_more]:-}
${now[rest]:-}
END
}

# guest D NETWORK PREFIX4 PREFIX6 [KEY=VALUE]...: with servers
guest() {
	guest_new "$1" 0 bridge="$2" ip="$3.1$1 $4::1$1" "${@:5}"
	try hotplug online "$1" 0
	is "guest $1 online" "$rc:$out" 0:
	lan_guest "$1" 0 "$3.1" "$4::1" "$3.1$1/24" "$4::1$1/64"
	serve "g$1.0" "guest$1" 22 80 81 443
}

pairs() {
	nft -j list ruleset | jq '[ .nftables[].set | select(.name? | tostring | test("^ended")) | .elem // [] | length ] | add // 0'
}

forward='
[forward web]
network=r
protocol=tcp udp
listen-port=8080
target=web
target-port=80

[forward fixed]
network=a
protocol=tcp udp
listen-port=8081
target=192.168.10.12
target-port=81'
policy "rest=$forward"
serve inet inet 80 81 443 9000
serve dom0 dom0 22 53 9000
guest 1 r 192.168.70 fd70 name=web
guest 2 a 192.168.10 fd10
guest 3 a 192.168.10 fd10
guest_new 4 0 bridge=pub ip="10.99.0.54 2001:db8:99::54" name=routed
try hotplug online 4 0
is "a routed guest" "$rc:$out" 0:
lan_guest 4 0 10.0.0.1 fe80::1 10.99.0.54/32 2001:db8:99::54/128
serve g4.0 guest4 80 443

# -- another list for the network, then one that is another
flow in80 inet tcp/192.168.70.11/80
flow in80v6 inet tcp/fd70::11/80
flow udp80 inet udp/192.168.70.11/80
flow udp80v6 inet udp/fd70::11/80
flow ping inet ping/192.168.70.11/0
flow pingv6 inet ping/fd70::11/0
flow in443 inet tcp/192.168.70.11/443
flow in443v6 inet tcp/fd70::11/443
flow udp443 inet udp/192.168.70.11/443
flow out g1.0 tcp/$inet4/80
flow outv6 g1.0 tcp/$inet6/80
flow outudp g1.0 udp/$inet4/9000
flow forwarded inet tcp/10.99.0.1/8080
flow forwardedv6 inet "tcp/2001:db8:99::1/8080"
flow nat g2.0 tcp/$inet4/80
flow natv6 g2.0 tcp/$inet6/80
flow nat81 inet tcp/10.99.0.1/8081
flow nat81udp inet udp/10.99.0.1/8081
flow routed inet tcp/10.99.0.54/80
flow host dom0 tcp/192.168.70.11/80
flow hostudp dom0 udp/fd70::11/80
begun
others="nat natv6 routed host hostudp"
policy "r_more=acl=list" "list=rule=allow ingress
rule=allow egress"
reapply "a list that allows all"
after "ends nothing" "" "in80 in80v6 udp80 udp80v6 ping pingv6 in443 in443v6 udp443 out outv6 outudp forwarded forwardedv6 nat81 $others"
policy "list=rule=allow ingress tcp port 443
rule=allow ingress udp port 443
rule=allow egress"
reapply "one that allows less"
after "what may not come in any more ends, both families, and nothing else" \
	"in80 in80v6 udp80 udp80v6 ping pingv6 forwarded forwardedv6" \
	"in443 in443v6 udp443 out outv6 outudp nat81 nat81udp $others"
is "none of them is tracked" "$(tracked 192.168.70.11 | grep -c "src=$inet4 .*dport=80 ") $(tracked fd70::11 | grep -c "src=$inet6 .*dport=80 ")" "0 0"
is "those that have ended are noted" "$(($(pairs) > 0))" 1
for set in ended4 ended6; do
	nft list set inet xnm $set
done >"$T/dump"
try unshare --net nft -f "$T/dump"
is "and the listing of them can be loaded" "$rc:$out" 0:
policy "list=rule=allow ingress tcp port 443
rule=allow egress tcp port 443"
reapply "and less still, also of what goes out"
after "ends" "udp443 out outv6 outudp in80" "in443 in443v6 $others"
reapply "again"
after "and nothing more by itself" "" "in443 in443v6 $others"
policy "list=rule=allow ingress
rule=allow egress"
reapply "all is allowed again"
reach "new ones begin between the same" inet "tcp/192.168.70.11/80=guest1:80 $inet4" "tcp/fd70::11/80=guest1:80 $inet6"
flows_end

# -- a list of a vif's own; of a routed network
flow in80 inet tcp/192.168.70.11/80
flow in80v6 inet tcp/fd70::11/80
flow in443 inet tcp/192.168.70.11/443
flow routed80 inet tcp/10.99.0.54/80
flow routed80v6 inet tcp/2001:db8:99::54/80
flow routed443 inet tcp/10.99.0.54/443
flow routedout g4.0 tcp/$inet4/80
flow nat g2.0 tcp/$inet4/80
begun
policy r_more= "web_more=acl=list" "list=rule=allow ingress tcp port 443
rule=allow egress"
reapply "a vif has a list now"
after "which ends what it does not allow" "in80 in80v6" "in443 nat routed80 routed80v6 routed443 routedout"
policy "pub_more=acl=list"
reapply "a routed network has one"
after "which ends what it does not allow" "in80 routed80 routed80v6" "in443 nat routed443 routedout"
policy "pub_more=" web_more=
reapply "no lists"
flows_end

# -- port forwards
flow forwarded inet tcp/10.99.0.1/8080
flow forwardedv6 inet tcp/2001:db8:99::1/8080
flow forwardedudp inet udp/2001:db8:99::1/8080
flow nat81 inet tcp/10.99.0.1/8081
flow nat81udp inet udp/10.99.0.1/8081
flow hosts dom0 tcp/10.99.0.1/8081
flow in80 inet tcp/192.168.70.11/80
begun
policy "rest=${forward/target-port=80/target-port=9}"
reapply "a forward leads to another port"
after "what came by it ends" "forwarded forwardedv6 forwardedudp" "nat81 nat81udp in80 hosts"
policy "rest=${forward/192.168.10.12/192.168.10.13}"
reapply "another leads to another guest"
after "what came by it ends" "nat81 hosts" "in80"
is "UDP goes to the other guest" "$(tracked 192.168.10.12 | grep -c 'dport=8081 ') $(($(tracked 192.168.10.13 | grep -c 'dport=8081 ') > 0))" "0 1"
flow forwarded inet tcp/10.99.0.1/8080
begun
policy rest=
reapply "no forwards any more"
after "what came by them ends" "forwarded nat81udp" "in80"
flows_end

# -- services of the host
flow ssh g2.0 tcp/192.168.10.1/22
flow sshv6 g2.0 tcp/fd10::1/22
flow udp g2.0 udp/192.168.10.1/9000
flow udpv6 g2.0 udp/fd10::1/9000
flow ping g2.0 ping/192.168.10.1/0
flow pingv6 g2.0 ping/fd10::1/0
flow dns g2.0 udp/192.168.10.1/53
flow dnsv6 g2.0 tcp/fd10::1/53
flow nat g2.0 tcp/$inet4/80
flow host dom0 tcp/192.168.10.12/22
begun
policy "services=dns ping"
reapply "fewer services"
after "those that are none any more end" "ssh sshv6 udp udpv6" "ping pingv6 dns dnsv6 nat host"
policy "services=none"
reapply "none at all"
after "all end" "ssh ping pingv6 dns dnsv6" "nat host"
policy services=
reapply "services again"
flows_end

# -- what a network is
flow nat g2.0 tcp/$inet4/80
flow natv6 g2.0 tcp/$inet6/80
flow natudp g2.0 udp/$inet6/9000
flow natping g2.0 ping/$inet4/0
flow host dom0 tcp/192.168.10.12/80
flow dns g2.0 udp/192.168.10.1/53
flow in80 inet tcp/192.168.70.11/80
flow in80v6 inet udp/fd70::11/80
flow out g1.0 tcp/$inet4/80
flow pub g1.0 tcp/10.99.0.54/80
flow pubv6 g4.0 tcp/fd70::11/80
begun
policy "a_uplink=uplink=wan other"
reapply "a network may leave by another uplink, too"
after "which ends nothing" "" "nat natv6 natudp natping host dns in80 in80v6 out pub pubv6"
policy "a_uplink=uplink=other"
reapply "a network leaves by another uplink only"
after "what left by the first ends" "nat natv6 natudp natping" "host dns in80 in80v6 out pub pubv6"
policy "a_uplink=uplink=wan"
reapply "back"
flow nat2 g2.0 tcp/$inet4/80
flow nat2v6 g2.0 udp/$inet6/80
begun
policy "r=nat"
reapply "a network is reached from outside no more"
after "what came in ends, and what was between routed networks" "in80 in80v6 pub pubv6" "out host dns nat2 nat2v6"
policy "a=none" a_uplink= "r=route"
reapply "a network has no way out any more"
after "what left ends" "nat2 nat2v6 natudp" "host dns"
policy "a=nat" "a_uplink=uplink=wan"
reapply "and one again"
flows_end

# -- from open to closed, with other networks beside it
policy "r=open"
reapply "a network is open"
flow in80 inet tcp/192.168.70.11/80
flow ssh g1.0 tcp/192.168.70.1/22
flow out g1.0 tcp/$inet4/80
flow nat g2.0 tcp/$inet4/80
begun
policy "r=route"
reapply "it is closed"
after "what it does not open ends" ssh "in80 out nat"
flows_end

# -- guests of one bridge, by way of the host
sysctl_set dom0 ipv4/conf/all/send_redirects=0 ipv4/conf/na0/send_redirects=0
for d in "2 3" "3 2"; do
	ip -n "g${d% *}.0" route replace "192.168.10.1${d#* }/32" via 192.168.10.1 dev eth0
	ip -n "g${d% *}.0" route replace "fd10::1${d#* }/128" via fd10::1 dev eth0
	sysctl_set "g${d% *}.0" ipv4/conf/all/accept_redirects=0 ipv4/conf/eth0/accept_redirects=0 ipv6/conf/eth0/accept_redirects=0
done
flow beside g2.0 tcp/192.168.10.13/80
flow besidev6 g2.0 tcp/fd10::13/80
flow nat g2.0 tcp/$inet4/80
begun
policy "a_more=isolated=yes"
reapply "guests are isolated"
after "what was between them ends" "beside besidev6" nat
is "and is not tracked" "$(tracked 192.168.10.13 | grep -c src=192.168.10.12) $(tracked fd10::13 | grep -c src=fd10::12)" "0 0"
policy a_more=
reapply "not any more"
flows_end

# -- a vif that moves: with addresses that the policy gives, and with some that nobody knows
policy "web_more=address=192.168.70.11 fd70::11"
guest_new 6 0 bridge=nothing name=mover
try hotplug online 6 0
assert_online "a guest whose addresses nobody knows" 6 0 rb0
lan_guest 6 0 192.168.70.1 fd70::1 192.168.70.16/24 fd70::16/64
serve g6.0 guest6 80
flow in80 inet tcp/192.168.70.16/80
flow in80v6 inet tcp/fd70::16/80
flow out g6.0 tcp/$inet4/80
flow outudp g6.0 udp/$inet6/80
flow web80 inet tcp/192.168.70.11/80
flow webout g1.0 tcp/$inet6/80
flow nat g2.0 tcp/$inet4/80
begun
policy mover=away
reapply "it moves to a network without a way out"
after "its connections end" "in80 in80v6 out outudp" "nat web80 webout"
is "none is tracked" "$(tracked 192.168.70.16; tracked fd70::16)" ""
policy web=away "web_more=address=192.168.90.11 fd90::11"
reapply "the other one moves, and gets other addresses"
after "its connections end" "web80 webout" nat
policy web=r web_more= mover=r
reapply "they come back"
flows_end
try hotplug offline 6 0
is "guest 6 goes offline" "$rc:$out" 0:
guest_rm 6 0

# -- what it may be called
policy "loose_more=locking-mode=unlocked"
guest_new 5 0 name=loose
try hotplug online 5 0
assert_online "an unlocked guest" 5 0 na0
lan_guest 5 0 192.168.10.1 fd10::1 192.168.10.15/24 fd10::15/64
ip -n g5.0 addr add 192.168.10.77/32 dev eth0
ip -n g5.0 addr add fd10::77/128 dev eth0
ip -n g5.0 route replace $inet4 via 192.168.10.1 dev eth0 src 192.168.10.77
ip -n g5.0 route replace $inet6 via fd10::1 dev eth0 src fd10::77
flow borrowed g5.0 tcp/$inet4/80
flow borrowedv6 g5.0 tcp/$inet6/80
policy "rest=
[forward own]
network=a
listen-port=8081
target=loose
target-port=81"
serve g5.0 guest5 81
reapply "a forward"
flow own inet tcp/10.99.0.1/8081
flow nat g2.0 tcp/$inet4/80
begun
policy loose_more=
reapply "it is locked"
after "what has another's address ends" "borrowed borrowedv6" "own nat"
is "and is not tracked" "$(tracked 192.168.10.77; tracked fd10::77)" ""
flows_end

# -- connections that others have announced: FTP, by its helper
cat >"$T/ftp.py" <<'END'
# a server of FTP that only knows PORT and EPRT: it connects, and speaks on that connection until it ends
import re, socket, sys, threading, time
def serve(s):
    f = s.makefile("rb")
    for line in f:
        m = re.match(rb"PORT (\d+),(\d+),(\d+),(\d+),(\d+),(\d+)", line)
        if not m:
            continue
        n = [int(x) for x in m.groups()]
        data = socket.create_connection((".".join(map(str, n[:4])), n[4] * 256 + n[5]), 4)
        threading.Thread(target=speak, args=(data,), daemon=True).start()
def speak(data):
    while True:
        data.sendall(b"more\n")
        time.sleep(0.05)
l = socket.socket()
l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
l.bind(("0.0.0.0", 21))
l.listen(5)
print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=(l.accept()[0],), daemon=True).start()
END
cat >"$T/ftp-client.py" <<'END'
import socket, sys, time
control = socket.create_connection((sys.argv[1], 21), 4)
me = control.getsockname()[0]
l = socket.socket()
l.bind((me, 0))
l.listen(1)
l.settimeout(4)
port = l.getsockname()[1]
control.sendall(b"USER x\r\n")
time.sleep(0.3)
control.sendall(("PORT %s,%d,%d\r\n" % (me.replace(".", ","), port // 256, port % 256)).encode())
data = l.accept()[0]
while data.recv(1000):
    print("more", flush=True)
END
if nft -f - <<'END' 2>"$T/helper"; then
table inet helpers {
	ct helper ftp { type "ftp" protocol tcp; }
	chain set-helper {
		type filter hook prerouting priority 0
		tcp dport 21 ct helper set "ftp"
	}
}
END
	policy rest= "r=route" "r_more=acl=list" "list=rule=allow egress tcp port 21,80"
	reapply "only what guests begin, to two ports"
	ip netns exec inet python3 -I -S "$T/ftp.py" >"$T/ftp.log" 2>&1 &
	ftp=$!
	for _ in {1..100}; do
		! grep -q ready "$T/ftp.log" || break
		sleep 0.02
	done
	for name in r:g1.0 a:g2.0; do
		: >"$T/flow.ftp-${name%:*}"
		ip netns exec "${name#*:}" python3 -I -S "$T/ftp-client.py" $inet4 >"$T/flow.ftp-${name%:*}" 2>&1 &
		flows[ftp-${name%:*}]=$!
	done
	flow out g1.0 tcp/$inet4/80
	begun
	policy "list=rule=allow egress tcp port 21"
	reapply "less"
	after "what was announced on a connection that may go on, goes on" out "ftp-r ftp-a"
	policy "list=rule=allow egress tcp port 443"
	reapply "and less"
	after "and ends with it" "ftp-r" "ftp-a"
	policy r_more=
	reapply "all again"
	flows_end
	kill $ftp
	nft delete table inet helpers
else
	skip "related connections" "this kernel has no helper for FTP: $(head -n 1 "$T/helper")"
fi

# -- while the rules were away
policy "services=dns ping" rest=
reapply "two services"
# somebody else who tracks connections
nft 'add table inet mine; add chain inet mine c { type filter hook input priority 10; }; add rule inet mine c ct state established accept'
nft delete table inet xnm
nft delete table bridge xnm
flow ssh g2.0 tcp/192.168.10.1/22
flow sshv6 g2.0 tcp/fd10::1/22
flow dns g2.0 tcp/192.168.10.1/53
flow host dom0 tcp/192.168.10.12/80
begun
reapply "the rules come back"
after "what began without them, and may not, ends" "ssh sshv6" "dns host"
flows_end
nft delete table inet mine

for d in 1 2 3 4 5; do
	try hotplug offline $d 0
	[ "$rc:$out" = 0: ] || not_ok "guest $d goes offline" "$out"
	guest_rm $d 0
done
is "no element is left" "$(elements)" ""
assert_clean "nothing is left"
tap_done
