#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# import.sh - 'xnm import' writes a policy from two descriptions, and says of each mistake where it is.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

grid=$netns_top/policy/examples/grid
cd "$T" || exit 1
cp "$grid"/*.xml .

# sections FILE: their heads, a line each
sections() {
	grep '^\[' "$1"
}

# -- the example
try "$XNM" import real.xml virtual.xml -o out.ini
is "grid: written" "$rc:$out" "0:"
is "grid: the example is what import writes" "$(diff out.ini "$grid/grid.ini" 2>&1)" ""
is "grid: the same on the standard output" "$("$XNM" import real.xml virtual.xml | diff - out.ini)" ""
is "grid: readable by all, writable by root" "$(stat -c %a out.ini)" 644
is "grid: nothing else is left beside it" "$(echo out.ini*)" out.ini
try "$XNM" check out.ini
is "grid: is a good policy" "$rc:$out" "0:out.ini: 4 networks, 35 vif sections, 2 profiles (fast in force), no mistakes"
# table 1 of the paper: 10, 13 and 9 guests with their proxies
is "grid: as many vifs in each network" "$(sed -n 's/^network=//p' out.ini | sort | uniq -c | tr -s ' \n' ' ')" \
	" 10 site1 13 site2 9 site3 3 wan "
is "grid: guests by host" "$(sed -n '/^# on host/{s/# on host //;N;s/\n\[vif / /;s/\/.*//;p}' out.ini | sort -u |
	cut -d' ' -f1 | uniq -c | tr -s ' \n' ' ')" " 8 h1 8 h2 8 h3 8 h4 "

# -- one host at a time
for host in h1 h2 h3 h4; do
	"$XNM" import --host $host real.xml virtual.xml >"$host.ini"
	try "$XNM" check "$host.ini"
	is "$host: is a good policy" "$rc:${out##*, }" "0:no mistakes"
	is "$host: what it has all hosts have" "$(comm -23 <(sections "$host.ini" | sort -u) <(sections out.ini | sort -u))" ""
	is "$host: its guests are in it" "$(comm -23 <(sed -n "/name=\"$host\"/,/<\/host>/s/.*<vm name=\"\(.*\)\".*/\1/p" real.xml | sort) \
		<(sed -n 's/^\[vif \(.*\)\/.*/\1/p' "$host.ini" | sort -u))" ""
done
is "h2: no guest of others, and no link" "$(grep -c '^# on host\|^\[link' h2.ini)" 0
is "h2: its networks" "$(sed -n 's/^\[network \(.*\)\]/\1/p' h2.ini | tr '\n' ' ')" "site2 site3 "
is "h3: its links" "$(sections h3.ini | grep link | sort -u | tr '\n' ' ')" \
	"[link vmgridpeer1/1 vmgridpeer2/1] [link vmgridpeer1/1 vmgridpeer3/1] "
is "h3: their far ends" "$(grep -A1 '^# on host' h3.ini | tr '\n' ' ')" \
	"# on host h1 [vif vmgridpeer2/1] -- # on host h4 [vif vmgridpeer3/1] "

# -- all elements
cat >real.xml <<'EOT'
<real-network>
  <host name="a"><nic name="eth0"/><nic name="v0" site="s" over="eth0"/><vm name="x"/><vm name="other"/></host>
  <host name="b"><nic name="v1" site="s"/><vm name="y"/><vm name="z"/></host>
  <switch name="sw"/><router name="r"/>
  <link from="a/eth0" to="sw" bandwidth="1Gbit"/><link from="sw" to="r" bandwidth="10Gbit"/>
</real-network>
EOT
cat >virtual.xml <<'EOT'
<virtual-network>
  <acl name="web" default="reject">
    <rule action="allow" direction="ingress" protocol="tcp" peer="10.0.0.0/24" port="80,443" log="yes"/>
    <rule action="drop" direction="egress" log="no"/>
  </acl>
  <site name="s" prefix="10.0.0.0/24 fd00::/64" mtu="1450" acl="web" bridge="br5">
    <vm name="x" address="10.0.0.2 fd00::2" bandwidth="10Mbit" acl="web"/>
    <vm name="y" address="10.0.0.3"/>
    <route to="10.0.1.0/24" via="y"/>
  </site>
  <!-- on one host, without a nic -->
  <site name="t" prefix="10.0.1.0/24">
    <vm name="z" address="10.0.1.2"/>
    <vm name="y" vif="1" address="10.0.1.3"/>
    <route to="10.0.0.0/24" via="y"/>
  </site>
  <link from="s" to="t" bandwidth="1Mbit"/>
  <link from="x" to="y" bandwidth="1Mbit" latency="20ms" jitter="1ms" loss="1%" back-bandwidth="2Mbit"
    back-latency="5ms" back-jitter="2ms" back-loss="0.5%"/>
  <link from="z" to="x/0" bandwidth="3Mbit"/>
  <link from="t" to="t" bandwidth="5Mbit"/>
