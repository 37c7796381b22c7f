#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# plan.sh - compare the plan for each case below the parts' folders with the one its file expect shows.
#
# usage: [UPDATE=1] plan.sh [PART/CASE | PART]...
#
# With UPDATE=1 the expect files are rewritten: look at the difference before you keep it.
set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib/tap.sh
. "$here/../lib/tap.sh"

plan_test=${O:-build}/tests/plan-test

# a plan is made without any allocation, and a search for leaks would read the room for all that it may hold
export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

run_case() {
	expect=$here/$1/expect
	got=$("$plan_test" "$here/$1" 2>&1) || got="$got
exit status $?"
	if [ "${UPDATE:-0}" = 1 ]; then
		printf '%s\n' "$got" >"$expect"
	fi
	if difference=$(printf '%s\n' "$got" | diff -u "$expect" - 2>&1); then
		ok "$1"
	else
		not_ok "$1" "$difference"
	fi
}

if [ ! -x "$plan_test" ]; then
	not_ok "plan-test" "$plan_test is not there: make check builds it"
	tap_done
	exit
fi
# run_part PART: all of its cases
run_part() {
	for dir in "$here/$1"/*/; do
		run_case "$1/$(basename "$dir")"
	done
}

if [ $# -eq 0 ]; then
	# world/ has sources, and no folders
	for dir in "$here"/*/*/; do
		run_case "$(basename "$(dirname "$dir")")/$(basename "$dir")"
	done
	for expect in "$here"/*/expect; do
		[ ! -e "$expect" ] || not_ok "$(basename "$(dirname "$expect")")" "it belongs into the folder of a part"
	done
fi
for name in "$@"; do
	case $name in
	*/*) run_case "${name%/}" ;;
	*) run_part "$name" ;;
	esac
done
tap_done
