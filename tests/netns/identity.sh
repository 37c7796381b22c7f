#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# identity.sh - who has copied another guest's mac= is not that guest; who comes again as the same one is.
#
# The names and UUIDs are those that libxl gives: see netns.sh, and migrate.sh in tests/xen for real ones.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
bridge_new br0
bridge_new br1
ip link add up0 type veth peer name up0peer
ip link set up0 up

cat >"$XNM_CONFIG" <<'END'
[uplink up]
interface=up0
[uplink door]
guest=door/0
gateway=192.168.40.2 fd40::2
metric=600
[network lan]
bridge=br0
fastpath=yes
[network inside]
bridge=br2
address=192.168.10.1/24 fd10::1/64
forward=nat
uplink=up
[forward web]
network=inside
listen-port=8080
target=victim
target-port=80
[network pub]
backend=route
[network routed]
bridge=br3
address=192.168.30.1/24 fd30::1/64
forward=route
uplink=up
[network alone]
bridge=br4
address=192.168.40.1/24 fd40::1/64
forward=none
[network pooled]
bridge=br5
address=192.168.50.1/24 fd50::1/64
forward=none
dhcp=dnsmasq
[pool p]
network=pooled
range=192.168.50.10-192.168.50.99 fd50::10-fd50::99
[vif door/0]
network=alone
locking-mode=unlocked
[vif * as free]
match-bridge=free
network=lan
locking-mode=unlocked
[vif * as shut]
match-bridge=shut
network=lan
locking-mode=disabled
[vif * as pooled]
match-bridge=pooled
address=auto p
END

mac=00:16:3e:00:77:01
both="10.0.0.5 2001:db8::5"

# rules: what nftables has of elements
rules() {
	filter_elements | sort
}

# mac_notes: who has which MAC address, as it is noted
mac_notes() {
	find "$XNM_RUN_DIR/mac" -type l -printf '%f %l\n' | sort
}

# leave D...: they go
leave() {
	local d

	for d in "$@"; do
		hotplug offline "$d" 0
		guest_rm "$d" 0
	done
}

# copied WHAT [KEY=VALUE]...: another guest with the MAC address of domain 1, on what the victim is on
copied() {
	local what=$1 before all wrong=

	shift
	before=$(rules)
	all=$(snapshot)
	guest_new 2 0 "mac=$mac" "$@"
	try hotplug online 2 0
	assert_refused "$what: is refused" 2 0 'vif2\.0' 'vif1\.0' 'victim' 'thief' 'give one of the two another mac='
	[ "$(rules)" = "$before" ] || wrong+="rules: $(difference "$before" "$(rules)")"$'\n'
	[ "$(mac_notes)" = "br0,$mac 1.0" ] || wrong+="notes: $(mac_notes)"$'\n'
	try "$XNM_VIF" reapply 2.0
	[ "$rc" = 1 ] || wrong+="reapply: $rc:$out"$'\n'
	hotplug offline 2 0
	guest_rm 2 0
	[ "$(snapshot)" = "$all" ] || wrong+=$(difference "$all" "$(snapshot)")
	is "$what: the victim's are as before" "$wrong" ""
}

# ------------------------------------------------------------ another guest
for addresses in "" "$both"; do
	guest_new 1 0 name=victim "mac=$mac" ${addresses:+"ip=$addresses"}
	try hotplug online 1 0
	assert_online "the victim${addresses:+ with addresses}" 1 0 br0
	published=$(xs_read /local/domain/1/xnm/vif/0/fastpath)
	like "it is published" "$published" "mac=$mac net=lan"
	copied "a copied mac=" name=thief ${addresses:+"ip=$addresses"}
	copied "a copied mac=, in upper case" name=thief mac=00:16:3E:00:77:01 ${addresses:+"ip=$addresses"}
	copied "a copied mac=, locked to other addresses" name=thief ip="10.0.0.6 2001:db8::6"
	copied "a copied mac=, with an emulated half" name=thief type=vif_ioemu
	copied "a copied mac= and uuid=" name=thief uuid="$(name_uuid victim)" ${addresses:+"ip=$addresses"}
	is "its fast path is as before" "$(xs_read /local/domain/1/xnm/vif/0/fastpath)" "$published"
	guest_new 3 0 name=other "mac=$mac" bridge=br1 ${addresses:+"ip=$addresses"}
	try hotplug online 3 0
	assert_online "the same MAC address on another bridge" 3 0 br1
	leave 3
	before=$(snapshot)
	try "$XNM_VIF" reapply 1.0
	assert_unchanged "reapply of the victim changes nothing" "$before"
	leave 1
	assert_clean "nothing is left"
