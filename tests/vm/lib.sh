# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - what the two QEMU tiers share: packages, the first initramfs, running QEMU, reading its logs.
#
# Sourced with $vm_top set to the checkout's root.
#
# The machine in QEMU has no disk. Its root is the host's root file system,
# read-only through virtio-9p, with a tmpfs on top; so every program and
# library of the host is there and no image has to be filled with copies.

: "${vm_top:?}"
O=${O:-build}
case $O in
/*) vm_build=$O ;;
*) vm_build=$vm_top/$O ;;
esac
vm_lab=$vm_build/lab
# shellcheck disable=SC2034 # for who sources this
vm_stage=${XNM_STAGE:-$vm_build/stage}

# vm_missing: print why QEMU tests cannot run here, or nothing
vm_missing() {
	for vm_tool in qemu-system-x86_64 cpio depmod busybox xz zstd; do
		PATH=$PATH:/sbin:/usr/sbin command -v "$vm_tool" >/dev/null || {
			echo "$vm_tool is not installed (tests/lib/deps.sh xen)"
			return 0
		}
	done
	command -v apt-get >/dev/null || echo "Debian's kernel and Xen packages cannot be had without apt-get"
}

# vm_fetch FOLDER PACKAGE...: unpack packages into $vm_lab/FOLDER; one caller at a time
vm_fetch() {
	vm_folder=$vm_lab/$1
	shift
	mkdir -p "$vm_lab"
	flock "$vm_lab/.lock" sh "$vm_top/tests/lib/fetch-debs.sh" "$vm_folder" "$@"
}

# vm_payload BZIMAGE: print the kernel inside, which boots without being unpacked
# by the emulated processor first (five seconds for each guest). The boot
# protocol (Documentation/arch/x86/boot.rst) has its place: setup_sects at 0x1f1,
# payload_offset and payload_length at 0x248.
vm_payload() {
	vm_setup=$((($(od -An -tu1 -j497 -N1 "$1") + 1) * 512))
	# shellcheck disable=SC2046 # two numbers, split on purpose
	set -- "$1" $(od -An -tu4 -j584 -N8 "$1")
	# the last four bytes are the size, not part of the xz or zstd stream
	tail -c +$((vm_setup + $2 + 1)) "$1" | head -c $(($3 - 4)) >"$1.payload"
	xz -dc "$1.payload" 2>/dev/null || zstd -qdc "$1.payload" || return
	rm "$1.payload"
}

# vm_suite RELEASE: the Debian suite that has this kernel, built for the release that the tests are for
vm_suite() {
	case $1 in
	6.12) echo bookworm-backports ;;
	*) return 1 ;;
	esac
}

# vm_apt RELEASE: have apt look where this kernel is; nothing to do for Debian's own
vm_apt() {
	[ -n "$1" ] || return 0
	APT_CONFIG=$(flock "$vm_lab/.lock" sh "$vm_top/tests/lib/suite.sh" "$vm_lab/apt-$1" "$(vm_suite "$1")") || return
	export APT_CONFIG
}

# vm_alone COMMAND...: make what two tiers at a time may need, one caller at a time
vm_alone() {
	mkdir -p "$vm_lab"
	(
		flock 8
		"$@"
	) 8>"$vm_lab/.alone.lock"
}

# vm_kernel_get RELEASE: have the newest kernel of the release in $vm_kdir, with its modules and unpacked
vm_kernel_get() {
	[ ! -e "$vm_kdir/version" ] || return 0
	vm_apt "$1" || return
	# the meta package names it
	vm_kver=$(apt-cache depends linux-image-amd64 |
		sed -n "s/.*Depends: linux-image-\\(${1:-.}.*-amd64\\)\$/\\1/p" | head -1)
	[ -n "$vm_kver" ] || {
		echo "no linux-image-amd64${1:+ of Linux $1} in this machine's package lists" >&2
		return 1
	}
	vm_fetch "kernel${1:+-$1}" "linux-image-$vm_kver" || return
	/sbin/depmod -b "$vm_kdir" "$vm_kver" || return
	vm_payload "$vm_kdir/boot/vmlinuz-$vm_kver" >"$vm_kdir/vmlinux.new" || return
	mv "$vm_kdir/vmlinux.new" "$vm_kdir/vmlinux"
	echo "$vm_kver" >"$vm_kdir/version"
}

# vm_kernel [RELEASE]: have Debian's kernel unpacked, or the one of another Linux release (6.12);
# sets vm_kdir, vm_kver and vm_vmlinux
vm_kernel() {
	vm_kdir=$vm_lab/kernel${1:+-$1}
	# in a shell of its own: apt's settings of another release are for this download only
	vm_alone vm_kernel_get "${1:-}" || return
	vm_kver=$(cat "$vm_kdir/version")
	# shellcheck disable=SC2034 # for who sources this
	vm_vmlinux=$vm_kdir/vmlinux
}

# vm_headers [RELEASE]: have what modules for that kernel are built with; sets also vm_headers
vm_headers() {
	vm_kernel "${1:-}" || return
	vm_headers=$vm_lab/headers${1:+-$1}/usr/src/linux-headers-$vm_kver
	vm_common=linux-headers-${vm_kver%-*}-common
	[ -e "$vm_headers/.complete" ] || (
		vm_apt "${1:-}" || exit
		vm_fetch "headers${1:+-$1}" "linux-headers-$vm_kver" "$vm_common" \
			"$(apt-cache depends "linux-headers-$vm_kver" | sed -n 's/.*Depends: \(linux-kbuild-\)/\1/p')" || exit
		# the package counts on being in /usr/src
		echo "include ../$vm_common/Makefile" >"$vm_headers/Makefile"
		: >"$vm_headers/.complete"
	)
}

# vm_newer FILE INPUT...: FILE exists and no input is newer
vm_newer() {
	vm_file=$1
	shift
	[ -e "$vm_file" ] || return 1
	for vm_input in "$@"; do
		[ -z "$(find "$vm_input" -newer "$vm_file")" ] || return 1
	done
}

# vm_cpio OUT FOLDER: pack FOLDER as an initramfs, all files owned by root
vm_cpio() {
	(cd "$2" && find . | cpio -o -H newc -R 0:0 --quiet) >"$1.new"
	mv "$1.new" "$1"
}

# vm_modules ROOT MODULE...: copy modules and what they need into ROOT/modules, their load order into ROOT/modules/order
vm_modules() {
	vm_root=$1
	shift
	mkdir -p "$vm_root/modules"
	for vm_module in "$@"; do
		/sbin/modprobe -d "$vm_kdir" -S "$vm_kver" --show-depends "$vm_module"
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' |
		while read -r vm_ko; do
			# busybox loads no compressed ones
			vm_name=$(basename "$vm_ko" .xz)
			xz -dcf <"$vm_ko" >"$vm_root/modules/$vm_name"
			echo "$vm_name"
		done >"$vm_root/modules/order"
}

# vm_initramfs: have the first initramfs, which only gets the machine to its 9p root; sets vm_initrd
vm_initramfs() {
	vm_initrd=$vm_lab/first${vm_kdir#"$vm_lab/kernel"}.img
	vm_alone vm_initramfs_make
}

# vm_initramfs_make: build it, if it is older than what it is made of
vm_initramfs_make() {
	vm_newer "$vm_initrd" "$vm_top/tests/vm/init" "$vm_top/tests/vm/lib.sh" "$vm_kdir/version" && return 0
	vm_tmp=$(mktemp -d)
	mkdir -p "$vm_tmp/bin"
	cp "$(command -v busybox)" "$vm_tmp/bin/busybox"
	cp "$vm_top/tests/vm/init" "$vm_tmp/init"
	chmod 755 "$vm_tmp/init"
	vm_modules "$vm_tmp" virtio_pci 9pnet_virtio 9p overlay
	vm_cpio "$vm_initrd" "$vm_tmp"
	rm -rf "$vm_tmp"
}

# vm_usrmerge ROOT: packages may ship /lib or /sbin as folders; on top of a
# merged host these would hide its links, so move their content below usr
vm_usrmerge() {
	for vm_dir in bin sbin lib lib64; do
		if [ ! -d "$1/$vm_dir" ] || [ -L "$1/$vm_dir" ]; then continue; fi
		mkdir -p "$1/usr/$vm_dir"
		cp -a "$1/$vm_dir/." "$1/usr/$vm_dir/"
		rm -rf "${1:?}/$vm_dir"
	done
}

# vm_share TAG FOLDER [ro]: QEMU arguments that show FOLDER to the machine
vm_share() {
	printf '%s' "-virtfs local,path=$2,mount_tag=$1,security_model=none,multidevs=remap${3:+,readonly=on}"
}

# The emulated processor of both tiers. Without XSAVE there is no AVX: QEMU's TCG
# does not keep these registers intact under Xen, and one program in forty then
# crashes somewhere. SMAP makes Xen 4.17 kill dom0 in create_bounce_frame.
vm_cpu=max,-xsave,-xsaveopt,-avx,-avx2,-smap,-pku,-la57

# vm_qemu ARG...: run QEMU for at most $limit seconds and show what the job says
# as it comes. The console goes to $out/console.log, what the machine writes on
# its second serial port to $out/verdict. Sets rc.
vm_qemu() {
	: >"$out/verdict"
	# --foreground: who kills our process group must hit QEMU too
	# shellcheck disable=SC2154 # out and limit are the caller's
	timeout --foreground -k 5 "$limit" qemu-system-x86_64 -accel tcg,thread=multi -smp 2 -cpu "$vm_cpu" \
		-display none -monitor none -no-reboot -nic none \
		-serial "file:$out/console.log" -serial "file:$out/verdict" \
		"$@" </dev/null >"$out/qemu.log" 2>&1 &
	vm_pid=$!
	tail -s 0.2 --pid="$vm_pid" -n +1 -f "$out/verdict" 2>/dev/null |
		sed -u 's/\r$//; /^XNM-EXIT /,$d'
	rc=0
	wait "$vm_pid" || rc=$?
}

# vm_trouble LOG...: print the lines in which a kernel or Xen reports a fault
vm_trouble() {
	cat "$@" 2>/dev/null | tr -d '\r\000' | grep -aE \
		'WARNING: CPU|kernel BUG|\bBUG: |Oops|general protection|Call Trace|Kernel panic|INFO: (task|rcu)|rcu: INFO|UBSAN|KASAN|Unable to handle|Panic on CPU|Xen BUG|Xen WARN|Assertion .* failed|domain_crash|Domain [0-9]+ .*crashed|Out of memory|segfault at' |
		head -20 || :
}

# vm_out_folder: have an empty folder $out for the logs of one run; one that we named ourselves only stays after a failure
vm_out_folder() {
	vm_out_kept=1
	[ -n "$out" ] || {
		vm_out_kept=
		mkdir -p "$vm_lab/out"
		out=$(mktemp -d "$vm_lab/out/run.XXXXXX")
	}
	mkdir -p "$out"
	out=$(cd "$out" && pwd)
	rm -rf "$out/console.log" "$out/verdict" "$out"/*dmesg.log "$out/log"
}

# vm_quote WORD...: the words as one line of shell
vm_quote() {
	for vm_word in "$@"; do
		printf "'%s' " "$(printf '%s' "$vm_word" | sed "s/'/'\\\\''/g")"
	done
	echo
}

# vm_job INIT COMMAND...: write into $out what the machine goes on with after its first initramfs
vm_job() {
	cp "$1" "$out/init.next"
	shift
	{
		echo "XNM_VM_MODULES=$(vm_quote "$vm_kdir/lib/modules")"
		echo "XNM_VM_CWD=$(vm_quote "$(pwd)")"
		echo "export XNM_IN_VM=1 XNM_TOP=$(vm_quote "$vm_top")"
		# settings of the tests go with them
		for vm_var in O V XNM_TESTS_MUST_RUN XNM_STAGE XNM_LAB_SCRIPT; do
			eval "vm_value=\${$vm_var-}"
			# shellcheck disable=SC2154 # set by eval
			[ -z "$vm_value" ] || echo "export $vm_var=$(vm_quote "$vm_value")"
		done
	} >"$out/env"
	vm_quote "$@" >"$out/job"
}

# vm_result: exit as the job in $out did; 1 if a kernel or Xen complained or the job did not end
vm_result() {
	vm_status=$(tr -d '\r' <"$out/verdict" | sed -n 's/^XNM-EXIT //p' | tail -1)
	vm_text=$(vm_trouble "$out/console.log" "$out"/*dmesg.log "$out"/log/console/*.log)
	if [ -n "$vm_text" ]; then
		printf 'a kernel or Xen reported a fault (logs: %s):\n%s\n' "$out" "$vm_text" | sed 's/^/# /'
		exit 1
	fi
	if [ -z "$vm_status" ]; then
		{
			echo "the job did not end: time limit $limit s, QEMU ended with $rc (logs: $out)"
			tail -20 "$out/console.log"
			cat "$out/qemu.log"
		} | tr -d '\r' | sed 's/^/# /'
		exit 1
	fi
	if [ "$vm_status" = 0 ] && [ -z "$vm_out_kept" ]; then rm -rf "$out"; fi
	exit "$vm_status"
}
