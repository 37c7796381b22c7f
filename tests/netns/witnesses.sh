#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# witnesses.sh - a vif is taken for gone only by the word of several who would know, and never all at once.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

if ! command -v nft >/dev/null; then
	skip "witnesses" "nft is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
store_start || exit 1
ip link add eth0 type veth peer name far0
ip addr add 203.0.113.1/24 dev eth0
ip link set eth0 up
ip link set far0 up
bridge_new br0
cat >"$XNM_CONFIG" <<'END'
[uplink out]
interface=eth0

[uplink phone]
guest=phone/0
metric=600

[network lan]
bridge=lan0
address=192.0.2.1/24 2001:db8::1/64
forward=nat
uplink=out phone

[network flat]
backend=route
address=198.51.100.1/32 fe80::1/64
uplink=out

[vif phone/0]
network=lan
address=192.0.2.13 2001:db8::13
ipv4-allowed=any
ipv6-allowed=any

[vif flat*]
network=flat

[vif lan*]
network=lan

[vif *]
END

# everybody: a guest in a network, with a second card; one without a bridge; one with an emulated NIC on a bridge of
# no network; one that is the host's way out
everybody() {
	guest_new 1 0 name=lan1 "ip=192.0.2.11 2001:db8::11" vifname=web1
	hotplug online 1 0
	guest_new 1 1 name=lan1 "ip=192.0.2.14"
	hotplug online 1 1
	guest_new 2 0 name=flat2 "ip=198.51.100.12 2001:db8:1::12"
	hotplug online 2 0
	guest_new 3 0 type=vif_ioemu "ip=10.0.0.13"
	hotplug online 3 0
	tap_new 3 0
	hotplug add 3 0
	guest_new 4 0 name=phone
	hotplug online 4 0
}
devices="web1 vif1.1 vif2.0 vif3.0 vif3.0-emu vif4.0"

# shot: all that they have, with the networks' and the host's part
shot() {
	local dev

	for dev in $devices lan0 br0; do
		link_exists "$dev" || continue
		echo "$dev $(link_is_up "$dev" && echo up) $(link_master "$dev")"
	done
	ip route show | grep -v '^203'
	ip -6 route show | grep -v '^fe80\|^multicast\|^ff00'
	cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding
	filter_elements | grep -v 'vif[1-9][0-9]\.' | sort
	(cd "$XNM_RUN_DIR" && find . ! -type d ! -name lock ! -name nft ! -name gc | grep -v '1[0-9]\.0\|:' | sort)
}

# newcomer D: another guest starts
newcomer() {
	guest_new "$1" 0 "name=new$1"
	try hotplug online "$1" 0
	assert_online "$what: guest $1 starts" "$1" 0 br0
}

# ------------------------------------------------------------ xenstore knows nobody

everybody
before=$(shot)
like "before: all of it" "$before" 'vif4\.0 up lan0'

for what in "xenstored started anew" "its vifs removed" "an empty folder" "all of it removed"; do
	case $what in
	*anew)
		store_stop
		store_start
		;;
	*"vifs removed") xs_rm $backend ;;
	*folder)
		xs_rm $backend
		xs_write $backend/x ""
		xs_rm $backend/x
		;;
	*) xs_rm $backend /local/domain /vm /libxl ;;
	esac
	try "$XNM_VIF" gc
	is "$what: gc removes nobody" "$rc:$(tail -1 <<<"$out")" "0:0 vifs removed"
	same "$what: gc: all is as before" "$(shot)" "$before"
	for vif in 1.0 1.1 2.0 3.0 4.0; do
		like "$what: gc says why vif$vif stays" "$out" "vif$vif is kept: .*xenstore has no keys of older vifs"
	done
	newcomer 10
	same "$what: the first one takes nothing from the others" "$(shot)" "$before"
	newcomer 11
	newcomer 12
	same "$what: nor do those after it" "$(shot)" "$before"
	try "$XNM_VIF" gc
	same "$what: gc does not either" "$rc:$(tail -1 <<<"$out"):$(shot)" "0:0 vifs removed:$before"
	for d in 10 11 12; do
		hotplug offline $d 0
		guest_rm $d 0
	done
	same "$what: nor their end" "$(shot)" "$before"
done

# who really dies then goes all the same: two of three say so
netdev_rm 1 1
newcomer 10
is "then one dies: the next online removes it" "$([ -e "$XNM_RUN_DIR/vif/1.1" ] && echo there):$(filter_elements | grep -c 'vif1\.1')" ":0"
is "then one dies: and nobody else" "$(cd "$XNM_RUN_DIR/vif" && echo ?.?)" "1.0 2.0 3.0 4.0"
# and an offline works as ever
for vif in 1 2 4; do
	try hotplug offline $vif 0
	is "offline of vif$vif.0 without its keys" "$rc:$out" 0:
done
ip link del vif3.0-emu
hotplug remove 3 0
hotplug offline 3 0
for d in 1 2 3 4 10; do
	[ "$d" != 10 ] || hotplug offline 10 0
	guest_rm $d 0
