#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# grid.sh - three sites of guests on two hosts, as 'xnm import' has them: who reaches whom is what the descriptions say.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

# the two descriptions, the grid of policy/examples/grid scaled down
describe() {
	cat >"$T/real.xml" <<-'EOT'
		<real-network>
		<host name="a">
		<nic name="under0"/><nic name="vx1" site="site1" over="under0"/><nic name="vx2" site="site2" over="under0"/>
		<nic name="vx3" site="site3" over="under0"/><nic name="vxw" site="wan" over="under0"/>
		<vm name="h11"/><vm name="px1"/><vm name="h21"/><vm name="h31"/><vm name="px3"/>
		</host>
		<host name="b">
		<nic name="under0"/><nic name="vx1" site="site1" over="under0"/><nic name="vx2" site="site2" over="under0"/>
		<nic name="vx3" site="site3" over="under0"/><nic name="vxw" site="wan" over="under0"/>
		<vm name="h12"/><vm name="h22"/><vm name="px2"/><vm name="h32"/>
		</host>
		<switch name="s"/>
		<link from="a/under0" to="s" bandwidth="1Gbit"/><link from="b/under0" to="s" bandwidth="1Gbit"/>
		</real-network>
	EOT
	cat >"$T/virtual.xml" <<-'EOT'
		<virtual-network profile="fast">
		<profile name="fast"/><profile name="slow"/>
		<site name="site1" prefix="10.0.1.0/24" mtu="1450"><proxy name="px1" address="10.0.1.1"/>
		<vm name="h11" address="10.0.1.11"/><vm name="h12" address="10.0.1.12"/></site>
		<site name="site2" prefix="10.0.2.0/24" mtu="1450"><proxy name="px2" address="10.0.2.1"/>
		<vm name="h21" address="10.0.2.11"/><vm name="h22" address="10.0.2.12"/></site>
		<site name="site3" prefix="10.0.3.0/24" mtu="1450"><proxy name="px3" address="10.0.3.1"/>
		<vm name="h31" address="10.0.3.11"/><vm name="h32" address="10.0.3.12"/></site>
		<site name="wan" prefix="10.99.0.0/24" mtu="1450"><proxy name="px1" vif="1" address="10.99.0.1"/>
		<proxy name="px2" vif="1" address="10.99.0.2"/><proxy name="px3" vif="1" address="10.99.0.3"/></site>
		<link from="site1" to="site2" profile="slow" bandwidth="1Mbit"/>
		<link from="site1" to="site3" profile="slow" bandwidth="2Mbit"/>
		<link from="site2" to="site3" profile="slow" bandwidth="3Mbit"/>
		<link from="site1" to="site2" profile="fast" bandwidth="100Mbit"/>
		<link from="site1" to="site3" profile="fast" bandwidth="200Mbit"/>
		<link from="site2" to="site3" profile="fast" bandwidth="300Mbit"/>
		</virtual-network>
	EOT
}

# members FILE: "NAME DEVID NETWORK ADDRESS" of each vif of a policy
members() {
	awk -F= '/^\[/ { name = "" } /^\[vif / { gsub(/^\[vif |\]$/, ""); sub("/", " "); name = $0 }
		name && $1 == "network" { network = $2 }
		name && $1 == "address" { sub(/\/.*/, "", $2); print name, network, $2 }' "$1"
}

