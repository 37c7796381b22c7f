#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shape.sh - rates, delays and losses of a vif: the qdiscs and ifb devices for them, how they change, and that they go.
# tier: netns, and vm for netem, fq_codel and cake
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes

store_start || exit 1
bridge_new br0
ip addr add 192.0.2.1/24 dev br0

# the kernel that these tests are developed on has neither of these two; Debian's in the machine has both
has_netem=$(tc qdisc add dev lo root netem delay 1ms 2>/dev/null && echo yes)
tc qdisc del dev lo root 2>/dev/null
has_fq_codel=$(tc qdisc add dev lo root fq_codel 2>/dev/null && echo yes)
tc qdisc del dev lo root 2>/dev/null

# queue PACKETS: below a tbf: an fq_codel, or the pfifo that stands in for it
queue() {
	if [ -n "$has_fq_codel" ]; then
		echo "fq_codel 23: 22:1"
	else
		echo "pfifo 24: 22:1 limit $1"
	fi
}

# policy KEY=VALUE...: of the first guest
policy() {
	{
		printf '[network br0]\n[vif guest1/0]\n'
		printf '%s\n' "$@"
	} >"$XNM_CONFIG"
}

# qdiscs DEVICE: kind, handle, parent and what matters, one a line; nothing for the kernel's own
qdiscs() {
	tc -j qdisc show dev "$1" 2>/dev/null | jq -r '.[] | select(.handle != "0:") |
		"\(.kind) \(.handle) \(if .root then "root" else .parent end)" + (
			if .kind == "tbf" then " rate \(.options.rate * 8) burst \(.options.burst)"
			elif .kind == "netem" then " limit \(.options.limit) delay \(.options.delay.delay // 0)" +
				" loss \(.options["loss-random"].loss // 0)"
			elif .kind == "pfifo" then " limit \(.options.limit)"
			else "" end)'
}

# led DEVICE: the ifb that gets what the device receives
led() {
	tc -j filter show dev "$1" ingress 2>/dev/null | jq -r '[.. | .to_dev? // empty] | unique | join(" ")'
}

# bytes DEVICE: how much has passed the root qdisc
bytes() {
	tc -j -s qdisc show dev "$1" | jq '.[] | select(.root) | .bytes'
}

# tree NAME DEVICE LINE...: these are the device's qdiscs
tree() {
	local name=$1 device=$2

	shift 2
	same "$name" "$(qdiscs "$device")" "$(printf '%s\n' "$@")"
}

# reapply
reapply() {
	try "$XNM_VIF" reapply vif1.0
}

# -- nothing is shaped unless the policy says so
policy
guest_new 1 0
try hotplug online 1 0
assert_online "no rate" 1 0 br0
is "no rate: no qdisc" "$(qdiscs vif1.0)" ""
refuse "no rate: no ifb" link_exists ifb1.0
plain=$(snapshot)
hotplug offline 1 0
guest_rm 1 0

# -- a rate for both directions
policy rate=10Mbit
guest_new 1 0
try hotplug online 1 0
assert_online "rate" 1 0 br0
tree "rate: what the guest receives" vif1.0 "tbf 22: root rate 10000000 burst 12500" "$(queue 42)" "clsact ffff: ffff:fff1"
tree "rate: what it sends" ifb1.0 "tbf 22: root rate 10000000 burst 12500" "$(queue 42)"
is "rate: is led to the ifb" "$(led vif1.0)" ifb1.0
guest_up 1 0 192.0.2.11/24
check "rate: packets pass both ways" guest_ping 1 0 192.0.2.1
is "rate: status" "$("$XNM" status --json vif1.0 | jq -c '.vifs[0] | [.state, .shaping.inbound.rate_bit_s, .shaping.outbound.rate_bit_s, .shaping.outbound.delay_us, .shaping.inbound.links]')" \
	'["ok",10000000,10000000,0,0]'
like "rate: status -v" "$("$XNM" status -v)" '^vif1\.0 outbound: rate=10Mbit$'
before=$(snapshot)
try hotplug online 1 0
assert_unchanged "rate: a second online changes nothing" "$before"
reapply
assert_unchanged "rate: a reapply changes nothing" "$before"
ip netns exec g1.0 ping -q -c 20 -i 0.01 192.0.2.1 >/dev/null
in=$(bytes vif1.0)
out_before=$(bytes ifb1.0)
check "rate: both see packets" test "$in" -gt 1000 -a "$out_before" -gt 1000

