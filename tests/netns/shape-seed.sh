#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shape-seed.sh - with the same seed the same packets are lost; a kernel that takes none refuses it before anything changes.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes

if ! tc qdisc add dev lo root netem 2>/dev/null; then
	skip "seeds" "this kernel has no netem"
	tap_done
	exit
fi
tc qdisc del dev lo root
store_start || exit 1
bridge_new br0
ip addr add 192.0.2.1/24 dev br0

# lossy LINE...: of what comes to the first guest, half is lost
lossy() {
	{
		printf '[network br0]\n[vif guest1/0]\nloss=50%%\n'
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$XNM_CONFIG"
	try "$XNM_VIF" reapply vif1.0
}

# replies: the numbers of those of 40 pings that come back
replies() {
	ip netns exec g1.0 ping -c 40 -i 0.002 -W 1 192.0.2.1 | sed -n 's/.*icmp_seq=\([0-9]*\).*/\1/p' | tr '\n' ' '
}

# replies_with SEED: from the first packet on, as the kernel counts them anew when the seed changes; any other
# packet to the guest would count, too
replies_with() {
	lossy seed=1
	lossy "seed=$1"
	replies
}

# agree SEED SEED: whether both lose the same of 40 packets, which nothing else does in 10^12 tries
agree() {
	[ "$(replies_with "$1")" = "$(replies_with "$2")" ]
}

# sometimes COMMAND...: once in five times at least
sometimes() {
	local i

	for ((i = 0; i < 5; i++)); do
		! "$@" || return 0
	done
	return 1
}

printf '[network br0]\n' >"$XNM_CONFIG"
guest_new 1 0
hotplug online 1 0
guest_up 1 0 192.0.2.11/24
check "the guest is there" guest_ping 1 0 192.0.2.1
# it asks for no neighbour meanwhile, nor does this host
ip -n g1.0 neigh replace 192.0.2.1 dev eth0 lladdr "$(ip -j link show br0 | jq -r '.[0].address')" nud permanent
ip neigh replace 192.0.2.11 dev br0 lladdr "${guest_mac[1.0]}" nud permanent
lossy
is "losses" "$rc:$out" 0:
echo "# Linux $(uname -r)"
lossy seed=4711
if [ "$rc" = 0 ]; then
	is "a seed: status" "$("$XNM" status --json vif1.0 | jq -r '.vifs[0].shaping.inbound.seed')" 4711
	try "$XNM" check -v
	like "a seed: check" "$rc $out" '^0 .*seed=: yes'
	check "the same seed: the same packets" sometimes agree 4711 4711
	refuse "another seed: other packets" agree 4711 4712
	hotplug offline 1 0
	guest_rm 1 0
	assert_clean "nothing is left"
	tap_done
	exit
fi

# Linux before 6.6, which would ignore it
like "a kernel without seeds" "$rc $out" \
	"^1 .*vif1\.0 reapply: $XNM_CONFIG:4: seed=: .*takes no seed, as Linux 6\.6 and later do: remove seed="
is "a kernel without seeds: the line stays as it was" \
	"$(tc -j qdisc show dev vif1.0 | jq -c '.[] | select(.kind == "netem") | .options["loss-random"].loss')" 0.5
try "$XNM" check -v
like "a kernel without seeds: check" "$rc $out" "^2 .*:4: seed=: this kernel's netem takes no seed"
hotplug offline 1 0
guest_rm 1 0
guest_new 1 0
try hotplug online 1 0
assert_refused "a kernel without seeds: online" 1 0 'vif1\.0' 'takes no seed' 'remove seed='
guest_rm 1 0
assert_clean "a kernel without seeds: nothing is left"
tap_done
