#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cycles.sh - vifs of every kind come and go a hundred times, and the host ends as one where they had come but once.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

if ! command -v nft >/dev/null; then
	skip "cycles" "nft is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
store_start || exit 1
cycles=${XNM_CYCLES:-$(often 100 10)}
vifs=50
seed=${XNM_SEED:-$RANDOM}
RANDOM=$seed
echo "# XNM_SEED=$seed"

# ------------------------------------------------------------------ the host

# no addresses of their own, which come when they like, and a bridge that always has a carrier
for dev in eth0 eth1 lan; do
	ip link add $dev type veth peer name $dev-far
	ip link set $dev addrgenmode none
	ip link set $dev-far addrgenmode none
	ip link set $dev-far up
	ip link set $dev up
done
ip link add br0 type bridge
ip link set br0 addrgenmode none
ip link set lan master br0
ip link set br0 up
for ((i = 0; i < 100; i++)); do
	[ -z "$(ip -6 route show table all dev br0)" ] || break
	sleep 0.05
done
ip addr add 192.0.2.1/24 dev eth0
ip addr add 198.51.100.1/24 dev eth1
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0

[uplink other]
interface=eth1

[network nat]
bridge=nat0
address=10.77.0.1/24 fd00:77::1/64
forward=nat
uplink=wan
acl=out-only

[network ports]
bridge=ports0
address=10.78.0.1/24 fd00:78::1/64
forward=nat
uplink=other
snat=198.51.100.1
host-services=dns tcp/8000-8010

[network apart]
bridge=apart0
address=10.79.0.1/24 fd00:79::1/64
forward=nat
isolated=yes

[network public]
backend=route
uplink=wan

[network via]
bridge=via0
address=10.80.0.1/24
forward=route
uplink=wan

[acl out-only]
rule=allow egress
default=reject

[acl web]
rule=allow ingress tcp port 80,443
rule=allow egress

[forward http]
network=ports
listen-port=80,8000-8004
target=ports31

[forward ssh]
network=ports
listen-address=198.51.100.1
listen-port=2200-2203
target=10.78.0.32
target-port=3200-3203

[vif unlocked*]
locking-mode=unlocked

[vif router*]
ipv4-allowed=10.1.0.0/16 10.2.8.0/24
ipv6-allowed=any
allow=router dhcp-server

[vif web*]
network=nat
acl=web

[vif *]
END

declare -a kinds is_on is_there

# kind_of D: what sort of vif guest D has; its other keys are in kind_keys
kind_of() {
	local d=$1

	kind_keys=()
	case $((d % 10)) in
	1 | 2) kind=locked kind_keys=("ip=10.0.0.$d 2001:db8::$d") ;;
	3) kind="mac-only" ;;
	4) kind=unlocked kind_keys=("ip=10.0.0.$d") ;;
	5) kind=nat kind_keys=(bridge=nat "ip=10.77.0.$d fd00:77::$d") ;;
	6) kind=ports kind_keys=(bridge=ports "ip=10.78.0.$d fd00:78::$d") ;;
	7) kind=public kind_keys=(bridge=public "ip=203.0.113.$d 2001:db8:1::$d") ;;
	8) kind=apart kind_keys=(bridge=apart "ip=10.79.0.$d fd00:79::$d") ;;
	9) kind=web kind_keys=("ip=10.77.0.$d") ;;
	0) kind=tap kind_keys=(type=vif_ioemu bridge=nat "ip=10.77.0.$d") ;;
	esac
	case $d in
	11) kind=router ;;
	21 | 27) kind_keys+=("vifname=lan$d") ;;
	31) kind=ports kind_keys=(bridge=ports "ip=10.78.0.31 fd00:78::31") ;;
	# its second address is in no subnet of its bridge: the host has a route to it
	35) kind=via kind_keys=(bridge=via "ip=10.80.0.$d 172.16.0.$d") ;;
	esac
}

