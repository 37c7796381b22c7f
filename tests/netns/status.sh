#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# status.sh - what `xnm status` tells about vifs in good order, out of it, gone, of others, and without xenstored.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
bridge_new br0
bridge_new br1
ip link set br1 mtu 1400

# status [ARGUMENT]...: the table in $out
status() {
	try "$XNM" status "$@"
}

# field VIF FILTER: from the JSON of all vifs
field() {
	"$XNM" status --json 2>/dev/null | jq -r --arg vif "$1" ".vifs[] | select(.vif == \$vif) | $2"
}

# cells VIF: the vif's line of the table, columns set off by one blank
cells() {
	printf '%s\n' "$out" | grep "$1" | head -n 1 | tr -s ' '
}

# -- no guests
status
is "no guests: only the heading" "$rc:$(echo "$out" | wc -l)" 0:1
is "no guests: JSON" "$("$XNM" status --json | jq -c .)" '{"vifs":[]}'

# -- two guests in good order
guest_new 1 0 "ip=192.0.2.11 2001:db8::11"
guest_new 2 0 bridge=br1 vifname=web0 name=web
hotplug online 1 0
hotplug online 2 0
before=$(snapshot)
status
is "two guests: exit status" "$rc" 0
is "two guests: the first" "$(cells 'vif1\.0')" \
	"vif1.0 guest1 - br0 - 00:16:3e:00:01:00 192.0.2.11/32,2001:db8::11/128 1500 up ok"
is "two guests: the second" "$(cells 'vif2\.0')" \
	"web0 (vif2.0) web - br1 - 00:16:3e:00:02:00 - 1400 up ok"
is "two guests: nothing below the table" "$(echo "$out" | wc -l)" 3
is "columns are aligned" \
	"$(echo "$out" | awk '{ print match($0, /STATE|ok/) }' | sort -u | wc -l)" 1
is "status changes nothing" "$(snapshot)" "$before"

is "JSON: the first" "$("$XNM" status --json | jq -cS '.vifs[0]')" \
	'{"addresses":["192.0.2.11/32","2001:db8::11/128"],"attached_to":"br0","bridge":"br0","devid":0,"domid":1,"drift":[],"error":null,"guest":"guest1","guest_state":"unknown","ifname":"vif1.0","link":"up","mac":"00:16:3e:00:01:00","mtu_bytes":1500,"network":null,"state":"ok","tap":null,"vif":"vif1.0","vlan":null}'
is "JSON: the second" "$(field vif2.0 '[.ifname, .guest, .bridge, .mtu_bytes, .state] | @csv')" \
	'"web0","web","br1",1400,"ok"'

