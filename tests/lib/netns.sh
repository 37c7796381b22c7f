# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# netns.sh - a small Xen host without Xen for one test: own namespaces, the real xenstored, veth pairs as vifs.
#
# A bash test sources this file first. It is then run again in fresh mount, net
# and pid namespaces, which all die with it, so tests may run side by side:
#
#	dom0 (the test's namespace)              guest of domain D, device N (gD.N)
#	+---------------------------------+      +----------------+
#	| xenstored   bridge -- vifD.N ---|------|--- eth0        |
#	|               `------ vifD.N-emu|      +----------------+
#	+---------------------------------+
#
# What libxl writes to xenstore and how it calls the hotplug script are redone
# here: tools/libs/light/libxl_nic.c (libxl__set_xenstore_nic) and
# libxl_linux.c (get_hotplug_env, libxl__hotplug_nic) of Xen 4.17.

netns_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/lib/tap.sh
. "$netns_top/tests/lib/tap.sh"

O=${O:-build}
case $O in
/*) ;;
*) O=$netns_top/$O ;;
esac
export O
XNM_VIF=${XNM_VIF:-$O/xnm-vif}
XNM=${XNM:-$O/xnm}
xen_tools=${XNM_XEN_TOOLS:-$O/xen-tools}
export XNM_VIF XNM
# Debian's programs first: a stand-in that looks for the right version of python3 takes a second each time
export PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH:$xen_tools/usr/bin"
export LC_ALL=C.UTF-8
unset TZ DOMID

# netns_missing: print why these tests cannot run here, or nothing
netns_missing() {
	local what

	[ "$(id -u)" -eq 0 ] || {
		echo "needs root, for namespaces"
		return
	}
	for what in ip bridge nft jq unshare; do
		command -v $what >/dev/null || {
			echo "$what is not installed (tests/lib/deps.sh test)"
			return
		}
	done
	# several tests may come here at the same time
	if ! (
		mkdir -p "$xen_tools" && flock 9 &&
			"$netns_top/tests/lib/fetch-debs.sh" "$xen_tools" \
				xen-utils-4.17 xen-utils-common xenstore-utils >&2
	) 9>>"$xen_tools.lock"; then
		echo "cannot get Debian's xenstored"
		return
	fi
	# a test that goes on without it says so itself
	! grep -q 'dump_loads\|/nft-13/' "$0" || sh "$netns_top/tests/lib/nft-13.sh" "$netns_top/build/nft-13" >&2 || :
	for what in "$O/tests/fakexen.so" "$O/tests/launch"; do
		[ -e "$what" ] || {
			echo "$what is not built"
			return
		}
	done
}

if [ -z "${XNM_IN_NETNS:-}" ]; then
	netns_why=$(netns_missing)
	if [ -n "$netns_why" ]; then
		skip "$(basename "$0")" "$netns_why"
		tap_done
		exit
	fi
	XNM_IN_NETNS=1 exec unshare --mount --net --pid --fork --kill-child --mount-proc \
		bash "$0" "$@"
fi
# a program under test may start this test's other programs, but no second test
unset XNM_IN_NETNS

# /sys/class/net of the host would show the host's devices
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
[ "$(readlink -f /var/run)" = /run ] || mount --bind /run /var/run
# the stock scripts insist on this folder
mount -t tmpfs -o mode=755 tmpfs /var/log
mkdir -p /var/log/xen /run/xen /run/xenstored /run/lock
# the stock scripts' hooks, and no administrator's
if [ -d /etc/xen ]; then mount -t tmpfs -o mode=755 tmpfs /etc/xen; fi
# nor what an administrator has said of the cards of this machine
for netns_dir in /etc/network /etc/NetworkManager /etc/connman; do
	[ ! -d $netns_dir ] || mount -t tmpfs -o mode=755 tmpfs $netns_dir
done
ip link set lo up
T=/run/test
mkdir -p "$T"

# no policy, unless a test makes one there
export XNM_CONFIG=$T/xnm.ini
export XNM_RUN_DIR=/run/xnm
# it outlives reboots of a host, but not of this one
export XNM_STATE_DIR=$T/lib
unset XNM_FAIL_AT XNM_LOG

export VIF_BRIDGE=$xen_tools/etc/xen/scripts/vif-bridge
HOTPLUG=$XNM_VIF
LAUNCH=$O/tests/launch
backend=/local/domain/0/backend/vif

# A search for leaks reads the room for a whole policy, tens of megabytes, which takes ten times as long as
# all else that a short run does. It is made in tests that say "# leaks: REASON" in their first lines.
head -n 20 "$0" | grep -q '^# leaks: .' || export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

# often COUNT FEW: how many times to do what luck or numbers decide: COUNT, or FEW with sanitizers, where
# each time takes several times as long; make check-many is for these tests with the ordinary build
often() {
	if [ -n "${XNM_FEW:-}" ]; then
		echo "$2"
	else
		echo "$1"
	fi
}

# ---------------------------------------------------------------- xenstore

store_start() {
	local i

	LD_PRELOAD=$O/tests/fakexen.so "$xen_tools/usr/lib/xen-4.17/bin/xenstored" \
		--internal-db --pid-file /run/xenstored/pid </dev/null >/dev/null 2>&1 ||
		return 1
	for ((i = 0; i < 200; i++)); do
		[ -S /run/xenstored/socket ] &&
			xs_write /local/domain/0/domid 0 /local/domain/0/name Domain-0 2>/dev/null &&
			return 0
		sleep 0.02
	done
	echo "xenstored does not answer" >&2
	return 1
}

store_stop() {
	kill "$(cat /run/xenstored/pid)"
	rm -f /run/xenstored/socket
}

# xs_write PATH VALUE [PATH VALUE]...
xs_write() {
	xenstore-write -- "$@"
}

# xs_read PATH: the value, or nothing
xs_read() {
	xenstore-read -- "$1" 2>/dev/null
}

xs_exists() {
	xenstore-exists -- "$1"
}

# xs_rm PATH...: nothing there is fine
xs_rm() {
	xenstore-rm -- "$@" 2>/dev/null || :
}

# ------------------------------------------------------------------ guests

# what a test needs to know of a vif after its keys are gone, by D.N
declare -A guest_is_ioemu guest_gatewaydev guest_mac guest_vm

# guest_uuid D: that of a guest which is called guestD
guest_uuid() {
	printf '%08x-0000-4000-8000-%012x' "$1" "$1"
}

# name_uuid NAME: a guest keeps its UUID through a migration and a reboot, as it keeps its name
name_uuid() {
	local name=${1%--incoming} sum

	name=${name%--migratedaway}
	if [[ $name =~ ^guest([0-9]{1,5})$ ]]; then
		guest_uuid "${BASH_REMATCH[1]}"
	else
		sum=$(cksum <<<"$name")
		printf '%08x-1111-4000-8000-%012x' "${sum% *}" "${sum% *}"
	fi
}

# keys_new D N [KEY=VALUE | -KEY]...: what libxl writes before it calls the script
#
# name= and uuid= are the domain's; all other keys go to the backend folder,
# -KEY leaves one of the usual keys out.
keys_new() {
	local domid=$1 devid=$2 pair key uuid name mac
	local be=$backend/$1/$2 fe=/local/domain/$1/device/vif/$2 lx=/libxl/$1/device/vif/$2
	local -A keys
	local -a words=()

	shift 2
	printf -v mac '00:16:3e:%02x:%02x:%02x' $((domid / 256)) $((domid % 256)) "$devid"
	keys=(
		[frontend]=$fe [frontend-id]=$domid [online]=1 [state]=2
		[script]=$HOTPLUG
		[mac]=$mac
		[bridge]=br0 [handle]=$devid [type]=vif [hotplug-status]=""
	)
	uuid=
	name=guest$domid
	for pair in "$@"; do
		case $pair in
		-*) unset "keys[${pair#-}]" ;;
		name=*) name=${pair#name=} ;;
		uuid=*) uuid=${pair#uuid=} ;;
		*)
			key=${pair%%=*}
			keys[$key]=${pair#*=}
			;;
		esac
	done
	[ -n "$uuid" ] || uuid=$(name_uuid "$name")
	guest_is_ioemu[$domid.$devid]=
	[ "${keys[type]:-}" != vif_ioemu ] || guest_is_ioemu[$domid.$devid]=1
	guest_gatewaydev[$domid.$devid]=${keys[gatewaydev]:-}
	guest_mac[$domid.$devid]=${keys[mac]:-}
	guest_vm[$domid]=/vm/$uuid

	for key in "${!keys[@]}"; do
		words+=("$be/$key" "${keys[$key]}" "$lx/$key" "${keys[$key]}")
	done
	xs_write "${words[@]}" \
		"$fe/backend" "$be" "$fe/backend-id" 0 "$fe/state" 1 "$fe/handle" "$devid" \
		"$fe/mac" "${keys[mac]:-}" "$fe/trusted" 1 "$fe/mtu" "" \
		"$lx/frontend" "$fe" "$lx/backend" "$be" \
		"/local/domain/$domid/domid" "$domid" "/local/domain/$domid/name" "$name" \
		"/local/domain/$domid/vm" "/vm/$uuid" \
		"/vm/$uuid/uuid" "$uuid" "/vm/$uuid/name" "$name"
}

# keys_rm D N: what libxl removes after the offline, empty parents too
keys_rm() {
	local domid=$1 devid=$2 vifs

	vifs=$(xenstore-list "$backend/$domid" 2>/dev/null)
	if [ -n "$vifs" ] && [ "$vifs" != "$devid" ]; then
		xs_rm "$backend/$domid/$devid" "/local/domain/$domid/device/vif/$devid" \
			"/libxl/$domid/device/vif/$devid"
		return
	fi
	xs_rm "/local/domain/$domid" "/libxl/$domid" ${guest_vm[$domid]:+"${guest_vm[$domid]}"} "$backend/$domid"
	[ -n "$(xenstore-list "$backend" 2>/dev/null)" ] || xs_rm "$backend"
}

# netdev_new D N: the vif as netback registers it, and the guest's eth0 behind it
netdev_new() {
	local mac=${guest_mac[$1.$2]:-}

	[ -e "/run/netns/g$1.$2" ] || ip netns add "g$1.$2"
	# netfront takes its address from the keys; tests that write nonsense there mean no guest
	[[ $mac =~ ^[0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}$ && $mac =~ [1-9a-fA-F] ]] || mac=
	ip link add "vif$1.$2" address fe:ff:ff:ff:ff:ff txqueuelen 32 \
		type veth peer name eth0 ${mac:+address "$mac"} netns "g$1.$2"
}

# netdev_rm D N: whatever the vif is called now
netdev_rm() {
	ip -n "g$1.$2" link del eth0 2>/dev/null || :
}

# tap_new D N: the emulated NIC's device, as the device model makes it
tap_new() {
	ip tuntap add "vif$1.$2-emu" mode tap
}

# With guests_stay=yes, a guest's network namespace is there for the next guest of this number: a test that
# leaves nothing there but on eth0 need not wait for a new one each time.
guests_stay=

# guest_new D N [KEY=VALUE]...
guest_new() {
	keys_new "$@"
	netdev_new "$1" "$2"
}

guest_rm() {
	netdev_rm "$1" "$2"
	keys_rm "$1" "$2"
	[ -n "$guests_stay" ] || ip netns del "g$1.$2" 2>/dev/null || :
}

# guest_up D N ADDRESS/LEN...: configure the guest's own interface
guest_up() {
	local netns=g$1.$2 address

	shift 2
	# a bridge that gets a new port would delay the check for duplicates
	ip netns exec "$netns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad'
	for address in "$@"; do
		ip -n "$netns" addr add "$address" dev eth0
	done
	ip -n "$netns" link set eth0 up
}

# guest_ping D N ADDRESS: an answer within two seconds; a port may just be coming up
guest_ping() {
	local i

	for ((i = 0; i < 7; i++)); do
		ip netns exec "g$1.$2" ping -q -n -c 1 -W 0.3 "$3" >/dev/null 2>&1 && return 0
		# without a route or neighbour it fails at once
		sleep 0.02
	done
	return 1
}

# guests_new FIRST COUNT BRIDGE...: many guests at once, spread over the bridges; their far ends share the namespace "guests"
guests_new() {
	local first=$1 count=$2 d bridge uuid fe be
	local -a bridges=("${@:3}") words=()

	if [ ! -e /run/netns/guests ]; then
		ip netns add guests
		# a thousand guests that solicit routers, each heard by all others, are all that runs
		ip netns exec guests sh -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
	fi
	for ((d = first; d < first + count; d++)); do
		echo "link add vif$d.0 address fe:ff:ff:ff:ff:ff txqueuelen 32 type veth peer name p$d netns guests"
	done | ip -batch -
	for ((d = first; d < first + count; d++)); do
		echo "link set p$d up"
	done | ip -n guests -batch -
	for ((d = first; d < first + count; d++)); do
		bridge=${bridges[d % ${#bridges[@]}]}
		uuid=$(guest_uuid "$d")
		fe=/local/domain/$d/device/vif/0
		be=$backend/$d/0
		words+=(
			"$be/frontend" "$fe" "$be/frontend-id" "$d" "$be/online" 1 "$be/state" 2
			"$be/script" "$HOTPLUG" "$be/handle" 0 "$be/type" vif "$be/bridge" "$bridge"
			"$be/mac" "$(printf '00:16:3e:%02x:%02x:00' $((d / 256)) $((d % 256)))"
			"$be/hotplug-status" "" "$fe/backend" "$be" "$fe/mtu" ""
			"/local/domain/$d/name" "guest$d" "/local/domain/$d/vm" "/vm/$uuid"
			"/vm/$uuid/name" "guest$d"
		)
		if [ ${#words[@]} -gt 400 ]; then
			xs_write "${words[@]}"
			words=()
		fi
	done
	[ ${#words[@]} -eq 0 ] || xs_write "${words[@]}"
}

# guests_rm FIRST COUNT: netdevs and keys of guests_new
guests_rm() {
	local first=$1 count=$2 d

	for ((d = first; d < first + count; d++)); do
		echo "link del p$d"
	done | ip -n guests -force -batch - 2>/dev/null
	for ((d = first; d < first + count; d++)); do
		echo "$backend/$d" "/local/domain/$d" "/vm/$(guest_uuid "$d")"
	done | xargs -n 30 xenstore-rm 2>/dev/null || :
}

# bridge_new NAME [OPTION OF ip link]...
bridge_new() {
	local name=$1

	shift
	ip link add name "$name" type bridge "$@"
	ip link set "$name" up
}

# ----------------------------------------------------------------- hotplug

# hotplug VERB D N [TYPE [ARGUMENT]...]: run $HOTPLUG as libxl runs it
#
# These change the call: hotplug_path (XENBUS_PATH), hotplug_env and
# hotplug_launch (arrays of NAME=VALUE and of options of launch).
hotplug_path=
hotplug_env=()
hotplug_launch=()
hotplug() {
	local verb=$1 domid=$2 devid=$3 type=${4:-} pair
	local -a env

	shift $(($# > 4 ? 4 : $#))
	if [ -z "$type" ]; then
		type=vif
		case $verb in add | remove) type=tap ;; esac
	fi
	env=(
		-e "script=$HOTPLUG" -e XENBUS_TYPE=vif
		-e "XENBUS_PATH=${hotplug_path:-backend/vif/$domid/$devid}"
		-e XENBUS_BASE_PATH=backend
		-e "netdev=${guest_gatewaydev[$domid.$devid]:-}"
		-e "vif=vif$domid.$devid"
	)
	# libxl sets it for both runs of an emulated NIC
	[ -z "${guest_is_ioemu[$domid.$devid]:-}" ] || env+=(-e "INTERFACE=vif$domid.$devid-emu")
	for pair in "${hotplug_env[@]}"; do
		env+=(-e "$pair")
	done
	"$LAUNCH" -t 40 "${hotplug_launch[@]}" "${env[@]}" "$HOTPLUG" "$verb" "type_if=$type" "$@"
}

# try COMMAND...: sets rc and out (both streams)
rc=0
out=
try() {
	rc=0
	out=$("$@" 2>&1) || rc=$?
}

# guests_go D...: vif D.0 of each goes offline in silence, with its netdev and keys behind it
guests_go() {
	local d

	for d in "$@"; do
		try hotplug offline "$d" 0
		[ "$rc:$out" = 0: ] || not_ok "guest $d goes" "$rc:$out"
		guest_rm "$d" 0
	done
}

# hotplug_all VERB FIRST COUNT [OPTION OF launch]...: for the guests FIRST.0, FIRST+1.0, ..., all at once
hotplug_all() {
	local verb=$1 first=$2 count=$3

	shift 3
	"$LAUNCH" -t 40 -p "$count" -i "$first" "$@" -e "script=$HOTPLUG" -e XENBUS_TYPE=vif \
		-e XENBUS_PATH=backend/vif/%/0 -e XENBUS_BASE_PATH=backend -e netdev= -e vif=vif%.0 \
		"$HOTPLUG" "$verb" type_if=vif
}

# ------------------------------------------------------------------- facts

link_exists() {
	[ -e "/sys/class/net/$1" ]
}

# link_master NAME: the bridge it is a port of, or nothing
link_master() {
	local key value

	# these helpers are called thousands of times: a program less in each is minutes in all
	while IFS='=' read -r key value; do
		if [ "$key" = INTERFACE ]; then echo "$value"; fi
	done 2>/dev/null <"/sys/class/net/$1/master/uevent"
}

link_is_up() {
	local flags

	read -r flags 2>/dev/null <"/sys/class/net/$1/flags" && ((flags & 1))
}

link_mtu() {
	cat "/sys/class/net/$1/mtu"
}

link_mac() {
	cat "/sys/class/net/$1/address"
}

# link_addresses NAME: all of both families, one per line
link_addresses() {
	local address

	ip -o addr show dev "$1" | while read -r _ _ _ address _; do
		echo "$address"
	done
}

# port_flag NAME FLAG: true or false
port_flag() {
	ip -j -d link show dev "$1" | jq -r ".[0].linkinfo.info_slave_data.$2"
}

# bridge_ports NAME: sorted, on one line
bridge_ports() {
	find "/sys/class/net/$1/brif" -mindepth 1 -printf '%f\n' 2>/dev/null | sort | xargs
}

# ruleset: all of nftables, one object a line, without counters and what they count; tables and the elements of
# a set in an order of their own, whichever was made first
jq_ruleset='
		[ .nftables[] | select(.metainfo | not) ]
		| sort_by(to_entries[0].value | [.family, if .table then .table else .name end])[]
		| walk(if type == "object" then del(.handle) else . end)
		| if .set.name == "drops" then del(.set.elem) else . end
		# a new bridge has a random MAC, of which its link-local address is made
		| if (.set.name // "" | startswith("owned")) and .set.elem
			then .set.elem |= map(select(.concat[1] | tostring |
				(startswith("fe80") or startswith("0xfe80")) and (test("216:?3e|fc:?ff:?ff:?ff:?fe:?ff:?ff:?ff") | not) | not))
			else . end
		| if .set.elem == [] then del(.set.elem) else . end
		| if .set.elem then .set.elem |= sort elif .map.elem then .map.elem |= sort else . end'
ruleset() {
	nft -j -s list ruleset | jq -cS "$jq_ruleset"
}

# filter_elements: what is in the sets of our tables, one element a line
filter_elements() {
	nft -j -s list ruleset | jq -r '
		.nftables[] | .set // .map // empty | select(.table == "xnm")
		| "\(.family)/\(.name) " + ((.elem // [])[] | tostring)'
}

# leftovers: what a host without guests should not have; nothing if it is clean
leftovers() {
	local file folder

	find /sys/class/net -mindepth 1 -name 'vif*' -printf 'device %f\n'
	for folder in vif bridge vifname network address prefix mac classes dhcp/*.hosts; do
		# shellcheck disable=SC2231 # the pattern in it is meant
		for file in "$XNM_RUN_DIR/$folder"/* "$XNM_RUN_DIR/$folder"/.[!.]*; do
			if [ -e "$file" ] || [ -L "$file" ]; then echo "note $file"; fi
		done
	done
	filter_elements | sed 's/^/element /'
	programs_left
}

# programs_left: processes of the programs under test that stay; who has deleted something from nftables leaves his
# socket to a child, which ends within some 100 ms
programs_left() {
	local i

	for ((i = 0; i < 50; i++)); do
		[ -n "$(programs_running)" ] || return 0
		sleep 0.02
	done
	programs_running
}

programs_running() {
	readlink /proc/[0-9]*/exe | grep -E "^($XNM_VIF|$XNM|.*/xnm-vif.*)\$"
}

