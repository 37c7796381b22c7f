# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# systemd.sh - the real systemd as the first program of a namespace, with the units that a test names and no others.
#
# A test of the VM tier sources netns.sh first, then this file. sysinit.target and
# the like, which units count on, are there but empty, so that systemd starts,
# mounts and cleans nothing else of this machine.

# systemd_missing: print why these tests cannot run here, or nothing
systemd_missing() {
	[ -x /lib/systemd/systemd ] || echo "systemd is not installed (tests/lib/deps.sh xen)"
	[ "${XNM_IN_VM:-}" = 1 ] || echo "this one is for the machine in QEMU"
}

# layer DIR SOURCE...: the files of the sources over those of DIR, for this test alone
layer() {
	local dir=$1 over=$T/layers$1 lower=$1 source

	shift
	for source in "$@"; do
		lower=$source:$lower
	done
	mkdir -p "$over/changed" "$over/work"
	mount -t overlay -o "lowerdir=$lower,upperdir=$over/changed,workdir=$over/work" overlay "$dir"
}

# systemd_units UNIT...: of the units in /lib/systemd/system these only, with their drop-ins
systemd_units() {
	local units=$T/units unit
	local -a targets=(sysinit basic network-pre shutdown sockets network network-online local-fs multi-user)

	mkdir -p "$units"
	for unit in "$@"; do
		cp -a "/lib/systemd/system/$unit" "$units" || return
		[ ! -d "/lib/systemd/system/$unit.d" ] || cp -a "/lib/systemd/system/$unit.d" "$units" || return
	done
	for unit in "${targets[@]}"; do
		printf '[Unit]\nDescription=%s, empty\nDefaultDependencies=no\n' "$unit" >"$units/$unit.target"
	done
	mount --bind "$units" /lib/systemd/system
	# nor what an administrator has enabled
	mount -t tmpfs -o mode=755 tmpfs /etc/systemd/system
}

# inside COMMAND...: among systemd's processes, as it listens to nobody whom it does not see
systemd_pid=
inside() {
	nsenter --target "$systemd_pid" --mount --pid --cgroup -- "$@"
}

# systemd_start: and wait for it; the network is the test's
systemd_start() {
	local i generators

	for generators in /lib/systemd/system-generators /lib/systemd/system-environment-generators; do
		[ ! -d $generators ] || mount -t tmpfs tmpfs $generators
	done
	umount -R /sys/fs/cgroup 2>/dev/null
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare --cgroup --mount --pid --fork --kill-child --mount-proc sh -c '
		mount -t cgroup2 cgroup2 /sys/fs/cgroup && mount -t tmpfs -o mode=1777 tmpfs /tmp &&
			exec env -i container=xnm "PATH=$PATH" \
				/lib/systemd/systemd --system --unit=multi-user.target --log-target=console --show-status=no
	' >"$T/systemd.log" 2>&1 </dev/null &
	for ((i = 0; i < 300; i++)); do
		systemd_pid=$(pgrep -P $!)
		[ "$(inside systemctl is-system-running 2>/dev/null)" != running ] || return 0
		sleep 0.05
	done
	sed 's/^/# /' "$T/systemd.log"
	return 1
}