done

# its name alone is as easily copied
guest_new 1 0 name=victim "mac=$mac"
hotplug online 1 0
guest_new 2 0 name=victim uuid="$(guest_uuid 99)" "mac=$mac"
try hotplug online 2 0
assert_refused "a copied mac= and name" 2 0 'vif2\.0' 'vif1\.0' 'another mac='
leave 2

# nobody may have a MAC address twice
guest_new 1 1 name=victim "mac=$mac"
try hotplug online 1 1
assert_refused "two vifs of one guest" 1 1 'vif1\.1' 'vif1\.0' 'victim' 'another mac='
hotplug offline 1 1
guest_rm 1 1
keys_new 1 0 name=victim "mac=$mac"
leave 1

# two at once: one of them has it
wrong=
for ((i = 0; i < $(often 20 3); i++)); do
	guest_new 1 0 name=victim "mac=$mac"
	guest_new 2 0 name=thief "mac=$mac"
	hotplug online 1 0 2>/dev/null &
	hotplug online 2 0 2>/dev/null
	wait $!
	[ "$(bridge_ports br0 | wc -w)" = 1 ] || wrong+="$(bridge_ports br0) "
	leave 1 2
done
is "two at once: one has it" "$wrong" ""
assert_clean "two at once: nothing is left"

# on a network of each kind, with a forward where there is one
for net in "inside 192.168.10.5 fd10::5 br2" "routed 192.168.30.5 fd30::5 br3" "alone 192.168.40.5 fd40::5 br4"; do
	read -r network ip4 ip6 bridge <<<"$net"
	for type in vif vif_ioemu; do
		what="$network, $type"
		guest_new 1 0 name=victim "bridge=$network" "mac=$mac" ip="$ip4 $ip6" "type=$type"
		[ $type = vif ] || tap_new 1 0
		try hotplug online 1 0
		assert_online "$what: the victim" 1 0 "$bridge"
		[ $type = vif ] || try hotplug add 1 0
		is "$what: its tap" "$rc:$out" 0:
		before=$(snapshot)
		guest_new 2 0 name=thief "bridge=$network" "mac=$mac" ip="$ip4 $ip6" "type=$type"
		[ $type = vif ] || tap_new 2 0
		try hotplug online 2 0
		assert_refused "$what: MAC address and addresses copied" 2 0 'vif2\.0' 'vif1\.0' 'another mac='
		if [ $type = vif_ioemu ]; then
			try hotplug add 2 0
			is "$what: and its tap" "$rc:$(grep -c 'another mac=' <<<"$out"):$(down_and_alone vif2.0-emu)" 1:1:
			hotplug remove 2 0
			ip link del vif2.0-emu
		fi
		leave 2
		same "$what: all stays as it was" "$(snapshot)" "$before"
		guest_new 2 0 name=victim--incoming "bridge=$network" "mac=$mac" ip="$ip4 $ip6" "type=$type"
		try hotplug online 2 0
		assert_online "$what: the same guest migrates" 2 0 "$bridge"
		[ "$network" != inside ] || is "$what: it has the forward" "$(rules | grep -c 'forwards[46] .*8080')" 2
		leave 2
		same "$what: that has failed, and all is as before" "$(snapshot)" "$before"
		[ $type = vif ] || hotplug remove 1 0
		leave 1
		[ $type = vif ] || ip link del vif1.0-emu
	done
done

