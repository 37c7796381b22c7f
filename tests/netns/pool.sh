#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pool.sh - vifs get addresses of a pool: each its own, and the same again, whatever happens in between.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
pools=$XNM_STATE_DIR/pool

# policy RANGE...: a network, a pool of these ranges, and vifs that want them
policy() {
	cat >"$XNM_CONFIG" <<-END
		[network lan]
		bridge=lan0
		address=10.20.0.1/23 fd20::1/64
		forward=nat
		[pool web]
		network=lan
		range=$*
		[vif guest301]
		network=lan
		address=10.20.0.20
		[vif mixed*]
		network=lan
		address=10.20.1.200 auto web eui64
		[vif *]
		network=lan
		address=auto web
	END
}

# addresses: of all vifs, "D ADDRESS..." in the order of D
addresses() {
	local file

	for file in "$XNM_RUN_DIR"/vif/*.0; do
		file=${file##*/}
		echo "${file%.0} $(sed -n 's/^address=//p' "$XNM_RUN_DIR/vif/$file" | xargs)"
	done | sort -n
}

# address_of D: of one vif
address_of() {
	sed -n 's/^address=//p' "$XNM_RUN_DIR/vif/$1.0" | xargs
}

policy 10.20.0.10-10.20.0.250 fd20::100-fd20::ffff
guests=$(often 200 50)

# all_offline: in groups, as each one has the network's lock for itself for a moment
all_offline() {
	local first

	for ((first = 1; first < guests; first += 50)); do
		hotplug_all offline $first 50 || return 1
	done
}

# many at once
guests_new 1 "$guests" lan
try hotplug_all online 1 "$guests"
is "$guests at once: no failure" "$rc:$out" 0:
first=$(addresses)
is "$guests at once: $guests different addresses of each family" \
	"$(cut -d' ' -f2 <<<"$first" | sort -u | wc -l):$(cut -d' ' -f3 <<<"$first" | sort -u | wc -l)" "$guests:$guests"
is "$guests at once: all are of the pool" \
	"$(cut -d' ' -f2 <<<"$first" | awk -F'[./]' '$3 != 0 || $4 < 10 || $4 > 250')" ""
refuse "$guests at once: none is a static one of the policy" grep -qF ' 10.20.0.20/' <<<"$first"
is "$guests at once: each is noted for its MAC address" \
	"$(for d in 1 17 "$guests"; do
		a=$(address_of "$d")
		readlink "$pools/web/${a%%/*}"
	done)" "$(printf '00:16:3e:00:%02x:00\n' 1 17 "$guests")"
is "what is given is what the guest is held to" \
	"$(filter_elements | grep -c "^bridge/addresses4 .*10\.20\.0\.")" "$guests"
before=$(find "$XNM_RUN_DIR/vif" "$pools" -printf '%p %i %T@\n' | sort)
try hotplug_all online 1 "$guests"
is "again: no failure" "$rc:$out" 0:
same "again: nothing is noted anew" "$(find "$XNM_RUN_DIR/vif" "$pools" -printf '%p %i %T@\n' | sort)" "$before"

# a reboot of the host: all goes but the notes below /var/lib
try all_offline
guests_rm 1 "$guests"
assert_clean "all offline: nothing is left"
nft flush ruleset
rm -rf "$XNM_RUN_DIR"
guests_new 1 "$guests" lan
try hotplug_all online 1 "$guests"
is "after a reboot: no failure" "$rc:$out" 0:
same "after a reboot: each has the same addresses" "$(addresses)" "$first"

# in another order, other domids: what counts is the guest and its MAC address
all_offline
guests_rm 1 "$guests"
guest_new 310 0 bridge=lan mac=00:16:3e:00:05:00 name=guest5
try hotplug online 310 0
assert_online "another domid" 310 0 lan0
is "another domid: the address goes with the MAC address" "$(address_of 310)" \
	"$(sed -n 's/^5 //p' <<<"$first")"
hotplug offline 310 0
guest_rm 310 0

# the notes are lost: a MAC address begins its search at the same place
guests_new 1 20 lan
for run in 1 2; do
	rm -rf "$pools"
	for ((d = 1; d <= 20; d++)); do hotplug online $d 0 || echo "# online of $d failed"; done
	addresses >"$T/run$run"
	hotplug_all offline 1 20
done
same "the notes are lost: the same again, if they come in the same order" \
	"$(cat "$T/run2")" "$(cat "$T/run1")"
is "the notes are lost: they are spread over the pool" \
	"$(($(cut -d' ' -f2 "$T/run1" | cut -d. -f4 | cut -d/ -f1 | sort -n | tail -1) > 100))" 1
