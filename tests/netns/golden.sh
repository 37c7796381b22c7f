#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# golden.sh - our rules and elements are those that nft(8) makes of tests/nft/*.nft, which people can read.
#
# UPDATE=1 writes the listing of our tables into bridge.nft and inet.nft; the
# comments stay with the lines that follow them.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

nft_files=$netns_top/tests/nft

# -------------------------------------------------------------- our tables

# the same script again, in namespaces of its own: golden.sh dump bridge|inet|all FOLDER
bring_up() {
	local guest guests="1:unknown 2:router 3:web 4:fixed 5:anywhere 6:public 7:any-public 9:bare 10:wide 11:loose"

	case $1 in
	bridge) guests=1:unknown ;;
	inet) guests="3:web 6:public" ;;
	esac
	if ip link add vlantest type bridge vlan_filtering 1 2>/dev/null; then
		ip link del vlantest
		[ "$1" != all ] || guests+=" 8:trunk"
	fi
	# of which link-local addresses are made, where xnm makes the bridge and where it does not
	if [ -e /etc/machine-id ]; then
		echo 0123456789abcdef0123456789abcdef >"$T/machine-id"
		mount --bind "$T/machine-id" /etc/machine-id
	fi
	ip link add name br0 address 02:00:00:00:00:01 type bridge
	ip link set br0 up
	ip link add eth0 type veth peer name eth0-far
	ip link set eth0 up
	if [ "$1" = bridge ]; then write_marked >"$XNM_CONFIG"; else write_policy; fi
	for guest in $guests; do
		guest_new "${guest%:*}" 0 "name=${guest#*:}"
		try hotplug online "${guest%:*}" 0
		[ "$rc:$out" = 0: ] || echo "online of $guest: $rc:$out" >&2
	done
}

# write_class: the class of what "web" sends, and its DSCP, for which table bridge has rules
write_class() {
	printf '[class gold]\nguarantee=12Mbit\ndscp=af31\n'
}

# write_marked: a policy by which all vifs are in it
write_marked() {
	write_class
	printf '[vif *]\nclass=gold\n'
}

write_policy() {
	write_class >"$XNM_CONFIG"
	cat >>"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0
rate=20Mbit

[uplink shared]
guest=fixed/0

[network guests]
bridge=guests0
address=10.77.0.1/24 fd00:77::1/64
forward=nat
uplink=wan shared
isolated=yes
host-services=dhcp dns ping tcp/8000-8080
send-redirects=no

[network fixed]
bridge=fixed0
address=10.78.0.1/24 fd00:78::1/64
forward=nat
uplink=wan
snat=192.0.2.78 2001:db8::78
host-services=none
acl=web

[network anywhere]
bridge=anywhere0
address=10.79.0.1/24 fd00:79::1/64
masquerade=both
forward=route
host-services=all

# this network has no address, and leads to the LAN
[network bare]
bridge=bare0
forward=none

[uplink bare]
interface=bare0

# and this one closes nothing
[network wide]
bridge=wide0
forward=open

[network public]
backend=route
uplink=wan
host-services=none

[acl web]
rule=allow ingress icmp
rule=allow ingress tcp port 80,443
rule=allow ingress tcp 198.51.100.0/22 port 8000-8080
rule=reject egress tcp port 25 log
rule=allow egress udp 203.0.113.1 port 53
rule=drop egress 2001:db8::/32
default=reject

[forward web]
network=guests
listen-port=80,8000-8010
target=web

[forward ssh]
network=guests
listen-address=192.0.2.5 2001:db8::5
listen-port=2222
target=web
target-port=22

[forward dns]
network=fixed
protocol=udp
listen-port=53
target=10.78.0.53

[vif router]
address=192.0.2.20 192.0.2.64/26 2001:db8::20 2001:db8:9::/64
ipv4-allowed=10.0.8.0/21 10.1.0.0/24
ipv6-allowed=2001:db8:8::/48
allow=dhcp-server router

[vif web]
network=guests
class=gold
pcp=5
address=10.77.0.10 fd00:77::10
acl=web

[vif fixed]
network=fixed
address=10.78.0.10 fd00:78::10
ipv4-allowed=any
ipv6-allowed=any

[vif anywhere]
network=anywhere

[vif public]
network=public
dscp=ef
address=203.0.113.10 203.0.113.32/28 2001:db8::10 2001:db8:10::/64
ipv4-allowed=198.51.100.0/28
ipv6-allowed=2001:db8:20::/64
allow=dhcp-server router

[vif any-public]
network=public

[vif bare]
network=bare

[vif wide]
network=wide
allow=router

[vif loose]
locking-mode=unlocked
isolated=yes

[vif trunk]
vlan=1p/10
END
}