# a name alone: what the policy says of it is the running guest's
guest_new 1 0 name=victim bridge=inside "mac=$mac" ip="192.168.10.5 fd10::5"
try hotplug online 1 0
assert_online "a name alone: the victim" 1 0 br2
before=$(snapshot)
for ip in "192.168.10.6 fd10::6" "192.168.10.6" "fd10::6"; do
	guest_new 2 0 name=victim uuid="$(guest_uuid 99)" bridge=inside ip="$ip"
	try hotplug online 2 0
	assert_refused "a name alone, $ip: its forward is the victim's" 2 0 'vif2\.0' 'vif1\.0' 'victim' 'another name'
	leave 2
	same "a name alone, $ip: all stays as it was" "$(snapshot)" "$before"
done
leave 1
guest_new 1 0 name=door "mac=$mac" ip="192.168.40.2 fd40::2"
try hotplug online 1 0
is "an uplink that is a guest" "$rc:$out:$(grep -c ^vif=1.0 "$XNM_RUN_DIR/uplink/door")" 0::1
before=$(snapshot)
guest_new 2 0 name=door uuid="$(guest_uuid 99)" ip="192.168.40.3 fd40::3"
try hotplug online 2 0
assert_refused "an uplink that is a guest, by its name" 2 0 'vif2\.0' 'vif1\.0' 'uplink door' 'another name'
leave 2
same "an uplink that is a guest, by its name: all stays as it was" "$(snapshot)" "$before"
guest_new 2 0 name=door--incoming "mac=$mac" ip="192.168.40.2 fd40::2"
try hotplug online 2 0
is "an uplink that is a guest migrates" "$rc:$out:$(grep -c ^vif=2.0 "$XNM_RUN_DIR/uplink/door")" 0::1
leave 1 2
assert_clean "nothing is left of names"

# who is held to nothing may send from other MAC addresses, but its own is its own all the same
guest_new 1 0 name=victim bridge=free "mac=$mac"
try hotplug online 1 0
assert_online "unlocked: the victim" 1 0 br0
copied "unlocked: a locked one with its MAC address" name=thief
copied "unlocked: an unlocked one with its MAC address" name=thief bridge=free
guest_new 2 0 name=partner bridge=free
try hotplug online 2 0
assert_online "unlocked: a partner with another MAC address" 2 0 br0
leave 2
guest_new 2 0 name=standby bridge=shut "mac=$mac"
try hotplug online 2 0
is "disabled: one that is attached to nothing may have it" "$rc:$out:$(link_master vif2.0)" "0::"
leave 2 1
assert_clean "nothing is left of them"

# addresses of a pool, and what dnsmasq is told: also while the victim is not there
# pool_of D: its addresses
pool_of() {
	sed -n 's/^address=//p' "$XNM_RUN_DIR/vif/$1.0" | sort | xargs
}
guest_new 1 0 name=victim bridge=pooled "mac=$mac"
try hotplug online 1 0
assert_online "pool: the victim" 1 0 br5
own=$(pool_of 1)
line=$(cat "$XNM_RUN_DIR/dhcp/pooled.hosts/1.0")
guest_new 2 0 name=thief bridge=pooled "mac=$mac"
try hotplug online 2 0
assert_refused "pool: MAC address copied" 2 0 'vif2\.0' 'vif1\.0' 'another mac='
is "pool: addresses and reservation stay its own" \
	"$(pool_of 1):$(cat "$XNM_RUN_DIR"/dhcp/pooled.hosts/*)" "$own:$line"
leave 2 1
guest_new 2 0 name=thief bridge=pooled "mac=$mac"
try hotplug online 2 0
assert_online "pool: the victim is not there, and its MAC address is copied" 2 0 br5
others=$(pool_of 2)
is "pool: it gets other addresses" "$(tr ' ' '\n' <<<"$own $others" | sort -u | wc -l)" 4
leave 2
guest_new 3 0 name=victim uuid="$(guest_uuid 99)" bridge=pooled "mac=$mac"
try hotplug online 3 0
is "pool: the victim has its own again, with a new UUID too" "$rc:$out:$(pool_of 3)" "0::$own"
leave 3
guest_new 4 0 name=renamed uuid="$(guest_uuid 99)" bridge=pooled "mac=$mac"
try hotplug online 4 0
is "pool: and with another name" "$rc:$out:$(pool_of 4)" "0::$own"
leave 4
guest_new 2 0 name=thief bridge=pooled "mac=$mac"
try hotplug online 2 0
is "pool: so has the other one" "$rc:$out:$(pool_of 2)" "0::$others"
leave 2
# as notes of an older version have them
find "$XNM_STATE_DIR/pool" -name ',*' -delete
guest_new 5 0 name=renamed bridge=pooled "mac=$mac"
try hotplug online 5 0
is "pool: where nobody has noted whose they are, they go with the MAC address" "$rc:$out:$(pool_of 5)" "0::$own"
leave 5
assert_clean "pool: nothing is left"

