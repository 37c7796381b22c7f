/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations on what no guest of a bridge may use: its note and the note's members. */
#include "hotplug/core/release.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/owned.h"

/* Ends the vif's membership in the note on bridge op->dev's own addresses; as
 * apply_release_network(). */
static int leave(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };
	char network[XNM_NAME_LEN];
	int rc;

	xnm_owned_network(network, op->dev);
	rc = xnm_network_member_remove(&ctx->dir, network, plan->domid, plan->devid);
	return rc ? rc : apply_release_network(ctx, network, op->dev, &self);
}

static void join_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "%s the addresses on %s that no guest may use",
		       op->u.owned.note ? "record" : "keep", op->dev);
}

/* The note before the membership: a gc in between does not remove the note. */
static int join(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	char network[XNM_NAME_LEN];
	int rc = 0;

	xnm_owned_network(network, op->dev);
	if (op->u.owned.note)
		rc = xnm_network_note_write(&ctx->dir, network, &plan->owned.note);
	return rc ? rc : xnm_network_member_add(&ctx->dir, network, plan->domid, plan->devid);
}

static void join_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)leave(ctx, plan, op);
}

const struct xnm_op_type xnm_op_owned_join = {
	.text = join_text,
	.run = join,
	.undo = join_undo,
};

static void leave_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		       size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size,
		       "forget the addresses on %s that no guest may use unless it has vifs left",
		       op->dev);
}

const struct xnm_op_type xnm_op_owned_leave = {
	.may_fail = true,
	.text = leave_text,
	.run = leave,
};
