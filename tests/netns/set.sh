#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# set.sh - what 'xnm set' sets for a vif holds over the policy and over restarts, until 'xnm reset' takes it back.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
overrides=$XNM_RUN_DIR/override.d/vif
file1=$overrides/$(guest_uuid 1).0

# set VIF KEY=VALUE... and reset VIF [KEY]...: sets rc and out
set_() {
	try "$XNM" set "$@"
}
reset_() {
	try "$XNM" reset "$@"
}

# refused NAME STATUS PATTERN COMMAND...: the call fails in one line, and all is as it was
refused() {
	local name=$1 status=$2 pattern=$3 before

	shift 3
	before=$(snapshot)
	try "$@"
	if [[ $rc -eq $status && $out =~ $pattern && $out != *$'\n'* ]]; then
		ok "$name: refused"
	else
		not_ok "$name: refused" "exit status $rc, wanted $status; pattern: $pattern" "$out"
	fi
	same "$name: nothing changes" "$(snapshot)" "$before"
}

mtu() {
	echo "$(link_mtu vif1.0) $(xs_read /local/domain/1/device/vif/0/mtu)"
}

# locking VIF: as status says
locking() {
	"$XNM" status --json | jq -r ".vifs[] | select(.vif == \"$1\") | .locking"
}

# status_of VIF FILTER: of its row
status_of() {
	"$XNM" status --json | jq -c ".vifs[] | select(.vif == \"$1\") | $2"
}

# ------------------------------------------------------------ without a policy
bridge_new br0
guest_new 1 0 ip=10.0.0.1
try hotplug online 1 0
assert_online "a guest without a policy" 1 0 br0
refuse "there is no folder of overrides" test -e "$overrides"
# which leaves the tables that isolated= needs
set_ vif1.0 isolated=yes mtu=1400
reset_ vif1.0
rmdir "$overrides" "$XNM_RUN_DIR/override.d"
clean=$(snapshot)

set_ vif1.0 mtu=1400
is "mtu=: what has changed is told" "$rc:$out" "0:vif1.0 mtu: (not set) -> 1400"
is "mtu=: the guest has it, and the bridge does not fall" "$(mtu)" "1500 1400"
is "the file: for all to read" "$(stat -c '%a %U' "$file1")" "644 root"
set_ 1.0 isolated=yes
is "isolated=: by its numbers" "$rc:$out:$(port_flag vif1.0 isolated)" "0:vif1.0 isolated: (not set) -> yes:true"
is "and the MTU stays" "$(mtu)" "1500 1400"
set_ guest1 locking-mode=unlocked hairpin=yes
is "locking-mode= and hairpin=: by the guest's name" "$rc:$(locking vif1.0):$(port_flag vif1.0 hairpin)" "0:unlocked:true"
set_ guest1/0 locking-mode=locked
is "guest and number; old and new value" "$rc:$out:$(locking vif1.0)" "0:vif1.0 locking-mode: unlocked -> locked:locked"
set_ vif1.0 address="10.0.0.7 fd00::7"
is "address=: a list" "$rc:$(status_of vif1.0 .addresses)" '0:["10.0.0.7/32","fd00::7/128"]'
set_ vif1.0 ipv4-allowed=10.1.0.0/24 ipv4-allowed=10.2.0.0/24
is "a list in two words" "$rc:$out" "0:vif1.0 ipv4-allowed: (not set) -> 10.1.0.0/24 10.2.0.0/24"
like "both are in nftables" "$(filter_elements)" '10\.1\.0\.0'
like "both are in nftables" "$(filter_elements)" '10\.2\.0\.0'
is "status: its state" "$(status_of vif1.0 .state)" '"ok"'
is "status: what is set" "$(status_of vif1.0 .overrides)" \
	'{"mtu":"1400","isolated":"yes","locking-mode":"locked","hairpin":"yes","address":"10.0.0.7 fd00::7","ipv4-allowed":"10.1.0.0/24 10.2.0.0/24"}'
