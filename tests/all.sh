#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# all.sh - run every tier, one after the other, and close with the sum of their checks.
#
# The order is by time: what says no the fastest comes first. A tier that fails
# does not keep the next ones from running. One that ends without a result, or
# without having run any check, counts as a failure itself.
set -u

cd "$(dirname "$0")/.." || exit 1
O=${O:-build}
export O
# Each tier is a make of its own. What was given on make's command line is in
# the environment as well; a job server of the one that started us is not for us.
unset MAKEFLAGS MFLAGS MAKELEVEL

mkdir -p "$O"
sums=$O/tests.sum
: >"$sums"
XNM_SUMFILE=$sums
export XNM_SUMFILE
summary=

# The sum of one column over the lines of the sum file behind the first $2.
column() {
	awk -v c="$1" -v skip="$2" 'NR > skip { n += $c } END { print n + 0 }' "$sums"
}

# tier NAME [VARIABLE=VALUE]...: run `make NAME`
tier() {
	name=$1
	before=$(wc -l <"$sums")
	start=$(date +%s)
	printf '\n=== %s\n' "$name"
	make --no-print-directory "$@"
	rc=$?
	passed=$(column 1 "$before") failed=$(column 2 "$before") skipped=$(column 3 "$before")
	if [ $((passed + failed + skipped)) -eq 0 ]; then
		echo "FAIL $name: no check was made"
		echo "0 1 0" >>"$sums"
		failed=1
	elif [ "$rc" -ne 0 ] && [ "$failed" -eq 0 ]; then
		echo "FAIL $name: make ended with status $rc"
		echo "0 1 0" >>"$sums"
		failed=1
	fi
	summary="$summary$(printf '%-12s %5d passed, %d failed, %d skipped (%d s)' "$name" \
		"$passed" "$failed" "$skipped" $(($(date +%s) - start)))
"
}

# Two compilers at a time; within a tier, tests run side by side. What does not
# build fails in its tier.
make --no-print-directory -j 2 all test-programs
make --no-print-directory -j 2 O="$O/san" SAN=address,undefined STATIC_LIBS=no test-programs

tier lint
tier check
tier check-netns
tier check-san
tier check-vm
tier check-xen
tier check-fastpath
tier fuzz FUZZ_TIME=10

passed=$(column 1 0) failed=$(column 2 0) skipped=$(column 3 0)
printf '\n%s' "$summary"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
