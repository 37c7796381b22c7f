#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fastpath.sh - the scenarios of the fast path alone, which need the kernel module.
#
# Attacks take their time: a quiet machine needs five minutes for them, and as many for all the rest.
XNM_LAB_LIMIT=${XNM_LAB_LIMIT:-2900} XNM_LAB_EACH=${XNM_LAB_EACH:-1500} \
	exec "$(dirname "$0")/xen.sh" fastpath fastpath-zones fastpath-612 fastpath-abuse
