#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vifname.sh - vifname=: renamed vifs, names that are taken, and the overlap of a restore.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes

store_start || exit 1
bridge_new br0

altnames() {
	ip -j link show dev "$1" | jq -r '.[0].altnames // [] | join(" ")'
}

# -- rename
guest_new 1 0 vifname=web1
try hotplug online 1 0
assert_online "the vif gets its vifname" 1 0 br0 web1
is "netback's name stays as an alternative" "$(altnames web1)" vif1.0
before=$(snapshot)
try hotplug online 1 0
assert_online "a second online succeeds" 1 0 br0 web1
same "and changes nothing" "$(snapshot)" "$before"
try hotplug offline 1 0
assert_offline "offline" 1 0 web1
try hotplug online 1 0
assert_online "online once more, whatever it is called now" 1 0 br0 web1
netdev_rm 1 0
try hotplug offline 1 0
assert_offline "offline with the device gone" 1 0 web1
guest_rm 1 0

guest_new 2 0 vifname=vif2.0
try hotplug online 2 0
assert_online "netback's own name as vifname" 2 0 br0
hotplug offline 2 0
guest_rm 2 0

guest_new 2 0 vifname=abcdefghijklmno
try hotplug online 2 0
assert_online "15 characters" 2 0 br0 abcdefghijklmno
# as after a reboot of dom0's side of the toolstack
rm -f "$XNM_RUN_DIR/vif/2.0"
try hotplug offline 2 0
assert_offline "offline without notes of ours finds it by its alternative name" 2 0 abcdefghijklmno
guest_rm 2 0

# -- the name is taken
ip link add web3 type bridge
ip addr add 192.0.2.1/24 dev web3
ip link set web3 up
# web3: what must stay as it is
web3() {
	ip -o link show web3
	ip -o addr show web3 | grep -v inet6
}
before=$(web3)
guest_new 3 0 vifname=web3
try hotplug online 3 0
assert_refused "the name of a device of the host" 3 0 vifname web3
same "that device is left alone" "$(web3)" "$before"
try hotplug offline 3 0
assert_offline "offline after that" 3 0
same "that device is still left alone" "$(web3)" "$before"
ip link del web3
try hotplug online 3 0
assert_online "once the name is free, it works" 3 0 br0 web3
guest_new 4 0 vifname=web3
try hotplug online 4 0
assert_refused "the name of another guest's vif" 4 0 vifname web3
try hotplug offline 4 0
assert_offline "offline after that" 4 0
is "the other guest's vif is left alone" "$(link_master web3):$(altnames web3)" br0:vif3.0
hotplug offline 3 0
guest_rm 3 0
guest_rm 4 0

# -- restore and localhost migration: the new domain comes before the old one goes
# overlap OLD NEW: both domains have the same vifname and MAC
mac=00:16:3e:11:22:33
overlap() {
	guest_new "$1" 0 vifname=web0 mac=$mac
	hotplug online "$1" 0
	guest_new "$2" 0 vifname=web0 mac=$mac name="guest$1--incoming"
	try hotplug online "$2" 0
}

guest_new 9 0
hotplug online 9 0
guest_up 9 0 10.0.0.9/24
overlap 3 5
assert_online "overlap: the new vif comes up with netback's name" 5 0 br0 vif5.0
is "overlap: the old one keeps the name" "$(altnames web0):$(link_master web0)" vif3.0:br0
before=$(snapshot)
try hotplug online 5 0
assert_online "overlap: a second online of the new one" 5 0 br0 vif5.0
same "overlap: changes nothing" "$(snapshot)" "$before"
ip -n g3.0 link set eth0 down
guest_up 5 0 10.0.0.5/24
check "overlap: the new guest works" guest_ping 5 0 10.0.0.9
netdev_rm 3 0
try hotplug offline 3 0
assert_offline "overlap: offline of the old one" 3 0
keys_rm 3 0
is "overlap: the new one has the name now" "$(link_master web0):$(altnames web0)" br0:vif5.0
check "overlap: it is up" link_is_up web0
check "overlap: it still works" guest_ping 5 0 10.0.0.9
try hotplug online 5 0
assert_online "overlap: online of it again" 5 0 br0 web0
try hotplug offline 5 0
assert_offline "overlap: offline of it" 5 0 web0
guest_rm 5 0
guest_rm 3 0
is "overlap: nothing is left of the wait" "$(ls $XNM_RUN_DIR/vifname)" ""

