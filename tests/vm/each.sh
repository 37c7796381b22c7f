#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# each.sh - inside a machine, run TAP tests one after the other, with marks for merge.awk between them.
#
# usage: each.sh SECONDS TEST...
#
# A test that says "# alone: REASON" measures what other programs on the real
# machine can disturb, where a rate, a delay or a gap cannot be told from theirs.
# It has a second attempt, which counts then; the first one's failures are shown.
#
# The exit status is always 0: whether a test failed is merge.awk's to say, and a
# machine that ends with another status has itself failed.
limit=$1
shift

# attempt TEST: sets rc
attempt() {
	timeout -k 5 "$limit" "$1" 2>&1 </dev/null
	rc=$?
}

# attempts TEST: two of a test that measures; sets rc
attempts() {
	first=$(mktemp)
	attempt "$1" >"$first"
	if [ "$rc" -ne 0 ] || grep -q '^not ok ' "$first"; then
		echo "# $(basename "$1") is run again, as what it measures can be disturbed; the first attempt (status $rc):"
		grep -A 3 '^not ok ' "$first" | sed 's/^/# /'
		attempt "$1"
	else
		cat "$first"
	fi
	rm -f "$first"
}

for test in "$@"; do
	echo "XNM-TEST $(basename "$test" .sh)"
	start=$(date +%s)
	if head -n 20 "$test" | grep -q '^# alone: .'; then
		attempts "$test"
	else
		attempt "$test"
	fi
	# a test whose last line has no end must not swallow the mark
	printf '\nXNM-TEST-END %d %d\n' "$rc" $(($(date +%s) - start))
done | sed -u '/^$/d'
exit 0
