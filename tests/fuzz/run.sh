#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh - build every fuzz target here with libFuzzer, ASan and UBSan, and run each for a while.
#
# usage: run.sh [SECONDS]
#
# Seeds come from corpus/NAME; what is found goes to $O/fuzz/corpus/NAME, so
# that the next run goes on there, and crashes to $O/fuzz/crash-*. To run one
# of those again: $O/fuzz/fuzz_NAME FILE.
set -u

cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

seconds=${1:-${FUZZ_TIME:-60}}
out=${O:-build}/fuzz
san=-fsanitize=address,undefined
options="-std=gnu11 -D_GNU_SOURCE -I. -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all
 -include $out/version.h $(pkg-config --cflags libnl-3.0 libmnl libnftnl xenstore inih json-c expat)"
libs=$(pkg-config --libs libnl-route-3.0 libnl-3.0 libmnl libnftnl xenstore inih expat)

# the sources of libxnm.a, which the Makefile knows, those of xnm-guest but for its main(), and of xnm import
sources() {
	# shellcheck disable=SC2016 # make expands it
	make --no-print-directory -s --eval='lib-sources:; @printf "%s\n" $(LIB_SRC)' lib-sources
	printf '%s\n' udev/guest_*.c
	find hotplug/cli/import -name '*.c' ! -name cmd.c
}

build_lib() {
	rm -rf "$out/obj"
	mkdir -p "$out/obj"
	echo '#define XNM_VERSION "0"' >"$out/version.h"
	# shellcheck disable=SC2016,SC2086 # $1 and $@ are the inner shell's; a list of options
	sources | xargs -P 2 -I FILE sh -c '
		o=$1/obj/$(echo "$2" | tr / -).o
		shift
		c=$1
		shift
		exec clang "$@" -c -o "$o" "$c"' sh "$out" FILE \
		$options $san,fuzzer-no-link || return 1
	rm -f "$out/libxnm.a"
	ar rcs "$out/libxnm.a" "$out"/obj/*.o
}

# fuzz NAME: build and run one target, and say how it went by $out/NAME.rc
fuzz() {
	name=$1
	corpus=$out/corpus/$name
	mkdir -p "$corpus"
	kernel=
	if [ "$name" = kmod ]; then
		tests/lib/kernel-headers.sh "$out/kernel"
		kernel="-I$out/kernel -include tests/fuzz/kernel.h"
	fi
	# shellcheck disable=SC2086 # lists of options
	clang $options $kernel $san,fuzzer -o "$out/fuzz_$name" "tests/fuzz/fuzz_$name.c" "$out/libxnm.a" \
		$libs >"$out/$name.log" 2>&1 || {
		echo build >"$out/$name.rc"
		return
	}
	[ ! -d "tests/fuzz/corpus/$name" ] || cp -u tests/fuzz/corpus/"$name"/* "$corpus/"
	dict=
	[ ! -e "tests/fuzz/$name.dict" ] || dict=-dict=tests/fuzz/$name.dict
	# shellcheck disable=SC2086 # $dict is one option or none
	"$out/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$out/crash-$name-" $dict "$corpus" \
		>"$out/$name.log" 2>&1
	echo $? >"$out/$name.rc"
}

# report NAME: of one that has ended
report() {
	case $(cat "$out/$1.rc" 2>&1) in
	0)
		ok "fuzz_$1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$1.log") runs, coverage $(
			sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$out/$1.log" | tail -1
		), $(find "$out/corpus/$1" -type f | wc -l) inputs kept"
		;;
	build) not_ok "fuzz_$1 builds" "$(cat "$out/$1.log")" ;;
	*) not_ok "fuzz_$1" "$(tail -40 "$out/$1.log")" ;;
	esac
}

# fuzz_both [TARGET]...: each with a processor of its own, if there are two
fuzz_both() {
	for target; do
		target=${target##*/fuzz_}
		target=${target%.c}
		rm -f "$out/$target.rc"
		fuzz "$target" &
	done
	wait
	for target; do
		target=${target##*/fuzz_}
		report "${target%.c}"
	done
}

if ! command -v clang >/dev/null; then
	skip "fuzz" "clang is not installed (tests/lib/deps.sh fuzz)"
	tap_done
	exit
fi
mkdir -p "$out"
if build_lib >"$out/build.log" 2>&1; then
	set -- tests/fuzz/fuzz_*.c
	while [ $# -gt 0 ]; do
		fuzz_both "$1" ${2+"$2"}
		shift $(($# > 1 ? 2 : 1))
	done
else
	not_ok "the sources build with clang" "$(tail -40 "$out/build.log")"
fi
tap_done