# the kernel may remove the old device only after the offline
overlap 3 5
try hotplug offline 3 0
assert_offline "overlap: offline of the old one while its device is there" 3 0 web0x
netdev_rm 3 0
keys_rm 3 0
is "overlap: the new one has the name" "$(link_master web0):$(altnames web0)" br0:vif5.0
hotplug offline 5 0
guest_rm 5 0
guest_rm 3 0

# the migration fails
overlap 3 5
try hotplug offline 5 0
assert_offline "failed migration: offline of the new one" 5 0
guest_rm 5 0
is "failed migration: the old one is left alone" "$(link_master web0):$(altnames web0)" br0:vif3.0
try hotplug offline 3 0
assert_offline "failed migration: offline of the old one" 3 0 web0
guest_rm 3 0

# nobody calls offline for the old one
overlap 3 5
guest_rm 3 0
try hotplug online 5 0
assert_online "the old one gone unseen: online gives the name" 5 0 br0 web0
try hotplug offline 5 0
assert_offline "the old one gone unseen: offline" 5 0 web0
guest_rm 5 0

# three in a row
overlap 3 5
guest_new 6 0 vifname=web0 mac=$mac name=guest3
try hotplug online 6 0
netdev_rm 3 0
hotplug offline 3 0
keys_rm 3 0
netdev_rm 5 0
hotplug offline 5 0
keys_rm 5 0
is "migrated twice: the last one has the name" "$(link_master web0):$(altnames web0)" br0:vif6.0
try hotplug offline 6 0
assert_offline "migrated twice: offline" 6 0 web0
for d in 3 5 6; do
	guest_rm $d 0
done

# -- the alias, by which people and monitoring tell whose a vif is
alias() {
	ip -j link show dev "$1" | jq -r '.[0].ifalias // ""'
}
printf '%s\n' "[network lan]" bridge=br0 >"$XNM_CONFIG"
guest_new 10 1 name=web1
guest_new 11 0 name=web2
ip link set vif11.0 alias "port 7 of the rack"
try hotplug online 10 1
assert_online "a guest with a name" 10 1 br0
is "the alias has guest, number and network" "$(alias vif10.1)" "web1/1 lan"
try hotplug online 11 0
is "an alias of somebody else stays" "$rc:$(alias vif11.0)" "0:port 7 of the rack"
xs_write /local/domain/10/name web5
try "$XNM" apply
is "after xl rename and xnm apply" "$(alias vif10.1)" "web5/1 lan"
ip link set vif10.1 alias mine
like "somebody sets another" "$("$HOTPLUG" plan 10.1)" "nothing to do|write state"
"$XNM" apply >/dev/null
is "and it stays" "$(alias vif10.1)" mine
ip link set vif10.1 alias ""
"$XNM" apply >/dev/null
is "somebody removes it: it is set again" "$(alias vif10.1)" "web5/1 lan"
printf '%s\n' "[global]" alias=no "[network lan]" bridge=br0 >"$XNM_CONFIG"
try "$XNM" apply
is "alias=no takes it from a running vif" "$rc:$(alias vif10.1)" 0:
is "and not what is not ours" "$(alias vif11.0)" "port 7 of the rack"
rm "$XNM_CONFIG"
"$XNM" apply >/dev/null
is "without a policy the bridge is named" "$(alias vif10.1)" "web5/1 br0"
hotplug offline 10 1
is "it is gone after the offline" "$(alias vif10.1)" ""
hotplug offline 11 0
is "and somebody else's is there" "$(alias vif11.0)" "port 7 of the rack"
guest_rm 10 1
guest_rm 11 0

hotplug offline 9 0
guest_rm 9 0
assert_clean "nothing is left"
tap_done
