#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# guest-tools.sh - pack the host's programs that some test guests have beside busybox: iperf3, nft, tcpdump, xenstore's.
#
# usage: guest-tools.sh OUT
#
# OUT becomes an initramfs that goes behind the guests' own in one file.
set -eu
out=$1

vm_top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/vm/lib.sh
. "$vm_top/tests/vm/lib.sh"

tmp=$(mktemp -d)
# iperf3 makes a file in /tmp
mkdir -p "$tmp/bin" "$tmp/tmp"
PATH=$PATH:/sbin:/usr/sbin
# a guest tries to write where it must not
set -- "$vm_lab"/xen/usr/bin/xenstore-*
for tool in iperf3 nft tcpdump "$@"; do
	# some of Xen's are links to a wrapper that chooses a version
	path=$(command -v "$tool") || continue
	[ ! -L "$path" ] || continue
	cp -L "$path" "$tmp/bin/"
	ldd "$path" | grep -o '/[^ ]*' | while read -r lib; do
		mkdir -p "$tmp${lib%/*}"
		cp -L "$lib" "$tmp$lib"
	done
done
# libpcap looks a protocol's name up
mkdir -p "$tmp/etc"
printf 'passwd: files\nprotocols: files\n' >"$tmp/etc/nsswitch.conf"
printf 'root:x:0:0:root:/:/bin/sh\n' >"$tmp/etc/passwd"
printf 'tcp 6 TCP\nudp 17 UDP\nicmp 1 ICMP\nipv6-icmp 58 IPv6-ICMP\n' >"$tmp/etc/protocols"
vm_cpio "$out" "$tmp"
rm -rf "$tmp"
