#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guest.sh - what dom0 tells a guest about its vif, and xnm-guest, which sets the guest's end up by it.
# leaks: xnm-guest may run on and on
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/told.sh
. "$netns_top/tests/lib/told.sh"

why=$(lan_missing)
if [ -n "$why" ]; then
	skip "guest" "$why"
	tap_done
	exit
fi
store_start || exit 1
lan_new

# told D N: what is published, "KEY=VALUE" per line, in order
told() {
	xenstore-ls -f "/local/domain/$1/xnm/vif/$2" 2>/dev/null |
		sed -n "s|^/local/domain/$1/xnm/vif/$2/\([a-z-]*\) = \"\(.*\)\"|\1=\2|p" | sort
}

# readers PATH: its permissions, as xenstore-ls shows them
readers() {
	xenstore-ls -p "${1%/*}" | sed -n "s/^ *${1##*/} = .*(\(.*\))$/\1/p"
}

# guest_state D: all that xnm-guest could have set there
guest_state() {
	local dev

	ip -n "g$1.0" -br addr show dev eth0 | tr -s ' '
	ip -n "g$1.0" link show dev eth0 | grep -o 'mtu [0-9]*\|<.*>'
	ip -n "g$1.0" route show
	ip -n "g$1.0" -6 route show default
	for dev in ipv4/ip_forward ipv6/conf/all/forwarding ipv6/conf/eth0/accept_ra ipv6/conf/wlan0/accept_ra; do
		echo "$dev $(ip netns exec "g$1.0" cat "/proc/sys/net/$dev" 2>/dev/null)"
	done
	ip netns exec "g$1.0" nft list ruleset
	(cd "$T/guest$1" 2>/dev/null && find . -type f ! -name lock -exec grep -H . {} + | sort)
	readlink "$T/guest$1/resolv.conf"
}

# quiet NAME COMMAND...: it succeeds and says nothing
quiet() {
	local name=$1

	shift
	try "$@"
	is "$name" "$rc:$out" "0:"
}

policy() {
	cat >"$XNM_CONFIG"
}

policy <<'END'
[uplink wan]
interface=eth0
[network inside]
address=192.168.10.1/24 fd00:10::1/64
forward=nat
uplink=wan
dns=self 9.9.9.9
[network plain]
address=192.168.11.1/24
[network flat]
backend=route
address=169.254.1.1/32 fe80::1/64
forward=open
gateway=self
[vif guest1]
network=inside
address=192.168.10.2 fd00:10::2
mtu=1400
[vif guest3]
network=flat
address=192.0.2.7 2001:db8:7::7
[vif guest4]
network=plain
[vif guest6]
network=plain
address=192.168.11.6
share=yes
locking-mode=unlocked
END

# ------------------------------------------------------------ what dom0 tells

guest_new 1 0
try hotplug online 1 0
is "an online succeeds in silence" "$rc:$out" "0:"
is "a vif with addresses: what its guest is told" "$(told 1 0)" "dns=192.168.10.1 fd00:10::1 9.9.9.9
gateway=192.168.10.1 fd00:10::1
ip=192.168.10.2/24 fd00:10::2/64
mac=00:16:3e:00:01:00
mtu=1400
net=inside"
is "the folder: dom0's own, and for this guest to read" "$(readers /local/domain/1/xnm/vif/0)" "n0,r1"
is "so is each key" "$(xenstore-ls -p /local/domain/1/xnm/vif/0 | grep -c '(n0,r1)$')" "6"
like "the notes say that it was told" "$(cat "$XNM_RUN_DIR/vif/1.0")" '^told=yes$'
like "a second look has nothing to do" "$("$XNM_VIF" plan 1.0)" 'nothing to do'
quiet "reapply changes nothing" "$XNM_VIF" reapply 1.0

guest_new 2 0 ip=192.168.11.2 bridge=br0
bridge_new br0
try hotplug online 2 0
is "a vif without policy: online" "$rc:$out" "0:"
is "a vif without policy: nothing is told" "$(told 2 0)$(xs_read /local/domain/2/xnm)" ""
refuse "a vif without policy: no folder" xs_exists /local/domain/2/xnm

guest_new 3 0
try hotplug online 3 0
is "backend=route: addresses stand alone" "$rc:$out $(told 3 0 | grep '^ip\|^gateway' | xargs)" \
	"0: gateway=169.254.1.1 fe80::1 ip=192.0.2.7/32 2001:db8:7::7/128"

guest_new 4 0 ip=192.168.11.4
try hotplug online 4 0
is "ip= of the guest's own configuration, and no gateway where nothing leads outside" "$(told 4 0 | grep '^ip\|^gateway')" \
	"ip=192.168.11.4/24"
guest_new 5 0 bridge=plain
try hotplug online 5 0
refuse "a vif in a network, with nothing to tell: no folder" xs_exists /local/domain/5/xnm

# a folder that has lost a key, or all
xs_rm /local/domain/1/xnm/vif/0/gateway
xs_write /local/domain/1/xnm/vif/0/mtu 9000
like "what has changed is told again, and only that" "$("$XNM_VIF" plan 1.0)" \
	"tell the guest gateway='192.168.10.1 fd00:10::1' mtu='1400'"