# host_up NAME OWN OTHER: its devices to the other host, its policy, and its guests
host_up() {
	local net id domid=0 name devid network address last=

	describe
	store_start || return 1
	ip addr add "$2/24" dev under0
	ip link set under0 up
	id=101
	for net in vx1 vx2 vx3 vxw; do
		ip link add $net mtu 1450 type vxlan id $id local "$2" remote "$3" dstport 4789 || return 1
		ip link set $net up
		id=$((id + 1))
	done
	"$XNM" import --host "$1" "$T/real.xml" "$T/virtual.xml" -o "$XNM_CONFIG" || return 1
	"$XNM" check >/dev/null || return 1
	members "$XNM_CONFIG" | sort >"$T/members"
	# those of its own; its policy also names the far ends of links
	sed -n "/<host name=\"$1\">/,/<\/host>/p" "$T/real.xml" | grep -o '<vm name="[^"]*' | sed 's/.*"//' >"$T/own"
	while read -r name devid network address; do
		grep -qx "$name" "$T/own" || continue
		[ "$name" = "$last" ] || domid=$((domid + 1))
		last=$name
		# by the host's address, too, as both count their domains from 1
		guest_new $domid "$devid" name="$name" bridge=none mac="00:16:3e:0${2##*.}:0$domid:0$devid"
		try hotplug online $domid "$devid"
		[ "$rc:$out" = 0: ] || echo "$name/$devid: $rc: $out"
		[ "$(link_master "vif$domid.$devid")" = "$network" ] || echo "$name/$devid is not in $network"
		guest_up $domid "$devid" "$address/24"
		# whatever the address: it is asked for in the guest's own network, where nobody else is
		ip -n "g$domid.$devid" route add default dev eth0
		echo "g$domid.$devid $name/$devid" >>"$T/guests"
	done <"$T/members"
}

# reached ADDRESS...: "GUEST ADDRESS" for each guest of this host that has answers from the address
reached() {
	local ns guest address

	while read -r ns guest; do
		for address; do
			ip netns exec "$ns" ping -q -n -c 4 -i 0.25 -W 1 "$address" >/dev/null 2>&1 &&
				echo "$guest $address" &
		done
	done <"$T/guests"
	wait
}

# ns_of GUEST: its network namespace
ns_of() {
	sed -n "s|^\([^ ]*\) $1\$|\1|p" "$T/guests"
}

# take GUEST ADDRESS: one more address for it, which it announces
take() {
	local ns

	ns=$(ns_of "$1")
	ip -n "$ns" addr add "$2/24" dev eth0
	ip netns exec "$ns" arping -q -A -c 1 -I eth0 "$2" 2>/dev/null || :
}

# from GUEST SOURCE ADDRESS: whether it has an answer there with that source
from() {
	ip netns exec "$(ns_of "$1")" \
		ping -q -n -c 3 -i 0.2 -W 1 -I "$2" "$3" >/dev/null 2>&1 && echo yes || echo no
}

# rates GUEST: those of the classes by which others' packets come to it
rates() {
	local ns

	ns=$(ns_of "$1")
	tc -j qdisc show dev "vif${ns#g}" | jq -r '[.[] | select(.kind == "tbf") | .options.rate * 8 / 1000000] | sort | join(" ")'
}

guests() {
	cut -d' ' -f2 "$T/guests"
}

use() {
	"$XNM" profile use "$1" >/dev/null
}

state() {
	"$XNM" status --json | jq -r '[.vifs[].state] | unique | join(" ")'
}

# ------------------------------------------------- the second host: does what it reads, and ends each answer by a dot
if [ "${1:-}" = second ]; then
	while ! link_exists under0; do sleep 0.02; done
	while read -r line; do
		eval "$line" 2>&1
		echo .
	done
	exit
fi

# ------------------------------------------------------------------------------------------- the first
coproc SECOND { exec bash "$0" second; }
# subshells do not have those of a coprocess
exec 8<&"${SECOND[0]}" 9>&"${SECOND[1]}"

# on_b WORD...: what the second host says to these words of shell
on_b() {
	local line

	echo "$*" >&9
	while read -r -t 60 line <&8; do
		[ "$line" != . ] || return 0
		echo "$line"
	done
	echo "host b does not answer"
}

# it is in a network namespace of its own as soon as that is made
for ((i = 0; i < 500; i++)); do
	[ "$(readlink "/proc/$SECOND_PID/ns/net")" = "$(readlink /proc/self/ns/net)" ] || break
	sleep 0.02