assert_clean() {
	is "$1" "$(leftovers)" ""
}

# assert_forwards NAME: as assert_clean, but this host may still forward: a bridge or a veth device that a test
# makes behind its first guest is another program's, as a container's would be, which may need it
assert_forwards() {
	is "$1" "$(leftovers | grep -v '/network/[+@]\|^element inet/apart')" ""
}

# snapshot: the state of this host as text, without what differs from one time to the next, and without what
# only saves the next run a look (sent=)
snapshot() {
	local dev file

	# one jq for all, as starting it is what takes its time
	{
		ip -j -d link
		ip -j addr
		nft -j -s list ruleset
	} | jq -cnS '"== links", (input |
		[ .[] | {
			ifname, mtu, address, group, txqlen, altnames, ifalias, promiscuity,
			up: (.flags | index("UP") != null), master,
			kind: .linkinfo.info_kind, port: .linkinfo.info_slave_data,
			bridge: (.linkinfo.info_data // {} | {stp_state, vlan_filtering, forward_delay})
		}
		# a bridge without ports has a random MAC, as an ifb; addresses of ports are all alike
		| if .kind == "bridge" or .kind == "ifb" then del(.address) else . end
		# numbers of ports go by who came first, state follows the carrier later
		| if .port then .port |= with_entries(select(.key | test("^(id|no|designated_.*|.*timer|bridge_id|root_id|state|config_pending|topology_change_ack)$") | not)) else . end
		] | sort_by(.ifname)[] | ["link", .]),
		"== addresses", (input | [ .[] | .ifname as $i | .addr_info[] | select(.scope != "link" or ($i | startswith("vif")))
		| [$i, .local, .prefixlen] ] | sort[]),
		"== nftables", (input | '"$jq_ruleset)"
	echo "== IPv6"
	for dev in /proc/sys/net/ipv6/conf/vif*; do
		[ ! -e "$dev" ] || echo "${dev##*/} $(<"$dev/disable_ipv6")"
	done
	echo "== notes"
	(
		cd "$XNM_RUN_DIR" 2>/dev/null || exit 0
		find . ! -type d ! -path './applied/*' ! -name lock ! -path ./nft ! -name '*.tmp' | sort | while read -r file; do
			if [ -L "$file" ]; then echo "-- $file $(readlink "$file")"; else echo "-- $file"; grep -Ev '^element=bridge/owned(6|-targets6) .{8}fe80|^(sent|newest|set)=' "$file"; fi
		done
	)
	echo "== routes"
	for dev in -4 -6; do
		ip "$dev" -batch - <<<$'route show proto 88\nneigh show nud permanent\nneigh show proxy'
	done | sort
	echo "== xenstore"
	{
		xenstore-ls -f "$backend" 2>/dev/null | grep /hotplug-
		xenstore-ls -f /local/domain 2>/dev/null | grep -E '/device/vif/[0-9]+/mtu|/xnm/vif/'
	} | sort
}

# ------------------------------------------------------------- assertions

# assert_online NAME D N BRIDGE [IFNAME]: the last try succeeded in silence and the vif is as it should be
assert_online() {
	local name=$1 domid=$2 devid=$3 bridge=$4 dev=${5:-vif$2.$3} wrong=

	[ "$rc" -eq 0 ] || wrong+="exit status $rc"$'\n'
	[ -z "$out" ] || wrong+="it says: $out"$'\n'
	if ! link_exists "$dev"; then
		wrong+="no device $dev"$'\n'
	else
		[ "$(link_master "$dev")" = "$bridge" ] || wrong+="master is '$(link_master "$dev")'"$'\n'
		link_is_up "$dev" || wrong+="$dev is down"$'\n'
		[ -z "$(link_addresses "$dev")" ] || wrong+="addresses: $(link_addresses "$dev")"$'\n'
	fi
	[ -e "$XNM_RUN_DIR/vif/$domid.$devid" ] || wrong+="no state file"$'\n'
	[ "$(xs_read "$backend/$domid/$devid/hotplug-status")" = connected ] ||
		wrong+="hotplug-status is '$(xs_read "$backend/$domid/$devid/hotplug-status")'"$'\n'
	! xs_exists "$backend/$domid/$devid/hotplug-error" ||
		wrong+="hotplug-error is '$(xs_read "$backend/$domid/$devid/hotplug-error")'"$'\n'
	if [ -z "$wrong" ]; then ok "$name"; else not_ok "$name" "${wrong%$'\n'}"; fi
}

# difference WANTED GOT: of long texts; '-' stands before what is missing, '+' before what is too much
difference() {
	# not every machine has the /dev/fd that <() needs
	printf '%s\n' "$1" >"$T/wanted"
	printf '%s\n' "$2" >"$T/got"
	diff -U2 "$T/wanted" "$T/got" | tail -n +3 | head -60
}

# same NAME GOT WANTED: long texts, of which only the difference is shown
same() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "- wanted, + got:" "$(difference "$3" "$2")"
	fi
}

