#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bad-input.sh - hostile or mistyped values: refused with one line that names key and value, nothing attached.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes

store_start || exit 1
bridge_new br0
bridge_new br1
ip addr add 192.0.2.1/24 dev br1
guest_new 900 0
hotplug online 900 0
# others: what must stay as it is
others() {
	ip -o link show br1
	ip -o addr show br1 | grep -v inet6
	ip -o link show vif900.0
}
before=$(others)

d=0
# bad NAME KEY VALUE [SHOWN [KEY=VALUE]...]: SHOWN is the pattern for the value in the message
bad() {
	local name=$1 key=$2 value=$3 shown=${4:-}

	shift $(($# > 4 ? 4 : $#))
	d=$((d + 1))
	[ -n "$shown" ] || shown=$(printf '%s' "$value" | cut -c1-40 | sed 's/[][\\.*^$+?(){}|]/\\&/g')
	guest_new $d 0 "$key=$value" "$@"
	try hotplug online $d 0
	assert_refused "$key: $name" $d 0 "$key" "$shown"
	try hotplug offline $d 0
	[ "$rc:$out" = 0: ] || not_ok "offline after $key: $name" "exit status $rc" "$out"
	guest_rm $d 0
}
long=$(printf 'x%.0s' $(seq 3000))

bad "a path" bridge ../x
bad "a path to a device" bridge /sys/class/net/br0
bad "a command" bridge 'br0;reboot'
bad "two words" bridge 'br0 br1'
bad "16 characters" bridge abcdefghijklmnop
bad "3000 characters" bridge "$long" xxx
# xenstore-write turns these into the bytes
bad "a line feed" bridge 'br0\n' br0
bad "an escape" bridge 'br0\033[2J' br0
bad "not ASCII" bridge 'br\303\274' br
bad "empty" bridge '' "''|empty|no bridge"
bad "a format" bridge '%s%n' '%s%n'
bad "dot dot" bridge ..

bad "16 characters" vifname abcdefghijklmnop
bad "3000 characters" vifname "$long" xxx
bad "all, a folder of /proc/sys" vifname all
bad "default, another" vifname default
bad "a dot" vifname .
bad "two dots" vifname ..
bad "a path" vifname a/b
bad "two words" vifname 'we b'
bad "a line feed" vifname 'web\nx' web
bad "a quote" vifname 'web"}'
bad "an option" vifname -web
bad "the loopback" vifname lo
bad "its own bridge" vifname br0
bad "another bridge" vifname br1
bad "another guest's device" vifname vif900.0
bad "a name netback may want" vifname vif7.0
bad "a tap's name" vifname vif7.0-emu

bad "multicast" mac 01:00:5e:00:00:01
bad "broadcast" mac ff:ff:ff:ff:ff:ff
bad "zero" mac 00:00:00:00:00:00
bad "not one" mac garbage
bad "five bytes" mac 00:16:3e:00:00
bad "seven bytes" mac 00:16:3e:00:00:01:02
bad "not hexadecimal" mac 00:16:3e:00:00:0g
bad "something behind it" mac '00:16:3e:00:00:01 '

bad "too small" mtu 67
bad "too large" mtu 65536
bad "not a number" mtu abc
bad "negative" mtu -1
bad "a sign" mtu +1500
bad "something behind it" mtu 1500x
bad "hexadecimal" mtu 0x5dc
bad "wraps around" mtu 4294968796

for vlan in 0 4095 4096 -1 abc 10/ /10 10//20 10p/20p 20-10 10- 10+x3 10+5 10+5x 10+0x4 4090+1x20 \
	10x 10pq 10p/20-4095 10p/10 10p/5-15 '10 20' 99999999999; do
	bad "grammar" vlan "$vlan"
done
bad "no PVID" vlan 10/20
bad "a bridge that knows no VLANs" vlan 10 'vlan.filtering|VLAN'

bad "another domain's" frontend /local/domain/900/device/vif/0 "" mtu=1400
is "that domain is told nothing" "$(xs_read /local/domain/900/device/vif/0/mtu)" ""
bad "a path that leaves the domain" frontend \
	"/local/domain/$((d + 1))/device/vif/0/../../../../900/device/vif/0" "" mtu=1400
bad "another device's" frontend "/local/domain/$((d + 1))/device/vif/1" "" mtu=1400
bad "relative" frontend device/vif/0 "" mtu=1400

# -- rates, delays and losses of the policy: with file and line, before anything is done
# bad_policy LINE MESSAGE [LINE [SECTION]]: the second line of the policy, and the third one, which is right
bad_policy() {
	d=$((d + 1))
	printf '[%s]\n%s\n%s\n' "${4:-vif *}" "$1" "${3:-}" >"$XNM_CONFIG"
	guest_new $d 0 bridge=br1
	try hotplug online $d 0
	assert_refused "$1 in the policy" $d 0 "$XNM_CONFIG:2: ${1%%=*}=" "$2"
	try "$XNM" check
	is "$1: xnm check" "$rc" 2
	like "$1: xnm check says the same" "$out" "$2"
	rm "$XNM_CONFIG"
	try hotplug offline $d 0
	[ "$rc:$out" = 0: ] || not_ok "offline after $1" "exit status $rc" "$out"
	guest_rm $d 0
}
bad_policy rate=10 'needs a unit, as in 10Mbit'
bad_policy delay=20 'needs a unit, as in 20ms'
bad_policy rate=10Mbps 'write 10Mbit or 10MB/s'
bad_policy outbound-rate=0Mbit 'for no limit'
bad_policy loss=101% 'more than 100%'
bad_policy inbound-rate=12Kbit 'less than one frame'
bad_policy burst=1500 'less than one frame'
bad_policy jitter=5ms 'needs delay='
bad_policy jitter=5ms 'must be less than delay=5ms' delay=5ms
bad_policy gemodel=1% 'contradicts loss=' loss=1%
bad_policy 'gemodel=1% 20' 'needs its unit, as in 1%'
bad_policy seed=0 'a number from 1 to 18446744073709551615'
bad_policy rtt=40ms 'contradicts delay=' delay=20ms 'link a/0 b/0'
bad_policy b-to-a-loss=1 'needs its unit, as in 1%' '' 'link net:a any'
bad_policy guarantee=2Mbit 'more than rate=1Mbit' rate=1Mbit 'class a'
bad_policy dscp=af99 'one of the words' '' 'class a'

# -- XENBUS_PATH: there is no folder to write an error to
guest_new 1000 0
guest_new 1001 0
for path in backend/vif/1000/0/../../1001/0 backend/vif/../vif/1000/0 backend/vif/1000/0/ \
	backend/vif//1000/0 backend//vif/1000/0 backend/vbd/1000/0 /backend/vif/1000/0 \
	/local/domain/0/../0/backend/vif/1000/0 ../backend/vif/1000/0 backend/vif/1000 \
	backend/vif/1000/-1 backend/vif/-1/0 backend/vif/1000/0x0 ' backend/vif/1000/0' \
	backend/vif/32752/0 backend/vif/65536/0 backend/vif/4294968296/0 \
	backend/vif/99999999999999999999/0 backend/vif/1000/99999999999 \
	"backend/vif/1000/0"$'\n' "backend/vif/$long/0" /local/domain/x/backend/vif/1000/0; do
	hotplug_path=$path
	hotplug_env=(vif=)
	try hotplug online 1000 0
	shown=$(printf '%q' "${path:0:50}")
	is "XENBUS_PATH $shown is refused" "$((rc != 0)):$(echo "$out" | wc -l):$(down_and_alone vif1000.0 vif1001.0)" 1:1:
	like "and named" "$out" XENBUS_PATH
done
hotplug_path=
hotplug_env=(vif=vif1001.0)
try hotplug online 1000 0
is "a vif that is not XENBUS_PATH's is refused" "$((rc != 0)):$(down_and_alone vif1000.0 vif1001.0)" 1:
like "and named" "$out" 'vif1001\.0'
hotplug_env=(vif=br1)
try hotplug online 1000 0
is "so is a device of the host" "$((rc != 0)):$(down_and_alone vif1000.0)" 1:
hotplug_env=()

# -- values that nobody may refuse, but that must not do harm
xs_write /local/domain/1000/name 'x\nifname=br1\nbridge=br1\n[x]\n../../etc' /vm/x/name x
try hotplug online 1000 0
assert_online "a hostile domain name is no reason to fail" 1000 0 br0
is "nor gets lines into the notes" "$(grep -Ec '^(ifname|bridge)=br1|^\[x' $XNM_RUN_DIR/vif/1000.0)" 0
try hotplug offline 1000 0
assert_offline "and offline is not confused" 1000 0

same "no other device was touched" "$(others)" "$before"
guest_rm 1000 0
guest_rm 1001 0
hotplug offline 900 0
guest_rm 900 0
assert_clean "nothing is left"
tap_done