# -- another one
policy rate=20Mbit burst=30000 queue=100ms
reapply
is "another rate: reapply" "$rc" 0
tree "another rate: in place" vif1.0 "tbf 22: root rate 20000000 burst 30000" \
	"$(queue 166)" "clsact ffff: ffff:fff1"
check "another rate: the counters go on" test "$(bytes vif1.0)" -ge "$in" -a "$(bytes ifb1.0)" -ge "$out_before"
check "another rate: packets pass" guest_ping 1 0 192.0.2.1

# -- only one direction
policy inbound-rate=5Mbit
reapply
tree "inbound: what the guest receives" vif1.0 "tbf 22: root rate 5000000 burst 7570" "$(queue 21)"
refuse "inbound: the ifb is gone" link_exists ifb1.0
is "inbound: nothing is led to it" "$(led vif1.0)" ""
check "inbound: packets pass" guest_ping 1 0 192.0.2.1
policy outbound-rate=5Mbit
reapply
tree "outbound: what the guest receives" vif1.0 "clsact ffff: ffff:fff1"
tree "outbound: what it sends" ifb1.0 "tbf 22: root rate 5000000 burst 7570" "$(queue 21)"
check "outbound: packets pass" guest_ping 1 0 192.0.2.1

# -- a queue of one's own choice
policy inbound-rate=10Mbit qdisc=pfifo queue=200ms
reapply
tree "pfifo" vif1.0 "tbf 22: root rate 10000000 burst 12500" "pfifo 24: 22:1 limit 166"
if [ -z "$has_fq_codel" ]; then
	policy inbound-rate=10Mbit qdisc=fq_codel
	reapply
	like "fq_codel that this kernel has not" "$rc $out" '^1 .*vif1\.0.*fq_codel'
fi

# a tbf that is changed gives its own limit to a pfifo below it
policy inbound-rate=10Mbit qdisc=pfifo queue=200ms burst=20000
reapply
tree "pfifo below another burst" vif1.0 "tbf 22: root rate 10000000 burst 20000" "pfifo 24: 22:1 limit 166"

# -- none any more
policy
reapply
is "no longer: reapply" "$rc" 0
same "no longer: as if it had never been" "$(snapshot)" "$plain"
is "no longer: no qdisc" "$(qdiscs vif1.0)" ""
refuse "no longer: no ifb" link_exists ifb1.0

# -- what somebody else made stays, unless the policy shapes the vif
tc qdisc add dev vif1.0 root handle 77: tbf rate 1mbit burst 10k latency 50ms
reapply
is "somebody's qdisc: stays" "$(qdiscs vif1.0 | cut -d' ' -f1-3)" "tbf 77: root"
policy inbound-rate=10Mbit
reapply
is "somebody's qdisc: until the policy has one" "$(qdiscs vif1.0 | head -n 1)" "tbf 22: root rate 10000000 burst 12500"
policy rate=10Mbit
reapply

# -- the guest goes
try hotplug offline 1 0
assert_offline "offline" 1 0
refuse "offline: the ifb is gone" link_exists ifb1.0
is "offline: no qdisc" "$(qdiscs vif1.0)" ""
guest_rm 1 0
assert_clean "offline: nothing is left"

# -- its device goes first, as in a crash of the driver domain
guest_new 1 0
hotplug online 1 0
netdev_rm 1 0
try hotplug offline 1 0
is "without its device: offline" "$rc:$out" "0:"
refuse "without its device: the ifb is gone" link_exists ifb1.0
keys_rm 1 0
assert_clean "without its device: nothing is left"

# -- nobody runs an offline: the next event of any vif finds it
guest_new 1 0
hotplug online 1 0
netdev_rm 1 0
keys_rm 1 0
guest_new 2 0
hotplug online 2 0
refuse "no offline: the next guest's event deletes the ifb" link_exists ifb1.0
hotplug offline 2 0
guest_rm 2 0

