#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shape-changed.sh - rates and links that `xnm set`, `xnm apply` and `xnm profile use` change under guests that run.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes

store_start || exit 1
bridge_new br0
ip addr add 192.0.2.1/24 dev br0

# trees: all qdiscs, classes and filters of vifs and their ifb devices, without counters
trees() {
	local dev

	for dev in /sys/class/net/vif* /sys/class/net/ifb*; do
		dev=${dev##*/}
		[ -e "/sys/class/net/$dev" ] || continue
		echo "== $dev"
		tc qdisc show dev "$dev" | grep -v ' 0: '
		tc class show dev "$dev"
		tc filter show dev "$dev"
		tc filter show dev "$dev" ingress
	done | sed 's/ refcnt [0-9]*//; s/ index [0-9]*//; s/ fh [0-9a-f:]*//; s/ ref [0-9]* bind [0-9]*//; s/ leaf [0-9a-f:]*//'
}

# state: that, and all else that xnm makes; an ifb has a random MAC address, and that a profile was chosen is noted
state() {
	snapshot | sed '/"kind":"ifb"/s/"address":"[^"]*",//; /^-- \.\/profile$/,+1d'
	trees
}

# rates DEVICE: of its tbfs, in bit/s
rates() {
	tc -j qdisc show dev "$1" 2>/dev/null | jq -r '[.[] | select(.kind == "tbf") | .options.rate * 8] | sort | join(" ")'
}

bytes() {
	tc -j -s qdisc show dev "$1" | jq '.[] | select(.root) | .bytes'
}

# -- xnm set: only the keys that are named
printf '[network br0]\n[vif guest1/0]\naddress=192.0.2.11\nrate=10Mbit\nqueue=100ms\n' >"$XNM_CONFIG"
guest_new 1 0
hotplug online 1 0
guest_up 1 0 192.0.2.11/24
ip netns exec g1.0 ping -q -c 20 -i 0.01 192.0.2.1 >/dev/null
before=$(state)
in=$(bytes vif1.0)
try "$XNM" set guest1/0 outbound-rate=3Mbit
is "set: exit status" "$rc" 0
like "set: says what it has changed" "$out" 'outbound-rate.*3Mbit'
is "set: what the guest sends" "$(rates ifb1.0)" 3000000
is "set: what it receives is as it was" "$(rates vif1.0)" 10000000
try "$XNM" set vif1.0 rate=20Mbit
is "set: rate= is for the direction that has none of its own" "$(rates vif1.0) $(rates ifb1.0)" "20000000 3000000"
check "set: in place, the counters go on" test "$(bytes vif1.0)" -ge "$in"
check "set: packets pass" guest_ping 1 0 192.0.2.1
now=$(state)
for bad in rate=10 rate=10Mbps rate=0 loss=1 loss=101% jitter=5ms burst=100 rate=1Kbit qdisc=red; do
	try "$XNM" set vif1.0 "$bad"
	check "set $bad: is refused" test "$rc" -ne 0 -a -n "$out"
	same "set $bad: nothing changes" "$(state)" "$now"
done
hotplug offline 1 0
guest_rm 1 0
guest_new 4 0 name=guest1
hotplug online 4 0
is "set: holds for the guest's next vif" "$(rates vif4.0) $(rates ifb4.0)" "20000000 3000000"
try "$XNM" reset vif4.0 outbound-rate
is "reset of one key" "$rc $(rates vif4.0) $(rates ifb4.0)" "0 20000000 20000000"
try "$XNM" reset guest1
is "reset of all" "$rc $(rates vif4.0) $(rates ifb4.0)" "0 10000000 10000000"
hotplug offline 4 0
guest_rm 4 0
guest_new 1 0
hotplug online 1 0
same "reset: as before" "$(state)" "$before"

# -- xnm apply: exactly what the edited policy changes
printf '[network br0]\n[vif guest1/0]\naddress=192.0.2.11\nrate=7Mbit\nqueue=100ms\n' >"$XNM_CONFIG"
try "$XNM" apply
is "apply: exit status" "$rc" 0
like "apply: says what it has done" "$out" 'shape vif1\.0: tbf rate 7Mbit'
is "apply: is done" "$(rates vif1.0) $(rates ifb1.0)" "7000000 7000000"
now=$(state)
printf '[network br0]\n[vif guest1/0]\nrate=7\n' >"$XNM_CONFIG"
try "$XNM" apply
is "apply of a mistake: is refused" "$rc" 2
like "apply of a mistake: with its place" "$out" ':3: rate=7: needs a unit'
same "apply of a mistake: nothing changes" "$(state)" "$now"
hotplug offline 1 0
guest_rm 1 0

# -- profiles: ten vifs, their bridges, rates and links at once, and back
cat >"$XNM_CONFIG" <<'EOF'
[global]
profile=normal
[profile normal]
[profile emergency]
[network br0]
address=192.0.2.1/24
[network brq]
address=198.51.100.1/24
isolated=yes
[vif guest1/0]
address=192.0.2.11
rate=50Mbit
[vif guest2/0 as normal]
profile=normal
network=br0
address=192.0.2.12
[vif guest2/0 as emergency]
profile=emergency
network=brq
address=198.51.100.12
rate=256Kbit
[vif guest*/0 as normal]
profile=normal
rate=100Mbit
[vif guest*/0 as emergency]
profile=emergency
rate=10Mbit
[link guest1/0 guest2/0]
profile=normal
rate=20Mbit
[link guest1/0 any]
profile=emergency
rate=1Mbit
EOF
check "profiles: the policy is good" "$XNM" check
for i in 1 2 3 4 5 6 7 8 9 10; do
	guest_new $i 0
	hotplug online $i 0
done
normal=$(state)
is "normal" "$(link_master vif2.0) $(rates vif1.0), $(rates vif9.0)" "br0 20000000 50000000, 100000000"
for turn in first second; do
	begin=$(date +%s%N)
	try "$XNM" profile use emergency
	is "$turn time: emergency" "$rc" 0
	echo "# ten vifs took $((($(date +%s%N) - begin) / 1000000)) ms"
	is "$turn time: another bridge, other rates and links" \
		"$(link_master vif2.0) $(rates vif2.0), $(rates vif1.0), $(rates vif9.0) $(rates ifb9.0)" \
		"brq 256000, 1000000 50000000, 10000000 10000000"
	try "$XNM" profile use normal
	is "$turn time: normal" "$rc" 0
	same "$turn time: byte for byte as before" "$(state)" "$normal"
done
for i in 1 2 3 4 5 6 7 8 9 10; do
	hotplug offline $i 0
	guest_rm $i 0
done
is "no ifb is left" "$(find /sys/class/net -name 'ifb[0-9]*.*')" ""
tap_done
