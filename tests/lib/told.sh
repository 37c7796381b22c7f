# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# told.sh - guests that set themselves up with xnm-guest: what they are told, and what they have.
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

# told D N: what is published, "KEY=VALUE" per line, in order
told() {
	xenstore-ls -f "/local/domain/$1/xnm/vif/$2" 2>/dev/null |
		sed -n "s|^/local/domain/$1/xnm/vif/$2/\([a-z-]*\) = \"\(.*\)\"|\1=\2|p" | sort
}

# guest_state D: all that xnm-guest could have set there
guest_state() {
	local dev

	ip -n "g$1.0" -br addr show dev eth0 | tr -s ' '
	ip -n "g$1.0" link show dev eth0 | grep -o 'mtu [0-9]*\|<.*>'
	ip -n "g$1.0" route show
	ip -n "g$1.0" -6 route show default
	for dev in ipv4/ip_forward ipv6/conf/all/forwarding ipv6/conf/eth0/accept_ra ipv6/conf/wlan0/accept_ra; do
		echo "$dev $(ip netns exec "g$1.0" cat "/proc/sys/net/$dev" 2>/dev/null)"
	done
	ip netns exec "g$1.0" nft list ruleset
	(cd "$T/guest$1" 2>/dev/null && find . -type f ! -name lock -exec grep -H . {} + | sort)
	readlink "$T/guest$1/resolv.conf"
}

# quiet NAME COMMAND...: it succeeds and says nothing
quiet() {
	local name=$1

	shift
	try "$@"
	# shellcheck disable=SC2154 # try sets them
	is "$name" "$rc:$out" "0:"
}
