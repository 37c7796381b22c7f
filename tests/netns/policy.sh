#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# policy.sh - networks and vif sections of the policy, as they end up in the kernel.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
guests_stay=yes

store_start || exit 1
# policy: write the policy from stdin
policy() {
	cat >"$XNM_CONFIG"
}

# -- a network: bridge made for the first vif, gone with the last
policy <<'END'
[network lan]
bridge=lan0
address=10.9.0.1/24 fd09::1/64
mtu=1400
stp=no

[network keep]
bridge=keep0
keep=yes
address=10.8.0.1/24

[network given]
bridge=given0
create=no

# closed, it would also isolate what passes br_netfilter, which some kernels have built in
[network split]
bridge=split0
address=10.7.0.1/24
forward=open
isolated=yes

[vif web*/0]
network=lan

[vif open-split]
network=split
isolated=no
END
guest_new 1 0 bridge=lan name=any
try hotplug online 1 0
assert_online "bridge= names a network" 1 0 lan0
is "its addresses" "$(link_addresses lan0 | grep -v ^fe80 | xargs)" "10.9.0.1/24 fd09::1/64"
is "its MTU, and the vif's" "$(link_mtu lan0):$(link_mtu vif1.0)" 1400:1400
is "no spanning tree" "$(cat /sys/class/net/lan0/bridge/stp_state)" 0
check "it is up" link_is_up lan0
before=$(snapshot)
try hotplug online 1 0
assert_unchanged "a second online changes nothing" "$before"
guest_up 1 0 10.9.0.2/24 fd09::2/64
check "the guest reaches dom0, IPv4" guest_ping 1 0 10.9.0.1
check "the guest reaches dom0, IPv6" guest_ping 1 0 fd09::1
guest_new 2 0 name=web7
try hotplug online 2 0
assert_online "a section by the domain's name" 2 0 lan0
guest_new 2 1 name=web7 bridge=lan0
try hotplug online 2 1
assert_online "bridge= with the name of a network's bridge" 2 1 lan0
try hotplug offline 1 0
assert_offline "offline of the first" 1 0
check "the bridge stays for the others" link_exists lan0
hotplug offline 2 0
netdev_rm 2 1
try hotplug offline 2 1
assert_offline "offline of the last" 2 1
refuse "the bridge is gone with it" link_exists lan0
guest_rm 1 0
guest_rm 2 1
guest_rm 2 0
assert_clean "nothing is left of that network"

# leaks must not keep a bridge for ever
guest_new 1 0 bridge=lan
hotplug online 1 0
guest_rm 1 0
check "the last guest dies unseen: the bridge is left" link_exists lan0
try "$XNM_VIF" gc
refuse "the next clean-up removes it" link_exists lan0
guest_new 1 0 bridge=lan
hotplug online 1 0
hotplug_launch=(-k 0)
hotplug offline 1 0 2>/dev/null
hotplug_launch=()
try hotplug offline 1 0
refuse "offline killed and repeated: the bridge is gone" link_exists lan0
guest_rm 1 0

# -- 20 guests at once on a network that does not exist yet
ip -o monitor link >$T/events &
monitor=$!
sleep 0.2
guests_new 100 20 lan
try hotplug_all online 100 20
sleep 0.1
is "20 at once: no failure" "$rc:$out" 0:
is "20 at once: all on one bridge" "$(bridge_ports lan0 | wc -w)" 20
refuse "20 at once: the bridge was made once" grep -q 'Deleted.* lan0' $T/events
is "20 at once: addresses" "$(link_addresses lan0 | grep -v ^fe80 | xargs)" "10.9.0.1/24 fd09::1/64"
try hotplug_all offline 100 20
kill $monitor
is "20 off at once: no failure" "$rc:$out" 0:
refuse "20 off at once: the bridge is gone" link_exists lan0
guests_rm 100 20
# comings and goings while the bridge is made and removed
guests_new 100 20 lan
bad=
for i in 1 2 3 4 5; do
	hotplug_all online 100 10 >$T/a 2>&1 &
	a=$!
	hotplug_all offline 110 10 >$T/b 2>&1
	wait $a || bad+=$(cat $T/a)
	hotplug_all online 110 10 >$T/a 2>&1 &
	a=$!
	hotplug_all offline 100 10 >$T/b 2>&1
	wait $a || bad+=$(cat $T/a)
