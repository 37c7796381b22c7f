#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uplink-clients.sh - gateway=dhcp: who may start a client, with which rights, whose it is, and what its end means.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/clients.sh
. "$netns_top/tests/lib/clients.sh"

lan_or_skip udhcpc dhclient dhcpcd
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1
lan_new
ip route del default
ip -6 route del default
clients_new
cat >"$T/phones.ini" <<'END'
[uplink one]
guest=one/0
gateway=dhcp 192.168.43.0/24
metric=300
[uplink two]
guest=two/0
gateway=dhcp 192.168.44.0/24
metric=400
[network inside]
bridge=br0
address=fd00:10::1/64
[vif one/0]
network=inside
locking-mode=unlocked
[vif two/0]
network=inside
locking-mode=unlocked
END
cat >"$T/wired.ini" <<'END'
[uplink wired]
interface=eth0
gateway=dhcp
[network inside]
bridge=br0
start=boot
address=192.168.10.1/24
END

# rights UPLINK: those of its client
rights() {
	sed -n 's/^\(CapPrm\|CapEff\|CapInh\|NoNewPrivs\):\t//p' "/proc/$(uplink_note "$1" dhcp-pid)/status" 2>/dev/null | xargs
}

# is_noted UPLINK: whether the client that runs is the one that is noted
is_noted() {
	local pid

	pid=$(pgrep -x udhcpc)
	[ -n "$pid" ] && [ "$pid" = "$(uplink_note "$1" dhcp-pid)" ] && echo yes
}

# end_client UPLINK: it ends by itself, as far as xnm knows
end_client() {
	kill "$(uplink_note "$1" dhcp-pid)"
	soon 0 clients >/dev/null
}

# ended UPLINK: whether its client has
ended() {
	[ -e "/proc/$(uplink_note "$1" dhcp-pid)/stat" ] || echo yes
}

# ------------------------------------------------------------------------ who starts it
only udhcpc
cp "$T/wired.ini" "$XNM_CONFIG"
try "$XNM_UDEV" change eth0
is "udev starts nothing that it would end again" "$rc:$out:$(sleep 0.3 && clients)" "0::0"
try "$XNM_UDEV" boot
is "the boot starts a client" "$rc:$out:$(soon yes is_noted wired)" "0::yes"
at_boot=$(rights wired)
like "it may ask, and set up the network" "$at_boot" '^[0-9a-f]+ [0-9a-f]+ [0-9a-f]+ 1$'
is "what it calls is xnm-vif" "$(readlink "$XNM_RUN_DIR/xnm-dhcp")" "$(realpath "$XNM_VIF")"
try "$XNM_UDEV" change eth0
is "it goes on after an event of udev" "$rc:$out:$(is_noted wired):$(readlink "$XNM_RUN_DIR/xnm-dhcp")" \
	"0::yes:$(realpath "$XNM_VIF")"
end_client wired
try "$XNM_UDEV" change eth0
is "one that has died is not started by udev" "$rc:$out:$(clients)" "0::0"
try "$XNM" probe
like "but by a probe, which says so" "$rc:${out%%$'\n'*}:$(soon yes is_noted wired)" \
	'^0:xnm: warning: uplink wired: its DHCP client has ended and is started again:yes$'
is "with the same rights" "$(rights wired)" "$at_boot"
echo '[global]' >"$XNM_CONFIG"
try "$XNM" probe
is "without the uplink it ends" "$(soon 0 clients)" 0
"$XNM_UDEV" boot >/dev/null
cp "$T/phones.ini" "$XNM_CONFIG"
guest_new 1 0 name=one bridge=br0
guest_up 1 0 192.168.43.1/24
try hotplug online 1 0
is "and by the vif of a guest, with these, too" "$rc:$out:$(soon yes is_noted one):$(rights one)" "0::yes:$at_boot"

# ------------------------------------------------------------------------ one that ends
end_client one
like "xnm status says that there is none" "$("$XNM" status)" 'one +br0 +dhcp,no-client'
no_client='uplink one has gateway=dhcp, but no DHCP client runs on br0'
like "and so does xnm doctor" "$("$XNM" doctor 2>&1)" "$no_client"
# it is killed while it writes the note, which nobody reads
mkfifo "$XNM_RUN_DIR/uplink/.one"
"$XNM" probe >/dev/null 2>&1 &
starter=$!
sleep 0.5
kill -9 $starter
wait $starter 2>/dev/null
rm "$XNM_RUN_DIR/uplink/.one"
sleep 0.3
is "a client that could not be noted does not run" "$(clients)" 0
# shellcheck disable=SC2016 # the inner shell expands it
try bash -c 'SYSTEMD_EXEC_PID=$$ exec "$0" reapply all' "$HOTPLUG"
is "what systemd runs beside a firewall starts none either" "$rc:$out:$(clients)" "0::0"
rm "$T/links/udhcpc"
printf '#!/bin/sh\nexit 3\n' >"$T/links/udhcpc"
chmod +x "$T/links/udhcpc"
try "$XNM" probe
like "one that ends at once is an error of the probe" "$rc:$(grep -v warning <<<"$out" | head -n 1)" \
	'^1:xnm: the DHCP client on br0 ended at once, with exit status 3'
try "$HOTPLUG" reapply 1.0
like "and a warning of an event" "$rc:$out" '^0:.*warning: .*the DHCP client on br0 ended at once, with exit status 3'
like "and to be seen" "$("$XNM" status)" 'one +br0 +dhcp,no-client'
printf 'nonsense' >"$T/links/udhcpc"
try "$XNM" probe
like "so is one that cannot be run" "$rc:$(grep -v warning <<<"$out" | head -n 1)" \
	'^1:xnm: cannot start a DHCP client on br0: /usr/sbin/udhcpc: Exec format error'

