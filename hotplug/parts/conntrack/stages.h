/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stages.h - the stages of this part that its row, in plan.c, has from other files. */
#ifndef XNM_CONNTRACK_STAGES_H
#define XNM_CONNTRACK_STAGES_H

#include "hotplug/core/part.h"

int conntrack_released(struct xnm_ctx *ctx, const char *network,
		       const struct xnm_network_note *note);
int conntrack_rebuild(struct xnm_ctx *ctx, struct xnm_elements *kept);

#endif
