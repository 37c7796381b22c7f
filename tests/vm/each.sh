#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# each.sh - inside a machine, run TAP tests one after the other, with marks for merge.awk between them.
#
# usage: each.sh SECONDS TEST...
#
# The exit status is always 0: whether a test failed is merge.awk's to say, and a
# machine that ends with another status has itself failed.
limit=$1
shift
for test in "$@"; do
	echo "XNM-TEST $(basename "$test" .sh)"
	start=$(date +%s)
	timeout -k 5 "$limit" "$test" 2>&1 </dev/null
	rc=$?
	# a test whose last line has no end must not swallow the mark
	printf '\nXNM-TEST-END %d %d\n' "$rc" $(($(date +%s) - start))
done | sed -u '/^$/d'
exit 0