done
ip link add under0 type veth peer name under0 netns "$SECOND_PID" || exit 1
if ! ip link add vx0 type vxlan id 1 remote 192.0.2.1 dstport 4790; then
	skip "the grid" "this kernel has no VXLAN"
	tap_done
	exit
fi
ip link del vx0
is "host a is up" "$(host_up a 192.0.2.1 192.0.2.2)" ""
is "host b is up" "$(on_b host_up b 192.0.2.2 192.0.2.1)" ""

# by the description, not by what import makes of it: "NAME DEVID SITE ADDRESS" of each vif
tr '<' '\n' <"$T/virtual.xml" | awk -F'"' '/^site / { site = $2 }
	/^(vm|proxy) / { print $2, /vif=/ ? $4 : 0, site, $(NF - 1) }' >"$T/all"
is "all vifs of the descriptions" "$(wc -l <"$T/all")" 12
is "are on the two hosts" "$({
	guests
	on_b guests
} | sort | xargs)" "$(sed 's/ /\//; s/ .*//' "$T/all" | sort | xargs)"

# who should reach whom: all that have the same network
awk '{ name[NR] = $1 "/" $2; network[NR] = $3; address[NR] = $4 }
	END { for (i = 1; i <= NR; i++) for (k = 1; k <= NR; k++)
		if (i != k && network[i] == network[k]) print name[i], address[k] }' "$T/all" | sort >"$T/wanted"
mapfile -t addresses < <(cut -d' ' -f4 "$T/all")
is "of 132 pairs, as many should meet" "$(wc -l <"$T/wanted")" 24

# matrix: what is
matrix() {
	{
		reached "${addresses[@]}"
		on_b reached "${addresses[@]}"
	} | sort
}
is "who reaches whom is as described" "$(matrix | diff - "$T/wanted")" ""
is "all is as it should be on both hosts" "$(state) $(on_b state)" "ok ok"

# -- the links between proxies: packets are shaped where they arrive
is "fast: to the first proxy" "$(rates px1/1)" "100 200"
is "fast: to the third" "$(rates px3/1)" "200 300"
is "fast: to the second, on the other host" "$(on_b rates px2/1)" "100 300"
is "fast: no other guest" "$(rates px1/0)$(rates h11/0)$(on_b rates h12/0)" ""
is "slow: both hosts change over" "$(use slow)$(on_b use slow)" ""
is "slow: to the first" "$(rates px1/1)" "1 2"
is "slow: to the second" "$(on_b rates px2/1)" "1 3"
is "slow: who reaches whom is as before" "$(matrix | diff - "$T/wanted")" ""
use fast
on_b use fast

# -- a guest that takes an address of another site
take h11/0 10.0.2.200
is "another site's address: reaches none there, not on its own host" "$(from h11/0 10.0.2.200 10.0.2.11)" no
is "another site's address: nor on the other one" "$(from h11/0 10.0.2.200 10.0.2.12)" no
is "another site's address: nor in its own site" "$(from h11/0 10.0.2.200 10.0.1.12)" no
is "another site's address: nobody reaches it" "$(reached 10.0.2.200 | grep -v '^h11/0 ')$(on_b reached 10.0.2.200)" ""
take h11/0 10.99.0.200
is "the wan's address: reaches no proxy" "$(from h11/0 10.99.0.200 10.99.0.3)$(from h11/0 10.99.0.200 10.99.0.2)" nono
on_b take h12/0 10.0.1.11
is "another member's address: stays its own" "$(from h11/0 10.0.1.11 10.0.1.1)" yes
# to each of these two, packets of the other now come from itself
two='^h12/0 10.0.1.11$|^h11/0 10.0.1.12$'
is "all others: who reaches whom is as before" "$(matrix | grep -Ev "$two" | diff - <(grep -Ev "$two" "$T/wanted"))" ""
# nobody else answers for a member that is away
ip -n "$(ns_of h11/0)" link set eth0 down
ip -n "$(ns_of px1/0)" neigh flush all
is "another member's address: no use to a thief" "$(from px1/0 10.0.1.1 10.0.1.11)" no
tap_done
