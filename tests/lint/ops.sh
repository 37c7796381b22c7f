#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ops.sh - print every kind of operation that its part's header does not declare, that no plan adds or no test knows, and every row without a text or a way to do it.
set -eu

cd "$(dirname "$0")/../.."

for folder in hotplug/parts/*/; do
	part=$(basename "$folder")
	header=hotplug/parts/$part/$part.h
	declared=$(sed -n 's/^extern const struct xnm_op_type \([a-z0-9_]*\);.*/\1/p' "$header")
	for row in $declared; do
		grep -rqwF --include="*.c" -- "&$row" hotplug || echo "$header: no plan adds $row"
		grep -rqwF -- "&$row" tests/plan/world || echo "$header: the tests have no world for $row"
		text=$(grep -rhA 12 --include='*.c' "^const struct xnm_op_type $row = {" "hotplug/parts/$part" | sed '/^};/q')
		case $text in
		'') echo "$header: there is no row $row in this part" ;;
		*.text\ =*.run\ =*) ;;
		*) echo "$header: $row has no text, or nothing that does it" ;;
		esac
	done
	sed -n 's/^const struct xnm_op_type \([a-z0-9_]*\) = {/\1/p' "hotplug/parts/$part"/*.c | while read -r row; do
		printf '%s\n' "$declared" | grep -qx -- "$row" || echo "$header: does not declare $row"
	done
done

# no row is elsewhere
grep -rnE --include='*.[ch]' '^(extern )?const struct xnm_op_type [a-z0-9_]+( = \{|;)' hotplug | grep -v '^hotplug/parts/' |
	sed 's/$/: belongs to a part/' || true