like "status -v: a line" "$("$XNM" status -v)" '^vif1\.0 overrides: mtu=1400 isolated=yes locking-mode=locked'
is "status without -v: none" "$("$XNM" status | grep -c overrides)" 0
full=$(snapshot)
try "$XNM_VIF" plan 1.0
is "a plan has nothing to do" "$rc:$out" "0:vif1.0 online:
  nothing to do"
ip link set vif1.0 mtu 1300
like "a plan says why" "$("$XNM_VIF" plan 1.0)" "from 1300 to 1500 .*# it is the bridge's MTU"
try "$XNM_VIF" reapply 1.0
assert_unchanged "reapply: all of it" "$full"

# -- over what happens to a vif and its guest
try hotplug offline 1 0
assert_offline "offline" 1 0
is "the file stays" "$(ls "$overrides")" "$(guest_uuid 1).0"
like "status names it though the guest is gone" "$("$XNM" status -v)" '^guest1/0 overrides: mtu=1400 .*\(does not run\)'
try hotplug online 1 0
assert_online "online again" 1 0 br0
same "all of it is there again" "$(snapshot)" "$full"
try "$XNM_VIF" gc
is "gc takes nothing" "$rc:$out" "0:0 vifs removed"
try "$XNM_VIF" reapply all
assert_unchanged "reapply all: nothing changes" "$full"
try hotplug offline 1 0
guest_rm 1 0
guest_new 2 0 name=guest1 ip=10.0.0.1
try hotplug online 2 0
assert_online "the guest is started again, as another domain" 2 0 br0
is "with what was set" "$(status_of vif2.0 .mtu_bytes) $(port_flag vif2.0 isolated) $(status_of vif2.0 .overrides.mtu)" '1400 true "1400"'
guest_new 3 0 name=guest1--incoming ip=10.0.0.1 mac=00:16:3e:00:02:00
xs_write /local/domain/3/name guest1--incoming
try hotplug online 3 0
assert_online "it migrates within the host" 3 0 br0
is "with what was set" "$(status_of vif3.0 .mtu_bytes) $(port_flag vif3.0 isolated)" "1400 true"
reset_ vif3.0 isolated
is "both vifs are changed then" "$rc:$(port_flag vif2.0 isolated):$(port_flag vif3.0 isolated)" "0:false:false"
guests_go 3
guest_new 4 0 ip=10.0.0.4
try hotplug online 4 0
assert_online "another guest" 4 0 br0
is "has nothing of it" "$(port_flag vif4.0 hairpin) $(status_of vif4.0 .overrides)" "false {}"
guests_go 2 4

# -- reset
guest_new 1 0 ip=10.0.0.1
try hotplug online 1 0
reset_ vif1.0 mtu
is "reset of one key" "$rc:$out:$(mtu)" "0:vif1.0 mtu: 1400 -> (not set):1500 1500"
reset_ vif1.0 mtu
is "again: nothing is set, no failure" "$rc:$out" "0:vif1.0 mtu: was not set"
reset_ guest1
is "reset of all" "$rc:$(ls "$overrides")" "0:"
reset_ guest1
is "again: no failure" "$rc:$out" "0:vif1.0: nothing was set"
rmdir "$overrides" "$XNM_RUN_DIR/override.d"
same "all is as it was at first" "$(snapshot)" "$clean"
set_ vif1.0 mtu=1400
guests_go 1
reset_ guest1
is "reset of a guest that does not run" "$rc:$out:$(ls "$overrides")" "0:guest1/0 mtu: 1400 -> (as in the policy):"
guest_new 1 0 ip=10.0.0.1
try hotplug online 1 0
guest_new 5 0 ip=10.0.0.5
try hotplug online 5 0
set_ vif1.0 mtu=1400
set_ vif5.0 mtu=1300
reset_ --all
is "reset --all" "$rc:$(ls "$overrides"):$(link_mtu vif1.0) $(status_of vif5.0 .overrides)" "0::1500 {}"
guests_go 5