</virtual-network>
EOT
cat >wanted <<'EOT'
# Written by 'xnm import' from real.xml and virtual.xml,
# for all hosts; change these, not this file.
[acl web]
rule=allow ingress tcp 10.0.0.0/24 port 80,443 log
rule=drop egress
default=reject
# 10.0.0.0/24 fd00::/64
[network s]
bridge=br5
interfaces=v0
interfaces=v1
forward=none
mtu=1450
acl=web
# 10.0.1.0/24
[network t]
forward=none
# on host a
[vif x/0]
network=s
address=10.0.0.2/24
address=fd00::2/64
rate=10Mbit
acl=web
# on host b
[vif y/0]
network=s
address=10.0.0.3/24
# in the guests of s: ip route add 10.0.1.0/24 via 10.0.0.3
ipv4-allowed=10.0.1.0/24
# on host b
[vif z/0]
network=t
address=10.0.1.2/24
# on host b
[vif y/1]
network=t
address=10.0.1.3/24
# in the guests of t: ip route add 10.0.0.0/24 via 10.0.1.3
ipv4-allowed=10.0.0.0/24
[link net:s net:t]
rate=1Mbit
[link x/0 y/0]
rate=1Mbit
delay=20ms
jitter=1ms
loss=1%
b-to-a-rate=2Mbit
b-to-a-delay=5ms
b-to-a-jitter=2ms
b-to-a-loss=0.5%
[link z/0 x/0]
rate=3Mbit
[link net:t net:t]
rate=5Mbit
EOT
try "$XNM" import real.xml virtual.xml
is "all elements: the policy" "$rc:$(diff <(grep . <<<"$out") wanted 2>&1)" "0:"
cp real.xml good-real.xml
cp virtual.xml good-virtual.xml

# -- mistakes
# refused NAME PATTERN SED-SCRIPT-FOR-REAL SED-SCRIPT-FOR-VIRTUAL: one line says it, and nothing is written
refused() {
	sed "$3" good-real.xml >real.xml
	sed "${4:-}" good-virtual.xml >virtual.xml
	echo old >kept
	try "$XNM" import -o kept real.xml virtual.xml
	if [[ $rc -eq 2 && $out =~ ^$2$ && $(cat kept) == old ]]; then
		ok "refused: $1"
	else
		not_ok "refused: $1" "exit status $rc; pattern: $2" "$out"
	fi
}
refused "an element" "virtual.xml:17: <lnk> is no element of <virtual-network>; did you mean <link>\?" "" \
	'17s/link/lnk/'
refused "an element in another" "real.xml:4: <nic> is no element of <real-network>" '4s/switch/nic/'
refused "what is within it is skipped" "virtual.xml:6: <sit> is no element .*; did you mean <site>\?" "" \
	'6,10s/site/sit/;11,21d'
refused "an attribute" "virtual.xml:15: <route> has no attribute from"$'\n'"virtual.xml:15: <route> needs to=" "" '15s/to=/from=/'
refused "the nearest attribute" "virtual.xml:17: <link> has no attribute bandwdth; did you mean bandwidth\?" "" \
	'17s/bandwidth/bandwdth/'
refused "a rate without a unit" 'virtual.xml:17: <link bandwidth="1">: needs a unit, as in 10Mbit' "" '17s/1Mbit/1/'
refused "10Mbps" 'real.xml:5: <link bandwidth="10Mbps">: bps means .*' '5s/10Gbit/10Mbps/'
refused "a delay without a unit" 'virtual.xml:18: <link latency="20">: needs a unit, as in 20ms' "" '18s/20ms/20/'
refused "a loss above 100 %" 'virtual.xml:18: <link loss="101%">: is more than 100%' "" '18s/1%/101%/'
refused "a name that the policy cannot have" 'virtual.xml:12: <site name="t t">: must be .*' "" '12s/"t"/"t t"/'
refused "a name with a pattern" 'virtual.xml:13: <vm name="z\*">: must be a name: .*' "" '13s/"z"/"z*"/'
refused "a line end in a value" 'virtual.xml:2: <acl name=".*">: has a letter that is not printable ASCII' "" '2s/web/\&#10;/'
refused "a comment in a value" 'virtual.xml:3: <rule peer="1 #">: has a blank before ; or #.*' "" '3s/peer="[^"]*"/peer="1 #"/'
refused "an empty value" 'virtual.xml:12: <site name="">: is empty; .*' "" '12s/"t"/""/'
refused "text" "virtual.xml:12: has text between the elements; .*" "" '12s/$/text/'
refused "a document type" "virtual.xml:1: has a document type .*" "" '1i<!DOCTYPE a [<!ENTITY e "10Mbit">]>'
refused "an entity from nowhere" "virtual.xml:17: is no XML: undefined entity" "" '17s/1Mbit/\&e;/'
refused "an external document type" "virtual.xml:1: has a document type .*" "" '1i<!DOCTYPE a SYSTEM "/etc/passwd">'
refused "an instruction" "virtual.xml:1: has a processing instruction .*" "" '1i<?php ?>'
refused "an end that is missing" "virtual.xml:2[0-9]: is no XML: no element found" "" 22d
refused "the descriptions in the wrong order" "real.xml:1: this is the other description.*"$'\n'"virtual.xml:1: this is .*" \
	'1s/real/virtual/;6s/real/virtual/' '1s/virtual/real/;22s/virtual/real/'
