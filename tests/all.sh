#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# all.sh - run every tier, and close with a table of what each took and the sum of their checks.
#
# A tier that fails does not keep the next ones from running. One that ends
# without a result, or without having run any check, counts as a failure itself.
#
# The machines in QEMU wait a lot, and want a processor at once when they do
# not. Two of them run at a time, but for the fast path's, which measures gaps;
# lint and fuzzing, which care for neither, run beside them on what is left.
set -u

cd "$(dirname "$0")/.." || exit 1
O=${O:-build}
export O
# Each tier is a make of its own. What was given on make's command line is in
# the environment as well; a job server of the one that started us is not for us.
unset MAKEFLAGS MFLAGS MAKELEVEL

out=$O/tiers
rm -rf "$out"
mkdir -p "$out"
table="$(printf '%-16s %7s %7s %7s %7s' tier seconds passed failed skipped)
"
began=$(date +%s)
all_passed=0 all_failed=0 all_skipped=0

# run PREFIX NAME [VARIABLE=VALUE]...: make NAME; what it counts, its status and its seconds go to files
run() {
	rn_prefix=$1
	shift
	rn_start=$(date +%s)
	: >"$out/$1.sum"
	# shellcheck disable=SC2086 # words of a command, or none
	XNM_SUMFILE=$out/$1.sum $rn_prefix make --no-print-directory "$@"
	echo "$? $(($(date +%s) - rn_start))" >"$out/$1.end"
}

# column NUMBER NAME: the sum of one column of what a tier has counted
column() {
	awk -v c="$1" '{ n += $c } END { print n + 0 }' "$out/$2.sum"
}

# row NAME SECONDS [PASSED FAILED SKIPPED]: add one to the table
row() {
	table="$table$(printf '%-16s %7s %7s %7s %7s' "$1" "$2" "${3-}" "${4-}" "${5-}")
"
}

# count NAME [NOTE]: add a tier that has ended to the table
count() {
	rc=1 seconds='?'
	read -r rc seconds <"$out/$1.end"
	passed=$(column 1 "$1") failed=$(column 2 "$1") skipped=$(column 3 "$1")
	if [ $((passed + failed + skipped)) -eq 0 ]; then
		echo "FAIL $1: no check was made"
		failed=1
	elif [ "$rc" -ne 0 ] && [ "$failed" -eq 0 ]; then
		echo "FAIL $1: make ended with status $rc"
		failed=1
	fi
	all_passed=$((all_passed + passed))
	all_failed=$((all_failed + failed))
	all_skipped=$((all_skipped + skipped))
	row "$1${2:+ $2}" "$seconds" "$passed" "$failed" "$skipped"
}

# tier NAME [VARIABLE=VALUE]...
tier() {
	printf '\n=== %s\n' "$1"
	run "" "$@"
	count "$1"
}

# shown NAME [NOTE]: what a tier has said that ran beside others
shown() {
	printf '\n=== %s\n' "$1"
	cat "$out/$1.out"
	count "$@"
}

# tiers NAME...: side by side
tiers() {
	tiers_pids=
	for name; do
		run "" "$name" >"$out/$name.out" 2>&1 &
		tiers_pids="$tiers_pids $!"
	done
	# shellcheck disable=SC2086 # a list of numbers
	wait $tiers_pids
	for name; do
		shown "$name"
	done
}

# beside NAME [VARIABLE=VALUE]...: begin a tier that runs while the next ones do
idle='nice -n 19'
! chrt --idle 0 true 2>/dev/null || idle='chrt --idle 0'
besides=
beside() {
	run "$idle" "$@" >"$out/$1.out" 2>&1 &
	besides="$besides $1"
}

# what runs beside us is not to outlive us
trap 'trap "" TERM; kill 0; exit 130' INT TERM HUP

# Two compilers at a time; within a tier, tests run side by side. What does not
# build fails in its tier.
make --no-print-directory -j 2 all test-programs
make --no-print-directory -j 2 O="$O/san" SAN=address,undefined STATIC_LIBS=no test-programs
# once for all tiers: one of them that made it again would take it away from the others
make --no-print-directory stage
export XNM_STAGED=1
row build $(($(date +%s) - began))

tier check
tier check-san
beside lint
tiers check-vm check-xen
tier check-fastpath
tier fuzz FUZZ_TIME=10
wait
for name in $besides; do
	shown "$name" "(beside)"
done

row all $(($(date +%s) - began)) $all_passed $all_failed $all_skipped
printf '\n%s' "$table"
printf '%d passed, %d failed, %d skipped\n' "$all_passed" "$all_failed" "$all_skipped"
[ "$all_failed" -eq 0 ] && [ "$all_passed" -gt 0 ]
