#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# network-manager.sh - have Debian's NetworkManager in a folder, with what it needs, and nothing installed.
#
# usage: network-manager.sh FOLDER
set -eu
mkdir -p "$1"
exec 9>>"$1/.lock"
flock 9
sh "$(dirname "$0")/fetch-debs.sh" "$1" network-manager libnm0 libndp0 libteamdctl0 libmm-glib0 libjansson4 libpsl5 \
	libbluetooth3 libpolkit-gobject-1-0 libpolkit-agent-1-0 libcurl3-gnutls libreadline8 libnewt0.52 libslang2 \
	libnss3 libnspr4 libglib2.0-0 libgudev-1.0-0 dbus dbus-daemon dbus-bin dbus-system-bus-common
# one place for units and libraries, as on a host
[ ! -d "$1/lib" ] || {
	cp -a "$1/lib/." "$1/usr/lib"
	rm -r "${1:?}/lib"
}
