/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stages.h - the stage functions of this part that its row in plan.c takes from other files. */
#ifndef XNM_FASTPATH_STAGES_H
#define XNM_FASTPATH_STAGES_H

#include "hotplug/core/part.h"

int fastpath_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
int fastpath_gc(struct xnm_gc *gc);

#endif