# -- wrong calls and values
set_ vif1.0 mtu=1400
refused "an unknown key" 2 "no key 'mut'; did you mean 'mtu'" "$XNM" set vif1.0 mut=1400
refused "a value out of range" 2 'mtu=70000' "$XNM" set vif1.0 mtu=70000
refused "no number" 2 'mtu=many' "$XNM" set vif1.0 isolated=yes mtu=many
refused "a key for all vifs of a section" 2 'match-mac= cannot be set for a vif that runs' "$XNM" set vif1.0 match-mac=00:16:3e:00:01:00
refused "network=" 2 'network= cannot be set for a vif that runs: .*reapply' "$XNM" set vif1.0 network=lan
refused "an acl that does not exist" 2 'acl=nosuch' "$XNM" set vif1.0 acl=nosuch
refused "a pool that does not exist" 2 'nosuch' "$XNM" set vif1.0 "address=auto nosuch"
refused "an IPv6 address with a small MTU" 2 'mtu=600' "$XNM" set vif1.0 mtu=600 address=fd00::1
refused "share-to= without share=" 2 'share-to=' "$XNM" set vif1.0 share-to=wwan0
refused "jitter= without delay=" 2 'jitter= needs delay=' "$XNM" set vif1.0 jitter=5ms
refused "share= of a locked one" 2 'share=yes' "$XNM" set vif1.0 share=yes
refused "a key twice" 2 'twice' "$XNM" set vif1.0 mtu=1400 mtu=1500
refused "no value" 2 'KEY=VALUE' "$XNM" set vif1.0 mtu
refused "a line end" 2 'ASCII' "$XNM" set vif1.0 $'mtu=1400\nisolated=yes'
refused "too long" 2 'too long' "$XNM" set vif1.0 "ipv4-allowed=$(printf '10.0.0.%d ' {1..99})"
refused "no such vif" 1 "no vif or guest 'vif9.9'" "$XNM" set vif9.9 mtu=1400
refused "no such guest" 1 "no vif or guest 'guest77'" "$XNM" reset guest77
refused "reset of an unknown key" 2 "did you mean 'mtu'" "$XNM" reset vif1.0 mtuu
try "$XNM" set vif1.0
is "no key: how it is called" "$rc:${out:0:10}" "2:usage: xnm"
set_ vif1.0 mtu=
is "an empty value: as if nobody had written it" "$rc:$out:$(link_mtu vif1.0)" "0:vif1.0 mtu: 1400 -> (nothing):1500"
reset_ vif1.0
guests_go 1

# ---------------------------------------------------------------- with a policy
cat >"$XNM_CONFIG" <<'END'
[network lan]
bridge=lan0
address=10.20.0.1/24 fd20::1/64
forward=none
vlan-filtering=no
[network nat]
bridge=nat0
address=10.30.0.1/24
forward=nat
[acl web]
rule=allow ingress tcp port 80
[vif guest1]
network=lan
mtu=1450
address=10.20.0.11
flood=no
[vif guest9]
network=lan
isolated=yes
END
guest_new 1 0
try hotplug online 1 0
assert_online "a guest with a section" 1 0 lan0
base=$(snapshot)
set_ vif1.0 mtu=1400
is "the policy's value is the old one" "$rc:$out:$(link_mtu vif1.0)" "0:vif1.0 mtu: 1450 -> 1400:1400"
is "other keys are the policy's" "$(port_flag vif1.0 flood) $(status_of vif1.0 .addresses)" 'false ["10.20.0.11/32"]'
sed -i 's/^flood=no/hairpin=yes/; s/^mtu=1450/mtu=1440/' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "the policy is edited: the rest follows it" "$rc:$(link_mtu vif1.0) $(port_flag vif1.0 flood) $(port_flag vif1.0 hairpin)" "0:1400 true true"
reset_ vif1.0
is "reset: what the policy says now" "$rc:$out:$(link_mtu vif1.0)" "0:vif1.0 mtu: 1400 -> 1440:1440"
sed -i 's/^hairpin=yes/flood=no/; s/^mtu=1440/mtu=1450/' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
rmdir "$overrides" "$XNM_RUN_DIR/override.d"
same "and back" "$(snapshot)" "$base"

