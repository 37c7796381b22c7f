#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mirror.sh - print where the folders of the tests are not those of the code, and unit tests of the same name.
#
# Each part has unit tests, plans, and a file that says what its operations do to
# the model of the plan tests; no other part has.
set -eu
shopt -s nullglob

cd "$(dirname "$0")/../.."

for dir in hotplug/parts/*/; do
	part=$(basename "$dir")
	for place in "tests/unit/parts/$part" "tests/plan/$part" "tests/plan/world/$part.c"; do
		[ -e "$place" ] || echo "$dir: there is no $place"
	done
done

# those about what no part decides
for dir in tests/plan/*/; do
	case $(basename "$dir") in
	core | policy | world) continue ;;
	esac
	[ -d "hotplug/parts/$(basename "$dir")" ] || echo "$dir: there is no hotplug/parts/$(basename "$dir")"
done

# fake/ stands in for the kernel
find tests/unit -mindepth 1 -type d ! -name fake | sort | while read -r dir; do
	code=${dir#tests/unit/}
	[ -d "hotplug/$code" ] || [ -d "$code" ] || echo "$dir: there is no hotplug/$code, nor $code"
done

find tests/unit -name 'test_*' -printf '%f\n' | sort | uniq -d | sed 's/$/: two unit tests have this name/'