done
ip netns del g1.1
assert_clean "all of them: nothing is left"

# ------------------------------------------------------------ xenstored does not answer

everybody
before=$(shot)
mv /run/xenstored/socket /run/xenstored/away
try "$XNM_VIF" gc
is "no xenstored: gc fails" "$rc" 1
mv /run/xenstored/away /run/xenstored/socket
same "no xenstored: all is as before" "$(shot)" "$before"

# ------------------------------------------------------------ the kernel's device

# those that have a bus of Xen's show its devices there
mount -t tmpfs tmpfs /sys/bus
guest_new 5 0
hotplug online 5 0
mkdir -p /sys/bus/xen-backend/devices/vif-5-0
keys_rm 5 0
try "$XNM_VIF" gc
is "the kernel has its device: it stays" "$rc:$(tail -1 <<<"$out"):$(link_master vif5.0)" "0:0 vifs removed:br0"
like "the kernel has its device: gc says so" "$out" \
	'vif5\.0 is kept: xenstore has no keys of it, but /sys/bus/xen-backend/devices/vif-5-0 exists'
netdev_rm 5 0
what="the kernel has its device"
newcomer 10
check "the kernel has it, though no netdev: it stays" test -e "$XNM_RUN_DIR/vif/5.0"
rmdir /sys/bus/xen-backend/devices/vif-5-0
what="the kernel has it no more"
newcomer 11
refuse "the kernel has it no more: it goes" test -e "$XNM_RUN_DIR/vif/5.0"
for d in 10 11; do
	hotplug offline $d 0
	guest_rm $d 0
done
umount /sys/bus
ip netns del g5.0
same "and nobody else" "$(shot)" "$before"

# one that is of no kind, as those of netback are; loopback is the only other
guest_new 5 0
hotplug online 5 0
sed 's/^ifname=.*/ifname=vif6.0/' "$XNM_RUN_DIR/vif/5.0" >"$XNM_RUN_DIR/vif/6.0"
ip link set lo down
ip link set lo name vif6.0
ip link set vif6.0 up
try "$XNM_VIF" gc
is "a netdev like netback's: it stays" "$rc:$(tail -1 <<<"$out")" "0:0 vifs removed"
like "a netdev like netback's: gc says so" "$out" 'vif6\.0 is kept: xenstore has no keys of it, but vif6\.0 exists'
ip link set vif6.0 down
ip link set vif6.0 name lo
ip link set lo up
try "$XNM_VIF" gc
is "without it: it goes" "$rc:$out" "0:1 vif removed"
hotplug offline 5 0
guest_rm 5 0

# another device under a vif's name: it goes when xenstore remembers who was there before
guest_new 5 0
hotplug online 5 0
keys_rm 5 0
try "$XNM_VIF" gc
is "its keys gone, those before it there: it goes" "$rc:$out:$(down_and_alone vif5.0)" "0:1 vif removed:"
guest_rm 5 0
same "its keys gone: nobody else" "$(shot)" "$before"

# a name that was a vif's and is another's now
try hotplug offline 1 0
netdev_rm 1 0
netdev_new 1 0
hotplug online 1 0
cp "$XNM_RUN_DIR/vif/1.0" "$XNM_RUN_DIR/vif/7.0"
try hotplug offline 7 0
is "a name that is another's by now: that one stays" "$rc:$out:$(link_master web1)" 0::lan0
hotplug online 1 0

# ------------------------------------------------------------ notes that are lost in part

