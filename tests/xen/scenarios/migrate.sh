#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# migrate.sh - a guest moves to the same host: old and new card, with the same MAC and name, exist together for a while.
#
# Debian's Xen 4.17 has no shadow paging, so a PV guest cannot migrate live.
# Instead the stream comes from `xl save -p`; what receives it is the same `xl
# migrate-receive` as always, and the steps are those of xl's migrate_domain()
# in tools/xl/xl_migrate.c.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"

# the stock script cannot handle a name that is taken
guest=vifname name=web0 address=192.0.2.13
[ "$script" = xnm-vif ] || guest=guest1 name='' address=192.0.2.11

bridge_up xenbr0
ip addr add 192.0.2.1/24 dev xenbr0
check "xl create $guest.cfg" guest_create $guest
check "$guest boots" guest_up $guest
check "$guest pings dom0" guest_pings $guest 192.0.2.1
old=$(xl domid $guest)

check "the old domain is saved and stays, paused" xl save -p $guest /tmp/stream
mkfifo /tmp/to
xl migrate-receive </tmp/to >/tmp/from 2>/tmp/receive.log &
receiver=$!
exec 7>/tmp/to
cat /tmp/stream >&7
if wait_for 30 grep -aq 'domain received, ready to unpause' /tmp/from; then
	ok "the new domain is built while the old one is there"
else
	not_ok "the new domain is built while the old one is there" "$(tail -20 /tmp/receive.log)"
fi
new=$(xl domid "$guest--incoming")
# what identity.sh in tests/netns takes for granted
is "libxl's names of the two" \
	"$(xenstore-read "/local/domain/$old/name") $(xenstore-read "/local/domain/$new/name")" "$guest $guest--incoming"
uuid=$(xenstore-read "/local/domain/$old/vm")
is "libxl's UUID of the two" "$(xenstore-read "/local/domain/$new/vm")" "$uuid"
if [ "$script" = xnm-vif ]; then
	is "it is noted of both, and the name without libxl's suffix" \
		"$(grep -hE '^(uuid|domain)=' "/run/xnm/vif/$old.0" "/run/xnm/vif/$new.0" | sort -u | xargs)" \
		"domain=$guest uuid=${uuid#/vm/}"
	is "the MAC address is the new one's" \
		"$(readlink "/run/xnm/mac/xenbr0,$(xenstore-read "/local/domain/0/backend/vif/$new/0/mac")")" "$new.0"
fi
is "both domains exist" "$(xl list | awk '{ print $1 }' | grep -c "^$guest")" 2
is "the new card's hotplug-status" "$(xenstore-read "/local/domain/0/backend/vif/$new/0/hotplug-status")" connected
is "both cards are on xenbr0" "$(find /sys/class/net/xenbr0/brif -mindepth 1 | wc -l)" 2
if [ -n "$name" ]; then
	is "$name is still the old card" "$(ip -j link show "vif$old.0" | jq -r '.[0].ifname')" $name
	is "the new card has libxl's name" "$(ip -j link show "vif$new.0" | jq -r '.[0].ifname')" "vif$new.0"
fi

xl rename $guest "$guest--migratedaway"
printf 'domain is yours, you are cleared to unpause\0' >&7
exec 7>&-
wait "$receiver"
is "the new domain is handed over" $? 0
check "the old domain is destroyed" xl destroy "$guest--migratedaway"
rm -f /tmp/stream /tmp/to

is "the new domain has the name" "$(xl domid $guest)" "$new"
check "vif$old.0 is gone" wait_for 10 gone "vif$old.0"
is "nothing of the old domain is left" "$(leftovers | grep -E "vif$old\.|[/ ]$old(\.0)?\$")" ""
if [ -n "$name" ]; then
	is "the new card has taken $name over" "$(ip -j link show "vif$new.0" | jq -r '.[0].ifname')" $name
	is "and is still on xenbr0" "$(master $name)" xenbr0
fi
is "xenbr0 has one port" "$(find /sys/class/net/xenbr0/brif -mindepth 1 | wc -l)" 1
check "$guest pings dom0" guest_pings $guest 192.0.2.1
check "dom0 pings $guest" ping -c 3 -i 0.2 -W 2 $address

# libxl shows why, and leaves nothing of the other one
if [ "$script" = xnm-vif ]; then
	mac=$(xenstore-read "/local/domain/0/backend/vif/$new/0/mac")
	refuse "another guest with its MAC address does not start" guest_with thief 192.0.2.14/24 "mac=$mac,bridge=xenbr0"
	like "xl says with whose, and what to change" "$(cat "$xl_log")" \
		"mac=$mac of vif[0-9]*\.0 \(thief\) is that of vif$new\.0 \($guest\) on xenbr0, .*another mac="
	is "xenbr0 has the one port" "$(basename /sys/class/net/xenbr0/brif/*)" "$name"
	check "$guest still pings dom0" guest_pings $guest 192.0.2.1
	# its configuration has no uuid=, so that xl makes another one
	check "xl destroy, and at once again" sh -c "xl destroy $guest && xl create $(config $guest) >/tmp/again.log 2>&1"
	refuse "with another UUID" [ "$(xenstore-read "/local/domain/$(xl domid $guest)/vm")" = "$uuid" ]
fi
check "xl destroy" xl destroy $guest
nothing_left "nothing is left"
scenario_done
