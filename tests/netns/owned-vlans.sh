#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# owned-vlans.sh - an address is somebody's in its VLAN: not in another one, but for a port that has them all.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/frames.sh
. "$netns_top/tests/lib/frames.sh"

if ! command -v nft >/dev/null; then
	skip "owned-vlans" "nft is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
store_start || exit 1
if ! ip link add vlantest type bridge vlan_filtering 1 2>/dev/null; then
	skip "owned-vlans" "this kernel's bridges know no VLANs"
	tap_done
	exit
fi
ip link del vlantest
cat >"$XNM_CONFIG" <<'END'
[vif victim]
vlan=10p
address=10.0.0.2 2001:db8::2

[vif twin]
vlan=20p
address=10.0.0.2 2001:db8::2

[vif plain]
address=10.0.0.3 2001:db8::3

[vif default]
vlan=1p
address=10.0.0.3 2001:db8::3

[vif in10]
vlan=10p

[vif in20]
vlan=20p

[vif in1]
vlan=1p

[vif untagged]

[vif trunk]
vlan=1p/10/20
END
frames_host br0 vlan_filtering 1
bridge vlan add dev br0 vid 10 self
ip link add link br0 name br0.10 type vlan id 10
ip addr add 10.10.0.254/24 dev br0.10
ip addr add 2001:db8:10::fe/64 dev br0.10 nodad
ip link set br0.10 up

guest_comes 2 victim
guest_comes 1 in10
as 10.0.0.2 2001:db8::2
may_not "VLAN 10: an address of a guest there"
as 10.10.0.254 2001:db8:10::fe
may_not "VLAN 10: this host's there"
as 10.0.0.254 2001:db8::fe
may "VLAN 10: this host's elsewhere"
guest_goes 1

guest_comes 1 in20
as 10.0.0.2 2001:db8::2
may "VLAN 20: an address of a guest in VLAN 10"
as 10.10.0.254 2001:db8:10::fe
may "VLAN 20: this host's in VLAN 10"
guest_goes 1

guest_comes 1 untagged
may "without a VLAN: this host's in VLAN 10"
as 10.0.0.254 2001:db8::fe
may_not "without a VLAN: this host's there"
as 10.0.0.2 2001:db8::2
may "without a VLAN: an address of a guest in VLAN 10"
guest_goes 1

# a VLAN that is that of ports without any
guest_comes 3 plain
guest_comes 1 in1
as 10.0.0.3 2001:db8::3
may_not "VLAN 1: an address of a guest without a VLAN"
as 10.0.0.254 2001:db8::fe
may_not "VLAN 1: this host's"
guest_goes 1
frames_guest 4 name=default
try hotplug online 4 0
like "no two guests have one address there" "$rc:$out" '^1:.*address 10\.0\.0\.3/32 overlaps one of vif3\.0 on br0'
guest_rm 4 0

# a port that has them all
guest_comes 1 trunk
for tag in "" 10 20; do
	as 10.0.0.2 2001:db8::2 ${tag:+--tag "$tag"}
	may_not "trunk, tag '$tag': an address of VLAN 10"
	as 10.0.0.3 2001:db8::3 ${tag:+--tag "$tag"}
	may_not "trunk, tag '$tag': an address without a VLAN"
	as 10.10.0.254 2001:db8:10::fe ${tag:+--tag "$tag"}
	may_not "trunk, tag '$tag': this host's in VLAN 10"
	as 10.0.0.254 2001:db8::fe ${tag:+--tag "$tag"}
	may_not "trunk, tag '$tag': this host's"
	as 10.0.0.9 2001:db8::9 ${tag:+--tag "$tag"}
	may "trunk, tag '$tag': one of nobody"
done

# the same address in two VLANs is two guests'; what one of them leaves is the other's
guest_comes 5 twin
as 10.0.0.2 2001:db8::2 --tag 10
guest_goes 2
may_not "trunk: an address of VLAN 20 that one of VLAN 10 had, too"
like "nothing is missing" "$("$XNM_VIF" plan 5.0)" 'nothing to do'
guest_comes 2 victim
guest_goes 5
may_not "and the other way round"
guest_goes 2
may "nobody has it any more"

# ip link set group is how the rules know where a port is
ip link set vif1.0 group 0
as 10.0.0.9 2001:db8::9 --tag 10
may_not "trunk: of a group that somebody has changed"
try "$XNM_VIF" reapply 1.0
may "trunk: reapplied"

# an address that a VLAN device loses
ip addr del 10.10.0.254/24 dev br0.10
ip addr del 2001:db8:10::fe/64 dev br0.10
try "$XNM_VIF" reapply 1.0
as 10.10.0.254 2001:db8:10::fe --tag 10
may "trunk: this host has it no more"
guest_goes 1
guest_goes 3
ip link del br0.10
is "nothing of an address is left" "$(nft list table bridge xnm | grep -A3 'set owned' | grep -c elements)" 0
assert_clean "nothing is left"
tap_done