quiet "reapply puts it back" "$XNM_VIF" reapply 1.0
is "it is back" "$(told 1 0 | grep '^gateway\|^mtu' | xargs)" "gateway=192.168.10.1 fd00:10::1 mtu=1400"
xs_rm /local/domain/1/xnm
quiet "reapply after all has gone" "$XNM_VIF" reapply 1.0
is "all is back" "$(told 1 0 | wc -l) $(readers /local/domain/1/xnm/vif/0)" "6 n0,r1"

sed -i 's/^dns=.*/dns=1.1.1.1/; s/^mtu=1400/mtu=1300/' "$XNM_CONFIG"
quiet "reapply after a change of the policy" "$XNM_VIF" reapply 1.0
is "the change is told" "$(told 1 0 | grep '^dns\|^mtu' | xargs)" "dns=1.1.1.1 mtu=1300"
sed -i 's/^dns=.*/dns=self 9.9.9.9/; s/^mtu=1300/mtu=1400/' "$XNM_CONFIG"
"$XNM_VIF" reapply 1.0

# ----------------------------------------------------------- what xnm-guest does

ip netns exec g1.0 sh -c 'echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad; echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad'
before=$(guest_state 1)
like "--print says what would be done" "$(in_guest 1 --print | xargs)" \
	"set MTU of eth0 to 1400 set eth0 up add address 192.168.10.2/24 to eth0 add address fd00:10::2/64 to eth0 set the gateway 192.168.10.1 through eth0"
same "--print changes nothing" "$(guest_state 1)" "$before"
quiet "xnm-guest sets eth0 up" in_guest 1 eth0
like "the addresses" "$(ip -n g1.0 -br addr show dev eth0)" ' 192.168.10.2/24 fd00:10::2/64 '
is "the gateway" "$(ip -n g1.0 route show default | xargs)" "default via 192.168.10.1 dev eth0 proto 88 metric 880"
is "the IPv6 gateway" "$(ip -n g1.0 -6 route show default | grep -o '^default via fd00:10::1 dev eth0 proto 88 metric 880')" \
	"default via fd00:10::1 dev eth0 proto 88 metric 880"
is "the MTU" "$(ip -n g1.0 link show eth0 | grep -o 'mtu [0-9]*')" "mtu 1400"
is "the name servers" "$(grep ^nameserver "$T/guest1/resolv.conf" | xargs)" \
	"nameserver 192.168.10.1 nameserver fd00:10::1 nameserver 9.9.9.9"
check "it reaches the host" guest_ping 1 0 192.168.10.1
check "it reaches the host by IPv6" guest_ping 1 0 fd00:10::1
check "it reaches the outside" guest_ping 1 0 $inet4
check "it reaches the outside by IPv6" guest_ping 1 0 $inet6
state=$(guest_state 1)
is "a second run has nothing to do" "$(in_guest 1 --print)" ""
quiet "a second run" in_guest 1 all
same "a second run changes nothing" "$(guest_state 1)" "$state"
quiet "by its number" in_guest 1 0
try in_guest 1 eth7
like "an interface that is not there" "$rc:$out" "^1:xnm-guest: eth7 is not there, or no vif of Xen$"
try in_guest 1 --domain
is "usage" "$rc" 2

# of others
ip -n g1.0 addr add 10.5.5.5/24 dev eth0
# behind ours, with which the kernel would take it away
ip -n g1.0 addr add 192.168.10.20/24 dev eth0
ip -n g1.0 route add 10.6.0.0/16 via 192.168.10.1
sed -i 's/^address=192.168.10.2 .*/address=192.168.10.3/' "$XNM_CONFIG"
"$XNM_VIF" reapply 1.0
quiet "another address" in_guest 1 eth0
is "the old ones go, what others have added stays" "$(ip -n g1.0 -o addr show dev eth0 scope global | awk '{ print $4 }' | sort | xargs)" \
	"10.5.5.5/24 192.168.10.20/24 192.168.10.3/24"
is "the gateway of a family without an address goes" "$(ip -n g1.0 -6 route show default)" ""
is "the other gateway is there" "$(ip -n g1.0 route show default | wc -l)" 1
ip -n g1.0 addr del 10.5.5.5/24 dev eth0
ip -n g1.0 addr del 192.168.10.20/24 dev eth0
quiet "what went with it comes back" in_guest 1 eth0
ip -n g1.0 route change default via 192.168.10.1 dev eth0 metric 880 proto static
try in_guest 1 eth0
like "somebody's default route in the place of ours is told of" "$rc:$out" \
	'^1:.*: there is another default route with this metric, which is not of xnm'
is "and stays" "$(ip -n g1.0 route show default | xargs)" "default via 192.168.10.1 dev eth0 proto static metric 880"
ip -n g1.0 route del default
quiet "then ours comes back" in_guest 1 eth0

quiet "a vif without a bridge" in_guest 3
is "its gateway is on its own link" "$(ip -n g3.0 route show default | xargs)" \
	"default via 169.254.1.1 dev eth0 proto 88 metric 880 onlink"
check "it reaches it" guest_ping 3 0 169.254.1.1

quiet "a guest that is told nothing" in_guest 2
is "is left alone" "$(ip -n g2.0 -br addr show dev eth0 | awk '{ print $2 }')" "DOWN"

