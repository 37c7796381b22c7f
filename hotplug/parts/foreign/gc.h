/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.h - delete our rules in other programs' chains that no note names. */
#ifndef XNM_FOREIGN_GC_H
#define XNM_FOREIGN_GC_H

#include "hotplug/core/apply.h"

/* The notes were lost, or another program saved the rules and loads them when the host starts. */
void apply_end_strays(struct xnm_ctx *ctx);

#endif