guests_rm 1 20

# static ones beside those of a pool
guest_new 311 0 bridge=lan name=mixed1 mac=00:16:3e:00:01:11
try hotplug online 311 0
assert_online "static, pool and EUI-64 together" 311 0 lan0
is "static, pool and EUI-64 together: all are its own" "$(address_of 311 | awk '{ print $1, $2, NF }')" \
	"10.20.1.200/32 fd20::216:3eff:fe00:111/128 4"
try "$XNM_VIF" plan 311.0
is "a vif that is as wanted: nothing to do" "$rc:$out" "0:vif311.0 online:"$'\n'"  nothing to do"
hotplug offline 311 0
guest_rm 311 0

# as many guests as addresses: those that come together want the same few last ones
last=$(often 80 20)
policy 10.20.0.101-10.20.0.$((100 + last))
guests_new 1 "$last" lan
failed=
for run in 1 2; do
	rm -rf "$pools"
	try hotplug_all online 1 "$last"
	[ "$rc:$out:$(addresses | cut -d' ' -f2 | sort -u | wc -l)" = "0::$last" ] || failed+="$rc:$out "
	hotplug_all offline 1 "$last"
done
is "as many guests as addresses, all at once, twice" "$failed" ""
guests_rm 1 "$last"

# two that want the only one there is: one gets it, and the other is told why not
policy 10.20.0.77
guests_new 1 2 lan
# while a network has no vif, those that come wait for each other anyway
guest_new 301 0 bridge=lan
hotplug online 301 0
failed=
for ((i = 0; i < 15; i++)); do
	rm -rf "$pools"
	try hotplug_all online 1 2
	[ "$rc:$(addresses | grep -v ^301 | cut -d' ' -f2):$(grep -c 'no free IPv4 address left' <<<"$out")" = 1:10.20.0.77/32:1 ] &&
		[ "$(readlink "$pools/web/10.20.0.77")" = "$(xs_read "$backend/$(addresses | head -1 | cut -d' ' -f1)/0/mac")" ] ||
		failed+="$out "
	hotplug_all offline 1 2
done
is "two guests and one address, 15 times" "$failed" ""

# whoever chooses waits for who has chosen and not noted it yet: lock.h, pool_notes.c
python3 - "$XNM_RUN_DIR/lock" >"$T/locked" <<-'END' &
	import fcntl, struct, sys, time
	number = 2166136261
	for byte in b"/pool/web":
	    number = ((number ^ byte) * 16777619) & 0xffffffff
	file = open(sys.argv[1], "r+")
	fcntl.fcntl(file, 37, struct.pack("hhxxxxqqixxxx", fcntl.F_WRLCK, 0, (1 << 40) + number, 1, 0))
	print("locked", flush=True)
	time.sleep(1)
END
rm -rf "$pools"
until grep -q locked "$T/locked"; do sleep 0.02; done
begin=$(date +%s%N)
try hotplug online 1 0
took_ms=$((($(date +%s%N) - begin) / 1000000))
is "a locked pool: it waits, and goes on" "$rc:$out:$((took_ms > 700))" 0::1
wait
hotplug offline 1 0
hotplug offline 301 0
guest_rm 301 0
guests_rm 1 2

# a full pool
policy 10.20.0.0/29
guests_new 1 6 lan
rm -rf "$pools"
try hotplug_all online 1 5
is "a small pool: five of six are taken" "$rc:$out:$(addresses | cut -d' ' -f2 | sort -u | wc -l)" 0::5
try hotplug online 6 0
# neither the subnet's own address nor the host's; the /23 ends elsewhere
is "a small pool: the last one fits" "$rc:$out:$(addresses | cut -d' ' -f2 | sort | xargs)" \
	"0::10.20.0.2/32 10.20.0.3/32 10.20.0.4/32 10.20.0.5/32 10.20.0.6/32 10.20.0.7/32"
guest_new 7 0 bridge=lan
try hotplug online 7 0
assert_refused "a full pool" 7 0 "pool web \($XNM_CONFIG:5\) has no free IPv4 address left: widen range="
is "a full pool: the others keep theirs" "$(bridge_ports lan0 | wc -w)" 6
guest_rm 7 0

# the longest unused goes first
hotplug offline 3 0
hotplug offline 4 0
guests_rm 3 2
guest_new 7 0 bridge=lan
try hotplug online 7 0
assert_refused "an address that was just in use stays its guest's" 7 0 \
	"no free IPv4 address left but what a guest gave up just now, .* start this guest again in [0-9]+ s"