# -- its notes were lost: a gc finds the ifb by its name, and touches nobody else's
guest_new 1 0
hotplug online 1 0
netdev_rm 1 0
keys_rm 1 0
rm "$XNM_RUN_DIR/vif/1.0"
group=$(ip -j link show ifb1.0 | jq -r ".[0].group")
ip link add ifb1.0d group "$group" type ifb
ip link add ifb77 type ifb
ip link add ifb.1 type ifb
ip link add ifb3.0 type ifb
try "$XNM_VIF" gc
refuse "lost notes: gc deletes the ifb" link_exists ifb1.0
refuse "lost notes: and the one that drops copies" link_exists ifb1.0d
check "lost notes: and no other" link_exists ifb77
check "lost notes: nor that one" link_exists ifb.1
check "lost notes: nor one that is called as ours are" link_exists ifb3.0
ip link del ifb77
ip link del ifb.1
ip link del ifb3.0

# -- somebody else has made a device of that name: it is not used, and not deleted
ip link add ifb1.0 mtu 1400 type ifb
guest_new 1 0
try hotplug online 1 0
assert_refused "another ifb of that name" 1 0 'ifb1\.0, to which what vif1\.0 receives is to be led, is a device that xnm has not made' \
	'rename or delete it'
check "another ifb of that name: stays" link_exists ifb1.0
policy inbound-rate=10Mbit
try hotplug online 1 0
assert_online "another ifb of that name, and a rate the other way" 1 0 br0
is "another ifb of that name: is left alone" "$(ip -j link show ifb1.0 | jq -r '.[0].mtu')$(qdiscs ifb1.0)" 1400
policy rate=10Mbit
reapply
like "another ifb of that name: reapply" "$rc $out" '^1 .*ifb1\.0, .*vif1\.0'
is "another ifb of that name: nothing is led to it" "$(led vif1.0)" ""
try hotplug offline 1 0
is "another ifb of that name: offline" "$rc:$out" 0:
check "another ifb of that name: stays to the end" link_exists ifb1.0
ip link del ifb1.0
guest_rm 1 0
assert_clean "another ifb of that name: nothing is left"

# -- a renamed vif
policy rate=10Mbit
guest_new 1 0 vifname=web0
try hotplug online 1 0
assert_online "vifname" 1 0 br0 web0
like "vifname: is shaped" "$(qdiscs web0)" '^tbf 22: root rate 10000000'
is "vifname: is led to the ifb" "$(led web0)" ifb1.0
try hotplug offline 1 0
assert_offline "vifname: offline" 1 0 web0
refuse "vifname: the ifb is gone" link_exists ifb1.0
guest_rm 1 0

# -- an emulated NIC: the vif and its tap, of which the guest uses one at a time
guest_new 1 0 type=vif_ioemu
hotplug online 1 0
tap_new 1 0
try hotplug add 1 0
like "tap: is shaped" "$(qdiscs vif1.0-emu)" '^tbf 22: root rate 10000000'
is "tap: is led to its own ifb" "$(led vif1.0-emu)" ifb1.0t
try hotplug remove 1 0
refuse "tap: its ifb is gone" link_exists ifb1.0t
check "tap: that of the vif is not" link_exists ifb1.0
is "tap: the vif is still led to it" "$(led vif1.0)" ifb1.0
try hotplug offline 1 0
refuse "tap: then that one, too" link_exists ifb1.0
ip link del vif1.0-emu 2>/dev/null
guest_rm 1 0
assert_clean "tap: nothing is left"

# -- a line: whether this kernel can emulate it is asked before anything changes
policy rate=10Mbit
guest_new 1 0
hotplug online 1 0
policy rate=10Mbit delay=20ms loss=1%
try "$XNM" check -v
if [ -z "$has_netem" ]; then
	like "a kernel without netem: check" "$rc $out" \
		":4: delay=: this kernel has no netem \(CONFIG_NET_SCH_NETEM, module sch_netem\).*linux-modules-extra"
	like "a kernel without netem: check tells what it has asked" "$out" 'this kernel: netem: no,'
	before=$(snapshot)
	try "$XNM" apply
	like "a kernel without netem: apply" "$rc $out" "^2 $XNM_CONFIG:4: delay=: this kernel has no netem"
	reapply
	like "a kernel without netem: reapply" "$rc $out" "^1 .*vif1\.0 reapply: $XNM_CONFIG:4: delay=: this kernel has no netem"
	same "a kernel without netem: the vif stays as it was" "$(snapshot)" "$before"
	try setpriv --bounding-set -sys_admin --inh-caps -all "$XNM" check -v
	like "who may not ask: check" "$rc $out" '^0 .*cannot be asked what its netem can do: Operation not permitted'
	try "$XNM" check "$netns_top/policy/examples/grid/grid.ini"
	is "another file: may be for another kernel" "$rc" 0
