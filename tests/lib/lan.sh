# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lan.sh - a simulated LAN with a router and an internet behind it, servers that say who asked, and probes.
#
# A test sources netns.sh first, then this file:
#
#	dom0                         lan (a router)                  inet
#	eth0 10.99.0.1/24 ========== eth0 10.99.0.254
#	     2001:db8:99::1/64            2001:db8:99::fe
#	                                     inet0 198.51.100.1 ==== eth0 198.51.100.2
#	                                           2001:db8:51::1         2001:db8:51::2
#	eth1 10.98.0.1/24 ========== eth1 10.98.0.254                     203.0.113.2
#	     2001:db8:98::1/64            2001:db8:98::fe                 2001:db8:113::2
#
# dom0 reaches 203.0.113.2 and 2001:db8:113::2 by eth1, and the rest by eth0.
# Nobody but dom0 has a route to any guest.

inet4=198.51.100.2 inet6=2001:db8:51::2
other4=203.0.113.2 other6=2001:db8:113::2
lan4=10.99.0.254 lan6=2001:db8:99::fe

# lan_missing [PROGRAM]...: print what these tests lack, or nothing
# shellcheck disable=SC2120 # most need no more
lan_missing() {
	local what

	for what in nft curl python3 "$@"; do
		command -v "$what" >/dev/null || {
			echo "$what is not installed (tests/lib/deps.sh test)"
			return
		}
	done
}

# lan_or_skip [PROGRAM]...: end the test here if they lack something
# shellcheck disable=SC2120 # as above
lan_or_skip() {
	local why

	why=$(lan_missing "$@")
	[ -n "$why" ] || return 0
	skip "$(basename "$0" .sh)" "$why"
	tap_done
	exit
}

# inside NAMESPACE COMMAND...: dom0 is the test's own namespace
inside() {
	if [ "$1" = dom0 ]; then
		"${@:2}"
	else
		ip netns exec "$@"
	fi
}

# sysctl_set NAMESPACE PATH=VALUE...: below /proc/sys/net
sysctl_set() {
	# shellcheck disable=SC2016 # the inner shell expands it
	inside "$1" sh -c 'for pair; do echo "${pair#*=}" >"/proc/sys/net/${pair%%=*}"; done' sh "${@:2}"
}

# sysctl_get PATH: of dom0
sysctl_get() {
	cat "/proc/sys/net/$1"
}

# lan_namespace NAME: one whose addresses work at once
lan_namespace() {
	[ "$1" = dom0 ] || ip netns add "$1"
	sysctl_set "$1" ipv6/conf/all/accept_dad=0 ipv6/conf/default/accept_dad=0 \
		ipv4/conf/all/rp_filter=0 ipv4/conf/default/rp_filter=0
	[ "$1" = dom0 ] || ip -n "$1" link set lo up
}

# lan_link IFNAME V4 V6: an interface of dom0 that leads to the router, and their addresses: V4.1 and V6::1, V4.254 and V6::fe
lan_link() {
	ip link add "$1" type veth peer name "$1" netns lan
	ip -n lan addr add "$2.254/24" dev "$1"
	ip -n lan addr add "$3::fe/64" dev "$1"
	ip -n lan link set "$1" up
	ip addr add "$2.1/24" dev "$1"
	ip addr add "$3::1/64" dev "$1"
	ip link set "$1" up
}

# br_netfilter_set 0|1: whether rules for routed packets see bridged ones; fails where the kernel has no such thing
br_netfilter_set() {
	[ -e /proc/sys/net/bridge ] || return 1
	sysctl_set dom0 bridge/bridge-nf-call-iptables="$1" bridge/bridge-nf-call-ip6tables="$1"
}

# lan_new: all of the above, with a host that forwards nothing
lan_new() {
	lan_namespace dom0
	lan_namespace lan
	lan_namespace inet
	sysctl_set dom0 ipv4/ip_forward=0 ipv6/conf/all/forwarding=0
	br_netfilter_set 0
	sysctl_set lan ipv4/ip_forward=1 ipv6/conf/all/forwarding=1
	lan_link eth0 10.99.0 2001:db8:99
	lan_link eth1 10.98.0 2001:db8:98
	ip -n lan link add inet0 type veth peer name eth0 netns inet
	ip -n lan addr add 198.51.100.1/24 dev inet0
	ip -n lan addr add 2001:db8:51::1/64 dev inet0
	ip -n lan link set inet0 up
	ip -n inet addr add $inet4/24 dev eth0
	ip -n inet addr add $inet6/64 dev eth0
	ip -n inet addr add $other4/32 dev eth0
	# not the address that it speaks with
	ip -n inet addr add $other6/128 dev eth0 preferred_lft 0
	ip -n inet link set eth0 up
	ip -n inet route add default via 198.51.100.1
	ip -n inet route add default via 2001:db8:51::1
	ip -n lan route add $other4 via $inet4
	ip -n lan route add $other6 via $inet6
	ip route add default via $lan4
	ip route add default via $lan6
	ip route add $other4 via 10.98.0.254
	ip route add $other6 via 2001:db8:98::fe
}

