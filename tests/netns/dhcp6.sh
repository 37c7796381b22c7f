#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dhcp6.sh - IPv6 addresses from a real dnsmasq, whose leases end when the vifs do not have them any more.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/dnsmasq.sh
. "$netns_top/tests/lib/dnsmasq.sh"

why=$(dnsmasq_missing dhclient)
if [ -n "$why" ]; then
	skip dhcp6.sh "$why"
	tap_done
	exit
fi
store_start || exit 1

# policy ADDRESSES [ADDRESSES]: of guest web1, whatever its MAC address, and of guest other
policy() {
	cat >"$XNM_CONFIG" <<-END
		[network lan]
		bridge=lan0
		address=10.30.0.1/24 fd30::1/64
		forward=nat
		dhcp=dnsmasq
		lease-time=10m
		[vif web1*]
		network=lan
		address=$1
		[vif other]
		network=lan
		address=${2:-}
	END
}

cat >"$T/lease" <<-'END'
	#!/bin/sh
	# what dhclient has got goes to a file; the guest takes the address
	case $reason in
	BOUND) address=$new_ip_address/24 ;;
	BOUND6) address=$new_ip6_address/64 ;;
	*) exit 0 ;;
	esac
	echo "${address%/*}" >"$LEASE_FILE"
	ip addr add "$address" dev "$interface"
END
chmod +x "$T/lease"

# ask D [-4] [SECONDS]: what guest D is given, or nothing. Its client knows nothing of an earlier one, and
# ends without a word to the server.
ask() {
	local domid=$1 family=-6

	[ "${2:-}" != -4 ] || {
		family=-4
		shift
	}
	rm -f "$T/got" "$T/client" "$T/client.pid"
	ip -n "g$domid.0" "$family" addr flush dev eth0 scope global 2>/dev/null
	guest_up "$domid" 0
	ip netns exec "g$domid.0" timeout "${2:-10}" dhclient "$family" -1 -cf /dev/null -lf "$T/client" \
		-pf "$T/client.pid" -sf "$T/lease" -e "LEASE_FILE=$T/got" eth0 >"$T/dhclient" 2>&1
	[ ! -e "$T/client.pid" ] || kill -KILL "$(cat "$T/client.pid")" 2>/dev/null
	cat "$T/got" 2>/dev/null
}

# every host has a card; dnsmasq makes its DUID of its address
ip link add eth0 type veth peer name wire
policy fd30::10
check "dnsmasq takes what xnm prints for it" dnsmasq_start
guest_new 1 0 name=web1 mac=00:16:3e:aa:00:01
try hotplug online 1 0
assert_online "online" 1 0 lan0
is "the reservation" "$(cat "$hosts/1.0")" "00:16:3e:aa:00:01,[fd30::10],web1,600"
is "a guest gets its address at its first online" "$(ask 1)" fd30::10
check "it is its own: the host answers it" guest_ping 1 0 fd30::1
guest_new 9 0 name=other bridge=lan
try hotplug online 9 0
is "a guest without an address gets none" "$rc:$out:$(ask 9 2)" 0::

# another address by policy, while the guest runs
eavesdrop 9
policy fd30::11
try "$XNM_VIF" reapply 1.0
is "another address: reapply says nothing" "$rc:$out" 0:
check "another address: the old lease is released" gone fd30::10
is "another address: no other guest hears of it" "$(seen 9)" 0
is "another address: the guest gets it" "$(ask 1)" fd30::11
check "another address: it is the guest's own" guest_ping 1 0 fd30::1

# the old address for another MAC address, at once
policy fd30::11 fd30::10
try "$XNM_VIF" reapply 9.0
is "an address that is free again: another guest gets it" "$rc:$out:$(ask 9)" 0::fd30::10
is "each has its own" "$(leases | cut -d' ' -f2 | sort | xargs)" "fd30::10 fd30::11"

# offline
try hotplug offline 9 0
assert_offline "offline" 9 0
check "offline: the reservation has gone" test ! -e "$hosts/9.0"
check "offline: the lease has gone" gone fd30::10
guest_rm 9 0

# the last vif of the network, when dnsmasq is late, and the same guest with another MAC address right after it
pid=$(cat "$hosts.pid")
kill -STOP "$pid"
{
	while [ -e "$hosts/1.0" ]; do sleep 0.01; done
	sleep 0.1
	kill -CONT "$pid"
} &
try hotplug offline 1 0
assert_offline "offline with the bridge" 1 0
refuse "the bridge has gone" link_exists lan0
check "offline with the bridge: the lease has gone" gone fd30::11
guest_rm 1 0
policy "10.30.0.10 fd30::11"
guest_new 2 0 name=web1 mac=00:16:3e:aa:00:02
try hotplug online 2 0
assert_online "the guest with another MAC address" 2 0 lan0
is "it gets the address at once, and one of IPv4" "$(ask 2):$(ask 2 -4)" fd30::11:10.30.0.10

# dnsmasq writes the file anew for the one lease while the other is looked for in it
try hotplug offline 2 0
assert_offline "offline with two leases" 2 0
check "two leases: that of IPv4 has gone" gone 10.30.0.10
check "two leases: that of IPv6 has gone" gone fd30::11
guest_rm 2 0

# no longer wanted
policy fd30::12
guest_new 3 0 name=web1 mac=00:16:3e:aa:00:03
try hotplug online 3 0
is "before dhcp=no" "$rc:$out:$(ask 3)" 0::fd30::12
sed -i '/^dhcp=/d' "$XNM_CONFIG"
try "$XNM_VIF" reapply 3.0
is "dhcp=no: the lease goes, the address stays" "$rc:$out:$(gone fd30::12 && "$XNM" address 3.0)" 0::fd30::12/128

# a lease file that is none
policy fd30::12
try "$XNM_VIF" reapply 3.0
is "dhcp=dnsmasq again: the guest gets it" "$rc:$out:$(ask 3)" 0::fd30::12
{
	head -c 100000 /dev/urandom
	printf '\nduid ::\n1 2 fd30::12 web1 00:01\nduid %05000d\n1 2 fd30::12 web1 %05000d' 0 0
} >"$lease_file"
try hotplug offline 3 0
assert_offline "a lease file of nonsense" 3 0
guest_rm 3 0
guest_new 4 0 name=web1 mac=00:16:3e:aa:00:04
try hotplug online 4 0
is "what was not released is not given to another one" "$rc:$out:$(ask 4 3)" 0::

# no lease file, and no dnsmasq
rm "$lease_file"
policy fd30::13
try "$XNM_VIF" reapply 4.0
is "no lease file" "$rc:$out" 0:
rm -r "${lease_file%/*}"
kill "$(cat "$hosts.pid")"
try hotplug offline 4 0
assert_offline "no dnsmasq" 4 0
guest_rm 4 0

assert_clean "nothing is left"
tap_done
