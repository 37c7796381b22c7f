#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# altnames.sh - a device has one name and any number of alternative ones; the policy holds for all of them alike.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
why=$(lan_missing)
unshare --net sh -c 'ip link add br9 type bridge && ip link property add dev br9 altname br9alt' 2>/dev/null ||
	why="this kernel has no alternative names"
if [ -n "$why" ]; then
	skip "altnames" "$why"
	tap_done
	exit
fi
store_start || exit 1
lan_new

# altname DEV NAME...
altname() {
	local dev=$1 name

	shift
	for name; do
		ip link property add dev "$dev" altname "$name"
	done
}

policy() {
	cat >"$XNM_CONFIG"
	chmod 644 "$XNM_CONFIG"
}

# gone D: and with it what was made for it
gone() {
	hotplug offline "$1" 0
	guest_rm "$1" 0
}

long=a-name-of-a-bridge-that-is-longer-than-a-device-may-have
bridge_new xenbr0
altname xenbr0 brlan brlan.10 $long

# -- a network that lets nobody in
for named in xenbr0 brlan; do
	for section in closed "$named"; do
		printf '[network %s]\nbridge=%s\nlocking-mode=disabled\n' "$section" "$named" | policy
		for bridge in xenbr0 brlan brlan.10 xenbr0.10 brlan:10 $long; do
			guest_new 1 0 bridge="$bridge"
			try hotplug online 1 0
			is "[network $section] bridge=$named is closed to bridge=$bridge" "$rc:$(link_master vif1.0)" 0:
			gone 1
		done
	done
done
printf '[network brlan]\nlocking-mode=disabled\n' | policy
guest_new 1 0 bridge=xenbr0
try hotplug online 1 0
is "a network whose bridge is called as itself" "$rc:$(link_master vif1.0)" 0:
gone 1

# -- [vif] sections, by the guest's bridge=
for match in xenbr0 'xenbr*' brlan 'br*n' $long 'a-name-*'; do
	printf '[vif *]\nmatch-bridge=%s\nlocking-mode=disabled\n' "$match" | policy
	for bridge in xenbr0 brlan $long; do
		guest_new 1 0 bridge="$bridge"
		try hotplug online 1 0
		is "match-bridge=$match holds for bridge=$bridge" "$rc:$(link_master vif1.0)" 0:
		gone 1
	done
done
printf '[vif *]\nmatch-bridge=xenbr0.10\nlocking-mode=disabled\n' | policy
guest_new 1 0 bridge=brlan.20
try hotplug online 1 0
assert_refused "other VLANs of it are another bridge=" 1 0 'bridge brlan \(altname of xenbr0\) is not VLAN-aware'
gone 1
printf '[vif *]\nmatch-bridge=other*\nlocking-mode=disabled\n' | policy
guest_new 1 0 bridge=brlan
try hotplug online 1 0
assert_online "another bridge's section" 1 0 xenbr0
is "the notes have the name of the device" "$(grep ^bridge= "$XNM_RUN_DIR/vif/1.0")" bridge=xenbr0
before=$(snapshot)
try hotplug online 1 0
assert_unchanged "a second online changes nothing" "$before"
gone 1

# -- without a policy
rm "$XNM_CONFIG"
guest_new 1 0 bridge=brlan
like "plan says both names" "$("$HOTPLUG" plan 1.0)" "attach vif1\.0 to bridge xenbr0.*bridge=brlan is an altname of it"
guest_rm 1 0
for bridge in brlan $long; do
	guest_new 1 0 bridge="$bridge"
	try hotplug online 1 0
	assert_online "no policy: bridge=$bridge" 1 0 xenbr0
	gone 1
done
guest_new 1 0 bridge=${long}x
try hotplug online 1 0
assert_refused "no device has that name" 1 0 "bridge='${long}x'"
gone 1
altname eth0 enlan
guest_new 1 0 bridge=enlan
try hotplug online 1 0
assert_refused "the alternative name of a card" 1 0 "enlan \(altname of eth0\) is not a bridge"
gone 1

# -- the name that a guest wants for its own device
guest_new 1 0 bridge=xenbr0 vifname=enlan
try hotplug online 1 0
assert_refused "vifname= is an alternative name of a card" 1 0 "vifname='enlan' is taken by another network device: enlan \(altname of eth0\)"
gone 1
guest_new 1 0 bridge=xenbr0 vifname=mine
altname vif1.0 mine
try hotplug online 1 0
assert_refused "vifname= is an alternative name of the vif" 1 0 "mine \(altname of vif1\.0\)"
gone 1

# -- rules, settings and notes
policy <<'END'
[uplink wired]
interface=enlan

