#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# status.sh - what `xnm status` tells about vifs in good order, out of it, gone, of others, without xenstored, and of filters.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes

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
is "no guests: JSON" "$("$XNM" status --json | jq -c .)" \
	'{"not_held":{"vifs":0,"networks":0,"why":null},"profile":null,"rolled_back_to":null,"pending":false,"vifs":[],"networks":[],"uplinks":[],"outside":{"dropped":[]}}'

# -- two guests in good order
guest_new 1 0 "ip=192.0.2.11 2001:db8::11"
guest_new 2 0 bridge=br1 vifname=web0 name=web
hotplug online 1 0
hotplug online 2 0
before=$(snapshot)
status
is "two guests: exit status" "$rc" 0
is "two guests: the first" "$(cells 'vif1\.0')" \
	"vif1.0 guest1 - br0 - 00:16:3e:00:01:00 192.0.2.11/32,2001:db8::11/128 1500 locked 0 up ok"
is "two guests: the second" "$(cells 'vif2\.0')" \
	"web0 (vif2.0) web - br1 - 00:16:3e:00:02:00 - 1400 mac-only 0 up ok"
is "two guests: nothing below the table" "$(echo "$out" | wc -l)" 3
is "columns are aligned" \
	"$(echo "$out" | awk '{ print match($0, /STATE|ok/) }' | sort -u | wc -l)" 1
is "status changes nothing" "$(snapshot)" "$before"

is "JSON: the first" "$("$XNM" status --json | jq -cS '.vifs[0]')" \
	'{"addresses":["192.0.2.11/32","2001:db8::11/128"],"attached_to":"br0","bridge":"br0","devid":0,"domid":1,"drift":[],"dropped":[],"dscp":null,"error":null,"fastpath":{"published":false,"reason":"its bridge belongs to no [network] of the policy","segment":null},"filter":"ok","filter_problem":null,"guest":"guest1","guest_state":"unknown","ifname":"vif1.0","link":"up","locking":"locked","mac":"00:16:3e:00:01:00","mtu_bytes":1500,"network":null,"overrides":{},"pcp":null,"shaping":null,"state":"ok","tap":null,"vif":"vif1.0","vlan":null}'
is "JSON: the second" "$(field vif2.0 '[.ifname, .guest, .bridge, .mtu_bytes, .state] | @csv')" \
	'"web0","web","br1",1400,"ok"'

# problems: of the JSON on stdin: every object has the keys of the schema, of its types and words, and no other key
problems() {
	jq -r --slurpfile schema "$netns_top/packaging/xnm-status.schema.json" '
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

# schema: problems of the present status
schema() {
	"$XNM" status --json | problems
}
is "JSON keeps to its schema" "$(schema 2>&1)" ""
is "each part is in the table" "$(sed -n 's/^\tROW(\([a-z_]*\)).*/\1/p' "$netns_top/hotplug/cli/status/table.c" | sort)" \
	"$(sed -n 's/^const struct xnm_status_part \([a-z_]*\) = {/\1/p' "$netns_top"/hotplug/cli/status/*.c | sort)"

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
status -v
is "in detail: nothing was dropped" "$rc:$(echo "$out" | wc -l)" 0:3
try "$XNM" frobnicate
is "an unknown command" "$rc:$(echo "$out" | head -n 1)" "2:xnm: unknown command 'frobnicate'"
try "$XNM"
is "no command" "$rc" 2
try "$XNM" help
is "help" "$rc:$(echo "$out" | head -n 1)" "0:usage: xnm COMMAND [ARGUMENT...]"
try "$XNM" status --help
is "help on status" "$rc:$(echo "$out" | head -n 1)" "0:usage: xnm status [--json] [-v] [VIF|GUEST...]"
like "version" "$("$XNM" --version)" '^xnm [0-9]'
# shellcheck disable=SC2016 # sh expands it
try sh -c '"$XNM" status >/dev/full'
is "a full disk is told" "$rc" 1

# -- drift
ip link set vif1.0 nomaster
status
is "detached by somebody: exit status" "$rc" 0
is "detached by somebody: its line" "$(cells 'vif1\.0' | cut -d' ' -f11-)" "up, alone drift"
like "detached by somebody: what to run" "$out" '^xnm-vif reapply 1\.0 would:'
like "detached by somebody: what that would do" "$out" '^  attach vif1\.0 to bridge br0 +# '
is "detached by somebody: JSON" "$(field vif1.0 '"\(.state) \(.attached_to) \(.drift[].operation)"' |
	grep attach)" "drift null attach vif1.0 to bridge br0"
is "detached by somebody: the other one is fine" "$(field vif2.0 .state)" ok
is "JSON of drift keeps to its schema" "$(schema 2>&1)" ""
"$XNM_VIF" reapply 1.0 >/dev/null
status
is "reapply heals it" "$(cells 'vif1\.0' | cut -d' ' -f11-)" "up ok"
ip link set web0 down
is "taken down by somebody" "$(field vif2.0 '"\(.state) \(.link)"')" "drift down"
ip link set web0 up
xs_rm $backend/2/0/hotplug-status
is "hotplug-status was lost" "$(field vif2.0 '.state, .drift[].operation')" \
	"drift"$'\n'"write hotplug-status=connected"
