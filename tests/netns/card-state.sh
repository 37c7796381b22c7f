#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# card-state.sh - all kinds of state that a kernel keeps by a card's number move with it into a bridge and back, or it stays.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1
lan_new

# policy [LINE]...: one network with these lines
policy() {
	printf '%s\n' "[network lan]" bridge=br0 start=boot forward=bridge address=192.168.77.1/24 "$@" >"$XNM_CONFIG"
}

# udev VERB [ARGUMENT]...
udev() {
	try "$LAUNCH" -t 20 "$XNM_UDEV" "$@"
}

settings="ipv4/rp_filter ipv4/accept_redirects ipv4/accept_local ipv4/log_martians ipv4/arp_ignore ipv4/arp_announce
	ipv4/arp_filter ipv4/src_valid_mark ipv6/accept_dad ipv6/dad_transmits ipv6/use_tempaddr ipv6/hop_limit
	ipv6/ndisc_notify ipv6/proxy_ndp ipv6/use_oif_addrs_only"

# state DEVICE: what the kernel keeps by its number or name, without either, and without what counts down
state() {
	local setting

	ip -j -d addr show dev "$1" | jq -r --arg dev "$1" '.[0].addr_info | sort_by(.dadfailed) | .[] | select(.scope != "link" or .family == "inet")
		| select(.local != "192.168.77.1")
		| "address \(.local) peer \(.address) /\(.prefixlen) \(.broadcast) \(.scope) \(.label // "" | sub($dev; "DEV"))"
		+ " metric \(.metric) proto \(.protocol)"
		+ " \(.secondary) \(.deprecated) \(.dadfailed) \(.home) \(.nodad) \(.mngtmpaddr) \(.noprefixroute)"
		+ " \(.valid_life_time > 4000000000) \(.preferred_life_time > 4000000000) \(.preferred_life_time == 0)"'
	for family in -4 -6; do
		ip $family -d route show table all | grep -w "dev $1" |
			grep -Ev 'table local proto kernel|^(unicast )?fe80::|^multicast ff00::/8 .*proto kernel|192\.168\.77\.' |
			sed "s/dev $1\>/dev DEV/; s/ expires [0-9]*sec/ expires/; s/  */ /g; s/ linkdown//; s/ $//; s/^/route /" | sort
		ip $family rule | grep -w "$1" | sed "s/\<$1\>/DEV/; s/\[detached\] //; s/^/rule /"
		ip $family neigh show dev "$1" nud permanent | sed 's/^/neighbour /; s/ *$//' | sort
		ip $family neigh show dev "$1" nud noarp | grep -v '^22[4-9]\.\|^ff02\|^10.99.0.255\|^127' | sed 's/^/neighbour /' | sort
		ip $family neigh show proxy dev "$1" | sed 's/^/proxy /; s/ dev [^ ]*//; s/ *$//' | sort
	done
	ip addrlabel | grep -w "dev $1" | sed "s/dev $1/dev DEV/; s/  */ /g"
	for setting in $settings; do
		echo "setting $setting $(cat "/proc/sys/net/${setting%/*}/conf/$1/${setting#*/}")"
	done
}

# flags_of ADDRESS DEVICE: of an IPv6 address
flags_of() {
	ip -j addr show dev "$2" | jq -r --arg a "$1" '.[0].addr_info[] | select(.local == $a)
		| [(if .tentative then "tentative" else empty end), (if .dadfailed then "dadfailed" else empty end)] | join(" ")'
}

for _ in {1..100}; do
	[ "$(ip -6 -o addr show scope link | grep -c 'eth[01]')" = 2 ] && [ "$(ip -br link | grep -c 'eth[01].* UP ')" = 2 ] && break
	sleep 0.05
done

# -- the card of this test
sysctl_set dom0 ipv4/conf/eth0/rp_filter=1 ipv4/conf/eth0/accept_redirects=0 ipv4/conf/eth0/accept_local=1 \
	ipv4/conf/eth0/log_martians=1 ipv4/conf/eth0/arp_ignore=1 ipv4/conf/eth0/arp_announce=2 ipv4/conf/eth0/arp_filter=1 \
	ipv4/conf/eth0/src_valid_mark=1 ipv6/conf/eth0/accept_dad=1 ipv6/conf/eth0/hop_limit=77 \
	ipv6/conf/eth0/ndisc_notify=1 ipv6/conf/eth0/proxy_ndp=1 ipv6/conf/eth0/use_oif_addrs_only=1 \
	ipv6/conf/eth0/use_tempaddr=0
