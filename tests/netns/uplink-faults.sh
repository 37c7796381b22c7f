#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uplink-faults.sh - uplinks when something goes wrong: failed operations, kills, many at once, cards that are away.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/wifi.sh
. "$netns_top/tests/lib/wifi.sh"

lan_or_skip
store_start || exit 1
lan_new
ip route del default
ip -6 route del default
cat >"$XNM_CONFIG" <<END
[uplink wifi]
guest=wifi/0
metric=600
[uplink wired]
interface=eth0
gateway=$lan4
metric=100
track=$inet4
count=1
timeout=100ms
interval=1ms
[network inside]
bridge=br0
address=192.168.10.1/24 fd00:10::1/64
forward=nat
uplink=wired wifi
[vif wifi/0]
network=inside
address=192.168.10.2 fd00:10::2
locking-mode=unlocked
[vif *]
network=inside
END

defaults() {
	ip -j route show default | jq -r '.[] | "\(.gateway) \(.dev) \(.metric // 0) \(.protocol)"'
	ip -j -6 route show default | jq -r '.[] | "\(.gateway) \(.dev) \(.metric // 0) \(.protocol)"'
}
both="$lan4 eth0 100 88
192.168.10.2 br0 600 88
fd00:10::2 br0 600 88"

# ----------------------------------------------------------------- every operation fails once
guest_new 1 0 name=wifi bridge=br0
n=$("$HOTPLUG" plan 1.0 | grep -c '^ *[0-9]*\. ')
wrong=
warned=
for ((i = 1; i <= n; i++)); do
	for after in "" +; do
		hotplug_env=("XNM_FAIL_AT=$i$after")
		HOTPLUG=$O/xnm-vif-faults try hotplug online 1 0
		hotplug_env=()
		# a route that cannot be made is a warning, and the guest starts
		[[ $out != *warning* ]] || warned=yes
		if [ "$rc" -eq 0 ]; then try hotplug offline 1 0; fi
		left=$(leftovers | grep -v '^device')
		[ -z "$left" ] || wrong+="$i$after: $left"$'\n'
		[ -z "$(ip route show default dev br0 2>/dev/null)" ] || wrong+="$i$after: a route is left"$'\n'
	done
done
is "after each of $n operations has failed, nothing is left" "$wrong" ""
is "of those, the routes' own failures are warnings" "$warned" yes
try hotplug online 1 0
is "then it works" "$rc:$out:$(defaults)" "0::$both"

# a note of a run that was killed before it made the routes
ip route del default dev br0
ip -6 route del default dev br0
try "$HOTPLUG" reapply 1.0
is "what was noted, but not done, is done" "$rc:$(defaults)" "0:$both"
# a run that was killed between the new routes and the old ones
ip route add default via 192.168.10.2 dev br0 metric 10600 proto 88
sed -i 's/^route=192.168.10.2\/32 600/&\nroute=192.168.10.2\/32 10600/' "$XNM_RUN_DIR/uplink/wifi"
try "$HOTPLUG" reapply 1.0
is "what was noted, and is wanted no more, goes" "$rc:$(defaults)" "0:$both"
echo "rubbish" >"$XNM_RUN_DIR/uplink/wifi"
try "$HOTPLUG" reapply 1.0
is "a damaged note is made anew" "$rc:$(defaults):$(grep -c '^route=' "$XNM_RUN_DIR/uplink/wifi")" "0:$both:2"

# --------------------------------------------------------------------------- many at once
for i in {1..10}; do
	"$XNM" probe wired >/dev/null 2>&1 &
	"$HOTPLUG" reapply 1.0 >/dev/null 2>&1 &
done
wait
is "ten probes and ten reapplies at once" "$(defaults)" "$both"
for i in {1..5}; do
	"$XNM" probe wired >/dev/null 2>&1 &
	hotplug offline 1 0 >/dev/null 2>&1
	"$XNM" probe wired >/dev/null 2>&1 &
	hotplug online 1 0 >/dev/null 2>&1
done
wait
try "$XNM" probe wired
is "a guest that comes and goes beside probes" "$(defaults)" "$both"
wrong=
for i in {1..40}; do
	hotplug offline 1 0 >/dev/null 2>&1
	hotplug_launch=(-k $((i * 150)))
	hotplug online 1 0 >/dev/null 2>&1
	hotplug_launch=()
	try hotplug online 1 0
	[ "$rc:$(defaults)" = "0:$both" ] || wrong+="$i: $rc:$out $(defaults)"$'\n'
done
is "killed at any moment, and started again" "$wrong" ""
try hotplug offline 1 0
guest_rm 1 0
assert_clean "nothing is left"

# ------------------------------------------------------------------------ a card that is away
ip link del eth0
guest_new 2 0 name=desk bridge=br0 ip=192.168.10.9
try hotplug online 2 0
like "a card that is away: a warning, if there are other uplinks" "$rc:$out" \
	'^0:.*warning: interface=eth0 of uplink wired: there is no such device'
like "xnm status" "$("$XNM" status)" 'wired +eth0 .* away'
lan_link eth0 10.99.0 2001:db8:99
ip route del default 2>/dev/null
try "$HOTPLUG" reapply 2.0
is "it is back: so is its route" "$rc:$(defaults)" "0:$lan4 eth0 100 88"
try hotplug offline 2 0
guest_rm 2 0

# --------------------------------------------------------------------- a guest without a bridge
cat >"$XNM_CONFIG" <<'END'
[uplink wifi]
guest=wifi/0
interface=wifi0
[network routed]
backend=route
address=192.168.10.1/24
[vif wifi/0]
network=routed
address=192.168.10.2
locking-mode=unlocked
END
"$XNM" probe >/dev/null 2>&1
is "a policy without the wire: its route goes" "$(defaults)" ""
guest_new 3 0 name=wifi vifname=wifi0 -bridge
try hotplug online 3 0
wifi_up 3
is "a guest without a bridge" "$rc:$out:$(defaults)" "0::192.168.10.2 wifi0 100 88"
reach "leads outside" dom0 "ping/$inet4=yes"
before=$(snapshot)
try "$HOTPLUG" reapply 3.0
assert_unchanged "a reapply changes nothing" "$before"
try hotplug offline 3 0
is "and not any more" "$rc:$out:$(defaults)" "0::"
guest_rm 3 0
assert_forwards "nothing is left of it"
tap_done
