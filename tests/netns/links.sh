#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# links.sh - [link] between vifs, networks and prefixes: which class a packet gets, at which vif, and how that changes.
# tier: netns, and vm for netem, fq_codel and cake
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes

store_start || exit 1
bridge_new br0
ip addr add 192.0.2.1/24 dev br0

# policy: from the standard input
policy() {
	cat >"$XNM_CONFIG"
}

# classes DEVICE: the rate of what is below each class of the htb but the first, sorted
rates() {
	tc -j qdisc show dev "$1" 2>/dev/null | jq -r '[.[] | select(.kind == "tbf") | .options.rate * 8] | sort | join(" ")'
}

# filters DEVICE: how many there are on the htb
filters() {
	tc filter show dev "$1" parent 100: 2>/dev/null | grep -c flowid
}

# root DEVICE: the kind of its root qdisc
root() {
	tc -j qdisc show dev "$1" | jq -r '.[] | select(.root and .handle != "0:") | .kind'
}

# passed DEVICE RATE: the packets that have passed the tbf of that rate, in bit/s
passed() {
	tc -j -s qdisc show dev "$1" | jq --argjson rate "$2" '[.[] | select(.kind == "tbf" and .options.rate * 8 == $rate) | .packets] | add // 0'
}

# pings N FROM TO-ADDRESS
pings() {
	ip netns exec "g$2.0" ping -q -n -c "$1" -i 0.01 -W 1 "$3" >/dev/null
}

policy <<'EOF'
[network br0]
[vif guest1/0]
address=192.0.2.11
[vif guest2/0]
address=192.0.2.12
[vif guest3/0]
address=192.0.2.13
[link guest1/0 guest2/0]
rate=10Mbit
[link guest1/0 guest3/0]
a-to-b-rate=5Mbit
b-to-a-rate=20Mbit
EOF
for i in 1 2 3; do
	guest_new $i 0
	try hotplug online $i 0
	assert_online "vif $i" $i 0 br0
	guest_up $i 0 192.0.2.1$i/24
done
is "two vifs: the first has a class for each" "$(root vif1.0) $(rates vif1.0) $(filters vif1.0)" "htb 10000000 20000000 2"
is "two vifs: the second has one" "$(root vif2.0) $(rates vif2.0) $(filters vif2.0)" "htb 10000000 1"
is "two vifs: the third, the other way" "$(root vif3.0) $(rates vif3.0) $(filters vif3.0)" "htb 5000000 1"
refuse "two vifs: shaped where packets arrive, not where they leave" link_exists ifb1.0
like "two vifs: status -v" "$("$XNM" status -v)" '^vif1\.0 inbound: links=2$'
before=$(snapshot)
try hotplug online 1 0
assert_unchanged "two vifs: a second online changes nothing" "$before"
check "a packet: from the second to the first" pings 5 2 192.0.2.11
is "a packet: has its class there" "$(passed vif1.0 10000000)" 5
is "a packet: and not that of the third" "$(passed vif1.0 20000000)" 0
check "a packet: from the third to the first" pings 5 3 192.0.2.11
is "a packet: has its own" "$(passed vif1.0 20000000)" 5
is "a packet: the answers have theirs" "$(passed vif3.0 5000000)" 5
check "a packet: between the second and the third" pings 5 2 192.0.2.13
is "a packet: that no link is for" "$(passed vif2.0 10000000) $(passed vif3.0 5000000)" "5 5"

