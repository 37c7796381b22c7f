#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# image.sh - put together what the Xen machine boots: hypervisor, dom0's tools and files, guest kernel and initramfs.
#
# usage: image.sh TOP
#
# TOP becomes the folder that is laid over the host's root in dom0: Xen's tools,
# the programs under test ($O/stage), the guests' kernel and initramfs. All else
# lands below $O/lab and is made again only when what it is made of has
# changed. Nothing is installed on this machine.
#
#   lab/kernel      Debian's kernel, for dom0 and the guests
#   lab/xen         Debian's hypervisor and tools, unpacked
#   lab/guest       the guests' initramfs
set -eu
top=$1

vm_top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/vm/lib.sh
. "$vm_top/tests/vm/lib.sh"

vm_kernel
vm_initramfs
vm_fetch xen xen-hypervisor-4.17-amd64 xen-utils-4.17 xen-utils-common xenstore-utils libyajl2
vm_newer "$vm_lab/xen.elf" "$vm_lab"/xen/boot/xen-4.17-amd64.gz ||
	zcat "$vm_lab"/xen/boot/xen-4.17-amd64.gz >"$vm_lab/xen.elf"

# the guests' initramfs
guest=$vm_lab/guest
mkdir -p "$guest"
set -- "$vm_top/tests/xen/guest-init" "$vm_top/tests/vm/lib.sh" "$vm_kdir/version"
# what the scenario antispoof sends
frames=$vm_build/tests/frames
[ ! -e "$frames" ] || set -- "$@" "$frames"
# what sets the guest's end up, and its libraries
told=$vm_stage/usr/sbin/xnm-guest
[ ! -e "$told" ] || set -- "$@" "$told"
# what the scenarios of the fast path load and send; guests do not load it by themselves
traffic=$vm_build/tests/traffic
[ ! -e "$traffic" ] || set -- "$@" "$traffic"
fastpath=$vm_build/kmod/xnm_fastpath.ko
abuse=$vm_build/kmod-abuse/xnm_fastpath.ko
[ ! -e "$fastpath" ] || set -- "$@" "$fastpath"
[ ! -e "$abuse" ] || set -- "$@" "$abuse"
vm_newer "$guest/initrd.img" "$@" || {
	tmp=$(mktemp -d)
	mkdir -p "$tmp/bin"
	cp "$(command -v busybox)" "$tmp/bin/busybox"
	[ ! -e "$frames" ] || cp "$frames" "$tmp/bin/frames"
	[ ! -e "$told" ] || {
		cp "$told" "$tmp/bin/xnm-guest"
		ldd "$told" | grep -o '/[^ ]*' | while read -r lib; do
			mkdir -p "$tmp${lib%/*}"
			cp -L "$lib" "$tmp$lib"
		done
	}
	cp "$vm_top/tests/xen/guest-init" "$tmp/init"
	chmod 755 "$tmp/init"
	vm_modules "$tmp" xen-netfront 8021q af_packet nf_tables nft_ct nft_chain_nat nft_masq
	[ ! -e "$traffic" ] || cp "$traffic" "$tmp/bin/traffic"
	[ ! -e "$fastpath" ] || strip --strip-debug -o "$tmp/modules/xnm_fastpath.ko" "$fastpath"
	[ ! -e "$abuse" ] || strip --strip-debug -o "$tmp/modules/xnm_abuse.ko" "$abuse"
	vm_cpio "$guest/initrd.img" "$tmp"
	rm -rf "$tmp"
}

# the same with more programs, for the scenarios of the fast path
tools=$guest/tools.img
vm_newer "$tools" "$vm_top/tests/xen/guest-tools.sh" || "$vm_top/tests/xen/guest-tools.sh" "$tools"
vm_newer "$guest/initrd-tools.img" "$guest/initrd.img" "$tools" ||
	cat "$guest/initrd.img" "$tools" >"$guest/initrd-tools.img"

# hard links, as these files are only read
rm -rf "$top"
mkdir -p "$top"
cp -al "$vm_lab/xen/." "$top/"
rm -rf "${top:?}/.debs" "$top/.stamps" "${top:?}/boot"
if [ -d "$vm_stage" ]; then
	cp -a --remove-destination "$vm_stage/." "$top/"
fi
mkdir -p "$top/var/lib/xnm/guest"
ln "$guest/initrd.img" "$guest/initrd-tools.img" "$top/var/lib/xnm/guest/"
ln "$vm_vmlinux" "$top/var/lib/xnm/guest/vmlinuz"
vm_usrmerge "$top"
