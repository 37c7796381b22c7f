#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mutate.sh - change one token of what decides, and see whether `make check` takes notice; many times over.
#
# usage: [SEED=N] [MUTANTS=40] mutate.sh [FILE...]
#
# Each change is built in a copy of the tree and tested there until a test
# fails. Prints those that live, with the line as it is: where a test is
# missing, or where the line makes no difference. The seed gives the same
# changes of the same sources again. FILE: look there, in the place of all that
# has no input and output.
set -u
shopt -s nullglob extglob

cd "$(dirname "$0")/.." || exit 1
O=${O:-build}
seed=${SEED:-$RANDOM}
count=${MUTANTS:-40}
tree=$O/mutate
# a change may make a loop go on for ever
limit=60

if [ $# -eq 0 ]; then
	set -- hotplug/core/@(identity|plan|view|want).c hotplug/core/elements/*.c \
		hotplug/base/!(file|ifname|log|sandbox).c udev/guest_plan*.c \
		hotplug/parts/*/@(plan|want|*_plan|cards_check|settings|allowed?(_forward)|decide|health|fill|reason).c \
		hotplug/parts/uplink/offer?(_policy).c policy/!(mkman|files|absent).c policy/*/!(names|program).c
fi

# the tests find one library, so that none has to be linked again
make_quiet() {
	# shellcheck disable=SC2016 # make expands it
	make -C "$tree" --no-print-directory O=build WITH_DEPS=no STATIC_LIBS=no CFLAGS='-O1 -fPIC -w' \
		ARCHIVE='$(CC) -shared -o' "$@"
}

mkdir -p "$tree/mutants"
rm -f "$tree"/mutants/*
# what is as it was for the last run is not built again
{ git ls-files 2>/dev/null || find . -path "./$O" -prune -o -type f -printf '%P\n'; } | sort >"$tree/files"
(cd "$tree" && find . -path ./build -prune -o -path ./mutants -prune -o -type f -printf '%P\n') |
	sort | comm -13 "$tree/files" - | (cd "$tree" && grep -vx 'files\|log' | xargs -r rm --)
while read -r file; do
	cmp -s "$file" "$tree/$file" || cp --parents "$file" "$tree/"
done <"$tree/files"
make_quiet -j"$(nproc)" check-programs >"$tree/log" 2>&1 || {
	tail -20 "$tree/log"
	exit 1
}
python3 tests/lib/mutate.py "$seed" "$count" "$tree/mutants" "$@" || exit 1
cd "$tree" || exit 1
tree=.

# Succeeds if all tests do.
check() {
	local test

	! O=build timeout $limit tests/plan/plan.sh 2>/dev/null | grep -q -m 1 '^not ok' || return 1
	while read -r test; do
		timeout $limit "build/${test%.c}" >/dev/null 2>&1 </dev/null || return 1
	done < <(find tests/unit -name 'test_*.c')
}

# tests_with FILE: those that include it
tests_with() {
	grep -rl --include='*.c' "#include \"$1\"" tests/unit | sed 's|\(.*\)\.c|build/\1|'
}

check || {
	echo "mutate: a test fails without a change" >&2
	exit 1
}
echo "SEED=$seed: $count changes of one token"
killed=0 lived=0 broken=0
# built from the last change, and to be built anew
stale=()
for ((i = 1; i <= count; i++)); do
	[ -e "mutants/$i.txt" ] || break
	IFS=$'\t' read -r file line old new <"mutants/$i.txt"
	mapfile -t including < <(tests_with "$file")
	cp "$file" original
	cp "mutants/$i.c" "$file"
	rm -f "${stale[@]}" "${including[@]}"
	if ! make_quiet build/libxnm.a "${stale[@]}" "${including[@]}" >log 2>&1; then
		broken=$((broken + 1))
	elif check; then
		lived=$((lived + 1))
		printf '%s:%s: %s -> %s\n\t%s\n' "$file" "$line" "$old" "$new" \
			"$(sed -n "${line}s/^[[:blank:]]*//p" original)"
	else
		killed=$((killed + 1))
	fi
	cp original "$file"
	stale=("${including[@]}")
done
echo "$lived of $((killed + lived)) live, $broken did not build"
