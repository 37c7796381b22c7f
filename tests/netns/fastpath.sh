#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fastpath.sh - which guests are listed to each other for the fast path: every node, whatever comes and goes.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1

policy() {
	cat >"$XNM_CONFIG"
}

# no_incs: the incarnations on stdin by the domain that they are of, and no counters
no_incs() {
	local d line
	local -a words=()

	for d in $(xenstore-list /local/domain 2>/dev/null); do
		line=$(xs_read "/local/domain/$d/xnm/inc")
		[ -z "$line" ] || words+=(-e "s/\"$line\"/\"inc$d\"/")
	done
	sed -E -e '/\/gen = /d' "${words[@]}"
}

# table: all that is published, one node a line with its permissions, in order
table() {
	xenstore-ls -f -p /local/domain 2>/dev/null |
		sed -En 's|^/local/domain/([0-9]+/xnm/(v\|inc\|gen\|(peer\|chan)/.*\|vif/[0-9]+/fastpath)) = ("[^"]*") *[. ]*\((.*)\)$|\1 = \4 \5|p' |
		no_incs | sort
}

# expect: the same, as it should be for the vifs on stdin, "DOMID DEVID SEGMENT IP..." per line
expect() {
	awk '
	{
		d[NR] = $1; n[NR] = $2; s[NR] = $3
		ips = $4
		for (i = 5; i <= NF; i++) ips = ips " " $i
		text[NR] = sprintf("\"mac=00:16:3e:%02x:%02x:%02x net=%s ip=%s\"", $1 / 256, $1 % 256, $2, $3, ips)
		if ($1 in macs) text[NR] = macs[$1] text[NR]
	}
	END {
		for (i = 1; i <= NR; i++) {
			t = d[i] "/xnm/"
			own = "n0,r" d[i]
			line[t "v = \"1\" " own]
			line[t "inc = \"inc" d[i] "\" " own]
			line[t "vif/" n[i] "/fastpath = " text[i] " " own]
			for (k = 1; k <= NR; k++) {
				if (d[k] == d[i] || s[k] != s[i]) continue
				p = t "peer/" d[k]
				line[t "chan/" d[k] " = \"\" n" d[i] ",r" d[k]]
				line[p " = \"\" " own]
				line[p "/inc = \"inc" d[k] "\" " own]
				line[p "/role = \"" (d[i] + 0 < d[k] + 0 ? "s" : "c") "\" " own]
				line[p "/vif = \"\" " own]
				line[p "/vif/" n[k] " = " text[k] " " own]
			}
		}
		for (l in line) print l
	}' | sort
}

gens() {
	local d

	for d in "$@"; do xs_read "/local/domain/$d/xnm/gen"; done | xargs
}

# quiet NAME COMMAND...: it succeeds and says nothing
quiet() {
	local name=$1

	shift
	try "$@"
	is "$name" "$rc:$out" "0:"
}

# reason D N: why the vif is not published, as xnm status has it
reason() {
	"$XNM" status --json "$1.$2" | jq -r '.vifs[0].fastpath | if .published then "published" else .reason end'
}

two_networks() {
	policy <<'END'
[network lan]
bridge=br0
address=10.0.0.1/24 fd00::1/64
fastpath=yes
[network dmz]
bridge=br1
address=10.1.0.1/24
fastpath=yes
[network slow]
bridge=br2
address=10.2.0.1/24
END
}

# ------------------------------------------------------------ who is listed to whom

two_networks
guest_new 1 0 ip="10.0.0.11 fd00::11"
quiet "the first guest" hotplug online 1 0
same "it is published, and alone" "$(table)" "$(expect <<<"1 0 lan 10.0.0.11 fd00::11")"
is "its tree is for it to read" "$(xenstore-ls -p /local/domain/1 | sed -n 's/^xnm = .*(\(.*\))$/\1/p')" "n0,r1"
like "the notes say so" "$(cat "$XNM_RUN_DIR/vif/1.0")" '^segment=lan$'

guest_new 2 0 ip=10.0.0.12
quiet "a second one" hotplug online 2 0
two=$(printf '1 0 lan 10.0.0.11 fd00::11\n2 0 lan 10.0.0.12')
same "both are listed to each other" "$(table)" "$(expect <<<"$two")"

