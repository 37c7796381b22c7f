#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# access.sh - who may talk to whom: isolated guests, closed networks, services of the host, access lists.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

lan_or_skip
store_start || exit 1
lan_new
# from before the first guest: for a later bridge this host would go on forwarding
bridge_new br0
ip link add eth2 type veth peer name eth2 netns lan
ip link set eth2 master br0 up
ip -n lan addr add 10.97.0.254/24 dev eth2
ip -n lan link set eth2 up
# policy [RULE OF THE ACL web]...
policy() {
	cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[network iso]
bridge=iso0
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wan
isolated=yes

# no way out
[network lab]
bridge=lab0
address=192.168.20.1/24 fd20::1/64

[network some]
bridge=some0
address=192.168.30.1/24 fd30::1/64
host-services=none ssh ntp tcp/8000-8002 udp/9000

[network none]
bridge=none0
address=192.168.40.1/24 fd40::1/64
host-services=none

[network all]
bridge=all0
address=192.168.50.1/24 fd50::1/64
host-services=all

[network free]
bridge=free0
address=192.168.60.1/24 fd60::1/64
forward=open

[network servers]
bridge=srv0
address=192.168.70.1/24 fd70::1/64
forward=route
uplink=wan
acl=web

[network pub]
backend=route
forward=route
address=10.0.0.1/32 fe80::1/64
uplink=wan

[network narrow]
bridge=nar0
address=192.168.80.1/24 fd80::1/64
forward=nat
uplink=wan
acl=only81

[network quiet]
bridge=qui0
address=192.168.90.1/24 fd90::1/64
forward=route
uplink=wan

[forward closed]
network=narrow
listen-port=8080
target=192.168.80.12
target-port=80

[forward opened]
network=narrow
listen-port=8081
target=192.168.80.12
target-port=81

[vif special]
network=servers
acl=own

[vif routed]
network=pub
acl=web

[vif vpn]
network=quiet
acl=web
ipv4-allowed=10.66.0.0/24

[vif addressless]
network=quiet
acl=web

[acl only81]
rule=allow ingress tcp port 81
rule=allow egress

[acl own]
rule=allow ingress tcp port 22,80
rule=reject egress tcp port 123
rule=allow egress
default=reject

[acl web]
END
	printf 'rule=%s\n' "$@" >>"$XNM_CONFIG"
}
web=(
	"allow ingress tcp 198.51.100.0/24 port 80,8000-8010"
	"allow ingress tcp 2001:db8:51::/64 port 80,8000-8010"
	"allow ingress icmp 198.51.100.0/25"
	"allow ingress icmpv6 2001:db8:51::/126"
	"reject ingress tcp port 81"
	"reject ingress udp port 81"
	"drop egress udp port 80 log"
	"reject egress tcp 10.99.0.254 port 80-81"
	"reject egress any 2001:db8:99::fe"
	"allow egress"
)
policy "${web[@]}"
ports=(22 53 67 80 81 123 443 547 8000 8001 8002 8003 8010 8011 9000)
serve dom0 dom0 "${ports[@]}"
serve inet inet "${ports[@]}"
serve lan lan 80 81 443

# guest D NETWORK N [KEY=VALUE]...: 192.168.N0.1D and fdN0::1D, with a server
guest() {
	guest_new "$1" 0 bridge="$2" ip="192.168.${3}0.1$1 fd${3}0::1$1" "${@:4}"
	try hotplug online "$1" 0
	lan_guest "$1" 0 "192.168.${3}0.1" "fd${3}0::1" "192.168.${3}0.1$1/24" "fd${3}0::1$1/64"
	serve "g$1.0" "guest$1" 22 80 81 443 8000 8010
}

