#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# kernel-headers.sh - make empty headers of those that the module's parsers name and a program does not have.
#
# usage: kernel-headers.sh FOLDER
#
# What they are for is in tests/fuzz/kernel.h.
set -eu

cd "$(dirname "$0")/../.."
rm -rf "$1"
grep -hoE '#include <(linux|net|xen)/[a-z0-9_/]+\.h>' kmod/*.h kmod/guard.c kmod/offload.c kmod/hello.c kmod/ident.c kmod/store.c |
	sed 's/.*<\(.*\)>/\1/' | sort -u | while read -r header; do
	case $header in
	linux/*) [ ! -e "/usr/include/$header" ] || continue ;;
	esac
	mkdir -p "$1/${header%/*}"
	: >"$1/$header"
done
