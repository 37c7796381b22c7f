/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mtu_apply.c - set the MTU of a bridge. */
#include "hotplug/core/part.h"

#include <stdio.h>

#include "hotplug/core/apply.h"
#include "hotplug/kernel/rtnl.h"

static void mtu_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size)
{
	(void)plan;
	if (op->u.mtu.from == op->u.mtu.to)
		(void)snprintf(out, out_size, "keep %s at MTU %u whatever its ports have", op->dev,
			       op->u.mtu.to);
	else
		(void)snprintf(out, out_size, "set MTU of bridge %s from %u to %u", op->dev,
			       op->u.mtu.from, op->u.mtu.to);
}

static int mtu_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	return xnm_bridge_set_mtu(ctx->rtnl, op->ifindex, op->u.mtu.from, op->u.mtu.to);
}

/* From here on the kernel does not follow the ports of a bridge that the host's administrator made. */
static void mtu_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	(void)xnm_link_set_mtu(ctx->rtnl, op->ifindex, op->u.mtu.from);
}

const struct xnm_op_type xnm_op_bridge_mtu = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = mtu_text,
	.run = mtu_run,
	.undo = mtu_undo,
};
