#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ops.sh - print every kind of operation that no plan adds or no test knows, and every row without a text or a way to do it.
set -eu

cd "$(dirname "$0")/../.."

sed -n 's/^XNM_OP(\([a-z0-9_]*\)).*/\1/p' hotplug/core/ops.def | while read -r row; do
	grep -rqwF --include="*.c" -- "&$row" hotplug || echo "hotplug/core/ops.def: no plan adds $row"
	grep -rqwF -- "&$row" tests/plan/world || echo "hotplug/core/ops.def: the tests have no world for $row"
	text=$(grep -rhA 12 --include='*.c' "^const struct xnm_op_type $row = {" hotplug | sed '/^};/q')
	case $text in
	'') echo "hotplug/core/ops.def: there is no row $row" ;;
	*.text\ =*.run\ =*) ;;
	*) echo "hotplug/core/ops.def: $row has no text, or nothing that does it" ;;
	esac
done
