#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# parallel.sh - many events at the same time end like the same events one after the other.
# alone: it measures how long many calls take, which need both processors
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
guests=50
bridge_new br0
bridge_new br1
ip link set br1 mtu 1400

# one after the other
guests_new 1 $guests br0 br1
for ((d = 1; d <= guests; d++)); do
	hotplug online $d 0 || echo "# online of $d failed"
done
one_by_one=$(snapshot)
is "one by one: all are attached" "$(bridge_ports br0 | wc -w):$(bridge_ports br1 | wc -w)" 25:25
try hotplug_all offline 1 $guests
guests_rm 1 $guests
assert_clean "offline of all at once leaves nothing"

# all at once
guests_new 1 $guests br0 br1
try hotplug_all online 1 $guests
is "all at once: no failure" "$rc:$out" 0:
same "all at once: the same end" "$(snapshot)" "$one_by_one"
try hotplug_all online 1 $guests
is "all at once, again: no failure" "$rc:$out" 0:
same "all at once, again: nothing changes" "$(snapshot)" "$one_by_one"
try hotplug_all offline 1 $guests
is "all offline at once: no failure" "$rc:$out" 0:
is "all offline at once: no port, no note" \
	"$(bridge_ports br0)$(bridge_ports br1)$(ls $XNM_RUN_DIR/vif)" ""
try hotplug_all offline 1 $guests
is "all offline at once, again" "$rc:$out" 0:

# the same in networks: the first of all make the bridge, the tables, and what the kernel is asked for
cat >"$XNM_CONFIG" <<'END'
[network lan]
bridge=lan0
address=10.20.0.1/24
forward=nat
[network flat]
backend=route
address=10.21.0.1/32
END
# networks_new: 30 guests with an address each
networks_new() {
	local d

	guests_new 1 30 lan flat
	for ((d = 1; d <= 30; d++)); do
		xs_write "$backend/$d/0/ip" "10.2$((d % 2)).0.$((d + 9))"
	done
}

guests_rm 1 $guests
networks_new
for ((d = 1; d <= 30; d++)); do
	hotplug online $d 0 || echo "# online of $d failed"
done
one_by_one=$(snapshot)
is "networks: all have their routes or port" \
	"$(bridge_ports lan0 | wc -w):$(ip route show proto 88 | wc -l)" 15:15
try hotplug_all offline 1 30
is "networks: no failure of an offline" "$rc:$out" 0:
guests_rm 1 30
assert_clean "networks: offline of all at once leaves nothing"
nft delete table bridge xnm
nft delete table inet xnm
rm -rf "$XNM_RUN_DIR"
networks_new
try hotplug_all online 1 30
is "networks at once: no failure" "$rc:$out" 0:
same "networks at once: the same end" "$(snapshot)" "$one_by_one"
hotplug_all offline 1 15 >$T/off 2>&1 &
try hotplug_all online 1 30
wait $! || echo "# offline failed"
try hotplug_all online 1 30
is "networks, coming and going: no failure" "$rc:$out:$(cat $T/off)" 0::
same "networks, coming and going: the same end" "$(snapshot)" "$one_by_one"
try hotplug_all offline 1 30
guests_rm 1 30
assert_clean "networks at once: offline leaves nothing"
rm "$XNM_CONFIG"
guests_new 1 $guests br0 br1

# half come while half go
try hotplug_all online 1 25
hotplug_all offline 1 25 >$T/off 2>&1 &
try hotplug_all online 26 25
wait $! || echo "# offline failed"
is "25 come while 25 go" "$rc:$out:$(cat $T/off):$(find $XNM_RUN_DIR/vif -type f | wc -l)" 0:::25
is "only those that came are ports" "$(bridge_ports br0 | wc -w):$(bridge_ports br1 | wc -w)" 13:12
hotplug_all offline 26 25
guests_rm 1 $guests

# online and offline of one vif at the same time: either may win, nobody waits long, the next call finds its way
guest_new 7 0 vifname=web7
begin=$SECONDS
bad=
for ((i = 0; i < 30; i++)); do
	hotplug online 7 0 >$T/on 2>&1 &
	hotplug offline 7 0 >$T/off 2>&1 &
	hotplug online 7 0 >$T/on2 2>&1 &
	wait
	bad+=$(cat $T/off)
done
check "online and offline of one vif at once: all end in time" test $((SECONDS - begin)) -lt 30
is "offline never complains" "$bad" ""
try hotplug online 7 0
assert_online "an online after that" 7 0 br0 web7
try hotplug offline 7 0
assert_offline "an offline after that" 7 0 web7
guest_rm 7 0

# four NICs of one domain, as libxl starts them
for n in 0 1 2 3; do
	guest_new 8 $n "vifname=web8.$n"
done
for n in 0 1 2 3; do
	hotplug online 8 $n &
done
wait
is "four NICs of one domain" "$(bridge_ports br0)" "web8.0 web8.1 web8.2 web8.3"
for n in 0 1 2 3; do
	hotplug offline 8 $n &
done
wait
for n in 0 1 2 3; do
	guest_rm 8 $n
done

# two guests that want the same name: exactly one gets it
for i in 1 2 3 4 5; do
	guest_new 1 0 vifname=same
	guest_new 2 0 vifname=same
	hotplug online 1 0 >$T/a 2>&1 &
	a=$!
	hotplug online 2 0 >$T/b 2>&1 &
	b=$!
	wait $a
	rc_a=$?
	wait $b
	rc_b=$?
	is "one name for two, round $i: one gets it" "$((rc_a + rc_b)):$(bridge_ports br0)" 1:same
	hotplug offline 1 0
	hotplug offline 2 0
	guest_rm 1 0
	guest_rm 2 0
done

assert_clean "nothing is left"
tap_done