# routed: two links with one MAC address are no conflict, two with one address are
guest_new 1 0 name=victim bridge=pub "mac=$mac" ip="$both"
try hotplug online 1 0
is "routed: the victim" "$rc:$out" 0:
guest_new 2 0 name=thief bridge=pub "mac=$mac" ip=2001:db8::5
try hotplug online 2 0
assert_refused "routed: MAC address and address copied" 2 0 '2001:db8::5' 'vif1\.0'
hotplug offline 2 0
guest_rm 2 0
guest_new 2 0 name=thief bridge=pub "mac=$mac" ip="10.0.0.7 2001:db8::7"
try hotplug online 2 0
is "routed: the MAC address alone" "$rc:$out" 0:
leave 2 1

# ------------------------------------------------------------ the same guest
# arrives WHAT D [KEY=VALUE]...
arrives() {
	local what=$1 d=$2

	shift 2
	guest_new "$d" 0 "mac=$mac" ip="$both" "$@"
	try hotplug online "$d" 0
	assert_online "$what" "$d" 0 br0
	is "$what: it has the MAC address" "$(mac_notes)" "br0,$mac $d.0"
}

arrives "at first" 1 name=victim
arrives "a migration" 2 name=victim--incoming
try "$XNM_VIF" reapply 1.0
is "reapply of the old one leaves it at that" "$rc:$(mac_notes)" "0:br0,$mac 2.0"
leave 2
is "the migration has failed: the MAC address is the old one's again" "$(mac_notes)" "br0,$mac 1.0"
copied "a copied mac= after that" name=thief
arrives "the migration again" 2 name=victim--incoming
leave 1
is "it is over: the old one's end takes nothing away" "$(mac_notes)" "br0,$mac 2.0"
arrives "the next one" 3 name=victim
leave 2 3
assert_clean "nothing is left of them"

arrives "the old one, as xl renames it" 1 name=victim--migratedaway
arrives "the new one" 2 name=victim
leave 1 2

arrives "a uuid= in upper case" 1 name=victim uuid=ABCDEF00-0000-4000-8000-000000000001
guest_new 2 0 name=victim--incoming "mac=$mac" ip="$both"
xs_write /local/domain/2/vm vm/abcdef00-0000-4000-8000-000000000001
try hotplug online 2 0
assert_online "the same in lower case, without the first slash" 2 0 br0
leave 1 2

# no uuid, as without a toolstack: name and MAC address say it
guest_new 1 0 name=victim "mac=$mac" ip="$both"
xs_rm /local/domain/1/vm
hotplug online 1 0
guest_new 2 0 name=thief "mac=$mac" ip="$both"
xs_rm /local/domain/2/vm
try hotplug online 2 0
assert_refused "no uuid: another name" 2 0 'vif2\.0' 'vif1\.0' 'another mac='
hotplug offline 2 0
xs_write /local/domain/2/name victim--incoming
try hotplug online 2 0
assert_online "no uuid: the same name" 2 0 br0
leave 1 2

# notes of a version that wrote neither a UUID nor who has which MAC address
# old_notes D...
old_notes() {
	local d

	for d in "$@"; do
		sed -i '/^uuid=/d; /^mac-scope=/d' "$XNM_RUN_DIR/vif/$d.0"
	done
	rm -r "$XNM_RUN_DIR/mac"
}
for addresses in "" "$both"; do
	guest_new 1 0 name=victim "mac=$mac" ip="$addresses"
	hotplug online 1 0
	old_notes 1
	guest_new 2 0 name=thief "mac=$mac" ip="$addresses"
	try hotplug online 2 0
	assert_refused "old notes: another name" 2 0 'vif2\.0' 'vif1\.0' 'another mac='
	leave 2
	old_notes 1
	guest_new 2 0 name=victim--incoming "mac=$mac" ip="$addresses"
	try hotplug online 2 0
	assert_online "old notes: the same name" 2 0 br0
	old_notes 1 2
	try "$XNM_VIF" reapply all
	is "old notes, of a guest that migrates: reapply" "$rc:$(mac_notes)" "0:br0,$mac 2.0"
	leave 1 2
	assert_clean "old notes: nothing is left"