set_ vif1.0 address=10.20.0.12 acl=web
is "acl= and address=" "$rc:$(status_of vif1.0 .addresses)" '0:["10.20.0.12/32"]'
like "the acl is in the rules" "$(nft list table inet xnm)" '10\.20\.0\.12.*web|web.*10\.20\.0\.12|chain acl.*web'
reset_ vif1.0 address
is "address= is the policy's again, acl= stays" "$rc:$(status_of vif1.0 '.addresses,.overrides')" '0:["10.20.0.11/32"]
{"acl":"web"}'
reset_ vif1.0
refused "vlan= without filtering" 2 'vlan= has no effect: \[network lan\]' "$XNM" set vif1.0 vlan=10
refused "an address of another subnet" 2 'in no subnet' "$XNM" set vif1.0 address=10.99.0.1
refused "a small MTU beside IPv6" 2 'mtu=600' "$XNM" set vif1.0 mtu=600
refused "fastpath= that the network has not" 2 'fastpath=yes' "$XNM" set vif1.0 fastpath=yes
try hotplug offline 1 0
guest_rm 1 0

# -- nobody else gets an address that was set for a guest that does not run
cat >>"$XNM_CONFIG" <<'END'
[pool few]
network=lan
range=10.20.0.50-10.20.0.51
[vif guest3]
network=lan
address=auto few
END
guest_new 2 0 bridge=lan
try hotplug online 2 0
set_ vif2.0 address=10.20.0.50
is "an address of a pool" "$rc:$out" "0:vif2.0 address: (not set) -> 10.20.0.50"
guests_go 2
for mac in 00:16:3e:00:03:01 00:16:3e:00:03:02; do
	guest_new 3 0 mac=$mac
	try hotplug online 3 0
	is "another guest gets another address of it" "$rc:$(status_of vif3.0 .addresses)" '0:["10.20.0.51/32"]'
	guests_go 3
	rm -rf "${XNM_STATE_DIR:?}/pool"
done
reset_ guest2
sed -i '/^\[pool few\]/,$d' "$XNM_CONFIG"

# -- a vif that no section matches, in a network that its bridge= names
guest_new 2 0 bridge=lan
try hotplug online 2 0
assert_online "no section matches" 2 0 lan0
set_ vif2.0 mtu=1300 isolated=yes
is "it can be set" "$rc:$(link_mtu vif2.0) $(port_flag vif2.0 isolated)" "0:1300 true"
refused "its network is known, too" 2 'vlan= has no effect: \[network lan\]' "$XNM" set vif2.0 vlan=10
sed -i '1i [global]\non-unknown=reject\n' "$XNM_CONFIG"
try "$XNM_VIF" reapply 2.0
like "what is set does not make a section of it" "$rc:$out" '^1:.*no \[vif\] section'
sed -i '1,3d' "$XNM_CONFIG"
reset_ vif2.0
guests_go 2

