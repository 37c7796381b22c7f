#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# udevd.sh - the rules with the real systemd-udevd: a card that comes builds the bridge, goes, and comes back.
#
# Uevents of network devices stay in their network namespace, so that it sees
# those of this test. It has a /dev of its own, as other devices' uevents come
# from the whole machine.
set -u
# it is unpacked, not installed: on a machine without udev, that would change what boots
top=$(cd "$(dirname "$0")/../.." && pwd)
case ${O:-build} in
/*) udev_tools=$O/udev-tools ;;
*) udev_tools=$top/${O:-build}/udev-tools ;;
esac
# before the test has a network namespace of its own, which leads nowhere
if [ -z "${XNM_IN_NETNS:-}" ]; then
	mkdir -p "$udev_tools"
	(flock 9 && "$top/tests/lib/fetch-debs.sh" "$udev_tools" udev >&2) 9>>"$udev_tools.lock"
fi
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
udevadm=$udev_tools/bin/udevadm
if ! "$udevadm" --version >/dev/null; then
	skip "udevd" "cannot get Debian's systemd-udevd, or it does not run here"
	tap_done
	exit
fi

# no rules but ours, with the programs of this build and the policy of this test
for folder in /etc/udev /usr/lib/udev/rules.d /lib/udev/rules.d; do
	if [ -d $folder ]; then mount -t tmpfs tmpfs $folder; fi
done
mkdir -p /run/udev/rules.d
cat >"$T/xnm-udev" <<END
#!/bin/sh
echo "\$*" >>$T/calls
export XNM_CONFIG=$XNM_CONFIG
exec $XNM_UDEV "\$@" 2>>$T/said
END
chmod +x "$T/xnm-udev"
for file in 60-xnm.rules 85-xnm-udev.rules; do
	sed "s|/usr/sbin/xnm-udev|$T/xnm-udev|" "$netns_top/udev/$file" >"/run/udev/rules.d/$file"
done
: >"$T/calls"
: >"$T/said"
store_start || exit 1

# one program, which does what it is called
ln -s "$udevadm" "$T/systemd-udevd"
mkdir -p "$T/dev"
# shellcheck disable=SC2016 # the inner shell expands it
unshare --mount sh -c '
	mount -t tmpfs -o mode=755 tmpfs "$1"
	for node in "null 3" "zero 5" "full 7" "random 8" "urandom 9" "kmsg 11"; do
		mknod -m 666 "$1/${node% *}" c 1 "${node#* }" || exit 1
	done
	mount --move "$1" /dev && exec "$2" --resolve-names=never
' sh "$T/dev" "$T/systemd-udevd" >"$T/udevd.log" 2>&1 </dev/null &
for _ in {1..200}; do
	[ -S /run/udev/control ] && "$udevadm" control --ping --timeout=1 2>/dev/null && break
	sleep 0.02
done
if ! "$udevadm" control --ping --timeout=2 2>/dev/null; then
	skip "udevd" "systemd-udevd does not start here: $(head -1 "$T/udevd.log")"
	tap_done
	exit
fi

# settled: udevd has nothing more to do; the kernel's events are there at once
settled() {
	"$udevadm" settle --timeout=10
}

# calls: what was called since the last time, sorted
calls() {
	settled
	sort "$T/calls" | uniq | paste -sd'|'
	: >"$T/calls"
}

# property DEVICE NAME: as udev has it
property() {
	"$udevadm" info --query=property --property="$2" --value "/sys/class/net/$1"
}

# said: what xnm-udev had to say, which is nothing if all is well
said() {
	cat "$T/said"
	: >"$T/said"
}

cat >"$XNM_CONFIG" <<'END'
[network lan]
start=boot
bridge=xenbr0
interfaces=eth0
address=10.99.0.1/24

[network later]
bridge=br1
interfaces=eth2
END
ip netns add lan

# card NAME: a network card is plugged in
card() {
	ip link add "$1" address "00:16:3e:ca:4d:0${1#eth}" type veth peer name "$1" netns lan
	ip -n lan link set "$1" up
}

# -- a card comes
card eth0
is "udev calls for it" "$(calls)" "add eth0"
is "nothing was said" "$(said)" ""
is "the bridge is there, with the card" "$(link_master eth0)" xenbr0
is "it has the network's address" "$(link_addresses xenbr0 | grep -v ^fe80)" 10.99.0.1/24
is "and the card's MAC" "$(link_mac xenbr0)" 00:16:3e:ca:4d:00
is "the card is up" "$(link_is_up eth0 && echo up)" up
is "other managers leave the bridge alone" "$(property xenbr0 NM_UNMANAGED) $(property xenbr0 XNM_UNMANAGED)" "1 1"
ip -n lan addr add 10.99.0.254/24 dev eth0
is "the LAN is reached" "$(ping -q -n -c 1 -W 2 10.99.0.254 >/dev/null && echo yes)" yes

# -- it goes, and comes back
# bridge: all of it that a card does not change by coming or going, or time by itself
bridge() {
	ip -j -d addr show dev xenbr0 | jq -cS '
		.[0] | del(.flags, .operstate, .carrier_changes, .linkinfo, .promiscuity, .addr_info[].tentative)'
}
before=$(bridge)
ip link del eth0
is "udev calls when it goes" "$(calls)" "remove eth0"
same "the bridge stays as it is" "$(bridge)" "$before"
card eth0
is "and when it is back" "$(calls)" "add eth0"
is "it is in the bridge" "$(link_master eth0)" xenbr0
ip -n lan addr add 10.99.0.254/24 dev eth0
is "the LAN is reached" "$(ping -q -n -c 1 -W 2 10.99.0.254 >/dev/null && echo yes)" yes

# -- renamed by udev or by hand
ip link del eth0
card eth9
calls >/dev/null
is "a card of another name is not taken" "$(link_master eth9)" ""
ip link set eth9 name eth0
is "a card that gets the name" "$(calls)" "add eth0"
is "is taken" "$(link_master eth0)" xenbr0

# -- plain udevadm trigger
ip link set eth0 nomaster
"$udevadm" trigger --subsystem-match=net
like "a plain trigger calls for it" "$(calls)" 'change eth0'
is "it is in the bridge again" "$(link_master eth0)" xenbr0
ip link del xenbr0
rm -f /run/xnm/bridge/xenbr0
"$udevadm" trigger --subsystem-match=net --action=add
like "and one as at boot" "$(calls)" 'add eth0'
is "makes the bridge again" "$(link_master eth0)$(link_addresses xenbr0 | grep -v ^fe80)" xenbr010.99.0.1/24

# -- with addresses
card eth2
calls >/dev/null
is "a card of a network whose first guest has not come" "$(link_master eth2)$(link_exists br1 && echo made)" ""
ip addr add 10.98.0.1/24 dev eth2
ip link set eth2 up
guest_new 1 0 bridge=later
try hotplug online 1 0
assert_online "the first guest takes it" 1 0 br1
is "with its address" "$(link_master eth2) $(link_addresses br1 | grep -v ^fe80)" "br1 10.98.0.1/24"
calls=$(calls)
is "nobody is called for vifs and bridges" "$(echo "$calls" | tr '|' '\n' | grep -c 'vif\|xenbr0\|br1$')" 0
is "other managers leave the vif alone" "$(property vif1.0 NM_UNMANAGED)" 1
ip link del eth2
card eth2
calls >/dev/null
is "it goes and comes back" "$(link_master eth2) $(link_addresses br1 | grep -v ^fe80)" "br1 10.98.0.1/24"
is "nothing was said in all this" "$(said)" ""

# -- a mistake in the policy is told, and changes nothing
echo "nonsense" >>"$XNM_CONFIG"
ip link set eth0 nomaster
"$udevadm" trigger --subsystem-match=net --sysname-match=eth0
calls >/dev/null
like "a policy with a mistake" "$(said)" 'xnm\.ini:[0-9]+: '
is "changes nothing" "$(link_master eth0)" ""
tap_done