# lan_guest D N GATEWAY4 GATEWAY6 ADDRESS/LEN...: configure the guest's interface, with default routes
lan_guest() {
	local netns=g$1.$2 gw4=$3 gw6=$4

	guest_up "$1" "$2" "${@:5}"
	[ -z "$gw4" ] || ip -n "$netns" route replace default via "$gw4" dev eth0 onlink
	[ -z "$gw6" ] || ip -n "$netns" route replace default via "$gw6" dev eth0 onlink
	ip -n "$netns" link set lo up
}

# ----------------------------------------------------------------- servers

declare -A servers=()

# a server of HTTP and of UDP: "NAME:PORT CLIENT" is the answer to everything, and a line of $T/log.NAME
cat >"$T/server.py" <<'END'
import http.server, socket, socketserver, sys, threading, time

name, log = sys.argv[1], open(sys.argv[2], "a", buffering=1)

def answer(proto, port, client):
    log.write("%s %d %s\n" % (proto, port, client))
    return ("%s:%d %s\n" % (name, port, client)).encode()

class Http(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = answer("tcp", self.server.server_address[1], self.client_address[0])
        self.send_response(200)
        if self.path != "/stream":
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        # a connection that goes on
        while self.path == "/stream":
            time.sleep(0.05)
            self.wfile.write(text)
    def log_message(self, *args):
        pass

# answers come from the address that was asked, also on a host with several
class Udp(socketserver.BaseRequestHandler):
    def handle(self):
        text = answer("udp", self.server.server_address[1], self.client_address[0])
        self.server.socket.sendmsg([text], self.request, 0, self.client_address)

class Server:
    allow_reuse_address = True
    daemon_threads = True
    def server_bind(self):
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # connections to a server that is asked by many at once
        self.request_queue_size = 64
        socketserver.TCPServer.server_bind(self)
    def handle_error(self, *args):
        pass

class Tcp4(Server, socketserver.ThreadingTCPServer): pass
class Tcp6(Tcp4): address_family = socket.AF_INET6
class Udp4(Server, socketserver.ThreadingUDPServer):
    # IP_PKTINFO or IPV6_RECVPKTINFO, and with which of them it comes
    level, option, kind = socket.IPPROTO_IP, 8, 8
    def server_bind(self):
        Server.server_bind(self)
        self.socket.setsockopt(self.level, self.option, 1)
    def get_request(self):
        data, infos, flags, client = self.socket.recvmsg(2000, 100)
        info = [i[2] for i in infos if i[1] == self.kind][0]
        info = info[:16] + bytes(4) if self.kind == 50 else bytes(4) + info[4:8] + bytes(4)
        return [(self.level, self.kind, info)], client
class Udp6(Udp4):
    address_family = socket.AF_INET6
    level, option, kind = socket.IPPROTO_IPV6, 49, 50

for word in sys.argv[3:]:
    address, _, port = word.rpartition("@")
    for any_address, tcp, udp in (("0.0.0.0", Tcp4, Udp4), ("::", Tcp6, Udp6)):
        if address and (":" in address) != (":" in any_address):
            continue
        for server in (tcp((address or any_address, int(port)), Http),
                       udp((address or any_address, int(port)), Udp)):
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
END

# serve NAMESPACE NAME [ADDRESS@]PORT...: TCP and UDP of both families, or of that address
serve() {
	local netns=$1 name=$2 i

	shift
	# what is in the pipe of a file is not lost, and nothing is waited for that has ended
	: >"$T/ready.$name"
	inside "$netns" python3 "$T/server.py" "$name" "$T/log.$name" "${@:2}" \
		>"$T/ready.$name" 2>&1 </dev/null &
	servers[$name]=$!
	for ((i = 0; i < 500; i++)); do
		grep -qs '^ready' "$T/ready.$name" && return 0
		kill -0 "${servers[$name]}" 2>/dev/null || break
		sleep 0.02
	done
	not_ok "the server $name" "$(cat "$T/ready.$name")"
}

# unserve NAME...
unserve() {
	local name

	for name in "$@"; do
		kill "${servers[$name]}"
		wait "${servers[$name]}" 2>/dev/null
		unset "servers[$name]"
	done
}

# lan_gone D...: guests that serve as "guestD" go, and their servers with them
# shellcheck disable=SC2154 # try() of netns.sh sets rc and out
lan_gone() {
	local d

	for d in "$@"; do
		try hotplug offline "$d" 0
		[ "$rc:$out" = 0: ] || not_ok "guest $d goes offline" "$out"
		unserve "guest$d"
		guest_rm "$d" 0
	done
}

# served NAME: what its log says since the last call, "PROTOCOL PORT CLIENT" per line, each once
served() {
	sort -u "$T/log.$1" 2>/dev/null
	: >"$T/log.$1"
}

# ------------------------------------------------------------------ probes

# seconds that an answer may take that should come, and one that should not
probe_seconds=4
probe_silence=0.4

# bracketed ADDRESS: as it is written in an URL
bracketed() {
	case $1 in *:*) echo "[$1]" ;; *) echo "$1" ;; esac
}

