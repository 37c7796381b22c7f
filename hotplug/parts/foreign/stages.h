/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stages.h - the stage functions of this part that its row in plan.c takes from other files. */
#ifndef XNM_FOREIGN_STAGES_H
#define XNM_FOREIGN_STAGES_H

#include "hotplug/core/part.h"

int foreign_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
int foreign_release(struct xnm_ctx *ctx, const char *network, const struct xnm_network_note *note);
int foreign_gc(struct xnm_gc *gc);

#endif
