/* SPDX-License-Identifier: GPL-2.0-or-later */
/* part.c - call what parts do when something changes that they share. */
#include "hotplug/core/part.h"

#include <errno.h>

int xnm_parts_release(struct xnm_ctx *ctx, const char *network, const struct xnm_network_note *note)
{
	int rc = 0;

	for (const struct xnm_part *const *part = ctx->parts; rc == 0 && *part; part++) {
		rc = (*part)->release ? (*part)->release(ctx, network, note) : 0;
		if (rc == -ENOENT)
			rc = 0;
	}
	return rc;
}

int xnm_parts_released(struct xnm_ctx *ctx, const char *network,
		       const struct xnm_network_note *note)
{
	int rc = 0;

	for (const struct xnm_part *const *part = ctx->parts; rc == 0 && *part; part++)
		rc = (*part)->released ? (*part)->released(ctx, network, note) : 0;
	return rc;
}

void xnm_parts_before_bridge_goes(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	for (const struct xnm_part *const *part = ctx->parts; *part; part++) {
		if ((*part)->before_bridge_goes)
			(*part)->before_bridge_goes(plan);
	}
}

int xnm_parts_rebuild(struct xnm_ctx *ctx, struct xnm_elements *kept)
{
	int rc = 0;

	for (const struct xnm_part *const *part = ctx->parts; rc == 0 && *part; part++)
		rc = (*part)->rebuild ? (*part)->rebuild(ctx, kept) : 0;
	return rc;
}

int xnm_parts_gc(struct xnm_gc *gc, enum xnm_gc_step step)
{
	int rc = 0;

	for (const struct xnm_part *const *part = gc->ctx->parts; *part; part++) {
		int own = (*part)->gc[step] ? (*part)->gc[step](gc) : 0;

		rc = rc ? rc : own;
	}
	return rc;
}