make_guest() {
	local d=$1 kind
	local -a kind_keys

	kind_of "$d"
	kinds[d]=$kind
	guest_new "$d" 0 "name=$kind$d" "${kind_keys[@]}"
	is_there[d]=1
}

# complain D WHAT COMMAND...: what fails or says anything is noted
complain() {
	local d=$1 what=$2 said

	shift 2
	said=$("$@" 2>&1) && [ -z "$said" ] || echo "vif$d.0 (${kinds[$d]}) $what: $said" >>"$T/complaints"
}

come() {
	complain "$1" online hotplug online "$1" 0
	if [ "${kinds[$1]}" = tap ]; then
		[ -e "/sys/class/net/vif$1.0-emu" ] || tap_new "$1" 0
		complain "$1" add hotplug add "$1" 0
	fi
}

# go D HOW: as an orderly guest, or with the device or the tap gone before
go() {
	if [ "${kinds[$1]}" = tap ] && [ "$2" -lt 2 ]; then
		ip link del "vif$1.0-emu" 2>/dev/null
	fi
	if [ "${kinds[$1]}" = tap ] && [ "$2" -lt 3 ]; then
		complain "$1" remove hotplug remove "$1" 0
	fi
	[ "$2" != 0 ] || netdev_rm "$1" 0
	complain "$1" offline hotplug offline "$1" 0
	if [ "${kinds[$1]}" = tap ] && [ "$2" -ge 3 ]; then
		complain "$1" remove hotplug remove "$1" 0
	fi
}

# turn AT_ONCE D...: those that are off come and the others go, so many at the same time
turn() {
	local at_once=$1 d how n=0

	shift
	for d in "$@"; do
		how=$((RANDOM % 8))
		# a fifth of all comings are for who is there already
		if [ -z "${is_on[$d]:-}" ] || [ $((RANDOM % 5)) = 0 ]; then
			[ -n "${is_there[$d]}" ] || netdev_new "$d" 0
			is_there[d]=1 is_on[d]=1
			come "$d" &
		else
			is_on[d]=
			[ $how != 0 ] || is_there[d]=
			go "$d" $how &
		fi
		n=$((n + 1))
		((n % at_once)) || wait
	done
	wait
}

# choose COUNT: sets chosen
chosen=()
choose() {
	local i k d

	chosen=()
	for ((d = 1; d <= vifs; d++)); do
		chosen+=("$d")
	done
	for ((i = 0; i < $1; i++)); do
		k=$((i + RANDOM % (vifs - i)))
		d=${chosen[k]}
		chosen[k]=${chosen[i]}
		chosen[i]=$d
	done
	chosen=("${chosen[@]:0:$1}")
}

# all_off AT_ONCE
all_off() {
	local d
	local -a on=()

	for ((d = 1; d <= vifs; d++)); do
		[ -z "${is_on[$d]:-}" ] || on+=("$d")
	done
	for d in "${on[@]}"; do
		is_on[d]=
		go "$d" 7 &
		[ "$1" != 1 ] || wait
	done
	wait
}

# ----------------------------------------------------------------- facts

# rules: all tables, without counters and their sets; tables and elements of a set stand in no order
rules() {
	local table

	nft list tables | sort | while read -r table; do
		# shellcheck disable=SC2086 # "table", a family and a name
		nft -s list $table
	done | awk '
		# of the MAC address that the kernel gives to a new bridge it makes a link-local one
		function is_by_chance(one) {
			return one ~ /^[0-9]+ \. (fe80::|0xfe80)/ && one !~ /216:?3e|fcff:?ffff/
		}
		function flush_set(    n, i, k, one, parts) {
			gsub(/[ \t]+/, " ", text)
			sub(/^ elements = \{ /, "", text)
			sub(/ \}$/, "", text)
			n = split(text, parts, /, /)
			for (i = 2; i <= n; i++) {
				one = parts[i]
				for (k = i - 1; k >= 1 && parts[k] > one; k--) parts[k + 1] = parts[k]
				parts[k + 1] = one
			}
			for (i = 1; i <= n && !is_drops; i++)
				if (!is_by_chance(parts[i])) print "\t\telement " parts[i]
			text = ""
		}
		/^\t(set|map) / { is_drops = $2 == "drops" }
		/^\t\telements = / || text != "" {
			text = text " " $0
			if (/\}$/) flush_set()
			next
		}
		{ print }'
}

