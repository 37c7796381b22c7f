#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# upgrade.sh - guests run while xnm is replaced: what an earlier version has noted is read, kept and taken back.
#
# upgrade/NAME.notes is /run/xnm as xnm 0.1.0 left it with these guests running:
# before there was one table for the notes on a vif. Made by
#   UPDATE=1 XNM_VIF=/path/to/that/xnm-vif tests/netns/upgrade.sh
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/lan.sh
. "$(dirname "$0")/../lib/lan.sh"

store_start || exit 1
notes=$(cd "$(dirname "$0")" && pwd)/upgrade

# save NAME: the run directory as text
save() {
	local file

	(
		cd "$XNM_RUN_DIR" || exit
		find . -mindepth 1 ! -name lock ! -name gc ! -name nft | LC_ALL=C sort | while read -r file; do
			if [ -L "$file" ]; then
				echo "link $file $(readlink "$file")"
			elif [ -d "$file" ]; then
				echo "folder $file"
			else
				echo "file $file"
				sed 's/^/ /' "$file"
			fi
		done
	) >"$notes/$1.notes"
}

# restore NAME: the same, back
restore() {
	local kind path value file=/dev/null

	find "$XNM_RUN_DIR" -mindepth 1 ! -name lock -delete
	while IFS= read -r line; do
		if [ "${line:0:1}" = ' ' ]; then
			echo "${line:1}" >>"$file"
			continue
		fi
		read -r kind path value <<<"$line"
		file=$XNM_RUN_DIR/$path
		case $kind in
		link) ln -s "$value" "$file" ;;
		folder) mkdir -p "$file" ;;
		file) : >"$file" ;;
		esac
	done <"$notes/$1.notes"
}

# vifs: all that have notes
vifs() {
	find "$XNM_RUN_DIR/vif" -type f -printf '%f\n' | sort -V
}

# case_end NAME: with old notes a reapply finds nothing to do but to note what is new, and an offline leaves nothing
case_end() {
	local name=$1 vif old wrong=

	if [ -n "${UPDATE:-}" ]; then
		save "$name"
	else
		before=$(snapshot)
		restore "$name"
		for vif in $(vifs); do
			old=$(<"$XNM_RUN_DIR/vif/$vif")
			try "$XNM_VIF" reapply "$vif"
			[ $rc -eq 0 ] || wrong+="reapply $vif: $out"$'\n'
			# the version before set none
			[ "$(grep -v 'alias=' "$XNM_RUN_DIR/vif/$vif")" = "$old" ] || wrong+="notes of $vif have changed: $(diff <(echo "$old") "$XNM_RUN_DIR/vif/$vif")"$'\n'
		done
		is "$name: old notes are read" "$wrong" ""
		same "$name: and all is as it was" "$before" "$(snapshot)"
		wrong=
		for vif in $(vifs); do
			try "$XNM_VIF" plan "$vif"
			[ "$rc:${out#*$'\n'}" = "0:  nothing to do" ] || wrong+="plan $vif: $out"$'\n'
		done
		is "$name: a second look finds nothing to do" "$wrong" ""
		restore "$name"
	fi
	wrong=
	for vif in $(vifs); do
		if link_exists "vif$vif-emu"; then
			hotplug remove "${vif%.*}" "${vif#*.}"
			ip link del "vif$vif-emu"
		fi
		try hotplug offline "${vif%.*}" "${vif#*.}"
		[ $rc -eq 0 ] || wrong+="offline $vif: $out"$'\n'
		guest_rm "${vif%.*}" "${vif#*.}"
	done
	is "$name: an offline by old notes" "$wrong" ""
	assert_clean "$name: leaves nothing"
}

# -- bridges that are the administrator's: names, MAC and address checks, port flags
bridge_new br0
cat >"$XNM_CONFIG" <<-END
	[vif guest2]
	isolated=yes
	[vif guest3]
	ipv4-allowed=10.0.0.128/25
	mtu=1400
	[vif *]
	locking-mode=locked
END
guest_new 1 0 ip=10.0.0.5
guest_new 2 0 ip='10.0.0.6 fd00::6' vifname=web
guest_new 3 0 ip=10.0.0.7/24
for d in 1 2 3; do
	hotplug online $d 0
done
case_end bridge

# -- networks that xnm makes: address translation, a port forward, a pool, reservations; a routed one beside it
cat >"$XNM_CONFIG" <<-END
	[network lan]
	bridge=lan0
	address=10.20.0.1/24 fd20::1/64
	forward=nat
	dhcp=dnsmasq
	[pool web]
	network=lan
	range=10.20.0.10-10.20.0.20
	[forward http]
	network=lan
	listen-port=8080
	target=guest4
	target-port=80
	[acl web]
	rule=allow ingress tcp port 80,443
	[network dmz]
	forward=route
	[vif guest4]
	network=lan
	address=10.20.0.4 eui64
	acl=web
	[vif guest5]
	network=lan
	address=auto web
	[vif guest6]
	network=dmz
	address=10.30.0.6 fd30::6
END
guest_new 4 0 -bridge
guest_new 5 0 -bridge
guest_new 6 0 -bridge
for d in 4 5 6; do
	hotplug online $d 0
done
case_end networks

# -- a guest that shares its connection with this host, and one whose emulated card is there as well
cat >"$XNM_CONFIG" <<-END
	[network out]
	bridge=out0
	address=192.168.43.2/24
	[uplink wifi]
	guest=modem/0
	gateway=192.168.43.1
	metric=700
	[vif modem]
	network=out
	address=192.168.43.1
	ipv4-allowed=any
	fastpath=no
	[vif *]
	network=out
	address=192.168.43.9
END
guest_new 7 0 -bridge name=modem
guest_new 8 0 -bridge type=vif_ioemu
tap_new 8 0
hotplug online 7 0
hotplug online 8 0
hotplug add 8 0
case_end uplink
tap_done
