/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stages.h - the stage functions of this part that its row in plan.c takes from other files. */
#ifndef XNM_NETWORK_STAGES_H
#define XNM_NETWORK_STAGES_H

#include "hotplug/core/part.h"

int network_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
int network_released(struct xnm_ctx *ctx, const char *network, const struct xnm_network_note *note);
int network_gc_members(struct xnm_gc *gc);
int network_gc(struct xnm_gc *gc);

#endif