guest_new 3 0 ip=10.1.0.13 bridge=br1
guest_new 4 0 ip=10.2.0.14 bridge=br2
quiet "a guest of another network" hotplug online 3 0
quiet "and one of a network that does not say so" hotplug online 4 0
same "nobody is listed to them" "$(table)" "$(expect <<<"$two"$'\n'"3 0 dmz 10.1.0.13")"
is "the last one has nothing" "$(xenstore-ls /local/domain/4/xnm | grep -c 'fastpath\|inc\|peer')" 0

guest_new 2 1 bridge=br1
quiet "a second vif of the second guest" hotplug online 2 1
all="$two"$'\n'"2 1 dmz *"$'\n'"3 0 dmz 10.1.0.13"
same "it is listed to the third, by that vif alone" "$(table)" "$(expect <<<"$all")"

before=$(gens 1 2 3)
xs_write /local/domain/1/xnm/chan/2 "1 closed"
for v in "1 0" "2 0" "2 1" "3 0"; do
	# shellcheck disable=SC2086 # two words
	quiet "a second online of vif ${v/ /.} succeeds" hotplug online $v
	like "and plan says so" "$("$XNM_VIF" plan "${v/ /.}")" 'nothing to do'
done
is "nobody's counter has moved" "$(gens 1 2 3)" "$before"
is "what a guest says to another is left alone" "$(xs_read /local/domain/1/xnm/chan/2)" "1 closed"
xs_write /local/domain/1/xnm/chan/2 ""

quiet "the second guest's vif goes" hotplug offline 2 1
same "and is listed to nobody; the other one is" "$(table)" "$(expect <<<"$two"$'\n'"3 0 dmz 10.1.0.13")"
is "whom it concerns has been told" "$(gens 1 2 3)" "$(awk '{ print $1, $2 + 1, $3 + 1 }' <<<"$before")"
inc=$(xs_read /local/domain/2/xnm/inc)
hotplug online 2 1
is "with another vif there, it is the same registration" "$(xs_read /local/domain/2/xnm/inc)" "$inc"

# ------------------------------------------------------------ what is repaired

xs_rm /local/domain/1/xnm/chan/2
quiet "reapply" "$XNM_VIF" reapply 1.0
same "makes a lost handshake node again" "$(table)" "$(expect <<<"$all")"
xs_write /local/domain/2/xnm/chan/1 "1 conn" /local/domain/1/xnm/peer/2/inc 0000000000000000
plan=$("$XNM_VIF" plan 1.0)
like "plan says what will be written to whom" "$plan" '/local/domain/1/xnm/peer/2/inc = .[0-9a-f]{16}'
like "and made" "$plan" '/local/domain/2/xnm/chan/1 recreated, writable by domain 2, readable by 1'
quiet "reapply" "$XNM_VIF" reapply 1.0
same "sets a wrong number right, and both handshake nodes are new" "$(table)" "$(expect <<<"$all")"
xs_write /local/domain/1/xnm/peer/2/vif/0 $'mac=\x01' /local/domain/1/xnm/peer/2/vif/7 x \
	/local/domain/2/xnm/peer/1/role s /local/domain/1/xnm/v 2 /local/domain/1/xnm/peer/77/inc "x y"
quiet "reapply" "$XNM_VIF" reapply 1.0
same "removes nonsense" "$(table)" "$(expect <<<"$all")"

# ------------------------------------------------------------ going

for v in "1 0" "2 0" "2 1" "3 0" "4 0"; do
	# shellcheck disable=SC2086
	quiet "offline ${v/ /.}" hotplug offline $v
done
is "nothing is left" "$(table)" ""
hotplug online 1 0
hotplug online 2 0
same "and all of it comes again" "$(table)" "$(expect <<<"$two")"
xs_rm /local/domain/2
quiet "an offline of a guest whose tree has gone" hotplug offline 2 0
same "takes it from the others" "$(table)" "$(expect <<<"1 0 lan 10.0.0.11 fd00::11")"
check "and does not bring its tree back" test -z "$(xenstore-ls /local/domain/2 2>/dev/null)"
xs_rm "$backend/2"
for n in 0 1; do
	netdev_rm 2 $n
	ip netns del g2.$n
done

