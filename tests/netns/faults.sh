#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# faults.sh - every operation of an online made to fail, one by one: nothing stays half done, and it is told.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes

store_start || exit 1
HOTPLUG=$O/xnm-vif-faults
if [ ! -e "$HOTPLUG" ]; then
	skip "faults" "$HOTPLUG is not built"
	tap_done
	exit
fi

# notes: everything below the run directory that an event may leave
notes() {
	find "$XNM_RUN_DIR" ! -type d ! -name lock ! -name nft
}

# traces: what an event may change elsewhere: nftables, routes, whom this host answers for, settings
traces() {
	local ip

	filter_elements
	for ip in -4 -6; do
		ip $ip route show proto 88
		ip $ip neigh show proxy
	done
	nft -s list table ip filter 2>/dev/null
	cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding
}

# fail_each NAME VERB DEVICE [KEY=VALUE]...: VERB of guest 1.0 with its n-th operation failing, for all n
fail_each() {
	local name=$1 verb=$2 dev=$3 n at wrong last='' before

	shift 3
	before=$(traces)
	for at in "" +; do
		for ((n = 1; n < 60; n++)); do
			guest_new 1 0 "$@"
			if [ "$verb" = add ]; then
				tap_new 1 0
				hotplug online 1 0
			fi
			hotplug_env=("XNM_FAIL_AT=$n$at")
			try hotplug "$verb" 1 0
			hotplug_env=()
			if [ $rc -eq 0 ] && [ -z "$out" ]; then
				last=$n
			elif [ $rc -eq 0 ]; then
				is "$name: operation $n$at may fail: a warning" "$(wc -l <<<"$out")" 1
			elif [ "$verb" = add ]; then
				wrong="$rc:$(echo "$out" | wc -l):$(down_and_alone "$dev" vif1.0-emu)"
				is "$name: operation $n$at fails: exit 1, one line, tap down and alone" "$wrong" 1:1:
			else
				assert_refused "$name: operation $n$at fails" 1 0
				is "$name: and nothing is left of $dev" "$(down_and_alone "$dev"):$(notes)" ":"
				same "$name: nor elsewhere" "$(traces)" "$before"
			fi
			# now without the fault
			try hotplug "$verb" 1 0
			if [ "$verb" = add ]; then
				is "$name: then it works" "$rc:$out:$(link_is_up "$dev" && echo up)" 0::up
				ip link del "$dev"
				hotplug offline 1 0
				hotplug remove 1 0
			else
				if [ -n "$bridge" ]; then
					assert_online "$name: then it works" 1 0 "$bridge" "$dev"
				else
					is "$name: then it works" "$rc:$out:$(link_is_up "$dev" && echo up)" 0::up
				fi
				hotplug offline 1 0
			fi
			guest_rm 1 0
			[ "$verb" != add ] || ip link del vif1.0-emu 2>/dev/null
			[ -z "$last" ] || break
		done
		check "$name: operations $at were found" test "$n" -gt 4 -a "$n" -lt 60
		last=
	done
	same "$name: in the end all is as before" "$(traces)" "$before"
}

bridge_new br0
ip link set br0 mtu 1400
bridge=br0
fail_each plain online web1 vifname=web1
fail_each "a tap" add web1-emu vifname=web1 type=vif_ioemu

cat >"$XNM_CONFIG" <<'END'
[network lan]
bridge=lan0
address=192.0.2.1/24 2001:db8::1/64
mtu=1400
isolated=yes

[network out]
bridge=out0
address=198.51.100.1/24
interfaces=up0
keep=no
END
bridge=lan0
fail_each "policy" online vif1.0 bridge=lan
refuse "policy: the bridge is gone" link_exists lan0

# a network that brings an interface of the host along
ip link add up0 type veth peer name up1
ip link set up1 up
bridge=out0
fail_each "uplink" online vif1.0 bridge=out
refuse "uplink: the bridge is gone" link_exists out0
is "uplink: the interface is free again" "$(link_master up0)" ""
bridge=lan0

# all that a network can ask for: addresses, ports, settings, and a way through somebody else's chain
ip addr add 203.0.113.1/24 dev up0
nft -f - <<'END'
add table ip filter
add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }
END
mv "$XNM_CONFIG" "$T/good"
cat >"$XNM_CONFIG" <<'END'
[uplink internet]
interface=up0
[network nat]
bridge=nat0
address=10.20.0.1/24 2001:db8:20::1/64
forward=nat
uplink=internet
[network flat]
backend=route
address=203.0.113.1/32 fe80::1/64
uplink=internet
[forward web]
network=nat
listen-port=80,8000-8001
target=guest1
target-port=8080,9000-9001
[acl web]
rule=allow ingress tcp port 8080
[vif guest1]
acl=web
[vif *]
END
bridge=nat0
fail_each "nat" online vif1.0 bridge=nat "ip=10.20.0.5 2001:db8:20::5"
refuse "nat: the bridge is gone" link_exists nat0
bridge=
fail_each "routed" online vif1.0 bridge=flat "ip=203.0.113.5 2001:db8:21::5 203.0.113.16/28" name=other
fail_each "a routed tap" add vif1.0-emu bridge=flat "ip=203.0.113.5 2001:db8:21::5" name=other type=vif_ioemu
nft delete table ip filter
ip addr del 203.0.113.1/24 dev up0
mv "$T/good" "$XNM_CONFIG"
bridge=lan0

# the same with another guest on the network: that one must not notice
guest_new 2 0 bridge=lan
hotplug online 2 0
guest_up 2 0 192.0.2.2/24
# the second one notes the address that the kernel has made for the bridge of the first
guest_new 1 0 bridge=lan
hotplug online 1 0
hotplug offline 1 0
guest_rm 1 0
# notes of the other guest and of its bridge
notes() {
	find "$XNM_RUN_DIR" ! -type d ! -name lock ! -name nft ! -name 2.0 ! -name lan0 \
		! -name lan ! -name lan,2.0 ! -name =lan0 ! -name =lan0,2.0 ! -lname 2.0 \
		! -name '@ipv6,conf,lan0,accept_ra'
}
fail_each "policy, second guest" online web1 bridge=lan vifname=web1
check "policy: the other guest never noticed" guest_ping 2 0 192.0.2.1
hotplug offline 2 0
guest_rm 2 0

assert_clean "nothing is left"
tap_done
