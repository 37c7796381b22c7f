# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# frames.sh - send the frames of frames.def from a guest, and look where they come out and what was counted.
#
# A test sources netns.sh first, then this file:
#
#	frames_host br0
#	frames_guest 1 name=locked; hotplug online 1 0
#	frames_guest 2; hotplug online 2 0
#	battery "locked" locked
#
# The sender is guest 1, the victim guest 2. Guests and LAN say nothing of their
# own, so that every frame that is seen or counted is one of ours.
#
#	g1.0 eth0 === vif1.0 -- br0 -- vif2.0 === g2.0 eth0     "guest"
#	                         | `-- lan ====== lan eth0      "lan"
#	                     dom0 itself                        "dom0"
#
# "stack" is what vif1.0 itself hands to dom0's protocols, past the bridge.

frames=$O/tests/frames
# the sender's namespace, and the device of this host that its frames come from
frames_from=g1.0
frames_vif=vif1.0
# the table that looks at it: inet, where it has no bridge
frames_table=bridge

# frames_silent NAMESPACE: its eth0 is up, but only frames speaks there
frames_silent() {
	ip netns exec "$1" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
	ip -n "$1" link set eth0 arp off up
}

# frames_host BRIDGE [OPTION OF ip link]...: a bridge with dom0's addresses and a LAN port
frames_host() {
	local bridge=$1

	# the host's firewall for routed packets must not mend or drop what we look at
	for what in /proc/sys/net/bridge/bridge-nf-call-*; do
		[ ! -e "$what" ] || echo 0 >"$what"
	done
	# multicast goes everywhere, so that it can be seen everywhere
	bridge_new "$@" mcast_snooping 0
	ip link set "$bridge" address 02:00:00:00:00:fe
	echo 0 >"/proc/sys/net/ipv6/conf/$bridge/accept_dad"
	echo 2 >"/proc/sys/net/ipv6/conf/$bridge/accept_ra"
	ip addr add 10.0.0.254/24 dev "$bridge"
	ip addr add 2001:db8::fe/64 dev "$bridge"
	ip netns add lan
	ip link add lan type veth peer name eth0 address 02:00:00:00:00:aa netns lan
	frames_silent lan
	echo 1 >/proc/sys/net/ipv6/conf/lan/disable_ipv6
	ip link set lan master "$bridge" up
}

# frames_guest D [KEY=VALUE]...: a guest whose only voice is frames
frames_guest() {
	guest_new "$1" 0 "${@:2}"
	frames_silent "g$1.0"
}

# ------------------------------------------------------------- dom0's mind

# neighbours_set: dom0 knows the victim, not too surely
neighbours_set() {
	ip neigh flush dev br0
	ip neigh replace 10.0.0.2 lladdr 00:16:3e:00:02:00 dev br0 nud stale
	ip neigh replace 2001:db8::2 lladdr 00:16:3e:00:02:00 dev br0 nud stale
	ip neigh replace fe80::216:3eff:fe00:200 lladdr 00:16:3e:00:02:00 dev br0 nud stale
}

# neighbours_wrong: what dom0 believes of where others than the sender are, if it is not the truth
neighbours_wrong() {
	ip -j neigh show dev br0 | jq -r '.[] | select(.lladdr) |
		if .dst | IN("10.0.0.2", "2001:db8::2", "fe80::216:3eff:fe00:200")
		then select(.lladdr != "00:16:3e:00:02:00")
		else select(.dst | IN("10.0.0.1", "10.0.0.5", "10.0.8.77", "2001:db8::1", "2001:db8::5",
			"2001:db8:8::4d", "fe80::216:3eff:fe00:100") | not)
		end | "\(.dst) at \(.lladdr)"'
}

# routes_wrong: what dom0 took from router advertisements
routes_wrong() {
	ip -6 route show dev br0 proto ra
	ip -6 addr show dev br0 | grep 2001:db8:bad:
}

# learned DEVICE: MACs that the bridge has learned there
learned() {
	bridge -j fdb show brport "$1" | jq -r '[ .[] | select(.state != "permanent") | .mac ]
		| unique | join(" ")'
}

# ---------------------------------------------------------------- counters

# All of this is bash alone: in an emulated machine each program takes a tenth of a second.

# drops_read DEVICE: sets drops[REASON] to the number of packets
declare -A drops=() drops_before=()
drops_read() {
	local elements element packets='\. "([a-z0-9-]+)" .*counter packets ([0-9]+)'
	local -a list

	drops=()
	elements=$(nft list set "$frames_table" xnm drops 2>/dev/null)
	IFS=, read -r -d '' -a list <<<"${elements##*elements = \{}"
	for element in "${list[@]}"; do
		case $element in *"\"$1\" "*) ;; *) continue ;; esac
		[[ ! $element =~ $packets ]] || drops[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
	done
}

