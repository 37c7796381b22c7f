# shellcheck shell=bash disable=SC2154,SC2034 # what netns.sh sets, and what who sources this uses
# SPDX-License-Identifier: GPL-2.0-or-later
# classes.sh - guests of two classes behind NAT, what an uplink has for them, and which marks are on the wire.
#
# A test sources netns.sh and lan.sh first, then this file.

# the kernel that these tests are developed on lacks it; Debian's in the machine has it
has_fq_codel=$(tc qdisc add dev lo root fq_codel 2>/dev/null && echo yes)
tc qdisc del dev lo root 2>/dev/null

# policy [SECTION OR KEY=VALUE]...: the gold and the bronze guest behind NAT, and what else there is of classes
policy() {
	{
		printf '%s\n' "$@"
		cat <<-'END'
			[network customers]
			bridge=nat0
			address=192.168.10.1/24 fd10::1/64
			forward=nat
			uplink=wan
			[vif guest1/0]
			network=customers
			class=gold
			[vif guest9/0]
			network=customers
			[vif *]
			network=customers
			class=bronze
		END
	} >"$XNM_CONFIG"
}

# twelve RATE: gold has 12, bronze 4, and the rest 4 of an uplink of that rate
twelve() {
	policy '[uplink wan]' interface=eth0 "rate=$1" '[class gold]' guarantee=12Mbit priority=0 \
		'[class bronze]' guarantee=4Mbit priority=1
}

# classes DEVICE: id, parent, priority, rate and ceiling of each class of ours
classes() {
	tc class show dev "$1" | awk '$2 == "htb" {
		rate = ceil = prio = parent = "-"
		for (i = 4; i < NF; i++) {
			if ($i == "rate") rate = $(i + 1)
			if ($i == "ceil") ceil = $(i + 1)
			if ($i == "prio") prio = $(i + 1)
			if ($i == "parent") parent = $(i + 1)
		}
		print $3, parent, prio, rate, ceil
	}' | sort
}

# roots DEVICE: what is its root, unless the kernel made it
roots() {
	tc -j qdisc show dev "$1" | jq -r '.[] | select(.root and .handle != "0:") | "\(.kind) \(.handle)"'
}

# queues DEVICE: kinds of the queues in the classes
queues() {
	tc -j qdisc show dev "$1" | jq -r '[.[] | select((.parent // "") | startswith("786e:")) | .kind] | unique | join(" ")'
}

# id NAME: the class id of what that class's guest sends, as our table has it
id() {
	nft -j list map inet xnm classes | jq -r --arg mac "$1" '.nftables[] | .map // empty | .elem // [] | .[] |
		select(.[0].concat[1] == $mac) | .[1]'
}

# sent CLASSID [DEVICE]: bytes that the class has sent
sent() {
	tc -s class show dev "${2:-eth0}" | awk -v id="$1" '$1 == "class" { is = $2 == "htb" && $3 == id }
		is && $1 == "Sent" { print $2 }'
}

# guest D: comes, and has an address behind the NAT
guest() {
	guest_new "$1" 0 ip="192.168.10.1$1 fd10::1$1"
	try hotplug online "$1" 0
	lan_guest "$1" 0 192.168.10.1 fd10::1 "192.168.10.1$1/24" "fd10::1$1/64"
}

# leaves D
leaves() {
	hotplug offline "$1" 0
	guest_rm "$1" 0
}

# mac D: of the guest's vif
mac() {
	xs_read "$backend/$1/0/mac"
}

# at COMMAND...: whether the classes gold, bronze and that of the rest send anything meanwhile
at() {
	local before_gold before_bronze before_rest

	before_gold=$(sent "$gold") before_bronze=$(sent "$bronze") before_rest=$(sent 786e:10)
	"$@" >/dev/null 2>&1
	echo "$(($(sent "$gold") - before_gold >= 5000)) $(($(sent "$bronze") - before_bronze >= 5000))" \
		"$(($(sent 786e:10) - before_rest >= 5000))"
}

# marks NETNS/IFNAME NAMESPACE [OPTION OF ping]... ADDRESS: of what it sends there, as it comes in by that interface:
# "ip 46 7 5" is DSCP 46 in VLAN 7 with priority 5, and "ip 0 - -" nothing of all that
marks() {
	local seen=$T/wire pid

	: >"$seen"
	inside "${1%/*}" python3 -I "$netns_top/tests/lib/wire.py" "${1#*/}" 3 8 >"$seen" 2>&1 &
	pid=$!
	for _ in {1..250}; do
		! grep -qs '^ready' "$seen" || break
		sleep 0.02
	done
	inside "$2" ping -q -c 3 -i 0.05 -W 1 "${@:3}" >/dev/null 2>&1
	wait $pid
	sed -n '2,$p' "$seen" | sort | uniq -c | sed 's/^ *3 //'
}
