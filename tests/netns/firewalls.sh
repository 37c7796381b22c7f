#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# firewalls.sh - with the real systemd: guests stay held, and served, when nftables, firewalld or Docker is restarted.
# tier: vm
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/systemd.sh
. "$netns_top/tests/lib/systemd.sh"

# tests/vm/netns-in-vm.sh has fetched them, as the machine has no network
packages=$netns_top/build/firewalls
stage=${XNM_STAGE:-$O/stage}
why=$(systemd_missing)
[ -d "$packages/usr" ] || why="Debian's firewalld and Docker cannot be had"
[ -d "$stage/usr" ] || why="the tree is not installed in $stage (make stage)"
if [ -n "$why" ]; then
	skip "firewalls" "$why"
	tap_done
	exit
fi

# ours as make install puts them; the program is called as the drop-ins call it
layer /etc "$packages/etc" && layer /usr "$packages/usr" "$stage/usr" || exit 1
rm -f /usr/sbin/xnm-vif
cp "$XNM_VIF" /usr/sbin/xnm-vif
# whom the packages make when they are installed
grep -q '^messagebus:' /etc/passwd || {
	echo 'messagebus:x:999:999::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
	echo 'messagebus:x:999:' >>/etc/group
}
grep -q '^docker:' /etc/group || echo 'docker:x:998:' >>/etc/group
store_start || exit 1
cat >"$XNM_CONFIG" <<'END'
[network closed]
bridge=closed0
address=192.168.10.1/24 fd10::1/64
forward=none
host-services=dns

[network out]
bridge=out0
address=192.168.20.1/24 fd20::1/64
forward=nat
END
cat >/etc/nftables.conf <<'END'
flush ruleset
table inet filter {
	chain input {
		type filter hook input priority filter; policy accept;
		tcp dport 7 drop
	}
}
END
systemd_units nftables.service firewalld.service dbus.service dbus.socket \
	docker.service docker.socket containerd.service || exit 1
# nothing of it is the host's
for folder in /var/lib/docker /var/lib/containerd; do
	mkdir -p $folder
	mount -t tmpfs tmpfs $folder
done
if ! systemd_start; then
	not_ok "systemd starts"
	tap_done
	exit
fi
inside systemctl set-environment "XNM_CONFIG=$XNM_CONFIG" "XNM_STATE_DIR=$XNM_STATE_DIR"

bridge_new br0
guest_new 1 0 bridge=br0 ip="192.0.2.1 2001:db8::1"
guest_new 2 0 bridge=br0 ip="192.0.2.2 2001:db8::2"
guest_new 3 0 bridge=closed
guest_new 4 0 bridge=out
# the outside, which knows no way to the guests' addresses
ip netns add outside
ip link add up0 type veth peer name eth0 netns outside
ip addr add 203.0.113.1/24 dev up0
ip addr add 2001:db8:113::1/64 dev up0 nodad
ip link set up0 up
ip -n outside addr add 203.0.113.2/24 dev eth0
ip -n outside addr add 2001:db8:113::2/64 dev eth0 nodad
ip -n outside link set eth0 up
for d in 1 2 3 4; do
	try hotplug online $d 0
	is "guest $d online" "$rc:$out" 0:
done
guest_up 1 0 192.0.2.1/24 192.0.2.9/24 2001:db8::1/64 2001:db8::9/64
guest_up 2 0 192.0.2.2/24 2001:db8::2/64
guest_up 3 0 192.168.10.3/24 fd10::3/64
guest_up 4 0 192.168.20.4/24 fd20::4/64
ip -n g4.0 route add default via 192.168.20.1
ip -n g4.0 route add default via fd20::1

