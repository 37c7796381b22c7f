#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# doctor.sh - `xnm doctor` finds what on the host is in the way of guests, says what to type, and else says nothing.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

if ! command -v nft >/dev/null || ! command -v python3 >/dev/null; then
	skip "doctor" "nft or python3 is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
store_start || exit 1
net=/proc/sys/net
br_netfilter=$net/bridge/bridge-nf-call-iptables

# kernel_config LINE...: what this kernel was built with, as /boot tells it
kernel_config() {
	printf '%s\n' "$@" >"/boot/config-$(uname -r)"
}
mount -t tmpfs tmpfs /boot
: >$T/empty
[ ! -e /proc/config.gz ] || mount --bind $T/empty /proc/config.gz
all_options=('CONFIG_NF_TABLES=y' CONFIG_NF_TABLES_{BRIDGE,INET}'=y'
	CONFIG_NFT_{CT,NAT,MASQ,FIB_INET,REJECT_INET,LOG}'=m' 'CONFIG_NF_CT_NETLINK=m')

# set_bridged 0|1: whether frames between ports pass the rules on routed packets
set_bridged() {
	local file

	for file in "$net"/bridge/bridge-nf-call-ip*tables; do
		[ ! -e "$file" ] || echo "$1" >"$file"
	done
}
set_bridged 0

