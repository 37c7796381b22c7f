#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# verbs.sh - what people run: plan changes nothing, reapply restores everything, gc removes what is left.
# leaks: every verb is called
set -u
# shellcheck source=tests/lib/netns.sh
. "$(dirname "$0")/../lib/netns.sh"

store_start || exit 1
bridge_new br0
bridge_new br1

# plan ARGUMENT...: its output without the reasons, on one line
plan() {
	"$XNM_VIF" plan "$@" 2>&1 | sed 's/ *#.*//; s/^ *//' | paste -sd'|'
}

# -- plan
guest_new 1 0 vifname=web0 mtu=1400
before=$(snapshot)
is "plan by numbers" "$(plan --domid 1 --devid 0)" \
	"vif1.0 online:|1. record the addresses on br0 that no guest may use|2. rename vif1.0 to web0|3. give web0 the altname vif1.0|4. set group of web0 to 652631391|5. disable IPv6 on web0|6. set alias of web0 to 'guest1/0 br0'|7. write state of vif 1.0|8. filter web0: create table bridge xnm|9. attach web0 to bridge br0|10. set port web0 group_fwd_mask on|11. set web0 up|12. write MTU 1400 to the guest's frontend|13. write hotplug-status=connected"
is "plan by name" "$(plan vif1.0)" "$(plan 1.0)"
is "plan by environment" "$(XENBUS_PATH=backend/vif/1/0 plan)" "$(plan 1.0)"
same "plan changes nothing" "$(snapshot)" "$before"
refuse "nor makes a run folder" test -e "$XNM_RUN_DIR"
like "each operation has its reason" "$("$XNM_VIF" plan 1.0)" "write MTU 1400 to the guest's frontend +# the guest's mtu= says so"
is "plan of an offline before any online" "$(plan offline 1.0)" "vif1.0 offline:|nothing to do"
hotplug online 1 0
is "plan of what is done" "$(plan 1.0)" "vif1.0 online:|nothing to do"
is "plan of an offline" "$(plan offline 1.0)" \
	"vif1.0 offline:|1. set web0 down|2. detach web0 from its bridge|3. filter vif1.0: delete 5 elements|4. remove alias of web0|5. rename web0 to vif1.0|6. forget the addresses on br0 that no guest may use unless it has vifs left|7. remove state of vif 1.0"
try "$XNM_VIF" plan 9.0
is "plan of nobody" "$rc" 1
like "plan of nobody: says why" "$out" "backend/vif/9/0"
for words in "" "online" "1.x" "--domid x" "--devid 0" "--what" "bogus"; do
	# shellcheck disable=SC2086 # several words
	try "$XNM_VIF" plan $words
	is "plan $words: usage" "$rc:${out%% *}" "2:usage:"
done

# -- reapply
guest_new 2 0 type=vif_ioemu
tap_new 2 0
hotplug online 2 0
hotplug add 2 0
guest_new 3 0 bridge=br1
hotplug online 3 0
before=$(snapshot)
ip link set web0 nomaster
ip link set web0 mtu 1600
ip link set vif2.0 down
ip link set vif2.0-emu master br1
ip addr add 192.0.2.1/24 dev vif3.0
xs_write $backend/3/0/hotplug-status ""
refuse "somebody broke it all" test "$(snapshot)" = "$before"
try "$XNM_VIF" reapply all
assert_unchanged "reapply all restores it" "$before"
try "$XNM_VIF" reapply all
assert_unchanged "a second one changes nothing" "$before"
ip link set vif2.0-emu nomaster
ip link set web0 nomaster
try "$XNM_VIF" reapply 2.0
is "reapply of one: with its tap" "$rc:$(link_master vif2.0-emu)" 0:br0
is "reapply of one: and no other" "$(link_master web0)" ""
try "$XNM_VIF" reapply vif1.0
is "reapply by name" "$rc:$(link_master web0)" 0:br0
xs_write $backend/3/0/bridge nobr
try "$XNM_VIF" reapply all
is "reapply all goes on after a failure" "$rc" 1
like "and says which" "$out" "vif3\.0 reapply: bridge nobr does not exist"
is "a running guest is not cut off by it" "$(link_master vif3.0)" br1
xs_write $backend/3/0/bridge br1
for words in "" "1.0 2.0" bogus; do
	# shellcheck disable=SC2086 # several words
	try "$XNM_VIF" reapply $words
	is "reapply $words: usage" "$rc:${out%% *}" "2:usage:"
done

# -- gc
try "$XNM_VIF" gc
is "gc with nothing to do" "$rc:$out" "0:0 vifs removed"
netdev_rm 3 0
keys_rm 3 0
xs_rm "$backend/2/0"
try "$XNM_VIF" gc
is "gc of a domain and of a single vif" "$rc:$out" "0:2 vifs removed"
is "gc detaches what is still there" "$(down_and_alone vif2.0)" ""
is "gc leaves the others" "$(link_master web0)" br0
try "$XNM_VIF" gc extra
is "gc extra: usage" "$rc" 2

# -- help
for words in help --help -h; do
	try "$XNM_VIF" $words
	is "$words" "$rc:${out%%:*}" 0:usage
done
for words in version --version; do
	try "$XNM_VIF" $words
	like "$words" "$rc:$out" "^0:xnm-vif [0-9]+\.[0-9]+"
done

hotplug offline 1 0
guest_rm 1 0
ip link del vif2.0-emu
guest_rm 2 0
assert_clean "nothing is left"
tap_done