# -- others rely on the policy
sed -i 's/^forward=none/forward=none\nisolated=yes/' "$XNM_CONFIG"
guest_new 1 0
try hotplug online 1 0
refused "not isolated, where all others are" 2 'all vifs of \[network lan\] are isolated' "$XNM" set vif1.0 isolated=no
sed -i '/^isolated=yes/{x;s/^/x/;/^x$/{x;d};x}' "$XNM_CONFIG"
cat >>"$XNM_CONFIG" <<'END'
[uplink wifi]
guest=guest1/0
[vif guest1 as x]
END
sed -i 's/^\[vif guest1\]/[vif guest1]\nlocking-mode=unlocked/; /guest1 as x/d' "$XNM_CONFIG"
try "$XNM_VIF" reapply all
is "the guest is an uplink" "$rc:$out" 0:
refused "the address of an uplink" 2 '\[uplink wifi\] leads through this vif' "$XNM" set vif1.0 address=10.20.0.12
refused "locking an uplink" 2 'drops what' "$XNM" set vif1.0 locking-mode=locked
set_ vif1.0 mtu=1400
is "its MTU" "$rc:$(link_mtu vif1.0)" "0:1400"
reset_ vif1.0
sed -i '/^\[uplink wifi\]/,$d' "$XNM_CONFIG"
try "$XNM_VIF" reapply all

# -- the policy contradicts what was set
sed -i 's/^locking-mode=unlocked/locking-mode=locked/' "$XNM_CONFIG"
set_ vif1.0 acl=web
is "acl=" "$rc:$out" "0:vif1.0 acl: (not set) -> web"
sed -i 's/^\[acl web\]/[acl other]/' "$XNM_CONFIG"
before=$(snapshot)
try "$XNM_VIF" reapply 1.0
like "the policy no longer has what was set" "$rc:$out" "^1:.*$file1:6: acl=web: .*'xnm reset vif1.0'"
same "nothing changes" "$(snapshot)" "$before"
is "status tells it" "$(status_of vif1.0 '.state,.overrides')" '"error"
{"acl":"web"}'
reset_ vif1.0
is "reset helps" "$rc:$(status_of vif1.0 .state)" '0:"ok"'
sed -i 's/^\[acl other\]/[acl web]/' "$XNM_CONFIG"

# -- general files of override.d go on
mkdir -p "$XNM_RUN_DIR/override.d"
printf '[vif guest1 as all]\nnetwork=lan\nmtu=1350\n' >"$XNM_RUN_DIR/override.d/all.ini"
try "$XNM_VIF" reapply 1.0
is "a policy file in override.d" "$(link_mtu vif1.0)" 1350
set_ vif1.0 flood=no
is "and what is set over it" "$rc:$(link_mtu vif1.0) $(port_flag vif1.0 flood)" "0:1350 false"
set_ vif1.0 mtu=1340
is "its value is the old one" "$out" "vif1.0 mtu: 1350 -> 1340"
rm "$XNM_RUN_DIR/override.d/all.ini"
reset_ vif1.0

