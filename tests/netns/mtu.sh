#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mtu.sh - a guest's MTU is the guest's: no bridge follows its ports, whoever comes first.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1

policy() {
	printf '%s\n' "$@" >"$XNM_CONFIG"
	chmod 644 "$XNM_CONFIG"
}

# card NAME MTU
card() {
	ip link add "$1" mtu "$2" type veth peer name "$1-far"
	ip link set "$1-far" up
	ip link set "$1" up
}

# told D: the MTU of which the guest is told, and that of its device
told() {
	echo "$(xs_read "/local/domain/$1/device/vif/0/mtu") $(link_mtu "vif$1.0")"
}

# come D [KEY=VALUE]...: in silence
come() {
	guest_new "$1" 0 "${@:2}"
	try hotplug online "$1" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $1 comes" "$rc:$out"
}

# -- a bridge of xnm's around a large card
card big 9000
policy '[network lan]' bridge=lan0 interfaces=big keep=no '[vif small]' mtu=1500 network=lan
name_small=(name=small)
for round in 1 2; do
	come 1 bridge=lan
	is "$round: a card of 9000: the first guest" "$(told 1) $(link_mtu lan0)" "9000 9000 9000"
	come 2 bridge=lan "${name_small[@]}"
	is "$round: one of 1500 beside it" "$(told 2) $(link_mtu lan0)" " 1500 9000"
	come 3 bridge=lan mtu=1400
	is "$round: and one of 1400" "$(told 3) $(link_mtu lan0)" "1400 1400 9000"
	guests_go 1 3
	is "$round: they leave" "$(link_mtu lan0)" 9000
	come 1 bridge=lan
	is "$round: the next one" "$(told 1) $(link_mtu lan0)" "9000 9000 9000"
	before=$(snapshot)
	try "$XNM_VIF" reapply all
	assert_unchanged "$round: nothing to do" "$before"
	guests_go 1 2
	refuse "$round: the bridge has gone" link_exists lan0
done

# -- around a small one
card tunnel 1450
policy '[network lan]' bridge=lan0 'interfaces=big tunnel' keep=no
for d in 1 2; do
	come $d bridge=lan
	is "a tunnel of 1450: guest $d" "$(told $d) $(link_mtu lan0)" "1450 1450 1450"
done

# -- it is unplugged, comes back, is given another MTU
ip link del tunnel
try "$XNM_VIF" reapply vif1.0
is "unplugged: nothing changes" "$rc:$(told 1) $(link_mtu lan0)" "0:1450 1450 1450"
card tunnel 1450
try "$XNM_UDEV" add tunnel
is "it is back" "$rc:$out:$(link_master tunnel):$(link_mtu lan0)" 0::lan0:1450
ip link set tunnel mtu 1400
try "$XNM_VIF" reapply all
is "its MTU is another: what a fresh start gives" "$rc:$(told 1) $(told 2) $(link_mtu lan0)" "0:1400 1400 1400 1400 1400"

# -- drift
ip link set lan0 mtu 1300
like "a bridge of another MTU is drift" "$("$XNM" status --json | jq -c '.vifs[0].drift')" 'set MTU of bridge lan0 from 1300 to 1400'
try "$XNM_VIF" reapply all
is "which reapply mends" "$rc:$(link_mtu lan0)" 0:1400
guests_go 1 2

# -- mtu= of the network, and a vif with less
policy '[network lan]' bridge=lan0 mtu=9000 keep=no '[vif small]' mtu=1500 network=lan
come 2 bridge=lan "${name_small[@]}"
is "mtu=9000: the first guest has 1500" "$(told 2) $(link_mtu lan0)" " 1500 9000"
come 1 bridge=lan
is "mtu=9000: the second has 9000" "$(told 1) $(link_mtu lan0)" "9000 9000 9000"
ip link add other mtu 1280 type veth peer name other-far
ip link set other master lan0
is "a port of somebody else does not matter" "$(link_mtu lan0)" 9000
ip link del other
sed -i 's/^mtu=9000/mtu=4000/' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "another mtu= under running guests" "$rc:$(told 1) $(told 2) $(link_mtu lan0)" "0:4000 4000  1500 4000"