# ------------------------------------------------------------------- garbage

state=$(guest_state 1)
# garbage NAME KEY VALUE PATTERN
garbage() {
	local old

	old=$(xs_read "/local/domain/1/xnm/vif/0/$2")
	xs_write "/local/domain/1/xnm/vif/0/$2" "$3"
	try in_guest 1
	like "garbage: $1" "$rc:$out" "^1:xnm-guest: vif 0: $4"
	is "garbage: $1: one line" "$(printf '%s\n' "$out" | wc -l)" 1
	same "garbage: $1: nothing is changed" "$(guest_state 1)" "$state"
	if [ -n "$old" ]; then
		xs_write "/local/domain/1/xnm/vif/0/$2" "$old"
	else
		xs_rm "/local/domain/1/xnm/vif/0/$2"
	fi
}
garbage "no address" ip "192.168.10.3/24; reboot" "ip='192.168.10.3/24;' is no address"
garbage "an empty value" ip "" "ip='' is no address"
garbage "no length" ip 192.168.10.3 "ip='192.168.10.3' is no address"
garbage "a subnet" ip 192.168.10.0/24 "ip='192.168.10.0/24' is the subnet itself"
garbage "multicast" ip 224.0.0.1/24 "ip='224.0.0.1/24' is no address that"
garbage "loopback" ip ::1/128 "ip='::1/128' is no address that"
garbage "twice" ip "192.168.10.3/24 192.168.10.3/25" "ip='192.168.10.3/25' is given twice"
garbage "17 addresses" ip "$(seq -f '10.0.0.%g/24' -s ' ' 17)" "ip='10.0.0.17/24' is one address too many"
garbage "two gateways" gateway "192.168.10.1 192.168.10.9" "gateway='192.168.10.9' is a second one"
garbage "a gateway of a family without address" gateway fd00:10::1 "gateway='fd00:10::1' has no address"
garbage "itself as gateway" gateway 192.168.10.3 "gateway='192.168.10.3' is our own"
garbage "too many name servers" dns "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7" "dns='1.1.1.7' is one address too many"
garbage "a name server that is a name" dns example.org "dns='example.org' is no address"
garbage "an MTU of 10" mtu 10 "mtu='10' is not a number from 68"
garbage "a MAC that is none" mac 0 "mac='0' is no MAC"
garbage "another's MAC" mac 00:16:3e:00:77:77 "mac='00:16:3e:00:77:77' is not that of eth0"
garbage "a network's name" net '../x' "net='../x' is no name"
garbage "share" share maybe "share='maybe' is not yes or no"
garbage "control characters" net $'a\nnameserver 6.6.6.6' "net has characters that are not printable"

# less than IPv6 needs, where somebody else has it
ip -n g1.0 addr add 2001:db8:99::1/64 dev eth0 nodad
state=$(guest_state 1)
xs_write /local/domain/1/xnm/vif/0/mtu 1200
try in_guest 1
like "an MTU of 1200 beside others' IPv6 is refused" "$rc:$out" \
	"^1:xnm-guest: vif 0: mtu='1200' is too small for IPv6, which eth0 has: 2001:db8:99::1/64$"
same "and nothing is changed" "$(guest_state 1)" "$state"
like "their address is there" "$(ip -n g1.0 -6 addr show dev eth0)" '2001:db8:99::1/64'
ip -n g1.0 addr del 2001:db8:99::1/64 dev eth0
quiet "and without it it is taken" in_guest 1
is "it has it" "$(ip -n g1.0 link show eth0 | grep -o 'mtu [0-9]*')" "mtu 1200"
xs_write /local/domain/1/xnm/vif/0/mtu 1400
quiet "and the other one again" in_guest 1

# --------------------------------------------------------------------- share

guest_new 6 0
try hotplug online 6 0
is "share=yes: online" "$rc:$out" "0:"
is "share=yes is told" "$(told 6 0 | grep '^share')" "share=yes"
# its own way out: a Wi-Fi with a server behind it
ip netns add air
ip -n g6.0 link add wlan0 type veth peer name eth0 netns air
ip -n air addr add 10.44.0.1/24 dev eth0
ip -n air link set eth0 up
ip -n g6.0 addr add 10.44.0.9/24 dev wlan0
ip -n g6.0 link set wlan0 up
before=$(guest_state 6)
quiet "xnm-guest shares" in_guest 6
state=$(guest_state 6)
like "it forwards" "$state" '^ipv4/ip_forward 1$'
like "IPv6 is not shared without an IPv6 address" "$state" '^ipv6/conf/all/forwarding 0$'
is "two base chains and five rules" "$(ip netns exec g6.0 nft -a list table inet xnm-guest | grep -c 'accept #\|drop #\|masquerade #\|policy')" 7
quiet "a second run" in_guest 6
same "a second run changes nothing" "$(guest_state 6)" "$state"
ip route add 10.44.0.0/24 via 192.168.11.6
check "the host reaches what is behind the guest" ping -q -n -c 1 -W 2 10.44.0.1
serve air air 80
reach "with the guest's address" dom0 tcp/10.44.0.1/80="air:80 10.44.0.9"
ip -n air route add 192.168.11.0/24 via 10.44.0.9
refuse "nobody out there reaches the host" ip netns exec air ping -q -n -c 1 -W 0.4 192.168.11.1
ip netns exec g6.0 nft flush chain inet xnm-guest postrouting
quiet "a rule that was lost" in_guest 6
same "comes back" "$(guest_state 6)" "$state"
ip netns exec g6.0 nft delete table inet xnm-guest
quiet "a table that was lost" in_guest 6
same "comes back too" "$(guest_state 6)" "$state"

