#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# kernel.sh - the machine in QEMU has what the tests of this tier count on; each thing is used, not looked up.
set -u
# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"

if [ "${XNM_IN_VM:-}" != 1 ]; then
	skip "kernel" "this one is for the machine in QEMU"
	tap_done
	exit
fi

check "it is Debian's 6.1" sh -c 'uname -r | grep "^6\.1\.0-.*-amd64$"'
is "the root is a layer over the host's, not the host's" "$(stat -f -c %T /)" overlayfs
check "a bridge with VLAN filtering" ip link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
check "a veth pair" ip link add veth0 type veth peer name veth1
check "a bridge port" ip link set veth0 master br0
check "a VLAN on the port" bridge vlan add dev veth0 vid 10 pvid untagged
is "which the kernel shows" "$(bridge -j vlan show dev veth0 | jq -c '.[0].vlans')" \
	'[{"vlan":10,"flags":["PVID","Egress Untagged"]}]'
check "an 802.1Q interface" ip link add link veth1 name veth1.20 type vlan id 20
check "dummy" ip link add xdummy type dummy
check "ifb" ip link add xifb type ifb
check "a tap" ip tuntap add tap0 mode tap
check "vxlan" ip link add vx0 type vxlan id 1 dstport 4789 remote 192.0.2.1 dev veth1
for qdisc in "netem delay 1ms" fq_codel "cake bandwidth 10mbit" "tbf rate 1mbit burst 10k latency 50ms" htb; do
	# shellcheck disable=SC2086 # several words, split on purpose
	check "qdisc $qdisc" tc qdisc replace dev veth1 root $qdisc
done
check "clsact" tc qdisc add dev veth0 clsact
check "police in a filter" tc filter add dev veth0 ingress matchall action police rate 1mbit burst 10k conform-exceed drop
check "namespaces" unshare --mount --net --pid --fork --mount-proc ip link
tap_done