# drops_keep: what is counted next is counted from here
drops_keep() {
	local reason

	drops_before=()
	for reason in "${!drops[@]}"; do
		drops_before[$reason]=${drops[$reason]}
	done
}

# drops_counted REASONS: sets counted to how often one of them was, and counted_other to what else was
counted=0
counted_other=
drops_counted() {
	local reason n

	counted=0
	counted_other=
	for reason in "${!drops[@]}"; do
		n=$((drops[$reason] - ${drops_before[$reason]:-0}))
		case "|$1|" in
		*"|$reason|"*) counted=$((counted + n)) ;;
		*) [ $n -eq 0 ] || counted_other+=" $reason=$n" ;;
		esac
	done
}

# -------------------------------------------------------------- the battery

declare -A frames_watchers=()
frames_options=()

# watch_start PLACE COMMAND...: have it write what comes by into $T/seen.PLACE
watch_start() {
	local place=$1

	shift
	rm -f "$T/seen.$place"
	"$@" >"$T/seen.$place" 2>"$T/watch.$place" &
	frames_watchers[$place]=$!
	until [ -s "$T/seen.$place" ]; do
		kill -0 "${frames_watchers[$place]}" || {
			not_ok "a watcher at $place" "$(cat "$T/watch.$place")"
			return
		}
		sleep 0.01
	done
}

# watch_all [OPTION OF frames]...
watch_all() {
	watch_start guest nsenter --net=/run/netns/g2.0 "$frames" watch eth0 "$@"
	watch_start lan nsenter --net=/run/netns/lan "$frames" watch eth0 "$@"
	watch_start dom0 "$frames" watch br0 "$@"
	watch_start stack "$frames" watch "$frames_vif" --stack "$@"
}

watch_end() {
	local place

	for place in "${!frames_watchers[@]}"; do
		kill "${frames_watchers[$place]}"
		wait "${frames_watchers[$place]}"
	done
	frames_watchers=()
}

# send_counted REASONS NAME...: send frames; sets counted_wrong if the counters do not tell of as many
# drops for one of REASONS (with '|' between them) and of nothing else
counted_wrong=
send_counted() {
	local reasons=$1 n=$(($# - 1)) least i

	shift
	[ "$reasons" != - ] || n=0
	least=$n
	# what the bridge itself keeps may be counted, or not
	case "|$reasons|" in *"|bridge|"*) least=0 ;; esac
	nsenter "--net=/run/netns/$frames_from" "$frames" send eth0 "${frames_options[@]}" "$@" 2>"$T/send" || {
		counted_wrong="send: $(cat "$T/send")"
		return
	}
	# where nothing has to be counted there is nothing to wait for
	[ $least -gt 0 ] || sleep 0.02
	for ((i = 0; i < 50; i++)); do
		drops_read "$frames_vif"
		drops_counted "$reasons"
		if [ -n "$counted_other" ] || [ $counted -ge $least ]; then break; fi
		sleep 0.01
	done
	drops_keep
	counted_wrong=
	if [ -n "$counted_other" ] || [ $counted -lt $least ] || [ $counted -gt $n ]; then
		counted_wrong="sent $#, counted $counted$counted_other"
	fi
}

# check_counters NAME MODE: send the whole battery, one reason after the other
check_counters() {
	local name=$1 mode=$2 frame reasons check
	local -A by_reasons=()

	while IFS=$'\t' read -r frame _ reasons _; do
		by_reasons[$reasons]+=" $frame"
	done <"$T/list"
	drops_read "$frames_vif"
	drops_keep
	for reasons in "${!by_reasons[@]}"; do
		# shellcheck disable=SC2086 # names, split on purpose
		send_counted "$reasons" ${by_reasons[$reasons]}
		case $mode:$reasons in
		unlocked:*) check="nothing is counted" ;;
		*:-) check="what passes is not counted" ;;
		*) check="drops are counted as $reasons" ;;
		esac
		is "$name: $check" "$counted_wrong" ""
	done
}