# IPv6: the way out by router advertisements must stay
sed -i 's/^address=192.168.11.1.24/& fd00:11::1\/64/; s/^address=192.168.11.6/& fd00:11::6/' "$XNM_CONFIG"
quiet "an IPv6 address more" "$XNM_VIF" reapply 6.0
quiet "xnm-guest takes it over" in_guest 6
like "it forwards IPv6" "$(guest_state 6)" '^ipv6/conf/all/forwarding 1$'
like "and still listens to routers outside" "$(guest_state 6)" '^ipv6/conf/wlan0/accept_ra 2$'
like "but not on the vif" "$(guest_state 6)" '^ipv6/conf/eth0/accept_ra 1$'

sed -i '/^share=yes/d' "$XNM_CONFIG"
quiet "no share any more" "$XNM_VIF" reapply 6.0
quiet "xnm-guest takes it back" in_guest 6
like "it forwards no more" "$(guest_state 6)" '^ipv4/ip_forward 0$'
like "nor IPv6" "$(guest_state 6)" '^ipv6/conf/all/forwarding 0$'
like "listening is as it was" "$(guest_state 6)" '^ipv6/conf/wlan0/accept_ra 1$'
is "the table has gone" "$(ip netns exec g6.0 nft list tables)" ""
refuse "the host reaches nothing by it" ping -q -n -c 1 -W 0.4 10.44.0.1

ip netns exec g6.0 nft add table inet xnm-guest
sed -i 's/^locking-mode=unlocked/&\nshare=yes/' "$XNM_CONFIG"
"$XNM_VIF" reapply 6.0
try in_guest 6
like "a table of somebody else" "$rc:$out" "^1:xnm-guest: table inet xnm-guest is somebody else's"
ip netns exec g6.0 nft delete table inet xnm-guest
quiet "and when it has gone" in_guest 6

# --------------------------------------------------------------- taking back

try hotplug offline 6 0
is "offline" "$rc:$out" "0:"
refuse "offline: nothing is told any more" xs_exists /local/domain/6/xnm/vif/0
quiet "xnm-guest without anything told" in_guest 6
same "all is as it was before" "$(guest_state 6 | grep -v '^default\|fe80\|^eth0\|mtu')" \
	"$(printf '%s\n' "$before" | grep -v '^default\|fe80\|^eth0\|mtu')"
is "no address is left" "$(ip -n g6.0 -o addr show dev eth0 scope global)" ""
is "it is down, as it was" "$(ip -n g6.0 link show dev eth0 | grep -c 'state DOWN')" 1
is "no notes are left" "$(find "$T/guest6/run" -type f ! -name lock)" ""

# a guest that has come from another host: its vif is there before the host has told about it
quiet "guest 1, before it migrates" in_guest 1
state=$(guest_state 1)
xs_rm /local/domain/1/xnm
xs_write $backend/1/0/hotplug-status ""
(sleep 0.5 && hotplug online 1 0) &
quiet "waits for what it is told" in_guest 1
wait $!
same "and keeps what it has" "$(guest_state 1)" "$state"

# the device has gone with its vif
quiet "guest 1 again" in_guest 1
netdev_rm 1 0
quiet "its device has gone" in_guest 1
is "no notes are left of it" "$(find "$T/guest1" -type f ! -name lock; readlink "$T/guest1/resolv.conf")" ""
netdev_new 1 0
try hotplug online 1 0
is "and it is there again" "$rc:$out" "0:"
quiet "it is set up again" in_guest 1
check "and reaches the host" guest_ping 1 0 192.168.10.1

# ---------------------------------------------------------------------- watch

(exec >"$T/watch.log" 2>&1 && in_guest 1 --watch) &
watcher=$!
# wanted_soon ADDRESS: eth0 gets it within some seconds
wanted_soon() {
	local i

	for ((i = 0; i < 100; i++)); do
		[ "$(ip -n g1.0 -o -4 addr show dev eth0 | awk '{ print $4 }')" != "$1" ] || return 0
		sleep 0.05
	done
	return 1
}
sleep 0.3
sed -i 's/^address=192.168.10.3/address=192.168.10.4/' "$XNM_CONFIG"
"$XNM_VIF" reapply 1.0
check "--watch takes a change over" wanted_soon 192.168.10.4/24
xs_write /local/domain/1/xnm/vif/0/ip rubbish
sleep 0.4
is "--watch outlives garbage" "$(ip -n g1.0 -o -4 addr show dev eth0 | awk '{ print $4 }')" 192.168.10.4/24
like "and tells of it" "$(cat "$T/watch.log")" "ip='rubbish' is no address"
xs_write /local/domain/1/xnm/vif/0/ip 192.168.10.5/24
check "and goes on" wanted_soon 192.168.10.5/24
pkill -P "$watcher" 2>/dev/null
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null

