#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dump-at-boot.sh - what a saved ruleset has of guests long gone: the first event of any kind takes it away.
#
# An administrator saves `nft list ruleset` while guests run. At the next boot it is
# loaded, and there are neither guests nor notes. With the dump, each event must end
# in the very rules that it ends in without.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}

# --------------------------------------- one host from nothing: dump-at-boot.sh full|EVENT [DUMP]

policy() {
	cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[network held]
bridge=held0
address=192.168.40.1/24 fd40::1/64
forward=nat
acl=list
HELD

[network a]
bridge=na0
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=wan
isolated=yes
host-services=dhcp dns ping tcp/8000-8080
acl=list

[network any]
bridge=any0
address=192.168.20.1/24 fd20::1/64
forward=nat

[network pub]
backend=route
forward=route
address=10.0.0.1/32 fe80::1/64

[network bridged]
bridge=nb0
address=192.168.60.1/24 fd60::1/64
forward=bridge
masquerade=both

[vif open]
locking-mode=unlocked

[vif *]

[forward web]
network=a
listen-port=8080
target=192.168.10.11
target-port=80

[forward web6]
network=a
listen-port=8080
target=fd10::11
target-port=80

[forward range]
network=a
listen-port=9000-9010
target=192.168.10.11

[acl list]
rule=drop egress tcp port 25
rule=allow egress
rule=allow ingress tcp port 80
END
	sed -i "s/^HELD\$/${1:-}/" "$XNM_CONFIG"
}

# guest D [KEY=VALUE]...: online
guest() {
	guest_new "$1" 0 "${@:2}"
	try hotplug online "$1" 0
	[ "$rc:$out" = 0: ] || echo "guest $1: $rc:$out"
}

# foreign: somebody's chains that drop what they do not know, into which we put rules that let a network through
foreign() {
	cat <<'END'
table ip filter {
	chain FORWARD {
		type filter hook forward priority 0; policy drop;
		jump DOCKER-USER
	}
	chain DOCKER-USER {
		return
	}
}
table ip6 filter {
	chain FORWARD {
		type filter hook forward priority 0; policy drop;
	}
}
END
}

# a bridge of the host's own, with an address that it has each time
own_bridge() {
	bridge_new br0
	ip link set br0 address 02:00:00:00:00:01
}

full() {
	foreign | nft -f -
	own_bridge
	guest 1 bridge=br0 ip="192.0.2.1 2001:db8::1"
	guest 2 bridge=a ip="192.168.10.11 fd10::11"
	guest 3 bridge=a
	guest 4 bridge=pub ip="10.9.9.4 2001:db8:9::4"
	guest 5 bridge=any ip="192.168.20.5 fd20::5" type=vif_ioemu
	tap_new 5 0
	try hotplug add 5 0
	[ "$rc:$out" = 0: ] || echo "the tap of guest 5: $rc:$out"
	guest 6 bridge=bridged
	guest 7 bridge=br0
	try "$XNM_UDEV" boot
	[ "$rc:$out" = 0: ] || echo "boot: $rc:$out"
}

# once EVENT: the first one after a boot
once() {
	case $1 in
	online | refused | open | tap | add | offline) own_bridge ;;
	esac
	case $1 in
	online)
		guest_new 2 0 bridge=br0 ip="192.0.2.2 2001:db8::2"
		try hotplug online 2 0
		;;
	network)
		guest_new 3 0 bridge=a ip="192.168.10.13 fd10::13"
		try hotplug online 3 0
		;;
	forward)
		guest_new 4 0 bridge=a ip="192.168.10.11 fd10::11"
		try hotplug online 4 0
		;;
	routed)
		guest_new 1 0 bridge=pub ip="10.9.9.1 2001:db8:9::1"
		try hotplug online 1 0
		;;
	bridged)
		guest_new 1 0 bridge=bridged
		try hotplug online 1 0
		;;
	open)
		guest_new 1 0 bridge=br0 name=open
		try hotplug online 1 0
		;;
	refused)
		guest_new 1 0 bridge=nowhere
		try hotplug online 1 0
		;;
	tap)
		guest_new 1 0 bridge=br0 type=vif_ioemu
		tap_new 1 0
		try hotplug add 1 0
		;;
	offline)
		guest_new 1 0 bridge=br0
		try hotplug offline 1 0
		;;
	remove) try hotplug remove 1 0 ;;
	boot | held | mistaken | bare) try "$XNM_UDEV" boot ;;
	nic) try "$XNM_UDEV" add eth0 ;;
	nic-gone) try "$XNM_UDEV" remove eth0 ;;
	gc) try "$XNM_VIF" gc ;;
	reapply) try "$XNM_VIF" reapply 1.0 ;;
	reapply-all) try "$XNM_VIF" reapply all ;;
	esac
	# that the policy cannot be read is also said of what it was needed for
	[ "$1" != mistaken ] || out=
	echo "$1: $rc:$out"
}

