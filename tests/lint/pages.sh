#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pages.sh - print what is wrong with the *.md pages: dead links, tables of files, and a README that is too long.
#
# usage: pages.sh [DIR]
#
# Links that leave the tree are not followed. A page links to a heading as
# GitHub spells it. What each file is for says the file; `make map` prints it.
set -u

longest=250
cd "${1:-.}" || exit 1

pages() {
	find . -maxdepth 1 -name '*.md'
	for place in hotplug policy udev kmod xl-configs packaging tests; do
		[ ! -d "$place" ] || find "$place" -name '*.md'
	done
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

pages | LC_ALL=C sort | while read -r page; do
	dead_links "$page"
	file_tables "$page"
done
n=$(wc -l <README.md) || n=0
[ "$n" -le $longest ] || echo "README.md: $n lines, and at most $longest: the rest belongs into the README of a folder"
for place in hotplug policy kmod xl-configs tests; do
	[ ! -d $place ] || [ -f $place/README.md ] || echo "$place has no README.md"
done