# two have the same
ip -n lan addr add 2001:db8:99::dad/64 dev eth0 nodad
ip -n lan addr add 2001:db8:99::7e57/64 dev eth0 nodad
wrong=
# has COMMAND...: the card gets something
has() {
	"$@" 2>"$T/err" || wrong+="$*: $(cat "$T/err")"$'\n'
}
has ip addr add 10.99.0.2/24 dev eth0
has ip addr add 10.77.0.1/24 dev eth0 label eth0:one
has ip addr add 10.66.0.1 peer 10.66.0.2/32 dev eth0
has ip addr add 10.65.0.1/24 brd 10.65.0.99 dev eth0 scope link
has ip addr add 10.64.0.1/24 dev eth0 noprefixroute
has ip addr add 10.63.0.1/24 dev eth0 preferred_lft 4000
has ip addr add 10.62.0.1/24 dev eth0 metric 77
# iproute2 6.5 and later can say who made it
proto=
! ip addr help 2>&1 | grep -q 'proto ADDRPROTO' || proto="proto 0x55"
# shellcheck disable=SC2086 # two words, or none
has ip addr add 10.61.0.1/24 dev eth0 $proto
has ip addr add 2001:db8:99::dad/64 dev eth0
has ip addr add 2001:db8:99::3/64 dev eth0 preferred_lft 0 nodad
has ip addr add 2001:db8:98:1::4/64 dev eth0 valid_lft 5000 preferred_lft 4000 nodad
has ip addr add 2001:db8:98:2::5/64 dev eth0 home
has ip addr add 2001:db8:98:3::6/64 dev eth0 nodad
has ip addr add 2001:db8:98:4::7/64 dev eth0 noprefixroute nodad
has ip addr add 2001:db8:98:5::8/64 dev eth0 mngtmpaddr
has ip addr add 2001:db8:98:6::9 peer 2001:db8:98:6::a/128 dev eth0 nodad
has ip addr add 2001:db8:98:7::b/64 dev eth0 metric 77 nodad
# shellcheck disable=SC2086 # two words, or none
has ip addr add 2001:db8:98:8::c/64 dev eth0 $proto nodad
for _ in {1..60}; do
	[ "$(flags_of 2001:db8:99::dad eth0)" = "tentative dadfailed" ] && [ "$(ip -6 -o addr show dev eth0 tentative | grep -cv dadfailed)" = 0 ] && break
	sleep 0.1
done
is "an address has failed its test" "$(flags_of 2001:db8:99::dad eth0)" "tentative dadfailed"
has ip route replace default via $lan4 metric 50
has ip route add 192.0.2.0/24 via $lan4 dev eth0 onlink src 10.99.0.2
has ip route add 192.0.3.0/24 via $lan4 mtu lock 1400 advmss 1300 initcwnd 20 quickack 1
has ip route add 192.0.4.0/24 dev eth0 tos 0x10 scope link proto 99
has ip route add 192.0.5.0/24 via $lan4 realm 7
has ip route add 192.0.6.0/24 via inet6 fe80::1 dev eth0
has ip route add default via $lan4 table 100
has ip route add 10.99.0.0/24 dev eth0 table 100
has ip route add broadcast 10.99.255.255 dev eth0 table 100
has ip route add multicast 239.1.0.0/16 dev eth0
has ip route add local 10.55.0.0/16 dev eth0
# as good as another card's route, before and behind
has ip route add 192.0.7.0/24 via $lan4
has ip route append 192.0.7.0/24 via 10.98.0.254
has ip route add 192.0.8.0/24 via 10.98.0.254
has ip route append 192.0.8.0/24 via $lan4
has ip -6 route add default via $lan6 dev eth0 table 100
has ip -6 route add 2001:db8:777::/48 via $lan6 metric 30 pref high
has ip -6 route add 2001:db8:778::/48 via $lan6 expires 1000
has ip -6 route add 2001:db8:779::/48 via $lan6 mtu lock 1400 src 2001:db8:99::1
has ip -6 route add 2001:db8:77a::/48 from 2001:db8:5::/48 via $lan6
has ip -6 route add 2001:db8:77b::/48 nexthop via $lan6 dev eth0 nexthop via 2001:db8:98::fe dev eth1
has ip -6 route add 2001:db8:77c::/48 via fe80::1234 dev eth0 onlink
has ip -6 route add local 2001:db8:55::/64 dev eth0
has ip -6 route add multicast ff05::/16 dev eth0 table 100
has ip -6 route add anycast 2001:db8:56::/128 dev eth0
has ip rule add iif eth0 table 100 priority 900
has ip rule add oif eth0 fwmark 5 table 100 priority 901
has ip rule add not from 10.1.0.0/16 oif eth0 ipproto tcp dport 22 table 100 priority 902
has ip -6 rule add iif eth0 table 100 priority 900
has ip -6 rule add oif eth0 to 2001:db8:5::/48 table 100 priority 901
has ip neigh add 10.99.0.77 lladdr 00:16:3e:77:77:77 nud permanent dev eth0
has ip neigh add 10.99.0.78 lladdr 00:16:3e:77:77:78 nud noarp dev eth0
has ip neigh add 2001:db8:99::77 lladdr 00:16:3e:77:77:77 nud permanent dev eth0
has ip neigh add 2001:db8:99::78 lladdr 00:16:3e:77:77:79 nud permanent router dev eth0
has ip neigh add proxy 10.99.0.80 dev eth0
has ip neigh add proxy 2001:db8:99::80 dev eth0
has ip neigh add proxy 2001:db8:99::81 dev eth0
has ip addrlabel add prefix 2001:db8:99::/64 dev eth0 label 99
# more than a few, which were lost without a word beyond the first 128
for ((i = 1; i <= 200; i++)); do
	echo "neigh add 10.99.0.$((i > 100 ? i - 90 : i + 100)) lladdr 00:16:3e:00:00:01 nud permanent dev eth0"