# counts NAME TABLE DEVICE REASON COMMAND...: the check COMMAND, and that something was counted by it
counts() {
	local name=$1 table=$2 dev=$3 reason=$4 before

	shift 4
	before=$(dropped "$table" "$dev" "$reason")
	"$@"
	if [ "$(dropped "$table" "$dev" "$reason")" -gt "$before" ]; then
		ok "$name"
	else
		not_ok "$name" "$(nft list set "${table% *}" "${table#* }" drops)"
	fi
}

# accepted CHAIN TEXT: packets that the rules of an access list with TEXT in them have counted
accepted() {
	nft list chain inet xnm "$1" | grep -F -- "$2" |
		awk '{ sub(/.*counter packets /, ""); n += $1 } END { print n + 0 }'
}

# -- isolated guests
guest 1 iso 1
assert_online "an isolated guest" 1 0 iso0
guest 2 iso 1
assert_online "another one" 2 0 iso0
for br_nf in 0 1; do
	name="isolated"
	if [ $br_nf = 1 ]; then
		name="isolated, with br_netfilter"
		br_netfilter_set 1 || {
			skip "$name" "this kernel has no br_netfilter"
			continue
		}
	fi
	nowhere "$name: they do not reach each other" g1.0 tcp/192.168.10.12/80 udp/192.168.10.12/80 \
		tcp/fd10::12/80 udp/fd10::12/80
	# by the host, which has both as neighbours
	ip -n g1.0 route replace 192.168.10.12/32 via 192.168.10.1 dev eth0
	ip -n g1.0 route replace fd10::12/128 via fd10::1 dev eth0
	sysctl_set g1.0 ipv4/conf/all/accept_redirects=0 ipv4/conf/eth0/accept_redirects=0 ipv6/conf/eth0/accept_redirects=0
	for family in "4 tcp/192.168.10.12/80 udp/192.168.10.12/80 ping/192.168.10.12" \
		"6 tcp/fd10::12/80 udp/fd10::12/80 ping/fd10::12"; do
		read -ra words <<<"$family"
		counts "$name: and is counted, IPv${words[0]}" "inet xnm" iso0 isolated \
			nowhere "$name: nor by the host, IPv${words[0]}" g1.0 "${words[@]:1}"
	done
	ip -n g1.0 route del 192.168.10.12/32
	ip -n g1.0 route del fd10::12/128
	is "$name: none heard of the other" "$(served guest2)" ""
	reach "$name: they reach the host and what is outside" g1.0 ping/192.168.10.1=yes ping/fd10::1=yes \
		"tcp/192.168.10.1/53=dom0:53 192.168.10.11" "udp/fd10::1/53=dom0:53 fd10::11" \
		"tcp/$inet4/80=inet:80 10.99.0.1" "udp/$inet6/80=inet:80 2001:db8:99::1"
	reach "$name: the host reaches them" dom0 "tcp/192.168.10.11/80=guest1:80 192.168.10.1" \
		"udp/fd10::12/80=guest2:80 fd10::1" ping/192.168.10.12=yes
	served guest2 >/dev/null
done
br_netfilter_set 0

# -- closed networks
guest 3 lab 2
guest 4 some 3
guest 5 none 4
guest 6 all 5
guest 7 free 6
is "networks of all kinds" "$(find "$XNM_RUN_DIR/vif" -type f | wc -l)" 7
counts "and is counted" "inet xnm" lab0 forward \
	nowhere "forward=none: no way out" g3.0 tcp/$inet4/80 udp/$inet4/80 ping/$inet4 tcp/$inet6/80 udp/$inet6/80 \
	ping/$inet6 tcp/$lan4/80 ping/$lan6
for from in "1 iso" "3 lab" "4 some" "6 all" "7 free"; do
	targets=()
	for to in "1 10" "3 20" "4 30" "6 50"; do
		[ "${to% *}" != "${from% *}" ] || continue
		targets+=("tcp/192.168.${to#* }.1${to% *}/80" "udp/fd${to#* }::1${to% *}/80" "ping/fd${to#* }::1${to% *}")
	done
	nowhere "network ${from#* }: its guests reach none of a closed network" "g${from% *}.0" "${targets[@]}"
done
is "they heard of nobody" "$(for d in 1 3 4 5 6; do served guest$d; done | grep -v '192.168...\.1$\|fd.0::1$')" ""

# -- the host's services
reach "by default: DHCP, DNS and ping" g3.0 "udp/192.168.20.1/67=dom0:67 192.168.20.13" \
	"udp/fd20::1/547=dom0:547 fd20::13" "udp/192.168.20.1/53=dom0:53 192.168.20.13" \
	"tcp/192.168.20.1/53=dom0:53 192.168.20.13" "udp/fd20::1/53=dom0:53 fd20::13" \
	"tcp/fd20::1/53=dom0:53 fd20::13" ping/192.168.20.1=yes ping/fd20::1=yes
counts "and is counted" "inet xnm" lab0 host \
	nowhere "nothing else" g3.0 tcp/192.168.20.1/22 tcp/192.168.20.1/80 udp/192.168.20.1/123 tcp/192.168.20.1/67 \
	tcp/fd20::1/22 tcp/fd20::1/443 udp/fd20::1/123 udp/fd20::1/9000 tcp/fd20::1/547
nowhere "at no other address of it" g3.0 tcp/10.99.0.1/22 tcp/10.99.0.1/80 tcp/2001:db8:99::1/22 \
	tcp/192.168.10.1/22 udp/fd10::1/123
reach "but DNS there, too" g3.0 "udp/10.99.0.1/53=dom0:53 192.168.20.13" "tcp/2001:db8:99::1/53=dom0:53 fd20::13"
reach "host-services= opens these" g4.0 "tcp/192.168.30.1/22=dom0:22 192.168.30.14" \
	"udp/192.168.30.1/123=dom0:123 192.168.30.14" "tcp/192.168.30.1/8000=dom0:8000 192.168.30.14" \
	"tcp/fd30::1/8002=dom0:8002 fd30::14" "udp/fd30::1/9000=dom0:9000 fd30::14" "tcp/fd30::1/22=dom0:22 fd30::14"
nowhere "and no others" g4.0 tcp/192.168.30.1/53 udp/192.168.30.1/67 ping/192.168.30.1 ping/fd30::1 \
	tcp/192.168.30.1/8003 tcp/fd30::1/9000 udp/fd30::1/8000 udp/fd30::1/22 tcp/fd30::1/80
nowhere "none opens nothing" g5.0 udp/192.168.40.1/67 udp/192.168.40.1/53 ping/192.168.40.1 tcp/fd40::1/22 ping/fd40::1 \
	udp/fd40::1/53
is "but it finds the host's MAC address" "$(ip -n g5.0 -j neigh show fd40::1 dev eth0 | jq -r '.[].lladdr')" \
	"$(link_mac none0)"
reach "all opens all" g6.0 "tcp/192.168.50.1/22=dom0:22 192.168.50.16" "tcp/fd50::1/443=dom0:443 fd50::16" \
	"udp/192.168.50.1/123=dom0:123 192.168.50.16" "udp/fd50::1/9000=dom0:9000 fd50::16" ping/fd50::1=yes
for d in "3 20" "4 30" "5 40"; do
	reach "the host begins, guest ${d% *} answers" dom0 "tcp/192.168.${d#* }.1${d% *}/80=guest${d% *}:80 192.168.${d#* }.1" \
		"udp/192.168.${d#* }.1${d% *}/80=guest${d% *}:80 192.168.${d#* }.1" \
		"tcp/fd${d#* }::1${d% *}/80=guest${d% *}:80 fd${d#* }::1" \
		"udp/fd${d#* }::1${d% *}/80=guest${d% *}:80 fd${d#* }::1" \
		"ping/192.168.${d#* }.1${d% *}=yes" "ping/fd${d#* }::1${d% *}=yes"
done
reach "also with an error" dom0 tcp/192.168.40.15/9=refused udp/192.168.40.15/9=refused udp/fd40::15/9=refused

# -- what filters nothing
ip -n lan route add 192.168.60.0/24 via 10.99.0.1
ip -n lan route add fd60::/64 via 2001:db8:99::1
reach "forward=open: the host" g7.0 "tcp/192.168.60.1/22=dom0:22 192.168.60.17" "udp/fd60::1/9000=dom0:9000 fd60::17"
reach "forward=open: to the outside, and as itself" g7.0 "tcp/$inet4/80=inet:80 192.168.60.17" "udp/$inet6/80=inet:80 fd60::17"
reach "forward=open: from the outside" inet "tcp/192.168.60.17/80=guest7:80 $inet4" "udp/fd60::17/80=guest7:80 $inet6"
guest_new 8 0 bridge=br0 ip=10.97.0.18
try hotplug online 8 0
assert_online "a bridge without a [network]" 8 0 br0
lan_guest 8 0 10.97.0.254 "" 10.97.0.18/24
serve g8.0 guest8 80
ip addr add 10.97.0.1/24 dev br0
reach "it is open in both directions" lan "tcp/10.97.0.18/80=guest8:80 10.97.0.254" ping/10.97.0.18=yes
reach "also to the host" g8.0 "tcp/10.97.0.1/22=dom0:22 10.97.0.18" "tcp/$inet4/80=inet:80 10.97.0.18"

dump_loads "with networks of all kinds"
for d in 1 2 3 4 5 6 7 8; do
	try hotplug offline $d 0
	[ "$rc:$out" = 0: ] || not_ok "guest $d goes offline" "$out"
	unserve guest$d
	guest_rm $d 0
done
is "no element is left of them" "$(elements)" ""

# -- access lists
guest 1 servers 7
assert_online "a guest with an access list" 1 0 srv0
guest 2 servers 7 name=special
assert_online "one with a list of its own" 2 0 srv0
guest 3 servers 7
ip -n lan route add 192.168.70.0/24 via 10.99.0.1
ip -n lan route add fd70::/64 via 2001:db8:99::1
reach "what the list allows comes in" inet "tcp/192.168.70.11/80=guest1:80 $inet4" \
	"tcp/192.168.70.11/8000=guest1:8000 $inet4" "tcp/192.168.70.11/8010=guest1:8010 $inet4" \
	"tcp/fd70::11/80=guest1:80 $inet6" "tcp/fd70::11/8010=guest1:8010 $inet6" \
	ping/192.168.70.11=yes ping/fd70::11=yes
is "it is counted in its rules" "$([ "$(accepted acl-web-in 'port 80')" -ge 2 ] && echo yes)" yes
counts "and is counted" "inet xnm" srv0 acl \
	nowhere "what it does not say is dropped" inet tcp/192.168.70.11/443 udp/192.168.70.11/80 tcp/fd70::11/443 \
	udp/fd70::11/8000
nowhere "it holds for its addresses only" lan tcp/192.168.70.11/80 tcp/fd70::11/80 ping/192.168.70.11 ping/fd70::11
reach "reject tells" inet tcp/192.168.70.11/81=refused udp/192.168.70.11/81=refused tcp/fd70::11/81=refused \
	udp/fd70::11/81=refused
reach "answers to what the guest began pass" g1.0 "tcp/$inet4/443=inet:443 192.168.70.11" \
	"udp/$inet4/443=inet:443 192.168.70.11" "tcp/$inet6/443=inet:443 fd70::11" "udp/$inet6/443=inet:443 fd70::11" \
	ping/$inet4=yes ping/$inet6=yes ping/$lan4=yes
nowhere "what it may not send is dropped" g1.0 udp/$inet4/80 udp/$inet6/80
reach "or rejected" g1.0 tcp/$lan4/80=refused tcp/$lan4/81=refused tcp/$lan6/80=refused udp/$lan6/443=refused \
	"tcp/$lan4/443=lan:443 192.168.70.11"
nowhere "to the host, too" g1.0 udp/192.168.70.1/80
reach "of which it reaches the services" g1.0 "udp/192.168.70.1/53=dom0:53 192.168.70.11" \
	"tcp/fd70::1/53=dom0:53 fd70::11" ping/192.168.70.1=yes ping/fd70::1=yes
like "a rule logs" "$(nft list chain inet xnm acl-web-out)" 'udp dport 80 .*log prefix "xnm acl web: "'
reach "the host itself always gets in" dom0 "tcp/192.168.70.11/443=guest1:443 192.168.70.1" \
	"tcp/fd70::11/443=guest1:443 fd70::1"
reach "on the bridge, guests are among themselves" g3.0 "tcp/192.168.70.11/443=guest1:443 192.168.70.13"
reach "what the network's list and the vif's own allow comes in" inet "tcp/192.168.70.12/80=guest2:80 $inet4" \
	"tcp/fd70::12/80=guest2:80 $inet6"
reach "what only one of them allows does not" inet tcp/192.168.70.12/22=- tcp/fd70::12/22=- \
	tcp/192.168.70.12/8000=refused tcp/fd70::12/8010=refused
reach "also for what it sends" g2.0 "tcp/$inet4/443=inet:443 192.168.70.12" "udp/$inet6/443=inet:443 fd70::12" \
	tcp/$inet4/123=refused tcp/$inet6/123=refused udp/$inet4/80=- tcp/$lan4/80=refused
reach "which is its own only" g1.0 "tcp/$inet4/123=inet:123 192.168.70.11"

dump_loads "with access lists"
# a routed vif, which a list holds for as well
guest_new 4 0 name=routed ip="10.99.0.54 2001:db8:99::54"
try hotplug online 4 0
is "a routed guest with an access list" "$rc:$out" 0:
lan_guest 4 0 10.0.0.1 fe80::1 10.99.0.54/32 2001:db8:99::54/128
serve g4.0 guest4 22 80 81
reach "routed: the list opens" inet "tcp/10.99.0.54/80=guest4:80 $inet4" "tcp/2001:db8:99::54/80=guest4:80 $inet6" \
	tcp/10.99.0.54/81=refused
nowhere "routed: and closes" inet tcp/10.99.0.54/22 tcp/2001:db8:99::54/22 udp/10.99.0.54/80
nowhere "routed: what it may not send" g4.0 udp/$inet4/80 udp/$inet6/80

# a guest's own list goes by its addresses, so there may be no other way in or out
# not_held NAME TEXT KEY=VALUE...: a guest whom its list could not hold does not start
not_held() {
	guest_new 6 0 "${@:3}"
	try hotplug online 6 0
	assert_refused "$1" 6 0 "$2"
	guest_rm 6 0
}
not_held "a list for a guest of which no address is known" 'acl=' name=addressless
not_held "one with a whole prefix" 'acl=.*subnet' name=routed ip="10.99.0.56 10.77.0.0/28"
not_held "one with other addresses beside its own" 'acl=.*ipv4-allowed' name=vpn ip="192.168.90.16"
for forward in "forward=open" "forward=bridge"; do
	printf '[network x]\naddress=10.9.9.1/24\n%s\nacl=web\n[acl web]\nrule=allow egress\n' $forward >"$T/open.ini"
	refuse "a list in a network that filters nothing, $forward" "$XNM" check "$T/open.ini"
done

# -- with port forwards
guest 7 narrow 8 ip="192.168.80.12 fd80::17"
ip -n g7.0 addr add 192.168.80.12/24 dev eth0
reach "a list holds for port forwards, too" inet "tcp/10.99.0.1/8081=guest7:81 $inet4" tcp/10.99.0.1/8080=-
reach "from everywhere" g3.0 "tcp/10.99.0.1/8081=guest7:81 192.168.70.13" tcp/10.99.0.1/8080=-
reach "but not for the host" dom0 "tcp/10.99.0.1/8080=guest7:80 10.99.0.1"

# -- another policy, while they run
ip netns exec inet curl -sSgN -m 30 "http://192.168.70.11/stream" >"$T/stream" 2>&1 &
stream=$!
sleep 0.3
policy "${web[@]/port 80,8000-8010/port 443}" "allow ingress tcp port 22"
before=$(elements)
like "plan says that the rules are others" "$("$XNM_VIF" plan vif1.0)" 'rules|filter'
reach "as long as nobody says so, nothing changes" inet "tcp/192.168.70.11/80=guest1:80 $inet4" tcp/192.168.70.11/443=-
try "$XNM_VIF" reapply all
is "reapply all" "$rc:$out" 0:
reach "it is open now where the list says so now" inet "tcp/192.168.70.11/443=guest1:443 $inet4" \
	"tcp/fd70::11/443=guest1:443 $inet6" "tcp/192.168.70.11/22=guest1:22 $inet4" \
	tcp/10.99.0.54/443=refused "tcp/10.99.0.54/22=guest4:22 $inet4"
nowhere "and closed where it was open" inet tcp/192.168.70.11/80 tcp/192.168.70.11/8000 tcp/fd70::11/80 tcp/10.99.0.54/80
reach "other lists are as they were" inet "tcp/192.168.70.12/22=guest2:22 $inet4" tcp/192.168.70.12/443=refused \
	"tcp/10.99.0.1/8081=guest7:81 $inet4"
same "the elements are, too" "$(elements | grep -v '^inet ended')" "$before"
n=$(wc -l <"$T/stream")
sleep 0.3
is "a connection that may not begin any more has ended" "$(wc -l <"$T/stream")" "$n"
kill $stream
is "the plan is empty then" "$("$XNM_VIF" plan vif1.0)" "vif1.0 online:
  nothing to do"
sed -i '/^acl=/d' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "without any list" "$rc:$out" 0:
reach "all that is routed is open" inet "tcp/192.168.70.11/80=guest1:80 $inet4" "udp/fd70::11/8000=guest1:8000 $inet6" \
	"tcp/192.168.70.12/80=guest2:80 $inet4" "tcp/10.99.0.54/81=guest4:81 $inet4"
reach "and may send" g1.0 "udp/$inet4/80=inet:80 192.168.70.11" "tcp/$lan4/80=lan:80 192.168.70.11"

for d in 1 2 3 4 7; do
	try hotplug offline $d 0
	[ "$rc:$out" = 0: ] || not_ok "guest $d goes offline" "$out"
	unserve guest$d
	guest_rm $d 0
done
is "no element is left" "$(elements)" ""
assert_clean "nothing is left"
tap_done
