# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# told.sh - guests as xl-configs has them, which set themselves up with xnm-guest.
#
# A test sources netns.sh first, then this file.

XNM_GUEST=${XNM_GUEST:-$O/xnm-guest}

# guest_from D CONFIG: guest D of xl-configs/CONFIG.cfg, with what libxl writes for its vif
guest_from() {
	# shellcheck disable=SC2154 # netns.sh sets it
	local config=$netns_top/xl-configs/$2.cfg name vif word
	local -a keys=()

	name=$(sed -n 's/^name = "\(.*\)"$/\1/p' "$config")
	vif=$(sed -n "s/^vif = \[ '\([^']*\)' \]\$/\1/p" "$config")
	for word in ${vif//,/ }; do
		case $word in script=*) ;; *) keys+=("$word") ;; esac
	done
	# libxl's own default when bridge= is not there: libxl_nic.c, libxl__device_nic_setdefault()
	guest_new "$1" 0 name="$name" bridge=xenbr0 "${keys[@]}"
}

# in_guest D [OPTION|ARGUMENT]...: xnm-guest in the namespace of that guest's vif 0
in_guest() {
	local d=$1

	shift
	mkdir -p "$T/guest$d"
	ip netns exec "g$d.0" env XNM_GUEST_RUN_DIR="$T/guest$d/run" \
		XNM_GUEST_RESOLV_CONF="$T/guest$d/resolv.conf" XNM_LOG="${guest_log:-}" \
		"$XNM_GUEST" --domain "/local/domain/$d" "$@"
}