done
guest_new 1 0 name=victim "mac=$mac"
hotplug online 1 0
old_notes 1
leave 1
assert_clean "old notes: their vif goes"

# -- the domain's node "vm", as others write it
for vm in "/vm/$(name_uuid victim)-1" "vm/$(name_uuid victim)" "vm/$(name_uuid victim)-12"; do
	arrives "vm=$vm: at first" 1 name=victim
	guest_new 2 0 name=victim--incoming "mac=$mac" ip="$both"
	xs_write /local/domain/2/vm "$vm"
	try hotplug online 2 0
	assert_online "vm=$vm: the same" 2 0 br0
	leave 1 2
done

# -- renamed while it runs: what it is called now counts
arrives "before xl rename" 1 name=before
xs_write /local/domain/1/name after
guest_new 2 0 name=after--incoming uuid="$(name_uuid before)" "mac=$mac" ip="$both"
try hotplug online 2 0
assert_online "after xl rename: a migration" 2 0 br0
xs_write /local/domain/1/name after--migratedaway
try hotplug online 2 0
assert_online "after xl rename: once more" 2 0 br0
leave 1 2

# -- who is called like a guest that migrates, and is another one: nothing of that guest is his
cat >>"$XNM_CONFIG" <<'END'
[vif open]
locking-mode=unlocked
address=10.0.0.7 2001:db8::7
[vif claimed--incoming]
address=10.0.0.8
END
# mode_of D: how that vif is held, and its addresses
mode_of() {
	filter_elements | grep -q "guard .*vif$1\.0" && echo locked
	sed -n 's/^address=//p' "$XNM_RUN_DIR/vif/$1.0"
}
for suffix in incoming migratedaway; do
	# none beside it, one that is somewhere else, and one that runs here
	for beside in "" yes; do
		[ -z "$beside" ] || { guest_new 1 0 name=open mac=00:16:3e:00:77:0a && hotplug online 1 0; }
		guest_new 2 0 name="open--$suffix" uuid="$(guest_uuid 66)" mac=00:16:3e:00:77:0b
		try hotplug online 2 0
		is "open--$suffix${beside:+ beside it}: another guest has no rules of it" "$rc:$out:$(mode_of 2)" "0::locked"
		is "open--$suffix${beside:+ beside it}: and is called as it is" \
			"$(sed -n 's/^domain=//p' "$XNM_RUN_DIR/vif/2.0")" "open--$suffix"
		leave 2
		guest_new 2 0 name="open--$suffix" uuid="$(guest_uuid 66)" mac=00:16:3e:00:77:0a
		try hotplug online 2 0
		if [ -n "$beside" ]; then
			assert_refused "open--$suffix beside it: nor its MAC address" 2 0 'vif2\.0' 'vif1\.0' 'another mac='
		else
			is "open--$suffix: nor with its MAC address" "$rc:$out:$(mode_of 2)" "0::locked"
		fi
		leave 2 ${beside:+1}
	done
done
guest_new 2 0 name=claimed--incoming
try hotplug online 2 0
is "a guest that is called so has its own section" "$rc:$out:$(mode_of 2)" "0::locked
10.0.0.8/32"
leave 2
# the guest itself, with its UUID
guest_new 1 0 name=open mac=00:16:3e:00:77:0a
hotplug online 1 0
guest_new 2 0 name=open--incoming mac=00:16:3e:00:77:0a
try hotplug online 2 0
is "the same guest on its way in has its own rules" "$rc:$out:$(mode_of 2 | xargs)" "0::10.0.0.7/32 2001:db8::7/128"
# xl renames both at the end; in between neither is called as the guest is
xs_write /local/domain/1/name open--migratedaway
for d in 1 2; do
	try "$XNM_VIF" reapply "$d.0"
	is "in between: vif$d.0 keeps them" "$rc:$out:$(sed -n 's/^domain=//p' "$XNM_RUN_DIR/vif/$d.0")" "0::open"