# finds NAME [LINE...]: xnm doctor prints exactly these lines, each behind "warning: "
finds() {
	local name=$1 wanted=

	shift
	[ $# -eq 0 ] || wanted=$(printf 'warning: %s\n' "$@")
	try "$XNM" doctor
	is "$name" "$rc:$out" "$(($# > 0)):$wanted"
}

# -- nothing
finds "no guests, no policy"
kernel_config "${all_options[@]}"
finds "a kernel that has all"
bridge_new br0
guest_new 1 0 ip=192.0.2.11
hotplug online 1 0
set_bridged 1
finds "a guest on a bridge"
try "$XNM" doctor --help
is "help" "$rc:$(echo "$out" | head -n 1)" "0:usage: xnm doctor"
is "help has a line for each file with a check" "$(sed -n 's/^  \([a-z_]*\)  .*/\1/p' <<<"$out" | sort)" \
	"$(sed -n 's/^const struct xnm_doctor_check xnm_doctor_\([a-z_]*\) = {/\1/p' "$netns_top"/hotplug/cli/doctor/*.c | sort)"
try "$XNM" doctor now
is "a wrong call" "$rc:$(echo "$out" | head -n 1)" "2:usage: xnm doctor"

# -- the kernel
kernel_config CONFIG_NF_TABLES=y CONFIG_NF_TABLES_BRIDGE=m '# CONFIG_NF_TABLES_INET is not set' \
	CONFIG_NFT_CT=m CONFIG_NFT_NAT=m CONFIG_NFT_MASQ=m CONFIG_NFT_FIB_INET_mine=m CONFIG_NFT_REJECT_INET=m \
	CONFIG_NFT_LOG=m CONFIG_NF_CT_NETLINK=m
missing='this kernel was built without CONFIG_NF_TABLES_INET, CONFIG_NFT_FIB_INET, so vifs cannot be locked: boot another kernel, or write locking-mode=unlocked into the policy'
finds "a kernel without two options" "$missing"
if [ -e /proc/config.gz ]; then
	gzip -c "/boot/config-$(uname -r)" >$T/config.gz
	rm "/boot/config-$(uname -r)"
	mount --bind $T/config.gz /proc/config.gz
	finds "the same by /proc/config.gz" "$missing"
	umount /proc/config.gz
else
	rm "/boot/config-$(uname -r)"
	skip "the same by /proc/config.gz" "this kernel has none"
fi
finds "no kernel configuration to read"

# -- a firewall that drops what it does not know, and bridges whose frames pass it
# firewall FAMILY TABLE CHAIN: one whose chain asks another one first
firewall() {
	nft -f - <<-END
		table $1 $2 {
			chain user {
				return
			}
			chain $3 {
				type filter hook forward priority 0; policy drop;
				counter jump user
				iifname "docker0" oifname != "docker0" accept
			}
		}
	END
}
# drops CHAIN WHAT COMMAND: what is said of it
drops() {
	echo "chain $1 drops what $2: $3"
}
passes="br0 passes from port to port (br_netfilter)"
within="nft insert rule inet mine fw iifname br0 oifname br0 accept"
if [ -e $br_netfilter ]; then
	firewall inet mine fw
	line=$(drops 'fw of table inet mine' "$passes" "$within")
	finds "a firewall" "$line"
	nft insert rule inet mine user oifname br1 counter accept
	finds "another bridge is let through" "$line"
	nft insert rule inet mine user iifname br0 tcp dport 22 counter accept
	nft insert rule inet mine user iifname != br0 accept
	nft insert rule inet mine user iifname br00 accept
	nft insert rule inet mine user iifname br0 oifname wan0 accept
	nft insert rule inet mine user iifname br0 ct state established accept
	nft insert rule inet mine user iifname br0 counter
	finds "some of it is let through" "$line"
	for rule in 'iifname br0 counter accept' 'oifname br0 accept' 'iifname "br*" oifname "br*" accept' \
		'iif br0 accept' 'iifname br0 log accept' 'accept'; do
		nft insert rule inet mine user "$rule"
		finds "it is let through: $rule"
		nft delete table inet mine
		firewall inet mine fw
	done
	nft add chain inet mine elsewhere
	nft add rule inet mine elsewhere accept
	nft add rule inet mine fw iifname br1 jump elsewhere
	finds "in a chain that nothing of it comes to" "$line"
	nft add rule inet mine fw goto elsewhere
	finds "in a chain that all come to"
	nft delete table inet mine
	firewall inet mine fw
	try "$XNM" doctor
	eval "${out#*(br_netfilter): }"
	finds "what it says helps"
	nft delete table inet mine
	firewall ip mine fw
	finds "IPv4" "$(drops 'fw of table ip mine' "$passes" "${within/inet/ip}")"
	nft delete table ip mine
	firewall ip6 mine fw
	finds "IPv6" "$(drops 'fw of table ip6 mine' "$passes" "${within/inet/ip6}")"
	echo 0 >$net/bridge/bridge-nf-call-ip6tables
	finds "IPv6 frames do not pass it"
	nft delete table ip6 mine
	firewall ip mine fw
	echo 0 >$br_netfilter
	finds "nor do others"
	ip link set br0 type bridge nf_call_iptables 1
	finds "one bridge's do" "$(drops 'fw of table ip mine' "$passes" "${within/inet/ip}")"
	ip link set br0 type bridge nf_call_iptables 0
	nft delete table ip mine
	firewall inet mine fw
	nft chain inet mine fw '{ policy accept; }'
	nft add chain inet mine host '{ type filter hook input priority 0; policy drop; }'
	set_bridged 1
	finds "a chain that accepts, and one of another hook"
	nft delete table inet mine

	# what iptables-nft and Docker make is opened by xnm-vif, for every vif
	firewall ip filter FORWARD
	finds "the chain of iptables" "$(drops 'FORWARD of table ip filter' "$passes" 'xnm-vif reapply all')"
	"$XNM_VIF" reapply all >/dev/null
	finds "reapply helps"
	hotplug offline 1 0
	finds "nor is anything wrong without guests"
	hotplug online 1 0
	finds "and with the next one"
	nft delete table ip filter
	set_bridged 0
else
	skip "frames that pass a firewall" "this kernel has no br_netfilter"
fi

# -- networks that this host forwards for
ip netns add outer
for i in 0 1; do
	ip link add wan$i type veth peer name eth$i netns outer
	echo 0 >$net/ipv6/conf/wan$i/accept_dad
	ip link set wan$i up
	ip -n outer link set eth$i up
done
cat >"$XNM_CONFIG" <<'END'
[uplink wan]
interface=wan0
[network inner]
bridge=xnmnat
address=10.77.0.1/24
forward=nat
uplink=wan
[network lan]
bridge=xnmlan
forward=bridge
[vif inner*]
network=inner
END
finds "a policy"
guest_new 2 0 name=inner1
firewall inet mine fw
both="nft insert rule inet mine fw iifname xnmnat accept && nft insert rule inet mine fw oifname xnmnat accept"
forwarded=$(drops 'fw of table inet mine' "xnmnat forwards" "$both")
finds "a firewall, and a network that has no guests yet" "$forwarded"
hotplug online 2 0
finds "and one that has" "$forwarded"
nft insert rule inet mine user iifname xnmnat accept
finds "what comes back is dropped" "$forwarded"
nft insert rule inet mine user ct state established,related accept
finds "what comes back is let through"
nft flush chain inet mine user
nft insert rule inet mine user oifname xnmnat accept
finds "what goes out is dropped" "$forwarded"
nft insert rule inet mine user iifname xnmnat oifname wan0 accept
finds "both, and no more"
nft delete table inet mine
firewall inet mine fw
try "$XNM" doctor
eval "${out#*forwards: }"
finds "what it says helps"
nft delete table inet mine
firewall ip6 mine fw
finds "IPv6, which the network has not"
nft delete table ip6 mine
if [ -e $br_netfilter ]; then
	set_bridged 1
	firewall ip mine fw
	nft insert rule ip mine user iifname br0 accept
	finds "both ways, and the policy's other bridge" \
		"$(drops 'fw of table ip mine' "xnmnat forwards and ${passes#br0 }" "${both//inet/ip}")" \
		"$(drops 'fw of table ip mine' "${passes/br0/xnmlan}" "nft insert rule ip mine fw iifname xnmlan oifname xnmlan accept")"
	nft delete table ip mine
	set_bridged 0
fi
firewall ip filter FORWARD
finds "the chain of iptables" "$(drops 'FORWARD of table ip filter' "xnmnat forwards" 'xnm-vif reapply all')"
"$XNM_VIF" reapply all >/dev/null
finds "reapply helps"
hotplug offline 2 0
finds "and takes it back"
nft delete table ip filter

# -- vifs that are routed, each by itself
cat >>"$XNM_CONFIG" <<'END'
[network edge]
backend=route
uplink=wan
[vif edge*]
network=edge
address=192.0.2.3
END
firewall ip mine fw
nft insert rule ip mine user iifname xnmnat accept
nft insert rule ip mine user oifname xnmnat accept
routed=$(drops 'fw of table ip mine' "vif+ forwards" \
	"nft insert rule ip mine fw iifname 'vif*' accept && nft insert rule ip mine fw oifname 'vif*' accept")
finds "routed vifs" "$routed"
guest_new 3 0 name=edge1
hotplug online 3 0
finds "one that is there" "$routed"
try "$XNM" doctor
eval "${out#*forwards: }"
finds "what it says helps"
nft delete table ip mine
firewall ip filter FORWARD
finds "the chain of iptables and a routed vif" "$(drops 'FORWARD of table ip filter' "vif3.0 forwards" 'xnm-vif reapply all')"
"$XNM_VIF" reapply all >/dev/null
finds "reapply helps"
nft delete table ip filter
hotplug offline 3 0
sed -i '/^.network edge/,$d' "$XNM_CONFIG"

# -- iptables-legacy
if iptables-legacy -S >/dev/null 2>&1 && ip6tables-legacy -S >/dev/null 2>&1; then
	finds "iptables-legacy that drops nothing"
	iptables-legacy -N DOCKER-USER
	iptables-legacy -A DOCKER-USER -j RETURN
	iptables-legacy -A INPUT -i xnmnat -j ACCEPT
	iptables-legacy -A INPUT -o xnmnat -j ACCEPT 2>/dev/null
	iptables-legacy -A OUTPUT -o xnmnat -j ACCEPT
	iptables-legacy -P FORWARD DROP
	legacy='iptables-legacy -I FORWARD -i xnmnat -j ACCEPT && iptables-legacy -I FORWARD -o xnmnat -j ACCEPT'
	finds "iptables-legacy" "$(drops 'FORWARD of iptables-legacy' "xnmnat forwards" "$legacy")"
	iptables-legacy -A FORWARD -j DOCKER-USER
	legacy=$(drops 'FORWARD of iptables-legacy' "xnmnat forwards" "${legacy//FORWARD/DOCKER-USER}")
	finds "iptables-legacy and Docker" "$legacy"
	iptables-legacy -I DOCKER-USER -o xnmnat -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	# shellcheck disable=SC2086 # an option and its value
	for rule in '-s 192.0.2.9' '-d 192.0.2.9' '-p tcp' '-m limit' '-f'; do
		iptables-legacy -I DOCKER-USER -i xnmnat $rule -j ACCEPT
	done
	iptables-legacy -I DOCKER-USER -i xnmn -j ACCEPT
	iptables-legacy -I DOCKER-USER ! -i docker0 -j ACCEPT
	iptables-legacy -I DOCKER-USER -i xnmnat -j LOG
	finds "iptables-legacy lets some of it through" "$legacy"
	iptables-legacy -I DOCKER-USER -i xnm+ -m comment --comment xen -j ACCEPT
	finds "iptables-legacy lets it through"
	if [ -e $br_netfilter ]; then
		set_bridged 1
		ip6tables-legacy -P FORWARD DROP
		iptables-legacy -I FORWARD -j ACCEPT
		try "$XNM" doctor
		is "ip6tables-legacy" "$(echo "$out" | grep br0)" "warning: $(drops 'FORWARD of ip6tables-legacy' "$passes" \
			'ip6tables-legacy -I FORWARD -i br0 -o br0 -j ACCEPT')"
		ip6tables-legacy -I FORWARD -s 2001:db8::1 -j ACCEPT
		ip6tables-legacy -I FORWARD -p tcp -j ACCEPT
		like "ip6tables-legacy lets some of it through" "$("$XNM" doctor)" 'ip6tables-legacy drops what br0'
		eval "$(echo "$out" | sed -n '/ br0 /s/.*: //p')"
		refuse "what it says helps" grep br0 <("$XNM" doctor)
		set_bridged 0
	fi
	iptables-legacy -P FORWARD ACCEPT
	ip6tables-legacy -P FORWARD ACCEPT
else
	skip "iptables-legacy" "iptables-legacy is not installed, or not in this kernel"
fi

# -- firewalld
nft -f - <<'END'
table inet firewalld {
	chain filter_IN_public {
		tcp dport 22 accept
	}
	chain filter_IN_trusted {
		accept
	}
	chain filter_INPUT_ZONES {
		iifname "wan0" goto filter_IN_public
		goto filter_IN_public
	}
	chain filter_INPUT {
		type filter hook input priority 10; policy accept;
		jump filter_INPUT_ZONES
		reject with icmpx admin-prohibited
	}
}
END
trusted="firewalld rejects what comes from xnmnat: firewall-cmd --permanent --zone=trusted --add-interface=xnmnat && firewall-cmd --reload"
finds "firewalld" "$trusted"
nft insert rule inet firewalld filter_INPUT_ZONES iifname xnmnat goto filter_IN_public
finds "firewalld: it is in another zone" "$trusted"
nft insert rule inet firewalld filter_INPUT_ZONES iifname xnmnat goto filter_IN_trusted
finds "firewalld: it is trusted"
if [ -e $br_netfilter ]; then
	set_bridged 1
	finds "firewalld: bridges too" "${trusted//xnmnat/xnmlan}" "${trusted//xnmnat/br0}"
	set_bridged 0
fi
nft delete table inet firewalld

# -- settings
hotplug online 2 0
is "the host forwards" "$(cat $net/ipv4/ip_forward)" 1
echo 0 >$net/ipv4/ip_forward
finds "it does not any more" "net.ipv4.ip_forward is 0; network inner needs 1: sysctl -w net.ipv4.ip_forward=1"
echo 1 >$net/ipv4/ip_forward
echo 0 >$net/ipv4/conf/xnmnat/forwarding
finds "its bridge does not" "net.ipv4.conf.xnmnat.forwarding is 0, but network inner forwards packets through it: sysctl -w net.ipv4.conf.xnmnat.forwarding=1"
echo 1 >$net/ipv4/conf/xnmnat/forwarding
echo 0 >$net/ipv4/conf/wan0/forwarding
finds "its uplink does not" "net.ipv4.conf.wan0.forwarding is 0, but network inner forwards packets through it: sysctl -w net.ipv4.conf.wan0.forwarding=1"
try "$XNM" check
is "check tells too" "$rc:$(echo "$out" | tail -n 1)" \
	"0:warning: net.ipv4.conf.wan0.forwarding is 0, but network inner forwards packets through it: sysctl -w net.ipv4.conf.wan0.forwarding=1"
like "check: and its summary" "$out" 'no mistakes$'
echo 0 >$net/ipv4/conf/wan1/forwarding
echo 1 >$net/ipv4/conf/wan0/forwarding
finds "a device that has nothing to do with it"
try setpriv --reuid=65534 --regid=65534 --clear-groups "$XNM" doctor
is "nobody is told to ask root" "$rc:$out" \
	"1:warning: nftables cannot be read, so the rules of other programs are not checked: run xnm doctor as root"
try setpriv --reuid=65534 --regid=65534 --clear-groups "$XNM" check
is "nobody checks the policy in peace" "$rc:$(echo "$out" | grep -c warning)" 0:0
hotplug offline 2 0
finds "without guests nothing is needed of the kernel"
echo 0 >$net/ipv4/ip_forward

# a device whose name has a dot
sed -i 's/xnmnat/xnm.nat/' "$XNM_CONFIG"
hotplug online 2 0
echo 0 >$net/ipv4/conf/xnm.nat/forwarding
finds "sysctl's other spelling" "net/ipv4/conf/xnm.nat/forwarding is 0, but network inner forwards packets through it: sysctl -w net/ipv4/conf/xnm.nat/forwarding=1"
eval "${out##*: }" >/dev/null
finds "which sysctl takes"
hotplug offline 2 0

# two uplinks
sed -i 's/^uplink=wan$/uplink=wan wan2/; 1i [uplink wan2]\ninterface=wan1' "$XNM_CONFIG"
echo 0 >$net/ipv4/conf/all/rp_filter
echo 0 >$net/ipv4/conf/wan0/rp_filter
echo 2 >$net/ipv4/conf/wan1/rp_filter
finds "two uplinks"
echo 1 >$net/ipv4/conf/wan0/rp_filter
finds "one of them is strict" "net.ipv4.conf.wan0.rp_filter is 1, which drops answers to network inner that come by another of its 2 uplinks: sysctl -w net.ipv4.conf.wan0.rp_filter=2"
echo 0 >$net/ipv4/conf/wan0/rp_filter
echo 1 >$net/ipv4/conf/all/rp_filter
finds "all are strict, but for the other one" "net.ipv4.conf.wan0.rp_filter is 0, which drops answers to network inner that come by another of its 2 uplinks: sysctl -w net.ipv4.conf.wan0.rp_filter=2"
echo 2 >$net/ipv4/conf/wan0/rp_filter
finds "set as it says"
sed -i 's/^uplink=wan wan2$/uplink=wan/' "$XNM_CONFIG"
echo 0 >$net/ipv4/conf/wan0/rp_filter
finds "one uplink may be strict"

# -- a default route that a router has announced
advertise() {
	ip netns exec outer python3 -c '
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex("eth0"))
s.sendto(bytes([134, 0, 0, 0, 64, 0, 7, 8]) + bytes(8), ("ff02::1", 0, 0, socket.if_nametoindex("eth0")))'
	for ((i = 0; i < 100; i++)); do
		[ -z "$(ip -6 route show default dev wan0)" ] || return 0
		sleep 0.02
	done
	return 1
}
ip netns exec outer sh -c 'echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad; echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
	echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
echo 1 >$net/ipv6/conf/wan0/accept_ra
for ((i = 0; i < 100; i++)); do
	[ -z "$(ip -n outer -6 addr show dev eth0 scope link -tentative)" ] || break
	sleep 0.02
done
check "a router announces itself" advertise
finds "no network of IPv6"
sed -i 's/^address=.*/address=10.77.0.1\/24 fd00:77::1\/64/' "$XNM_CONFIG"
finds "a network of IPv6 out of that uplink, which xnm-vif sets"
sed -i '/^uplink=/d' "$XNM_CONFIG"
finds "a network of IPv6 out of any uplink" "net.ipv6.conf.wan0.accept_ra is 1, so with the first guest of network inner this host will lose its default route from router advertisements: sysctl -w net.ipv6.conf.wan0.accept_ra=2"
echo 2 >$net/ipv6/conf/wan0/accept_ra
finds "set as it says"
echo 1 >$net/ipv6/conf/all/forwarding
finds "and it forwards"
check "the route is there" grep -q . <(ip -6 route show default dev wan0)
echo 1 >$net/ipv6/conf/wan0/accept_ra
finds "and the setting is lost" "net.ipv6.conf.wan0.accept_ra is 1, so this host, which forwards, will lose its default route from router advertisements: sysctl -w net.ipv6.conf.wan0.accept_ra=2"
ip -6 route del default dev wan0
ip -6 route add default via fe80::1 dev wan0
finds "a route that nobody announced"
ip -6 route del default dev wan0
echo 0 >$net/ipv6/conf/all/forwarding
sed -i 's/^forward=nat/&\nuplink=wan/' "$XNM_CONFIG"
hotplug online 2 0
finds "xnm-vif sets its uplink"
is "it has" "$(cat $net/ipv6/conf/wan0/accept_ra)" 2
echo 1 >$net/ipv6/conf/wan0/accept_ra
finds "and it is lost" "net.ipv6.conf.wan0.accept_ra is 1; network inner needs 2: sysctl -w net.ipv6.conf.wan0.accept_ra=2"
echo 0 >$net/ipv6/conf/wan0/accept_ra
finds "an administrator's own choice"
hotplug offline 2 0

# -- no network at all, and a policy that cannot be read
rm "$XNM_CONFIG"
echo nonsense >"$XNM_CONFIG"
finds "a mistake in the policy" "the policy cannot be read, so its networks are not checked: xnm check"
rm "$XNM_CONFIG"

# -- the spanning tree
ip link set br0 type bridge stp_state 1
finds "a bridge that listens to its guests" "bridge br0 takes spanning tree messages (STP) from the guest of vif1.0: bridge link set dev vif1.0 guard on"
eval "${out##*: }"
finds "what it says helps"
bridge link set dev vif1.0 guard off
printf '[vif guest1]\nlocking-mode=unlocked\n' >"$XNM_CONFIG"
"$XNM_VIF" reapply 1.0 >/dev/null
finds "a guest that is trusted with it"
rm "$XNM_CONFIG"
ip link set br0 type bridge stp_state 0
"$XNM_VIF" reapply 1.0 >/dev/null

# -- connections
if [ -e $net/netfilter/nf_conntrack_count ]; then
	max=$(cat $net/netfilter/nf_conntrack_max)
	echo $((max * 9 / 10)) >$T/count
	mount --bind $T/count $net/netfilter/nf_conntrack_count
	finds "as many connections as may be"
	echo $((max * 9 / 10 + 1)) >$T/count
	finds "too many connections" \
		"$((max * 9 / 10 + 1)) of $max connections are in use, new ones will fail: sysctl -w net.netfilter.nf_conntrack_max=$((max * 2))"
	umount $net/netfilter/nf_conntrack_count
else
	skip "too many connections" "this kernel does not count them"
fi
finds "all is well again"
tap_done