a3=$(find "$pools/web" -lname '00:16:3e:00:03:00' -printf '%f\n')
a4=$(find "$pools/web" -lname '00:16:3e:00:04:00' -printf '%f\n')
touch -h -d '2 days ago' "$pools/web/$a3"
touch -h -d '1 hour ago' "$pools/web/$a4"
# running ones keep theirs, however long they run
find "$pools/web" -lname '00:16:3e:00:0[12]:00' -exec touch -h -d '9 days ago' {} +
try hotplug online 7 0
assert_online "the longest unused address" 7 0 lan0
is "the longest unused address: of the guest that went first" "$(address_of 7)" "$a3/32"
is "who had it before has it no more" "$(find "$pools/web" -name '00:16:3e:00:03:00,4' | wc -l)" 0
guest_new 3 0 bridge=lan mac=00:16:3e:00:03:00
try hotplug online 3 0
is "and gets another" "$rc:$out:$(address_of 3)" "0::$a4/32"
for d in 1 2 3 5 6 7; do hotplug offline $d 0; done
guest_rm 3 0
guest_rm 7 0
guests_rm 1 6

# what the policy takes away is given to nobody any more
policy 10.20.0.100-10.20.0.110
guest_new 1 0 bridge=lan mac=00:16:3e:00:01:00
try hotplug online 1 0
is "another range: another address" "$rc:$out:$(address_of 1 | grep -c '^10.20.0.1[01][0-9]/32$')" 0::1
before=$(address_of 1)
sed -i "s/^address=10.20.0.20$/address=${before%/*}/" "$XNM_CONFIG"
try "$XNM_VIF" reapply 1.0
is "another vif's static address: it moves" \
	"$rc:$out:$([ "$(address_of 1)" != "$before" ] && filter_elements | grep -c '^bridge/addresses4 ')" 0::1
hotplug offline 1 0

# a router and a name server beside the guests: there are four addresses, and two guests
policy 10.20.0.64-10.20.0.67 fd20::64-fd20::67
sed -i 's,^forward=nat$,&\ngateway=10.20.0.64 fd20::66\ndns=10.20.0.66 fd20::64,' "$XNM_CONFIG"
rm -rf "$pools"
guests_new 2 1 lan
for d in 1 2; do
	try hotplug online $d 0
	is "gateway= and dns= in the pool's range: guest $d comes up" "$rc:$out" 0:
done
is "gateway= and dns= in the pool's range: no guest gets them" \
	"$(addresses | cut -d' ' -f2- | tr ' ' '\n' | sort | xargs)" \
	"10.20.0.65/32 10.20.0.67/32 fd20::65/128 fd20::67/128"
guest_new 4 0 bridge=lan
try hotplug online 4 0
assert_refused "the pool is full without them" 4 0 "pool web .* has no free IPv4 address left"
guest_rm 4 0
for d in 1 2; do hotplug offline $d 0; done
guests_rm 2 1

# in another network than the pool's
policy 10.20.0.100-10.20.0.110
sed -i '/^\[vif \*\]/,$ { /^network=/d }' "$XNM_CONFIG"
bridge_new br9
keys_new 1 0 bridge=br9
try hotplug online 1 0
assert_refused "a pool of another network" 1 0 \
	"address=auto web gives addresses of \[network lan\], but the guest joins br9"
guest_rm 1 0

# killed at any moment, everyone ends with one address, and no two with the same
policy 10.20.0.10-10.20.0.60
rm -rf "$pools"
guests_new 1 40 lan
seed=${XNM_POOL_SEED:-$RANDOM}
RANDOM=$seed
echo "# XNM_POOL_SEED=$seed"
for ((i = 0; i < 4; i++)); do
	hotplug_launch=(-k $((500 + RANDOM % 3000)))
	for ((d = 1 + 10 * i; d <= 10 + 10 * i; d++)); do hotplug online $d 0 >/dev/null 2>&1 & done
	wait
	hotplug_launch=()
done
noted=$(find "$pools/web" -name '10.*' -printf '%f %l\n' 2>/dev/null | sort)
try hotplug_all online 1 40
is "after kills: no failure" "$rc:$out" 0:
is "after kills: 40 different addresses" "$(addresses | cut -d' ' -f2 | sort -u | wc -l)" 40
is "after kills: what was noted holds, and everybody has one" \
	"$(find "$pools/web" -name '10.*' -printf '%l\n' | sort | uniq -c | awk '$1 != 1'):$(
		find "$pools/web" -name '10.*' -printf '%f %l\n' | sort | comm -13 - <(echo "$noted"))" :
hotplug_all offline 1 40
guests_rm 1 40

assert_clean "nothing is left"
tap_done