done | sort -u | ip -batch - -force >/dev/null 2>&1
for ((i = 1; i <= 150; i++)); do
	echo "neigh add 2001:db8:99::1:$i lladdr 00:16:3e:00:00:01 nud permanent dev eth0"
done | ip -batch - || wrong+="neighbours"$'\n'
has tc qdisc add dev eth0 root tbf rate 1gbit burst 1mbit latency 50ms
has ip link property add dev eth0 altname wan0

# -- what stays with the card
has tc qdisc add dev eth0 clsact
has tc filter add dev eth0 ingress protocol ip pref 7 u32 match ip dst 192.0.2.77/32 action mirred egress redirect dev eth1
has nft 'table netdev mine { chain c { type filter hook ingress device "eth0" priority 5; ip daddr 192.0.2.78 counter drop; }; }'
has ip link set eth0 alias "to the street" txqueuelen 777
has ip maddr add 33:33:00:00:77:77 dev eth0
has ip token set ::77:77 dev eth0
has ip nexthop add id 77 via $lan4 dev eth0
has ip nexthop add id 78 via $lan6 dev eth0
has ip xfrm policy add src 192.0.2.1 dst 192.0.2.2 dev eth0 dir out priority 9
has ip xfrm policy add src 2001:db8:7::1 dst 2001:db8:7::2 dev eth0 dir in priority 9
# not in every kernel
states=
! ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto ah spi 7 mode transport auth 'hmac(sha256)' secret_of_16_byte \
	sel dev eth0 2>"$T/err" || states=", 1 XFRM state"
has ip mptcp endpoint add 10.99.0.1 dev eth0 id 7 signal
has ip mptcp endpoint add 2001:db8:99::1 dev eth0 id 8 subflow
cat >"$T/bound.py" <<'END'
import socket, struct, threading

card = socket.if_nametoindex("eth0")
for family in socket.AF_INET, socket.AF_INET6:
    for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
        s = socket.socket(family, kind)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
        if family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind(("", 777))
        if kind == socket.SOCK_STREAM:
            s.listen()
        globals()["s%d.%d" % (family, kind)] = s
g4 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
g4.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
              struct.pack("4s4si", socket.inet_aton("239.7.7.7"), bytes(4), card))
g6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
g6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, "ff05::777") + struct.pack("i", card))
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
raw.bind(("eth0", 0x88b5))
# PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC
raw.setsockopt(263, 1, struct.pack("iHH8s", card, 1, 0, b""))
print("ready", flush=True)
threading.Event().wait()
END
python3 "$T/bound.py" >"$T/bound" 2>&1 &
for _ in {1..100}; do
	[ ! -s "$T/bound" ] || break
	sleep 0.05
done
is "programs have bound sockets to the card, and joined groups on it" "$(cat "$T/bound")" ready
is "the card has all of it" "$wrong" ""

