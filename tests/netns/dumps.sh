#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dumps.sh - lists of the kernel that change or fail while they are read are never taken for whole.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

if ! command -v nft >/dev/null; then
	skip "dumps" "nft is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
store_start || exit 1
link=16 address=20 route=24
# a sanitizer's own library would be first
export ASAN_OPTIONS="verify_asan_link_order=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

# cut "TYPE HOW TIMES" COMMAND...: sets rc and out
cut_dump() {
	local what=$1

	shift
	hotplug_env=("LD_PRELOAD=$O/tests/cutdump.so" "CUTDUMP=$what" "ASAN_OPTIONS=$ASAN_OPTIONS")
	try "$@"
	hotplug_env=()
}

cat >"$XNM_CONFIG" <<'END'
[network lan]
bridge=lan0
address=192.0.2.1/24 2001:db8::1/64
forward=nat

[network flat]
backend=route
address=198.51.100.1/32 fe80::1/64

[vif flat*]
network=flat

[vif *]
network=lan
END

# -------------------------------------------- a bridge with somebody else's port

ip link add other type veth peer name another
for how in "changed 1" "changed 3" "changed 1000" "5 1" "105 1"; do
	guest_new 1 0 ip="192.0.2.11 2001:db8::11"
	try hotplug online 1 0
	is "$how: online" "$rc:$out:$(link_master vif1.0)" 0::lan0
	ip link set other master lan0
	cut_dump "$link $how" hotplug offline 1 0
	is "$how: the bridge stays for another's port" "$(link_master other)" lan0
	is "$how: the guest is off it" "$(down_and_alone vif1.0)" ""
	case $how in
	"changed 1" | "changed 3" | "105 1") is "$how: it was read again" "$rc:$out" 0: ;;
	"changed 1000") like "$how: it says why" "$out" "lan0.*: it changed each time that it was read" ;;
	# the first list tells whether another program needs forwarding: it may
	*) is "$how: it goes on" "$rc:$out" 0: ;;
	esac
	ip link set other nomaster
	"$XNM_VIF" gc >/dev/null
	refuse "$how: without it the bridge goes" link_exists lan0
	guest_rm 1 0
done

# ----------------------------------------------------- what an online looks at

# all: what it may have got wrong
all() {
	for dev in vif1.0 lan0; do
		ip -o addr show dev $dev 2>/dev/null | awk '{ print $2, $4 }' | grep -v ' fe80::[^/]*:'
		ip route show dev $dev 2>/dev/null
		ip -6 route show dev $dev 2>/dev/null | grep -v '^fe80\|^multicast\|^ff00'
	done
	ip neigh show nud permanent
	nft list ruleset | grep -c vif1.0
}

for name in guest flat; do
	ip=192.0.2.11
	[ $name = guest ] || ip="198.51.100.11 2001:db8:1::11"
	guest_new 1 0 name=$name "ip=$ip"
	try hotplug online 1 0
	is "$name: online" "$rc:$out" 0:
	wanted=$(all)
	for type in $link $address $route; do
		for how in "changed 1" "changed 1000" "5 1000"; do
			cut_dump "$type $how" hotplug online 1 0
			if [ $rc = 0 ]; then
				same "$name: online again, type $type, $how: nothing changes" "$(all)" "$wanted"
			else
				like "$name: online again, type $type, $how: it says why" "$out" \
					'changed each time|Input/output'
				is "$name: type $type, $how: it is closed" "$(down_and_alone vif1.0 | grep -v ' has ')" ""
			fi
			[ "$how" != "changed 1" ] || is "$name: type $type, $how: it was read again" "$rc:$out" 0:
			try hotplug online 1 0
			same "$name: and then without it" "$rc:$out:$(all)" "0::$wanted"
		done
	done
	hotplug offline 1 0
	guest_rm 1 0
done

# ------------------------------------------------------- a host that changes for real

for ((i = 0; i < 200; i++)); do
	echo "link add many$i type veth peer name most$i"
done | ip -batch -
guest_new 1 0
hotplug online 1 0
ip link set other master lan0
(
	while :; do
		for ((i = 0; i < 50; i++)); do
			echo "link add come$i type veth peer name go$i"
			echo "link del come$i"
		done
	done | ip -batch -
) &
churn=$!
wrong=''
count=$(often 40 8)
for ((i = 0; i < count; i++)); do
	try hotplug offline 1 0
	[ "$rc:$out:$(link_master other)" = 0::lan0 ] || wrong+="offline $i: $rc:$out:$(link_master other)"$'\n'
	try hotplug online 1 0
	[ "$rc:$out:$(link_master vif1.0)" = 0::lan0 ] || wrong+="online $i: $rc:$out"$'\n'
done
kill $churn
wait $churn 2>/dev/null
is "devices come and go meanwhile: all goes well, $count times" "$(echo "$wrong" | head -5)" ""
hotplug offline 1 0
ip link del other
"$XNM_VIF" gc >/dev/null
refuse "and at the end the bridge goes" link_exists lan0
guest_rm 1 0
for ((i = 0; i < 200; i++)); do
	echo "link del many$i"
done | ip -batch -
for ((i = 0; i < 50; i++)); do
	ip link del "come$i" 2>/dev/null
done
assert_clean "nothing is left"
tap_done