# assert_unchanged NAME SNAPSHOT: the last try succeeded in silence and the state is as it was
assert_unchanged() {
	same "$1" "$rc:$out"$'\n'"$(snapshot)" "0:"$'\n'"$2"
}

# down_and_alone NAME...: print what is wrong about devices that must be down and attached nowhere
down_and_alone() {
	local dev

	for dev in "$@"; do
		link_exists "$dev" || continue
		[ -z "$(link_master "$dev")" ] || echo "$dev is attached to $(link_master "$dev")"
		! link_is_up "$dev" || echo "$dev is up"
		[ -z "$(link_addresses "$dev")" ] || echo "$dev has $(link_addresses "$dev")"
	done
}

# assert_offline NAME D N [IFNAME]: the last try succeeded in silence, the vif is down and no notes are left
assert_offline() {
	local name=$1 domid=$2 devid=$3 dev=${4:-vif$2.$3} wrong=

	[ "$rc" -eq 0 ] || wrong+="exit status $rc"$'\n'
	[ -z "$out" ] || wrong+="it says: $out"$'\n'
	wrong+=$(down_and_alone "$dev" "vif$domid.$devid")
	[ ! -e "$XNM_RUN_DIR/vif/$domid.$devid" ] || wrong+="state file is left"$'\n'
	if [ -z "$wrong" ]; then ok "$name"; else not_ok "$name" "${wrong%$'\n'}"; fi
}

