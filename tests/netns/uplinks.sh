#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uplinks.sh - a guest that shares its connection is the host's way out, and the host changes over to what works.
# alone: it measures that less than a second is lost
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/wifi.sh
. "$netns_top/tests/lib/wifi.sh"

lan_or_skip
store_start || exit 1
lan_new
# a cable that is out takes no address away from the router
sysctl_set lan ipv6/conf/eth0/keep_addr_on_down=1
# the routes are to be ours
ip route del default
ip -6 route del default

# policy [LINE OF THE WIRED UPLINK]...: Ethernet first, the guest wifi second
policy() {
	cat >"$XNM_CONFIG" <<END
[uplink wired]
interface=eth0
gateway=$lan4 $lan6
metric=100
$(printf '%s\n' "$@")
[uplink wifi]
guest=wifi/0
metric=600
[network inside]
forward=nat
bridge=br0
address=192.168.10.1/24 fd00:10::1/64
uplink=wired wifi
[network second]
forward=nat
bridge=br1
address=192.168.20.1/24 fd00:20::1/64
uplink=wired wifi
[vif wifi/0]
network=inside
address=192.168.10.2 fd00:10::2
locking-mode=unlocked
[vif desk/0]
network=inside
address=192.168.10.3 fd00:10::3
[vif far/0]
network=second
address=192.168.20.4 fd00:20::4
END
}

# defaults: the host's default routes, as "VIA DEV METRIC PROTO", both families
defaults() {
	ip -j route show default | jq -r '.[] | "\(.gateway) \(.dev) \(.metric // 0) \(.protocol)"'
	ip -j -6 route show default | jq -r '.[] | "\(.gateway) \(.dev) \(.metric // 0) \(.protocol)"'
}
wired="$lan4 eth0 100 88
$lan6 eth0 100 88"
both="$lan4 eth0 100 88
192.168.10.2 br0 600 88
$lan6 eth0 100 88
fd00:10::2 br0 600 88"

mac=
settings() {
	echo "$(sysctl_get ipv4/conf/all/ignore_routes_with_linkdown)" \
		"$(sysctl_get ipv4/conf/eth0/ignore_routes_with_linkdown)" \
		"$(sysctl_get ipv6/conf/eth0/ignore_routes_with_linkdown)" \
		"$(sysctl_get ipv4/conf/all/send_redirects)" \
		"$(sysctl_get ipv4/neigh/eth0/retrans_time_ms) $(sysctl_get ipv6/neigh/eth0/retrans_time_ms)"
}