# bound DEVICE: what stays, without what counts up
bound() {
	tc qdisc show dev "$1" | sed 's/^qdisc \(tbf\) [0-9a-f]*:/\1/' | grep 'tbf\|clsact'
	tc filter show dev "$1" ingress | grep -v 'rule hit'
	nft -s list table netdev mine
	ip -j -d link show dev "$1" | jq -c '.[0] | [.ifalias, .txqlen, .altnames, .address, .mtu, .group, (.promiscuity > 0)]'
	ip maddr show dev "$1" | grep '33:33:00:00:77:77\|239.7.7.7\|ff05::777'
	ip token show dev "$1"
	ip nexthop show dev "$1" | sed 's/ linkdown//; s/ *$//'
	ip xfrm policy
	ip xfrm state | grep -v 'anti-replay\|auth-trunc'
	ip mptcp endpoint | sed 's/ *$//'
	ss -Hltun "dev = $1" | awk '{ print $1, $2, $5 }' | sort
	awk '$3 == "88b5" { print "packet socket", $5 }' /proc/net/packet
}
bound=$(bound eth0)
echo "# $(grep -c . <<<"$bound") lines of what stays"
before=$(state eth0)
echo "# $(grep -c . <<<"$before") lines of state"
other=$(state eth1)
order=$(ip route show 192.0.7.0/24 | sed 's/eth0/DEV/')$'\n'$(ip route show 192.0.8.0/24 | sed 's/eth0/DEV/')

# in_order DEVICE
in_order() {
	ip route show 192.0.7.0/24 | sed "s/$1/DEV/"
	ip route show 192.0.8.0/24 | sed "s/$1/DEV/"
}

# -- into the bridge and out again, by either of its names
sysctl_set dom0 ipv4/conf/eth0/proxy_arp=1
policy
udev boot
policy interfaces=eth0
try env XNM_LOG=stderr "$XNM_UDEV" boot
like "settings that stay are said" "$out" 'br0 takes the place of eth0, but these sysctls are not copied.*ipv4/proxy_arp=1'
like "and what others have bound to the card" "$out" \
	"bound to that interface: 4 sockets, 2 XFRM policies$states, 2 MPTCP endpoints, 2 nexthop objects, 1 IPv6 token;"
try env XNM_LOG=stderr "$XNM_UDEV" boot
is "and said once" "$(echo "$out" | grep -c 'takes the place')" 0
sysctl_set dom0 ipv4/conf/eth0/proxy_arp=0
for name in eth0 wan0; do
	policy
	udev boot
	is "$name: a bridge without it" "$rc:$out" 0:
	ip addr add 2001:db8:99::7e57/64 dev eth0
	policy "interfaces=$name"
	udev boot
	is "$name: it goes into the bridge" "$rc:$(link_master eth0)" 0:br0
	is "$name: an address that was being tested does not work untested" \
		"$(flags_of 2001:db8:99::7e57 br0 | grep -o tentative)" tentative
	for _ in {1..40}; do
		[ "$(flags_of 2001:db8:99::dad br0)" = "tentative dadfailed" ] && [ "$(flags_of 2001:db8:99::7e57 br0)" = "tentative dadfailed" ] && break
		sleep 0.1
	done
	is "$name: one that is somebody else's fails on the bridge" "$(flags_of 2001:db8:99::7e57 br0)" "tentative dadfailed"
	ip addr del 2001:db8:99::7e57/64 dev br0
	same "$name: the bridge has all of it" "$(state br0)" "$before"
	same "$name: in the same order" "$(in_order br0)" "$order"
	same "$name: the card has but its settings" "$(state eth0 | grep -v '^setting')" ""
	same "$name: what stays is there" "$(bound eth0)" "$bound"
	same "$name: the other card has what it had" "$(state eth1)" "$other"
	for verb in boot "add $name" "change eth0"; do
		# shellcheck disable=SC2086 # two words
		udev $verb
		is "$name: again: $verb" "$rc:$(link_master eth0)" 0:br0
		same "$name: it changes nothing: $verb" "$(state br0)" "$before"
	done
	udev plan
	is "$name: there is nothing to do" "$(echo "$out" | grep -v 'alternative name' | xargs)" "network lan: nothing to do"
	policy
	udev boot
	is "$name: out again" "$rc:$(link_master eth0)" "0:"
	for _ in {1..40}; do
		[ "$(flags_of 2001:db8:99::dad eth0)" = "tentative dadfailed" ] && break
		sleep 0.1
	done
	same "$name: the card has all of it" "$(state eth0)" "$before"
	same "$name: in the same order as before" "$(in_order eth0)" "$order"
	same "$name: what stays is there still" "$(bound eth0)" "$bound"
	same "$name: the bridge has none" "$(state br0 | grep -v '^setting')" ""