done
is "coming and going: every online works" "$bad" ""
is "coming and going: the last ten are there" "$(bridge_ports lan0 | wc -w)" 10
hotplug_all offline 100 20
refuse "coming and going: the bridge is gone at last" link_exists lan0
guests_rm 100 20
assert_clean "nothing is left of these"

# -- keep, create
guest_new 1 0 bridge=keep
try hotplug online 1 0
assert_online "keep=yes: online" 1 0 keep0
hotplug offline 1 0
is "keep=yes: the bridge stays" "$(link_addresses keep0 | grep -v ^fe80)" 10.8.0.1/24
try hotplug online 1 0
assert_online "keep=yes: and is used again" 1 0 keep0
hotplug offline 1 0
guest_rm 1 0
ip link del keep0
rm -f "$XNM_RUN_DIR/bridge/keep0"

guest_new 1 0 bridge=given
try hotplug online 1 0
assert_refused "create=no: a missing bridge is an error" 1 0 given0
bridge_new given0
try hotplug online 1 0
assert_online "create=no: an existing one is used" 1 0 given0
hotplug offline 1 0
check "create=no: and stays" link_exists given0
guest_rm 1 0

bridge_new lan0
ip addr add 10.9.0.77/24 dev lan0
guest_new 1 0 bridge=lan
try hotplug online 1 0
assert_online "somebody else made the network's bridge" 1 0 lan0
hotplug offline 1 0
check "somebody else's bridge stays" link_exists lan0
like "with the address that somebody gave it" "$(link_addresses lan0 | xargs)" '10\.9\.0\.77/24'
guest_rm 1 0
ip link del lan0
rm -rf "$XNM_RUN_DIR"

# the policy is gone when the guest goes
guest_new 1 0 bridge=lan
hotplug online 1 0
mv "$XNM_CONFIG" "$T/away"
try hotplug offline 1 0
assert_offline "offline works without the policy" 1 0
refuse "and removes the bridge" link_exists lan0
echo 'garbage[' >"$XNM_CONFIG"
mv "$T/away" "$T/good"
cp "$T/good" "$XNM_CONFIG"
hotplug online 1 0
echo 'garbage[' >"$XNM_CONFIG"
try hotplug offline 1 0
is "offline works with a broken policy" "$rc:$(down_and_alone vif1.0)" 0:
refuse "and removes the bridge, too" link_exists lan0
guest_rm 1 0
cp "$T/good" "$XNM_CONFIG"

# -- interfaces of the host
ip link add up0 type veth peer name up1
ip link set up1 up
ip addr add 10.6.0.9/24 dev up1
policy <<'END'
[network out]
bridge=out0
interfaces=up0
END
guest_new 1 0 bridge=out
try hotplug online 1 0
assert_online "interfaces=: online" 1 0 out0
is "interfaces=: both are ports" "$(bridge_ports out0)" "up0 vif1.0"
check "interfaces=: it is up" link_is_up up0
before=$(snapshot)
try hotplug online 1 0
assert_unchanged "interfaces=: a second online changes nothing" "$before"
guest_up 1 0 10.6.0.1/24
check "interfaces=: the guest reaches what is outside" guest_ping 1 0 10.6.0.9
try hotplug offline 1 0
assert_offline "interfaces=: offline" 1 0
is "interfaces=: the host may use the bridge, which stays" "$(bridge_ports out0)" up0
guest_rm 1 0
ip link del out0
rm -rf "$XNM_RUN_DIR"

policy <<'END'
[network out]
bridge=out0
interfaces=up0
keep=no
END
guest_new 1 0 bridge=out
try hotplug online 1 0
assert_online "interfaces= and keep=no: online" 1 0 out0
try hotplug offline 1 0
assert_offline "interfaces= and keep=no: offline" 1 0
refuse "interfaces= and keep=no: the bridge is gone with the last vif" link_exists out0
is "interfaces= and keep=no: the interface is free again" "$(link_master up0)" ""
guest_rm 1 0
ip link del up0
rm -rf "$XNM_RUN_DIR"
cp "$T/good" "$XNM_CONFIG"