# guest D NAME, with $mac [GATEWAY4 GATEWAY6 ADDRESS...]
guest() {
	guest_new "$1" 0 name="$2" bridge=br0 ${mac:+mac=$mac}
	try hotplug online "$1" 0
	[ $# -lt 3 ] || lan_guest "$1" 0 "$3" "$4" "${@:5}"
}

gone() {
	try hotplug offline "$1" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $1 goes offline" "$out"
	guest_rm "$1" 0
}

serve inet inet 80

# ---------------------------------------------------------------- a guest is the only way out (T3)
cat >"$XNM_CONFIG" <<'END'
[uplink wifi]
guest=wifi/0
[network inside]
bridge=br0
address=192.168.10.1/24 fd00:10::1/64
[vif wifi/0]
network=inside
address=192.168.10.2 fd00:10::2
locking-mode=unlocked
END
reach "before the guest: no way out" dom0 "ping/$inet4=refused" "ping/$inet6=refused"
guest 1 wifi
assert_online "the guest that shares" 1 0 br0
wifi_up 1
is "the host leaves by it" "$(defaults)" "192.168.10.2 br0 100 88
fd00:10::2 br0 100 88"
reach "and reaches the internet behind it, as the guest" dom0 \
	"ping/$inet4=yes" "ping/$inet6=yes" \
	"tcp/$inet4/80=inet:80 10.96.0.1" "tcp/$inet6/80=inet:80 2001:db8:96::1"
before=$(snapshot)
try "$HOTPLUG" reapply 1.0
assert_unchanged "a reapply changes nothing" "$before"
ip route del default proto 88
try "$HOTPLUG" reapply 1.0
assert_unchanged "what somebody took away comes back" "$before"
like "xnm status tells of it" "$("$XNM" status)" 'wifi +br0 +192.168.10.2,fd00:10::2 +100 +untested +- +- +ipv4,ipv6'
like "and as JSON" "$("$XNM" status --json | jq -c '.uplinks[0] | [.uplink, .interface, .guest, .metric, .state, .in_use]')" \
	'\["wifi","br0","wifi/0",100,"untested","ipv4,ipv6"\]'
gone 1
is "it goes: so does the route" "$(defaults)" ""
assert_clean "and everything else"
is "no note is left" "$(ls "$XNM_RUN_DIR/uplink")" ""
mac=00:16:3e:00:00:77
guest 2 wifi
wifi_up 2
reach "it is back under another number" dom0 "ping/$inet4=yes" "ping/$inet6=yes"
# the next vif of the guest comes before the old one goes, as while it migrates
guest 3 wifi
like "a newer vif of the guest takes over" "$(cat "$XNM_RUN_DIR/uplink/wifi")" '^vif=3.0$'
try hotplug offline 2 0
is "the old one's end takes nothing away" "$(defaults | wc -l)" 2
guest_rm 2 0
gone 3
mac=
is "the new one's does" "$(defaults)" ""

# a guest that is killed goes without an offline
guest 1 wifi
guest_rm 1 0
try "$HOTPLUG" gc
is "gc takes the route of a guest that was killed" "$(defaults)" ""
assert_clean "nothing is left of it"

# ------------------------------------------------------------------- fail-over (T2 to T3)
policy
is "settings before" "$(settings)" "0 0 0 1 1000 1000"
guest 1 wifi
wifi_up 1
is "both ways out are there" "$(defaults)" "$both"
is "a lost carrier counts, nobody is redirected, and routers are asked often" "$(settings)" "1 1 1 0 200 200"
guest 4 desk 192.168.10.1 fd00:10::1 192.168.10.3/24 fd00:10::3/64
guest 5 far 192.168.20.1 fd00:20::1 192.168.20.4/24 fd00:20::4/64
reach "the wire comes first" dom0 "tcp/$inet4/80=inet:80 10.99.0.1" \
	"tcp/$inet6/80=inet:80 2001:db8:99::1" \
	"g4.0>tcp/$inet4/80=inet:80 10.99.0.1" "g4.0>tcp/$inet6/80=inet:80 2001:db8:99::1" \
	"g5.0>tcp/$inet4/80=inet:80 10.99.0.1" "g5.0>tcp/$inet6/80=inet:80 2001:db8:99::1"

# steady FROM ADDRESS: a ping every 10 ms, until it is interrupted
steady() {
	local -a there=()

	[ "$1" = dom0 ] || there=(ip netns exec "$1")
	"${there[@]}" ping -D -n -i 0.01 -w 60 "$2" >"$T/ping.$1.$2" 2>&1 &
}
# longest FROM ADDRESS: the longest time without an answer, in milliseconds
longest() {
	sed -n 's/^\[\([0-9.]*\)\] .*icmp_seq=.* time=.*/\1/p' "$T/ping.$1.$2" | sort -n | awk '
		{ if (NR == 1) first = $1; else if ($1 - last > most) most = $1 - last; last = $1 }
		END { if (last - first < 5) print "only " last - first " s"; else printf "%d", most * 1000 }'
}
pingers=()
for from in dom0 g4.0 g5.0; do
	for to in "$inet4" "$inet6"; do
		steady "$from" "$to"
		pingers+=($!)
	done
done
sleep 1.5
ip -n lan link set eth0 down
sleep 1.5
reach "without carrier: by the guest" dom0 "tcp/$inet4/80=inet:80 10.96.0.1" \
	"tcp/$inet6/80=inet:80 2001:db8:96::1" \
	"g4.0>tcp/$inet4/80=inet:80 10.96.0.1" "g4.0>tcp/$inet6/80=inet:80 2001:db8:96::1" \
	"g5.0>tcp/$inet4/80=inet:80 10.96.0.1" "g5.0>tcp/$inet6/80=inet:80 2001:db8:96::1"
like "xnm status says so" "$("$XNM" status)" 'wired .* no-carrier .*-$'
# the other end is still coming up when the first question for its address comes
ip netns exec lan nft -f - <<'END'
table arp early {
	chain input {
		type filter hook input priority 0;
		iifname eth0 arp operation request numgen inc mod 1000 0 counter drop
	}
}
table ip6 early {
	chain input {
		type filter hook input priority 0;
		iifname eth0 icmpv6 type nd-neighbor-solicit numgen inc mod 1000 0 counter drop
	}
}
END
ip -n lan link set eth0 up
sleep 3
kill -TERM "${pingers[@]}"
wait "${pingers[@]}"
is "the first question of each family found nobody" \
	"$(ip netns exec lan nft list ruleset | grep -o 'packets [1-9]' | xargs)" "packets 1 packets 1"
ip netns exec lan nft delete table arp early
ip netns exec lan nft delete table ip6 early
for from in dom0 g4.0 g5.0; do
	for to in "$inet4" "$inet6"; do
		gap=$(longest "$from" "$to")
		if [ "$gap" -lt 1000 ] 2>/dev/null; then
			ok "from $from to $to: less than one second is lost"
		else
			not_ok "from $from to $to: less than one second is lost" "$gap ms" \
				"$(tail -3 "$T/ping.$from.$to")"
		fi
	done
done
reach "with carrier: by the wire again" dom0 "tcp/$inet4/80=inet:80 10.99.0.1" \
	"tcp/$inet6/80=inet:80 2001:db8:99::1" \
	"g4.0>tcp/$inet4/80=inet:80 10.99.0.1" "g5.0>tcp/$inet6/80=inet:80 2001:db8:99::1"

# ---------------------------------------------------------------- who may go where
ip -n lan link set eth0 down
serve g4.0 desk 80
nowhere "a guest of another network does not reach those beside the one that shares" g5.0 \
	"tcp/192.168.10.3/80" "tcp/fd00:10::3/80" "ping/192.168.10.3"
nowhere "the guest that shares does not get back what it sends outside" g1.0@192.168.10.2 \
	"ping/192.0.2.77"
ip -n g1.0 route add 192.0.2.77 via 192.168.10.1
ip -n g1.0 route add 2001:db8:77::1 via fd00:10::1
seen() {
	ip netns exec g1.0 nft -j list counters | jq '[.nftables[].counter // empty | .packets] | add'
}
ip netns exec g1.0 nft -f - <<'END'
table inet seen {
	counter back { }
	chain prerouting {
		type filter hook prerouting priority -300;
		iifname eth0 ip daddr 192.0.2.77 counter name back
		iifname eth0 ip6 daddr 2001:db8:77::1 counter name back
	}
}
END
nowhere "nor by way of the host" g1.0 "ping/192.0.2.77" "ping/2001:db8:77::1"
is "nothing came back" "$(seen)" 0
like "it is counted" "$("$XNM" status -v)" 'loop [1-9]'
unserve desk
ip -n lan link set eth0 up

# ------------------------------------------------------------------- others' default routes
gone 4
gone 5
gone 1
is "without guests the wire stays, for the host" "$(defaults)" "$wired"
is "but settings are as before" "$(settings)" "0 0 0 1 1000 1000"
ip route replace default via $lan4 dev eth0 metric 50 proto static
ip route del default proto 88
guest 1 wifi
is "another's default route on the interface is respected" "$(defaults)" "$lan4 eth0 50 static
192.168.10.2 br0 600 88
$lan6 eth0 100 88
fd00:10::2 br0 600 88"
like "xnm doctor says so" "$("$XNM" doctor)" \
	'eth0 has an IPv4 default route of another program \(via 10.99.0.254, metric 50\), .*uplink wired.*ip route del default'
gone 1
is "and never taken away" "$(defaults)" "$lan4 eth0 50 static
$lan6 eth0 100 88"
ip route del default proto static
# the same metric elsewhere: ours cannot be made, and the guest starts nevertheless
ip route add default via 10.98.0.254 dev eth1 metric 100
guest 1 wifi
like "a route with the same metric is in the way" "$rc:$out" '^0:.*warning.*another default route with this metric'
ip route del default dev eth1
gone 1

# ---------------------------------------------------------------------------- probes
policy "track=$inet4 $inet6" count=4 timeout=200ms down=2 up=2 interval=1ms
guest 1 wifi
wifi_up 1
try "$XNM" probe
is "a good uplink: up" "$rc:$(awk '$1 == "wired" { print $4, $5, $6, $9 }' <<<"$out")" "0:100 up 0% ipv4,ipv6"
ip -n lan route add blackhole $inet4
ip -n lan route add blackhole $inet6
# the routers themselves answer
ip netns exec lan nft -f - <<END
table inet lossy {
	chain forward {
		type filter hook forward priority 0;
		iifname eth0 meta l4proto { icmp, icmpv6 } drop
	}
}
END
ip -n lan route del blackhole $inet4
ip -n lan route del blackhole $inet6
try "$XNM" probe
is "one bad probe is not enough" "$rc:$(awk '$1 == "wired" { print $4, $5, $6 }' <<<"$out")" "0:100 up 100%"
is "the routes are where they were" "$(defaults)" "$both"
try "$XNM" probe
is "the second is" "$rc:$(awk '$1 == "wired" { print $4, $5, $6 }' <<<"$out")" "0:10100 down 100%"
like "the decision is told with its inputs" "$out" \
	'uplink wired is down, metric 10100: 0 of 4 answers, loss 100%.*failure-loss=40% failure-latency=1000ms'
is "the routes come after all others" "$(defaults)" "192.168.10.2 br0 600 88
$lan4 eth0 10100 88
fd00:10::2 br0 600 88
$lan6 eth0 10100 88"
reach "the host leaves by the guest" dom0 "ping/$inet4=yes" "ping/$inet6=yes" \
	"tcp/$inet4/80=inet:80 10.96.0.1" "tcp/$inet6/80=inet:80 2001:db8:96::1"
before=$(snapshot)
try "$HOTPLUG" reapply 1.0
assert_unchanged "a reapply does not change its mind" "$before"
ip netns exec lan nft delete table inet lossy
try "$XNM" probe wired
is "one good probe is not enough" "$rc:$(awk '$1 == "wired" { print $4, $5, $6 }' <<<"$out")" "0:10100 down 0%"
try "$XNM" probe wired
is "the second is" "$rc:$(awk '$1 == "wired" { print $4, $5, $6 }' <<<"$out")" "0:100 up 0%"
is "and the routes are back" "$(defaults)" "$both"
# half of what is sent is lost: too much to stay, and too much to come back
policy "track=$inet4" count=4 timeout=200ms down=2 up=2 interval=1ms
ip netns exec lan nft -f - <<END
table inet lossy {
	chain forward {
		type filter hook forward priority 0;
		iifname eth0 meta l4proto { icmp, icmpv6 } numgen inc mod 2 0 drop
	}
}
END
try "$XNM" probe
try "$XNM" probe
is "loss of a half" "$(awk '$1 == "wired" { print $4, $5, $6 }' <<<"$out")" "10100 down 50%"
ip netns exec lan nft delete table inet lossy
"$XNM" probe >/dev/null 2>&1
"$XNM" probe >/dev/null 2>&1
# a probe takes a second at least: the other one says that there is one
policy "track=192.0.2.99" timeout=1s interval=1ms
"$XNM" probe >"$T/first" 2>&1 &
sleep 0.4
try "$XNM" probe
like "two at once: the second leaves it to the first" "$rc:$out" '^1:.*another probe is running'
wait $!
policy "track=$inet4" interval=10min
probed=$(grep probed-ms "$XNM_RUN_DIR/uplink/wired")
try "$XNM" probe
is "too early: not probed again" "$rc:$(grep probed-ms "$XNM_RUN_DIR/uplink/wired")" "0:$probed"
try "$XNM" probe wired
refuse "unless it is named" grep -qx "$probed" "$XNM_RUN_DIR/uplink/wired"
try "$XNM" probe nobody
like "an uplink that is not there" "$rc:$out" '^1:.*there is no \[uplink nobody\]'
# a policy that has the uplink no more
gone 1
sed -i '/^\[uplink wired\]/,/^\[uplink wifi\]/{/^\[uplink wifi\]/!d}; s/^uplink=wired wifi/uplink=wifi/' "$XNM_CONFIG"
try "$XNM" probe
is "an uplink that the policy has no more: its routes go" "$rc:$(defaults)" "0:"

# ---------------------------------------------------------------------------- examples
cp "$netns_top/policy/examples/wifi-guest.ini" "$XNM_CONFIG"
check "xnm check wifi-guest.ini" "$XNM" check
guest 1 aaos
wifi_up 1
reach "policy/examples/wifi-guest.ini" dom0 "tcp/$inet4/80=inet:80 10.96.0.1"
gone 1
sed "s/192.0.2.1/$lan4/; s/^track=.*/track=$inet4/" "$netns_top/policy/examples/failover.ini" >"$XNM_CONFIG"
check "xnm check failover.ini" "$XNM" check
guest 1 aaos
wifi_up 1
guest 4 desk 192.168.10.1 "" 192.168.10.3/24
reach "policy/examples/failover.ini: the wire first" g4.0 "tcp/$inet4/80=inet:80 10.99.0.1"
ip -n lan link set eth0 down
reach "then the guest" g4.0 "tcp/$inet4/80=inet:80 10.96.0.1"
ip -n lan link set eth0 up
gone 4
gone 1
rm "$XNM_CONFIG"
"$XNM" probe >/dev/null 2>&1
is "without a policy: no routes" "$(defaults)" ""

# ---------------------------------------------------------------------------- refusals
# refused NAME TEXT LINE...: xnm check finds this mistake, with its line
refused() {
	printf '%s\n' "${@:3}" >"$T/bad.ini"
	try "$XNM" check "$T/bad.ini"
	like "$1" "$rc:$out" "2:$T/bad.ini:$2"
}
inside_lines=('[network inside]' 'address=192.168.10.1/24' 'forward=nat' '[vif wifi/0]' 'network=inside'
	'address=192.168.10.2' 'locking-mode=unlocked')
refused "an uplink of nothing" '1: \[uplink a\] needs interface= or guest=' '[uplink a]' 'metric=5'
refused "a guest that nobody knows" '2: guest=tab/0: no \[vif\] section' '[uplink a]' 'guest=tab/0'
refused "a guest offered its own connection" '3: uplink=a: wifi/0 is the only guest of .* its own connection' \
	'[network inside]' 'address=192.168.10.1/24' 'uplink=a' 'forward=nat' \
	'[vif wifi/0]' 'network=inside' 'address=192.168.10.2' 'locking-mode=unlocked' \
	'[uplink a]' 'guest=wifi/0'
refused "two guests that are each other's uplink" '5: uplink=a: leads in a circle' \
	'[network one]' 'address=192.168.10.1/24' 'forward=nat' '#' 'uplink=a' \
	'[network two]' 'address=192.168.20.1/24' 'forward=nat' 'uplink=b' \
	'[vif g2/0]' 'network=two' 'address=192.168.20.2' 'locking-mode=unlocked' \
	'[vif g1/0]' 'network=one' 'address=192.168.10.2' 'locking-mode=unlocked' \
	'[uplink a]' 'guest=g2/0' '[uplink b]' 'guest=g1/0'
refused "the host's own address as gateway" '10: gateway=192.168.10.1: the host itself has it' \
	"${inside_lines[@]}" '[uplink a]' 'guest=wifi/0' 'gateway=192.168.10.1'
refused "a gateway elsewhere" '10: gateway=10.0.0.1: is in no subnet' \
	"${inside_lines[@]}" '[uplink a]' 'guest=wifi/0' 'gateway=10.0.0.1'
refused "a guest that is locked" '8: guest=wifi/0: .* may send from its own addresses only, .* add ipv4-allowed=any, or' \
	'[network inside]' 'address=192.168.10.1/24' 'forward=nat' '[vif wifi/0]' 'network=inside' \
	'address=192.168.10.2' '[uplink a]' 'guest=wifi/0'
refused "two of one metric" '8: metric=7: \[uplink a\] has it already' \
	'[uplink a]' interface=lo gateway=192.0.2.1 metric=7 '[uplink b]' interface=lo gateway=192.0.2.1 metric=7
refused "limits that cross" '4: \[uplink a\]: recovery-loss=40% must be less' \
	'[uplink a]' interface=lo gateway=192.0.2.1 recovery-loss=40%
refused "a time without a unit" '3: interval=10: needs a unit' '[uplink a]' interface=lo interval=10
refused "two gateways of a family" '3: gateway=192.0.2.2: is the second of its family' \
	'[uplink a]' interface=lo 'gateway=192.0.2.1 192.0.2.2'
refused "dhcp and an address" '3: gateway=192.0.2.2: dhcp and none must stand alone' \
	'[uplink a]' interface=lo 'gateway=dhcp 192.0.2.2'
tap_done
