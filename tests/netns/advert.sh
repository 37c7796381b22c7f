#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# advert.sh - this host hears routers by a card of its own, and no guest: with vifs and taps, in each forward=.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
frames=$O/tests/frames
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
ip netns add lan
# the host's own card, with a router behind it
ip link add up0 type veth peer name eth0 netns lan
ip link set up0 up
ip netns exec lan sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
ip -n lan link set eth0 address 02:00:00:00:00:aa up
for dev in all default up0; do
	echo 0 >"/proc/sys/net/ipv6/conf/$dev/accept_dad"
done

# network MODE [LINE]...: one in which guests may be routers
network() {
	local mode=$1 uplink=

	shift
	case $mode in
	*nat | *route) uplink=uplink=wan ;;
	esac
	cat >"$XNM_CONFIG" <<END
[uplink wan]
interface=wan0
[network n]
address=10.98.0.1/24 fd98::1/64
host-services=all
$([[ $mode == routed-* ]] && echo "backend=route" || printf '%s\n' "bridge=n0" "keep=no")
forward=${mode#routed-}
$uplink
$(printf '%s\n' "$@")
[vif router]
network=n
address=10.98.0.11 fd98::11
allow=router
[vif open]
network=n
address=10.98.0.12 fd98::12
locking-mode=unlocked
[vif plain]
network=n
END
}
ip link add wan0 type veth peer name wan0peer
ip link set wan0 up

# advertise NAMESPACE DEVICE MAC: a router, with a prefix and an MTU of 1280, some times
advertise() {
	ip netns exec "$1" python3 - "$2" "$3" <<'END'
import socket, struct, sys
dev, mac = sys.argv[1], bytes.fromhex(sys.argv[2].replace(":", ""))
ll = bytes.fromhex("fe80000000000000") + bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]
dst = bytes.fromhex("ff02" + "00" * 13 + "01")
ra = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + b"\x01\x01" + mac
ra += struct.pack("!BBHI", 5, 1, 0, 1280)
ra += struct.pack("!BBBBIII", 3, 4, 3, 0xC0, 86400, 14400, 0) + bytes.fromhex("2000" + "00" * 14)
ra += struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 86400, 14400, 0) + bytes.fromhex("20010db80bad" + "00" * 10)
def fold(data):
    s = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff
ra = ra[:2] + struct.pack("!H", fold(ll + dst + struct.pack("!II", len(ra), 58) + ra)) + ra[4:]
ip = struct.pack("!IHBB", 6 << 28, len(ra), 58, 255) + ll + dst
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((dev, 0))
for _ in range(3):
    s.send(b"\x33\x33\0\0\0\x01" + mac + b"\x86\xdd" + ip + ra)
END
	sleep 0.1
}

# believed DEVICE: what this host has made of it
believed() {
	{
		ip -6 route show dev "$1" | grep 'proto ra\|^default\|^2000::/3\|^2001:db8:bad'
		ip -6 addr show dev "$1" | grep -o '2001:db8:bad[^ ]*'
		grep -x 1280 "/proc/sys/net/ipv6/conf/$1/mtu"
	} | head -3
}

# guest D NAME MAC [KEY=VALUE]...
guest() {
	guest_new "$1" 0 name="$2" bridge=n "${@:3}"
	try hotplug online "$1" 0
	is "$mode: vif of $2" "$rc:$out" 0:
	ip netns exec "g$1.0" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
	ip -n "g$1.0" link set eth0 up
}

# leave D
leave() {
	try hotplug offline "$1" 0
	guest_rm "$1" 0
}

# hears: the host would believe it, and forwarding is not why not
hears() {
	echo 2 >"/proc/sys/net/ipv6/conf/$1/accept_ra"
}

for mode in none nat route bridge open routed-open routed-route; do
	network "$mode"
	for who in router open; do
		guest 1 $who ip="10.98.0.11 fd98::11"
		dev=n0
		[[ $mode != routed-* ]] || dev=vif1.0
		[[ $mode == routed-* ]] ||
			is "$mode: the bridge does not listen" "$(cat /proc/sys/net/ipv6/conf/n0/accept_ra)" 0
		advertise g1.0 eth0 00:16:3e:00:01:00
		is "$mode: nothing that $who says is believed" "$(believed $dev)" ""
		hears $dev
		advertise g1.0 eth0 00:16:3e:00:01:00
		is "$mode: nor where somebody has the device listen" "$(believed $dev)" ""
		leave 1
	done
done

# an emulated NIC
for mode in bridge open; do
	network $mode
	for who in router open; do
		guest 1 $who type=vif_ioemu
		ip tuntap add vif1.0-emu mode tap
		try hotplug add 1 0
		is "$mode: the tap of $who" "$rc:$out" 0:
		hears n0
		# what a device model writes to a tap comes in by it
		python3 - <<'END' &