# judge: compare $T/list with what was seen; prints "CHECK<tab>WHAT IS WRONG" for each frame
judge() {
	(cd "$T" && awk -F'\t' -v unlocked="$1" '
		FILENAME != "list" { seen[FILENAME, $1] = 1; next }
		{ wrong = "" }
		$2 == "pass" {
			n = split($4 == "all" ? "guest lan dom0" : $4 == "victim" ? "guest" : $4, places, " ")
			for (i = 1; i <= n; i++)
				if (!(("seen." places[i], $1) in seen))
					wrong = wrong " not seen at " places[i]
			print $1 " passes (" $5 ")\t" wrong
			next
		}
		{
			n = split(unlocked ? "guest lan dom0" : "guest lan dom0 stack", places, " ")
			for (i = 1; i <= n; i++)
				if (("seen." places[i], $1) in seen)
					wrong = wrong " seen at " places[i]
			print $1 " is dropped (" $5 ")\t" wrong
		}' seen.guest seen.lan seen.dom0 seen.stack list)
}

# battery NAME MODE [OPTION OF frames]...: all frames of the mode from g1.0: what passes comes out, what
# does not comes out nowhere, and each drop is counted for its reason
battery() {
	local name=$1 mode=$2

	shift 2
	frames_options=("$@")
	"$frames" list "$mode" "$@" | awk -F'\t' -v pattern="${frames_pattern:-}" '$1 ~ pattern' >"$T/list"
	watch_all "$@"
	check_counters "$name" "$mode"
	# what is still on its way
	sleep 0.1
	watch_end
	report "$name" "$mode"
}

# battery_of PATTERN NAME MODE [OPTION OF frames]...: the same with those frames only whose names match
battery_of() {
	local frames_pattern=$1

	battery "${@:2}"
}

# battery_uncounted NAME MODE [OPTION OF frames]...: the same, whatever is counted
battery_uncounted() {
	local name=$1 mode=$2
	local -a all

	shift 2
	"$frames" list "$mode" "$@" >"$T/list"
	mapfile -t all < <(cut -f1 "$T/list")
	watch_all "$@"
	nsenter "--net=/run/netns/$frames_from" "$frames" send eth0 "$@" "${all[@]}" || not_ok "$name: frames can be sent"
	sleep 0.2
	watch_end
	report "$name" "$mode"
}

# report NAME MODE: one check for each frame of $T/list
report() {
	local name=$1 mode=$2 check wrong

	judge "$([ "$mode" != unlocked ] || echo 1)" >"$T/judged"
	while IFS=$'\t' read -r check wrong; do
		if [ -z "$wrong" ]; then ok "$name: $check"; else not_ok "$name: $check" "$wrong"; fi
	done <"$T/judged"
}

# ------------------------------------------------------ one address at a time

# as IPV4 IPV6 [OPTION OF frames]...: the sender has these addresses
as() {
	# two hosts with one address would be one frame
	frames_options=(--ip4 "$1" --ip6 "$2" --victim-ip4 10.0.0.201 --victim-ip6 2001:db8::201
		--dom0-ip4 10.0.0.202 --dom0-ip6 2001:db8::202 --lan-ip4 10.0.0.203 --lan-ip6 2001:db8::203 "${@:3}")
}

# may NAME: what it sends is not dropped, whatever it asks, says and sends; may_not NAME: all of it is
may() {
	drops_read "$frames_vif"
	drops_keep
	send_counted - arp-request arp-reply arp-probe arp-announcement ip4-udp ip4-frag-later ip6-udp ip6-udp-frag-later \
		na-unsolicited ns-dad ns-dom0
	is "$1" "$counted_wrong" ""
}
may_not() {
	local reasons names wrong=

	drops_read "$frames_vif"
	drops_keep
	while read -r reasons names; do
		# shellcheck disable=SC2086 # names, split on purpose
		send_counted "$reasons" $names
		wrong+=$counted_wrong
	done <<'END'
spoofed-arp arp-request arp-reply arp-probe arp-announcement
spoofed-ipv4 ip4-udp ip4-frag-later
spoofed-ipv6 ip6-udp ip6-udp-frag-later
spoofed-nd|spoofed-ipv6 na-unsolicited ns-dad ns-dom0
END
	is "$1" "$wrong" ""
}

# guest_comes D NAME [KEY=VALUE]..., guest_goes D: a guest whose only voice is frames
# shellcheck disable=SC2154 # try() of netns.sh sets rc and out
guest_comes() {
	frames_guest "$1" name="$2" "${@:3}"
	try hotplug online "$1" 0
	is "$2 comes" "$rc:$out" 0:
}
guest_goes() {
	try hotplug offline "$1" 0
	is "guest $1 goes" "$rc:$out" 0:
	guest_rm "$1" 0
}
