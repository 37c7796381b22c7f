#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# antispoof.sh - what a locked vif may send and what not: every frame of frames.def, in each mode.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/frames.sh
. "$netns_top/tests/lib/frames.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

if ! command -v nft >/dev/null; then
	skip "antispoof" "nft is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
store_start || exit 1
cat >"$XNM_CONFIG" <<'END'
[vif locked]
locking-mode=locked
address=10.0.0.1 10.0.0.5 2001:db8::1 2001:db8::5
ipv4-allowed=10.0.8.0/24
ipv6-allowed=2001:db8:8::/64

[vif mac-only]
locking-mode=locked

[vif dhcp-server]
locking-mode=locked
address=10.0.0.1 10.0.0.5 2001:db8::1 2001:db8::5
ipv4-allowed=10.0.8.0/24
ipv6-allowed=2001:db8:8::/64
allow=dhcp-server

[vif router]
locking-mode=locked
address=10.0.0.1 10.0.0.5 2001:db8::1 2001:db8::5
ipv4-allowed=10.0.8.0/24
ipv6-allowed=2001:db8:8::/64
allow=router

[vif victim]
address=10.0.0.2 2001:db8::2

[vif unlocked]
locking-mode=unlocked
END
frames_host br0
frames_guest 2 name=victim
try hotplug online 2 0
assert_online "the victim" 2 0 br0

# sender MODE [KEY=VALUE]...: guest 1 in this mode
sender() {
	frames_guest 1 name="$1" "${@:2}"
	try hotplug online 1 0
	assert_online "$1: online" 1 0 br0
	neighbours_set
}

sender_gone() {
	try hotplug offline 1 0
	assert_offline "$1: offline" 1 0
	is "$1: no rule and no counter is left of it" "$(nft list ruleset | grep 'vif1\.0')" ""
	guest_rm 1 0
}

sender locked
if ! nft list table bridge xnm >/dev/null 2>&1; then
	skip "antispoof" "this xnm-vif does not enforce locking-mode=locked"
	tap_done
	exit
fi
dump_loads "locked"
battery locked locked
is "locked: dom0's neighbours are where they were" "$(neighbours_wrong)" ""
is "locked: dom0 took no route and no prefix" "$(routes_wrong)" ""
is "locked: the bridge learned no MAC but the guest's own" "$(learned vif1.0)" 00:16:3e:00:01:00

# a bridge that speaks STP listens itself, before any rule may see the frame
root=$(cat /sys/class/net/br0/bridge/root_id)
ip link set br0 type bridge stp_state 1 forward_delay 200
sleep 0.1
ip netns exec g1.0 "$frames" send eth0 stp rstp
sleep 0.1
is "locked: no guest becomes the root of the spanning tree" "$(cat /sys/class/net/br0/bridge/root_id)" "$root"
ip link set br0 type bridge stp_state 0
sender_gone locked

sender mac-only
battery mac-only mac-only
is "mac-only: the bridge learned no MAC but the guest's own" "$(learned vif1.0)" 00:16:3e:00:01:00
sender_gone mac-only

sender dhcp-server
battery dhcp-server dhcp-server
sender_gone dhcp-server

sender router
battery router router
sender_gone router

# -- without rules all of this works, or the checks above say nothing
# who sends with any MAC must not have the bridge believe that it is there
ip link set br0 type bridge ageing_time 0
sender unlocked
battery unlocked unlocked
like "unlocked: dom0's neighbours can be poisoned" "$(neighbours_wrong)" '2001:db8::2 at 00:16:3e:00:01:00'
like "unlocked: dom0 can be given a route" "$(routes_wrong)" 'default|2001:db8:bad:'
sender_gone unlocked
ip link set br0 type bridge ageing_time 30000

try hotplug offline 2 0
assert_offline "the victim goes" 2 0
guest_rm 2 0
assert_clean "nothing is left"
tap_done
