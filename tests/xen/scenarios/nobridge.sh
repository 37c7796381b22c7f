#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# nobridge.sh - a missing bridge: xl names it, the guest is not started, nothing is left; with the bridge it starts.
set -u
# shellcheck source=tests/xen/dom0.sh
. "$(dirname "$0")/../dom0.sh"

refuse "there is no xenbr0" exists xenbr0
refuse "xl create fails" guest_create guest1
like "xl's message names the bridge" "$(cat "$xl_log")" 'script.*xenbr0'
refuse "the domain is gone" xl domid guest1
nothing_left "nothing is left"

bridge_up xenbr0
check "once the bridge exists, xl create works" guest_create guest1
is "and the card is on it" "$(master "$(nic guest1)")" xenbr0
check "xl destroy" xl destroy guest1
nothing_left "nothing is left after that either"
scenario_done
