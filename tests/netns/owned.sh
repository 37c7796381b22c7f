#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# owned.sh - what xnm knows to be somebody's address no other guest may use, be it one of unknown or of further addresses.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/frames.sh
. "$netns_top/tests/lib/frames.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

if ! command -v nft >/dev/null; then
	skip "owned" "nft is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
store_start || exit 1

# policy NETWORK: guests of all kinds, and the network if it is not empty
policy() {
	cat >"$XNM_CONFIG" <<END
$1

[vif victim]
address=10.0.0.2 2001:db8::2

[vif any]
ipv4-allowed=any
ipv6-allowed=any

# its own addresses come first
[vif any-known]
address=10.0.0.1 10.0.0.5 2001:db8::1 2001:db8::5
ipv4-allowed=any
ipv6-allowed=any

[vif prefix]
address=10.0.0.1 2001:db8::1
ipv4-allowed=10.0.0.0/8
ipv6-allowed=2001:db8::/32

[vif unlocked]
locking-mode=unlocked
END
}

# what is about addresses: of the victim, the host, the gateway, and of nobody
about='victim|dom0|lan|outside|spoofed|^ns-|^arp-(request|reply|probe|announcement)$|^ip[46]-udp$|^dhcp-discover|^igmp'

# sender NAME [KEY=VALUE]...
sender() {
	frames_guest 1 name="$1" "${@:2}"
	try hotplug online 1 0
	assert_online "$1: online" 1 0 br0
	neighbours_set
}

sender_gone() {
	try hotplug offline 1 0
	assert_offline "$1: offline" 1 0
	guest_rm 1 0
}

# attack NAME MODE: what it may send comes out, and nothing else
attack() {
	battery_of "$about" "$1" "$2"
	is "$1: dom0's neighbours are where they were" "$(neighbours_claimed)" ""
}

# neighbours_claimed: who of others is at the sender's MAC for dom0
neighbours_claimed() {
	ip -j neigh show dev br0 | jq -r '.[] | select(.lladdr == "00:16:3e:00:01:00") | .dst |
		select(IN("10.0.0.2", "2001:db8::2", "fe80::216:3eff:fe00:200", "10.0.0.254", "2001:db8::fe"))'
}

# nft_elements SET: the number of its elements in table bridge xnm
nft_elements() {
	nft -j list set bridge xnm "$1" 2>/dev/null | jq '[.nftables[].set.elem // [] | .[]] | length'
}

# ------------------------------------------------ a bridge of the host's own

policy ""
frames_host br0
frames_guest 2 name=victim
try hotplug online 2 0
assert_online "the victim" 2 0 br0
for kind in stranger any; do
	sender $kind
	attack "$kind" mac-only
	sender_gone $kind
done
sender any-known
attack "any, with addresses of its own" mac-only
sender_gone any-known
# who sends with any MAC must not have the bridge believe that it is there
ip link set br0 type bridge ageing_time 0
sender unlocked
battery_of "$about" unlocked unlocked
like "unlocked: without the rules dom0 can be deceived" "$(neighbours_claimed)" '2001:db8::2'
sender_gone unlocked
ip link set br0 type bridge ageing_time 30000
ip neigh flush dev br0

# the emulated card of the same guest is held to the same
frames_guest 1 name=stranger type=vif_ioemu
try hotplug online 1 0
assert_online "stranger with a tap: online" 1 0 br0
ip netns add emu
ip link add vif1.0-emu type veth peer name eth0 address 00:16:3e:00:01:00 netns emu
frames_silent emu
try hotplug add 1 0
is "stranger: its tap" "$rc:$out" 0:
neighbours_set
frames_from=emu frames_vif=vif1.0-emu
attack "stranger's tap" mac-only
frames_from=g1.0 frames_vif=vif1.0
try hotplug remove 1 0
is "stranger: its tap goes" "$rc:$out" 0:
ip link del vif1.0-emu
ip netns del emu
sender_gone "stranger with a tap"

# ------------------------------------------------------- networks, as they go

for forward in ${FORWARDS:-none nat route open bridge}; do
	try hotplug offline 2 0
	policy "[network br0]
forward=$forward
address=10.0.0.254/24 2001:db8::fe/64
gateway=10.0.0.253 2001:db8::fd"
	try hotplug online 2 0
	assert_online "forward=$forward: the victim" 2 0 br0
	sender stranger
	attack "forward=$forward, stranger" any
	sender_gone stranger
	sender any
	attack "forward=$forward, any" any
	sender_gone any
	sender prefix
	attack "forward=$forward, prefix" prefix
	sender_gone prefix
done

try hotplug offline 2 0
guest_rm 2 0