# -- one link changes, one goes, and one comes: the others stay as they are
policy <<'EOF'
[network br0]
[vif guest1/0]
address=192.0.2.11
rate=50Mbit
[vif guest2/0]
address=192.0.2.12
[vif guest3/0]
address=192.0.2.13
[link guest1/0 guest2/0]
rate=12Mbit
[link guest2/0 guest3/0]
rate=1Mbit
EOF
count=$(tc -j -s qdisc show dev vif1.0 | jq '.[] | select(.kind == "htb") | .packets')
try "$XNM_VIF" reapply all
is "changed: reapply" "$rc:$out" "0:"
is "changed: the rest of the first has its own rate" "$(root vif1.0) $(rates vif1.0) $(filters vif1.0)" "htb 12000000 50000000 1"
is "changed: the second" "$(rates vif2.0) $(filters vif2.0)" "1000000 12000000 2"
is "changed: the third" "$(rates vif3.0) $(filters vif3.0)" "1000000 1"
check "changed: the root was not replaced" test "$(tc -j -s qdisc show dev vif1.0 | jq '.[] | select(.kind == "htb") | .packets')" -ge "$count"
before=$(snapshot)
try "$XNM_VIF" reapply all
assert_unchanged "changed: a second reapply changes nothing" "$before"
check "changed: packets pass" pings 3 2 192.0.2.11

# -- no link any more
policy <<'EOF'
[network br0]
[vif guest1/0]
address=192.0.2.11
[vif guest2/0]
address=192.0.2.12
[vif guest3/0]
address=192.0.2.13
EOF
try "$XNM_VIF" reapply all
is "none: reapply" "$rc:$out" "0:"
is "none: no qdiscs" "$(root vif1.0)$(root vif2.0)$(root vif3.0)" ""
check "none: packets pass" pings 3 2 192.0.2.11

# -- with a prefix and with a network: shaped at the narrower end, both ways
policy <<'EOF'
[network br0]
address=192.0.2.1/24
[vif guest1/0]
address=192.0.2.11
[vif guest2/0]
address=192.0.2.12
[vif guest3/0]
address=192.0.2.13
[link guest1/0 192.0.2.12/31]
rate=10Mbit
[link guest2/0 net:br0]
rate=5Mbit
[link net:br0 any]
rate=90Mbit
EOF
try "$XNM_VIF" reapply all
is "prefix: reapply" "$rc:$out" "0:"
is "prefix: what the first gets" "$(rates vif1.0)" "10000000 90000000"
is "prefix: what it sends" "$(rates ifb1.0)" "10000000 90000000"
is "network: what the second gets, and sends" "$(rates vif2.0), $(rates ifb2.0)" "5000000 90000000, 5000000 90000000"
is "any: what the third gets, and sends" "$(rates vif3.0), $(rates ifb3.0)" "90000000, 90000000"
check "prefix: packets pass" pings 3 1 192.0.2.13
is "prefix: in its class" "$(passed ifb1.0 10000000) $(passed vif1.0 10000000)" "3 3"
check "any: packets pass" pings 3 3 192.0.2.1
check "any: in its class" test "$(passed ifb3.0 90000000)" -ge 3 -a "$(passed vif3.0 90000000)" -ge 3

# -- a vif whose address only its own configuration knows: a class for it comes with it
for i in 1 2 3; do
	hotplug offline $i 0
	guest_rm $i 0
done
policy <<'EOF'
[network br0]
[link guest1/0 guest2/0]
rate=10Mbit
EOF
guest_new 1 0 ip=192.0.2.11
hotplug online 1 0
is "unknown address: nothing yet" "$(root vif1.0)" ""
guest_new 2 0 ip=192.0.2.12
try hotplug online 2 0
assert_online "unknown address: the other vif" 2 0 br0
is "unknown address: both have a class for each other" "$(rates vif1.0) $(rates vif2.0)" "10000000 10000000"
try hotplug offline 2 0
is "unknown address: the other vif goes" "$rc:$out" 0:
is "unknown address: and its class with it" "$(root vif1.0)" ""
guest_rm 2 0
guest_new 5 0 name=guest2 ip=192.0.2.15
hotplug online 5 0
is "another address: the first follows" "$(tc filter show dev vif1.0 parent 100: | grep -c c000020f)" 1
hotplug offline 5 0
guest_rm 5 0
hotplug offline 1 0
is "offline: no qdisc" "$(root vif1.0)" ""
guest_rm 1 0
assert_clean "nothing is left"
tap_done
