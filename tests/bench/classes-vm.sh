#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# classes-vm.sh - inside a machine with Debian's kernel, measure what classes get of an uplink behind NAT.
#
# usage: classes-vm.sh ROUNDS SECONDS
#
# Prints CSV as shape-vm.sh does. shape.sh runs this.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/shaping.sh
. "$netns_top/tests/lib/shaping.sh"

rounds=$1
seconds=$2

# row WHERE CONFIGURED-KBIT MEASURED-KBIT
row() {
	echo "class,$1,$2,$(wire "$2"),$3,kbit/s"
}

# of the server that comes next
port=5201

# stream GUEST KBIT: TCP to the internet
stream() {
	goodput "g$1.0" $inet4 "$2" "$seconds"
}

# passed DEVICE CLASSID: bytes
passed() {
	tc -s class show dev "$1" | awk -v id="$2" '$1 == "class" { is = $3 == id } is && $1 == "Sent" { print $2 }'
}

# beside NAME OPTION...: what guest 1 gets while guest 2 sends so
beside() {
	local before

	# an iperf3 that has been cut off may still be its old client's
	((port++))
	iperf_server inet $port
	inside g2.0 iperf3 -c $inet4 -p $port -t $((seconds + 8)) "${@:2}" >/dev/null 2>&1 &
	load_pid=$!
	sleep 2
	((port++))
	iperf_server inet $port
	before=$(passed eth0 "$bronze")
	row "$1" 12000 "$(stream 1 12000)"
	# 8 Mbit/s are guaranteed to it
	(($(passed eth0 "$bronze") - before > seconds * 500000)) || echo "# of $1: the other one has hardly sent"
	wait "$load_pid"
}

store_start || exit 1
lan_new
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=eth0
rate=20Mbit

[class gold]
guarantee=12Mbit
priority=0

[class bronze]
guarantee=8Mbit
priority=1

[network customers]
bridge=nat0
address=192.168.10.1/24
forward=nat
uplink=wan

[vif guest1/0]
network=customers
class=gold

[vif *]
network=customers
class=bronze
END
for d in 1 2; do
	guest_new $d 0 ip=192.168.10.1$d
	hotplug online $d 0 || exit 1
	lan_guest $d 0 192.168.10.1 "" 192.168.10.1$d/24
done
bronze=$(tc class show dev eth0 | awk '/ rate 8Mbit / { print $3 }')
iperf_server inet $port
for ((round = 0; round < rounds; round++)); do
	row "alone" 20000 "$(stream 1 20000)"
	beside "beside 4 TCP streams" -P 4
	beside "beside 40 Mbit/s of UDP" -u -b 40M
	beside "beside 200 Mbit/s of UDP" -u -b 200M
done