# ----------------------------------------------------------------- hostile things
set_ vif1.0 mtu=1400
good=$(cat "$file1")
full=$(snapshot)
# damaged NAME COMMAND...: after the command no event knows what to do, and the file is for reset alone
damaged() {
	local name=$1

	shift
	"$@"
	try "$XNM_VIF" reapply 1.0
	like "$name: reapply says why" "$rc:$out" "^1:.*override\.d/vif.*'xnm reset vif1\.0'"
	is "$name: the vif is as it was" "$(link_master vif1.0) $(link_mtu vif1.0)" "lan0 1400"
	try "$XNM" set vif1.0 flood=yes
	like "$name: set refuses" "$rc:$out" "^[12]:xnm: .*('xnm reset vif1\.0'|unknown key 'mtv')"
	is "$name: status" "$(status_of vif1.0 .state)" '"error"'
	try hotplug offline 1 0
	try hotplug online 1 0
	like "$name: no guest starts with half of it" "$rc:$out" "^1:.*'xnm reset vif1\.0'"
	rm -rf "$file1"
	try hotplug online 1 0
	assert_online "$name: without it" 1 0 lan0
	set_ vif1.0 mtu=1400
}
cut_file() {
	printf '%s' "${good%?}" >"$file1"
}
cut_line() {
	printf '%s\n' "$good" | sed '$d' >"$file1"
}
make_empty() {
	: >"$file1"
}
make_nonsense() {
	head -c 3000 /dev/urandom >"$file1"
}
make_link() {
	mv "$file1" "$T/elsewhere"
	ln -s "$T/elsewhere" "$file1"
}
make_fifo() {
	rm "$file1"
	mkfifo "$file1"
}
make_unknown() {
	printf '%s\n' "$good" | sed 's/^mtu=/mtv=/' >"$file1"
}
damaged "cut in the middle" cut_file
damaged "cut at a line end" cut_line
damaged "empty" make_empty
damaged "nonsense" make_nonsense
damaged "writable by others" chmod 666 "$file1"
damaged "another's" chown 1000 "$file1"
damaged "a link" make_link
damaged "a FIFO" make_fifo
damaged "an unknown key" make_unknown
cut_line
try "$XNM" reset vif1.0 mtu
like "a part of a damaged file cannot be taken out" "$rc:$out" "^[12]:.*is damaged"
reset_ vif1.0
is "all of it can" "$rc:$(ls "$overrides"):$(link_mtu vif1.0)" "0::1450"
chmod 777 "$overrides"
set_ vif1.0 mtu=1400
like "a folder that others may write to" "$rc:$out" '^1:.*what was set before holds again'
is "nothing changes" "$(ls "$overrides"):$(link_mtu vif1.0)" ":1450"
chmod 755 "$overrides"

# -- it cannot be applied: what was set before holds again
set_ vif1.0 mtu=1420
keys_new 7 0 bridge=lan
# drivers/net/tun.c allows 65521
ip tuntap add vif7.0 mode tap
try hotplug online 7 0
is "a device that cannot have every MTU" "$rc:$out:$(link_master vif7.0)" 0::lan0
set_ vif7.0 mtu=1480
is "it can have this one" "$rc:$(link_mtu vif7.0)" "0:1480"
cp "$overrides/$(guest_uuid 7).0" "$T/before"
set_ vif7.0 mtu=65530 hairpin=yes
like "the kernel refuses it: told" "$rc:$out" '^1:xnm: vif7\.0 reapply: .*what was set before holds again$'
is "and the vif is as before" "$(link_mtu vif7.0) $(port_flag vif7.0 hairpin) $(link_master vif7.0) $(status_of vif7.0 .state)" '1480 false lan0 "ok"'
check "and the file" cmp "$overrides/$(guest_uuid 7).0" "$T/before"
reset_ vif7.0
try hotplug offline 7 0
ip link del vif7.0
keys_rm 7 0

# -- rates and delays are keys like others
try "$XNM" set vif1.0 delay=20ms rate=10Mbit
if [[ $out == *"this kernel has no"* ]]; then
	like "delay= without netem" "$rc:$out" '^1:.*what was set before holds again$'
else
	is "delay=" "$rc" 0
	like "its qdisc" "$(tc qdisc show dev vif1.0)" 'netem.* delay 20ms'
	set_ vif1.0 delay=30ms
	like "changed" "$(tc qdisc show dev vif1.0)" 'netem.* delay 30ms'
	reset_ vif1.0 delay rate
fi
refuse "nothing of it stays" grep -q 'netem\|tbf' <<<"$(tc qdisc show dev vif1.0)"

# -- several at once
reset_ vif1.0
wishes="mtu=1400 flood=no learning=no hairpin=yes isolated=yes neigh-suppress=yes mcast-flood=no bcast-flood=no"
for ((i = 0; i < $(often 10 3); i++)); do
	pids=()
	for key in $wishes; do
		"$XNM" set vif1.0 "$key" >"$T/set.$key" 2>&1 &
		pids+=($!)
	done
	bad=
	for pid in "${pids[@]}"; do
		wait "$pid" || bad+=" $pid"
	done
	[ -z "$bad" ] || not_ok "several at once: no failure" "$(cat "$T"/set.*)"
	n=$(status_of vif1.0 '.overrides | length')
	[ "$n:$(status_of vif1.0 .state)" = "8:\"ok\"" ] ||
		not_ok "several at once: all of them are set" "$n" "$(status_of vif1.0 '.state,.drift')"
	reset_ vif1.0
	[ "$rc" -eq 0 ] || not_ok "several at once: reset" "$out"
