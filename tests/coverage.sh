#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# coverage.sh - print which part of the lines of hotplug/ and policy/ the tests reach.
#
# The unit, plan and netns tiers run with counters built in, below $O/cov. A
# program that is killed, as some tests do, does not leave its counts.
set -u

cd "$(dirname "$0")/.." || exit 1
# what was given on make's command line is in the environment as well
unset MAKEFLAGS MFLAGS MAKELEVEL XNM_SUMFILE

cov=${O:-build}/cov
rc=0

coverage_make() {
	# -Og: -D_FORTIFY_SOURCE wants some optimisation
	make --no-print-directory -j 2 O="$cov" CFLAGS="-Og -g --coverage -fprofile-abs-path" "$@"
}

coverage_make test-programs || exit 1
# counts of an earlier run of older sources would be added
find "$cov" -name '*.gcda' -delete
coverage_make check || rc=1
coverage_make check-netns || rc=1

gcovr --root . --filter hotplug/ --filter policy/ --exclude policy/mkman.c --print-summary \
	--txt "$cov/coverage.txt" --html-details "$cov/coverage.html" "$cov" >"$cov/summary.txt" \
	2>"$cov/gcovr.log" || {
	cat "$cov/gcovr.log" >&2
	exit 1
}
cat "$cov/coverage.txt" "$cov/summary.txt"
echo "line by line: $cov/coverage.html"
exit $rc