# -- isolation
guest_new 1 0 bridge=split
guest_new 2 0 bridge=split
guest_new 3 0 name=open-split
for d in 1 2 3; do
	try hotplug online $d 0
	assert_online "isolated=yes: online of guest $d" $d 0 split0
	guest_up $d 0 10.7.0.1$d/24
done
is "isolated=yes: the ports' flags" "$(port_flag vif1.0 isolated) $(port_flag vif3.0 isolated)" "true false"
check "isolated=yes: the first reaches dom0" guest_ping 1 0 10.7.0.1
check "isolated=yes: the second reaches dom0" guest_ping 2 0 10.7.0.1
refuse "isolated=yes: the first does not reach the second" guest_ping 1 0 10.7.0.12
refuse "isolated=yes: nor the second the first" guest_ping 2 0 10.7.0.11
check "isolated=no in [vif]: reaches both" guest_ping 3 0 10.7.0.11
for d in 1 2 3; do
	hotplug offline $d 0
	guest_rm $d 0
done

# -- matching: each section leads to a network of its own
uuid=12345678-9abc-4def-8123-456789abcdef
for net in name both glob uuid mac devid bridge ifname first all; do
	printf '[network %s]\nkeep=no\n' "n-$net"
done >"$XNM_CONFIG"
cat >>"$XNM_CONFIG" <<END
[vif exact/1]
network=n-name
[vif both/1]
match-uuid=${uuid%?}e
network=n-both
[vif gl?b*]
network=n-glob
[vif a*]
match-uuid=$uuid
network=n-uuid
[vif b*]
match-mac=00:16:3E:AA:BB:CC 00:16:3e:aa:bb:cd
network=n-mac
[vif c*]
match-devid=3 4
network=n-devid
[vif d*]
match-bridge=dmz* inside
network=n-bridge
[vif e*]
match-interface=web* vif30.*
network=n-ifname
[vif f*]
match-devid=0
match-mac=00:16:3e:aa:bb:cc
network=n-first
[vif *]
network=n-all
END
# lands NETWORK D N [KEY=VALUE]...
lands() {
	local net=$1 d=$2 n=$3 dev

	shift 3
	guest_new "$d" "$n" "$@"
	try hotplug online "$d" "$n"
	dev=vif$d.$n
	[ -z "$(xs_read "$backend/$d/$n/vifname")" ] || dev=$(xs_read "$backend/$d/$n/vifname")
	is "match: $* (device $d.$n) is $net" "$rc:$out:$(link_master "$dev")" "0::$net"
	hotplug offline "$d" "$n"
	guest_rm "$d" "$n"
}
lands n-name 1 1 name=exact
lands n-all 1 0 name=exact
# a suffix of xl's counts with a second witness alone: the guest itself beside it, with the same UUID
lands n-all 1 1 name=exact--incoming
lands n-all 1 1 name=exact--migratedaway
xs_write /local/domain/99/name exact /local/domain/99/vm "/vm/$(name_uuid exact)"
lands n-name 1 1 name=exact--incoming
lands n-name 1 1 name=exact--migratedaway
lands n-all 1 1 name=exact--incoming uuid="$(guest_uuid 77)"
lands n-all 1 1 name=exact--migratedaway uuid="$(guest_uuid 77)"
xs_rm /local/domain/99
lands n-both 1 1 name=both--incoming uuid="${uuid%?}e"
lands n-all 1 1 name=both--incoming
lands n-all 1 1 name=exacter
lands n-glob 1 2 name=glub7
lands n-all 1 2 name=glb
lands n-uuid 1 0 name=a uuid=$uuid
lands n-all 1 0 name=a
lands n-all 1 0 name=x uuid=$uuid
lands n-mac 1 0 name=b mac=00:16:3e:aa:bb:cc
lands n-mac 1 0 name=b mac=00:16:3e:aa:bb:cd
lands n-all 1 0 name=b
lands n-devid 1 3 name=c
lands n-devid 1 4 name=c
lands n-all 1 2 name=c
lands n-bridge 1 0 name=d bridge=dmz7
lands n-bridge 1 0 name=d bridge=inside
lands n-all 1 0 name=d
lands n-ifname 1 0 name=e vifname=web7
lands n-ifname 30 0 name=e
lands n-all 31 0 name=e
lands n-first 1 0 name=f mac=00:16:3e:aa:bb:cc
lands n-all 1 1 name=f mac=00:16:3e:aa:bb:cc
lands n-all 1 0 name=anything

