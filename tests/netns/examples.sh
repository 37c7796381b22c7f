#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# examples.sh - every policy to copy from works on a host that has nothing of it yet: its first guest makes all.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"
# shellcheck source=tests/lib/policies.sh
. "$netns_top/tests/lib/policies.sh"

XNM_UDEV=${XNM_UDEV:-$O/xnm-udev}
why=$(lan_missing)

# ---------------------------------------------------- one policy, on a host of its own: examples.sh FILE

# guests FILE: "NAME DEVID BRIDGE" of guests that join: one for each [vif] section, and for each [network]
guests() {
	local first

	first=$(sed -n 's/^\[network \([^]]*\)\]$/\1/p' "$1" | head -1)
	sed -n 's/^\[vif \([^] ]*\)\( as [^]]*\)\{0,1\}\]$/\1/p' "$1" | while IFS=/ read -r name devid; do
		name=${name//\*/any}
		echo "$name ${devid:-0} $first"
	done | sed 's/ \(any\|\*\) / 0 /'
	sed -n 's/^\[network \([^]]*\)\]$/\1/p' "$1" | sed 's/.*/nobody 0 &/'
}

one() {
	local domid=0 name devid bridge said

	store_start || exit 1
	lan_new
	# what the LAN of these tests does not have
	# large enough for all of them
	ip link add eth2 mtu 9000 type veth peer name eth3
	cp "$1" "$XNM_CONFIG"
	chmod 644 "$XNM_CONFIG"
	try "$XNM" check
	[ "$rc" = 0 ] || echo "check: $out"
	guests "$1" >"$T/guests"
	while read -r name devid bridge; do
		domid=$((domid + 1))
		guest_new $domid "$devid" name="$name" bridge="$bridge"
		try hotplug online $domid "$devid"
		case $rc:$out in
		0:) [ -n "$(link_master "vif$domid.$devid")" ] || grep -q '^backend=route' "$1" || echo "$name $bridge: attached to nothing" ;;
		1:*on-unknown=reject*) ;;
		*) echo "$name $bridge: $rc: $out" ;;
		esac
		[ "$rc" = 0 ] || continue
		said=$("$HOTPLUG" plan $domid."$devid" 2>&1)
		[[ $said == *nothing\ to\ do* ]] || echo "$name $bridge: not all was done: $said"
	done <"$T/guests"
	# to each of its profiles, and back
	for name in $(sed -n 's/^\[profile \(.*\)\]$/\1/p' "$1") $(grep -q '^\[profile' "$1" && echo --default); do
		try "$XNM" profile use "$name"
		[ "$rc" = 0 ] || echo "profile use $name: $out"
		[[ $("$XNM" status --json | jq -r '[.vifs[].state] | unique[]') == ok ]] || echo "profile $name: not all is as it says"
	done
	sed -n 's/^\[schedule \(.*\)\]$/\1/p' "$1" >"$T/schedules"
	while read -r name; do
		try "$XNM" run "$name" --speed 1000 </dev/null
		[[ $rc:$out == 0:*' as it was before' && $out != *skipped* ]] || echo "run $name: $rc: $out"
	done <"$T/schedules"
	# the LAN is where it was, by whatever device
	ping -q -c 1 -W 2 $lan4 >/dev/null || echo "the host does not reach the LAN any more"
	if grep -q '^gateway=self' "$1" && grep -q '^forward=bridge' "$1"; then
		lan_guest 1 0 10.99.0.1 "" 10.99.0.50/24
		serve inet inet 80
		# its port may just be coming up
		for _ in 1 2 3 4 5; do
			said=$(ip netns exec g1.0 curl -s -m 3 "http://$inet4/")
			[ -z "$said" ] || break
		done
		[ "$said" = "inet:80 10.99.0.1" ] || echo "outside the guest is: $said"
	fi
	domid=0
	while read -r name devid bridge; do
		domid=$((domid + 1))
		try hotplug offline $domid "$devid"
		[ "$rc:$out" = 0: ] || echo "$name: offline: $rc: $out"
		guest_rm $domid "$devid"
	done <"$T/guests"
	[ -z "$(ls "$XNM_RUN_DIR/vif")" ] || echo "notes are left"
}

if [ $# -gt 0 ]; then
	one "$1"
	exit
fi

# -------------------------------------------------------------------------------- all of them
if [ -n "$why" ]; then
	skip "examples" "$why"
	tap_done
	exit
fi

for file in "$netns_top"/policy/examples/*.ini; do
	case ${file##*/} in
	# says itself that the bridge must be there
	existing-bridge.ini) continue ;;
	# in a machine whose kernel's bridges know VLANs: examples-vlan.sh
	vlan.ini) continue ;;
	esac
	is "${file##*/} starts from nothing" "$(bash "$0" "$file" 2>&1)" ""
done

cd "$netns_top" || exit 1
printed "$T"
for file in "$T"/page-*; do
	name="$(cat "$file.of" 2>/dev/null), $(grep -m 1 '^\[' "$file")"
	case $file in
	*.of) continue ;;
	*.part)
		completed "$file" >"$T/whole.ini"
		try "$XNM" check "$T/whole.ini"
		is "$name ...: would be understood" "$rc:$(grep -v ': warning: .*duplicate=' <<<"$out" | sed 's/.*no mistakes.*/no mistakes/')" "0:no mistakes"
		continue
		;;
	esac
	# examples-vlan.sh has it
	! needs_vlans "$file" || continue
	cp "$file" /tmp/xnm-examples.$$
	is "$name ...: starts from nothing" "$(bash "$0" /tmp/xnm-examples.$$ 2>&1)" ""
	rm -f /tmp/xnm-examples.$$
done
# whoever adds a page with policies adds it to the list
is "all pages with policies are tried" "$(grep -lE '^```ini' -- *.md */*.md */*/*/*.md)" \
	"$(printf '%s\n' "${pages[@]}" | LC_ALL=C sort)"
# shellcheck disable=SC2012 # no strange names
is "all manuals are looked through" "$(ls -- [!b]*/*.scd* [!b]*/*/*.scd* | LC_ALL=C sort)" \
	"$(printf '%s\n' "${manuals[@]}" | LC_ALL=C sort)"
is "policies were found in both" "$(cat "$T"/page-*.of | sed 's/,.*//' | sort -u | xargs)" \
	"README.md kmod/README.md policy/README.md policy/xnm.ini.5.scd.in udev/android.md"
tap_done
