#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# nft-13.sh - have nft(8) of Debian 13 in a folder, with the libraries that it needs, and nothing installed.
#
# usage: nft-13.sh FOLDER
#
# FOLDER/nft runs it. One caller at a time.
set -eu

lib=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
[ ! -x "$dir/nft" ] || exit 0
exec 9>>"$dir/.lock"
flock 9
[ ! -x "$dir/nft" ] || exit 0
APT_CONFIG=$(sh "$lib/suite.sh" "$dir/apt" trixie)
export APT_CONFIG
sh "$lib/fetch-debs.sh" "$dir/root" nftables libnftables1 libnftnl11 libmnl0 libc6 libjansson4 libedit2 libgmp10 \
	libxtables12 libtinfo6 libbsd0 libmd0
# with its own C library: this machine's is older
loader=$(find "$dir/root" -name 'ld-linux*.so.*' | head -1)
{
	echo '#!/bin/sh'
	echo "exec '$loader' --library-path '$(dirname "$(find "$dir/root" -name 'libnftables.so.1')")' '$dir/root/usr/sbin/nft' \"\$@\""
} >"$dir/nft.new"
chmod +x "$dir/nft.new"
"$dir/nft.new" --version >&2
mv "$dir/nft.new" "$dir/nft"