# ------------------------------------------- one by one: who may, and who not

cat >"$XNM_CONFIG" <<'END'
[network br0]
address=10.0.0.254/24 2001:db8::fe/64
gateway=10.0.0.253 2001:db8::fd
forward=nat

[vif victim]
address=10.0.0.2 2001:db8::2

[vif gateway]
address=10.0.0.253 2001:db8::fd

[vif block]
address=10.0.0.64/26 2001:db8::4:0/112

[vif vrrp]
address=10.0.0.1 2001:db8::1
ipv4-allowed=10.0.0.100/32
ipv6-allowed=2001:db8::100/128

[vif prefix]
address=10.0.0.1 2001:db8::1
ipv4-allowed=10.0.0.0/8
ipv6-allowed=2001:db8::/32

[vif any]
ipv4-allowed=any
ipv6-allowed=any

[vif elsewhere]
network=br1

[network br1]

[vif free]
locking-mode=unlocked
address=10.0.0.2 2001:db8::2
END

guest_comes 1 stranger
as 10.0.0.2 2001:db8::2
may "a stranger has an address that is nobody's"
guest_comes 2 victim
may_not "it is somebody's now"
as 10.0.0.253 2001:db8::fd
may_not "a stranger is no gateway"
as 10.0.0.254 2001:db8::fe
may_not "a stranger is not this host"
as 10.0.0.9 2001:db8::9
may "a stranger has another address"

# an address that somebody gives to this host by hand
as 10.0.0.77 2001:db8::77
may "an address that this host does not have"
ip addr add 10.0.0.77/24 dev br0
ip addr add 2001:db8::77/64 dev br0 nodad
like "xnm-vif plan says that there is a new one" "$("$XNM_VIF" plan 2.0)" 'the addresses on br0 that no guest may use'
try "$XNM_VIF" reapply 2.0
may_not "it has it, which the next event has seen"
is "and then there is nothing to do" "$("$XNM_VIF" plan 1.0 | tail -1)" "  nothing to do"
ip addr del 10.0.0.77/24 dev br0
ip addr del 2001:db8::77/64 dev br0
try "$XNM_VIF" reapply 1.0
may "it has it no more"

# the group of the device is how the rules know where it is
is "a locked vif's device has a group" "$(ip -d -j link show vif1.0 | jq -r '.[0].group')" 652631391
ip link set vif1.0 group 0
as 10.0.0.9 2001:db8::9
may_not "a stranger whose group somebody has changed may nothing"
like "xnm-vif plan sees it" "$("$XNM_VIF" plan 1.0)" 'set group of vif1.0 to 652631391'
like "xnm status says it" "$("$XNM" status 2>&1)" 'set group of vif1\.0'
try "$XNM_VIF" reapply 1.0
may "reapply mends it"
as 10.0.0.2 2001:db8::2
may_not "and all that goes with it"
nft flush ruleset
try "$XNM_VIF" reapply all
may_not "the same after a flush and reapply"

# the address changes its owner
sed -i 's/^address=10.0.0.2 2001:db8::2$/address=10.0.0.3 2001:db8::3/' "$XNM_CONFIG"
try "$XNM_VIF" reapply 2.0
may "an address that its owner has given up"
as 10.0.0.3 2001:db8::3
may_not "the owner's new address"
sed -i 's/^address=10.0.0.3 2001:db8::3$/address=10.0.0.2 2001:db8::2/' "$XNM_CONFIG"
try "$XNM_VIF" reapply 2.0
as 10.0.0.2 2001:db8::2
may_not "the old one again"

# the same guest on its way within this host: both vifs have it
guest_comes 3 victim mac=00:16:3e:00:02:00
may_not "while it migrates"
guest_goes 2
may_not "when it has arrived"
guest_comes 2 victim
guest_goes 2
may_not "when a migration has failed, too"
guest_goes 3
may "when it has gone"

# who has lost his notes has gone without a farewell: gc gives free what nobody has noted
guest_comes 2 victim
rm "$XNM_RUN_DIR/vif/2.0"
guest_rm 2 0
may_not "somebody whose notes are lost"
try "$XNM_VIF" gc
may "collected"

# not held to anything itself, but its address is its own
guest_comes 2 free
may_not "the address of an unlocked guest"
guest_goes 2
may "it has gone"
guest_goes 1

# on another bridge everything is another one's
guest_comes 2 victim
bridge_new br1
frames_guest 1 name=elsewhere bridge=br1
try hotplug online 1 0
is "elsewhere comes" "$rc:$out" 0:
as 10.0.0.2 2001:db8::2
may "the same addresses on another bridge"
guest_goes 1
guest_goes 2