# assert_refused NAME D N PATTERN...: the last try failed as it should: exit 1, one line for which every
# pattern holds, the same told to libxl, the vif down and attached nowhere, no notes
assert_refused() {
	local name=$1 domid=$2 devid=$3 pattern error status wrong=

	shift 3
	[ "$rc" -eq 1 ] || wrong+="exit status $rc, wanted 1"$'\n'
	[[ -n $out && $out != *$'\n'* ]] || wrong+="not one line"$'\n'
	# nothing a guest's file says may reach a terminal raw
	[[ ${out//$'\n'/} != *[[:cntrl:]]* ]] || wrong+="control characters"$'\n'
	for pattern in "$@"; do
		[[ $out =~ $pattern ]] || wrong+="the line does not match: $pattern"$'\n'
	done
	error=$(xs_read "$backend/$domid/$devid/hotplug-error")
	status=$(xs_read "$backend/$domid/$devid/hotplug-status")
	[ -n "$error" ] || wrong+="no hotplug-error"$'\n'
	[ "$status" = error ] || wrong+="hotplug-status is '$status'"$'\n'
	wrong+=$(down_and_alone "vif$domid.$devid")
	[ ! -e "$XNM_RUN_DIR/vif/$domid.$devid" ] || wrong+="state file is left"$'\n'
	if [ -z "$wrong" ]; then
		ok "$name"
	else
		not_ok "$name" "${wrong%$'\n'}" "it says: $out" "hotplug-error: $error"
	fi
}
