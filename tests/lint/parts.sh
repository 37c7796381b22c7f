#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# parts.sh - print where a part calls a function of another part, and where a decision includes what talks to the system.
#
# A part may run another part's operations, whose rows are data, and look at its facts; what two
# parts call stands in core/. The calls in "known" are the exception, each for a reason.
set -u

cd "$(dirname "$0")/../.." || exit 1

# PART FUNCTION: may call it. When a network loses its last vif, the part network ends what other parts have of
# it, in the order in which a killed run leaves no rule without its note; what foreign notes is noted like a
# network. A bridge is deleted when dnsmasq has heard of the releases, which came through it. A table that is
# made anew gets the connections that must stay closed. Elements of a bridge's own addresses change with leases,
# and leases with an uplink.
known='
network apply_delete_networks
network apply_forget_outside
network apply_end_through
network apply_ended_clear
network apply_purge
foreign apply_release_network
bridge apply_await_releases
filter apply_ended_read
owned apply_delete_elements
uplink apply_lease_changed
'

# functions PART: those that its files define and that others could call
functions() {
	sed -nE '/^(static|extern|struct [a-z_]+ \{|typedef)/d
		s/^[a-z][a-z0-9_ ]*[ *]([a-z_][a-z0-9_]*)\(.*/\1/p' "hotplug/parts/$1"/*.c | sort -u
}

for folder in hotplug/parts/*/; do
	part=$(basename "$folder")
	functions "$part" | while read -r function; do
		grep -rlE --include='*.c' -- "\b$function\(" hotplug/parts | while read -r file; do
			caller=${file#hotplug/parts/}
			caller=${caller%%/*}
			[ "$caller" = "$part" ] || [[ $known == *$'\n'"$caller $function"$'\n'* ]] ||
				echo "$file: $caller calls $function() of $part: move what both need to core/"
		done
	done
done

grep -nE '^#include "hotplug/(kernel|xen)/' hotplug/parts/*/plan.c hotplug/parts/*/*_plan.c \
	hotplug/parts/*/want.c hotplug/parts/*/decide.c hotplug/core/plan.c hotplug/core/want.c hotplug/core/view.c |
	sed 's/$/: a decision reads nothing itself/'
exit 0
