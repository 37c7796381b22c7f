/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations on networks: their notes, sysctls and members. */
#include <errno.h>

#include "hotplug/core/release.h"
#include "hotplug/notes/network.h"
#include "hotplug/parts/network/settings_apply.h"

static void note_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "record nftables elements and sysctls of network %s",
		       plan->network.name);
}

static int note_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return apply_network_note(ctx, plan);
}

static void note_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	(void)op;
	(void)apply_release_network(ctx, plan->network.name, plan->network.note.bridge, &self);
}

const struct xnm_op_type xnm_op_network_note_write = {
	.text = note_text,
	.run = note_run,
	.undo = note_undo,
};

static void release_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			 size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size,
		       "remove nftables elements and sysctls of network %s unless it has vifs left",
		       plan->network.old_name);
}

static int release_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	(void)op;
	return apply_release_network(ctx, plan->network.old_name, plan->network.old_bridge, &self);
}

const struct xnm_op_type xnm_op_network_release = {
	.may_fail = true,
	.text = release_text,
	.run = release_run,
};

static void settings_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			  size_t out_size)
{
	int len = snprintf(out, out_size, "set");

	(void)op;
	for (unsigned int i = 0; i < plan->network.n_sysctls && len > 0 && (size_t)len < out_size;
	     i++)
		len += snprintf(out + len, out_size - (size_t)len, " %s=%u",
				plan->network.sysctls[i].path, plan->network.sysctls[i].value);
}

static int settings_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return apply_settings(ctx, plan);
}

static const char *settings_hint(struct xnm_ctx *ctx, const struct xnm_plan *plan,
				 const struct xnm_op *op, int rc)
{
	(void)ctx;
	(void)plan;
	(void)op;
	return rc == -E2BIG ? "this host has too many interfaces for rules that keep them from "
			      "forwarding to each other: filter between them yourself, and set "
			      "host-forward=yes in [global]"
			    : NULL;
}

const struct xnm_op_type xnm_op_network_settings = {
	.text = settings_text,
	.run = settings_run,
	.hint = settings_hint,
};

static void join_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "join network %s", plan->network.name);
}

static int join_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return xnm_network_member_add(&ctx->dir, plan->network.name, plan->domid, plan->devid);
}

static void join_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	(void)xnm_network_member_remove(&ctx->dir, plan->network.name, plan->domid, plan->devid);
}

const struct xnm_op_type xnm_op_network_join = {
	.text = join_text,
	.run = join_run,
	.undo = join_undo,
};

static void leave_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		       size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "leave network %s", plan->network.old_name);
}

static int leave_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return xnm_network_member_remove(&ctx->dir, plan->network.old_name, plan->domid,
					 plan->devid);
}

const struct xnm_op_type xnm_op_network_leave = {
	.may_fail = true,
	.text = leave_text,
	.run = leave_run,
};

static void hold_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "keep network %s even without vifs", plan->network.name);
}

static int hold_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return xnm_network_hold(&ctx->dir, plan->network.name);
}

static void hold_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	(void)xnm_network_unhold(&ctx->dir, plan->network.name);
}

const struct xnm_op_type xnm_op_network_hold = {
	.text = hold_text,
	.run = hold_run,
	.undo = hold_undo,
};

static void unhold_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "let network %s go with its last vif",
		       plan->network.old_name);
}

static int unhold_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	return xnm_network_unhold(&ctx->dir, plan->network.old_name);
}

const struct xnm_op_type xnm_op_network_unhold = {
	.text = unhold_text,
	.run = unhold_run,
};
