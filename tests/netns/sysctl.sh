#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sysctl.sh - the kernel verbs for settings below /proc/sys/net: read, write only what differs, bad names.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

kernel=$O/tests/kernel
net=/proc/sys/net
ip link add vif1.0 type veth peer name p1

# says NAME WANTED VERB...: what the verb returns and reads, on one line
says() {
	local name=$1 wanted=$2

	shift 2
	is "$name" "$("$kernel" "$@" 2>&1 | paste -sd'|')" "$wanted"
}

# -- one setting of the host
echo 0 >$net/ipv4/ip_forward
says "read 0" "0|0" sysctl-get ipv4/ip_forward
says "write" 0 sysctl-set ipv4/ip_forward 1
is "it is written" "$(cat $net/ipv4/ip_forward)" 1
says "read 1" "0|1" sysctl-get ipv4/ip_forward
says "write again" 0 sysctl-set ipv4/ip_forward 1
says "and back" 0 sysctl-set ipv4/ip_forward 0
is "it is written" "$(cat $net/ipv4/ip_forward)" 0
says "a setting that the kernel lacks" -ENOENT sysctl-get ipv4/no_such_thing
says "writing it" -ENOENT sysctl-set ipv4/no_such_thing 1
says "several numbers" -EINVAL sysctl-get ipv4/ip_local_port_range
says "writing to several numbers" -EINVAL sysctl-set ipv4/ip_local_port_range 1
says "text" -EINVAL sysctl-get ipv4/tcp_congestion_control
says "a folder" -EISDIR sysctl-get ipv4/conf

# What is equal is not written: a read-only file shows it.
echo 1 >$net/ipv4/conf/vif1.0/proxy_arp
mount --bind $net $net
mount -o remount,bind,ro $net
says "equal on a read-only /proc" 0 conf-set 4 vif1.0 proxy_arp 1
says "different on a read-only /proc" -EROFS conf-set 4 vif1.0 proxy_arp 0
umount $net

# -- settings of a device, whose name has a dot
echo 0 >$net/ipv4/conf/vif1.0/proxy_arp
says "write to a device" 0 conf-set 4 vif1.0 proxy_arp 1
is "it is written" "$(cat $net/ipv4/conf/vif1.0/proxy_arp)" 1
is "nowhere else" "$(cat $net/ipv4/conf/{p1,all,default}/proxy_arp | paste -sd' ')" "0 0 0"
says "read from a device" "0|1" conf-get 4 vif1.0 proxy_arp
says "read from another" "0|0" conf-get 4 p1 proxy_arp
says "IPv6" 0 conf-set 6 vif1.0 proxy_ndp 1
is "it is written" "$(cat $net/ipv6/conf/vif1.0/proxy_ndp)" 1
says "read IPv6" "0|1" conf-get 6 vif1.0 proxy_ndp
says "a bad value" -EINVAL conf-set 6 vif1.0 mtu 7
says "a device that has gone" -ENOENT conf-set 4 vif9.0 proxy_arp 1
says "a device that has gone, IPv6" -ENOENT conf-get 6 vif9.0 proxy_ndp

# -- names
echo 0 >$net/ipv4/conf/all/proxy_arp
says "read all" "0|0" conf-get 4 all proxy_arp
says "read default" "0|0" conf-get 4 default proxy_arp
for name in "" . .. all default ../all ../../ipv4/conf/p1 a/b vif1.0/ averyveryverylong; do
	says "device '$name'" -EINVAL conf-set 4 "$name" proxy_arp 1
done
is "nothing was written" "$(cat $net/ipv4/conf/{p1,all,default}/proxy_arp | paste -sd' ')" "0 0 0"
for name in "" . .. /ipv4/ip_forward ipv4/ ipv4//ip_forward ../kernel/hostname ipv4/../../kernel/pid_max \
	ipv4/./ip_forward "$(printf 'a%.0s' {1..200})"; do
	says "path '$name'" -EINVAL sysctl-get "$name"
	says "path '$name', write" -EINVAL sysctl-set "$name" 1
done
says "a setting's name that leads away" -EINVAL conf-set 4 vif1.0 ../p1/proxy_arp 1

# -- without IPv6
mount -t tmpfs tmpfs $net/ipv6
says "no IPv6: read" -ENOENT conf-get 6 vif1.0 proxy_ndp
says "no IPv6: write" -ENOENT conf-set 6 vif1.0 proxy_ndp 0
says "no IPv6: a path" -ENOENT sysctl-get ipv6/conf/all/forwarding
umount $net/ipv6
tap_done