# schema: every object has the keys of the schema, of its types and words, and no other key
schema() {
	"$XNM" status --json | jq -r --slurpfile schema "$netns_top/packaging/xnm-status.schema.json" '
		def types: if .type | type == "array" then .type else [.type] end;
		def problems($s; $path):
			. as $v
			| if ($s | has("type")) and
			     ([$s | types[] | if . == "integer" then "number" else . end] | index($v | type)) == null
			  then "\($path): \($v | type)" else empty end,
			  if ($s | has("enum")) and ([$s.enum[] | . == $v] | any | not)
			  then "\($path): \($v) is not listed" else empty end,
			  if ($s | has("pattern")) and ($v | type) == "string" and ($v | test($s.pattern) | not)
			  then "\($path): \($v)" else empty end,
			  if ($v | type) == "object" then
				(($s.required // [])[] | select(. as $k | $v | has($k) | not) | "\($path): no \(.)"),
				($v | keys[] | . as $k
					| if $s.properties | has($k)
					  then ($v[$k] | problems($s.properties[$k]; "\($path).\($k)"))
					  else "\($path): unknown \($k)" end)
			  elif ($v | type) == "array" then ($v[] | problems($s.items; "\($path)[]"))
			  else empty end;
		problems($schema[0]; "")'
}
is "JSON keeps to its schema" "$(schema 2>&1)" ""

# -- arguments
for word in vif2.0 2.0 web0 web 2; do
	status "$word"
	is "only $word" "$rc:$(echo "$out" | sed 1d | wc -l):$(cells 'vif2\.0' | cut -d' ' -f1)" 0:1:web0
done
status web vif1.0
is "two words" "$rc:$(echo "$out" | wc -l)" 0:3
status nobody
is "nobody of that name" "$rc:$out" "1:xnm: there is no vif or guest 'nobody'"
status nobody web
is "one that is there and one that is not" "$rc:$(echo "$out" | wc -l)" 1:3
status --xml
is "an unknown option" "$rc" 2
try "$XNM" frobnicate
is "an unknown command" "$rc:$(echo "$out" | head -n 1)" "2:xnm: unknown command 'frobnicate'"
try "$XNM"
is "no command" "$rc" 2
try "$XNM" help
is "help" "$rc:$(echo "$out" | head -n 1)" "0:usage: xnm COMMAND [ARGUMENT...]"
like "version" "$("$XNM" --version)" '^xnm [0-9]'
# shellcheck disable=SC2016 # sh expands it
try sh -c '"$XNM" status >/dev/full'
is "a full disk is told" "$rc" 1

# -- drift
ip link set vif1.0 nomaster
status
is "detached by somebody: exit status" "$rc" 0
is "detached by somebody: its line" "$(cells 'vif1\.0' | cut -d' ' -f9-)" "up, alone drift"
like "detached by somebody: what to run" "$out" '^xnm-vif reapply 1\.0 would:'
like "detached by somebody: what that would do" "$out" '^  attach vif1\.0 to bridge br0 +# '
is "detached by somebody: JSON" "$(field vif1.0 '"\(.state) \(.attached_to) \(.drift[].operation)"' |
	grep attach)" "drift null attach vif1.0 to bridge br0"
is "detached by somebody: the other one is fine" "$(field vif2.0 .state)" ok
is "JSON of drift keeps to its schema" "$(schema 2>&1)" ""
"$XNM_VIF" reapply 1.0 >/dev/null
status
is "reapply heals it" "$(cells 'vif1\.0' | cut -d' ' -f9-)" "up ok"
ip link set web0 down
is "taken down by somebody" "$(field vif2.0 '"\(.state) \(.link)"')" "drift down"
ip link set web0 up
xs_rm $backend/2/0/hotplug-status
is "hotplug-status was lost" "$(field vif2.0 '.state, .drift[].operation')" \
	"drift"$'\n'"write hotplug-status=connected"
xs_write $backend/2/0/hotplug-status connected
is "in order again" "$(field vif2.0 .state)" ok

# -- an emulated NIC
guest_new 3 0 type=vif_ioemu
tap_new 3 0
hotplug online 3 0
hotplug add 3 0
is "emulated NIC" "$(field vif3.0 '"\(.state) \(.tap)"')" "ok vif3.0-emu"
ip link set vif3.0-emu nomaster
is "emulated NIC: its tap was detached" \
	"$(field vif3.0 '.state, (.drift[] | select(.operation | test("attach vif")).operation)')" \
	"drift"$'\n'"attach vif3.0-emu to bridge br0"
ip link del vif3.0-emu
hotplug remove 3 0
hotplug offline 3 0
guest_rm 3 0

# -- what cannot be planned
ip link set vif1.0 nomaster
xs_write $backend/1/0/bridge nobr
status
like "the bridge is gone: its line" "$(cells 'vif1\.0')" 'up, alone error: .*nobr'
is "the bridge is gone: JSON" "$(field vif1.0 '"\(.state) \(.error | test("nobr"))"')" "error true"
is "JSON of an error keeps to its schema" "$(schema 2>&1)" ""
xs_write $backend/1/0/bridge br0
echo 'nonsense' >$XNM_CONFIG
status
like "a mistake in the policy" "$(cells 'vif1\.0')" "error: $XNM_CONFIG:1: "
rm $XNM_CONFIG
"$XNM_VIF" reapply 1.0 >/dev/null
netdev_rm 1 0
is "the device is gone" "$(field vif1.0 '"\(.state) \(.link) \(.error)"')" "error missing vif1.0 is not there"
netdev_new 1 0
"$XNM_VIF" reapply 1.0 >/dev/null
is "and back" "$(field vif1.0 .state)" ok
printf '[vif]\nmac=nonsense\n' >$XNM_RUN_DIR/vif/9.0
keys_new 9 0
like "damaged notes" "$(field vif9.0 '"\(.state) \(.error)"')" 'error .*/vif/9\.0: the file is damaged'
rm $XNM_RUN_DIR/vif/9.0
keys_rm 9 0

# -- a network of the policy
cat >$XNM_CONFIG <<-END
	[network lan]
	bridge=xnmbr
	[vif lan*]
	network=lan
END
guest_new 4 0 name=lan1
hotplug online 4 0
is "a network" "$(field vif4.0 '"\(.network) \(.bridge) \(.state)"')" "lan xnmbr ok"
echo 'isolated=yes' >>$XNM_CONFIG
is "the policy was changed" "$(field vif4.0 '.state, .drift[].operation')" \
	"drift"$'\n'"write state of vif 4.0"$'\n'"set port vif4.0 isolated on"
hotplug offline 4 0
guest_rm 4 0
rm $XNM_CONFIG

# -- gone without an offline
guest_new 5 0
hotplug online 5 0
guest_rm 5 0
status 5
is "gone" "$rc:$(cells 'vif5\.0' | cut -d' ' -f2,9-)" "0:guest5 missing gone"
is "JSON of a vif that is gone keeps to its schema" "$(schema 2>&1)" ""
"$XNM_VIF" gc >/dev/null
is "gone and collected" "$(field vif5.0 .state)" ""

# -- the vif of another script
guest_new 6 0 name=other ip=192.0.2.16
(
	HOTPLUG=$VIF_BRIDGE
	hotplug online 6 0 >/dev/null 2>&1
)
guest_new 7 0 name=failed bridge=nobr
hotplug online 7 0 2>/dev/null
status
is "not managed" "$(cells 'vif6\.0')" \
	"vif6.0 other - br0 - 00:16:3e:00:06:00 192.0.2.16/32 1500 up not managed"
like "an online that failed" "$(cells 'vif7\.0')" "down error: .*nobr"
is "not managed: JSON" "$(field vif6.0 '"\(.state) \(.attached_to) \(.error)"')" "unmanaged br0 null"
is "JSON of these keeps to its schema" "$(schema 2>&1)" ""
guest_rm 7 0

# -- without the right to talk to xenstored, and without xenstored
try setpriv --reuid=65534 --regid=65534 --clear-groups "$XNM" status
is "nobody: exit status" "$rc" 0
like "nobody: why so little" "$out" '^xnm: cannot read xenstore'
is "nobody: a vif" "$(cells 'vif2\.0')" "web0 (vif2.0) web - br1 - 00:16:3e:00:02:00 - 1400 up -"
store_stop
status
is "no xenstored: exit status" "$rc" 0
is "no xenstored: a vif" "$(cells 'vif2\.0')" "web0 (vif2.0) web - br1 - 00:16:3e:00:02:00 - 1400 up -"
is "no xenstored: vifs of others are not known" "$(cells 'vif6\.0')" ""
is "no xenstored: JSON" "$(field vif1.0 '"\(.state) \(.link)"')" "unknown up"
is "JSON of these keeps to its schema" "$(schema 2>/dev/null)" ""
tap_done
