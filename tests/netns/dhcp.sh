#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dhcp.sh - guests get their addresses from a real dnsmasq, which knows from xnm whose they are.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/dnsmasq.sh
. "$netns_top/tests/lib/dnsmasq.sh"

why=$(dnsmasq_missing busybox)
if [ -n "$why" ]; then
	skip dhcp.sh "$why"
	tap_done
	exit
fi
busybox --list | grep -qx udhcpc || {
	skip dhcp.sh "this busybox has no udhcpc"
	tap_done
	exit
}

store_start || exit 1

# policy ADDRESS [other=ADDRESS] [dhcp=no] [dir=PATH]: guest web1 has the address, whatever its MAC address
policy() {
	local address=$1 other='' dhcp=dnsmasq dir='' word

	shift
	for word in "$@"; do
		local "${word?}"
	done
	cat >"$XNM_CONFIG" <<-END
		[network lan]
		bridge=lan0
		address=10.30.0.1/24 fd30::1/64
		forward=nat
		mtu=1400
		dhcp=$dhcp
		dhcp-hosts-directory=$dir
		ipv6-ra=dnsmasq
		domain=lan.example
		lease-time=10m
		[pool web]
		network=lan
		range=10.30.0.100-10.30.0.101
		[vif web1*]
		network=lan
		address=$address eui64
		[vif other]
		network=lan
		address=$other
		[vif pool*]
		network=lan
		address=auto web
	END
}

cat >"$T/lease" <<-'END'
	#!/bin/sh
	# what udhcpc has to say goes to a file; the guest takes the address
	[ "$1" = bound ] || [ "$1" = renew ] || exit 0
	echo "$ip/$mask $router $mtu $dns $domain" >"$LEASE_FILE"
	ip -4 addr flush dev "$interface"
	ip addr add "$ip/$mask" dev "$interface"
END
chmod +x "$T/lease"

# ask D [OPTION OF udhcpc]...: what guest D is given, or nothing
ask() {
	local domid=$1

	shift
	rm -f "$T/got"
	ip -n "g$domid.0" link set eth0 up
	LEASE_FILE=$T/got ip netns exec "g$domid.0" timeout 5 busybox udhcpc -i eth0 -n -q -f -t 4 -T 1 \
		-s "$T/lease" "$@" >"$T/udhcpc" 2>&1
	cat "$T/got" 2>/dev/null
}

# ask_name D NAME: what dnsmasq tells guest D of a name
ask_name() {
	ip netns exec "g$1.0" timeout 5 busybox nslookup "$2" 10.30.0.1 2>/dev/null |
		sed -n 's/^Address[ 0-9]*: *\(10\.30\.[0-9.]*\)$/\1/p' | tail -1
}

# every host has a card; dnsmasq makes its DUID of its address
ip link add eth0 type veth peer name wire
policy 10.30.0.10
check "the policy has no mistakes" "$XNM" check
check "dnsmasq takes what xnm prints for it" dnsmasq_start
guest_new 1 0 name=web1 mac=00:16:3e:aa:00:01
try hotplug online 1 0
assert_online "online" 1 0 lan0
is "the reservation" "$(cat "$hosts/1.0")" \
	"00:16:3e:aa:00:01,10.30.0.10,[fd30::216:3eff:feaa:1],web1,600"
is "a guest gets its address at its first online" "$(ask 1 -O mtu)" \
	"10.30.0.10/24 10.30.0.1 1400 10.30.0.1 lan.example"
check "it is its own: the host answers it" guest_ping 1 0 10.30.0.1
is "dnsmasq has a lease for it" "$(leases)" "00:16:3e:aa:00:01 10.30.0.10"
is "dnsmasq knows its name" "$(ask_name 1 web1.lan.example)" 10.30.0.10
is "xnm address: what it has" "$("$XNM" address web1)" 10.30.0.10/32$'\n'fd30::216:3eff:feaa:1/128
is "xnm address: for its kernel" "$("$XNM" address vif1.0 --kernel)" \
	"ip=10.30.0.10::10.30.0.1:255.255.255.0:web1:eth0:off"
try "$XNM_VIF" plan 1.0
is "a vif that is as wanted: nothing to do" "$rc:$out" "0:vif1.0 online:"$'\n'"  nothing to do"

# router advertisements
for ((i = 0; i < 200; i++)); do
	global=$(ip -n g1.0 -o -6 addr show dev eth0 scope global -tentative | awk '{ print $4 }')
	[ -z "$global" ] || break
	sleep 0.05
