#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pages.sh - print what is wrong with the pages: dead links, tables of files, lines said twice, promises without a test.
#
# usage: pages.sh [DIR]
#
# Links that leave the tree are not followed. A page links to a heading as
# GitHub spells it. What each file is for says the file; `make map` prints it.
# README.md is short, and its table has each folder below a folder that has one.
# Files that a page names are there. A promise is a row of SECURITY.md whose last cell names
# the tests that show it, and those there are.
set -u

longest=250
cd "${1:-.}" || exit 1

places=()
for place in hotplug policy udev kmod xl-configs packaging tests; do
	[ ! -d "$place" ] || places+=("$place")
done

pages() {
	find . -maxdepth 1 -name '*.md'
	find "${places[@]}" -name '*.md'
}

# text FILE: the page without its blocks of code
text() {
	awk '/^```/ { code = !code; next } !code' "$1"
}

# anchors FILE: its headings, as links name them
anchors() {
	text "$1" | sed -n 's/^##* //p' | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# links FILE: where it links to, in the form [text](TARGET)
links() {
	text "$1" | grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//'
}

# dead_links FILE
dead_links() {
	local target file anchor

	links "$1" | while read -r target; do
		case $target in
		*://* | mailto:*) continue ;;
		esac
		file=${target%%#*} anchor=
		[ "$file" = "$target" ] || anchor=${target#*#}
		if [ -n "$file" ]; then
			file=$(dirname "$1")/$file
		else
			file=$1
		fi
		if [ ! -e "$file" ]; then
			echo "$1: there is no $target"
		elif [ -n "$anchor" ] && ! anchors "$file" | grep -qxF -- "$anchor"; then
			echo "$1: $target: no heading there is called so"
		fi
	done
}

# file_tables FILE: rows whose first cell is the name of a source file
file_tables() {
	text "$1" | grep -E '^\| *\[?`?[a-zA-Z0-9_*/-]+\.(c|h|cfg|sh|def|awk|py)([^a-zA-Z0-9_.]|$)' |
		sed "s|^|$1: a table of files, which make map prints: |"
}

# named_files FILE: source files that it names, also in its pictures, and that are nowhere
named_files() {
	local name

	grep -oE '[a-zA-Z0-9_*][a-zA-Z0-9_/*-]*\.(c|h|def)\>' "$1" | sort -u | while read -r name; do
		[ -n "$(find "${places[@]}" \( -path "*/$name" -o -path "$name" \) -print -quit)" ] || echo "$1: there is no file $name"
	done
}

# folders: those with sources that the table of README.md does not have; tests/README.md has its own list
folders() {
	find "${places[@]}" -mindepth 2 -name '*.c' | sed 's|/[^/]*$||' | grep -v '^tests/\|/tests$' | LC_ALL=C sort -u |
		while read -r folder; do
			grep -qF "| [$folder/]($folder) |" README.md || echo "README.md: no row for $folder/ in the table of folders"
		done
}

# said_twice FILE: a line that the next one repeats, from its beginning or as a whole
said_twice() {
	text "$1" | awk -v file="$1" '
		length($0) > 40 && substr($0, 1, 40) == substr(last, 1, 40) && $0 !~ /^\|/ { print file ": said twice: " $0 }
		{ last = $0 }'
}

# promises: what is wrong with the tests that the last cells of its first table name
promises() {
	local row test

	sed -n '/^## What is promised/,/^## [^W]/p' SECURITY.md | sed -n 's/^| *//p' | sed 1,2d | while read -r row; do
		row=${row%|*}
		test=${row##*|}
		grep -q '`' <<<"$test" || echo "SECURITY.md: which test shows it: ${row%%|*}|..."
		# shellcheck disable=SC2016 # Markdown's
		grep -o '`[^`]*`' <<<"$test" | tr -d '`' | while read -r test; do
			[ -e "tests/netns/$test" ] || [ -e "tests/$test" ] || [ -e "tests/fuzz/$test.c" ] ||
				echo "SECURITY.md: there is no test $test"
		done
	done
}

pages | LC_ALL=C sort | while read -r page; do
	dead_links "$page"
	file_tables "$page"
	said_twice "$page"
	named_files "$page"
done
! grep -q '^| folder |' README.md || folders
find "${places[@]}" -name '*.scd*' | LC_ALL=C sort | while read -r page; do
	said_twice "$page"
done
[ ! -f SECURITY.md ] || promises
n=$(wc -l <README.md) || n=0
[ "$n" -le $longest ] || echo "README.md: $n lines, and at most $longest: the rest belongs into the README of a folder"
for place in hotplug policy kmod xl-configs tests; do
	[ ! -d $place ] || [ -f $place/README.md ] || echo "$place has no README.md"
done