else
	like "a kernel with netem: check" "$rc $out" '^0 .*this kernel: netem: yes, gemodel=: yes, slot=: yes, seed=: '
fi
hotplug offline 1 0
guest_rm 1 0
guest_new 1 0
try hotplug online 1 0
if [ -z "$has_netem" ]; then
	assert_refused "a kernel without netem" 1 0 'vif1\.0' netem CONFIG_NET_SCH_NETEM
	refuse "a kernel without netem: no ifb is left" link_exists ifb1.0
	guest_rm 1 0
	assert_clean "a kernel without netem: nothing is left"
	tap_done
	exit
fi
assert_online "a line" 1 0 br0
# tc counts bursts in microseconds, and lists by handle
cutter="tbf 35: root rate 20000000000 burst 0"
tree "a line: single frames, below them netem, the rate, the queue" vif1.0 "$cutter" "tbf 32: 31:1 rate 10000000 burst 12500" \
	"netem 31: 35:1 limit 71 delay 0.02 loss 0.01" "fq_codel 33: 32:1" "clsact ffff: ffff:fff1"
tree "a line: only for what the guest receives" ifb1.0 "tbf 22: root rate 10000000 burst 12500" "fq_codel 23: 22:1"
# mirrored DEVICE HOOK: the device to which the filters there mirror
mirrored() {
	tc -j filter show dev "$1" "$2" 2>/dev/null | jq -r '[.[].options.actions[]? | select(.mirred_action == "mirror") | .to_dev] | join(" ")'
}
is "a line: what the guest receives is copied first" "$(mirrored vif1.0 egress)" ifb1.0d
is "a line: what it sends is not" "$(mirrored vif1.0 ingress)" ""
is "a line: the copies are dropped" "$(qdiscs ifb1.0d)" "blackhole 1: root"
like "a line: status -v" "$("$XNM" status -v)" '^vif1\.0 inbound: rate=10Mbit delay=20ms loss=1%$'
before=$(snapshot)
reapply
assert_unchanged "a line: a reapply changes nothing" "$before"
guest_up 1 0 192.0.2.11/24
ip netns exec g1.0 ping -q -c 20 -i 0.01 192.0.2.1 >/dev/null
check "a line: each packet was copied" test "$(tc -j -s qdisc show dev ifb1.0d | jq '.[0].drops')" -ge 20
refuse "a line: no packet came twice" grep -q 'DUP!' <(ip netns exec g1.0 ping -c 3 -i 0.01 192.0.2.1)
in=$(bytes vif1.0)
policy rate=20Mbit delay=60ms loss=0.05% outbound-delay=5ms
reapply
tree "another line: in place" vif1.0 "$cutter" "tbf 32: 31:1 rate 20000000 burst 25000" \
	"netem 31: 35:1 limit 221 delay 0.06 loss 0.0005" "fq_codel 33: 32:1" "clsact ffff: ffff:fff1"
check "another line: the counters go on" test "$(bytes vif1.0)" -ge "$in"
tree "another line: the other way" ifb1.0 "$cutter" "tbf 32: 31:1 rate 20000000 burst 25000" \
	"netem 31: 35:1 limit 111 delay 0.005 loss 0" "fq_codel 33: 32:1"
is "another line: the other way is copied, too" "$(mirrored vif1.0 ingress) $(led vif1.0)" "ifb1.0d ifb1.0 ifb1.0d"
check "another line: packets pass both ways" guest_ping 1 0 192.0.2.1
policy rate=20Mbit qdisc=cake
reapply
refuse "cake: without a line nothing is copied" link_exists ifb1.0d
is "cake: nor mirrored" "$(mirrored vif1.0 egress)$(mirrored vif1.0 ingress)" ""
is "cake: has the rate itself" "$(qdiscs vif1.0 | grep -v clsact)" "cake 62: root"