[network inside]
bridge=brlan
address=192.168.10.1/24 fd00:10::1/64
forward=nat
uplink=wired
END
try "$XNM" check
like "check: names both names of a bridge" "$rc:$out" "$XNM_CONFIG:5: warning: bridge=brlan is an alternative name of xenbr0"
like "check: and of an uplink" "$out" "$XNM_CONFIG:2: warning: interface=enlan is an alternative name of eth0"
for bridge in inside brlan xenbr0 $long; do
	guest_new 1 0 bridge="$bridge" ip="192.168.10.11 fd00:10::11"
	try hotplug online 1 0
	assert_online "nat, bridge=$bridge" 1 0 xenbr0
	lan_guest 1 0 192.168.10.1 fd00:10::1 192.168.10.11/24 fd00:10::11/64
	is "it is inside" "$(nft list set inet xnm inside | grep -c '"xenbr0"')" 1
	is "it is let out by the device" "$(nft list set inet xnm paths | grep -c '"xenbr0" . "eth0"')" 1
	is "nothing is keyed by another name" "$(ruleset | grep -c 'brlan\|enlan')" 0
	is "nor noted" "$(grep -rl 'brlan\|enlan' "$XNM_RUN_DIR"; find "$XNM_RUN_DIR" | grep 'brlan\|enlan')" ""
	check "IPv4: it reaches the outside" guest_ping 1 0 $inet4
	check "IPv6: it reaches the outside" guest_ping 1 0 $inet6
	refuse "by another card it does not" guest_ping 1 0 $other4
	before=$(snapshot)
	try "$HOTPLUG" reapply all
	is "reapply changes nothing" "$(snapshot)" "$before"
	gone 1
done

# -- routed by itself, with the card that answers for it
policy <<'END'
[uplink wired]
interface=enlan

[network routed]
backend=route
uplink=wired

[vif *]
network=routed
END
guest_new 1 0 ip="10.99.0.50 2001:db8:99::50"
try hotplug online 1 0
is "backend=route" "$rc:$out" 0:
is "eth0 answers for it" "$(ip neigh show proxy dev eth0 | grep -c '^10\.99\.0\.50 \|^2001:db8:99::50 ')" 2
is "it is let out by eth0" "$(nft list set inet xnm paths | grep -c '"vif1.0" . "eth0"')" 1
gone 1

# -- two networks on one bridge
policy <<'END'
[network one]
bridge=xenbr0

[network two]
bridge=brlan
locking-mode=disabled
END
try "$XNM" check
is "check: one bridge by two names" "$rc" 2
like "check: says both" "$out" "\[network two\]: the bridge brlan \(altname of xenbr0\) is that of \[network one\] already"
guest_new 1 0 bridge=one
try hotplug online 1 0
assert_refused "online: one bridge by two names" 1 0 'brlan \(altname of xenbr0\)'
gone 1
try "$XNM" check "$XNM_CONFIG"
like "a policy that is named is in use here" "$rc" 2
cp "$XNM_CONFIG" "$T/elsewhere.ini"
try "$XNM" check "$T/elsewhere.ini"
is "one for another host knows nothing of this one's names" "$rc" 0

# -- cards of the host in a bridge
ip link add up0 type veth peer name up1
ip link set up1 up
altname up0 card card-of-slot-7
ip addr add 10.6.0.9/24 dev up0
ip link set up0 up
policy <<'END'
[network out]
start=boot
bridge=out0
interfaces=card
END
try "$XNM_UDEV" boot
is "interfaces=: boot" "$rc:$out:$(bridge_ports out0)" 0::up0
is "its addresses come along" "$(link_addresses out0 | grep -c '^10\.6\.0\.9/24')" 1
before=$(snapshot)
try "$XNM_UDEV" boot
is "interfaces=: boot again" "$rc:$out:$(snapshot)" "0::$before"
for name in up0 card card-of-slot-7; do
	ip link set up0 nomaster
	try "$XNM_UDEV" add $name
	is "xnm-udev add $name" "$rc:$(bridge_ports out0)" 0:up0
done
sed -i 's/^interfaces=card/interfaces=up0/' "$XNM_CONFIG"
try "$XNM_UDEV" boot
is "by its own name it is the same card" "$rc:$out:$(bridge_ports out0)" 0::up0
sed -i 's/^interface=up0/interface=card/' "$XNM_RUN_DIR/bridge/out0"
try "$XNM_UDEV" boot
is "also where the notes have another name" "$rc:$out:$(bridge_ports out0)" 0::up0
sed -i 's/^interfaces=up0/interfaces=card/' "$XNM_CONFIG"
ip link del up0
try "$XNM_UDEV" boot
ip link add up0 type veth peer name up1
ip link set up1 up
altname up0 card
try "$XNM_UDEV" add up0
is "a card that comes back" "$rc:$(bridge_ports out0)" 0:up0
try "$XNM_UDEV" boot
is "and stays" "$rc:$(bridge_ports out0)" 0:up0
sed -i 's/^interfaces=card/interfaces=out0alt/' "$XNM_CONFIG"
altname out0 out0alt
try "$XNM" check
is "a bridge as its own port" "$rc" 2
like "check: says both of its names" "$out" "interfaces=out0alt \(altname of out0\): the bridge cannot be its own port"
tap_done
