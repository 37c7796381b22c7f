#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uplink-hostile.sh - gateway=dhcp with a server that sends anything: each client sets what the policy allows, and no more.
#
# XNM_HOSTILE_SECONDS is how long each client is treated so; a run by hand takes 600. XNM_SEED repeats what was sent.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/clients.sh
. "$netns_top/tests/lib/clients.sh"

lan_or_skip udhcpc dhclient dhcpcd
store_start || exit 1
lan_new
clients_new
cat >"$XNM_CONFIG" <<'END'
[uplink phone]
guest=phone/0
gateway=dhcp 192.168.43.0/24
metric=300
[network inside]
bridge=br0
address=fd00:10::1/64
[network other]
address=192.168.77.1/24
[vif phone/0]
network=inside
locking-mode=unlocked
END

# what of the host a lease could change, but for what is noted as the lease's own; dhcpcd sets
# promote_secondaries=1 where it starts, whatever any server says
state() {
	local leased router

	leased=$(uplink_note phone leased)
	router=$(uplink_note phone router)
	{
		ip -o addr show | sed 's/ valid_lft.*//'
		ip -o link show | grep -o '^[^ ]* [^ ]*\|mtu [0-9]*'
		ip route show table all
		ip -6 route show table all
		ip rule show
		ip -6 rule show
		cat /etc/resolv.conf /etc/hosts
		hostname
		date +%Z
		rules
		elements
		grep -rs '' /proc/sys/net/ipv4 /proc/sys/net/ipv6
		ls /
	} | sed 's/ expires [0-9]*sec//; s/ linkdown//; s/ $//' |
		grep -v '/neigh/\|conf/br0/promote_secondaries\|inet_peer\|fe80\|^multicast ff00::' |
		if [ -n "$leased" ]; then
			grep -v -e " inet ${leased//./\\.} " -e "^default via ${router%/*} dev br0 proto 88 metric 300\$" \
				-e "^[0-9./]* dev br0 proto kernel scope link src ${leased%/*}\$" \
				-e "^\\(local\\|broadcast\\) [0-9.]* dev br0 table local proto kernel scope [a-z]* src ${leased%/*}\$"
		else
			cat
		fi
}

# may_be_leased ADDRESS/LENGTH ROUTER: by the policy above: within its prefix, and one that a host can have
may_be_leased() {
	python3 -I -S - "$@" <<'END'
import ipaddress, sys
a = ipaddress.ip_interface(sys.argv[1])
ok = a.network.subnet_of(ipaddress.ip_network("192.168.43.0/24")) and a.ip != a.network.network_address
ok = ok and a.ip != a.network.broadcast_address
# nor that of the guest itself
ok = ok and str(a.ip) not in ("192.168.43.1", "192.168.43.3")
if sys.argv[2]:
    router = ipaddress.ip_interface(sys.argv[2]).ip
    ok = ok and router in a.network and router != a.ip
sys.exit(not ok)
END
}

# as_allowed: nothing but a lease that may be has changed; it may take a moment until what was set is noted
as_allowed() {
	local i leased

	for ((i = 0; i < 10; i++)); do
		state >"$T/now"
		leased=$(uplink_note phone leased)
		if cmp -s "$T/before" "$T/now" && { [ -z "$leased" ] || may_be_leased "$leased" "$(uplink_note phone router)"; }; then
			return 0
		fi
		sleep 0.1
	done
	diff "$T/before" "$T/now"
	[ -z "$leased" ] || echo "leased: $leased, router $(uplink_note phone router)"
	return 1
}

# client_anew: the client of the uplink ends, and the next probe starts another
client_anew() {
	local pid

	pid=$(uplink_note phone dhcp-pid)
	[ -z "$pid" ] || kill -- "-$pid" 2>/dev/null
	soon 0 clients >/dev/null
	"$XNM" probe >"$T/probe" 2>&1
}

# said: how many answers the servers have given
said() {
	cat "$T"/dhcpd.* 2>/dev/null | grep -c said
}

# ask_again PID: who was answered is to ask again soon
ask_again() {
	case $(<"/proc/$1/comm") in
	udhcpc) kill -USR1 "$1" ;;
	# while it has a lease it hears nothing that is sent to all
	dhcpcd) [ -L "$T/links/dhcpcd" ] || client_anew ;;
	esac
}