xs_write $backend/2/0/hotplug-status connected
is "in order again" "$(field vif2.0 .state)" ok

# -- what is noted for nftables is not all there
is "whole: the filter" "$(field vif1.0 '"\(.filter) \(.filter_problem)"')" "ok null"
nft delete element bridge xnm macs '{ "vif1.0" . 00:16:3e:00:01:00 }'
nft delete element bridge xnm addresses4 '{ "vif1.0" . 192.0.2.11 }'
status
is "elements are gone: its line" "$(cells 'vif1\.0' | cut -d' ' -f9-)" "locked 0 up drift"
like "elements are gone: which" "$out" '^  filter vif1\.0: .* # 2 of 16 elements are missing in nftables: bridge macs, bridge addresses4$'
is "elements are gone: the other vif" "$(cells 'vif2\.0' | cut -d' ' -f9-)" "1400 mac-only 0 up ok"
is "elements are gone: JSON" "$(field vif1.0 '"\(.state) \(.filter) \(.filter_problem)"')" \
	"drift drift 2 of 16 elements are missing in nftables: bridge macs, bridge addresses4"
is "JSON of lost elements keeps to its schema" "$(schema 2>&1)" ""
"$XNM_VIF" reapply 1.0 >/dev/null
is "reapply adds them" "$(field vif1.0 '"\(.state) \(.filter)"')" "ok ok"
nft flush chain bridge xnm check-arp
is "a rule is gone" "$(field vif1.0 '"\(.state) \(.filter) \(.filter_problem)"')" \
	"drift drift table bridge xnm has other rules than it should"
is "a rule is gone: for all who need it" "$(field vif2.0 '"\(.state) \(.filter)"')" "drift drift"
"$XNM_VIF" reapply 1.0 >/dev/null
is "reapply makes the table anew, for all" "$(field vif1.0 .filter) $(field vif2.0 .filter)" "ok ok"
nft delete table bridge xnm
status
like "a table is gone" "$out" '^  filter vif1\.0: create table.* # table bridge xnm is missing$'
is "a table is gone: all drift" "$(field vif1.0 .state) $(field vif2.0 .state)" "drift drift"
"$XNM_VIF" reapply all >/dev/null
nft delete table bridge xnm
nft add table bridge xnm
like "a table of somebody else" "$(field vif1.0 '"\(.state) \(.error)"')" 'error .*was not made by xnm'
is "a table of somebody else: the filter" "$(field vif1.0 '"\(.filter) \(.filter_problem)"')" \
	"drift table bridge xnm was not made by xnm"
is "JSON of that keeps to its schema" "$(schema 2>&1)" ""
nft delete table bridge xnm
"$XNM_VIF" reapply all >/dev/null
is "and all is well" "$(field vif1.0 .state) $(field vif2.0 .state)" "ok ok"

# -- not locked
cat >$XNM_CONFIG <<-END
	[vif guest1]
	locking-mode=unlocked
	[vif web]
	ipv4-allowed=any
	ipv6-allowed=any
END
"$XNM_VIF" reapply all >/dev/null
status
is "unlocked" "$(cells 'vif1\.0' | cut -d' ' -f9-)" "unlocked - up ok"
is "unlocked: JSON" "$(field vif1.0 '"\(.locking) \(.filter)"')" "unlocked ok"
is "any address is its MAC only" "$(field vif2.0 '"\(.locking) \(.filter)"')" "mac-only ok"
cat >$XNM_CONFIG <<-END
	[vif guest1]
	locking-mode=disabled
END
"$XNM_VIF" reapply all >/dev/null
is "disabled" "$(field vif1.0 '"\(.locking) \(.filter) \(.bridge)"')" "null none null"
is "JSON of these keeps to its schema" "$(schema 2>&1)" ""
rm $XNM_CONFIG
"$XNM_VIF" reapply all >/dev/null
is "locked again" "$(field vif1.0 '"\(.locking) \(.filter) \(.state)"')" "locked ok ok"

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
is "the device is gone" "$(field vif1.0 '"\(.state) \(.link) \(.error)"')" "error missing vif1.0 does not exist"
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
status
is "a network: its own table" "$(echo "$out" | tail -n 2 | tr -s ' ')" \
	"NETWORK BRIDGE FORWARD UPLINKS VIFS DROPPED STATE"$'\n'"lan xnmbr bridge - 1 - -"
is "a network: JSON" "$("$XNM" status --json | jq -c .networks)" \
	'[{"network":"lan","bridge":"xnmbr","forward":"bridge","uplinks":[],"vifs":1,"filter":"none","filter_problem":null,"dropped":[]}]'
