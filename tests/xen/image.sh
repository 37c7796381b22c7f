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
#   lab/*-6.12      the same for guests with Linux 6.12
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

# what the scenario antispoof sends
frames=$vm_build/tests/frames
# what sets the guest's end up, and its libraries
told=$vm_stage/usr/sbin/xnm-guest
# what the scenarios of the fast path send
traffic=$vm_build/tests/traffic

# our_modules RELEASE: "FILE NAME" of the modules that are built for this kernel; guests do not load them by themselves
our_modules() {
	printf '%s\n' "kmod${1:+-$1}/xnm_fastpath.ko xnm_fastpath" \
		"kmod-abuse${1:+-$1}/xnm_fastpath.ko xnm_abuse" \
		"kmod-abuse${1:+-$1}/xnm_pingpong.ko xnm_pingpong" |
		while read -r file name; do
			[ ! -e "$vm_build/$file" ] || echo "$vm_build/$file $name"
		done
}

# guest_files RELEASE: what the initramfs is made of
guest_files() {
	printf '%s\n' "$vm_top/tests/xen/guest-init" "$vm_top/tests/xen/image.sh" "$vm_top/tests/vm/lib.sh" "$vm_kdir/version"
	for file in "$frames" "$told" "$traffic"; do
		[ ! -e "$file" ] || echo "$file"
	done
	our_modules "$1" | cut -d' ' -f1
}

# guest_fill ROOT RELEASE: put everything there
guest_fill() {
	mkdir -p "$1/bin"
	cp "$(command -v busybox)" "$1/bin/busybox"
	cp "$vm_top/tests/xen/guest-init" "$1/init"
	chmod 755 "$1/init"
	[ ! -e "$frames" ] || cp "$frames" "$1/bin/frames"
	[ ! -e "$traffic" ] || cp "$traffic" "$1/bin/traffic"
	[ ! -e "$told" ] || {
		cp "$told" "$1/bin/xnm-guest"
		ldd "$told" | grep -o '/[^ ]*' | while read -r lib; do
			mkdir -p "$1${lib%/*}"
			cp -L "$lib" "$1$lib"
		done
	}
	vm_modules "$1" xen-netfront 8021q af_packet nf_tables nft_ct nft_chain_nat nft_masq ipip
	our_modules "$2" | while read -r file name; do
		strip --strip-debug -o "$1/modules/$name.ko" "$file"
	done
}

# guest_image RELEASE: have the initramfs of guests with this kernel, the latest vm_kernel; sets image
guest_image() {
	image=$vm_lab/guest${1:+-$1}/initrd.img
	mkdir -p "${image%/*}"
	# shellcheck disable=SC2046 # one file after the other
	vm_newer "$image" $(guest_files "$1") || {
		tmp=$(mktemp -d)
		guest_fill "$tmp" "$1"
		vm_cpio "$image" "$tmp"
		rm -rf "$tmp"
	}
}

# guest_tools: the initramfs of $image with more programs, for the scenarios of the fast path
guest_tools() {
	tools=$vm_lab/guest/tools.img
	vm_newer "$tools" "$vm_top/tests/xen/guest-tools.sh" || "$vm_top/tests/xen/guest-tools.sh" "$tools"
	vm_newer "$vm_lab/guest/initrd-tools.img" "$image" "$tools" || {
		cat "$image" "$tools" >"$vm_lab/guest/new.img"
		mv "$vm_lab/guest/new.img" "$vm_lab/guest/initrd-tools.img"
	}
}

# hard links, as these files are only read
rm -rf "$top"
mkdir -p "$top"
cp -al "$vm_lab/xen/." "$top/"
rm -rf "${top:?}/.debs" "$top/.stamps" "${top:?}/boot"
if [ -d "$vm_stage" ]; then
	cp -a --remove-destination "$vm_stage/." "$top/"
fi
mkdir -p "$top/var/lib/xnm/guest"
guest_image ""
guest_tools
ln "$image" "$vm_lab/guest/initrd-tools.img" "$top/var/lib/xnm/guest/"
ln "$vm_vmlinux" "$top/var/lib/xnm/guest/vmlinuz"
# only the fast path is tried with another kernel, and so much is not downloaded for nothing
if [ -e "$vm_build/kmod-6.12/xnm_fastpath.ko" ]; then
	vm_kernel 6.12
	guest_image 6.12
	ln "$image" "$top/var/lib/xnm/guest/initrd-6.12.img"
	ln "$vm_vmlinux" "$top/var/lib/xnm/guest/vmlinuz-6.12"
fi
vm_usrmerge "$top"