done
xs_write /local/domain/2/name open
try "$XNM_VIF" reapply all
is "at the end" "$rc:$out:$(mode_of 2 | xargs)" "0::10.0.0.7/32 2001:db8::7/128"
leave 1 2
# from another host: it is xl that calls us, and nobody else is there
mkdir -p "$T/bin"
cp "$(command -v bash)" "$T/bin/xl"
guest_new 2 0 name=open--incoming mac=00:16:3e:00:77:0a
# shellcheck disable=SC2016 # the inner shell is to see it
try env XENBUS_PATH=backend/vif/2/0 vif=vif2.0 "$T/bin/xl" -c '"$0" online; exit $?' "$HOTPLUG" migrate-receive
is "from another host, as xl receives it" "$rc:$out:$(mode_of 2 | xargs)" "0::10.0.0.7/32 2001:db8::7/128"
leave 2
assert_clean "nothing is left of who is called so"

# -- a reboot: the old one goes first, and the new one has another number
arrives "before a reboot" 1 name=victim
leave 1
arrives "after a reboot" 2 name=victim
leave 2

# -- xl create right after xl shutdown: a configuration without uuid= has another one each time
# leaving D ONLINE STATE: libxl has said that it goes
leaving() {
	xs_write "$backend/$1/0/online" "$2" "$backend/$1/0/state" "$3"
}
for how in "0 5" "0 6" "1 6"; do
	read -r online closed <<<"$how"
	what="online=$online state=$closed"
	arrives "$what: at first" 1 name=victim uuid="$(guest_uuid 98)"
	leaving 1 "$online" "$closed"
	guest_new 2 0 name=thief "mac=$mac" ip="$both"
	try hotplug online 2 0
	assert_refused "$what: another one comes too early" 2 0 'vif2\.0' 'vif1\.0' 'another mac='
	leave 2
	arrives "$what: it is started anew" 2 name=victim uuid="$(guest_uuid 97)"
	leave 1
	is "$what: the old one's end takes nothing away" "$(mac_notes)" "br0,$mac 2.0"
	leave 2
done
assert_clean "nothing is left of them"

# -- a stub domain is its guest, and nobody else's
guest_new 1 0 name=victim "mac=$mac" type=vif_ioemu
hotplug online 1 0
guest_new 2 0 name=thief-dm "mac=$mac"
guest_new 3 0 name=thief
xs_write /local/domain/2/target 3
try hotplug online 2 0
assert_refused "another guest's stub domain" 2 0 'vif2\.0' 'vif1\.0' 'another mac='
leave 2 3
guest_new 2 0 name=victim-dm "mac=$mac"
xs_write /local/domain/2/target 1
try hotplug online 2 0
assert_online "its own stub domain" 2 0 br0
guest_new 3 0 name=victim--incoming "mac=$mac"
guest_new 4 0 name=victim--incoming-dm "mac=$mac"
xs_write /local/domain/4/target 3
try hotplug online 4 0
assert_online "a migration: the new stub domain" 4 0 br0
try hotplug online 3 0
assert_online "a migration: the new domain" 3 0 br0
leave 1 2 4 3
assert_clean "nothing is left of stub domains"

# neither: nobody knows
guest_new 1 0 "mac=$mac" ip="$both"
xs_rm /local/domain/1/vm /local/domain/1/name
hotplug online 1 0
guest_new 2 0 "mac=$mac" ip="$both"
xs_rm /local/domain/2/vm /local/domain/2/name
try hotplug online 2 0
assert_refused "neither uuid nor name" 2 0 'vif2\.0' 'vif1\.0' 'another mac='
hotplug offline 2 0
leaving 1 0 5
try hotplug online 2 0
assert_online "neither uuid nor name, but the old one goes" 2 0 br0
leave 1 2

# the vif has gone and nobody has said so: whoever comes has it
arrives "before it goes unseen" 1 name=victim
guest_rm 1 0
arrives "another one in the place of one that has gone" 2 name=anew
leave 2
assert_clean "nothing is left at the end"

tap_done