refused "a vm that runs nowhere" "virtual.xml:13: 'z' runs on no host of real.xml" 's/<vm name="z".>//'
refused "a vm that runs twice" "real.xml:3: vm 'z' runs on host 'a' already, by line 2" '2s/other/z/'
refused "an address of another site" "virtual.xml:13: address 10.0.2.2 of 'z' is not in 10.0.1.0/24, .*" "" '13s/0.1.2/0.2.2/'
refused "an address twice" "virtual.xml:14: 'y' has the address of 'z' in line 13" "" '14s/0.1.3/0.1.2/'
refused "a broadcast address" "virtual.xml:13: address 10.0.1.255 of 'z' is that of .*" "" '13s/0.1.2/0.1.255/'
refused "a vif twice" "virtual.xml:14: vif 0 of 'y' is already in line 8: .*" "" '14s/vif="1"//'
refused "a prefix with more bits" "virtual.xml:12: prefix 10.0.1.1/24 of site 't' must be .*" "" '12s/1.0/1.1/'
refused "a site on two hosts without a nic" "real.xml:3: site 's' is on several hosts, and host 'b' has no nic .*" '3s/site="s"//'
refused "a nic of an unknown site" "real.xml:2: nic 'v0': virtual.xml has no site 'sa'; did you mean 's'\?" '2s/site="s"/site="sa"/'
refused "a nic that carries nothing" "real.xml:2: nic 'v0': host 'a' has no nic 'eth1'" '2s/over="eth0"/over="eth1"/'
refused "a cable without an end" "real.xml:5: 'swi' is no switch and no router; .*" '5s/to="sw"/to="swi"/'
refused "a link to nobody" "virtual.xml:20: there is no site, vm or proxy 'xs'; did you mean 's'\?" \
	"" 's/x\/0/xs\/0/'
refused "a link to itself" "virtual.xml:18: both ends of the link are 'x'" "" '18s/to="y"/to="x"/'
refused "a link twice" "virtual.xml:21: a link between 't' and 's' is already in line 17" "" '21s/to="t"/to="s"/'
refused "a link between sites that do not meet" "virtual.xml:17: sites 's' and 't' do not meet.*" "" 's/<route.*>/<!-- -->/;20d'
refused "a link between vms that do not meet" "virtual.xml:20: 'z' and 'x/0' do not meet: .*" "" 's/<route.*>/<!-- -->/;17s/<link.*>/<!-- -->/'
refused "a link that is faster than the cable" \
	"virtual.xml:18: bandwidth between 'x' and 'y' is more than 1Gbit, which the link of host 'a' has" "" '18s/1Mbit/2Gbit/'
refused "a route by nobody" "virtual.xml:15: via=\"x\" is not in site 't'.*" "" '15s/"y"/"x"/'
refused "what only the policy knows: jitter" "virtual.xml:18: jitter= needs delay=.*" "" '18s/latency="20ms"//'
refused "what only the policy knows: a rule" "virtual.xml:3: rule=.* port needs the protocol tcp or udp" "" '3s/"tcp"/"icmp"/'
refused "what only the policy knows: an acl" "virtual.xml:7: acl=wep: there is no \[acl wep\]; did you mean 'web'\?" "" '7s/web/wep/'
refused "what only the policy knows: a profile" "virtual.xml:17: profile=p: there is no \[profile p\]" "" '17s/to=/profile="p" to=/'

# -- calls
cp good-real.xml real.xml
cp good-virtual.xml virtual.xml
try "$XNM" import real.xml
is "call: one file" "$rc:${out%%$'\n'*}" "2:usage: xnm import [--host NAME] [-o FILE] REAL.xml VIRTUAL.xml"
try "$XNM" import --host c real.xml virtual.xml
is "call: an unknown host" "$rc:$out" "2:xnm: real.xml has no host 'c'; did you mean 'a'?"
try "$XNM" import nothing virtual.xml
is "call: a file that is not there" "$rc:$out" "1:nothing: cannot be opened: No such file or directory"
try "$XNM" import real.xml virtual.xml -o /dev/full
is "call: a full device" "$rc:$out" "1:/dev/full: cannot be written: No space left on device"
check "call: which stays" test -c /dev/full
{
	echo '<real-network>'
	head -c 1100000 /dev/zero | tr '\0' ' '
	echo '</real-network>'
} >real.xml
try "$XNM" import real.xml virtual.xml
is "call: a file that is too large" "$rc:$out" "2:real.xml: is too large: at most 1 MiB is possible"
tap_done