# listed FILE FAMILY [COMMAND...]: what nft, run by COMMAND, says of the tables here, in the forms that we compare
listed() {
	local file=$1 family=$2

	shift 2
	"$@" nft -s -t list ruleset ${family:+"$family"} |
		sed 's/comment "made by xnm .*"/comment "made by xnm"/' >"$file.text"
	"$@" nft list ruleset ${family:+"$family"} >"$file.full"
	"$@" nft --debug=netlink list ruleset ${family:+"$family"} >"$file.debug"
	awk -f "$nft_files/netlink.awk" -v elements=no -v family="$family" "$file.debug" >"$file.rules"
	awk -f "$nft_files/netlink.awk" "$file.debug" >"$file.netlink"
}

if [ "${1:-}" = dump ]; then
	store_start || exit 1
	bring_up "$2"
	case $2 in
	all)
		# as if something had been dropped: counters are listed too, and have to be taken again
		nft -f "$3/drops.nft"
		listed "$3/ours-all" ""
		;;
	*) listed "$3/ours-$2" "$2" ;;
	esac
	exit
fi

# ------------------------------------------------------------ nft's tables

if ! command -v nft >/dev/null; then
	skip "golden" "nft is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi

# here, and not below /run, for the other namespaces
D=$(mktemp -d /tmp/xnm-golden.XXXXXX)
trap 'rm -rf "$D"' EXIT
for table in bridge inet; do
	echo "add element $table xnm drops { \"vif1.0\" . \"spoofed-mac\" counter packets 3 bytes 126 }"
done >"$D/drops.nft"
for part in bridge inet all; do
	XNM_IN_NETNS=1 unshare --mount --net bash "$0" dump $part "$D" ||
		not_ok "online for $part"
done

if [ "${UPDATE:-}" = 1 ]; then
	for table in bridge inet; do
		awk -f "$nft_files/golden.awk" "$nft_files/$table.nft" \
			"$D/ours-$table.rules" "$D/ours-$table.text" >"$D/update"
		cp "$D/update" "$nft_files/$table.nft"
	done
fi

# nft_loads NAME FILE...: a namespace where only nft makes tables, with these files in it
nft_loads() {
	local name=$1

	shift
	ip netns del nft 2>/dev/null
	ip netns add nft
	cat "$@" >"$D/load"
	check "$name" ip netns exec nft nft -f "$D/load"
}

# ---------------------------------------------------------- chains and rules

for table in bridge inet; do
	awk -f "$nft_files/golden.awk" "$nft_files/$table.nft" >"$D/golden"
	same "$table.nft: what nft lists of our table" "$(cat "$D/ours-$table.text")" "$(cat "$D/golden")"
	nft_loads "$table.nft: nft loads it" "$nft_files/$table.nft"
	listed "$D/nft" $table ip netns exec nft
	same "$table.nft: expression by expression what nft makes of it" \
		"$(cat "$D/ours-$table.rules")" "$(cat "$D/nft.rules")"
	is "$table.nft: the table's comment says how many rules it has" \
		"$(sed -n 's/.*made by xnm .*, rules \([0-9]*\)"$/\1/p' "$D/ours-$table.full")" \
		"$(grep -Ec "^$table xnm [^@]" "$D/nft.rules")"
done

# ------------------------------------------------------------------ elements

cp "$nft_files/elements.nft" "$D/elements.nft"
grep -q '"vif8\.0"' "$D/ours-all.full" || sed -i '/^# guest 8 /,$d' "$D/elements.nft"
nft_loads "elements.nft: nft loads it" "$nft_files/bridge.nft" "$nft_files/inet.nft" "$D/elements.nft" "$D/drops.nft"
listed "$D/nft" "" ip netns exec nft
same "elements.nft: each element is what nft makes of it" \
	"$(cat "$D/ours-all.netlink")" "$(cat "$D/nft.netlink")"
is "elements.nft has an element of every set" \
	"$(awk '$3 ~ /^@/ { set = $1 " " $3; n[set] += 0 } /^\telement/ { n[set]++ }
		END { for (set in n) if (n[set] == 0 && set !~ /ended/) print set }' "$D/nft.netlink" | sort | paste -sd' ')" \
	"$(grep -q '"vif8\.0"' "$D/elements.nft" || echo 'bridge @trunks')"

# ---------------------------------------------------- what is listed, again

nft_loads "the listing can be loaded again" "$D/ours-all.full"
listed "$D/nft" "" ip netns exec nft
# nft lists no "meta protocol" where it would itself look at the ether type, which in a VLAN
# tag is that of the tag: from its own listing, guests with tagged VLANs are more restricted
tagless='s/meta load protocol =>/payload load 2b @ link header + 12 =>/'
same "and makes the same tables, but for what is in VLAN tags" \
	"$(sed "$tagless" "$D/nft.netlink")" "$(sed "$tagless" "$D/ours-all.netlink")"

ip netns del nft
tap_done
