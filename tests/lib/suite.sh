#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# suite.sh - apt settings and package lists of another Debian release, for downloads; this machine's own stay as they are.
#
# usage: suite.sh FOLDER SUITE
#
# Prints the file that apt-get and apt-cache take by the variable APT_CONFIG. The
# packages come from where this machine has its own Debian packages from.
set -eu

mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial" "$1/none"
dir=$(cd "$1" && pwd)
suite=$2

# where this machine has Debian from
mirror() {
	# shellcheck disable=SC2016 # for apt to expand
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sort -u | head -1
}

if [ ! -e "$dir/complete" ]; then
	from=$(mirror)
	# without package lists it is not known which of the sources are Debian's
	[ -n "$from" ] || {
		apt-get -q update >&2
		from=$(mirror)
	}
	[ -n "$from" ] || {
		echo "suite.sh: no source of this machine's apt is Debian itself" >&2
		exit 1
	}
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	[ ! -e "$keys" ] || option=" [signed-by=$keys]"
	echo "deb${option:-} $from $suite main" >"$dir/sources.list"
	cat >"$dir/apt.conf" <<-END
		Dir::State "$dir/state";
		Dir::State::status "/dev/null";
		Dir::Cache "$dir/cache";
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "$dir/none";
		Dir::Etc::preferencesparts "$dir/none";
	END
	# what cannot be reached is only a warning to it
	APT_CONFIG=$dir/apt.conf apt-get -q update >&2 || :
	ls "$dir"/state/lists/*Packages* >/dev/null 2>&1 || {
		echo "suite.sh: the package lists of Debian $suite cannot be had" >&2
		exit 1
	}
	: >"$dir/complete"
fi
echo "$dir/apt.conf"
