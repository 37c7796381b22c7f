# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# dom0.sh - what the scenarios in dom0 share: bridges, guests, commands in guests, "is anything left?".
#
# Sourced by scenarios/*.sh; XNM_TOP is the checkout. The network script under test is xnm-vif, or the one
# that XNM_LAB_SCRIPT names (vif-bridge proves that the harness itself is right).

# shellcheck source=tests/lib/tap.sh
. "$XNM_TOP/tests/lib/tap.sh"

script=${XNM_LAB_SCRIPT:-xnm-vif}
configs=$XNM_TOP/xl-configs
consoles=/var/log/xen/console
xl_log=/tmp/xl.err
loud="loglevel=5 panic=1 oops=panic panic_on_warn=1"

# config NAME: path of xl-configs/NAME.cfg for the script under test; a kernel
# that finds fault with itself stops the guest, and says why on the console
config() {
	mkdir -p /tmp/configs
	sed "s/script=xnm-vif/script=$script/; s/ quiet\([ \"]\)/ $loud\1/" "$configs/$1.cfg" >"/tmp/configs/$1.cfg"
	echo "/tmp/configs/$1.cfg"
}

# wait_for SECONDS COMMAND...: poll until it succeeds
wait_for() {
	wf_end=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$wf_end" ] || return 1
		sleep 0.1
	done
}

# bridge_up NAME [OPTION...]: a bridge, with options of 'ip link add type bridge'
bridge_up() {
	bu_name=$1
	shift
	ip link add "$bu_name" type bridge forward_delay 0 "$@" && ip link set "$bu_name" up
}

# vifs CONFIG: what is between the brackets of its vif line, for one that has more
vifs() {
	sed -n 's/^vif = \[ \(.*\) \]$/\1/p' "$(config "$1")"
}

# guest_create CONFIG [ARGUMENT...]: xl create from xl-configs; complaints also go to $xl_log
guest_create() {
	gc_config=$(config "$1")
	shift
	: 2>/dev/null >"$consoles/guest-$(sed -n 's/^name = "\(.*\)"$/\1/p' "$gc_config").log"
	xl create "$gc_config" "$@" >"$xl_log" 2>&1 || {
		cat "$xl_log"
		return 1
	}
}

# guest_with NAME IPS VIF [SETTING...]: a guest like guest1, but with this name, xnm.ip= (see guest-init) and vif line
guest_with() {
	gw_name=$1 gw_ips=$2 gw_vif=$3
	shift 3
	: 2>/dev/null >"$consoles/guest-$gw_name.log"
	xl create "$(config guest1)" "name=\"$gw_name\"" "extra=\"console=hvc0 $loud xnm.ip=$gw_ips\"" \
		"vif=[ '$gw_vif,script=$script' ]" "$@" >"$xl_log" 2>&1 || {
		cat "$xl_log"
		return 1
	}
}

# guest_up NAME [SECONDS]: wait until the guest's init has brought its network up; what it said on the way
guest_up() {
	wait_for "${2:-120}" grep -aq XNM-GUEST-UP "$consoles/guest-$1.log" || return
	grep -a '^xnm-guest' "$consoles/guest-$1.log"
	return 0
}

# guest_tty NAME: dom0's end of the guest's console
guest_tty() {
	xenstore-read "/local/domain/$(xl domid "$1")/console/tty"
}

# guest_run NAME COMMAND: run a command in the guest, through its console; its
# output and exit status become ours (125: no answer)
guest_run() {
	gr_tty=$(guest_tty "$1") || return 125
	# shellcheck disable=SC2016 # for the inner shell to expand
	timeout "${guest_limit:-30}" sh -c '
		exec 3<>"$1"
		printf "%s %s\n" "$2" "$3" >&3
		cr=$(printf "\r")
		inside=
		while IFS= read -r line; do
			line=${line%"$cr"}
			case $line in
			"$2 BEGIN") inside=1 ;;
			"$2 END "*) exit "${line##* }" ;;
			*) [ -z "$inside" ] || printf "%s\n" "$line" ;;
			esac
		done <&3
		exit 125
	' sh "$gr_tty" "id$$.$(date +%N)" "$2" || {
		gr_rc=$?
		[ "$gr_rc" -ne 124 ] || gr_rc=125
		return "$gr_rc"
	}
}

