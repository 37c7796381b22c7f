#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# host-lengths.sh - a guest's address with the length of its subnet is that one host, whatever is done with it.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

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

[network pub]
backend=route
forward=route
address=10.0.0.1/32 fe80::1/64
uplink=wan

[vif policy-bridged]
network=a
address=192.168.10.12/24 fd10::12/64

[vif policy-routed]
network=pub
address=10.99.0.52/24 2001:db8:99::52/64
END
serve inet inet 80

declare -A streams=()

# stream WHAT NAMESPACE ADDRESS: a connection that goes on, into $T/stream.WHAT
stream() {
	local i

	: >"$T/stream.$1"
	ip netns exec "$2" curl -sSgN -m 90 "http://$(bracketed "$3")/stream" >"$T/stream.$1" 2>&1 &
	streams[$1]=$!
	for ((i = 0; i < 200; i++)); do
		[ "$(wc -l <"$T/stream.$1")" -ge 2 ] && return
		sleep 0.02
	done
	not_ok "the connection $1" "$(cat "$T/stream.$1")"
}

# go_on NAME WHAT...: whether more comes by all of them
go_on() {
	local what wrong='' name=$1
	local -A lines=()

	shift
	for what in "$@"; do lines[$what]=$(wc -l <"$T/stream.$what"); done
	sleep 0.4
	for what in "$@"; do
		[ "$(wc -l <"$T/stream.$what")" -gt "${lines[$what]}" ] || wrong+="$what: $(tail -n 1 "$T/stream.$what")"$'\n'
	done
	if [ -z "$wrong" ]; then ok "$name"; else not_ok "$name" "${wrong%$'\n'}"; fi
}

# online D N [KEY=VALUE]...
online() {
	guest_new "$@"
	try hotplug online "$1" "$2"
	[ "$rc:$out" = 0: ] || not_ok "guest $1 goes online" "$out"
}

# leaves D ADDRESS4 ADDRESS6: it goes, and so does all that it had
leaves() {
	try hotplug offline "$1" 0
	is "guest $1 goes offline" "$rc:$out" 0:
	is "none of its connections is left" "$(tracked "$2" | grep ESTAB; tracked "$3" | grep ESTAB)" ""
	guest_rm "$1" 0
}

# -- those who stay, one of each kind
online 8 0 bridge=a ip="192.168.10.19/24 fd10::19/64"
lan_guest 8 0 192.168.10.1 fd10::1 192.168.10.19/24 fd10::19/64
online 9 0 bridge=pub ip="10.99.0.59/24 2001:db8:99::59/64"
lan_guest 9 0 10.0.0.1 fe80::1 10.99.0.59/32 2001:db8:99::59/128
stream bridged4 g8.0 $inet4
stream bridged6 g8.0 $inet6
stream routed4 g9.0 $inet4
stream routed6 g9.0 $inet6
all=(bridged4 bridged6 routed4 routed6)
is "a routed one has a route to itself, and to no subnet" \
	"$(ip -j route show dev vif9.0 | jq -r '.[].dst' | xargs) $(ip -j -6 route show dev vif9.0 proto 88 | jq -r '.[].dst' | xargs)" \
	"10.99.0.59 2001:db8:99::59"
is "what is claimed is the host" "$(find "$XNM_RUN_DIR/address" "$XNM_RUN_DIR/prefix" -type l -printf '%f\n' | sort | xargs)" \
	"$(printf '%s\n' na0,192.168.10.19,32 na0,fd10::19,128 -,10.99.0.59,32 -,2001:db8:99::59,128 | sort | xargs)"
is "a guest is told the length of its subnet" "$(xs_read /local/domain/8/xnm/vif/0/ip)" "192.168.10.19/24 fd10::19/64"
is "and none where it has no neighbours" "$(xs_read /local/domain/9/xnm/vif/0/ip)" "10.99.0.59/32 2001:db8:99::59/128"

