#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# swaps.sh - the ways out: two of them change places in one go, and the host is never without one.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/wifi.sh
. "$netns_top/tests/lib/wifi.sh"

lan_or_skip
XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
store_start || exit 1
lan_new
ip route del default
ip -6 route del default
# a second router on each link
ip -n lan addr add 10.99.0.253/24 dev eth0
ip -n lan addr add 2001:db8:99::fd/64 dev eth0
# what comes by one link is answered there, whatever the host's own way is
sysctl_set lan ipv4/conf/all/rp_filter=0

# uplinks "NAME DEVICE GATEWAY METRIC"...
uplinks() {
	local line

	for line in "$@"; do
		# shellcheck disable=SC2086 # words
		set -- $line
		printf '[uplink %s]\ninterface=%s\ngateway=%s\nmetric=%s\n' "$1" "$2" "${3/,/ }" "$4"
	done >"$XNM_CONFIG"
}

# defaults: the host's default routes, as "VIA DEV METRIC PROTO", both families
defaults() {
	{
		ip -j route show default
		ip -j -6 route show default
	} | jq -rs 'add | sort_by(.metric) | .[] | "\(.gateway) \(.dev) \(.metric // 0) \(.protocol)"'
}

# watched COMMAND...: sets rc and out as try; $gaps are the moments without a default route of a family
gaps=
watched() {
	local i

	python3 -I - "$T/gaps" "$T/ready" "$T/stop" <<'END' &
import os, subprocess, sys
out, ready, stop = sys.argv[1:]
p = subprocess.Popen(["ip", "monitor", "route"], stdout=subprocess.PIPE, text=True, bufsize=1)
open(ready, "w").close()
lines = []
for line in p.stdout:
    lines.append(line)
    if "192.0.2.250" in line:
        break
p.kill()
open(out, "w").writelines(lines)
END
	for ((i = 0; i < 200; i++)); do
		[ ! -e "$T/ready" ] || break
		sleep 0.02
	done
	sleep 0.1
	rm -f "$T/ready"
	before4=$(ip route show default | wc -l) before6=$(ip -6 route show default | wc -l)
	try "$@"
	ip route add 192.0.2.250 dev lo
	wait $!
	ip route del 192.0.2.250 dev lo
	gaps=$(awk -v n4="$before4" -v n6="$before6" '
		/default/ {
			six = /:/
			if (/^Deleted/) { if (six) n6--; else n4-- } else { if (six) n6++; else n4++ }
			if (six && n6 < 1) print "no IPv6 route after: " $0
			if (!six && n4 < 1) print "no IPv4 route after: " $0
		}' "$T/gaps")
}

# moved NAME DEFAULTS: the last command did it, at once, and without a gap
moved() {
	is "$1" "$rc:$out
$(defaults)" "0:
$2"
	is "$1: never without a way out" "$gaps" ""
}

# by HOW: a run that looks at all uplinks
by() {
	case $1 in
	probe) "$XNM" probe >/dev/null ;;
	boot) "$XNM_UDEV" boot ;;
	esac
}

first4=10.99.0.254 first6=2001:db8:99::fe
second4=10.99.0.253 second6=2001:db8:99::fd
eth14=10.98.0.254 eth16=2001:db8:98::fe

for how in probe boot; do
	# -- another gateway with the same metric
	uplinks "wired eth0 $first4,$first6 100"
	watched by $how
	is "$how: a way out" "$rc:$out:$(defaults)" "0::$first4 eth0 100 88
$first6 eth0 100 88"
	uplinks "wired eth0 $second4,$second6 100"
	watched by $how
	moved "$how: another gateway= with the same metric" "$second4 eth0 100 88
$second6 eth0 100 88"
	reach "$how: by which the host reaches the internet" dom0 "ping/$inet4=yes" "ping/$inet6=yes"
	uplinks "wired eth0 $second4 100"
	by $how
	is "$how: one family less" "$(defaults)" "$second4 eth0 100 88"

	# -- metrics
	uplinks "wired eth0 $first4,$first6 100" "spare eth1 $eth14,$eth16 200"
	by $how
	is "$how: two uplinks" "$(defaults)" "$first4 eth0 100 88
