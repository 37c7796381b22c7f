#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# keys.sh - vifname= and mtu= in a vif line have their effect.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"

bridge_up xenbr0
ip addr add 192.0.2.1/24 dev xenbr0

frontend() {
	echo "/local/domain/$(xl domid "$1")/device/vif/0"
}

check "xl create vifname.cfg" guest_create vifname
check "vifname: web0 exists" exists web0
check "vifname: $(nic vifname) does not" gone "$(nic vifname)"
is "vifname: web0 is on xenbr0" "$(master web0)" xenbr0
like "vifname: web0 is up" "$(ip link show web0)" '<[^>]*\<UP\>'
is "vifname: hotplug-status" "$(xenstore-read "$(backend vifname)/hotplug-status")" connected
check "vifname: the guest boots" guest_up vifname
check "vifname: the guest pings dom0" guest_pings vifname 192.0.2.1
check "vifname: xl destroy" xl destroy vifname
check "vifname: web0 is gone" wait_for 5 gone web0
nothing_left "vifname: nothing is left"

check "xl create mtu.cfg" guest_create mtu
# the MTU is the guest's: its port keeps what the bridge needs, which would else fall to 1400 for all
is "mtu: the host's end has the bridge's" "$(cat "/sys/class/net/$(nic mtu)/mtu")" 1500
is "mtu: the guest is told 1400" "$(xenstore-read "$(frontend mtu)/mtu")" 1400
check "mtu: the guest boots" guest_up mtu
check "mtu: the guest pings dom0" guest_pings mtu 192.0.2.1
is "mtu: the host's end still has it when connected" "$(cat "/sys/class/net/$(nic mtu)/mtu")" 1500
check "mtu: xl destroy" xl destroy mtu
nothing_left "mtu: nothing is left"
scenario_done