# ----------------------------------------- a guest with more interfaces than one

# what it has besides: a way out, a LAN of its own, what stands for a VPN, and a bridge with a container
guest_new 7 0
cat >>"$XNM_CONFIG" <<'END'
[network away]
address=192.168.17.1/24 fd00:17::1/64
host-services=all
[vif guest7]
network=away
address=192.168.17.7 fd00:17::7
share=yes
locking-mode=unlocked
END
# many NAME ADDRESS4 ADDRESS6 DEVICE [BRIDGE]: a machine NAME behind DEVICE of guest 7, which is .1 there
many() {
	local net=$1 four=$2 six=$3 dev=$4 on=${5:-$4}

	ip netns add "$net"
	ip -n g7.0 link add "$dev" type veth peer name eth0 netns "$net"
	[ -z "${5:-}" ] || ip -n g7.0 link add "$on" type bridge
	[ -z "${5:-}" ] || ip -n g7.0 link set "$dev" master "$on"
	ip netns exec "$net" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad; echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad'
	ip netns exec g7.0 sh -c "echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad; echo 0 >/proc/sys/net/ipv6/conf/$on/accept_dad"
	ip -n "$net" addr add "$four.9/24" dev eth0
	ip -n "$net" addr add "${six}9/64" dev eth0
	ip -n "$net" link set eth0 up
	ip -n g7.0 link set "$dev" up
	ip -n g7.0 addr add "$four.1/24" dev "$on"
	ip -n g7.0 addr add "${six}1/64" dev "$on"
	ip -n g7.0 link set "$on" up
	ip -n "$net" route add default via "$four.1"
	ip -n "$net" -6 route add default via "${six}1"
}
many air7 10.71.0 fd71:: wlan0
many home 10.72.0 fd72:: lan0
many vpn 10.73.0 fd73:: vpn0
many box 10.74.0 fd74:: veth1 cbr0
ip -n g7.0 route add default via 10.71.0.9 dev wlan0
ip -n g7.0 -6 route add default via fd71::9 dev wlan0
try hotplug online 7 0
is "several interfaces: online" "$rc:$out" 0:
for net in 10.71.0 10.72.0 10.73.0 10.74.0; do ip route add $net.0/24 via 192.168.17.7; done
for net in fd71 fd72 fd73 fd74; do ip -6 route add $net::/64 via fd00:17::7; done
echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad

# asked FROM TO: an answer, be it to the first or the second question
asked() {
	local -a there=()

	[ "$1" = dom0 ] || there=(ip netns exec "$1")
	"${there[@]}" ping -q -n -c 2 -i 0.1 -W 0.3 "$2" >/dev/null 2>&1
}
# reached: who reaches whom by guest 7, "FROM>TO" in each family that it does in
dom0_7="192.168.17.1 fd00:17::1"
declare -A of=([air7]="10.71.0.9 fd71::9" [home]="10.72.0.9 fd72::9" [vpn]="10.73.0.9 fd73::9" [box]="10.74.0.9 fd74::9"
	[dom0]=$dom0_7)