import fcntl, os, struct, time
fd = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH", b"vif1.0-emu", 0x1002))
time.sleep(0.3)
mac = bytes.fromhex("00163e000100")
ll = bytes.fromhex("fe80000000000000") + bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]
dst = bytes.fromhex("ff02" + "00" * 13 + "01")
ra = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + b"\x01\x01" + mac
data = ll + dst + struct.pack("!II", len(ra), 58) + ra
s = sum(struct.unpack("!%dH" % (len(data) // 2), data))
while s >> 16:
    s = (s & 0xffff) + (s >> 16)
ra = ra[:2] + struct.pack("!H", ~s & 0xffff) + ra[4:]
for _ in range(3):
    os.write(fd, b"\x33\x33\0\0\0\x01" + mac + b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(ra), 58, 255) + ll + dst + ra)
time.sleep(0.2)
END
		wait $!
		is "$mode: nothing that $who says by its tap is believed" "$(believed n0)" ""
		is "$mode: and it was sent" "$(nft list set bridge xnm drops | grep -c '"vif1.0-emu" . "router-advert"')" 1
		try hotplug remove 1 0
		ip link del vif1.0-emu 2>/dev/null
		leave 1
	done
done

# a card of the network brings the router: heard from there, and from there alone; guests hear both
mode=bridge
network bridge interfaces=up0
guest 1 router
guest 4 open
guest 3 plain
is "interfaces=: the bridge listens as it would" "$(cat /proc/sys/net/ipv6/conf/n0/accept_ra)" 1
for d in 1 4; do
	(exec ip netns exec lan "$frames" watch eth0 --seconds 2 --mac "00:16:3e:00:0$d:00" --linklocal "fe80::216:3eff:fe00:${d}00" >"$T/lan.$d") &
	watcher=$!
	(exec ip netns exec g3.0 "$frames" watch eth0 --seconds 2 --mac "00:16:3e:00:0$d:00" --linklocal "fe80::216:3eff:fe00:${d}00" >"$T/guest.$d") &
	watchers=("$watcher" $!)
	sleep 0.3
	advertise g$d.0 eth0 "00:16:3e:00:0$d:00"
	is "interfaces=: nothing that guest $d says is believed" "$(believed n0)" ""
	ip netns exec g$d.0 "$frames" send eth0 --mac "00:16:3e:00:0$d:00" --linklocal "fe80::216:3eff:fe00:${d}00" ra
	sleep 0.2
	kill "${watchers[@]}" 2>/dev/null
	wait "${watchers[@]}" 2>/dev/null
	is "interfaces=: the LAN hears guest $d" "$(grep -cx ra "$T/lan.$d")" 1
	is "interfaces=: so does the guest beside it" "$(grep -cx ra "$T/guest.$d")" 1
	is "interfaces=: but not this host" "$(believed n0)" ""
done
advertise lan eth0 02:00:00:00:00:aa
like "interfaces=: the router behind the card is" "$(believed n0)" '^default via fe80::ff:fe00:aa .*proto ra'

# the card leaves the policy, and comes back into it: what was before is given back
network bridge
try "$XNM_VIF" reapply all
is "without the card" "$rc:$out:$(cat /proc/sys/net/ipv6/conf/n0/accept_ra)" "0::0"
network bridge interfaces=up0
try "$XNM_VIF" reapply all
is "and with it again" "$rc:$out:$(cat /proc/sys/net/ipv6/conf/n0/accept_ra)" "0::1"
leave 1
leave 4
leave 3
ip link set up0 nomaster
ip link del n0 2>/dev/null

ports() {
	(cd "/sys/class/net/$1/brif" && echo *)
}
# a card that udev puts into a bridge with guests brings its router, whenever the bridge was made
for keep in keep=no keep=yes start=boot; do
	network bridge
	sed -i "s/^keep=no/$keep/" "$XNM_CONFIG"
	guest 1 router
	is "$keep: without the card" "$(cat /proc/sys/net/ipv6/conf/n0/accept_ra)" 0
	sed -i "s/^forward=bridge/&\ninterfaces=up0/" "$XNM_CONFIG"
	try "$XNM_UDEV" add up0
	is "$keep: the card comes" "$rc:$out:$(cat /proc/sys/net/ipv6/conf/n0/accept_ra):$(ports n0)" \
		"0::1:up0 vif1.0"
	advertise lan eth0 02:00:00:00:00:aa
	like "$keep: and its router" "$(believed n0)" '^default via fe80::ff:fe00:aa .*proto ra'
	settings_noted() {
		cat "$XNM_RUN_DIR/network"/n "$XNM_RUN_DIR/network"/@* 2>/dev/null | grep -c 'n0/accept_ra'
	}
	is "$keep: what is noted is what is" "$(settings_noted)" 0
	is "$keep: there is nothing more to do" "$("$XNM_VIF" plan 1.0 2>&1 | grep 'accept_ra\|up0\|record nftables')" ""
	sed -i '/^interfaces=/d' "$XNM_CONFIG"
	try "$XNM_UDEV" boot
	is "$keep: it leaves with the policy" "$rc:$out:$(cat /proc/sys/net/ipv6/conf/n0/accept_ra):$(ports n0)" "0::0:vif1.0"
	leave 1
	sed -i "s/^$keep/keep=no/" "$XNM_CONFIG"
	"$XNM_UDEV" boot
	ip link del n0 2>/dev/null
done
network bridge

# somebody sets it back: status and doctor say so, and each next event, of whatever guest, puts it right
guest 1 router
guest 3 plain
for value in 1 2; do
	for event in reapply online offline udev; do
		echo $value >/proc/sys/net/ipv6/conf/n0/accept_ra
		like "accept_ra=$value by somebody: status" "$("$XNM" status 2>&1)" '^vif1\.0 .*drift'
		like "accept_ra=$value by somebody: doctor" "$("$XNM" doctor 2>&1)" "net.ipv6.conf.n0.accept_ra is $value, .*: sysctl -w net.ipv6.conf.n0.accept_ra=0"
		case $event in
		reapply) try "$XNM_VIF" reapply 1.0 ;;
		online) guest 4 plain ;;
		offline) leave 4 ;;
		udev) try "$XNM_UDEV" boot ;;
		esac
		is "accept_ra=$value by somebody: healed by $event" "$(cat /proc/sys/net/ipv6/conf/n0/accept_ra)" 0
	done