# ways: rules and routes that are not the kernel's own, neighbours, and settings
ways() {
	for family in -4 -6; do
		ip $family rule
		ip $family route show table all | grep -v 'proto kernel'
	done 2>/dev/null | sort
	ip neigh show nud all | grep -v NOARP | sort
	ip neigh show proxy | sort
	grep -r . /proc/sys/net/ipv4 /proc/sys/net/ipv6 /proc/sys/net/bridge 2>/dev/null |
		grep -v -e /neigh/ -e random -e secret | sort
}

# host_state: that, with all addresses and the routes that the kernel made of them
host_state() {
	ways
	for family in -4 -6; do
		ip $family addr
		ip $family route show table all | sed 's/ expires [0-9]*sec//' | sort
	done 2>/dev/null
}

# everything: the rules, and all else that can be told of this host
everything() {
	# the number of the last change to the rules: it only saves work
	rm -f "$XNM_RUN_DIR/nft"
	rules
	# which has the rules too, but in the order in which they were made
	snapshot | grep -v '^{"'
	ways
}

# run_dir: the files of the run directory that a host without guests has no need of
run_dir() {
	find "$XNM_RUN_DIR" ! -type d ! -name lock ! -name nft -printf '%P\n'
}

# ------------------------------------------------------------------ the test

before=$(host_state)
for ((d = 1; d <= vifs; d++)); do
	make_guest $d
done
# makes the tables, and leaves nothing in them
for d in 1 5; do
	come $d
	go $d 7
done
nothing=$(rules)
is "nothing is online: no set has an element" "$(grep -c element <<<"$nothing")" 0

for ((cycle = 1; cycle <= cycles; cycle++)); do
	choose $((1 + RANDOM % 20))
	turn $((RANDOM % 2 ? 8 : 1)) "${chosen[@]}"
	if ((cycle % 25 == 0)); then
		all_off 8
		same "all offline after $cycle cycles: as if nothing had been online" "$(rules)" "$nothing"
		is "all offline after $cycle cycles: no notes" "$(run_dir)" ""
	fi
done
is "$cycles cycles: nothing fails, nothing is said" "$(cat "$T/complaints" 2>/dev/null)" ""

# some of them, after all that and where nothing else has been
turn 8 $(seq $vifs)
all_off 8
choose $((vifs / 2))
for ((i = 0; i < ${#chosen[@]}; i++)); do
	turn $((i % 2 ? 8 : 1)) "${chosen[i]}"
done
# those that are off begin anew: what is left on a device that goes anyway is not what this is about
for ((d = 1; d <= vifs; d++)); do
	[ -z "${is_on[d]}" ] || continue
	ip link del "vif$d.0-emu" 2>/dev/null
	guest_rm $d 0
	make_guest $d
done
after_cycles=$(everything)
all_off 1
is "all offline: no notes" "$(run_dir)" ""
for ((d = 1; d <= vifs; d++)); do
	ip link del "vif$d.0-emu" 2>/dev/null
	guest_rm $d 0
done
nft flush ruleset
rm -r "$XNM_RUN_DIR"
same "without guests: the host is as it was before" "$(host_state)" "$before"

for ((d = 1; d <= vifs; d++)); do
	make_guest $d
done
turn 1 "${chosen[@]}"
same "some online after $cycles cycles: as where nothing else has been" "$after_cycles" "$(everything)"
all_off 8
same "all offline: as if nothing had been online" "$(rules)" "$nothing"
is "nothing fails, nothing is said" "$(cat "$T/complaints" 2>/dev/null)" ""
for ((d = 1; d <= vifs; d++)); do
	ip link del "vif$d.0-emu" 2>/dev/null
	guest_rm $d 0
done
assert_clean "nothing is left"
tap_done
