#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lint.sh - every check that needs no run of the program, each of them a test.
#
# A complaint is a failure. An exception is written where the complaint is, or
# in .clang-tidy, .codespellrc or lint/cppcheck-suppressions, with its reason.
# What a check said stays in $O/lint.
set -u

cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

O=${O:-build}
out=$O/lint
mkdir -p "$out"

# Where our own files are; never the build folder.
places=()
for place in hotplug policy tests udev kmod packaging xl-configs .ci; do
	[ ! -d "$place" ] || places+=("$place")
done

mapfile -t c_files < <(find "${places[@]}" -name '*.[ch]' -type f | sort)
# those that are built with the kernel's headers, which are not there, are for the kernel's own checkers
mapfile -t c_sources < <(printf '%s\n' "${c_files[@]}" | grep '\.c$' | grep -v '^kmod/\|^tests/fuzz/fuzz_kmod\|^tests/lib/guard\.c')

# A script is what says so in its first line, or in a note to shellcheck.
mapfile -t scripts < <(find "${places[@]}" -type f -size -200k -exec awk '
	FNR == 1 && /^#!.*\/(env )?(ba|da)?sh( |$)/ { print FILENAME; nextfile }
	FNR == 1 && /^# shellcheck shell=/ { print FILENAME; nextfile }
	{ nextfile }' {} + | sort -u)

c_flags=(-std=gnu11 -D_GNU_SOURCE "-DXNM_VERSION=\"0\"" -DXNM_WITH_XL -I.)
# shellcheck disable=SC2207 # options without spaces
c_flags+=($(pkg-config --cflags libnl-3.0 libnftnl libmnl xenstore inih json-c 2>/dev/null))

# lint NAME TOOL COMMAND...: one check; its output is what is wrong
lint() {
	local name=$1 tool=$2 log=$out/$1.log

	shift 2
	if ! command -v "$tool" >/dev/null; then
		skip "$name" "$tool is not installed (tests/lib/deps.sh lint)"
	elif "$@" >"$log" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "$(head -60 "$log")"
	fi
}

# Prints nothing and succeeds only if stdin is empty.
nothing() {
	! grep .
}

# ------------------------------------------------------------------ checks

format() {
	clang-format -n --Werror "${c_files[@]}"
}

cpp_check() {
	cppcheck --quiet -j 2 --error-exitcode=1 --inline-suppr --std=c11 \
		--enable=warning,performance,portability \
		--suppressions-list=<(grep -v '^#' tests/lint/cppcheck-suppressions | grep .) \
		--library=posix,gnu "${c_flags[@]:1}" "${c_sources[@]}"
}

# What is off for tests: they may include the file they test, call system() and
# vfork(); cmocka makes pointers of numbers; fakexen.c stands in for functions
# that name their arguments otherwise. They run under ASan and UBSan, which see
# more than the analyzer, and the analyzer takes most of the time.
tests_off='-bugprone-suspicious-include,-cert-env33-c,-performance-no-int-to-ptr'
tests_off="$tests_off,-clang-analyzer-*,-readability-inconsistent-declaration-parameter-name"

tidy() {
	local rc=0

	# shellcheck disable=SC2016 # the inner shell expands it
	printf '%s\n' "${c_sources[@]}" | xargs -P 2 -I FILE sh -c '
		file=$1 off=$2
		shift 2
		case $file in tests/*) ;; *) off= ;; esac
		clang-tidy --quiet --checks="$off" "$file" -- "$@" 2>/dev/null
	' sh FILE "$tests_off" "${c_flags[@]}" >"$out/clang-tidy.raw" || rc=1
	# a complaint about a header comes once for every file that includes it
	grep -E ': (error|warning): ' "$out/clang-tidy.raw" | sed "s|^$PWD/||; s|^\./||" | sort -u
	return $rc
}

shell_check() {
	shellcheck -x "${scripts[@]}"
}

spelling() {
	find . -maxdepth 1 -name '*.md' -print0 | xargs -0 codespell "${places[@]}" Makefile
}

man_pages() {
	local -a pages=("$O"/*.[58])

	[ -e "${pages[0]}" ] || {
		echo "there is no man page: make man"
		return 1
	}
	# scdoc always writes .PP before other macros, the title as it was given, and
	# sentences on lines of any length; that is how it works, and reads well
	mandoc -T lint "${pages[@]}" |
		grep -Ev 'skipping paragraph macro: PP|input text line longer|lower case character in document title' |
		nothing
}

# The licence first, then what the file is for: "name - one sentence".
heads() {
	tests/lint/map.sh -c
}

# README.md is what a newcomer reads: short, with no link that leads nowhere.
pages() {
	tests/lint/pages.sh | nothing
}

help_text() {
	local target text rc=0

	text=$(make --no-print-directory help) || return 1
	for target in all test check check-netns check-vm check-xen lint fuzz install; do
		printf '%s\n' "$text" | grep -Eq "^ +$target +[^ ]" || {
			echo "make help says nothing of $target"
			rc=1
		}
	done
	return $rc
}

# What editors and merges leave behind.
leftovers() {
	find "${places[@]}" \( -name '*.orig' -o -name '*.rej' -o -name '*~' -o -name '.*.sw?' -o \( -name core -type f \) \) |
		nothing && {
		grep -rnE '^(<<<<<<<|>>>>>>>)( |$)' "${places[@]}" | nothing
	}
}

whitespace() {
	grep -rnIE '[[:blank:]]+$' --include='*.[ch]' --include='*.sh' --include='*.mk' \
		--include='*.scd*' --include='*.ini' --include='*.def' "${places[@]}" Makefile | nothing
}

# guest_config FILE: what is wrong with one of xl-configs. It says which policy it belongs to, the README of
# its folder knows it, and a test starts a guest of it.
guest_config() {
	local file=$1 name network policy

	name=$(basename "$file" .cfg)
	policy=$(sed -n 's/^# policy: //p' "$file")
	network=$(sed -n 's/^# network: //p' "$file")
	[ -n "$policy" ] || echo "$file: no line '# policy: FILE...', or none"
	[ "$policy" != none ] || [ -z "$network" ] || echo "$file: a network without a policy"
	for policy in ${policy#none}; do
		if [ ! -f "$policy" ]; then
			echo "$file: there is no $policy"
			continue
		fi
		grep -qxF "[network $network]" "$policy" || echo "$file: $policy has no [network $network]"
		! grep -q '^extra.*ip=\|^vif.*bridge=' "$file" ||
			echo "$file: bridge= and addresses are for $policy to say"
	done
	grep -qF "($name.cfg)" xl-configs/README.md || echo "xl-configs/README.md: nothing of $name.cfg"
	# by its name alone, or as a word of the list that a loop goes through
	grep -rqE "(guest_create|start [0-9]+) $name( |$)|for guest in .*\b$name\b" tests/xen tests/netns ||
		echo "$file: no test starts a guest of it"
}

guest_configs() {
	local file

	for file in xl-configs/*.cfg; do
		guest_config "$file"
	done | nothing
}

# What systemd itself says of the units; the programs that they start need not be installed here.
units() {
	local dir rc=0

	dir=$(mktemp -d)
	cp packaging/systemd/*.service packaging/systemd/*.timer "$dir"
	# as Debian has it, so that the whole is looked at
	cp /lib/systemd/system/nftables.service "$dir"
	mkdir "$dir/nftables.service.d"
	cp packaging/systemd/firewall-dropin.conf "$dir/nftables.service.d/xnm.conf"
	find "$dir" -type f -exec sed -i -E "s,/usr/sbin/(xnm|dnsmasq|nft),$(command -v true) &," {} +
	{
		SYSTEMD_LOG_TARGET=console systemd-analyze verify --man=no "$dir"/*.service "$dir"/*.timer 2>&1
		# openrc-run itself is not there, but its files are shell
		sh -n packaging/openrc/xnm-boot 2>&1
	} | sed "s|^$dir/||" | nothing || rc=1
	rm -r "$dir"
	return $rc
}

# A privileged program that reads foreign text uses none of these.
unsafe_calls() {
	printf '%s\n' "${c_files[@]}" | grep -v '^tests/' | xargs grep -nE \
		'\b(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|alloca|system|popen|tmpnam|mktemp)\(' |
		nothing
}

# Who may include whom.
house() {
	tests/lint/house.sh | nothing
}

# What a part may name of another one.
parts() {
	tests/lint/parts.sh | nothing
}

operations() {
	tests/lint/ops.sh | nothing
}

# The tests stand where the code does.
mirror() {
	tests/lint/mirror.sh | nothing
}

# The kernel's own checkers, in the kernel's own build.
kmod_sparse() {
	tests/lint/kmod.sh sparse
}

kmod_checkpatch() {
	tests/lint/kmod.sh checkpatch
}

lint clang-format clang-format format
lint heads awk heads
lint pages awk pages
lint whitespace grep whitespace
lint leftovers find leftovers
lint unsafe-calls grep unsafe_calls
lint house awk house
lint parts sed parts
lint operations sed operations
lint mirror find mirror
lint guest-configs grep guest_configs
lint units systemd-analyze units
lint make-help make help_text
lint man-pages mandoc man_pages
lint codespell codespell spelling
lint shellcheck shellcheck shell_check
lint cppcheck cppcheck cpp_check
lint clang-tidy clang-tidy tidy
lint kmod-sparse sparse kmod_sparse
lint kmod-checkpatch perl kmod_checkpatch
tap_done