# a driver domain cannot read names
guest_new 2 0 name=exact
xs_rm /local/domain/2/name /local/domain/2/vm
try hotplug online 2 0
assert_online "match: an unreadable name falls to [vif *]" 2 0 n-all
hotplug offline 2 0
guest_rm 2 0

# what is there and cannot be read is no name that is not there
# unreadable WHAT NAME REASON
unreadable() {
	guest_new 2 0 name=other
	xs_write /local/domain/2/name "$2"
	try hotplug online 2 0
	assert_refused "match: a name $1 is refused, and has not the rules of [vif *]" 2 0 'name of domain 2 in xenstore' "$3"
	hotplug offline 2 0
	guest_rm 2 0
}
unreadable "that is not ASCII" $'ex\303\244ct' 'not printable'
unreadable "with a control character" $'exact\001' 'not printable'
unreadable "of 128 bytes" "$(printf 'x%.0s' {1..128})" 'too long'
unreadable "of 3000 bytes" "$(printf 'x%.0s' {1..3000})" 'too long'
lands n-all 1 0 name="$(printf 'x%.0s' {1..127})"
guest_new 2 0 name=exact
xs_write /local/domain/2/vm "/vm/$(printf '1%.0s' {1..80})"
try hotplug online 2 0
assert_refused "match: a UUID that is too long" 2 0 'vm of domain 2 in xenstore is too long'
guest_rm 2 0
assert_clean "nothing is left of the matches"

# -- guests nobody thought of
bridge_new br0
# unknown WORD: policy with on-unknown=WORD, online of a guest that matches nothing
unknown() {
	policy <<END
[global]
on-unknown=$1
default-network=lan
[network lan]
bridge=lan0
[vif known]
network=lan
END
	guest_new 5 0 name=stranger
	try hotplug online 5 0
}
unknown accept
assert_online "on-unknown=accept: the guest's own bridge" 5 0 br0
hotplug offline 5 0
guest_rm 5 0
unknown default-network
assert_online "on-unknown=default-network" 5 0 lan0
hotplug offline 5 0
guest_rm 5 0
unknown reject
assert_refused "on-unknown=reject" 5 0 'reject|refuse|\[vif'
like "on-unknown=reject: the line says who" "$out" 'stranger|vif5\.0'
hotplug offline 5 0
guest_rm 5 0
unknown disable
is "on-unknown=disable: the guest starts, its vif does not" \
	"$rc:$(down_and_alone vif5.0):$(xs_read $backend/5/0/hotplug-status)" 0::connected
try hotplug offline 5 0
assert_offline "on-unknown=disable: offline" 5 0
guest_rm 5 0

# -- mistakes
# mistake NAME PATTERN: policy from stdin
mistake() {
	policy
	guest_new 6 0
	try hotplug online 6 0
	assert_refused "$1" 6 0 "$2"
	try hotplug offline 6 0
	is "offline after that" "$rc:$(down_and_alone vif6.0)" 0:
	guest_rm 6 0
}
mistake "an unknown key" 'xnm\.ini:2.*bri' <<'END'
[network lan]
brige=lan0
END
mistake "an unknown section" 'xnm\.ini:3' <<'END'

# a comment
[netwrok lan]
END
mistake "a bad value" 'xnm\.ini:2.*mtu' <<'END'
[network lan]
mtu=12
END
mistake "not a policy at all" 'xnm\.ini:1' <<'END'
hello
END
mistake "a network that is none" 'xnm\.ini:2.*nolan|nolan' <<'END'
[vif *]
network=nolan
END
policy <<'END'
[network lan]
END
chmod 666 "$XNM_CONFIG"
guest_new 6 0
try hotplug online 6 0
assert_refused "a policy that everybody may write" 6 0 'xnm\.ini'
chmod 644 "$XNM_CONFIG"
chown 1234 "$XNM_CONFIG"
try hotplug online 6 0
assert_refused "a policy that is not root's" 6 0 'xnm\.ini'
chown 0 "$XNM_CONFIG"
try hotplug online 6 0
assert_online "put right, it works" 6 0 br0
hotplug offline 6 0
guest_rm 6 0

