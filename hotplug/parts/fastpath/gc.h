/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.h - remove nodes of the fast path that no note explains. */
#ifndef XNM_FASTPATH_GC_H
#define XNM_FASTPATH_GC_H

#include "hotplug/core/apply.h"

/* As after notes were lost. */
void apply_fastpath_check(struct xnm_ctx *ctx);

#endif
