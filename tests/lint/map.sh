#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# map.sh - print what each file is for, by folder, as its first lines say it; or which files do not.
#
# usage: map.sh [-c] [DIR]
#
# With -c it prints only what is wrong: a file needs its licence and the
# sentence "NAME - what it is for" in its first four lines.
set -u

check=0
[ "${1:-}" != -c ] || {
	check=1
	shift
}
cd "${1:-.}" || exit 1

# Where our own files are; never the build folder.
places=()
for place in hotplug policy udev kmod xl-configs packaging tests .ci; do
	[ ! -d "$place" ] || places+=("$place")
done

# By their names, or, of those without a telling one, by what the first line says that runs them.
sources() {
	find "${places[@]}" -type f \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.awk' -o -name '*.py' \
		-o -name '*.mk' -o -name '*.cfg' -o -name '*.rules' -o -name '*.rc' -o -name '*.network' \
		-o -name '*.service' -o -name '*.timer' -o -name '*.conf' -o -name '*.bash' \)
	find "${places[@]}" -type f -size -200k -exec awk '
		FNR == 1 && /^#!.*\/(env )?(ba|da)?sh( |$)/ { print FILENAME }
		FNR == 1 && /^# shellcheck shell=/ { print FILENAME }
		{ nextfile }' {} +
	[ ! -f Makefile ] || echo Makefile
}

# LC_ALL: folders before what is below them, in the same order everywhere
mapfile -t files < <(sources | LC_ALL=C sort -u)
rc=0
for file in "${files[@]}"; do
	[ -s "$file" ] && continue
	echo "$file: empty"
	rc=1
done
awk -v check=$check '
	function close_file() {
		if (!file)
			return
		# a configuration is for others to copy
		if (check && !licence && name !~ /\.cfg$/)
			wrong(file ": no SPDX-License-Identifier in its first lines")
		if (!text)
			wrong(file ": its second line should be a comment: " name " - what it is for")
		else if (!check)
			show()
	}
	function wrong(what) {
		bad = 1
		if (check)
			print what
		else
			print what >"/dev/stderr"
	}
	function show() {
		if (folder != last)
			printf "%s%s\n", last == "" ? "" : "\n", folder
		last = folder
		printf "  %-28s %s\n", name, text
	}
	FNR == 1 {
		close_file()
		file = folder = name = FILENAME
		sub(/.*\//, "", name)
		if (!sub(/[^\/]*$/, "", folder) || folder == "")
			folder = "./"
		text = ""
		licence = 0
	}
	FNR > 4 { nextfile }
	index($0, "SPDX-License-Identifier: GPL-2.0") { licence = 1 }
	text == "" && (at = index($0, " " name " - ")) {
		text = substr($0, at + length(name) + 4)
		sub(/ *\*\/$/, "", text)
	}
	END {
		close_file()
		exit bad
	}' "${files[@]}" || rc=1
exit $rc
