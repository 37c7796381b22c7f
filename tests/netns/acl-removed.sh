#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# acl-removed.sh - an access list goes from the policy while the guests that are held to it run.
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"
# shellcheck source=tests/lib/dump.sh
. "$netns_top/tests/lib/dump.sh"

if ! command -v nft >/dev/null; then
	skip "acl-removed" "nft is not installed (tests/lib/deps.sh test)"
	tap_done
	exit
fi
store_start || exit 1

# policy ACL ADDRESS: guest1 has ADDRESS, and both have the list if ACL is yes
policy() {
	{
		printf '[network lan]\nbridge=lan0\naddress=192.168.10.1/24\nforward=nat\n\n'
		for n in 1 2; do
			printf '[vif web%s]\nnetwork=lan\naddress=%s\n' $n "$([ $n = 1 ] && echo "$2" || echo 192.168.10.12)"
			[ "$1" != yes ] || echo "acl=web"
			echo
		done
		[ "$1" != yes ] || printf '[acl web]\nrule=allow ingress tcp port 80\n'
	} >"$XNM_CONFIG"
}

both_online() {
	policy yes 192.168.10.11
	for d in 1 2; do
		guest_new $d 0 name=web$d
		try hotplug online $d 0
		is "$1: web$d comes" "$rc:$out" 0:
	done
}

both_offline() {
	for d in 1 2; do
		try hotplug offline $d 0
		is "$1: web$d goes" "$rc:$out" 0:
		guest_rm $d 0
	done
	is "$1: no element is left" "$(filter_elements)" ""
}

lists() {
	filter_elements | grep -c 'acl-'
}

both_online "with another address"
like "with another address: both are in the list" "$(lists)" '^[1-9]'
policy no 192.168.10.21
try "$XNM_VIF" reapply vif1.0
is "with another address: web1 follows" "$rc:$out" 0:
like "with another address: it is up" "$(ip -o link show vif1.0)" '<[^>]*UP[,>]'
try "$XNM_VIF" reapply vif2.0
is "with another address: so does web2, whose list is gone already" "$rc:$out" 0:
is "with another address: nobody is in a list" "$(lists)" 0
dump_loads "when a list has gone"
for d in 1 2; do
	is "with another address: nothing is left to do for web$d" "$("$XNM_VIF" plan vif$d.0)" "vif$d.0 online:
  nothing to do"
done
both_offline "with another address"

both_online "all at once"
policy no 192.168.10.21
try "$XNM_VIF" reapply all
is "all at once: they follow" "$rc:$out" 0:
is "all at once: nobody is in a list" "$(lists)" 0
both_offline "all at once"

# somebody else takes away what was in the way: it is as if it had never been there
both_online "by hand"
nft flush map inet xnm acl-from4
nft flush map inet xnm acl-to4
policy no 192.168.10.21
try "$XNM_VIF" reapply all
is "by hand: they follow" "$rc:$out" 0:
both_offline "by hand"
assert_clean "nothing is left"
tap_done