guest_new 2 0 ip=10.0.0.12
hotplug online 2 0
netdev_rm 2 0
keys_rm 2 0
guest_new 5 0 ip=10.0.0.15
quiet "the next online of anybody" hotplug online 5 0
five=$(printf '1 0 lan 10.0.0.11 fd00::11\n5 0 lan 10.0.0.15')
same "takes away who went without an offline" "$(table)" "$(expect <<<"$five")"

rm -rf "$XNM_RUN_DIR/vif" "$XNM_RUN_DIR/network"
quiet "gc after the notes were lost" sh -c "'$XNM_VIF' gc >/dev/null"
is "takes away all that nobody has noted" "$(table)" ""
quiet "reapply" "$XNM_VIF" reapply 1.0
quiet "of each" "$XNM_VIF" reapply 5.0
same "publishes them again" "$(table)" "$(expect <<<"$five")"
xs_write /local/domain/1/xnm/peer/99/inc 0123456789abcdef /local/domain/1/xnm/chan/98 "" /local/domain/4/xnm/peer/1/inc x
"$XNM_VIF" gc >/dev/null
same "gc takes away entries about those who never were" "$(table)" "$(expect <<<"$five")"

store_pid=$(cat /run/xenstored/pid)
kill -STOP "$store_pid"
mv /run/xenstored/socket /run/xenstored/away
quiet "an offline without xenstored" hotplug offline 5 0
mv /run/xenstored/away /run/xenstored/socket
kill -CONT "$store_pid"
"$XNM_VIF" gc >/dev/null
same "what it could not take back, gc does" "$(table)" "$(expect <<<"1 0 lan 10.0.0.11 fd00::11")"
hotplug online 5 0

# ------------------------------------------------------------ a policy that changes

xs_write /local/domain/1/xnm/chan/5 "1 offer"
inc=$(xs_read /local/domain/1/xnm/inc)
sed -i '0,/fastpath=yes/s//fastpath=no/' "$XNM_CONFIG"
like "plan says that the policy has changed" "$("$XNM_VIF" plan 1.0)" 'withdraw vif1.0 from the fast path +# its network does not have fastpath=yes'
quiet "fastpath=no" "$XNM_VIF" reapply all
is "nobody is listed any more" "$(table)" ""
is "the counters stay, and go on" "$(($(xs_read /local/domain/1/xnm/gen) > 1))" 1
refuse "the notes do not say so any more" grep -q segment "$XNM_RUN_DIR/vif/1.0"
like "what the guest reads besides is left" "$(xs_read /local/domain/1/xnm/vif/0/ip)" 10.0.0.11
sed -i '0,/fastpath=no/s//fastpath=yes/' "$XNM_CONFIG"
quiet "fastpath=yes" "$XNM_VIF" reapply all
same "all are listed again, with nothing said" "$(table)" "$(expect <<<"$five")"
check "it is a new registration" test "$(xs_read /local/domain/1/xnm/inc)" != "$inc"

printf '[vif guest5]\nnetwork=dmz\naddress=10.1.0.15\n' >>"$XNM_CONFIG"
quiet "to another network" "$XNM_VIF" reapply 5.0
same "another segment" "$(table)" "$(expect <<<"1 0 lan 10.0.0.11 fd00::11"$'\n'"5 0 dmz 10.1.0.15")"
two_networks
printf '[vif guest5]\naddress=10.0.0.55\n' >>"$XNM_CONFIG"
quiet "and back, with another address" "$XNM_VIF" reapply 5.0
same "the others know" "$(table)" "$(expect <<<"1 0 lan 10.0.0.11 fd00::11"$'\n'"5 0 lan 10.0.0.55")"
xs_write /local/domain/1/xnm/chan/5 "1 offer"
sed -i 's/10.0.0.55/10.0.0.56/' "$XNM_CONFIG"
quiet "only an address" "$XNM_VIF" reapply 5.0
is "does not end a connection" "$(xs_read /local/domain/1/xnm/chan/5)" "1 offer"
is "but is told" "$(xs_read /local/domain/1/xnm/peer/5/vif/0)" "mac=00:16:3e:00:05:00 net=lan ip=10.0.0.56"
xs_write /local/domain/1/xnm/chan/5 ""
two_networks
"$XNM_VIF" reapply 5.0

