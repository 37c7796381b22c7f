#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ops.sh - print every kind of operation that no plan adds, and every row without a text or a way to do it.
set -eu

cd "$(dirname "$0")/../.."

sed -n 's/^XNM_OP(\([A-Z0-9_]*\), *\([a-z0-9_]*\)).*/\1 \2/p' hotplug/ops.def | while read -r kind row; do
	grep -rqwE "XNM_OP_$kind" --include='*.c' hotplug || echo "hotplug/ops.def: no plan adds XNM_OP_$kind"
	text=$(grep -rhA 12 --include='*.c' "^const struct xnm_op_type $row = {" hotplug | sed '/^};/q')
	case $text in
	'') echo "hotplug/ops.def: there is no row $row" ;;
	*.text\ =*.run\ =*) ;;
	*) echo "hotplug/ops.def: $row has no text, or nothing that does it" ;;
	esac
done
