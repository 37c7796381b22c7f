# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shaping.sh - a shaped guest and others to measure it with: goodput, round trips, losses, and how long a transfer takes.
#
# A test sources netns.sh first. shaping_hosts makes
#
#	g1.0 -- vif1.0 --+              +-- far0 -- far
#	                 br0 -- trunk --- br1 (in the namespace far-host)
#	g2.0 -- vif2.0 --+
#
# vif1.0 is the one that is shaped. The other ends of the paths are g2.0, a guest
# of the same host, and far, which is behind another bridge.

# shellcheck disable=SC2034 # for who sources this
near=10.8.0.1   # g1.0
other=10.8.0.2  # g2.0
beyond=10.8.0.9 # far
all_bytes=1514 # of a full frame, as rates count it
tcp_bytes=1448 # of TCP's data in it

# shaping_hosts: no output unless a guest does not come online
shaping_hosts() {
	local d netns

	store_start || return
	bridge_new br0
	for d in 1 2; do
		guest_new $d 0
		hotplug online $d 0 || return
		guest_up $d 0 10.8.0.$d/24
	done
	ip netns add far-host
	ip netns add far
	ip -n far-host link add br1 type bridge
	ip link add trunk master br0 type veth peer name trunk netns far-host
	ip -n far-host link add far0 master br1 type veth peer name eth0 netns far
	ip -n far-host link set trunk master br1
	ip -n far addr add $beyond/24 dev eth0
	ip link set trunk up
	for d in br1 trunk far0; do
		ip -n far-host link set $d up
	done
	ip -n far link set eth0 up
	for netns in g1.0 g2.0 far; do
		ip netns exec $netns iperf3 -s >/dev/null 2>&1 &
	done
	for d in $other $beyond; do
		guest_ping 1 0 "$d" || return
	done
}

# shaped KEY=VALUE...: the policy of g1.0, applied; the other guests have none
shaped() {
	{
		printf '[network br0]\n[vif guest1/0]\n'
		printf '%s\n' "$@"
		printf '%s' "${shaping_more:-}"
	} >"$XNM_CONFIG"
	"$XNM_VIF" reapply vif1.0
}

# wire KBIT: TCP's goodput in kbit/s by that rate
wire() {
	echo $(($1 * tcp_bytes / all_bytes))
}

# at_least BYTES KBIT: the milliseconds that TCP takes for them by that rate
at_least() {
	echo $(($1 * 8 * all_bytes / (tcp_bytes * $2)))
}

# goodput NETNS ADDRESS KBIT SECONDS: of TCP, in kbit/s, while the rate is about KBIT
#
# The first two seconds do not count: a burst passes then, and TCP looks for the rate. Each write is what
# the rate lets pass in 10 ms, as the receiver counts whole ones.
goodput() {
	local write=$(($3 * 10 / 8))

	((write >= tcp_bytes)) || write=$tcp_bytes
	((write <= 131072)) || write=131072
	timeout -k 2 $(($4 + 30)) ip netns exec "$1" iperf3 -J -c "$2" -p "${port:-5201}" -O 2 -t "$4" -l $write |
		jq '.end.sum_received.bits_per_second / 1000 | round'
}

# load NETNS ADDRESS SECONDS: a TCP stream in the background; load_pid
load() {
	ip netns exec "$1" iperf3 -c "$2" -t "$3" >/dev/null 2>&1 &
	# shellcheck disable=SC2034 # for who sources this
	load_pid=$!
}

# trips NETNS ADDRESS COUNT SECONDS-BETWEEN: smallest, middle and largest round trip, in ms
trips() {
	ip netns exec "$1" ping -n -c "$3" -i "$4" -W 2 "$2" | sed -n 's/.* time=\([0-9.]*\) ms.*/\1/p' | sort -n |
		awk '{ v[NR] = $1 } END { print v[1], v[int((NR + 1) / 2)], v[NR] }'
}

# lost NETNS ADDRESS COUNT: how many of so many pings have no answer
lost() {
	ip netns exec "$1" ping -q -n -f -c "$3" "$2" | awk '/transmitted/ { print $1 - $4 }'
}

# transfer NETNS NETNS ADDRESS BYTES PORT: milliseconds from the first byte sent to the last received
transfer() {
	local start end

	ip netns exec "$2" busybox nc -l -p "$5" >/dev/null &
	end=$!
	until ip netns exec "$2" ss -Hltn "sport = :$5" | grep -q .; do
		sleep 0.05
	done
	start=${EPOCHREALTIME/./}
	# not nc, which ends as soon as the other one has nothing to say
	ip netns exec "$1" bash -c "head -c $4 /dev/zero >/dev/tcp/$3/$5"
	wait $end
	end=${EPOCHREALTIME/./}
	echo $(((end - start) / 1000))
}

# sent DEVICE: bytes that its root qdisc has passed on
sent() {
	tc -j -s qdisc show dev "$1" | jq '.[] | select(.root) | .bytes'
}

# less VALUE BOUND: as decimal numbers
less() {
	awk -v value="$1" -v bound="$2" 'BEGIN { exit !(value != "" && value < bound) }'
}