if [ $# -gt 0 ]; then
	store_start || exit 1
	lan_new
	case $1 in
	full | held) policy start=boot ;;
	mistaken) echo "[network" >"$XNM_CONFIG" ;;
	bare) rm -f "$XNM_CONFIG" ;;
	*) policy "" ;;
	esac
	case $1 in
	full)
		full
		nft list ruleset
		;;
	tables)
		nft -f "$2"
		nft list table bridge xnm
		nft list table inet xnm
		;;
	*)
		for dump in "${@:2}"; do
			nft -f "$dump" 2>&1
		done
		once "$1"
		ruleset | sed 's/, policy [0-9a-f]*//'
		;;
	esac
	exit
fi

# ------------------------------------------------------------------------------ all of them

lan_or_skip
# /run is another one there
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bash "$0" full >"$dir/dump" 2>&1
check "there is a dump" nft -c -f "$dir/dump"
if [ "$tap_failed" != 0 ]; then
	tap_done
	exit
fi
is "with port forwards of both families" "$(grep -c 'map forwards[46]' "$dir/dump"):$(grep -c 'tcp . 8080 : ' "$dir/dump")" 2:2
is "and rules of ours in others' chains" "$(grep -c 'accept comment "xnm"' "$dir/dump")" 16
check "and much else" test "$(wc -l <"$dir/dump")" -gt 400
# of another version of xnm: tables of the same names, whose sets have other keys
cat >"$dir/older" <<'END'
table bridge xnm {
	comment "made by xnm 0.0.1, policy 00000000, rules 1"
	set guard { type ipv4_addr; elements = { 192.0.2.1 }; }
	set scopes { type ifname . ipv4_addr; elements = { "vif1.0" . 192.0.2.1 }; }
	chain prerouting {
		type filter hook prerouting priority -300; policy accept;
		iifname "vif1.0" drop
	}
}
table inet xnm {
	comment "made by xnm 0.0.1, policy 00000000, rules 2"
	map forwards4 { type inet_service : ipv4_addr; elements = { 8080 : 192.168.10.11 }; }
	map gone { type ipv4_addr : verdict; elements = { 192.0.2.9 : drop }; }
	set closed { type ifname; elements = { "na0", "old0" }; }
	chain dstnat {
		type nat hook prerouting priority -100; policy accept;
		dnat ip to tcp dport map @forwards4
	}
	chain host {
		type filter hook input priority 0; policy accept;
		iifname @closed drop
	}
}
END
check "one of another version" nft -c -f "$dir/older"
# what somebody else has is nobody's to collect
printf 'table inet somebody {\n\tset s { type ifname; elements = { "vif1.0" }; }\n}\n' >"$dir/others"

# ends EVENT [DUMP]...: what the event ends in, behind these
ends() {
	bash "$0" "$@" 2>&1
}
foreign >"$dir/foreign"
# theirs would be there twice, too
bash "$0" tables "$dir/dump" >"$dir/twice"

for event in online network forward routed bridged open refused tap offline remove boot held mistaken bare \
	nic nic-gone gc reapply reapply-all; do
	wanted=$(ends $event "$dir/foreign")
	same "$event takes what is of before" "$(ends $event "$dir/dump")" "$wanted"
	case $event in
	online | network | offline | held | reapply-all)
		same "$event: also if it was loaded twice" "$(ends $event "$dir/dump" "$dir/twice")" "$wanted"
		;;&
	online | network | forward | routed | boot | held | bare | gc)
		same "$event: and if it is of another xnm" "$(ends $event "$dir/foreign" "$dir/older")" "$wanted"
		;;&
	online | boot)
		same "$event: but nothing of somebody else's" "$(ends $event "$dir/dump" "$dir/others")" "$(ends $event "$dir/foreign" "$dir/others")"
		;;
	esac
done

# ----------------------------------------------------------------- until then, and behind it: packets

store_start || exit 1
lan_new
policy ""
serve dom0 dom0 8080
nft -f "$dir/dump"
try "$XNM_UDEV" boot
is "boot" "$rc:$out" 0:
reach "this host's own service has its port back" lan tcp/10.99.0.1/8080="dom0:8080 $lan4" \
	tcp/2001:db8:99::1/8080="dom0:8080 $lan6" udp/10.99.0.1/8080="dom0:8080 $lan4"

# ------------------------------------------------------------------------- while guests are running