# ------------------------------------------------------------ who is left out, and why

# why KEY=VALUE NAME REASON: as a key of guest 5's section
why() {
	two_networks
	printf '[vif guest5]\n%s\n' "$1" >>"$XNM_CONFIG"
	"$XNM_VIF" reapply 5.0
	like "$2: status says why" "$(reason 5 0)" "$3"
	same "$2: it is not published" "$(table)" "$(expect <<<"1 0 lan 10.0.0.11 fd00::11")"
}

is "status says who is published" "$(reason 5 0)" published
like "in words, too" "$("$XNM" status 5.0)" '^vif5.0 fast path: published in segment lan$'
why fastpath=no "fastpath=no" '^fastpath=no in its \[vif\] section$'
why isolated=yes "an isolated vif" '^isolated=yes: '
like "in words, too" "$("$XNM" status 5.0)" '^vif5.0 fast path: not published, isolated=yes: '
why locking-mode=unlocked "an unlocked vif" '^locking-mode=unlocked: '
why $'network=slow\naddress=10.2.0.15' "a network without it" '^its network does not have fastpath=yes$'
why $'address=10.0.0.64/28' "only prefixes" 'prefixes only'
why locking-mode=disabled "locking-mode=disabled" '.'
why $'acl=web\n[acl web]\nrule=allow ingress tcp port 80' "an access list" 'acl='
hotplug offline 5 0
two_networks
hotplug online 5 0
same "then again" "$(table)" "$(expect <<<"$five")"
xs_write $backend/5/0/rate 1000,50000
like "rate=: status says what will come" "$(reason 5 0)" 'rate='
quiet "rate=" "$XNM_VIF" reapply 5.0
same "it is not published" "$(table)" "$(expect <<<"1 0 lan 10.0.0.11 fd00::11")"
xs_rm $backend/5/0/rate
"$XNM_VIF" reapply 5.0
bridge_new other
guest_new 6 0 bridge=other
hotplug online 6 0
is "a bridge of no network" "$(reason 6 0)" "its bridge belongs to no [network] of the policy"
printf '[global]\non-unknown=disable\n' >>"$XNM_CONFIG"
"$XNM_VIF" reapply 6.0
is "one that is not attached" "$(reason 6 0)" "the policy does not attach it"
hotplug offline 6 0
guest_rm 6 0
two_networks
guest_new 6 0 type=vif_ioemu ip=10.0.0.16
tap_new 6 0
quiet "a vif with an emulated half" hotplug online 6 0
quiet "and that" hotplug add 6 0
six="$five"$'\n'"6 0 lan 10.0.0.16"
same "the vif is published" "$(table)" "$(expect <<<"$six")"
hotplug remove 6 0
same "also when its tap has gone" "$(table)" "$(expect <<<"$six")"
hotplug offline 6 0
guest_rm 6 0
ip link del vif6.0-emu

# ------------------------------------------------------------ a migration

mac1=00:16:3e:00:01:00
# overlap MAC IP: the table with domain 20 in the place of domain 1
moved() {
	expect <<<"5 0 lan 10.0.0.15"$'\n'"20 0 lan $1" | sed "s/mac=00:16:3e:00:14:00/mac=$mac1/"
}
guest_new 20 0 mac=$mac1 ip="10.0.0.11 fd00::11" name=guest1--incoming
quiet "the same guest comes again, under another number" hotplug online 20 0
same "the newer is listed, the older to nobody" "$(table)" "$(moved "10.0.0.11 fd00::11")"
quiet "reapply of the older" "$XNM_VIF" reapply 1.0
same "leaves it at that" "$(table)" "$(moved "10.0.0.11 fd00::11")"
is "status says why" "$(reason 1 0)" "a newer vif has its MAC address, as in a migration"
quiet "the newer goes" hotplug offline 20 0
same "and the older is listed again" "$(table)" "$(expect <<<"$five")"
hotplug online 20 0
quiet "the older goes" hotplug offline 1 0
same "and the newer stays" "$(table)" "$(moved "10.0.0.11 fd00::11")"
hotplug offline 20 0
hotplug online 1 0
guest_rm 20 0
# nobody knows an address of it, by which it would be known
guest_new 21 0
guest_new 22 0 mac=00:16:3e:00:15:00 name=guest21--incoming
hotplug online 21 0
quiet "the same without any address" hotplug online 22 0
same "only the newer" "$(table)" "$(expect <<<"$five
22 0 lan *" | sed "s/mac=00:16:3e:00:16:00/mac=00:16:3e:00:15:00/")"
wrong=
hotplug offline 22 0
n=$("$XNM_VIF" plan 22.0 | grep -c '^ *[0-9]*\. ')
for ((i = 1; i <= n; i++)); do
	hotplug_env=("XNM_FAIL_AT=$i")
	HOTPLUG=$O/xnm-vif-faults try hotplug online 22 0
	hotplug_env=()
	[ "$rc" -eq 0 ] || [ "$(table)" = "$(expect <<<"$five"$'\n'"21 0 lan *")" ] || wrong+="$i $(difference "$(expect <<<"$five"$'\n'"21 0 lan *")" "$(table)")"
	[ "$rc" -ne 0 ] || hotplug offline 22 0
