#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# examples.sh - every policy to copy from works on a host that has nothing of it yet: its first guest makes all.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$netns_top/tests/lib/lan.sh"

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
	ip link add eth2 type veth peer name eth3
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

# the policies that the pages print, each below the heading that it is under: T/page-NUMBER.ini
pages=(README.md policy/README.md kmod/README.md udev/android.md)
cd "$netns_top" || exit 1
awk -v to="$T/page" 'FNR == 1 || /^#+ / { heading = $0; sub(/^#+ /, "", heading) }
	/^```$/ { if (out) close(out); out = "" }
	out { print >out }
	/^```ini$/ { out = to sprintf("-%02d.ini", ++n); print FILENAME ", " heading >(out ".of") }' "${pages[@]}"
for file in "$T"/page-*.ini; do
	cp "$file" /tmp/xnm-examples.$$
	is "$(cat "$file.of"), $(sed -n 's/^\[network \(.*\)\]/\1/p' "$file" | head -1): starts from nothing" \
		"$(bash "$0" /tmp/xnm-examples.$$ 2>&1)" ""
	rm -f /tmp/xnm-examples.$$
done
# whoever adds a page with policies adds it to the list
is "all pages with policies are tried" "$(grep -l '^```ini$' -- *.md */*.md)" \
	"$(printf '%s\n' "${pages[@]}" | LC_ALL=C sort)"
tap_done
