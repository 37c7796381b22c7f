#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# flushed.sh - what others take out of our tables: the next event puts it back for all, and status and doctor say it first.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

why=$(netns_missing)
if [ -n "$why" ]; then
	skip "flushed" "$why"
	tap_done
	exit
fi
store_start || exit 1
cat >"$XNM_CONFIG" <<'END'
[network held]
start=boot
bridge=held0
address=192.168.40.1/24 fd40::1/64
forward=nat
acl=list

[network a]
bridge=na0
address=192.168.10.1/24 fd10::1/64
forward=nat
host-services=dns ping
acl=list

[network pub]
backend=route
forward=route
address=10.0.0.1/32 fe80::1/64

[forward web]
network=a
listen-port=8080
target=192.168.10.11
target-port=80

[acl list]
rule=drop egress tcp port 25
rule=allow egress
rule=allow ingress tcp port 80
END

# guest D [KEY=VALUE]...: online, without a word
guest() {
	guest_new "$1" 0 "${@:2}"
	try hotplug online "$1" 0
	is "guest $1 online" "$rc:$out" 0:
}

# sees: rules and elements of our tables, one a line, without those of guests 8 and 9, who come and go
sees() {
	nft -j -s list ruleset | jq -cS '
		.nftables[] | select(.metainfo | not) | del(.[].handle)
		| if .set.name == "drops" then del(.set.elem) else . end
		| (.set // .map) as $set
		| if $set.elem then $set.elem[] | [ $set.family, $set.name, . ] else . end' |
		grep '"xnm"\|^\["' | grep -v '"vif[89]\.0' | sort
}

bridge_new br0
guest 1 bridge=br0 ip="192.0.2.1 2001:db8::1"
guest 2 bridge=a ip="192.168.10.12 fd10::12"
guest 3 bridge=a
guest 4 bridge=pub ip="10.9.9.4 2001:db8:9::4"
try "$O/xnm-udev" boot
is "a network without a guest" "$rc" 0
guest 8 bridge=br0
whole=$(sees)
check "the tables are full" test "$(echo "$whole" | wc -l)" -gt 200

# damages, each as somebody might do it
damages=(
	"nft flush ruleset"
	"nft delete table bridge xnm"
	"nft delete table inet xnm"
	"nft flush table bridge xnm"
	"nft flush table inet xnm"
	"nft flush chain bridge xnm prerouting"
	"nft flush chain inet xnm host"
	"nft flush set bridge xnm guard"
	"nft flush set bridge xnm macs"
	"nft flush set inet xnm inside"
	"nft flush set inet xnm guard"
	"nft flush map inet xnm acl-from"
	"nft delete element bridge xnm guard { vif1.0 }"
	"nft delete element bridge xnm guard { vif3.0 }"
	"nft delete element inet xnm guard { vif4.0 }"
	"nft delete element inet xnm inside { na0 }"
	"nft delete element inet xnm closed { held0 }"
	"nft delete element inet xnm closed { vif4.0 }"
	"nft insert rule bridge xnm prerouting accept"
	"nft insert rule inet xnm guests accept"
	"delete_rule inet host"
	"delete_rule bridge locked"
	"replace_rule inet host"
	"nft add table inet xnm { flags dormant; }"
	"nft add table bridge xnm { flags dormant; }"
	"nft delete chain inet xnm input"
	"nft delete chain bridge xnm prerouting"
)

# delete_rule FAMILY CHAIN, replace_rule FAMILY CHAIN: the last one of it
last_rule() {
	nft -a list chain "$1" xnm "$2" | sed -n 's/.*# handle \([0-9]*\)$/\1/p' | tail -n 1
}
delete_rule() {
	nft delete rule "$1" xnm "$2" handle "$(last_rule "$1" "$2")"
}
replace_rule() {
	nft replace rule "$1" xnm "$2" handle "$(last_rule "$1" "$2")" accept
}

# healed EVENT DAMAGE: that the event was successful and nothing is missing
healed() {
	[ "$rc:$(echo "$out" | grep -v 'warning: .*restored')" = 0: ] || not_ok "$2: $1" "$rc:$out"
	same "$2: $1 heals all" "$(sees)" "$whole"
}

# told WHERE DAMAGE: the first line says that guests are not held, and what to type
told() {
	like "$2: $1 says it first" "$rc:$(echo "$out" | head -n 1)" '^1:.*without nftables rules: .*xnm-vif reapply all'
}

# each kind of event has each damage; another guest is 9, or 8
n=0
for damage in "${damages[@]}"; do
	$damage || not_ok "$damage"
	try "$XNM" status
	told "xnm status" "$damage"
	try "$XNM" doctor
	told "xnm doctor" "$damage"
	case $n in
	0)
		guest_new 9 0 bridge=br0
		try hotplug online 9 0
		healed "the online of another guest" "$damage"
		;;
	1)
		try hotplug offline 9 0
		guest_rm 9 0
		healed "the offline of another guest" "$damage"
		;;
	2)
		try "$XNM_VIF" reapply vif8.0
		healed "the reapply of another guest" "$damage"
		;;
	3)
		try "$XNM_VIF" reapply all
		healed "reapply all" "$damage"
		;;
	esac
	n=$(((n + 1) % 4))
