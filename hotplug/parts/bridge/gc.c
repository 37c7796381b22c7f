/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - remove bridges that xnm made and that no vif uses any more. */
#include "hotplug/parts/bridge/stages.h"

#include <stdio.h>

#include "hotplug/notes/bridge.h"

/* A bridge of ours whose last vif was never taken offline. */
static int collect_bridge(void *arg, const char *bridge)
{
	static struct xnm_plan plan;
	struct xnm_gc *gc = arg;
	struct xnm_ctx ctx = *gc->ctx;

	if (!xnm_made_bridge(&ctx.dir, bridge))
		return 0;
	plan.n = 1;
	plan.op[0].type = &xnm_op_bridge_release;
	(void)snprintf(plan.op[0].dev, sizeof(plan.op[0].dev), "%s", bridge);
	ctx.err.text[0] = '\0';
	if (xnm_apply_offline(&ctx, &plan))
		xnm_log_warning("%s", ctx.err.text);
	return 0;
}

int bridge_gc(struct xnm_gc *gc)
{
	return xnm_bridge_note_each(&gc->ctx->dir, collect_bridge, gc);
}