# -- those who leave
online 1 0 bridge=a ip="192.168.10.11/24 fd10::11/64"
lan_guest 1 0 192.168.10.1 fd10::1 192.168.10.11/24 fd10::11/64
stream gone4 g1.0 $inet4
leaves 1 192.168.10.11 fd10::11
go_on "a guest with ip= leaves, bridged: the others' connections go on" "${all[@]}"

online 2 0 name=policy-bridged
lan_guest 2 0 192.168.10.1 fd10::1 192.168.10.12/24 fd10::12/64
stream gone4 g2.0 $inet4
leaves 2 192.168.10.12 fd10::12
go_on "one with address=, bridged" "${all[@]}"

online 3 0 bridge=pub ip="10.99.0.53/24 2001:db8:99::53/64"
lan_guest 3 0 10.0.0.1 fe80::1 10.99.0.53/32 2001:db8:99::53/128
stream gone4 g3.0 $inet4
leaves 3 10.99.0.53 2001:db8:99::53
go_on "one with ip=, routed" "${all[@]}"

online 4 0 name=policy-routed
lan_guest 4 0 10.0.0.1 fe80::1 10.99.0.52/32 2001:db8:99::52/128
stream gone4 g4.0 $inet4
leaves 4 10.99.0.52 2001:db8:99::52
go_on "one with address=, routed" "${all[@]}"

# with an emulated card beside it
for network in a pub; do
	declare -A its=([a]="192.168.10.15/24 fd10::15/64" [pub]="10.99.0.55/24 2001:db8:99::55/64")
	keys_new 5 0 bridge=$network ip="${its[$network]}" type=vif_ioemu
	netdev_new 5 0
	tap_new 5 0
	try hotplug add 5 0
	is "network $network: a tap" "$rc:$out" 0:
	try hotplug online 5 0
	is "and its vif" "$rc:$out" 0:
	try hotplug remove 5 0
	ip link del vif5.0-emu 2>/dev/null
	try hotplug offline 5 0
	is "both go" "$rc:$out" 0:
	guest_rm 5 0
	go_on "one with an emulated card, in network $network" "${all[@]}"
done

# -- without offline, and by a new policy
online 6 0 bridge=a ip="192.168.10.16/24 fd10::16/64"
guest_rm 6 0
"$XNM_VIF" gc >/dev/null
go_on "gc forgets one that was killed" "${all[@]}"
online 2 0 name=policy-bridged
sed -i 's|^address=192.168.10.12/24 fd10::12/64|address=192.168.10.13/24 fd10::13/64|' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "another address by the policy" "$rc:$out:$(xs_read /local/domain/2/xnm/vif/0/ip)" "0::192.168.10.13/24 fd10::13/64"
go_on "the others' connections go on" "${all[@]}"
lan_guest 2 0 192.168.10.1 fd10::1 192.168.10.13/24 fd10::13/64
stream same4 g2.0 $inet4
stream same6 g2.0 $inet6
sed -i 's|^address=192.168.10.13/24 fd10::13/64|address=192.168.10.13 fd10::13/128|' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "the same address without its length" "$rc:$out:$(xs_read /local/domain/2/xnm/vif/0/ip)" "0::192.168.10.13/24 fd10::13/64"
go_on "its own connections go on, too" same4 same6 "${all[@]}"
guest_new 7 0 bridge=a ip=192.168.10.13/25
try hotplug online 7 0
assert_refused "one address with two lengths is one address" 7 0 '192\.168\.10\.13.*(vif2\.0|policy-bridged)'
guest_rm 7 0
try hotplug offline 2 0
guest_rm 2 0
# the notes of an older program
sed -i -e 's|^address=192.168.10.19/32|address=192.168.10.19/24|; s|^address=fd10::19/128|address=fd10::19/64|' \
	-e '/^address-length=/d' "$XNM_RUN_DIR/vif/8.0"
try "$XNM_VIF" reapply all
is "notes that have it with its length" "$rc:$out" 0:
go_on "are of the same addresses" "${all[@]}"