# reach NAME FROM[@SOURCE] WHAT=ANSWER...: all of these at once; WHAT is tcp/ADDRESS/PORT, udp/ADDRESS/PORT or ping/ADDRESS
#
# The answer of a server is "NAME:PORT CLIENT", that of a ping is "yes". "refused" is an error, "reset" one in the
# middle, and "-" is none. "FROM[@SOURCE]>WHAT" is from elsewhere. What comes up only now may need a second try.
reach() {
	local name=$1 i from wrong=
	local -a what answers sources=() expected=()

	from=$2
	shift 2
	what=("$@")
	for i in "${!what[@]}"; do
		sources[i]=$from
		case ${what[i]%%=*} in
		*">"*)
			sources[i]=${what[i]%%>*}
			what[i]=${what[i]#*>}
			;;
		esac
		expected[i]=${what[i]#*=}
		what[i]=${what[i]%%=*}
	done
	# shellcheck disable=SC2154 # netns.sh sets it
	for i in "${!what[@]}"; do
		echo "${sources[i]} ${what[i]} ${expected[i]}"
	done | python3 -I -S "$netns_top/tests/lib/probe.py" "$probe_seconds" "$probe_silence" >"$T/answers" 2>&1
	mapfile -t answers <"$T/answers"
	for i in "${!what[@]}"; do
		[ "${answers[i]:-}" = "${expected[i]}" ] ||
			wrong+="from ${sources[i]}, ${what[i]}: got '${answers[i]:-}', wanted '${expected[i]}'"$'\n'
	done
	if [ -z "$wrong" ]; then ok "$name"; else not_ok "$name" "${wrong%$'\n'}"; fi
}

# nowhere NAME FROM[@SOURCE] WHAT...: none of these answers
nowhere() {
	local name=$1 from=$2

	shift 2
	reach "$name" "$from" "${@/%/=-}"
}

# iperf_server NAMESPACE PORT: for as many tests as come, one after the other
iperf_server() {
	inside "$1" iperf3 -s -p "$2" -D >/dev/null 2>&1
	for _ in {1..100}; do
		inside "$1" ss -ltn "sport = :$2" | grep -q LISTEN && break
		sleep 0.02
	done
}

# throughput NAME NAMESPACE ADDRESS PORT [OPTION OF iperf3]...: 5 Mbit/s for a second, as the receiver counts it
throughput() {
	local name=$1 netns=$2 i mbits

	# a machine with more to do may need another try
	for ((i = 0; i < 3; i++)); do
		mbits=$(inside "$netns" iperf3 -c "$3" -p "$4" -t 1 -J "${@:5}" |
			jq -r '.error // ((.end.sum_received // .end.sum).bits_per_second / 1000000 | floor)')
		case $mbits in
		'' | *[!0-9]*) ;;
		*) ((mbits < 5)) || break ;;
		esac
		sleep 0.2
	done
	if ((i < 3)); then ok "$name"; else not_ok "$name" "$mbits Mbit/s, wanted 5 at least"; fi
}

# ---------------------------------------------------------------- counters

# dropped TABLE DEVICE REASON: how many packets were, of "bridge xnm" or "inet xnm"
dropped() {
	# shellcheck disable=SC2086 # two words, on purpose
	nft -j list set $1 drops 2>/dev/null | jq -r --arg dev "$2" --arg why "$3" '
		[ .nftables[] | .set // empty | .elem // [] | .[] | .elem
		| select(.val.concat == [$dev, $why]) | .counter.packets ] | add // 0'
}

# rules: all of nftables but sets' elements and counters, with the handle of each rule
rules() {
	nft -a -s -t list ruleset
}

# elements: what is in our tables' sets, but for what was counted
elements() {
	nft -j list ruleset | jq -r '.nftables[] | (.set // .map) // empty
		| select(.table == "xnm" and .name != "drops") | select(.elem)
		| "\(.family) \(.name): \(.elem[] | tojson)"' | sort
}

# tracked ADDRESS: entries of the connection table that have it
tracked() {
	{
		conntrack -L -f ipv4
		conntrack -L -f ipv6
	} 2>/dev/null | grep -F "=$1 "
}