# -- drop-ins
mkdir "$T/policy.d" "$XNM_RUN_DIR/override.d"
printf '[network extra]\nbridge=extra0\n' >"$T/policy.d/10-extra.ini"
guest_new 7 0 bridge=extra
try hotplug online 7 0
assert_online "a network of policy.d" 7 0 extra0
hotplug offline 7 0
rm -r "$T/policy.d"
printf '[network over]\nbridge=over0\n' >"$XNM_RUN_DIR/override.d/10-over.ini"
guest_rm 7 0
guest_new 7 0 bridge=over
try hotplug online 7 0
assert_online "a network of override.d" 7 0 over0
hotplug offline 7 0
guest_rm 7 0
rm -r "$XNM_RUN_DIR/override.d"

# -- a changed policy and reapply
policy <<'END'
[network lan]
bridge=lan0
address=10.9.0.1/24
END
guest_new 8 0 bridge=lan
hotplug online 8 0
policy <<'END'
[network lan]
bridge=lan0
address=10.9.0.1/24
mtu=1400
isolated=yes
[network other]
bridge=other0
[vif moved]
network=other
END
try "$XNM_VIF" reapply 8.0
[ $rc -ne 0 ] || out=
assert_online "reapply after a change of the policy" 8 0 lan0
is "the new settings hold" "$(port_flag vif8.0 isolated):$(link_mtu vif8.0)" true:1400
xs_write /local/domain/8/name moved
try "$XNM_VIF" reapply 8.0
[ $rc -ne 0 ] || out=
assert_online "reapply moves a vif to another network" 8 0 other0
refuse "and the bridge it left goes" link_exists lan0
try hotplug offline 8 0
assert_offline "offline of the moved vif" 8 0
refuse "the other bridge goes with its end" link_exists other0
"$XNM_VIF" gc >/dev/null
guest_rm 8 0

# --------------------------------------------------------- which line, which file, whose directory

mkdir -p "$T/policy.d"
policy <<'END'
[global]
on-unknown=reject
[network lan]
bridge=lan0
[network missing]
create=no
[vif placed]
network=lan
[vif lost]
network=missing
END
printf '[network lan]\nisolated=yes\n[vif placed]\nmtu=1300\nhairpin=yes\n' >"$T/policy.d/10-x.ini"
guest_new 8 0 name=placed bridge=lan
like "a plan names the line that has the key, in whatever file" "$("$XNM_VIF" plan 8.0 | tr -s ' ')" \
	"MTU of vif8.0 .* # $T/policy.d/10-x.ini:4
.*attach vif8.0 to bridge lan0 # $XNM_CONFIG:8
.*isolated on, hairpin on.* # $T/policy.d/10-x.ini:2, $T/policy.d/10-x.ini:5"
guest_rm 8 0
guest_new 8 0 name=strange bridge=lan
try hotplug online 8 0
assert_refused "the message names the file of XNM_CONFIG" 8 0 "on-unknown=reject: add one to $XNM_CONFIG\$"
guest_rm 8 0
rm -r "$T/policy.d"
policy </dev/null
guest_new 8 0 name=strange bridge=nobr
try hotplug online 8 0
assert_refused "also where it says how a bridge is made" 8 0 "\[network nobr\] in $XNM_CONFIG\$"
guest_rm 8 0

mkdir -p "$T/open/xnm"
echo '[network lan]' >"$T/open/xnm/xnm.ini"
chmod 777 "$T/open"
try env XNM_CONFIG="$T/open/xnm/xnm.ini" "$XNM" check
like "a directory above in which anybody may rename it" "$rc:$out" \
	"^2:$T/open/xnm/xnm.ini: the directory $T/open must not be writable by group or others; chmod go-w it: who may"
chmod 1777 "$T/open"
try env XNM_CONFIG="$T/open/xnm/xnm.ini" "$XNM" check
like "where only the owner may, nothing is wrong" "$rc:$out" "^0:.*no mistakes\$"
mv "$T/open/xnm/xnm.ini" "$T/open"
try env XNM_CONFIG="$T/open/xnm.ini" "$XNM" check
like "but its own directory must not be such a one" "$rc:$out" "^0:.*warning: anybody may write to the directory $T/open,"

assert_clean "nothing is left"
tap_done
