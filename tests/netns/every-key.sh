#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# every-key.sh - each key of the policy is changed under running guests: the host ends as if it had been so from the start.
#
# usage: every-key.sh [PATTERN]: only rows of every-key.list that match it
set -u

# Sanitizers would make it twice as long, and other tests have been everywhere with them.
plain=${O:-build}
plain=${plain%/san}
case $plain in /*) ;; *) plain=$(cd "$(dirname "$0")/../.." && pwd)/$plain ;; esac
[ ! -x "$plain/xnm-vif" ] || export XNM_VIF=$plain/xnm-vif XNM=$plain/xnm XNM_UDEV=$plain/xnm-udev

# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

guests_stay=yes
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
list=$netns_top/tests/netns/every-key.list
only=${1:-.}
store_start || exit 1
# cards of the host: the way out, and one for a bridge
ip netns add lan
for dev in eth8 eth9; do
	ip link add $dev type veth peer name $dev netns lan
	ip -n lan link set $dev up
done
ip addr add 192.0.2.1/24 dev eth9
ip link set eth9 up
ip link set eth8 up

# everything: what a fresh start is compared by
everything() {
	local dev

	# a guest that was told an MTU must be told the next one, where it would else be told none
	# marks has rules for all values that were once in use
	snapshot | grep -Ev '/device/vif/0/mtu = |"chain":"marks","expr":\[\{"match"'
	echo "== bridges"
	for dev in /sys/class/net/*/bridge; do
		[ ! -d "$dev" ] || (cd "$dev" && grep -s . ageing_time multicast_* default_pvid nf_call_*) | sed "s|^|$dev |"
	done
	bridge vlan
	echo "== settings"
	grep -s . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding \
		/proc/sys/net/ipv4/conf/*/{forwarding,proxy_arp,rp_filter,send_redirects,accept_redirects} \
		/proc/sys/net/ipv6/conf/*/{forwarding,accept_ra,accept_dad,proxy_ndp}
	"$XNM" dnsmasq lan 2>/dev/null
	echo "== traffic"
	tc qdisc show | grep -v noqueue | sed 's/ direct_packets_stat [0-9]*//'
	for dev in $(tc qdisc show | grep -v noqueue | sed -n 's/.* dev \([^ ]*\) .*/\1/p' | sort -u); do
		tc class show dev "$dev" | sed "s/^/$dev /"
		tc filter show dev "$dev" | sed "s/^/$dev /"
		tc filter show dev "$dev" ingress | sed "s/^/$dev /"
	done
}

# policy KEYS: that of the scene with these keys where the section is, or with none for "-"
policy() {
	local here line

	[ "$1" = - ] || here=${1//; /$'\n'}
	printf '%s\n' "$scene" | while IFS= read -r line; do
		case $line in
		"{$section}"*) echo "${here:-}" ;;
		'{'*) line=${line#*\}} && echo "${line//; /$'\n'}" ;;
		*) echo "$line" ;;
		esac
	done >"$XNM_CONFIG"
}

# start: the guests come; sets rc and out
start() {
	"$XNM_UDEV" boot >"$T/boot" 2>&1 || cat "$T/boot"
	for d in 1 2; do
		guest_new $d 0 name=guest$d bridge="$bridge"
		try hotplug online $d 0
		[ "$rc:$out" = 0: ] || return
	done
}

stop() {
	for d in 1 2; do
		hotplug offline $d 0
		guest_rm $d 0
	done
	for d in 7 8 9; do
		ip link del br$d 2>/dev/null
	done
	rm -rf "$XNM_RUN_DIR"/{network,bridge}
	"$XNM_VIF" gc all >/dev/null 2>&1
}

# fresh NAME VALUE: the guests start with it; how the host is then goes to $T/fresh
fresh() {
	policy "$2"
	start
	[ "$rc:$out" = 0: ] || not_ok "$1: start with $2" "$rc:$out"
	everything >"$T/fresh"
}

# change A B: from one to the other under running guests, and back
change() {
	local name="$section: $1 -> $2"

	[ "$running" = "$scene $1" ] || {
		if [ -n "$running" ]; then stop; else warm_up; fi
		fresh "$name" "$1"
		cp "$T/fresh" "$T/a"
	}
	policy "$2"
	try "$XNM" apply
	[ "$rc" -eq 0 ] || not_ok "$name: apply" "$rc:$out"
	everything >"$T/b"
	stop
	fresh "$name" "$2"
	refuse "$name: makes a difference" cmp -s "$T/fresh" "$T/a"
	same "$name: as a fresh start" "$(<"$T/b")" "$(<"$T/fresh")"
	policy "$1"
	try "$XNM" apply
	[ "$rc" -eq 0 ] || not_ok "$name: back" "$rc:$out"
	everything >"$T/b"
	same "$name: and back" "$(<"$T/b")" "$(<"$T/a")"
	running="$scene $1"
	# what did not come back is not to disturb the next one
	cmp -s "$T/a" "$T/b" || { stop; running=; }
}

# warm_up: a host that had a guest behind NAT: both tables stay when it has gone, and no chains of an earlier scene
warm_up() {
	nft flush ruleset
	cat >"$XNM_CONFIG" <<-END
		[network lan]
		bridge=br7
		address=10.7.0.1/24
		forward=nat
		[vif *]
		network=lan
		address=10.7.0.5
	END
	start >/dev/null
	stop
}

# run: do what the list says
run() {
	while IFS= read -r line; do
		case $line in
		'#'* | 'never '* | '') ;;
		'scene '*)
			[ -z "$running" ] || stop
			running=
			scene=
			scene_name=${line#scene }
			;;
		'| '*) scene+=${line#| }$'\n' ;;
		*)
			[[ "$scene_name $line" =~ $only ]] || continue
			# in a VM only what cannot be elsewhere
			if [[ $scene_name == *netem ]]; then
				[ -n "$netem" ] || continue
			else
				[ -z "${XNM_IN_VM:-}" ] || continue
			fi
			section=${line%%: *}
			line=${line#*: }
			change "${line% -> *}" "${line#* -> }"
			;;
		esac
	done
}

# all_keys: each key of policy.def that is in no row, and for which the list does not say why
all_keys() {
	sed -n 's/^XNM_\(MATCH_\)\?KEY(\([A-Z]*\), [A-Z0-9_]*, "\([^"]*\)".*/\2 \3/p' "$netns_top/policy/policy.def" |
		while read -r section key; do
			grep -Eq "^never $section $key: |^$section: (.*[ ;])?$key=" "$list" || echo "$section $key"
		done
}
is "each key is in the list" "$(all_keys)" ""

netem=
! tc qdisc add dev lo root netem 2>/dev/null || netem=yes
tc qdisc del dev lo root 2>/dev/null
bridge=lan
running=
run <"$list"
[ -z "$running" ] || stop
tap_done
