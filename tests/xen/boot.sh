#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# boot.sh - run a command in dom0 of a real Xen host in QEMU.
#
# usage: boot.sh [-t SECONDS] [-o OUTDIR] COMMAND [ARGUMENT...]
#
# The command runs as root in dom0, in the folder this was called from, on the host's
# files with Xen's tools and $O/stage laid over them (changes are thrown
# away). Its output and exit status are ours. A WARN or oops of any kernel, or a
# Xen panic, makes the status 1. All logs stay in OUTDIR (default: a folder
# below the build folder).
set -eu

vm_top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/vm/lib.sh
. "$vm_top/tests/vm/lib.sh"

limit=300
out=
while getopts t:o: opt; do
	case $opt in
	t) limit=$OPTARG ;;
	o) out=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || {
	echo "usage: boot.sh [-t SECONDS] [-o OUTDIR] COMMAND [ARGUMENT...]" >&2
	exit 2
}

why=$(vm_missing)
[ -z "$why" ] || {
	echo "boot.sh: $why" >&2
	exit 77
}
vm_out_folder
"$vm_top/tests/xen/image.sh" "$out/top" >&2 || exit 77
vm_kernel
vm_initrd=$vm_lab/first.img
vm_job "$vm_top/tests/xen/dom0-init" "$@"

# one processor for dom0 and no rate limit of the scheduler: the steadiest for guests that talk to each other
# shellcheck disable=SC2046 # several arguments each, split on purpose
vm_qemu -m 3072 -kernel "$vm_lab/xen.elf" \
	-append "console=com1 com1=115200 dom0_mem=1024M,max:1024M dom0_max_vcpus=1 loglvl=warning guest_loglvl=warning sched_ratelimit_us=0" \
	-initrd "$vm_vmlinux console=hvc0 rdinit=/init loglevel=5 panic=1 oops=panic panic_on_warn=1 net.ifnames=0,$vm_initrd" \
	$(vm_share host / ro) $(vm_share top "$out/top" ro) $(vm_share out "$out")
rm -rf "$out/top"
vm_result