status 4
is "its only vif: with the network" "$(echo "$out" | grep -c '^lan ')" 1
status 1
is "another vif: without" "$(echo "$out" | wc -l)" 2
echo 'isolated=yes' >>$XNM_CONFIG
is "the policy was changed" "$(field vif4.0 '.state, .drift[].operation')" \
	"$(printf '%s\n' drift "write state of vif 4.0" "filter vif4.0: create table inet xnm" "set port vif4.0 isolated on" \
		"end connections that are no longer allowed")"
rm $XNM_CONFIG
is "the policy has it no more" "$("$XNM" status --json | jq -c '.networks[] | [.network, .forward]')" \
	'["lan",null]'
hotplug offline 4 0
guest_rm 4 0

# -- networks that this host forwards for
ip link add wan0 type veth peer name wan1
ip link set wan0 up
cat >$XNM_CONFIG <<-END
	[uplink wan]
	interface=wan0
	[network inner]
	bridge=xnmnat
	address=10.77.0.1/24
	forward=nat
	uplink=wan
	[network edge]
	backend=route
	forward=route
	[vif inner*]
	network=inner
	[vif edge*]
	network=edge
	address=10.78.0.2
END
guest_new 4 0 name=inner1
hotplug online 4 0
guest_new 5 0 name=edge1
hotplug online 5 0
status
is "networks: by name" "$(echo "$out" | tail -n 3 | tr -s ' ')" \
	"NETWORK BRIDGE FORWARD UPLINKS VIFS DROPPED STATE"$'\n'"edge - route any 1 - -"$'\n'"inner xnmnat nat wan0 1 0 ok"
is "a routed vif" "$(cells 'vif5\.0')" \
	"vif5.0 edge1 edge - - 00:16:3e:00:05:00 10.78.0.2/32 1500 locked 0 up ok"
is "networks: JSON" "$("$XNM" status --json | jq -c '.networks[] | [.bridge, .uplinks, .filter]')" \
	'[null,[],"none"]'$'\n''["xnmnat",["wan0"],"ok"]'
nft delete element inet xnm inside '{ "xnmnat" }'
is "an element of the network is gone" \
	"$("$XNM" status --json | jq -r '.networks[] | select(.network == "inner") | "\(.filter) \(.filter_problem)"' |
		sed 's/ 1 of [0-9]* elements is / /')" \
	"drift missing in nftables: inet inside"
is "an element of the network is gone: its vif drifts" "$(field vif4.0 '"\(.state) \(.filter)"')" "drift ok"
status
like "an element of the network is gone: why" "$out" '^  filter vif4\.0: .* # 1 of [0-9]+ elements is missing in nftables: inet inside$'
is "an element of the network is gone: the other one is fine" "$(field vif5.0 .state)" ok
is "JSON of networks keeps to its schema" "$(schema 2>&1)" ""
hotplug offline 4 0
hotplug offline 5 0
guest_rm 4 0
guest_rm 5 0
rm $XNM_CONFIG

# -- gone without an offline
guest_new 5 0
hotplug online 5 0
guest_rm 5 0
status 5
is "gone" "$rc:$(cells 'vif5\.0' | cut -d' ' -f2,11-)" "0:guest5 missing gone"
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
	"vif6.0 other - br0 - 00:16:3e:00:06:00 192.0.2.16/32 1500 - - up not managed"
like "an online that failed" "$(cells 'vif7\.0')" "down error: .*nobr"
is "not managed: JSON" "$(field vif6.0 '"\(.state) \(.attached_to) \(.error)"')" "unmanaged br0 null"
is "JSON of these keeps to its schema" "$(schema 2>&1)" ""
guest_rm 7 0

# -- without the right to talk to xenstored, and without xenstored
try setpriv --reuid=65534 --regid=65534 --clear-groups "$XNM" status
is "nobody: exit status" "$rc" 0
like "nobody: why so little" "$out" '^xnm: cannot read xenstore'
like "nobody: why nothing of filters" "$out" '^xnm: cannot read nftables \(Operation not permitted\)'
is "nobody: a vif" "$(cells 'vif2\.0')" \
	"web0 (vif2.0) web - br1 - 00:16:3e:00:02:00 - 1400 mac-only unknown up -"
nobody=$(setpriv --reuid=65534 --regid=65534 --clear-groups "$XNM" status --json 2>/dev/null)
is "nobody: JSON" "$(echo "$nobody" | jq -c '[.vifs[0] | .locking, .filter, .dropped], .outside.dropped')" \
	'["locked","unknown",null]'$'\n'null
is "JSON of nobody keeps to its schema" "$(echo "$nobody" | problems 2>&1)" ""
store_stop
status
is "no xenstored: exit status" "$rc" 0
is "no xenstored: a vif" "$(cells 'vif2\.0')" \
	"web0 (vif2.0) web - br1 - 00:16:3e:00:02:00 - 1400 mac-only 0 up -"
is "no xenstored: vifs of others are not known" "$(cells 'vif6\.0')" ""
is "no xenstored: JSON" "$(field vif1.0 '"\(.state) \(.link)"')" "unknown up"
is "JSON of these keeps to its schema" "$(schema 2>/dev/null)" ""
tap_done
