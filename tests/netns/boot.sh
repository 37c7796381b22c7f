#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# boot.sh - start=boot: a network is there before its first guest, stays after the last one, and heals.
# leaks: xnm-udev does all that it can
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

lan_or_skip
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1
lan_new
serve inet inet 80

guest() {
	guest_new "$1" 0 name="guest$1" ip="192.168.10.1$1 fd00:10::1$1"
	try hotplug online "$1" 0
	lan_guest "$1" 0 192.168.10.1 fd00:10::1 "192.168.10.1$1/24" "fd00:10::1$1/64"
}

# shot: a snapshot without the table that only vifs need, which stays when they have gone
shot() {
	snapshot | grep -v '"family":"bridge"'
}

gone() {
	try hotplug offline "$1" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $1 goes offline" "$out"
	guest_rm "$1" 0
}

# -- without a policy, and with nothing to do
try "$XNM_UDEV" boot
is "without a policy there is nothing to do" "$rc:$out" "0:"
for arguments in "" add "add eth0 eth1" "boot now" "plan a b" nonsense; do
	# shellcheck disable=SC2086 # words
	try "$XNM_UDEV" $arguments
	is "usage: '$arguments'" "$rc:$(echo "$out" | grep -c '^usage: xnm-udev')" 2:1
done
try "$XNM_UDEV" add ../../etc
is "a name that no device has" "$rc:$out" "2:xnm-udev: '../../etc' is not the name of a network device"
try "$XNM_UDEV" --help
is "--help" "$rc:$(echo "$out" | grep -c '^  \(boot\|add\|remove\|change\|plan\) ')" 0:5

# -- T1: guests and the host, and nobody else
cp "$netns_top/policy/examples/inside.ini" "$XNM_CONFIG"
chmod 644 "$XNM_CONFIG"
try "$XNM" check "$XNM_CONFIG"
is "inside.ini is in order" "$rc" 0
before=$(shot)
try "$XNM_UDEV" plan
like "plan says what boot would do" "$out" 'create bridge br0'
same "and changes nothing" "$(shot)" "$before"
try "$XNM_UDEV" boot
is "boot" "$rc:$out" "0:"
is "the bridge is up, with its addresses" "$(link_is_up br0 && link_addresses br0 | grep -v ^fe80 | xargs)" "192.168.10.1/24 fd00:10::1/64"
like "its rules are there" "$(elements)" 'inet inside: "br0"'
boot=$(shot)
for verb in boot boot "add eth0" "change br0"; do
	# shellcheck disable=SC2086 # words
	try "$XNM_UDEV" $verb
	is "again: $verb" "$rc:$out" "0:"
	same "it changes nothing" "$(shot)" "$boot"
done
guest 1
assert_online "a guest" 1 0 br0
guest 2
assert_online "a second one" 2 0 br0
reach "guests and the host reach each other" g1.0 ping/192.168.10.1=yes ping/fd00:10::1=yes ping/192.168.10.12=yes \
	"dom0>ping/192.168.10.11=yes" "dom0>ping/fd00:10::12=yes"
nowhere "and nobody else" g1.0 "tcp/$inet4/80" "ping/$inet6" "ping/$lan4"
is "the host forwards nothing" "$(sysctl_get ipv4/ip_forward)" 0
gone 1
gone 2
same "without guests all is as after boot" "$(shot)" "$boot"
"$XNM_VIF" gc >/dev/null
same "gc leaves it" "$(shot)" "$boot"

# -- it heals
ip link del br0
try "$XNM_UDEV" boot
is "the bridge was deleted" "$rc:$out" "0:"
same "boot makes it again" "$(shot)" "$boot"
nft flush ruleset
ip addr flush dev br0
ip link set br0 down
try "$XNM_UDEV" boot
is "rules and addresses were flushed" "$rc:$out" "0:"
same "boot puts them back" "$(shot)" "$boot"

# -- all at once
ip link del br0
nft flush ruleset
rm -rf /run/xnm/bridge/* /run/xnm/network/*
pids=()
for i in 1 2 3 4 5 6; do
	"$XNM_UDEV" boot >"$T/boot.$i" 2>&1 &
	pids+=($!)
done
guest 3
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=$((failed + 1)); done
is "six at once, and a guest: none fails" "$failed:$(cat "$T"/boot.?)" 0:
assert_online "the guest" 3 0 br0
gone 3
same "all is as after one" "$(shot)" "$boot"

# -- killed at any moment
ip link del br0
for ((i = 0; i < 30; i++)); do
	"$XNM_UDEV" boot &
	pid=$!
	sleep "0.00$((i % 10))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	if ((i % 3 == 0)); then ip link del br0 2>/dev/null; fi
done
try "$XNM_UDEV" boot
is "after kills" "$rc:$out" "0:"
same "all is as after one" "$(shot)" "$boot"

# -- the policy changes
sed -i 's/^start=boot$/start=guest/' "$XNM_CONFIG"
guest 1
try "$XNM_UDEV" boot
is "start=guest, while there is one" "$rc:$out:$(link_master vif1.0)" "0::br0"
gone 1
try "$XNM_UDEV" boot
is "nothing is left without one" "$rc:$out:$(link_exists br0 && echo there):$(elements)" "0:::"
assert_clean "and no note"
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[network guests]
start=boot
bridge=br0
address=192.168.10.1/24 fd00:10::1/64
forward=nat
uplink=wan
END
try "$XNM_UDEV" boot
is "a network with NAT" "$rc:$out:$(sysctl_get ipv4/ip_forward)" "0::1"
guest_new 1 0 bridge=guests ip=192.168.10.11
try hotplug online 1 0
lan_guest 1 0 192.168.10.1 "" 192.168.10.11/24
reach "its guest is outside at once" g1.0 "tcp/$inet4/80=inet:80 10.99.0.1"
gone 1
is "it forwards on without one" "$(sysctl_get ipv4/ip_forward)" 1
cat >"$XNM_CONFIG" <<'END'
[network here]
start=boot
bridge=br0
create=no
END
try "$XNM_UDEV" boot
is "a bridge that is to be there and is not: exit status" "$rc" 1
like "the other network has gone, and one line says what is wrong" "$out" \
	'^xnm-udev: network here: bridge br0 of network here does not exist, and create=no'
is "what the other one asked of the kernel is put back" "$(sysctl_get ipv4/ip_forward):$(elements)" 0:
tap_done
