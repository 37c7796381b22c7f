#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh - run a command in QEMU with Debian's own kernel, without Xen.
#
# usage: run.sh [-t SECONDS] [-o OUTDIR] COMMAND [ARGUMENT...]
#
# With XNM_VM_KERNEL=6.12 in the environment it is that release's. The command runs as root, in the folder this was called from, on the host's
# files (changes are thrown away), with XNM_IN_VM=1. Its output and exit status are
# ours; a kernel WARN or oops makes the status 1. The kernel's messages stay in
# OUTDIR (default: a folder below the build folder).
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
	echo "usage: run.sh [-t SECONDS] [-o OUTDIR] COMMAND [ARGUMENT...]" >&2
	exit 2
}

why=$(vm_missing)
[ -z "$why" ] || {
	echo "run.sh: $why" >&2
	exit 77
}
vm_kernel "${XNM_VM_KERNEL:-}" || exit 77
vm_initramfs
vm_out_folder
vm_job "$vm_top/tests/vm/vm-init" "$@"

# shellcheck disable=SC2046 # several arguments each, split on purpose
vm_qemu -m 1024 \
	-kernel "$vm_vmlinux" -initrd "$vm_initrd" \
	-append "console=ttyS0,115200 loglevel=5 panic=1 oops=panic panic_on_warn=1 net.ifnames=0" \
	$(vm_share host / ro) $(vm_share out "$out")
vm_result