# sees: rules, sets and elements, one a line, without those of guest 9, who comes and goes
sees() {
	ruleset | jq -cS '(.set // .map) as $set | if $set.elem
		then (del(.. | .elem?), ($set.elem[] | [ $set.family, $set.name, . ])) else . end' |
		grep -v '^\[.*"vif9\.0"' | sort
}
# who is not where he was when it was saved, and who has gone since
full >"$T/full"
is "guests" "$(cat "$T/full")" ""
nft list ruleset >"$T/dump"
try hotplug offline 2 0
guest_rm 2 0
try hotplug offline 1 0
guest_rm 1 0
guest 8 bridge=a ip="192.168.10.18 fd10::18"
sed -i 's/^target=192.168.10.11$/target=192.168.10.18/; s/^target=fd10::11$/target=fd10::18/' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "the port forwards lead elsewhere" "$rc:$(elements | grep -c '^inet forward.*192.168.10.18')" 0:2
# without a note of other elements of its own, which stay as long as it runs
whole=$(sees)

# loads HOW: as people do
loads() {
	case $1 in
	behind) nft -f "$T/dump" 2>/dev/null || nft delete table inet xnm ;;
	instead) { echo "flush ruleset" && cat "$T/dump"; } | nft -f - ;;
	older) { printf 'delete table %s xnm\n' bridge inet && cat "$dir/older"; } | nft -f - ;;
	elements)
		nft add element inet xnm forwards4 '{ 0.0.0.0/0 . tcp . 2222 : 192.168.10.11 . 22 }'
		nft add element bridge xnm scopes '{ "vif2.0" . 77 }'
		nft add element inet xnm subnets4 '{ 10.77.0.0/16 }'
		;;
	data)
		nft delete element inet xnm forwards4 '{ 0.0.0.0/0 . tcp . 8080 }'
		nft add element inet xnm forwards4 '{ 0.0.0.0/0 . tcp . 8080 : 192.168.10.11 . 80 }'
		;;
	esac
}

# whole_tables: no generation in which a table of ours has gone and is not there again
whole_tables() {
	awk '/^delete table/ { gone[$3 $4] = 1 } /^add table/ { delete gone[$3 $4] }
		/^# new generation/ { for (t in gone) print t; delete gone }' "$T/monitor"
}

for how in instead behind older elements data; do
	for event in online refused offline reapply reapply-all boot nic gc; do
		loads $how || not_ok "load $how"
		"$netns_top/build/nft-13/nft" monitor >"$T/monitor" 2>&1 &
		monitor=$!
		for _ in {1..100}; do
			[ ! -e /proc/$monitor/fd/3 ] || break
			sleep 0.01
		done
		case $event in
		online)
			guest_new 9 0 bridge=br0
			try hotplug online 9 0
			;;
		refused)
			guest_new 10 0 bridge=nowhere
			try hotplug online 10 0
			rc=0 out=
			guest_rm 10 0
			;;
		offline)
			try hotplug offline 9 0
			guest_rm 9 0
			;;
		reapply) try "$XNM_VIF" reapply 7.0 ;;
		reapply-all) try "$XNM_VIF" reapply all ;;
		boot) try "$XNM_UDEV" boot ;;
		nic) try "$XNM_UDEV" add eth0 ;;
		gc) try "$XNM_VIF" gc ;;
		esac
		is "$how: $event" "$rc:${out#0 vifs removed}" 0:
		same "$how: $event brings it to what is noted" "$(sees)" "$whole"
		kill $monitor || not_ok "$how: $event: nft monitor has ended"
		wait $monitor 2>/dev/null
		is "$how: $event: at no moment without the tables" "$(whole_tables)" ""
	done
done

# -- a vif whose notes are lost, and that runs: what may be its own stays
rm "$XNM_RUN_DIR/vif/7.0"
loads elements
try "$XNM_UDEV" boot
is "with notes lost: boot" "$rc:$out" 0:
is "what a vif has that runs without notes stays" "$(elements | grep -c '"vif7\.0"')" "$(grep -o '"vif7\.0"' <<<"$whole" | wc -l)"
nft delete element bridge xnm guard '{ "vif3.0" }'
try "$XNM_UDEV" boot
is "also when the tables are made anew for others" "$(elements | grep -c '"vif7\.0"'):$(elements | grep -c '^bridge guard: "vif3.0"')" \
	"$(grep -o '"vif7\.0"' <<<"$whole" | wc -l):1"
try "$XNM_VIF" reapply 7.0
is "its own reapply notes it again" "$rc:$out" 0:
try "$XNM_UDEV" boot
same "and then the next event finds what is too much" "$(sees)" "$whole"
tap_done