# -- as an xnm left it that let the kernel follow the ports
guests_go 1 2
come 1 bridge=lan
sed -i '/^mtu=/d' "$XNM_RUN_DIR/bridge/lan0"
try "$XNM_VIF" plan 1.0
like "an older one's bridge" "$out" 'keep lan0 at MTU 4000 whatever its ports have'
try "$XNM_VIF" reapply all
is "is kept from now on" "$rc:$(link_mtu lan0):$(grep ^mtu= "$XNM_RUN_DIR/bridge/lan0")" 0:4000:mtu=4000
guests_go 1

# -- killed in the middle
if [ -x "$O/xnm-vif-faults" ]; then
	guest_new 1 0 bridge=lan
	hotplug online 1 0
	wanted=$(snapshot)
	guests_go 1
	HOTPLUG=$O/xnm-vif-faults
	wrong=
	for i in 1 2 3 4 5 8 12; do
		guest_new 1 0 bridge=lan
		hotplug_env=("XNM_KILL_AT=$i")
		hotplug online 1 0 >/dev/null 2>&1
		hotplug_env=()
		try hotplug online 1 0
		[ "$rc:$out:$(link_mtu lan0)" = 0::4000 ] || wrong+="$i: $rc:$out:$(link_mtu lan0)"$'\n'
		ip link add other mtu 1280 type veth peer name other-far
		ip link set other master lan0
		[ "$(link_mtu lan0)" = 4000 ] || wrong+="$i: it follows its ports"$'\n'
		ip link del other
		[ "$(snapshot)" = "$wanted" ] || wrong+="$i: another state"$'\n'
		guests_go 1
	done
	is "killed and repeated" "$wrong" ""
	HOTPLUG=$XNM_VIF
fi

# -- the bridge of an administrator, which follows its ports
bridge_new br0
ip link set big master br0
is "it follows its card" "$(link_mtu br0)" 9000
rm "$XNM_CONFIG"
come 1 mtu=1400
is "no policy: a guest of 1400" "$(told 1) $(link_mtu br0)" "1400 9000 9000"
like "status says the guest's" "$("$XNM" status --json | jq '.vifs[0].mtu_bytes')" '^1400$'
come 2
is "the next one" "$(told 2) $(link_mtu br0)" "9000 9000 9000"
guests_go 1
is "it goes" "$(link_mtu br0)" 9000
policy '[network br0]' '[vif *]' mtu=1300 network=br0
try "$XNM_VIF" reapply all
is "a [network]: a guest of 1300" "$rc:$(told 2) $(link_mtu br0)" "0:1300 9000 9000"
policy '[network br0]' mtu=4000
try "$XNM_VIF" reapply all
is "mtu= of its network" "$rc:$(told 2) $(link_mtu br0)" "0:4000 4000 4000"
guests_go 2

# -- a card that is smaller than mtu=
card eth7 1500
policy '[network storage]' interfaces=eth7 mtu=9000 keep=no
guest_new 1 0 bridge=storage
try hotplug online 1 0
like "online says so" "$rc:$out" '^0:.*interfaces=eth7 of network storage: its MTU 1500 is smaller than mtu=9000'
like "doctor says so" "$("$XNM" doctor)" 'interfaces=eth7 of network storage has MTU 1500.*: ip link set eth7 mtu 9000'
like "check says so" "$("$XNM" check 2>&1)" 'interfaces=eth7 of network storage has MTU 1500'
ip link set eth7 mtu 9000
refuse "doctor: now it is large enough" grep -q eth7 <<<"$("$XNM" doctor)"
guests_go 1
assert_clean "nothing is left"
tap_done