done
is "after each of $n operations of the newer has failed, the older is there" "$wrong" ""
for d in 21 22; do
	hotplug offline $d 0
	guest_rm $d 0
done

# ------------------------------------------------------------ many at once

hotplug offline 1 0
hotplug offline 5 0
guests_new 100 20 br0
quiet "20 onlines at the same time" hotplug_all online 100 20
twenty=$(for ((d = 100; d < 120; d++)); do echo "$d 0 lan *"; done)
same "are 380 entries" "$(table)" "$(expect <<<"$twenty")"
wrong=
for ((d = 100; d < 120; d++)); do
	"$HOTPLUG" plan $d.0 | grep -q 'nothing to do' || wrong+="$d "
done
is "and nothing is left to do" "$wrong" ""
quiet "20 offlines at the same time" hotplug_all offline 100 20
is "leave nothing" "$(table)" ""
guests_rm 100 20
hotplug online 1 0

# ------------------------------------------------------------ faults and kills

HOTPLUG=$O/xnm-vif-faults
n=$("$HOTPLUG" plan 5.0 | grep -c '^ *[0-9]*\. ')
one=$(expect <<<"1 0 lan 10.0.0.11 fd00::11")
both=$(expect <<<"$five")
wrong=
warned=
for ((i = 1; i <= n; i++)); do
	for after in "" +; do
		hotplug_env=("XNM_FAIL_AT=$i$after")
		try hotplug online 5 0
		hotplug_env=()
		[[ $out != *"warning: cannot publish vif5.0"* ]] || warned+="$i$after:$rc "
		got=$(table)
		# a vif that is not published goes on: its guest has netfront
		if [ "$rc" -eq 0 ]; then
			[ "$got" = "$one" ] || [ "$got" = "$both" ] || wrong+="$i$after: half of it"$'\n'
			hotplug offline 5 0
		elif [ "$got" != "$one" ]; then
			wrong+="$i$after: $(difference "$one" "$got")"$'\n'
		fi
	done
done
is "after each of $n operations has failed, nothing is left half done" "$wrong" ""
like "that it cannot be published is a warning, and the guest starts" "$warned" '^[0-9]+:0 [0-9]+\+:0 $'
wrong=
for ((i = 1; i <= n; i++)); do
	hotplug_env=("XNM_KILL_AT=$i")
	hotplug online 5 0 >/dev/null 2>&1
	hotplug_env=()
	got=$(table)
	[ "$got" = "$one" ] || [ "$got" = "$both" ] || wrong+="$i: half of it"$'\n'
	try hotplug online 5 0
	[ "$rc:$(table)" = "0:$both" ] || wrong+="$i: then $rc $out"$'\n'
	hotplug offline 5 0
done
is "killed before each of them, and called again" "$wrong" ""
HOTPLUG=$XNM_VIF

# half_trees TABLE A B: the domains of whom neither A nor B has what TABLE has of them, but for what is theirs to write
half_trees() {
	local d of

	for d in 1 5; do
		of=$(grep "^$d/xnm/[^c]" <<<"$1")
		[ "$of" = "$(grep "^$d/xnm/[^c]" <<<"$2")" ] || [ "$of" = "$(grep "^$d/xnm/[^c]" <<<"$3")" ] || echo "$d"
	done
}

