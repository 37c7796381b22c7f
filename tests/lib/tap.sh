# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tap.sh - the few words our shell tests speak: ok, not_ok, is, skip, tap_done (TAP version 13).
#
# A test sources this file, reports each check and ends with tap_done. A check
# that cannot run says `skip NAME REASON`; under XNM_TESTS_MUST_RUN=1 that is a
# failure, so nothing is left out in silence.

tap_n=0
tap_failed=0

ok() {
	tap_n=$((tap_n + 1))
	printf 'ok %d - %s\n' "$tap_n" "$1"
}

# not_ok NAME [DIAGNOSTIC...]: every diagnostic line is shown behind '#'
not_ok() {
	tap_n=$((tap_n + 1))
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - %s\n' "$tap_n" "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^/# /'
}

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got:    $2" "wanted: $3"
	fi
}

# like NAME TEXT PATTERN: TEXT matches the extended regular expression
like() {
	if printf '%s\n' "$2" | grep -Eq -- "$3"; then
		ok "$1"
	else
		not_ok "$1" "text:    $2" "pattern: $3"
	fi
}

# check NAME COMMAND...: the command succeeds
check() {
	tap_name=$1
	shift
	if tap_out=$("$@" 2>&1); then
		ok "$tap_name"
	else
		not_ok "$tap_name" "failed: $*" "$tap_out"
	fi
}

# refuse NAME COMMAND...: the command fails
refuse() {
	tap_name=$1
	shift
	if tap_out=$("$@" 2>&1); then
		not_ok "$tap_name" "succeeded: $*" "$tap_out"
	else
		ok "$tap_name"
	fi
}

# skip NAME REASON
skip() {
	if [ "${XNM_TESTS_MUST_RUN:-0}" = 1 ]; then
		not_ok "$1" "cannot run here: $2"
	else
		tap_n=$((tap_n + 1))
		printf 'ok %d - %s # SKIP %s\n' "$tap_n" "$1" "$2"
	fi
}

tap_done() {
	printf '1..%d\n' "$tap_n"
	[ "$tap_failed" -eq 0 ]
}