done
ok "several at once"
is "nothing is left of it" "$(ls -A "$overrides"):$(link_mtu vif1.0):$(status_of vif1.0 .state)" ':1450:"ok"'

# -- killed: all or nothing is set, and the next call works
set_ vif1.0 mtu=1400
wrong=
for ((i = 0; i < $(often 60 10); i++)); do
	mtu=$((1300 + i % 2))
	"$XNM" set vif1.0 mtu=$mtu >/dev/null 2>&1 &
	pid=$!
	sleep "0.00$((i % 10))$((RANDOM % 10))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	now=$(status_of vif1.0 .overrides.mtu)
	[[ $now =~ ^\"1(400|300|301)\"$ ]] || wrong+="set: $now"$'\n'
	try "$XNM_VIF" reapply 1.0
	[ "$rc:\"$(link_mtu vif1.0)\"" = "0:$now" ] || wrong+="reapply: $rc $now $(link_mtu vif1.0) $out"$'\n'
done
is "killed at any time: the old or the new value, and reapply applies it" "$wrong" ""
set_ vif1.0 mtu=1400
is "the next call" "$rc:$(link_mtu vif1.0)" "0:1400"
reset_ vif1.0
is "leaves nothing" "$rc:$(ls -A "$overrides")" "0:"

# -- an online that waits while something is set
keys_new 8 0 bridge=lan
ip netns add g8.0
set_ vif1.0 mtu=1400
mkdir -p "$overrides"
printf '# x\n[override]\nguest=guest8\ndevid=0\nkeys=1\nmtu=1400\n' >"$overrides/$(guest_uuid 8).0"
(
	sleep 1
	printf '# x\n[override]\nguest=guest8\ndevid=0\nkeys=1\nmtu=1310\n' >"$overrides/.new"
	mv "$overrides/.new" "$overrides/$(guest_uuid 8).0"
	netdev_new 8 0
) &
try hotplug online 8 0
wait
assert_online "what was set while an online waited" 8 0 lan0
is "counts" "$(link_mtu vif8.0)" 1310
guests_go 8

# -- no UUID: by the name, whatever is in it
guest_new 6 0 bridge=lan
xs_write /local/domain/6/name 'a b/../c; #d'
xs_rm /local/domain/6/vm
try hotplug online 6 0
assert_online "a guest with a name of many kinds, and no UUID" 6 0 lan0
set_ vif6.0 mtu=1380
is "can be set" "$rc:$(link_mtu vif6.0):$(find "$XNM_RUN_DIR/override.d" -name 'name=*' -printf '%h\n')" "0:1380:$overrides"
try hotplug offline 6 0
try hotplug online 6 0
is "and is found again" "$rc:$(link_mtu vif6.0)" "0:1380"
reset_ 'a b/../c; #d/0'
is "by its name, too" "$rc:$(link_mtu vif6.0)" "0:1500"
guests_go 6

# -- the run directory is gone
guests_go 1
reset_ --all
mv "$XNM_RUN_DIR" "$XNM_RUN_DIR.away"
try "$XNM" set vif1.0 mtu=1400
like "no run directory: no vif" "$rc:$out" "^1:xnm: there is no vif"
refuse "and none is made" test -e "$XNM_RUN_DIR"
mv "$XNM_RUN_DIR.away" "$XNM_RUN_DIR"
rm -rf "$XNM_RUN_DIR/override.d"
assert_clean "nothing is left"
store_stop
tap_done