done
is "IPv6: the guest makes the address that it may use" "$global" fd30::216:3eff:feaa:1/64
check "IPv6: the host answers it" guest_ping 1 0 fd30::1
refuse "nothing of all this was dropped" grep "^vif.* dropped:" <<<"$("$XNM" status -v)"

# a MAC address that dnsmasq does not know
guest_new 9 0 name=other bridge=lan
try hotplug online 9 0
is "a guest without an address gets none" "$rc:$out:$(ask 9)" 0::

# another address by policy, while the guest runs
eavesdrop 9
policy 10.30.0.11
try "$XNM_VIF" reapply 1.0
is "another address: reapply says nothing" "$rc:$out" 0:
check "another address: the old lease is released" gone 10.30.0.10
is "another address: no other guest hears of it" "$(seen 9)" 0
is "another address: the guest gets it" "$(ask 1)" "10.30.0.11/24 10.30.0.1  10.30.0.1 lan.example"
check "another address: it is the guest's own" guest_ping 1 0 10.30.0.1

# the old address for another MAC address, at once
policy 10.30.0.11 other=10.30.0.10
try "$XNM_VIF" reapply 9.0
is "an address that is free again: another guest gets it" "$rc:$out:$(ask 9)" \
	"0::10.30.0.10/24 10.30.0.1  10.30.0.1 lan.example"
is "each has its own" "$(leases | xargs)" \
	"$(xs_read "$backend/9/0/mac") 10.30.0.10 00:16:3e:aa:00:01 10.30.0.11"

# offline
try hotplug offline 9 0
assert_offline "offline" 9 0
check "offline: the reservation has gone" test ! -e "$hosts/9.0"
check "offline: the lease has gone" gone 10.30.0.10
guest_rm 9 0

# the same guest with another MAC address, right after it went, and a file that nobody took away
try hotplug offline 1 0
guest_rm 1 0
echo 00:16:3e:aa:00:02,10.30.0.99,stale,600 >"$hosts/77.0"
guest_new 2 0 name=web1 mac=00:16:3e:aa:00:02
try hotplug online 2 0
assert_online "the guest with another MAC address" 2 0 lan0
is "it gets the address at once" "$(ask 2)" "10.30.0.11/24 10.30.0.1  10.30.0.1 lan.example"
is "only its own reservation is there" "$(ls -A "$hosts")" 2.0

# a pool
guest_new 3 0 name=pool1 mac=00:16:3e:aa:00:03
wanted=$("$XNM" address pool1 --mac 00:16:3e:aa:00:03)
is "xnm address: what a pool will give" "$wanted" "10.30.0.10${wanted#10.30.0.10}"
try hotplug online 3 0
is "a pool: the guest gets what was said" "$rc:$out:$(ask 3 | cut -d' ' -f1)" "0::${wanted%/*}/24"
try hotplug offline 3 0
guest_rm 3 0
check "a pool: the lease ends, the address stays the guest's" gone "${wanted%/*}"
is "a pool: for its kernel, before it is there again" \
	"$("$XNM" address pool1 --mac 00:16:3e:aa:00:03 --kernel)" \
	"ip=${wanted%/*}::10.30.0.1:255.255.255.0:pool1:eth0:off"
try "$XNM" address pool1
is "xnm address: a pool needs the MAC address" "$rc:$out" \
	"2:xnm: [vif pool*] gives addresses by MAC address: add --mac"
try "$XNM" address nobody
is "xnm address: a guest of which nobody says anything" "$rc:${out%%,*}" "1:xnm: nobody does not run"

# no longer wanted
policy 10.30.0.11 dhcp=no
try "$XNM_VIF" reapply 2.0
is "dhcp=no: reservation and lease go, the address stays" \
	"$rc:$out:$(ls -A "$hosts"):$(gone 10.30.0.11 && "$XNM" address 2.0 | head -1)" "0:::10.30.0.11/32"
policy 10.30.0.11
try "$XNM_VIF" reapply 2.0
is "dhcp=dnsmasq again: it is back" "$rc:$out:$(ls -A "$hosts")" 0::2.0

# nobody there to be told
kill "$(cat "$hosts.pid")"
try hotplug offline 2 0
assert_offline "offline without dnsmasq" 2 0
guest_rm 2 0

# a folder that cannot be written
policy 10.30.0.11 dir=/proc/xnm
guest_new 4 0 name=web1
try hotplug online 4 0
assert_refused "a folder that cannot be" 4 0 "cannot add dnsmasq reservation .*10\.30\.0\.11,.*: "
guest_rm 4 0

assert_clean "nothing is left"
tap_done
