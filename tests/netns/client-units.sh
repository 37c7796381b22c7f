#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# client-units.sh - gateway=dhcp with the real systemd and udevd: who starts the client, with which rights, and who sees it fail.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/clients.sh
. "$netns_top/tests/lib/clients.sh"
# shellcheck source=tests/lib/systemd.sh
. "$netns_top/tests/lib/systemd.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
stage=${XNM_STAGE:-$O/stage}
udev_tools=$netns_top/build/udev-tools
why=$(systemd_missing)
[ -x "$udev_tools/bin/udevadm" ] || why="Debian's udev cannot be had"
[ -d "$stage/usr" ] || why="the tree is not installed in $stage (make stage)"
for program in udhcpc dnsmasq; do
	command -v "$program" >/dev/null || why="$program is not installed (tests/lib/deps.sh test)"
done
if [ -n "$why" ]; then
	skip "client-units" "$why"
	tap_done
	exit
fi

# ours as make install puts them, with the programs of this test, and one client
layer /etc "$stage/etc" && layer /usr "$stage/usr" || exit 1
cp "$XNM_UDEV" /usr/sbin/xnm-udev
cp "$XNM" /usr/sbin/xnm
cp "$XNM_VIF" /etc/xen/scripts/xnm-vif
rm -f /etc/xnm/xnm.ini /usr/sbin/dhclient /usr/sbin/dhcpcd
mkdir -p /etc/xnm/policy.d /run/udev
unset XNM_CONFIG
mkdir "$T/rules"
cp "$stage"/usr/lib/udev/rules.d/*xnm*.rules "$T/rules" 2>/dev/null || cp "$netns_top"/udev/*.rules "$T/rules"
mkdir -p /usr/lib/udev/rules.d
mount --bind "$T/rules" /usr/lib/udev/rules.d
mount -t tmpfs -o mode=755 tmpfs /etc/udev 2>/dev/null
cp "$udev_tools/bin/udevadm" /usr/bin/udevadm
ln -sf /usr/bin/udevadm /lib/systemd/systemd-udevd
cp "$udev_tools/lib/systemd/system/systemd-udevd.service" /lib/systemd/system/
# nothing of this machine's devices is its business, nor are sockets that start it
sed -i '/^Sockets=/d; /^ConditionPathIsReadWrite=/d; /^After=/d; /^Wants=/d; s/^Type=.*/Type=notify/' \
	/lib/systemd/system/systemd-udevd.service
store_start || exit 1
systemd_units systemd-udevd.service xnm-boot.service xnm-probe.service || exit 1
printf '%s\n' "[uplink wired]" interface=eth0 gateway=dhcp "[network inside]" bridge=br0 \
	address=192.168.10.1/24 forward=nat uplink=wired >/etc/xnm/policy.d/wired.ini
ip netns add lan
if ! systemd_start; then
	not_ok "systemd starts"
	tap_done
	exit
fi
try inside systemctl start systemd-udevd
[ "$rc" = 0 ] || not_ok "systemd-udevd starts" "$out" "$(inside systemctl status systemd-udevd 2>&1 | head -20)"

# client: the one that runs
client() {
	pgrep -x udhcpc
}

# cgroup PID: the unit that it is of
cgroup() {
	sed 's|.*/||' "/proc/$1/cgroup"
}

# rights PID
rights() {
	sed -n 's/^\(CapPrm\|CapEff\|CapInh\|CapBnd\|CapAmb\|NoNewPrivs\):\t//p' "/proc/$1/status" | xargs
}

# lease: what the card has
lease() {
	ip -4 -o addr show dev eth0 | grep -o '10\.99\.0\.1[0-9]*/24' | sed 's/1[0-9]*\//N\//'
}

settled() {
	inside udevadm settle --timeout=10
}

# end_client: it ends by itself, as far as xnm knows
end_client() {
	kill "$(client)"
	soon "" client >/dev/null
}

# ------------------------------------------------------------------ a card that comes while the host runs
ip link add eth0 address 00:16:3e:ca:4d:00 type veth peer name eth0 netns lan
ip -n lan addr add 10.99.0.254/24 dev eth0
ip -n lan link set eth0 up
ip link set eth0 up
ip netns exec lan dnsmasq -k -p 0 -i eth0 --bind-interfaces --leasefile-ro --no-ping \
	--dhcp-range=10.99.0.100,10.99.0.199,255.255.255.0,2m --conf-file=/dev/null --pid-file= >"$T/dnsmasq" 2>&1 &
settled
sleep 1
is "udev starts no client" "$(client)" ""
is "nor leaves anything behind" "$(for pid in $(pgrep xnm); do cgroup "$pid"; done)" ""
try inside systemctl start xnm-probe
is "the next probe does" "$rc:$(soon "10.99.0.N/24" lease)" "0:10.99.0.N/24"
pid=$(client)
is "and it outlives the unit" "$(inside systemctl is-active xnm-probe):$(cgroup "$pid")" "inactive:xnm-probe.service"
by_probe=$(rights "$pid")
like "it has few rights" "$by_probe" '^0+ 0{10}[0-9a-f]{6} 0{10}[0-9a-f]{6} [0-9a-f]+ 0+ 1$'

# ---------------------------------------------------------------------------------- what it outlives
ip link set eth0 mtu 1400
inside udevadm trigger --subsystem-match=net --sysname-match=eth0
settled
is "an event of its card" "$(client)" "$pid"
try inside systemctl restart systemd-udevd
is "a restart of udevd" "$rc:$(client)" "0:$pid"
try inside systemctl start xnm-probe
is "the next probe" "$rc:$(client)" "0:$pid"
try inside systemctl restart xnm-boot
is "xnm-boot.service, which starts no other" "$rc:$(client)" "0:$pid"

# ------------------------------------------------------------------------------- by whom it is started
end_client
try inside systemctl restart xnm-boot
is "xnm-boot.service does" "$rc:$(soon "10.99.0.N/24" lease)" "0:10.99.0.N/24"
pid=$(client)
is "with the same rights" "$(rights "$pid"):$(cgroup "$pid")" "$by_probe:xnm-boot.service"
end_client
guest_new 1 0 bridge=inside
try hotplug online 1 0
is "so does a guest's vif" "$rc:$(soon "10.99.0.N/24" lease)" "0:10.99.0.N/24"
is "with the same rights, again" "$(rights "$(client)")" "$by_probe"
try hotplug offline 1 0
guest_rm 1 0

# --------------------------------------------------------------------------------- one that ends at once
end_client
rm /usr/sbin/udhcpc
printf '#!/bin/sh\nexit 3\n' >/usr/sbin/udhcpc
chmod +x /usr/sbin/udhcpc
# a machine that is slow may take longer to run it than anybody waits for it: the next start says so
for ((i = 0; i < 4; i++)); do
	try inside systemctl start xnm-probe
	[ "$rc" = 0 ] || break
done
is "the probe's unit fails" "$((rc != 0))" 1
like "and systemctl status says so" "$(inside systemctl status xnm-probe 2>&1)" 'status=1/FAILURE'
like "xnm status" "$("$XNM" status)" 'wired +eth0 +dhcp,no-client'
like "xnm doctor" "$("$XNM" doctor 2>&1)" 'uplink wired has gateway=dhcp, but no DHCP client runs on eth0'
is "and the policy goes" "$(rm /etc/xnm/policy.d/wired.ini; "$XNM" probe >/dev/null 2>&1; lease; ls "$XNM_RUN_DIR/uplink")" ""
tap_done