$first6 eth0 100 88
$eth14 eth1 200 88
$eth16 eth1 200 88"
	uplinks "wired eth0 $first4,$first6 200" "spare eth1 $eth14,$eth16 100"
	watched by $how
	moved "$how: two uplinks swap their metrics" "$eth14 eth1 100 88
$eth16 eth1 100 88
$first4 eth0 200 88
$first6 eth0 200 88"
	is "$how: each has noted its own" \
		"$(grep -h '^route' "$XNM_RUN_DIR/uplink/wired" "$XNM_RUN_DIR/uplink/spare" | xargs)" \
		"route=$first4/32 200 route=$first6/128 200 route=$eth14/32 100 route=$eth16/128 100"

	# -- devices with their gateways
	uplinks "wired eth1 $eth14,$eth16 200" "spare eth0 $first4,$first6 100"
	watched by $how
	moved "$how: two uplinks swap their devices and gateways" "$first4 eth0 100 88
$first6 eth0 100 88
$eth14 eth1 200 88
$eth16 eth1 200 88"
	refuse "$how: nothing is noted of old devices" grep -q '^left' "$XNM_RUN_DIR/uplink/wired" "$XNM_RUN_DIR/uplink/spare"

	# -- all of it: each has what the other had
	uplinks "spare eth1 $eth14,$eth16 200" "wired eth0 $first4,$first6 100"
	watched by $how
	moved "$how: two uplinks swap their names" "$first4 eth0 100 88
$first6 eth0 100 88
$eth14 eth1 200 88
$eth16 eth1 200 88"
	is "$how: and change nothing" "$(grep default "$T/gaps")" ""
	# three in a ring
	uplinks "wired eth0 $first4,$first6 200" "spare eth1 $eth14,$eth16 300" "third eth0 $second4,$second6 100"
	watched by $how
	moved "$how: one more, and all move on by one" "$second4 eth0 100 88
$second6 eth0 100 88
$first4 eth0 200 88
$first6 eth0 200 88
$eth14 eth1 300 88
$eth16 eth1 300 88"

	# -- one goes, and another has its metric
	uplinks "spare eth1 $eth14,$eth16 100"
	watched by $how
	moved "$how: one comes in the place of those that go" "$eth14 eth1 100 88
$eth16 eth1 100 88"
	uplinks "renamed eth1 $eth14,$eth16 100"
	watched by $how
	moved "$how: one under another name" "$eth14 eth1 100 88
$eth16 eth1 100 88"
	is "$how: the old note has gone" "$(cd "$XNM_RUN_DIR/uplink" && echo *)" renamed
	uplinks "renamed eth0 $first4,$first6 100"
	watched by $how
	moved "$how: another device" "$first4 eth0 100 88
$first6 eth0 100 88"
	rm "$XNM_CONFIG"
	by $how
	is "$how: without a policy there is none" "$(defaults):$(ls "$XNM_RUN_DIR/uplink")" ":"
done

# -- a metric that is somebody else's: an error, and the old way stands
uplinks "wired eth0 $first4,$first6 100" "spare eth1 $eth14,$eth16 200"
by probe
ip route add blackhole default metric 300
ip -6 route add default via $second6 dev eth0 metric 300 proto static
ip -6 route del default via $second6 dev eth0 metric 300 proto static
ip -6 route add unreachable default metric 300
old=$(defaults)
uplinks "wired eth0 $first4,$first6 300" "spare eth1 $eth14,$eth16 100"
watched by probe
like "the metric of somebody else's route: an error" "$rc:$out" \
	"^1:.*uplink wired: cannot add default route via $first4 dev eth0 metric 300: there is another default route with this metric.*: give the uplink another metric="
like "and one for whoever waits for the metric" "$out" \
	"uplink spare: cannot add default route via $eth14 dev eth1 metric 100: there is another default route with this metric, via $first4 dev eth0: give"