# ours: rules and elements of both tables, one a line, without what has been dropped
ours() {
	nft -j -s list ruleset | jq -cS '
		.nftables[] | select(.metainfo | not) | del(.[].handle)
		| if .set.name == "drops" then del(.set.elem) else . end
		| (.set // .map) as $set
		| if $set.elem then $set.elem[] | [ $set.family, $set.name, . ] else . end' |
		grep '"xnm"\|^\["' | sort
}

# ping_from SOURCE TARGET: guest 1 asks guest 2
ping_from() {
	ip netns exec g1.0 ping -q -n -c 2 -i 0.1 -W 0.3 -I "$1" "$2" >/dev/null 2>&1
}

# held WHEN: guest 1 has its own addresses and no others, guest 3 does not reach the host, guest 4 the outside
held() {
	check "$1: guest 1 has its addresses" ping_from 192.0.2.1 192.0.2.2
	check "$1: of IPv6 too" ping_from 2001:db8::1 2001:db8::2
	refuse "$1: not another" ping_from 192.0.2.9 192.0.2.2
	refuse "$1: nor one of IPv6" ping_from 2001:db8::9 2001:db8::2
	refuse "$1: the host is closed" ip netns exec g3.0 ping -q -n -c 2 -i 0.1 -W 0.3 192.168.10.1
	served "$1"
	same "$1: the rules are what they were" "$(ours)" "$whole"
}

# served WHEN: guest 4 reaches the outside
served() {
	check "$1: guest 4 gets out" guest_ping 4 0 203.0.113.2
	check "$1: by IPv6 too" guest_ping 4 0 2001:db8:113::2
}

# does COMMAND...: it is successful, and guests are held behind it
does() {
	try "$@"
	[ "$1" != inside ] || shift
	is "$*" "$rc:$out" 0:
	held "$1 $2"
}

# without NAME, with NAME: our drop-in, by one that stands before it and is empty
without() {
	mkdir -p "/run/systemd/system/$1.service.d"
	: >"/run/systemd/system/$1.service.d/xnm.conf"
	inside systemctl daemon-reload
}
with() {
	rm -r "/run/systemd/system/$1.service.d"
	inside systemctl daemon-reload
}

whole=$(ours)
held "at first"

# what the drop-in is for: without it, all guests are open
without nftables
try inside systemctl start nftables
is "nftables.service alone" "$rc:$out" 0:
is "takes our rules away" "$(ours)" ""
check "and opens guests" ping_from 192.0.2.9 192.0.2.2
with nftables
does "$XNM_VIF" reapply all
does inside systemctl stop nftables

does inside systemctl start nftables
check "its own rules are there" nft list chain inet filter input
does inside systemctl restart nftables
does inside systemctl reload nftables
echo 'nonsense' >/etc/nftables.conf
try inside systemctl restart nftables
is "a restart with a file that is none" "$rc" 1
held "restart with a file that is none"
printf 'flush ruleset\n' >/etc/nftables.conf
does inside systemctl start nftables
does inside systemctl stop nftables
refuse "it is stopped" inside systemctl -q is-active nftables

# firewalld takes away only what is its own. What is forwarded is another matter: that is for its zones to say.
sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
served() {
	:
}
does inside systemctl start firewalld
# its name is on the bus, which is all that systemd waits for, before its rules are in the kernel
check "it has rules" timeout 120 sh -c 'until nft list table inet firewalld; do sleep 0.2; done'
# what firewall-cmd --reload asks for, with time for a slow machine
does inside busctl --timeout=300 call org.fedoraproject.FirewallD1 /org/fedoraproject/FirewallD1 \
	org.fedoraproject.FirewallD1 reload
does inside systemctl stop firewalld

# Docker lets nothing be forwarded that is not its own, if nothing was before; with br_netfilter that means bridged
# guests too
for d in 3 4; do
	try hotplug offline $d 0
	is "guest $d offline" "$rc:$out" 0:
	guest_rm $d 0
done
is "nothing is routed" "$(cat /proc/sys/net/ipv4/ip_forward)" 0
sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
without docker
try inside systemctl start docker
is "docker.service alone" "$rc:$out" 0:
check "it is Docker" iptables -S DOCKER-USER
refuse "cuts guests off" ping_from 192.0.2.1 192.0.2.2
with docker
for how in restart stop; do
	try inside systemctl $how docker.socket docker.service
	is "systemctl $how docker" "$rc:$out" 0:
	check "$how: guest 1 has its addresses" ping_from 192.0.2.1 192.0.2.2
	check "$how: of IPv6 too" ping_from 2001:db8::1 2001:db8::2
	refuse "$how: not another" ping_from 192.0.2.9 192.0.2.2
	refuse "$how: nor one of IPv6" ping_from 2001:db8::9 2001:db8::2
done
inside systemctl stop docker docker.socket containerd

# a host without guests: nothing to do, and nothing in the way
for d in 1 2; do
	try hotplug offline $d 0
	is "guest $d offline" "$rc:$out" 0:
	guest_rm $d 0
done
try inside systemctl start nftables
is "without guests, nftables.service starts" "$rc:$out" 0:
is "and there are no rules of ours" "$(ours)" ""
rm /usr/sbin/xnm-vif
try inside systemctl restart nftables
is "without the program too" "$rc:$out" 0:
tap_done