reached() {
	local from to address pair
	local -a pairs=("$@")

	[ $# -gt 0 ] || for from in dom0 air7 home vpn box; do
		for to in dom0 air7 home vpn box; do
			[ "$from" = "$to" ] || pairs+=("$from>$to")
		done
	done
	for pair in "${pairs[@]}"; do
		for address in ${of[${pair#*>}]}; do
			(asked "${pair%>*}" "$address" && echo "$pair $([[ $address == *:* ]] && echo 6 || echo 4)") &
		done
	done | sort
	wait
}
flags() {
	ip netns exec g7.0 sh -c 'cd /proc/sys/net && grep . ipv4/ip_forward ipv4/conf/*/forwarding ipv6/conf/*/forwarding ipv6/conf/*/accept_ra'
	ip -n g7.0 -6 rule show | sort
}
before=$(flags)
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad; echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad'
quiet "several interfaces: xnm-guest shares" in_guest 7
asked dom0 192.168.17.7
asked dom0 fd00:17::7
is "several interfaces: the host reaches what is behind the way out, and nobody anything else" "$(reached)" "dom0>air7 4
dom0>air7 6"
state=$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)
quiet "several interfaces: once more" in_guest 7
same "several interfaces: changes nothing" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"
is "several interfaces: nor is there anything to do" "$(in_guest 7 --print)" ""

# what is left when the rules are gone: nothing that comes in by an interface which is no way out is passed on
ip netns exec g7.0 nft flush ruleset
is "flushed: what is not the way out leads nowhere, in both families" \
	"$(reached home\>{dom0,air7,vpn,box} vpn\>{dom0,air7,home,box} box\>{dom0,air7,home,vpn})" ""
quiet "flushed: the next event" in_guest 7
same "flushed: puts it back" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"

# other ways out: the VPN is one by then, and the first is none
ip -n g7.0 route replace default via 10.73.0.9 dev vpn0
ip -n g7.0 -6 route del default
ip -n g7.0 -6 route add default via fd73::9 dev vpn0
quiet "another way out" in_guest 7
is "another way out: it is that alone" "$(reached)" "dom0>vpn 4
dom0>vpn 6"
ip -n g7.0 -6 route del default
quiet "none for IPv6" in_guest 7
is "none for IPv6: nothing of it gets out" "$(reached)" "dom0>vpn 4"
ip -n g7.0 route replace default via 10.71.0.9 dev wlan0
ip -n g7.0 -6 route add default via fd71::9 dev wlan0
quiet "the first one again" in_guest 7
same "the first one again: all as before" "$(flags; ip netns exec g7.0 nft -s list ruleset)" \
	"$(head -n "$(flags | wc -l)" <<<"$state"; ip netns exec g7.0 nft -s list ruleset)"

# what somebody makes later is as he makes it, and a card is not: a veth stands for what he makes
many late 10.75.0 fd75:: late0
of[late]="10.75.0.9 fd75::9"
ip route add 10.75.0.0/24 via 192.168.17.7
ip -6 route add fd75::/64 via fd00:17::7
quiet "one more" in_guest 7
is "one more: it passes as its maker sets it up, but the host has nothing there" \
	"$(reached late\>air7 late\>dom0 dom0\>late home\>late | grep -v '^late>air7')" ""

# what was of interfaces that have gone is forgotten
n_noted=$(wc -l <"$T/guest7/run/settings")
for i in {1..4}; do
	ip -n g7.0 link add "gone$i" type veth peer name "gone$i-x"
	in_guest 7
	ip -n g7.0 link del "gone$i"
done
quiet "interfaces came and went: the next event" in_guest 7
is "interfaces came and went: no setting of them is noted" "$(wc -l <"$T/guest7/run/settings")" "$n_noted"

# one event is enough after somebody has switched forwarding off: that switches each interface's, too
state=$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv6/conf/all/forwarding'
quiet "switched off by somebody: the next event" in_guest 7
same "switched off by somebody: all is as it was after one" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv4/ip_forward'
quiet "switched off and on: the next event" in_guest 7
same "switched off and on: all is as it was after one" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"
# a default route that moves without an event opens nothing; the next event, whatever it is about, follows it
ip -n g7.0 route replace default via 10.73.0.9 dev vpn0
ip -n g7.0 -6 route replace default via fd73::9 dev vpn0
is "the way out moves, and nobody says so: nothing is open that was not" "$(reached | grep -v ' late\|^late>air7\|^dom0>air7')" ""
XNM_LOG=stderr ip netns exec g7.0 ip link add dummy0 type dummy
quiet "the way out has moved: the next event, of another interface" in_guest 7
is "the way out has moved: it is the new one alone" "$(reached)" "dom0>vpn 4
dom0>vpn 6"
ip -n g7.0 link del dummy0
ip -n g7.0 route replace default via 10.71.0.9 dev wlan0
ip -n g7.0 -6 route del default dev vpn0
ip -n g7.0 -6 route add default via fd71::9 dev wlan0
quiet "the way out is the first one again" in_guest 7
same "the way out is the first one again: all as before" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"

# a list that is told, whatever the default routes say
share_to() {
	sed -i '/^\[vif guest7\]/,/^\[/{/^share-to=/d}' "$XNM_CONFIG"
	[ -z "$*" ] || sed -i "/^\[vif guest7\]/s/\$/\nshare-to=$*/" "$XNM_CONFIG"
	"$XNM_VIF" reapply 7.0
}
try share_to 'lan*'
is "share-to: the host tells it" "$rc:$out:$(told 7 0 | grep '^share')" "0::share-to=lan*
share=yes"
quiet "share-to: the guest" in_guest 7
is "share-to: that interface and no other, wherever the default route leads" "$(reached)" "dom0>home 4
dom0>home 6"
quiet "share-to: once more" in_guest 7
is "share-to: there is nothing more to do" "$(in_guest 7 --print)" ""
ip netns exec g7.0 nft flush ruleset
is "share-to: after a flush nothing comes in but by it and the vif" "$(reached {air7,vpn,box}\>{dom0,home} vpn\>air7)" ""
quiet "share-to: the next event" in_guest 7
try share_to wwan0 'ww[an' lan0
is "share-to: what is no name is refused with the policy" "$rc:$(told 7 0 | grep '^share-to')" "1:share-to=lan*"
try share_to 'wwan*' wlan0 lan0
quiet "share-to: several" in_guest 7
is "share-to: several, but nothing from one to another" "$(reached)" "$(printf '%s\n' 'dom0>air7 4' 'dom0>air7 6' 'dom0>home 4' 'dom0>home 6')"
try share_to 'wwan*'
quiet "share-to: what is not there" in_guest 7
is "share-to: what is not there is no way out, and nothing else is" "$(reached)" ""
many cell 10.76.0 fd76:: wwan1
of[cell]="10.76.0.9 fd76::9"
ip route add 10.76.0.0/24 via 192.168.17.7
ip -6 route add fd76::/64 via fd00:17::7
quiet "share-to: it comes" in_guest 7
is "share-to: it comes, and is the way out" "$(reached dom0\>{air7,home,vpn,box,cell} {cell,home,air7}\>{dom0,vpn})" "dom0>cell 4
dom0>cell 6"
ip -n g7.0 link del wwan1
# dom0 is checked as well
for bad in 'eth0' 'lo' '*' 'wlan0 wlan0' 'wlan0  lan0' '../x' 'a/b' 'all' 'abcdefghijklmnop' ''; do
	xenstore-write /local/domain/7/xnm/vif/0/share-to "$bad"
	try in_guest 7
	like "share-to='$bad' is refused" "$rc:$out" "^1:xnm-guest: vif 0: share-to='"
done
xenstore-rm /local/domain/7/xnm/vif/0/share
xenstore-write /local/domain/7/xnm/vif/0/share-to wlan0
try in_guest 7
like "share-to without share is refused" "$rc:$out" "^1:.*share-to='wlan0' has no share=yes beside it"
try share_to
is "share-to: told no more" "$rc:$out:$(told 7 0 | grep '^share')" "0::share=yes"
quiet "share-to: told no more: the guest" in_guest 7
same "share-to: told no more: all as before" "$(flags; ip netns exec g7.0 nft -s list ruleset; guest_state 7)" "$state"

# --watch: rules, routes and flags
(exec >"$T/watch7.log" 2>&1 && in_guest 7 --watch) &
watcher=$!
soon() {
	local i

	for ((i = 0; i < 60; i++)); do
		"$@" && return 0
		sleep 0.05
	done
	return 1
}
has_rules() {
	ip netns exec g7.0 nft list table inet xnm-guest 2>/dev/null | grep -q "$@"
}
sleep 0.4
ip netns exec g7.0 nft flush ruleset
check "--watch: a flush is noticed" soon has_rules 'oifname "wlan0"'
is "--watch: and healed" "$(reached home\>dom0 dom0\>home dom0\>box dom0\>air7)" "dom0>air7 4
dom0>air7 6"
ip netns exec g7.0 nft delete chain inet xnm-guest postrouting
check "--watch: a chain that is deleted" soon has_rules masquerade
ip -n g7.0 route replace default via 10.73.0.9 dev vpn0
check "--watch: another way out" soon has_rules 'oifname "vpn0"'
ip -n g7.0 route replace default via 10.71.0.9 dev wlan0
check "--watch: and back" soon has_rules 'meta nfproto ipv4 oifname "wlan0"'
ip netns exec g7.0 sh -c 'echo 1 >/proc/sys/net/ipv4/conf/lan0/forwarding'
flag_is() {
	[ "$(ip netns exec g7.0 cat /proc/sys/net/ipv4/conf/lan0/forwarding)" = "$1" ]
}
check "--watch: a flag that somebody sets" soon flag_is 0
ip -n g7.0 -6 rule del iif lan0 prohibit 2>/dev/null || ip -n g7.0 -6 rule del pref 880 iif lan0
rule_is() {
	ip -n g7.0 -6 rule show | grep -q 'iif lan0'
}
check "--watch: a rule that is gone" soon rule_is
# who switches something off, deletes something, or brings an interface
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'
setting_is() {
	[ "$(ip netns exec g7.0 cat "/proc/sys/net/$1")" = "$2" ]
}
check "--watch: IPv4's forwarding that somebody switches off" soon setting_is ipv4/ip_forward 1
check "--watch: and what is no way out stays closed" soon flag_is 0
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv6/conf/all/forwarding'
check "--watch: IPv6's" soon setting_is ipv6/conf/all/forwarding 1
ip netns exec g7.0 sh -c 'echo 1 >/proc/sys/net/ipv4/conf/vpn0/forwarding; echo 0 >/proc/sys/net/ipv4/conf/wlan0/forwarding'
check "--watch: the way out's own" soon setting_is ipv4/conf/wlan0/forwarding 1
check "--watch: the VPN's own" soon setting_is ipv4/conf/vpn0/forwarding 0
ip netns exec g7.0 nft delete table inet xnm-guest
check "--watch: a table that is deleted" soon has_rules 'oifname "wlan0"'
handle=$(ip netns exec g7.0 nft -a list chain inet xnm-guest forward | awk '/oifname "eth0" drop/ { print $NF }')
ip netns exec g7.0 nft delete rule inet xnm-guest forward handle "$handle"
check "--watch: a rule that is deleted" soon has_rules 'oifname "eth0" drop'
ip netns exec g7.0 nft insert rule inet xnm-guest forward accept
lacks_rule() {
	! has_rules '^[[:space:]]*accept$'
}
check "--watch: a rule that is put in front" soon lacks_rule
handle=$(ip netns exec g7.0 nft -a list chain inet xnm-guest forward | awk '/oifname "eth0" drop/ { print $NF }')
ip netns exec g7.0 nft replace rule inet xnm-guest forward handle "$handle" oifname eth0 accept
check "--watch: a rule in place of another" soon has_rules 'oifname "eth0" drop'
ip netns exec g7.0 nft 'add table inet xnm-guest { flags dormant; }'
is_awake() {
	! has_rules dormant
}
check "--watch: a table that is switched off" soon is_awake
ip -n g7.0 link add docker0 type bridge
ip -n g7.0 addr add 10.77.0.1/24 dev docker0
ip -n g7.0 link set docker0 up
ip -n g7.0 tuntap add tun7 mode tun
ip -n g7.0 addr add 10.78.0.1/24 dev tun7
ip -n g7.0 link set tun7 up
sleep 0.3
is "--watch: a container's bridge and a VPN that come are no way out" \
	"$(ip netns exec g7.0 nft list chain inet xnm-guest from-vif0 | grep -c 'docker0\|tun7')" 0
ip -n g7.0 link del docker0
ip -n g7.0 link del tun7
n_runs=$(wc -l <"$T/watch7.log")
sleep 0.5
is "--watch: then it is at rest" "$n_runs:$(wc -l <"$T/watch7.log")" "0:0"
pkill -P "$watcher" 2>/dev/null
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null

# all is taken back, and what single interfaces had by themselves
sed -i '/^\[vif guest7\]/,/^\[/s/^share=yes//' "$XNM_CONFIG"
quiet "no share any more: the host" "$XNM_VIF" reapply 7.0
quiet "no share any more: the guest" in_guest 7
same "no share any more: all settings and rules are as they were" "$(flags | grep -v late0)" "$before"
is "no share any more: no rules, no notes of it" \
	"$(ip netns exec g7.0 nft list ruleset; find "$T/guest7/run" -name apart -o -name settings -o -name shared)" ""
# what forwarded before goes on
ip netns exec g7.0 sh -c 'echo 1 >/proc/sys/net/ipv4/conf/lan0/forwarding; echo 1 >/proc/sys/net/ipv6/conf/vpn0/forwarding'
before=$(flags)
was=$(reached home\>vpn)
sed -i 's/^\[vif guest7\]/&\nshare=yes/' "$XNM_CONFIG"
"$XNM_VIF" reapply 7.0
quiet "one interface forwards by itself: shared" in_guest 7
is "one interface forwards by itself: it goes on to" "$(reached home\>vpn | grep 4)" "$(grep 4 <<<"$was")"
sed -i '/^\[vif guest7\]/,/^\[/s/^share=yes//' "$XNM_CONFIG"
"$XNM_VIF" reapply 7.0
quiet "one interface forwards by itself: shared no more" in_guest 7
same "one interface forwards by itself: as it was" "$(flags)" "$before"
# and who is a router stays one
ip netns exec g7.0 sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
before=$(flags)
sed -i 's/^\[vif guest7\]/&\nshare=yes/' "$XNM_CONFIG"
"$XNM_VIF" reapply 7.0
quiet "a router shares" in_guest 7
is "a router shares: it goes on to route, and the host gets no further for that" "$(reached home\>vpn box\>home dom0\>{home,vpn,box,air7} home\>dom0)" \
	"$(printf '%s\n' 'box>home 4' 'box>home 6' 'dom0>air7 4' 'dom0>air7 6' 'home>vpn 4' 'home>vpn 6')"
same "a router shares: no setting of an interface is changed" "$(flags | grep -v accept_ra)" "$(grep -v accept_ra <<<"$before")"
# a rule of somebody else leads in, and the answer leads back
ip netns exec g7.0 nft -f - <<'END'
table ip port {
	chain prerouting {
		type nat hook prerouting priority -100;
		iifname "lan0" tcp dport 8088 dnat to 192.168.17.1:88
	}
}
END
serve dom0 dom0 88
reach "a router shares: what its own port forward leads in" home "tcp/10.72.0.1/8088=dom0:88 10.72.0.9"
unserve dom0
# more settings than there used to be room for
for i in {1..40}; do
	echo "link add many$i type veth peer name many$i-x"
done | ip -n g7.0 -batch -
sed -i '/^\[vif guest7\]/,/^\[/s/^share=yes//' "$XNM_CONFIG"
"$XNM_VIF" reapply 7.0
in_guest 7
ip netns exec g7.0 sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv6/conf/all/forwarding'
sed -i 's/^\[vif guest7\]/&\nshare=yes/' "$XNM_CONFIG"
"$XNM_VIF" reapply 7.0
quiet "80 interfaces more: shared" in_guest 7
is "80 interfaces more: it forwards both, and goes on to listen on each" \
	"$(ip netns exec g7.0 sh -c 'cd /proc/sys/net; cat ipv4/ip_forward ipv6/conf/all/forwarding; cat ipv6/conf/many*/accept_ra | sort | uniq -c' | xargs)" \
	"1 1 80 2"
for i in {1..120}; do
	echo "link add more$i type veth peer name more$i-x"
done | ip -n g7.0 -batch -
try in_guest 7
like "320 interfaces: too many is said" "$rc:$out" '^1:xnm-guest: cannot share: .* interfaces'
is "320 interfaces: in one line" "$(printf '%s\n' "$out" | wc -l)" 1
try hotplug offline 7 0
guest_rm 7 0

# ------------------------------------------------------- more vifs than fit

guest_new 7 0
for i in {1..15}; do
	xs_write "/local/domain/7/device/vif/$i/handle" "$i"
done
quiet "16 vifs of one guest" in_guest 7
xs_write /local/domain/7/device/vif/16/handle 16
try in_guest 7
is "17 vifs: too many is said, and none is left out without a word" "$rc:$out" \
	"1:xnm-guest: this guest has more than 16 interfaces of Xen: detach some"
xs_rm /local/domain/7/device/vif
guest_rm 7 0

# ----------------------------------------------------- offline without xenstore

hotplug online 3 0
store_stop
try hotplug offline 3 0
is "an offline without xenstored" "$rc:$out" "0:"

tap_done