done

# -- a card is what its names say, and what they said when it came
# tested DEVICE: its state without the address that fails its test by and by
tested() {
	state "$1" | grep -v '::dad '
}
rest=$(grep -v '::dad ' <<<"$before")
policy "interfaces=eth0 wan0"
udev boot
is "by both names" "$rc:$(link_master eth0)" 0:br0
policy interfaces=wan0
udev boot
ip link property del dev eth0 altname wan0
for verb in boot "change eth0"; do
	# shellcheck disable=SC2086 # two words
	udev $verb
	is "an alternative name is lost: $verb" "$rc:$(link_master eth0)" 0:br0
	same "and the bridge has all of it" "$(tested br0)" "$rest"
done
policy
udev boot
is "the policy does not mean it any more" "$rc:$(link_master eth0)" 0:
same "the card has all of it" "$(tested eth0)" "$rest"

# -- what cannot move is named before anything is touched
# refused NAME PATTERN
refused() {
	local was

	policy interfaces=eth0
	was=$(tested eth0 && link_master eth0 && ip -br link | awk '{ print $1 }')
	udev boot
	is "$1: exit status" "$rc" 1
	like "$1: it is named" "$out" "$2"
	same "$1: nothing is touched" "$(tested eth0 && link_master eth0 && ip -br link | awk '{ print $1 }')" "$was"
}
for ((i = 0; i < 2100; i++)); do
	echo "route add 172.16.$((i / 256)).$((i % 256))/32 dev eth0"
done | ip -batch - >/dev/null
refused "too many routes" 'interfaces=eth0 .*more than 2048 routes'
ip route flush root 172.16.0.0/16
for ((i = 1; i <= 1030; i++)); do
	echo "neigh add 2001:db8:99::2:$(printf %x $i) lladdr 00:16:3e:00:00:01 nud permanent dev eth0"
done | ip -batch - >/dev/null
refused "too many neighbours" 'interfaces=eth0 .*more than 1024 permanent neighbours'
for ((i = 1; i <= 1030; i++)); do
	echo "neigh del 2001:db8:99::2:$(printf %x $i) dev eth0"
done | ip -batch - >/dev/null
if ip link add mv0 link eth0 type macvlan 2>"$T/err"; then
	refused "a macvlan" 'cannot attach eth0 to bridge br0: mv0 is a macvlan of it'
	ip link del mv0
else
	skip "a macvlan" "$(cat "$T/err")"
fi
if ip link add vx0 type vxlan id 7 dstport 4789 remote 10.99.0.254 dev eth0 2>"$T/err"; then
	refused "a tunnel" 'vx0, a tunnel \(vxlan\), is bound to it'
	ip link del vx0
	# one that is bound to nothing goes on
	ip link add vx0 type vxlan id 7 dstport 4789 remote 10.99.0.254
	udev boot
	is "a tunnel that is bound to nothing" "$rc:$(link_master eth0)" 0:br0
	policy
	udev boot
	ip link del vx0
else
	skip "a tunnel" "$(cat "$T/err")"
fi
ip nexthop add id 5 via $lan4 dev eth0
ip route add 192.0.9.0/24 nhid 5
refused "a nexthop object" 'nexthop object'
ip nexthop del id 5
# What it learned itself is only asked for again, and leaves the card in the same request: the kernel keeps 1024 of each
# family for all devices of all namespaces, and knows nobody new for some seconds when there are more. (Half of that
# is not passed here, as other tests run at the same time.)
for ((i = 1; i <= 450; i++)); do
	echo "neigh add 2001:db8:99::3:$(printf %x $i) lladdr 00:16:3e:00:00:01 nud stale dev eth0"
	echo "neigh add 10.55.$((i / 250)).$((i % 250 + 1)) lladdr 00:16:3e:00:00:01 nud stale dev eth0"