# guest_pings NAME ADDRESS: three of up to ten pings are answered (the first may wait for ARP and bridge ports)
guest_pings() {
	guest_run "$1" "n=0; for i in 1 2 3 4 5 6 7 8 9 10; do ping -c 1 -W 1 $2 >/dev/null && n=\$((n+1)); [ \$n -ge 3 ] && exit 0; done; ip addr show; exit 1"
}

# guest_is_cut NAME ADDRESS: none of three pings is answered
guest_is_cut() {
	guest_run "$1" "ping -c 3 -W 1 $2; [ \$? -eq 1 ]"
}

# nic NAME [DEVID]: the name libxl gives the host's end
nic() {
	echo "vif$(xl domid "$1").${2:-0}"
}

# backend NAME [DEVID]: the backend's xenstore folder
backend() {
	echo "/local/domain/0/backend/vif/$(xl domid "$1")/${2:-0}"
}

master() {
	basename "$(readlink "/sys/class/net/$1/master" 2>/dev/null)"
}

exists() {
	[ -e "/sys/class/net/$1" ]
}

gone() {
	! exists "$1"
}

# leftovers: print whatever guests may have left behind, one thing per line
leftovers() {
	xl list | awk 'NR > 1 && $1 != "Domain-0" { print "domain: " $0 }'
	# two levels of names, so that an empty 'vif' folder is no finding
	for lo_dom in $(xenstore-list /local/domain/0/backend/vif 2>/dev/null); do
		echo "xenstore: backend/vif/$lo_dom"
	done
	for lo_dom in $(xenstore-list /libxl 2>/dev/null | grep -vx 0); do
		echo "xenstore: /libxl/$lo_dom"
	done
	for lo_link in /sys/class/net/*; do
		case ${lo_link##*/} in
		lo | xenbr0 | br1) ;;
		*) echo "link: ${lo_link##*/}" ;;
		esac
	done
	# notes on vifs, bridges, networks, addresses; links name the vif that they are of
	find /run/xnm -mindepth 2 ! -type d ! -path '*/override.d/*' ! -path '*/applied/*' -printf 'state: %p -> %l\n' 2>/dev/null |
		sed 's/ -> $//'
	pgrep -a xnm-vif | sed 's/^/process: /'
	filter_elements | sed 's/^/nft: /'
}

# filter_elements: what is in the sets of our nftables tables, one element a line
filter_elements() {
	nft -j -s list ruleset | jq -r '
		.nftables[] | .set // .map // empty | select(.table == "xnm")
		| "\(.family) \(.name) " + ((.elem // [])[] | tostring)'
}

# drops NAME [DEVID]: what was dropped of what the guest sent, "REASON PACKETS" per line
drops() {
	xnm status --json "$1" | jq -r --argjson devid "${2:-0}" '
		.vifs[] | select(.devid == $devid) | .dropped[] | "\(.reason) \(.packets)"'
}

# left_of PATTERN: those of the leftovers that match
left_of() {
	leftovers | grep -E "$1"
}

# nothing_left NAME [PATTERN]: a test; the kernel may take a moment to let a dead domain's pages go
nothing_left() {
	nl_pattern=${2:-.}
	if wait_for 10 refuses left_of "$nl_pattern"; then
		ok "$1"
	else
		not_ok "$1" "$(left_of "$nl_pattern")" "$(grep xnm-vif /var/log/xen/messages | tail -n 5)"
	fi
}

refuses() {
	! "$@"
}

# the end of every scenario; a failed one must not spoil the next
scenario_done() {
	xl list | awk 'NR > 1 && $1 != "Domain-0" { print $2 }' | while read -r sd_id; do
		xl destroy "$sd_id" >/dev/null 2>&1
	done
	rm -f /etc/xnm/policy.d/*.ini
	xnm-vif gc >/dev/null 2>&1
	for sd_netns in $(ip netns list | cut -d' ' -f1); do
		ip netns del "$sd_netns"
	done
	for sd_bridge in xenbr0 br1; do
		ip link del "$sd_bridge" 2>/dev/null
	done
	tap_done
}
