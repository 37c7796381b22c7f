#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# parts.sh - print where a part calls a function of another part, and where a decision includes what talks to the system.
#
# A part may run another part's operations, whose rows are data, and look at its facts; what two
# parts call stands in core/, and what a part does when something changes that it shares is a stage.
set -u

cd "$(dirname "$0")/../.." || exit 1

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
			[ "$caller" = "$part" ] || echo "$file: $caller calls $function() of $part: move what both need to core/"
		done
	done
done

grep -nE '^#include "hotplug/(kernel|xen)/' hotplug/parts/*/plan.c hotplug/parts/*/*_plan.c \
	hotplug/parts/*/want.c hotplug/parts/*/decide.c hotplug/core/plan.c hotplug/core/want.c hotplug/core/view.c |
	sed 's/$/: a decision reads nothing itself/'
exit 0