# -- losses in bursts, and slots; seeds are in shape-seed.sh
# netem DEVICE: its loss model, slots and seed
netem() {
	tc -j qdisc show dev "$1" | jq -c '.[] | select(.kind == "netem") | .options | [(
		.["loss-gemodel"] // {} | .p, .r, .["1-h"], .["1-k"]), (.slot // {} | .["min-delay"], .["max-delay"])] |
		map((. // 0) * 1000000 | round)'
}
policy 'gemodel=1% 20% 70% 0.1%' 'slot=1ms 2ms' 'outbound-gemodel=2%'
reapply
is "a loss model: reapply" "$rc:$out" "0:"
is "a loss model and slots: what the guest receives" "$(netem vif1.0)" "[10000,200000,700000,1000,1000,2000]"
is "a loss model: what it sends" "$(netem ifb1.0)" "[20000,980000,1000000,0,0,0]"
like "a loss model: status -v" "$("$XNM" status -v)" '^vif1\.0 inbound: gemodel=1% 20% 70% 0\.1% slot=1ms 2ms$'
is "a loss model: status" "$("$XNM" status --json vif1.0 | jq -c '.vifs[0].shaping | .inbound.gemodel, .inbound.slot_min_us, .outbound.slot_max_us')" \
	'{"turn_bad_ppm":10000,"turn_good_ppm":200000,"bad_loss_ppm":700000,"good_loss_ppm":1000}
1000
0'
before=$(snapshot)
reapply
assert_unchanged "a loss model: a reapply changes nothing" "$before"
policy 'gemodel=50% 50%'
reapply
is "half of the time the line is bad, and loses all" "$(netem vif1.0)" "[500000,500000,1000000,0,0,0]"
came=$(ip netns exec g1.0 ping -q -c 400 -i 0.002 -W 1 192.0.2.1 | sed -n 's/.* \([0-9]*\) received.*/\1/p')
check "about half of the packets come ($came of 400)" test "$came" -gt 100 -a "$came" -lt 300
policy loss=50%
reapply
is "no loss model any more" "$(netem vif1.0)" "[0,0,0,0,0,0]"

# -- duplicates beside another line: some kernels refuse them (Linux 6.16 and updates of older ones)
cat >"$XNM_CONFIG" <<'POLICY'
[network br0]
[vif guest1/0]
duplicate=1%
[link guest1/0 192.0.2.1]
b-to-a-delay=1ms
POLICY
try "$XNM" check
beside='duplicate= beside what \[link guest1/0 192\.0\.2\.1\], .*:4, says:'
said="$rc $out"
reapply
if [ "$rc" = 0 ]; then
	like "duplicates beside a link: check" "$said" "^0 .*:3: warning: $beside kernels from Linux 6\.16"
	is "duplicates beside a link: this kernel takes them" "$(netem vif1.0 | wc -l)" 2
else
	like "duplicates beside a link: check" "$said" "^2 .*:3: $beside this kernel refuses"
	like "duplicates beside a link: this kernel refuses them" "$rc $out" "^1 .*vif1\.0 reapply: .*:3: $beside this kernel refuses .*remove duplicate="
fi

policy delay=10ms
reapply
tree "a line alone" vif1.0 "tbf 15: root rate 20000000000 burst 0" "netem 11: 15:1 limit 10000 delay 0.01 loss 0" \
	"clsact ffff: ffff:fff1"
tc filter del dev vif1.0 egress
ip link del ifb1.0d
like "a line whose mirror is gone: drift" "$("$XNM" status vif1.0)" 'drift|changed'
reapply
is "a line whose mirror is gone: is mended" "$rc:$out $(mirrored vif1.0 egress) $(qdiscs ifb1.0d)" "0: ifb1.0d blackhole 1: root"
policy
reapply
refuse "no line any more: no device for copies" link_exists ifb1.0d
is "no line any more" "$(qdiscs vif1.0)" ""
hotplug offline 1 0
guest_rm 1 0
assert_clean "nothing is left"
tap_done