# ------------------------------------------------------------- what the policy does not say
only udhcpc
hostile 1 192.168.43.1 all 192.168.43.100/24
try "$XNM" probe
is "the uplink has its route" "$rc:$(soon "192.168.43.1 br0 300 88" uplink_defaults)" "0:192.168.43.1 br0 300 88"
is "then xnm doctor has nothing to say of it" "$("$XNM" doctor 2>&1 | grep -c 'gateway=dhcp')" 0
# AppArmor as it says so, which this kernel may not have
if mount -t tmpfs tmpfs /sys/kernel/security 2>/dev/null; then
	mkdir /sys/kernel/security/apparmor
	printf '%s\n' 'man_groff (enforce)' '/{,usr/}sbin/dhclient (complain)' >/sys/kernel/security/apparmor/profiles
	only dhclient
	is "a profile that only complains is nothing" "$("$XNM" doctor 2>&1 | grep -c AppArmor)" 0
	echo '/{,usr/}sbin/dhclient (enforce)' >>/sys/kernel/security/apparmor/profiles
	like "one of dhclient that is enforced is told of" "$("$XNM" doctor 2>&1)" 'AppArmor does not let dhclient run xnm-vif'
	only udhcpc
	is "and is nothing to another client" "$("$XNM" doctor 2>&1 | grep -c AppArmor)" 0
	umount /sys/kernel/security
fi
echo "nonsense" >"$XNM_CONFIG"
kill -USR2 "$(uplink_note one dhcp-pid)"
is "the end of a lease is one, with a policy that cannot be read" \
	"$(soon "" uplink_defaults):$(ip -4 -o addr show dev br0):$(uplink_note one leased)" "::"
cp "$T/phones.ini" "$XNM_CONFIG"
hotplug offline 1 0 >/dev/null 2>&1
soon 0 clients >/dev/null

# ------------------------------------------------------------------ two on one bridge
guest_new 2 0 name=two bridge=br0
guest_up 2 0 192.168.44.1/24

# leases: what the two have, and the routes that come of it
leases() {
	echo "$(uplink_note one leased) $(uplink_note two leased) $(uplink_defaults | sort | tr '\n' ' ')"
}

two() {
	local name=$1 ones="192.168.43.1 br0 300 88" twos="192.168.44.1 br0 400 88"

	only "$name"
	hostile_end
	hostile 1 192.168.43.1 all 192.168.43.100/24
	rm -f "$XNM_RUN_DIR"/dhcp-*
	hotplug online 1 0 >/dev/null 2>&1
	soon "$ones" uplink_defaults >/dev/null
	try hotplug online 2 0
	[ "$rc:$out" = 0: ] || not_ok "$name: online" "$out"
	is "$name: a guest does not answer for another" "$(soon yes ended two):$(leases)" "yes:192.168.43.100/24  $ones "
	hostile_end
	hostile 2 192.168.44.1 all 192.168.44.100/24
	"$XNM" probe >/dev/null 2>&1
	is "$name: each has its own" "$(soon "192.168.43.100/24 192.168.44.100/24 $ones $twos " leases)" \
		"192.168.43.100/24 192.168.44.100/24 $ones $twos "
	is "$name: and its own files" "$(cd "$XNM_RUN_DIR" && echo dhcp-*.pid)" "dhcp-one.pid dhcp-two.pid"
	try hotplug offline 2 0
	is "$name: what goes is its own" "$rc:$out:$(leases)" "0::192.168.43.100/24  $ones "
	hotplug offline 1 0 >/dev/null 2>&1
	soon 0 clients >/dev/null
}

two udhcpc
two dhclient

# ------------------------------------------------------- a guest that answers by its emulated card only
only udhcpc
guest_new 3 0 name=one bridge=br0 type=vif_ioemu
tap_new 3 0
ip link del vif3.0-emu
ip netns add g33.0
ip link add vif3.0-emu type veth peer name eth0 netns g33.0
ip -n g33.0 addr add 192.168.43.1/24 dev eth0
ip -n g33.0 link set eth0 up
hostile_end
hostile 33 192.168.43.1 all 192.168.43.100/24
try hotplug online 3 0
[ "$rc" = 0 ] || not_ok "online 3" "$out"
try hotplug add 3 0
[ "$rc" = 0 ] || not_ok "add 3" "$out"
"$XNM" probe >/dev/null 2>&1
is "its lease is taken" "$(soon "192.168.43.1 br0 300 88" uplink_defaults)" "192.168.43.1 br0 300 88"
hostile_end
hotplug offline 3 0 >/dev/null 2>&1
ip netns del g33.0
ip link del vif3.0-emu 2>/dev/null
guest_rm 3 0
soon 0 clients >/dev/null
hostile_end
only dhcpcd
try hotplug online 1 0
is "dhcpcd: the first runs" "$rc:$out" "0:"
try hotplug online 2 0
like "dhcpcd: a second would only be told to the first" "$rc:$out" \
	'^0:.*warning: cannot start a DHCP client for uplink two: a dhcpcd runs already \(/run/dhcpcd/.*install udhcpc'
for d in 1 2; do
	try hotplug offline $d 0
	[ "$rc:$out" = 0: ] || not_ok "offline" "$out"
	guest_rm $d 0
done
is "all of them end" "$(soon 0 clients)" 0
assert_clean "nothing is left"
tap_done
