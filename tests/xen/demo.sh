#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# demo.sh - boot Xen in QEMU and show how two guests get their network from xnm-vif and leave nothing behind.
#
# The programs come from $O/stage (make stage). The exit status is 0 only if all of it worked.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"
echo "Booting Xen 4.17 and a dom0 in QEMU; this takes a quarter of a minute ..."
exec tests/xen/boot.sh -t 300 tests/xen/demo-dom0.sh
