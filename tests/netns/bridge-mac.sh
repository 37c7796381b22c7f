#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bridge-mac.sh - a bridge that xnm makes has one MAC address from its beginning to its end, and the next time.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1

# machine_id TEXT: what /etc/machine-id has from here on; this test's mounts are its own
machine_id() {
	umount /etc/machine-id 2>/dev/null
	printf '%s' "$1" >"$T/machine-id"
	mount --bind "$T/machine-id" /etc/machine-id
}

come() {
	guest_new "$1" 0 bridge="$2"
	try hotplug online "$1" 0
	[ "$rc:$out" = 0: ] || not_ok "guest $1 comes" "$rc:$out"
}

printf '[network %s]\nkeep=%s\n' lan no dmz no >"$XNM_CONFIG"
if [ ! -e /etc/machine-id ]; then
	skip "bridge-mac" "this host has no /etc/machine-id to put another in its place"
	tap_done
	exit
fi
machine_id 0123456789abcdef0123456789abcdef$'\n'
ip -o monitor link >"$T/events" &
monitor=$!
sleep 0.2
come 1 lan
mac=$(link_mac lan)
is "of the network's name" "$mac" da:3e:46:99:2b:9d
come 2 lan
is "a second guest" "$(link_mac lan)" "$mac"
guests_go 1
is "the first one leaves" "$(link_mac lan)" "$mac"
sleep 0.1
kill $monitor
is "it never had another" "$(grep ': lan:' "$T/events" | grep -o 'link/ether [0-9a-f:]*' | sort -u)" "link/ether $mac"
come 3 dmz
refuse "another network's is another" test "$(link_mac dmz)" = "$mac"
guests_go 2 3
come 1 lan
is "made again: the same" "$(link_mac lan)" "$mac"
guests_go 1
machine_id fedcba98765432100123456789abcdef$'\n'
come 1 lan
refuse "on another host: another" test "$(link_mac lan)" = "$mac"
guests_go 1
for text in "" uninitialized$'\n' 0123; do
	machine_id "$text"
	come 1 lan
	got[${#text}]=$(link_mac lan)
	guests_go 1
done
is "no machine-id: of the host name, every time" "${got[14]} ${got[4]}" "${got[0]} ${got[0]}"
like "which is a MAC address" "${got[0]}" '^.[26ae](:..){5}$'
refuse "which is another" test "${got[0]}" = "$mac"

ip link add eth7 address 00:16:3e:00:00:77 type veth peer name far7
printf '[network lan]\nkeep=no\ninterfaces=eth7\n' >"$XNM_CONFIG"
come 1 lan
is "with a card: the card's" "$(link_mac lan)" 00:16:3e:00:00:77
guests_go 1
assert_clean "nothing is left"
tap_done