done | ip -batch - >/dev/null 2>&1
# learned DEVICE: how many of these it knows
learned() {
	{
		ip neigh show dev "$1" to 10.55.0.0/16
		ip neigh show dev "$1" to 2001:db8:99::3:0/112
	} | grep -c lladdr
}
policy interfaces=eth0
udev boot
is "many neighbours that were learned are no reason to stay out" "$rc:$out:$(link_master eth0)" 0::br0
same "the permanent ones are there" "$(ip neigh show dev br0 nud permanent | wc -l)" "$(grep -c '^neighbour .*PERMANENT' <<<"$before")"
check "and many of those that were learned" test "$(learned br0)" -gt 500
check "which the card does not keep as well" test "$(learned eth0)" -lt 300

# -- a card that gets other names while it is in the bridge is that card still; one that is up can by Linux 6.2 and later
# noted: the names in the bridge's note, and the number of the card, if it is there
noted() {
	awk -F= '$1 ~ /^(interface|altname|carries)$/ { print } $1 == "card" { print "card=" $2 + 0 }' "$XNM_RUN_DIR/bridge/br0" | xargs
}
# old_name DEVICE: called eth0 again, in the bridge, as labels and rules of a card that is none's port say its name
old_name() {
	policy "interfaces=$1"
	udev boot
	ip link set "$1" name eth0
	policy
	udev boot
	is "it has its old name again, and is out" "$rc:$out:$(link_master eth0)" 0::
	same "with all of it" "$(tested eth0)" "$rest"
}
number=$(cat /sys/class/net/eth0/ifindex)
is "the card is noted by what stays of it" "$(noted)" "interface=eth0 card=$number carries=eth0"
if ip link set eth0 name lan5 2>"$T/err"; then
	for verb in boot "change lan5"; do
		# shellcheck disable=SC2086 # two words
		udev $verb
		is "without its old name: $verb" "$rc:$out:$(link_master lan5)" 0::br0
		same "the bridge has all of it" "$(tested br0)" "$rest"
	done
	is "its new name is noted" "$(noted)" "interface=lan5 altname=eth0 card=$number carries=lan5"
	udev plan
	is "there is nothing to do" "$(xargs <<<"$out")" "network lan: nothing to do"
	policy interfaces=lan5
	udev boot
	is "the policy says the new name" "$rc:$out:$(link_master lan5)" 0::br0
	ip link set lan5 name wan7
	policy
	udev boot
	is "out, by a name that nobody has told" "$rc:$out:$(link_master wan7)" 0::
	same "it has all back" "$(tested wan7)" "$rest"
	same "the bridge has none" "$(state br0 | grep -v '^setting')" ""

	# the old name as an alternative one
	old_name wan7
	policy interfaces=eth0
	udev boot
	ip link set eth0 name wan7
	ip link property add dev wan7 altname eth0
	policy
	udev boot
	is "renamed, and it is called by the old name too: out" "$rc:$out:$(link_master wan7)" 0::
	same "it has all back" "$(tested wan7)" "$rest"
	ip link property del dev wan7 altname eth0
	old_name wan7

	# two cards change names: the policy means the one that has the name
	policy interfaces=eth0
	udev boot
	ip link add eth7 type veth peer name far7
	ip link set far7 up
	ip link set eth0 name x
	ip link set eth7 name eth0
	ip link set x name eth7
	udev boot
	is "another card has the name: it goes in, and the first one out" "$rc:$out:$(link_master eth0):$(link_master eth7)" 0::br0:
	same "the first one has all back" "$(tested eth7)" "$rest"
	policy
	udev boot
	ip link del eth0
	old_name eth7

	# the bridge goes with its network
	policy interfaces=eth0
	udev boot
	ip link set eth0 name lan5
	: >"$XNM_CONFIG"
	udev boot
	is "renamed, and the bridge is deleted" "$rc:$out:$(link_exists br0 && echo there)" 0::
	same "it has all back" "$(tested lan5)" "$rest"
	is "nothing is noted" "$(ls "$XNM_RUN_DIR/bridge")" ""
	old_name lan5

	# the number is another device's by now
	policy interfaces=eth0
	udev boot
	sed -i "s/^card=.*/card=$number 00:16:3e:00:00:99/" "$XNM_RUN_DIR/bridge/br0"
	ip link set eth0 name lan5
	udev boot
	is "a number that another MAC belongs to is not followed" "$rc:$(link_master lan5)" 0:br0
	ip link set lan5 name eth0
	udev boot
	is "it is noted again" "$rc:$out:$(noted)" "0::interface=eth0 card=$number carries=eth0"
	policy
	udev boot
	same "and goes out with all that it has" "$(tested eth0)" "$rest"
else
	skip "a card that is renamed" "$(cat "$T/err")"
fi
tap_done
