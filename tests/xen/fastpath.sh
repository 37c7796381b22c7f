#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fastpath.sh - the scenarios of the fast path alone, which need the kernel module.
exec "$(dirname "$0")/xen.sh" fastpath fastpath-zones fastpath-612 fastpath-abuse
