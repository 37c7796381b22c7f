#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# grid.sh - three sites of guests on four hosts, as 'xnm import' has them: who reaches whom is what the descriptions say.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

# who lives where: as in policy/examples/grid, no host has guests of all sites, and no site has one host
hosts=(a b c d)
declare -A underlay=([a]=192.0.2.1 [b]=192.0.2.2 [c]=192.0.2.3 [d]=192.0.2.4)
declare -A vni=([vx1]=101 [vx2]=102 [vx3]=103 [vxw]=199)

# the two descriptions, the grid of policy/examples/grid scaled down
describe() {
	cat >"$T/real.xml" <<-'EOT'
		<real-network>
		<host name="a">
		<nic name="under0"/><nic name="vx1" site="site1" over="under0"/><nic name="vx2" site="site2" over="under0"/>
		<nic name="vxw" site="wan" over="under0"/>
		<vm name="h12"/><vm name="h21"/><vm name="px2"/>
		</host>
		<host name="b">
		<nic name="under0"/><nic name="vx2" site="site2" over="under0"/><nic name="vx3" site="site3" over="under0"/>
		<vm name="h22"/><vm name="h32"/>
		</host>
		<host name="c">
		<nic name="under0"/><nic name="vx1" site="site1" over="under0"/><nic name="vxw" site="wan" over="under0"/>
		<vm name="h11"/><vm name="px1"/>
		</host>
		<host name="d">
		<nic name="under0"/><nic name="vx3" site="site3" over="under0"/><nic name="vxw" site="wan" over="under0"/>
		<vm name="h31"/><vm name="px3"/>
		</host>
		<switch name="s"/>
		<link from="a/under0" to="s" bandwidth="1Gbit"/><link from="b/under0" to="s" bandwidth="1Gbit"/>
		<link from="c/under0" to="s" bandwidth="1Gbit"/><link from="d/under0" to="s" bandwidth="1Gbit"/>
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

# of_host NAME: its part of what there is
of_host() {
	sed -n "/<host name=\"$1\">/,/<\/host>/p" "$T/real.xml"
}

# vxlan_up NAME: its devices to all other hosts, of which those without the site have none of that number
vxlan_up() {
	local net host

	for net in $(of_host "$1" | grep -o 'nic name="vx.' | sed 's/.*"//'); do
		ip link add "$net" mtu 1450 type vxlan id "${vni[$net]}" local "${underlay[$1]}" dstport 4789 || return 1
		for host in "${hosts[@]}"; do
			[ "$host" = "$1" ] ||
				bridge fdb append 00:00:00:00:00:00 dev "$net" dst "${underlay[$host]}" || return 1
		done
		ip link set "$net" up
	done
}

# host_up NAME: its devices to the other hosts, its policy, and its guests
host_up() {
	local domid=0 name devid network address last=

	describe
	store_start || return 1
	ip addr add "${underlay[$1]}/24" dev under0
	ip link set under0 up
	vxlan_up "$1" || return 1
	"$XNM" import --host "$1" "$T/real.xml" "$T/virtual.xml" -o "$XNM_CONFIG" || return 1
	"$XNM" check >/dev/null || return 1
	members "$XNM_CONFIG" | sort >"$T/members"
	# those of its own; its policy also names the far ends of links
	of_host "$1" | grep -o '<vm name="[^"]*' | sed 's/.*"//' >"$T/own"
	while read -r name devid network address; do
		grep -qx "$name" "$T/own" || continue
		[ "$name" = "$last" ] || domid=$((domid + 1))
		last=$name
		# by the host's address, too, as all count their domains from 1
		guest_new $domid "$devid" name="$name" bridge=none mac="00:16:3e:0${underlay[$1]##*.}:0$domid:0$devid"
		try hotplug online $domid "$devid"
		[ "$rc:$out" = 0: ] || echo "$name/$devid: $rc: $out"
		[ "$(link_master "vif$domid.$devid")" = "$network" ] || echo "$name/$devid is not in $network"
		guest_up $domid "$devid" "$address/24"
		# whatever the address: it is asked for in the guest's own network, where nobody else is
		ip -n "g$domid.$devid" route add default dev eth0
		echo "g$domid.$devid $name/$devid" >>"$T/guests"
	done <"$T/members"
}

# reached ADDRESS...: "GUEST ADDRESS" for each guest of this host that has an answer from the address
reached() {
	local ns guest address
	local -a pids=()

	while read -r ns guest; do
		for address; do
			# ends with the first answer
			ip netns exec "$ns" ping -q -n -c 1 -i 0.2 -w 1 "$address" >/dev/null 2>&1 &&
				echo "$guest $address" &
			pids+=($!)
		done
	done <"$T/guests"
	wait "${pids[@]}"
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
		ping -q -n -c 1 -i 0.2 -w 1 -I "$2" "$3" >/dev/null 2>&1 && echo yes || echo no
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

# ------------------------------------------------- another host: does what it reads, and ends each answer by a dot
if [ "${1:-}" = another ]; then
	while ! link_exists under0; do sleep 0.02; done
	while read -r line; do
		eval "$line" 2>&1
		echo .
	done
	exit
fi

# ------------------------------------------------------------------------------------------- the first
# what they are told, and what they answer
declare -A ask answer

# to_switch NAME PID: a cable for the host of that process
to_switch() {
	ip -n switch link add "port-$1" master br0 type veth peer name under0 netns "$2" &&
		ip -n switch link set "port-$1" up
}

# host_new NAME: it is in a network namespace of its own as soon as that is made, and at the switch
host_new() {
	local fd pid i

	mkfifo "$T/$1.ask" "$T/$1.answer"
	# both ways, as it waits for nobody then
	exec {fd}<>"$T/$1.ask"
	ask[$1]=$fd
	exec {fd}<>"$T/$1.answer"
	answer[$1]=$fd
	bash "$0" another <"$T/$1.ask" >"$T/$1.answer" &
	pid=$!
	for ((i = 0; i < 500; i++)); do
		[ "$(readlink "/proc/$pid/ns/net")" = "$(readlink /proc/self/ns/net)" ] || break
		sleep 0.02
	done
	to_switch "$1" "$pid"
}

# tell HOST WORD...: it does these words of shell
tell() {
	echo "${*:2}" >&"${ask[$1]}"
}

# hear HOST: what it says to them
hear() {
	local line

	while read -r -t 60 -u "${answer[$1]}" line; do
		[ "$line" != . ] || return 0
		echo "$line"
	done
	echo "host $1 does not answer"
}

# on HOST WORD...
on() {
	if [ "$1" = a ]; then
		"${@:2}"
	else
		tell "$@"
		hear "$1"
	fi
}

# everywhere WORD...: on all hosts at the same time
everywhere() {
	local host

	for host in "${hosts[@]:1}"; do tell "$host" "$@"; done
	"$@"
	for host in "${hosts[@]:1}"; do hear "$host"; done
}

if ! ip link add vx0 type vxlan id 1 remote 192.0.2.1 dstport 4790; then
	skip "the grid" "this kernel has no VXLAN"
	tap_done
	exit
fi
ip link del vx0
ip netns add switch
ip -n switch link add br0 type bridge
ip -n switch link set br0 up
to_switch a $$ || exit 1
for host in "${hosts[@]:1}"; do
	host_new "$host" || exit 1
	tell "$host" host_up "$host"
done
is "host a is up" "$(host_up a)" ""
for host in "${hosts[@]:1}"; do
	is "host $host is up" "$(hear "$host")" ""
done

# by the description, not by what import makes of it: "NAME DEVID SITE ADDRESS" of each vif
tr '<' '\n' <"$T/virtual.xml" | awk -F'"' '/^site / { site = $2 }
	/^(vm|proxy) / { print $2, /vif=/ ? $4 : 0, site, $(NF - 1) }' >"$T/all"
is "all vifs of the descriptions" "$(wc -l <"$T/all")" 12
is "are on the four hosts" "$(everywhere guests | sort | xargs)" "$(sed 's/ /\//; s/ .*//' "$T/all" | sort | xargs)"

# who should reach whom: all that have the same network
awk '{ name[NR] = $1 "/" $2; network[NR] = $3; address[NR] = $4 }
	END { for (i = 1; i <= NR; i++) for (k = 1; k <= NR; k++)
		if (i != k && network[i] == network[k]) print name[i], address[k] }' "$T/all" | sort >"$T/wanted"
mapfile -t addresses < <(cut -d' ' -f4 "$T/all")
is "of 132 pairs, as many should meet" "$(wc -l <"$T/wanted")" 24

# matrix FILE: what differs from it; a busy host may need some time for what should be, and what should not be never is
matrix() {
	local i

	: >"$T/reached"
	for ((i = 0; i < 5; i++)); do
		everywhere reached "${addresses[@]}" >>"$T/reached"
		sort -u -o "$T/reached" "$T/reached"
		[ -n "$(comm -13 "$T/reached" "$1")" ] || break
	done
	diff "$T/reached" "$1"
}
is "who reaches whom is as described" "$(matrix "$T/wanted")" ""
is "all is as it should be on all hosts" "$(everywhere state | sort -u)" ok

# -- the links between proxies: packets are shaped where they arrive
is "fast: to the first proxy" "$(on c rates px1/1)" "100 200"
is "fast: to the second" "$(on a rates px2/1)" "100 300"
is "fast: to the third" "$(on d rates px3/1)" "200 300"
is "fast: no other guest" "$(on c rates px1/0)$(on c rates h11/0)$(on a rates h12/0)$(on b rates h22/0)" ""
is "slow: all hosts change over" "$(everywhere use slow)" ""
is "slow: to the first" "$(on c rates px1/1)" "1 2"
is "slow: to the second" "$(on a rates px2/1)" "1 3"
is "slow: who reaches whom is as before" "$(matrix "$T/wanted")" ""
everywhere use fast

# -- a guest that takes an address of another site
take h12/0 10.0.2.200
is "another site's address: reaches none there, not on its own host" "$(from h12/0 10.0.2.200 10.0.2.11)" no
is "another site's address: nor on the other one" "$(from h12/0 10.0.2.200 10.0.2.12)" no
is "another site's address: nor in its own site" "$(from h12/0 10.0.2.200 10.0.1.11)" no
is "another site's address: nobody reaches it" "$(everywhere reached 10.0.2.200 | grep -v '^h12/0 ')" ""
take h12/0 10.99.0.200
is "the wan's address: reaches no proxy" "$(from h12/0 10.99.0.200 10.99.0.3)$(from h12/0 10.99.0.200 10.99.0.2)" nono
on c take h11/0 10.0.1.12
is "another member's address: stays its own" "$(from h12/0 10.0.1.12 10.0.1.1)" yes
# to each of these two, packets of the other now come from itself
two='h11/0 10.0.1.12$|h12/0 10.0.1.11$'
grep -Ev "$two" "$T/wanted" >"$T/others"
is "all others: who reaches whom is as before" "$(matrix "$T/others" | grep -Ev '^[0-9]' | grep -Ev "$two")" ""
# nobody else answers for a member that is away
ip -n "$(ns_of h12/0)" link set eth0 down
on c ip -n "$(on c ns_of px1/0)" neigh flush all
is "another member's address: no use to a thief" "$(on c from px1/0 10.0.1.1 10.0.1.12)" no
tap_done
