#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# deps.sh - install the Debian packages that one of our targets needs, if they are missing.
#
# usage: deps.sh build|test|lint|bench|plot|xen|kmod|fuzz|coverage...
#
# No package named here brings a hypervisor, a kernel or a boot loader entry;
# those are only unpacked into the build folder (fetch-debs.sh).
set -eu

build="gcc make pkg-config libc6-dev libxen-dev libnl-3-dev libnl-route-3-dev
 libnftnl-dev libmnl-dev libinih-dev libjson-c-dev libexpat1-dev scdoc"
test="libcmocka-dev nftables busybox-static conntrack curl iperf3 iproute2 iptables iputils-ping jq util-linux procps python3
 dnsmasq-base udhcpc isc-dhcp-client dhcpcd-base"
lint="cppcheck clang-tidy clang-format shellcheck codespell mandoc nftables systemd sparse perl gcc make libc6-dev libelf1 kmod
 xz-utils zstd"
bench="iproute2 iptables iputils-ping nftables util-linux bridge-utils jq"
plot="gnuplot-nox"
xen="qemu-system-x86 cpio kmod busybox-static xz-utils zstd iproute2 iputils-ping iperf3 jq procps nftables tcpdump systemd python3"
kmod="gcc make libc6-dev libelf1 kmod xz-utils zstd"
fuzz="clang libclang-rt-14-dev"
coverage="gcovr"

want=
for group in "$@"; do
	case $group in
	build) want="$want $build" ;;
	test) want="$want $test" ;;
	lint) want="$want $lint" ;;
	bench) want="$want $bench" ;;
	plot) want="$want $plot" ;;
	xen) want="$want $xen" ;;
	kmod) want="$want $kmod" ;;
	fuzz) want="$want $fuzz" ;;
	coverage) want="$want $coverage" ;;
	*)
		echo "deps.sh: unknown group '$group'" >&2
		exit 2
		;;
	esac
done

missing=
for pkg in $want; do
	dpkg-query -W -f='${db:Status-Status}\n' "$pkg" 2>/dev/null | grep -qx installed ||
		missing="$missing $pkg"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "deps.sh: not a Debian machine, install by hand:$missing" >&2
	exit 0
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of package names, split on purpose
apt-get -q -y install --no-install-recommends $missing >/dev/null 2>&1 || {
	apt-get -q update >/dev/null
	# shellcheck disable=SC2086 # as above
	apt-get -q -y install --no-install-recommends $missing
} >&2
