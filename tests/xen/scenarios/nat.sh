#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# nat.sh - a network of the policy with forward=nat: two guests get out as the host, one port leads in; a bridged guest beside them is itself.
#
#	guest1, guest2 == xnmnat0   dom0   wan0 ------ eth0   outside, which has a server
#	         plain == xenbr0 -------- lan0 ------ eth1
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"

if [ "$script" != xnm-vif ]; then
	skip "networks with NAT" "$script does not know them"
	scenario_done
	exit
fi
server4=198.51.100.80 server6=2001:db8:51::80

forwarding() {
	echo "$(cat /proc/sys/net/ipv4/ip_forward) $(cat /proc/sys/net/ipv6/conf/all/forwarding)"
}

outside() {
	ip netns exec outside "$@"
}

# who NAME HOST: what the web server at HOST answers to the guest: its name, and who has asked
who() {
	guest_run "$1" "timeout 20 wget -q -O - http://$2/cgi-bin/who"
}

# who_server NAME: a script for busybox's httpd that says so
who_server() {
	cat <<-'EOF' | sed "s/NAME/$1/"
		#!/bin/sh
		client=${REMOTE_ADDR#[}
		client=${client#::ffff:}
		printf "Content-Type: text/plain\\n\\n%s %s\\n" NAME "${client%]}"
	EOF
}

# in_network WHAT: of the network inner in xnm status
in_network() {
	xnm status --json | jq -r ".networks[] | select(.network == \"inner\") | $1"
}

# refused: how many packets were not forwarded
refused() {
	in_network '[.dropped[] | select(.reason == "forward") | .packets] | add // 0'
}

# -- the outside: a router with a server, on the uplink and on the LAN of the bridged guest
echo 0 >/proc/sys/net/ipv4/ip_forward
echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
ip netns add outside
ip link add wan0 type veth peer name eth0 netns outside
ip link add lan0 type veth peer name eth1 netns outside
ip -n outside addr add 203.0.113.2/24 dev eth0
ip -n outside addr add 2001:db8:113::2/64 dev eth0 nodad
ip -n outside addr add 192.0.2.254/24 dev eth1
ip -n outside addr add $server4/32 dev lo
ip -n outside addr add $server6/128 dev lo
for device in lo eth0 eth1; do
	ip -n outside link set $device up
done
bridge_up xenbr0
ip link set lan0 master xenbr0 up
ip link set wan0 up
ip addr add 203.0.113.1/24 dev wan0
ip addr add 2001:db8:113::1/64 dev wan0 nodad
ip route add default via 203.0.113.2
ip route add default via 2001:db8:113::2
# it could reach the guests, if it were let
ip -n outside route add 10.77.0.0/24 via 203.0.113.1
ip -n outside route add fd00:77::/64 via 2001:db8:113::1
mkdir -p /tmp/www/cgi-bin
who_server outside >/tmp/www/cgi-bin/who
chmod 755 /tmp/www/cgi-bin/who
ip netns exec outside busybox httpd -f -p 80 -h /tmp/www &
server=$!
check "dom0 reaches the server" wait_for 20 busybox wget -q -O - http://$server4/cgi-bin/who

mkdir -p /etc/xnm/policy.d
cat >/etc/xnm/policy.d/nat.ini <<'END'
[uplink wan]
interface=wan0

[network inner]
bridge=xnmnat0
address=10.77.0.1/24 fd00:77::1/64
forward=nat
uplink=wan

[vif guest1]
network=inner
address=10.77.0.11 fd00:77::11

[vif guest2]
network=inner
address=10.77.0.12 fd00:77::12

[forward web]
network=inner
listen-port=8080
target=guest1
target-port=80
END
check "the policy has no mistake" xnm check
is "dom0 forwards nothing" "$(forwarding)" "0 0"

# -- guests
check "xl create guest1" guest_with guest1 10.77.0.11/24,fd00:77::11/64 mac=00:16:3e:00:00:11
check "xl create guest2" guest_with guest2 10.77.0.12/24,fd00:77::12/64 mac=00:16:3e:00:00:12
check "xl create plain" guest_with plain 192.0.2.13/24 mac=00:16:3e:00:00:13,bridge=xenbr0
is "guest1 is on the bridge that xnm made" "$(master "$(nic guest1)")" xnmnat0
is "plain is on xenbr0" "$(master "$(nic plain)")" xenbr0
is "dom0 forwards now" "$(forwarding)" "1 1"
for guest in guest1 guest2 plain; do
	check "$guest boots" guest_up $guest
done
for guest in guest1 guest2; do
	check "$guest gets its gateways" guest_run $guest \
		'ip route add default via 10.77.0.1 && ip route add default via fd00:77::1'
done
check "plain gets its gateway" guest_run plain 'ip route add default via 192.0.2.254'

# -- out
for guest in guest1 guest2; do
	check "$guest pings the server" guest_pings $guest $server4
	is "the server sees dom0 in $guest's place" "$(who $guest $server4)" "outside 203.0.113.1"
	check "$guest pings the server by IPv6" guest_pings $guest $server6
	is "the server sees dom0 there, too" "$(who $guest "[$server6]")" "outside 2001:db8:113::1"
done
check "guest1 pings guest2" guest_pings guest1 10.77.0.12
check "plain pings the server" guest_pings plain $server4
is "the server sees plain itself" "$(who plain $server4)" "outside 192.0.2.13"

# -- in
check "guest1 has a web server" guest_run guest1 \
	"mkdir -p /www/cgi-bin && echo $(who_server guest1 | base64 -w 0) | base64 -d >/www/cgi-bin/who && chmod 755 /www/cgi-bin/who && httpd -h /www"
is "dom0's port 8080 leads the outside to guest1" \
	"$(outside timeout 20 busybox wget -q -O - http://203.0.113.1:8080/cgi-bin/who)" "guest1 203.0.113.2"
before=$(refused)
for address in 10.77.0.11 fd00:77::11; do
	refuse "the outside does not get to $address" outside ping -c 3 -i 0.2 -W 1 $address
done
is "which was counted" "$(($(refused) - before))" 6
check "dom0 gets there" ping -c 3 -i 0.2 -W 2 10.77.0.11

# -- what xnm says
is "xnm status: the network" \
	"$(in_network '"\(.bridge) \(.forward) \(.uplinks | join(",")) \(.vifs) \(.filter)"')" "xnmnat0 nat wan0 2 ok"
is "xnm status: the vifs" \
	"$(xnm status --json | jq -r '[.vifs[] | "\(.guest) \(.network) \(.locking) \(.filter) \(.state)"] | sort | join("|")')" \
	"guest1 inner locked ok ok|guest2 inner locked ok ok|plain null mac-only ok ok"
like "notes and elements of the network are seen" "$(leftovers | sort | tr '\n' ' ')" \
	'nft: inet forwards4 .*state: /run/xnm/address/[^ ]*10\.77\.0\.11,32 .*state: /run/xnm/network/inner '

# -- and back
check "xl destroy guest2" xl destroy guest2
is "dom0 still forwards" "$(forwarding)" "1 1"
is "guest1 still gets out" "$(who guest1 $server4)" "outside 203.0.113.1"
check "xl destroy guest1" xl destroy guest1
check "the bridge is gone" wait_for 10 gone xnmnat0
is "dom0 forwards nothing again" "$(forwarding)" "0 0"
is "plain is as before" "$(who plain $server4)" "outside 192.0.2.13"
refuse "port 8080 leads nowhere" outside timeout 5 busybox wget -q -O - http://203.0.113.1:8080/cgi-bin/who
check "xl destroy plain" xl destroy plain
kill $server
wait $server 2>/dev/null
ip netns del outside
nothing_left "nothing is left"
scenario_done
