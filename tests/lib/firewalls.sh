#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# firewalls.sh - have Debian's firewalld and Docker in a folder, with what they need, and nothing installed.
#
# usage: firewalls.sh FOLDER
set -eu
mkdir -p "$1"
exec 9>>"$1/.lock"
flock 9
sh "$(dirname "$0")/fetch-debs.sh" "$1" firewalld python3-firewall python3-dbus python3-gi python3-nftables \
	gir1.2-glib-2.0 libgirepository-1.0-1 dbus dbus-daemon dbus-system-bus-common \
	docker.io containerd runc tini libdevmapper1.02.1
# one place for units, as on a host
[ ! -d "$1/lib" ] || {
	cp -a "$1/lib/." "$1/usr/lib"
	rm -r "${1:?}/lib"
}