done
try hotplug offline 9 0
guest_rm 9 0

# those that one event alone could miss: with each of them
for damage in "nft flush ruleset" "nft flush set bridge xnm guard" "nft delete element inet xnm closed { held0 }" \
	"nft delete element inet xnm acl-from4 { 192.0.2.77 }"; do
	for event in online offline reapply boot "tap"; do
		case $damage in *acl-from4*) continue ;; esac
		$damage
		case $event in
		online)
			guest_new 9 0 bridge=br0 type=vif_ioemu
			try hotplug online 9 0
			;;
		tap)
			guest_new 9 0 bridge=br0 type=vif_ioemu
			try hotplug online 9 0
			$damage
			tap_new 9 0
			try hotplug add 9 0
			;;
		offline) try hotplug offline 9 0 ;;
		reapply) try "$XNM_VIF" reapply vif8.0 ;;
		boot) try "$O/xnm-udev" boot ;;
		esac
		healed "$event" "$damage"
		[ $event != offline ] || guest_rm 9 0
		if [ $event = tap ]; then
			try hotplug remove 9 0
			try hotplug offline 9 0
			guest_rm 9 0
		fi
	done
done

# -- without anybody's help: nothing is said, and nothing is looked for
try "$XNM" status
like "all is whole: the table comes first" "$rc:$out" '^0:VIF'
before=$(nft -a list table inet xnm)
guest 9 bridge=br0
nft add table ip somebody
try hotplug offline 9 0
guest_rm 9 0
is "what others do elsewhere costs our rules nothing" "$(nft -a list table inet xnm | grep -v packets)" "$(echo "$before" | grep -v packets)"
nft delete table ip somebody

# -- the guests are held again: by what they send
send_as() {
	ip netns exec "g$1.0" python3 -c '
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
s.send(bytes.fromhex("ffffffffffff021122334455" + "0806" + "0001080006040001" + "021122334455" + "c0000263" + "000000000000" + "c0000201" + "00" * 18))'
}
guest_up 1 0 192.0.2.1/24
guest_up 8 0
seen_by() {
	ip netns exec g8.0 nft -j list counter netdev seen spoofed | jq '.nftables[] | .counter // empty | .packets'
}
ip netns exec g8.0 nft -f - <<'END'
table netdev seen {
	counter spoofed {}
	chain in { type filter hook ingress device "eth0" priority 0; ether saddr 02:11:22:33:44:55 counter name spoofed; }
}
END
send_as 1
sleep 0.1
is "a locked guest's frames with another's MAC address go nowhere" "$(seen_by)" 0
nft flush ruleset
send_as 1
sleep 0.1
is "without rules they do" "$(seen_by)" 1
try hotplug online 9 0 2>/dev/null
guest_new 9 0 bridge=br0
try hotplug online 9 0
send_as 1
sleep 0.1
is "the next guest's online stops that" "$(seen_by)" 1

# -- a policy that cannot be read: what needs none is put back nevertheless
cp "$XNM_CONFIG" "$T/good.ini"
echo "[network" >"$XNM_CONFIG"
nft flush ruleset
try "$XNM_VIF" reapply all
is "a policy with a mistake: reapply fails" "$rc" 1
send_as 1
sleep 0.1
is "but the guests are held" "$(seen_by)" 1
cp "$T/good.ini" "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "with a good one all is well" "$rc" 0
try hotplug offline 9 0
guest_rm 9 0
same "nothing is missing" "$(sees)" "$whole"

# -- many at once, and somebody who flushes meanwhile
guests_new 100 20 br0
(
	for _ in {1..5}; do
		nft flush ruleset
		sleep 0.05
	done
) &
try hotplug_all online 100 20
wait $!
is "many at once, while somebody flushes" "$rc:$out" 0:
guest_new 9 0 bridge=br0
try hotplug online 9 0
is "one more guest" "$rc" 0
same "nothing of the others is missing" "$(sees | grep -v '"vif1[01][0-9]\.0')" "$whole"
is "nor of the many" "$(nft -j list set bridge xnm guard | jq '[ .nftables[].set.elem // [] | .[] | select(startswith("vif1")) ] | length')" 21
hotplug_all offline 100 20 >"$T/many" 2>&1
guests_rm 100 20

# -- without guests there is nothing to do, whatever is flushed
for d in 1 2 3 4 8 9; do
	try hotplug offline $d 0
	guest_rm $d 0
done
rm -rf "${XNM_RUN_DIR:?}"
nft flush ruleset
xs=$(store_stop 2>&1)
try "$XNM_VIF" reapply all
is "without any guest, notes or xenstored: reapply all has nothing to do" "$rc:$out$xs" 0:
tap_done