# while_allowed END: until then, the host is as it may be; a client that is content, or waits, is not told much
while_allowed() {
	local end=$1 before now since=$SECONDS pid

	before=$(said)
	while ((SECONDS < end)); do
		as_allowed || {
			head -n 1 "$T"/dhcpd.192.168.43.*
			tail -n 3 "$T"/dhcpd.192.168.43.*
			return 1
		}
		looks=$((looks + 1))
		pid=$(uplink_note phone dhcp-pid)
		now=$(said)
		if [ -e "/proc/${pid:-none}" ] && [ "$now" != "$before" ]; then
			ask_again "$pid"
			since=$SECONDS
		elif [ ! -e "/proc/${pid:-none}" ] || ((SECONDS - since >= anew)); then
			client_anew
			since=$SECONDS
		fi
		before=$now
	done 2>/dev/null
}

# quick: dhcpcd asks nobody for five seconds whether the address is in use, and so is told more
quick() {
	[ -L "$T/links/dhcpcd" ] || return 0
	rm "$T/links/dhcpcd"
	printf '#!/bin/sh\nexec %s --noarp "$@"\n' "$T/real/dhcpcd" >"$T/links/dhcpcd"
	chmod +x "$T/links/dhcpcd"
}

# whatever CLIENT SECONDS: a server of the guest says each wrong thing in turn, and then two say anything
whatever() {
	local half=$(($2 * 3 / 4))

	quick
	hostile 1 192.168.43.1 each 192.168.43.100/24
	while_allowed $((SECONDS + half)) || return
	done_cases=$(grep '^done ' "$T/dhcpd.192.168.43.1" | tail -n 1)
	done_said=$(said)
	hostile_end
	only "$1"
	hostile 1 192.168.43.1 any 192.168.43.100/24
	hostile 1 192.168.43.3 any 192.168.43.101/24
	while_allowed $((SECONDS + $2 - half))
	done_said=$((done_said + $(said)))
	hostile_end
}

round() {
	local name=$1 looks=0 think=0.5 anew=2 done_cases="" done_said=0

	# it asks for five seconds whether somebody else has the address
	[ "$name" != dhcpcd ] || think=6 anew=7

	# what there is without a client
	only none
	guest_new 1 0 name=phone bridge=br0
	guest_up 1 0 192.168.43.1/24 192.168.43.3/24 192.168.77.2/24
	hotplug online 1 0 >/dev/null 2>&1
	state >"$T/before"

	only "$name"
	hostile 1 192.168.43.1 all 192.168.43.100/24
	try "$XNM" probe
	like "$name: a lease with every option comes" \
		"$rc:$(soon "192.168.43.1 br0 300 88" default_of br0)" "^0:192.168.43.1 br0 300 88$"
	is "$name: and sets nothing but the address and the route" "$(as_allowed)" ""
	hostile_end
	hostile 1 192.168.77.2 all 192.168.77.100/24
	client_anew
	soon yes answered 192.168.77.2 >/dev/null
	sleep "$think"
	is "$name: one that is refused leaves nothing" "$(answered 192.168.77.2):$(as_allowed):$(uplink_note phone leased)" "yes::"
	hostile_end
	client_anew
	rm -f "$T"/dhcpd.*
	whatever "$name" "${XNM_HOSTILE_SECONDS:-6}" >"$T/wrong"
	is "$name: whatever servers say, the host is as the policy allows" "$(cat "$T/wrong")" ""
	[ "$looks" -gt 2 ] || not_ok "$name: it was looked at" "$looks times"
	printf '# %s: %s looks, %s answers, of the kinds of fault: %s\n' "$name" "$looks" "$done_said" "$done_cases"
	hotplug offline 1 0 >/dev/null 2>&1
	is "$name: it ends with the vif" "$(soon 0 clients)" 0
	guest_rm 1 0
}

default_of() {
	uplink_defaults | grep " $1 "
}

# answered ADDRESS: whether that server has acknowledged a lease
answered() {
	! grep -qs 'got 3 said 5' "$T/dhcpd.$1" || echo yes
}

for client in ${XNM_HOSTILE_CLIENTS:-udhcpc dhclient dhcpcd}; do
	round "$client"
done
[ ! -e /evil ] || not_ok "nothing was run"
assert_clean "nothing is left"
tap_done
