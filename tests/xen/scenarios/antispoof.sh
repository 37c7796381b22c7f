#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# antispoof.sh - a guest sends every frame of frames.def through its real network card; what it may send arrives, nothing else.
#
#	guest1 ====== vif -- xenbr0 -- vif ====== guest2     "guest"
#	                      | `-- lan ====== lan eth0      "lan"
#	                  dom0 itself                        "dom0"
#
# "stack" is what guest1's vif hands to dom0's protocols, past the bridge. MACs
# and addresses are those that frames has when nothing is said.
# shellcheck disable=SC2016 # awk and the guests' shells expand what is in single quotes
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"

if [ "$script" != xnm-vif ]; then
	skip "anti-spoofing" "$script does not have it"
	scenario_done
	exit
fi

T=$(mktemp -d)
case ${O:=build} in
/*) frames=$O/tests/frames ;;
*) frames=$XNM_TOP/$O/tests/frames ;;
esac
# a whole group of frames may take a while
guest_limit=120

# ------------------------------------------------------------------- places

declare -A watchers=()

# watch PLACE COMMAND...: write the names of the frames that come by into $T/seen.PLACE
watch() {
	"${@:2}" >"$T/seen.$1" 2>&1 &
	watchers[$1]=$!
	wait_for 20 grep -q listening "$T/seen.$1" || not_ok "a watcher at $1" "$(cat "$T/seen.$1")"
}

watch_all() {
	watch lan ip netns exec lan "$frames" watch eth0
	watch dom0 "$frames" watch xenbr0
	watch stack "$frames" watch "$vif" --stack
	guest_run guest2 'frames watch eth0 >/seen 2>&1 & echo $! >/watcher'
	guest_run guest2 'for i in $(seq 100); do grep -q listening /seen && exit; usleep 100000; done; cat /seen; exit 1' ||
		not_ok "a watcher at guest2"
}

watch_end() {
	local place

	# what is still on its way
	sleep 1
	for place in "${!watchers[@]}"; do
		kill "${watchers[$place]}"
		wait "${watchers[$place]}"
	done
	watchers=()
	guest_run guest2 'kill $(cat /watcher); for i in $(seq 100); do kill -0 $(cat /watcher) 2>/dev/null || break; usleep 100000; done; cat /seen' \
		>"$T/seen.guest"
}

# arrived NAME PLACE AWK: at PLACE, exactly those frames of $T/list arrive for which the expression is true
arrived() {
	awk -F'\t' "$3 { print \$1 }" "$T/list" | sort >"$T/wanted"
	grep -v '^#' "$T/seen.$2" | sort >"$T/got"
	is "$1: $(wc -l <"$T/wanted") frames arrive at $2, and no other" \
		"$(comm -3 "$T/wanted" "$T/got" | sed 's/^[^\t]/missing: &/; s/^\t/too many: /')" ""
}

# arrived_everywhere NAME
arrived_everywhere() {
	arrived "$1" guest '$2 == "pass" && ($4 == "all" || $4 == "victim")'
	arrived "$1" lan '$2 == "pass" && ($4 == "all" || $4 == "lan")'
	# who watches a bridge gets all that goes through it
	arrived "$1" dom0 '$2 == "pass"'
}

# -------------------------------------------------------------------- frames

# send MODE AWK: guest1 sends the frames of `frames list MODE` for which the expression is true, a few at a time
send() {
	guest_run guest1 "frames list $1 | awk -F'\\t' '$2 { print \$1 }' | xargs -n 20 frames send eth0"
}

# counted REASONS: what has been counted since $T/drops, which is renewed: the sum of REASONS (with '|'
# between them), then "REASON=PACKETS" for each other
counted() {
	drops guest1 >"$T/drops.new"
	awk -v reasons="|$1|" '
		FILENAME == ARGV[1] { old[$1] = $2; next }
		$2 == old[$1] { next }
		index(reasons, "|" $1 "|") { n += $2 - old[$1]; next }
		{ other = other " " $1 "=" $2 - old[$1] }
		END { print n + 0 other }' "$T/drops" "$T/drops.new"
	mv "$T/drops.new" "$T/drops"
}

# send_counted AWK REASONS NAME: send the frames of a locked guest for which the expression is true, and see
# xnm status count that many for REASONS (none, if there are no reasons) and none for another
send_counted() {
	local n most least out got

	n=$(awk -F'\t' "$1 { n++ } END { print n + 0 }" "$T/list")
	# what the bridge itself keeps may be counted, or not
	least=$(awk -F'\t' "$1"' && !index("|" $3 "|", "|bridge|") { n++ } END { print n + 0 }' "$T/list")
	most=$n
	[ -n "$2" ] || most=0 least=0
	out=$(send locked "$1") || {
		not_ok "$n $3" "guest1 cannot send them: $out"
		return
	}
	got=$(counted "$2")
	case $got in
	*=*) ;;
	*)
		if [ "$n" -gt 0 ] && [ "$got" -ge "$least" ] && [ "$got" -le "$most" ]; then
			ok "$n $3"
			return
		fi
		;;
	esac
	not_ok "$n $3" "counted: $got"
}

# dom0_mind: what dom0 believes because of frames: addresses of others at guest1's MAC, and routes
dom0_mind() {
	ip -j neigh show dev xenbr0 | jq -r '.[] | select(.lladdr == "00:16:3e:00:01:00")
		| select(.dst | IN("10.0.0.1", "10.0.0.5", "10.0.8.77", "2001:db8::1", "2001:db8::5",
			"2001:db8:8::4d", "fe80::216:3eff:fe00:100") | not)
		| "\(.dst) is at guest1"'
	ip -6 route show dev xenbr0 proto ra
}

# ------------------------------------------------------------------- the host

bridge_up xenbr0 mcast_snooping 0
ip link set xenbr0 address 02:00:00:00:00:fe
# it listens to routers, if there is one
echo 2 >/proc/sys/net/ipv6/conf/xenbr0/accept_ra
ip addr add 10.0.0.254/24 dev xenbr0
ip addr add 2001:db8::fe/64 dev xenbr0 nodad
ip netns add lan
ip link add lan type veth peer name eth0 address 02:00:00:00:00:aa netns lan
ip netns exec lan sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
ip -n lan link set eth0 arp off up
echo 1 >/proc/sys/net/ipv6/conf/lan/disable_ipv6
ip link set lan master xenbr0 up

check "xl create guest1, with its addresses" guest_with guest1 10.0.0.1/24,2001:db8::1/64 \
	"mac=00:16:3e:00:01:00,bridge=xenbr0,ip=10.0.0.1 10.0.0.5 10.0.8.0/24 2001:db8::1 2001:db8::5 2001:db8:8::/64"
check "xl create guest2" guest_with guest2 10.0.0.2/24,2001:db8::2/64 \
	"mac=00:16:3e:00:02:00,bridge=xenbr0,ip=10.0.0.2 2001:db8::2"
check "guest1 boots" guest_up guest1
check "guest2 boots" guest_up guest2
vif=$(nic guest1)
is "guest1 is held to its addresses" "$(xnm status --json guest1 | jq -r '.vifs[].locking')" locked
# a frame with somebody else's MAC must not have the bridge look for him elsewhere
bridge fdb replace 00:16:3e:00:02:00 dev "$(nic guest2)" master static sticky
bridge fdb replace 02:00:00:00:00:aa dev lan master static sticky

# -- what an honest guest does by itself
for address in 10.0.0.254 2001:db8::fe 10.0.0.2 2001:db8::2; do
	check "guest1 pings $address" guest_pings guest1 $address
done
check "dom0 pings guest1" ping -c 3 -i 0.2 -W 2 10.0.0.1
check "and by IPv6" ping -c 3 -i 0.2 -W 2 2001:db8::1
is "nothing of that was dropped" "$(drops guest1)" ""
like "notes on its addresses are seen" "$(leftovers | sort | tr '\n' ' ')" \
	'state: /run/xnm/address/xenbr0,10\.0\.0\.1,32 .*state: /run/xnm/prefix/'

# -- from now on, both guests only say what we say
for guest in guest1 guest2; do
	check "$guest is silent" guest_run $guest \
		'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6 && ip link set eth0 arp off'
done
"$frames" list locked >"$T/list"
like "there are frames to send" "$(cut -f2 "$T/list" | sort | uniq -c | xargs)" '^[0-9]{3} drop [0-9]{3} pass$'
: >"$T/drops"
ip neigh replace 10.0.0.2 lladdr 00:16:3e:00:02:00 dev xenbr0 nud stale
ip neigh replace 2001:db8::2 lladdr 00:16:3e:00:02:00 dev xenbr0 nud stale
watch_all
send_counted '$2 == "pass"' '' 'frames that may pass are not counted'
mapfile -t reasons < <(cut -f3 "$T/list" | grep -v -e '|' -e '^-' | sort -u)
check "they can be dropped for ten reasons and more" test "${#reasons[@]}" -gt 10
for reason in "${reasons[@]}"; do
	send_counted "\$3 == \"$reason\"" "$reason" "drops are counted as $reason"
done
mixed=$(cut -f3 "$T/list" | grep -F '|' | tr '|' '\n' | sort -u | paste -sd'|')
send_counted '$3 ~ /[|]/' "$mixed" "drops with several reasons are counted as one of these"
watch_end
arrived_everywhere locked
arrived locked stack 0
is "dom0 believes nothing of it" "$(dom0_mind)" ""

# -- the same without a lock; if nothing else arrived now, the checks above would say nothing
mkdir -p /etc/xnm/policy.d
printf '[vif guest1]\nlocking-mode=unlocked\n' >/etc/xnm/policy.d/antispoof.ini
check "guest1 is unlocked" xnm-vif reapply "$vif"
"$frames" list unlocked >"$T/list"
watch_all
check "it sends all frames" send unlocked 1
watch_end
arrived_everywhere unlocked
is "nothing was counted" "$(counted '')" 0
like "dom0 believes that guest1 is another" "$(dom0_mind)" '(10\.0\.0\.|2001:db8::)[0-9a-f]* is at guest1'
like "dom0 believes that it is a router" "$(dom0_mind)" '^(default|2001:db8:bad:)'

check "xl destroy guest1" xl destroy guest1
check "xl destroy guest2" xl destroy guest2
ip netns del lan
nothing_left "nothing is left"
rm -rf "$T"
scenario_done