is "all stays as it was" "$(defaults)" "$old"
is "never without a way out" "$gaps" ""
by probe 2>/dev/null
is "also with the next run" "$(defaults)" "$old"
ip route del blackhole default metric 300
ip -6 route del unreachable default metric 300
watched by probe
moved "once it has gone" "$eth14 eth1 100 88
$eth16 eth1 100 88
$first4 eth0 300 88
$first6 eth0 300 88"
# of one family only
ip route add default via $second4 dev eth1 onlink metric 200 proto static
uplinks "wired eth0 $first4,$first6 200" "spare eth1 $eth14,$eth16 400"
watched by probe
like "with an IPv4 route on the other device" "$rc:$out" \
	"^1:.*uplink wired: cannot .*metric 200: .*another default route with this metric, via $second4 dev eth1"
is "IPv4 stays, IPv6 moves" "$(defaults | grep eth0)" "$first6 eth0 200 88
$first4 eth0 300 88"
ip route del default proto static
# a gateway that cannot be reached
uplinks "wired eth0 192.0.2.99,$first6 100"
watched by probe
like "a gateway that is no neighbour: an error" "$rc:$out" '^1:.*uplink wired: cannot add default route via 192.0.2.99'
is "and the old one stays" "$(defaults | grep eth0)" "$first6 eth0 100 88
$first4 eth0 300 88"
is "also then" "$gaps" ""
# the old one is still ours
rm "$XNM_CONFIG"
by probe
is "until it is not wanted" "$(defaults)" ""

# -- metrics that meet when an uplink is down
printf '%s\n' '[uplink a]' interface=eth0 gateway=192.0.2.1 metric=100 track=192.0.2.9 \
	'[uplink b]' interface=eth1 gateway=192.0.2.1 metric=10100 >"$T/bad.ini"
try "$XNM" check "$T/bad.ini"
like "a metric that another uplink has while it is down" "$rc:$out" \
	"^2:$T/bad.ini:9: metric=10100: \[uplink a\] has it while it is down, choose another, $T/bad.ini:1"

# -- an uplink of the host and a guest, by one vif and by all
policy() {
	cat >"$XNM_CONFIG" <<END
[uplink wired]
interface=eth0
gateway=$first4 $first6
metric=$1
[uplink wifi]
guest=wifi/0
metric=$2
[network inside]
forward=nat
bridge=br0
address=192.168.10.1/24 fd00:10::1/64
uplink=wired wifi
[network second]
forward=nat
bridge=br1
address=192.168.20.1/24 fd00:20::1/64
uplink=wired
[vif wifi/0]
network=inside
address=192.168.10.2 fd00:10::2
locking-mode=unlocked
[vif far/0]
network=second
address=192.168.20.4 fd00:20::4
END
}
policy 100 600
guest_new 1 0 name=wifi bridge=br0
try hotplug online 1 0
wifi_up 1
guest_new 2 0 name=far bridge=br1
try hotplug online 2 0
wire_first="$first4 eth0 100 88
$first6 eth0 100 88
192.168.10.2 br0 600 88
fd00:10::2 br0 600 88"
guest_first="192.168.10.2 br0 100 88
fd00:10::2 br0 100 88
$first4 eth0 600 88
$first6 eth0 600 88"
is "the wire and a guest" "$(defaults)" "$wire_first"
policy 600 100
watched "$XNM_VIF" reapply all
moved "they swap their metrics, by reapply all" "$guest_first"
policy 100 600
watched "$XNM_VIF" reapply 1.0
moved "by a reapply of the guest that shares" "$wire_first"
policy 600 100
watched "$XNM_VIF" reapply 2.0
moved "by one of a guest in another network" "$guest_first"
policy 100 600
watched by probe
moved "by a probe" "$wire_first"
before=$(snapshot)
try "$XNM_VIF" reapply all
assert_unchanged "then a reapply changes nothing" "$before"
sed -i 's/^\[uplink wifi\]/[uplink phone]/; s/^uplink=wired wifi/uplink=wired phone/' "$XNM_CONFIG"
watched "$XNM_VIF" reapply all
moved "the guest's uplink under another name" "$wire_first"
is "is noted by that" "$(cd "$XNM_RUN_DIR/uplink" && echo *)" "phone wired"
for d in 2 1; do
	try hotplug offline $d 0
	is "guest $d goes offline" "$rc:$out" 0:
	guest_rm $d 0
done
is "only the wire is left" "$(defaults)" "$first4 eth0 100 88
$first6 eth0 100 88"
rm "$XNM_CONFIG"
by probe
assert_clean "nothing is left"
tap_done