done
leave 1
leave 3

# the bridge itself is the host's way out: whoever says so has put a card there
network bridge
sed -i 's/^interface=wan0/interface=n0/' "$XNM_CONFIG"
guest 1 open
is "an uplink: it listens" "$(cat /proc/sys/net/ipv6/conf/n0/accept_ra)" 1
ip link set up0 master n0
advertise g1.0 eth0 00:16:3e:00:01:00
is "an uplink: nothing that a guest says is believed" "$(believed n0)" ""
advertise lan eth0 02:00:00:00:00:aa
like "an uplink: the router behind the card is" "$(believed n0)" '^default via fe80::ff:fe00:aa .*proto ra'
ip link set up0 nomaster
leave 1

# somebody else's bridge stays as it is; a locked guest is no router of anybody without allow=router
bridge_new n0
for mode in bridge open; do
	network $mode
	guest 3 plain
	is "$mode: another's bridge listens as it did" "$(cat /proc/sys/net/ipv6/conf/n0/accept_ra)" 1
	advertise g3.0 eth0 00:16:3e:00:03:00
	is "$mode: a guest without allow=router is not believed there" "$(believed n0)" ""
	leave 3
	is "$mode: and afterwards" "$(cat /proc/sys/net/ipv6/conf/n0/accept_ra)" 1
done

# nor is one that may be a router, unless it is the host's own way out for IPv6; others hear it as before
ip link set up0 master n0
for mode in none nat bridge open; do
	network $mode
	guest 3 plain
	for who in router open; do
		guest 1 $who
		(exec ip netns exec lan "$frames" watch eth0 --seconds 2 --mac 00:16:3e:00:01:00 --linklocal fe80::216:3eff:fe00:100 >"$T/lan.1") &
		watcher=$!
		(exec ip netns exec g3.0 "$frames" watch eth0 --seconds 2 --mac 00:16:3e:00:01:00 --linklocal fe80::216:3eff:fe00:100 >"$T/guest.1") &
		watchers=("$watcher" $!)
		sleep 0.2
		advertise g1.0 eth0 00:16:3e:00:01:00
		is "$mode: another's bridge: nothing that $who says is believed" "$(believed n0)" ""
		ip netns exec g1.0 "$frames" send eth0 --mac 00:16:3e:00:01:00 --linklocal fe80::216:3eff:fe00:100 ra
		sleep 0.2
		kill "${watchers[@]}" 2>/dev/null
		wait "${watchers[@]}" 2>/dev/null
		is "$mode: another's bridge: LAN and guests hear $who" "$(grep -cx ra "$T/lan.1"),$(grep -cx ra "$T/guest.1")" 1,1
		is "$mode: another's bridge: $who: its settings are its owner's" "$(cat /proc/sys/net/ipv6/conf/n0/accept_ra)" 1
		leave 1
	done
	leave 3
done
mode=bridge
advertise lan eth0 02:00:00:00:00:aa
is "another's bridge: the router behind the card is believed" "$(believed n0 | grep -c '^default via fe80::ff:fe00:aa .*proto ra')" 1
# settle: what was heard is forgotten
settle() {
	echo 1 >/proc/sys/net/ipv6/conf/n0/disable_ipv6
	echo 0 >/proc/sys/net/ipv6/conf/n0/disable_ipv6
}
# declared GATEWAY HEARD: a guest that the policy calls the host's way out
declared() {
	local gateway=$1 wanted=$2 got

	settle
	network bridge
	printf '[uplink guest]\nguest=open\ngateway=%s\n' "$gateway" >>"$XNM_CONFIG"
	guest 1 open
	advertise g1.0 eth0 00:16:3e:00:01:00
	got=$(believed n0 | grep -c '^2000::/3')
	is "another's bridge: with gateway=$gateway of a guest" "$got" "$wanted"
	leave 1
}
declared 10.98.0.12 0
declared fd98::12 1
declared "10.98.0.12 fd98::12" 1
declared none 1
ip link set up0 nomaster
ip link del n0
ip link del wan0
ip link del up0
assert_clean "nothing is left"
tap_done
