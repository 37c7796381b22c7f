#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# memory.sh - between events nothing of xnm runs: no process, no socket, no lock.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
bridge_new br0
cat >"$XNM_CONFIG" <<'END'
[network lan]
bridge=lan0
address=10.9.0.1/24
END

# idle NAME: no process of ours, nobody connected to xenstored, the lock is free
idle() {
	local wrong major minor inode

	wrong=$(programs_left)
	flock -n "$XNM_RUN_DIR/lock" true || wrong+=" the lock is held"
	# OFD locks are listed with pid -1, those of the whole machine
	read -r major minor inode <<<"$(stat -c '%Hd %Ld %i' "$XNM_RUN_DIR/lock")"
	wrong+=$(grep -E ' OFDLCK ' /proc/locks | grep " $(printf '%02x:%02x:%d' "$major" "$minor" "$inode") ")
	is "after $1: nothing runs, nothing is locked" "$wrong" ""
}

guest_new 1 0 bridge=lan vifname=web1
guest_new 2 0 type=vif_ioemu
guest_new 3 0 bridge=nobr
tap_new 2 0
for call in "online 1 0" "online 1 0" "online 2 0" "add 2 0" "add 2 0" "online 3 0" "offline 3 0" \
	"remove 2 0" "offline 2 0" "offline 1 0" "offline 1 0"; do
	# shellcheck disable=SC2086 # verb and numbers
	hotplug $call >/dev/null 2>&1
	idle "$call"
done
hotplug online 1 0
"$XNM_VIF" reapply 1.0
idle "reapply"
"$XNM_VIF" gc
idle gc
hotplug_launch=(-k 1000)
hotplug offline 1 0
hotplug_launch=()
idle "a SIGKILL"
hotplug offline 1 0

hotplug_launch=(-o "$T/figures")
hotplug online 1 0
hotplug_launch=()
read -r _ _ _ _ rss <$T/figures
echo "# peak memory of an online: $rss KiB"
# with a sanitizer that is the sanitizer's
ldd "$XNM_VIF" | grep -q 'lib[a-z]*san' ||
	check "an online needs at most 6 MiB" test "$rss" -le 6144
hotplug offline 1 0

for d in 1 2 3; do
	guest_rm $d 0
done
ip link del vif2.0-emu
assert_clean "nothing is left"
tap_done
