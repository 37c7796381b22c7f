#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fetch-debs.sh - download Debian packages and unpack them into a folder, installing nothing.
#
# usage: fetch-debs.sh DEST PACKAGE...
#
# Hypervisor, kernel and Xen tool packages must never be *installed* on the
# machine that runs the tests: their maintainer scripts change what boots next.
set -eu

dest=$1
shift
mkdir -p "$dest" "$dest/.debs" "$dest/.stamps"
dest=$(cd "$dest" && pwd)

missing=
for pkg in "$@"; do
	[ -e "$dest/.stamps/$pkg" ] || missing="$missing $pkg"
done
[ -n "$missing" ] || exit 0

cd "$dest/.debs"
# shellcheck disable=SC2086 # a list of package names, split on purpose
if ! apt-get -q download $missing >.log 2>&1; then
	# apt itself does not wait for another one
	flock /var/lib/apt apt-get -q update >.log 2>&1
	# shellcheck disable=SC2086 # as above
	apt-get -q download $missing >.log 2>&1 || {
		cat .log >&2
		echo "fetch-debs: cannot download:$missing" >&2
		exit 1
	}
fi
for pkg in $missing; do
	for deb in "${pkg}"_*.deb; do
		dpkg-deb -x "$deb" "$dest"
		rm -f "$deb"
	done
	: >"$dest/.stamps/$pkg"
done