# killed at any moment of a tear-down: what one guest reads is whole
wrong=
rounds=$(often 40 10)
for ((i = 0; i < rounds; i++)); do
	hotplug online 5 0
	hotplug_launch=(-k $((RANDOM % 4000)))
	hotplug offline 5 0 >/dev/null 2>&1
	hotplug_launch=()
	got=$(table)
	[ -z "$(half_trees "$got" "$one" "$both")" ] || wrong+="half of it: $(difference "$both" "$got")"$'\n'
	hotplug offline 5 0
	[ "$(table)" = "$one" ] || wrong+="then: $(difference "$one" "$(table)")"$'\n'
done
is "an offline killed at any moment, and called again" "$wrong" ""

# ------------------------------------------------------------ xnm fastpath

hotplug online 5 0
guest_new 30 0 bridge=br2 ip=10.2.0.30
hotplug online 30 0
inc1=$(xs_read /local/domain/1/xnm/inc) inc5=$(xs_read /local/domain/5/xnm/inc)

# says SERVER CLIENT: what both have written, with the numbers of this registration; prints the state
says() {
	xs_write /local/domain/1/xnm/chan/5 "$1" /local/domain/5/xnm/chan/1 "$2"
	"$XNM" fastpath | sed -n '2s/^guest1  1      guest5  5      lan      //p'
}

server="$inc1 $inc5 0" client="$inc5 $inc1 0"
like "xnm fastpath says who is not published" "$("$XNM" fastpath)" '^vif30.0 of guest30 is not published: its network does not have fastpath=yes$'
is "without modules" "$(says "" "")" "no module in guest1 and guest5"
is "with one" "$(says "1 closed 0 0 $server 7" "")" "no module in guest5"
is "with both" "$(says "1 closed 0 0 $server 7" "1 closed 0 0 $client 9")" idle
is "while they connect" "$(says "1 offer 8 9 $server 10" "1 want 0 0 $client 10")" connecting
is "connected" "$(says "1 offer 8 9 $server 10" "1 conn 3 4 $client 10")" connected
is "an answer to an earlier offer" "$(says "1 offer 8 9 $server 11" "1 conn 3 4 $client 10")" connecting
is "of another life" "$(says "1 offer 8 9 0123456789abcdef $inc5 0 11" "1 conn 3 4 $client 11")" "invalid handshake from guest1"
for text in "1 conn 3 4 $client" "1 conn 3 4 $client 10 1" "2 conn 3 4 $client 10" "1 conn -3 4 $client 10" \
	"1  conn 3 4 $client 10" "1 up 3 4 $client 10" "x" $'1 conn\n3 4' $'\e[2J' " " "$(printf 'x%.0s' {1..1900})" \
	"1 conn 99999999999 4 $client 10"; do
	is "nonsense: $(printf '%q' "${text:0:40}")" "$(says "1 offer 8 9 $server 10" "$text")" "invalid handshake from guest5"
done
is "JSON" "$("$XNM" fastpath --json | jq -c '.pairs[0] | [.server.guest, .server.says, .client.domid, .client.says, .segments, .state]')" \
	'["guest1","offer",5,"nonsense","lan","nonsense"]'
is "JSON: who is not" "$("$XNM" fastpath --json | jq -c '.unpublished[0] | [.vif, .guest]')" '["vif30.0","guest30"]'
refuse "nothing is printed raw" grep -q "$(printf '\033')" <<<"$("$XNM" fastpath; "$XNM" fastpath --json)"
is "about one guest" "$("$XNM" fastpath guest30 | grep -c guest1)" 0
is "about one vif" "$("$XNM" fastpath vif5.0 | grep -c guest1)" 1
refuse "about nobody" "$XNM" fastpath nobody
xs_rm /local/domain/5/xnm/peer/1
like "an entry that is on one side only" "$("$XNM" fastpath)" 'listed to one of them only'
quiet "which reapply completes" "$XNM_VIF" reapply 5.0
same "on both" "$(table)" "$both"
for d in 1 5 30; do hotplug offline $d 0; done
is "at last nothing is left" "$(table)" ""
for d in 1 3 4 5 30; do guest_rm $d 0; done
assert_clean "nor anything else"
tap_done