# -- a whole subnet is one that is routed to the guest
online 1 0 bridge=pub ip="10.99.0.64/28 2001:db8:64::/64"
is "a prefix is a prefix still" \
	"$(ip -j route show dev vif1.0 | jq -r '.[].dst' | xargs) $(ip -j -6 route show dev vif1.0 proto 88 | jq -r '.[].dst' | xargs)" \
	"10.99.0.64/28 2001:db8:64::/64"
leaves 1 10.99.0.65 2001:db8:64::1
go_on "and none of the others' business" "${all[@]}"
# of a subnet of two, both are hosts
online 1 0 bridge=pub ip="10.99.0.66/31 2001:db8:66::/127"
is "each of two is one" \
	"$(ip -j route show dev vif1.0 | jq -r '.[].dst' | xargs) $(ip -j -6 route show dev vif1.0 proto 88 | jq -r '.[].dst' | xargs)" \
	"10.99.0.66 2001:db8:66::"
leaves 1 10.99.0.66 2001:db8:66::

# -- what nobody can mean
# refused NAME IP TEXT [BRIDGE]
refused() {
	guest_new 7 0 bridge="${4:-a}" ip="$2"
	try hotplug online 7 0
	assert_refused "$1" 7 0 "$3"
	guest_rm 7 0
}
for network in a pub br0; do
	[ "$network" != br0 ] || bridge_new br0
	refused "$network: length 0" 192.168.10.7/0 "ip='192.168.10.7/0' has a length that no subnet has" $network
	refused "$network: and of IPv6" fd10::7/0 "ip='fd10::7/0' has a length" $network
	refused "$network: all of IPv4" 0.0.0.0/0 "ip='0.0.0.0/0' .*correct it in the guest's vif line" $network
	refused "$network: a quarter of it" 192.168.10.7/2 "has a length" $network
	refused "$network: the broadcast address" 192.168.10.255/24 "is the broadcast address of its subnet" $network
	refused "$network: loopback" 127.0.0.2/8 "is no address that an interface can have" $network
	refused "$network: multicast" ff02::1/64 "is no address that an interface can have" $network
done
ip link del br0
refused "all of the network's subnet" 192.168.10.0/24 "192.168.10.0/24 of the guest is a whole subnet of \[network a\]"
refused "and more than it" 192.168.0.0/16 "is a whole subnet of \[network a\]"
refused "with IPv6" fd10::/64 "is a whole subnet of \[network a\]"
refused "a prefix with another network's subnet in it" 192.168.0.0/16 \
	"is in a subnet of \[network a\], but it joins \[network pub\]" pub
# checked TEXT LINE...
checked() {
	printf '%s\n' '[network a]' bridge=na0 forward=nat address="${network:-192.168.10.1/24 fd10::1/64}" \
		'[vif x]' network=a "$2" >"$T/bad.ini"
	try "$XNM" check "$T/bad.ini"
	like "xnm check: $2${network:+, $network}" "$rc:$out" "$1"
}
network=
checked "^2:$T/bad.ini:7: address=192.168.10.7/0: has a length" address=192.168.10.7/0
checked "^2:$T/bad.ini:7: .*fd10::7/0: has a length" address=fd10::7/0
checked "^2:$T/bad.ini:7: .*broadcast" address=192.168.10.255/24
checked "^2:$T/bad.ini:7: .*is a whole subnet" address=192.168.10.0/24
checked "^0:" "address=192.168.10.25/25 fd10::255/64"
network=192.168.10.1/0 checked "^2:$T/bad.ini:4: .*has a length" address=192.168.10.7
network=192.168.10.255/24 checked "^2:$T/bad.ini:4: .*broadcast" address=192.168.10.7
network="192.168.10.0/31 fd10::/127" checked "^0:" "address=192.168.10.1 fd10::1"

kill "${streams[@]}" 2>/dev/null
wait "${streams[@]}" 2>/dev/null
for d in 8 9; do
	try hotplug offline $d 0
	guest_rm $d 0
done
is "no element is left" "$(elements)" ""
assert_clean "nothing is left"
tap_done