guest_comes 1 gateway
as 10.0.0.253 2001:db8::fd
may "the gateway is the gateway"
guest_goes 1
guest_comes 1 vrrp
as 10.0.0.100 2001:db8::100
may "a shared address that the policy allows"
guest_goes 1
guest_comes 1 stranger
may "which is nobody's as long as it is only allowed"
guest_goes 1

# whole prefixes
guest_comes 1 block
as 10.0.0.71 2001:db8::4:7
may "whoever has a prefix may use all of it"
ip addr add 10.0.0.65/32 dev br0
ip addr add 2001:db8::4:1/128 dev br0 nodad
try "$XNM_VIF" reapply 1.0
as 10.0.0.65 2001:db8::4:1
may_not "but for what this host has of it"
ip addr del 10.0.0.65/32 dev br0
ip addr del 2001:db8::4:1/128 dev br0
guest_goes 1
guest_comes 2 block
for kind in stranger any prefix; do
	guest_comes 1 $kind
	as 10.0.0.71 2001:db8::4:7
	may_not "$kind: a prefix that another one has"
	as 10.0.0.130 2001:db8::5:7
	may "$kind: an address beside it"
	guest_goes 1
done
guest_comes 1 prefix
dump_loads "addresses and prefixes of several"
ip link set vif1.0 group 5
as 10.0.0.1 2001:db8::1
may "of a changed group, but its own address"
as 10.0.0.130 2001:db8::5:7
may_not "of a changed group, an address that it might have"
guest_goes 1
guest_goes 2

# ---------------------------------------------------------- without a bridge

cat >"$XNM_CONFIG" <<'END'
[network pub]
backend=route
address=10.6.0.1/32 2001:db8:6::1/128

[vif victim]
address=10.6.0.2 2001:db8:6::2

[vif block]
address=10.6.4.0/24 2001:db8:6:4::/64

# the host hears IPv6 only of a vif that has some
[vif any]
address=10.6.0.4 2001:db8:6::4
ipv4-allowed=any
ipv6-allowed=any

[vif prefix]
address=10.6.0.3 2001:db8:6::3
ipv4-allowed=10.0.0.0/8
ipv6-allowed=2001:db8::/32
END
# what the host itself gets; it looks at no ARP of theirs, and puts fragments together first
routed_as() {
	as "$1" "$2" --victim-mac fe:ff:ff:ff:ff:ff
}
routed_may() {
	drops_read "$frames_vif"
	drops_keep
	send_counted - ip4-udp ip6-udp
	is "$1" "$counted_wrong" ""
}
routed_may_not() {
	local wrong

	drops_read "$frames_vif"
	drops_keep
	send_counted spoofed-ipv4 ip4-udp
	wrong=$counted_wrong
	if [ "$kind" != stranger ]; then
		send_counted spoofed-ipv6 ip6-udp
		wrong+=$counted_wrong
	fi
	is "$1" "$wrong" ""
}
frames_table=inet
ip addr add 10.6.9.9/32 dev lo
ip addr add 2001:db8:6:9::9/128 dev lo
guest_comes 2 victim bridge=pub
guest_comes 3 block bridge=pub
for kind in stranger any prefix; do
	guest_comes 1 $kind bridge=pub
	routed_as 10.6.0.2 2001:db8:6::2
	routed_may_not "routed, $kind: another one's address"
	routed_as 10.6.4.7 2001:db8:6:4::7
	routed_may_not "routed, $kind: a prefix that another one has"
	routed_as 10.6.9.9 2001:db8:6:9::9
	routed_may_not "routed, $kind: an address of this host"
	routed_as 10.6.0.1 2001:db8:6::1
	routed_may_not "routed, $kind: that of its network"
	routed_as 10.6.5.5 2001:db8:6:5::5
	# whoever may use more than his network's own subnets
	[ $kind = stranger ] || routed_may "routed, $kind: an address of nobody"
	guest_goes 1
done
guest_goes 2
guest_comes 1 block bridge=pub mac=00:16:3e:00:03:00
ip link set vif1.0 group 0
routed_as 10.6.4.7 2001:db8:6:4::7
frames_options+=(--mac 00:16:3e:00:03:00)
kind=block
routed_may_not "routed: of a changed group, a prefix that it had"
guest_goes 1
guest_goes 3
frames_table=bridge
ip addr del 10.6.9.9/32 dev lo
ip addr del 2001:db8:6:9::9/128 dev lo

is "nothing of an address is left" "$(for set in owned4 owned6 owned-targets6 owned-prefixes4 scopes; do nft_elements $set; done | paste -sd' ')" "0 0 0 0 0"
assert_forwards "nothing is left"
tap_done
