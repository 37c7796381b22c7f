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

lan_or_skip
store_start || exit 1
lan_new

# readers PATH: its permissions, as xenstore-ls shows them
readers() {
	xenstore-ls -p "${1%/*}" | sed -n "s/^ *${1##*/} = .*(\(.*\))$/\1/p"
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
	"write for the guest to xenstore: gateway='192.168.10.1 fd00:10::1' mtu='1400'"
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
	"set MTU of eth0 to 1400 set eth0 up add address 192.168.10.2/24 to eth0 add address fd00:10::2/64 to eth0 set default route via 192.168.10.1 dev eth0"
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
like "an interface that is not there" "$rc:$out" "^1:xnm-guest: eth7 does not exist, or is not a vif of Xen$"
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
garbage "no address" ip "192.168.10.3/24; reboot" "ip='192.168.10.3/24;' is not an address"
garbage "an empty value" ip "" "ip='' is not an address"
garbage "no length" ip 192.168.10.3 "ip='192.168.10.3' is not an address"
garbage "a subnet" ip 192.168.10.0/24 "ip='192.168.10.0/24' is the subnet itself"
garbage "multicast" ip 224.0.0.1/24 "ip='224.0.0.1/24' is no address that"
garbage "loopback" ip ::1/128 "ip='::1/128' is no address that"
garbage "twice" ip "192.168.10.3/24 192.168.10.3/25" "ip='192.168.10.3/25' is given twice"
garbage "17 addresses" ip "$(seq -f '10.0.0.%g/24' -s ' ' 17)" "ip='10.0.0.17/24' is one address too many"
garbage "two gateways" gateway "192.168.10.1 192.168.10.9" "gateway='192.168.10.9' is a second one"
garbage "a gateway of a family without address" gateway fd00:10::1 "gateway='fd00:10::1' has no address"
garbage "itself as gateway" gateway 192.168.10.3 "gateway='192.168.10.3' is our own"
garbage "too many name servers" dns "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7" "dns='1.1.1.7' is one address too many"
garbage "a name server that is a name" dns example.org "dns='example.org' is not an address"
garbage "an MTU of 10" mtu 10 "mtu='10' is not a number from 68"
garbage "a MAC that is none" mac 0 "mac='0' is not a MAC"
garbage "another's MAC" mac 00:16:3e:00:77:77 "mac='00:16:3e:00:77:77' is not that of eth0"
garbage "a network's name" net '../x' "net='../x' is not the name"
garbage "share" share maybe "share='maybe' is neither yes nor no"
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
like "and tells of it" "$(cat "$T/watch.log")" "ip='rubbish' is not an address"
xs_write /local/domain/1/xnm/vif/0/ip 192.168.10.5/24
check "and goes on" wanted_soon 192.168.10.5/24
pkill -P "$watcher" 2>/dev/null
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null

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