before=$(shot)
noted=$(cd "$XNM_RUN_DIR/network" && echo ./lan,?.?)
rm "$XNM_RUN_DIR/vif"/*
try "$XNM_VIF" gc
same "vif notes lost: gc leaves all that is in use" "$(shot)" "$(grep -v '^\./vif/' <<<"$before")"
is "vif notes lost: the members too" "$(cd "$XNM_RUN_DIR/network" && echo ./lan,?.?)" "$noted"
guest_new 10 0 name=lan10 "ip=192.0.2.11"
try hotplug online 10 0
is "vif notes lost: nobody gets the address of one that runs" "$rc:$(grep -c 'vif1\.0' <<<"$out")" 1:1
hotplug offline 10 0
guest_rm 10 0
guest_new 10 0 name=lan10 "ip=2001:db8::11"
try hotplug online 10 0
is "vif notes lost: nor of the other family" "$rc:$(grep -c 'vif1\.0' <<<"$out")" 1:1
hotplug offline 10 0
guest_rm 10 0
try "$XNM" probe
like "vif notes lost: the host's way out stays" "$(ip route)" 'default .* dev vif4.0|default via 192.0.2.13'
for vif in 1.0 1.1 2.0 3.0 4.0; do
	"$XNM_VIF" reapply $vif
done
hotplug add 3 0
same "reapply notes them again" "$(shot)" "$before"

rm "$XNM_RUN_DIR/network"/*,?.?
try hotplug offline 1 1
its='fe00:101"\|00:16:3e:00:01:01\|vif1\.1\|1\.1$\|192\.0\.2\.14\|c000020e\|efffe000101"\|/network/=\?[a-z0-9]*,'
same "members lost: the network stays for the others" "$rc:$out:$(shot | grep -v "$its")" \
	"0::$(grep -v "$its" <<<"$before")"
try hotplug online 1 1
members='/network/=\?[a-z0-9]*,'
same "members lost: and it comes again" "$rc:$out:$(shot | grep -v "$members")" "0::$(grep -v "$members" <<<"$before")"
for what in "offline 1 1" "offline 1 0" "offline 4 0"; do
	# shellcheck disable=SC2086 # words
	try hotplug $what
	is "members lost: $what" "$rc:$out" 0:
done
refuse "members lost: with the last one the network goes" link_exists lan0
is "members lost: its rules too" "$(filter_elements | grep -c lan0)" 0
hotplug offline 2 0
is "members lost: the host forwards no more" "$(cat /proc/sys/net/ipv4/ip_forward)" 0
ip link del vif3.0-emu
hotplug remove 3 0
hotplug offline 3 0
for d in 1 2 3 4; do
	guest_rm $d 0
done
guest_rm 1 1
rm -f "$XNM_RUN_DIR/vif/7.0"
"$XNM_VIF" gc >/dev/null
assert_clean "nothing is left"

# ------------------------------------------------------------ where there are many, not at every online

# who deletes something touches the lock file, which is not to put this off
guests_new 100 70 br0
hotplug_all online 100 70 >"$T/parallel" 2>&1
is "70 guests" "$(cat "$T/parallel")" ""
guest_new 20 0 "ip=10.0.0.20"
hotplug online 20 0
guest_new 21 0 "ip=10.0.0.21"
hotplug online 21 0
guest_rm 20 0
end=$((SECONDS + 7)) n=0
while [ -e "$XNM_RUN_DIR/vif/20.0" ] && ((SECONDS < end)); do
	hotplug offline 21 0
	hotplug online 21 0
	n=$((n + 1))
done
refuse "who is lost goes while others come and go without a pause" test -e "$XNM_RUN_DIR/vif/20.0"
echo "# after $n of them"
hotplug offline 21 0
guest_rm 21 0
hotplug_all offline 100 70 >"$T/parallel" 2>&1
guests_rm 100 70
assert_clean "nothing is left of them"

# -------------------------------------------------------- who has what another one is to get

cat >"$XNM_CONFIG" <<'END'
[uplink phone]
guest=phone/0

[network lan]
bridge=lan0
address=192.0.2.1/24

[vif phone/0]
network=lan
address=192.0.2.13
ipv4-allowed=any
END

# lost D: the guest lives on with vif 1, its vif 0 went without an offline
lost() {
	netdev_rm "$1" 0
	xs_rm "$backend/$1/0" "/local/domain/$1/device/vif/0" "/libxl/$1/device/vif/0"
}

# the vifs 0 of these two have an address, a MAC address, a name and an uplink
guest_new 31 0 ip=10.0.0.31 mac=00:16:3e:31:31:31 vifname=taken0
guest_new 31 1
guest_new 32 0 name=phone bridge=lan
guest_new 32 1 name=phone
for d in 31 32; do
	for n in 0 1; do
		try hotplug online "$d" "$n"
		is "vif$d.$n is online" "$rc:$out" 0:
	done
done
lost 31
guest_new 41 0 ip=10.0.0.31
try "$HOTPLUG" plan 41.0
like "a plan says of a conflict that its holder does not exist" "$out" \
	"10.0.0.31/32 overlaps one of vif31.0 .*vif31.0 no longer exists: 'xnm-vif gc'"
try hotplug online 41 0
is "an address of a vif that its guest has lost is free" "$rc:$out" 0:
hotplug offline 41 0
guest_rm 41 0
for what in mac=00:16:3e:31:31:31 vifname=taken0; do
	netdev_rm 31 0
	guest_new 31 0 ip=10.0.0.31 mac=00:16:3e:31:31:31 vifname=taken0
	hotplug online 31 0
	lost 31
	guest_new 41 0 ip=10.0.0.41 "$what"
	try hotplug online 41 0
	is "$what is, too" "$rc:$out" 0:
	hotplug offline 41 0
	guest_rm 41 0
done
lost 32
guest_new 42 0 name=phone mac=00:16:3e:42:42:42 bridge=lan uuid=42424242-0000-4000-8000-000000000042
try hotplug online 42 0
is "and to be an uplink" "$rc:$out" 0:
hotplug offline 42 0
guest_rm 42 0
netdev_rm 31 0
guest_new 31 0 ip=10.0.0.31
hotplug online 31 0
netdev_rm 31 0
guest_new 41 0 ip=10.0.0.31
try hotplug online 41 0
assert_refused "who has only lost its device keeps what it has, and the message says so" 41 0 \
	"vif31.0 has no device any more: 'xl network-detach 31 0'"
guest_rm 41 0
for d in 31 32; do
	for n in 0 1; do
		hotplug offline "$d" "$n" 2>/dev/null
		guest_rm "$d" "$n"
	done
done
assert_clean "nothing is left of these"
tap_done
