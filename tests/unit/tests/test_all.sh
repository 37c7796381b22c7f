#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test_all.sh - tests/all.sh itself: its table, its sum and its status, with a make that says what each tier counted.
set -u

cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
mkdir "$T/bin"
tiers="check check-san check-vm check-xen check-fastpath fuzz lint"

# it does for each tier what the lines of $T/NAME say: the sums, then the exit status
cat >"$T/bin/make" <<END
#!/bin/sh
for word; do
	[ -e "$T/\$word" ] || continue
	echo "makes \$word"
	head -n -1 "$T/\$word" >>"\$XNM_SUMFILE"
	exit "\$(tail -n 1 "$T/\$word")"
done
END
chmod +x "$T/bin/make"

# tier NAME STATUS [SUM]...: what it counts
tier() {
	local name=$1 rc=$2

	shift 2
	{
		[ $# -eq 0 ] || printf '%s\n' "$@"
		echo "$rc"
	} >"$T/$name"
}

# all: run them; sets rc and out
all() {
	rc=0
	out=$(PATH=$T/bin:$PATH O=$T/build tests/all.sh 2>&1) || rc=$?
}

# table: the lines behind the last empty one, seconds and blanks left out
table() {
	awk '/^$/ { t = ""; next } { t = t $0 "\n" } END { printf "%s", t }' <<<"$out" |
		sed -E 's/  +/ /g; s/^(check[a-z-]*|fuzz|lint \(beside\)|build|all) [0-9]+/\1 S/; s/ +$//'
}

for name in $tiers; do
	tier "$name" 0 "10 0 1"
done
tier check-san 0 "5 0 0" "6 0 2"
all
is "all is well: the status" "$rc" 0
is "all is well: a row for each tier, and the sum as the last line" "$(table)" "tier seconds passed failed skipped
build S
check S 10 0 1
check-san S 11 0 2
check-vm S 10 0 1
check-xen S 10 0 1
check-fastpath S 10 0 1
fuzz S 10 0 1
lint (beside) S 10 0 1
all S 71 0 8
71 passed, 0 failed, 8 skipped"
is "each tier's own words are there" "$(grep '^makes' <<<"$out" | sort | xargs)" \
	"makes check makes check-fastpath makes check-san makes check-vm makes check-xen makes fuzz makes lint"

tier check-xen 1 "9 1 0"
all
is "a failed check: the status and the last line" "$rc:$(tail -n 1 <<<"$out")" "1:70 passed, 1 failed, 7 skipped"
is "the tiers behind it run" "$(table | sed -n '7,8p')" "check-fastpath S 10 0 1
fuzz S 10 0 1"
tier check-xen 2 "10 0 0"
all
is "a tier that fails without a failed check" "$rc:$(grep '^FAIL' <<<"$out"):$(tail -n 1 <<<"$out")" \
	"1:FAIL check-xen: make ended with status 2:71 passed, 1 failed, 7 skipped"
tier check-xen 0
tier lint 0 "0 0 0"
all
is "tiers without a check" "$rc:$(grep '^FAIL' <<<"$out" | xargs):$(tail -n 1 <<<"$out")" \
	"1:FAIL check-xen: no check was made FAIL lint: no check was made:51 passed, 2 failed, 6 skipped"
tap_done
