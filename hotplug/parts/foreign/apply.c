/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations on our accept rules in other programs' chains. */
#include "hotplug/notes/generation.h"
#include "hotplug/parts/foreign/apply.h"
#include "hotplug/parts/foreign/stages.h"

#include <errno.h>
#include <string.h>

#include "hotplug/core/release.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/nft_foreign.h"
#include "hotplug/notes/foreign.h"
#include "hotplug/notes/network.h"

static int set_rules(struct xnm_ctx *ctx, unsigned int ip, const char *chain, const char *dev,
		     unsigned int rules)
{
	int rc = ctx->nft ? 0 : xnm_nft_open(&ctx->nft);

	if (rc == 0)
		rc = xnm_nft_let_through(ctx->nft, xnm_ip_families[ip], chain, dev, rules);
	/* only the last generation, if there were several: then the tables are checked once more */
	if (rc == 0 && xnm_nft_new_generation(ctx->nft))
		xnm_nft_count(&ctx->dir, xnm_nft_new_generation(ctx->nft));
	return rc;
}

static int note_chain(struct xnm_ctx *ctx, const struct xnm_op *op, const char *chain)
{
	struct xnm_foreign_note note;

	/* a missing or damaged note counts as empty */
	(void)xnm_foreign_note_read(&ctx->dir, op->dev, &note);
	note.routed = op->u.foreign.routed;
	(void)snprintf(note.chain[op->u.foreign.ip], XNM_CHAIN_LEN, "%s", chain);
	return xnm_foreign_note_write(&ctx->dir, op->dev, &note);
}

/* The vif no longer needs accept rules for op->dev; deletes them as apply_release_network()
 * does. */
static int leave_through(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };
	char network[XNM_NAME_LEN];
	int rc;

	xnm_foreign_network(network, op->dev);
	rc = xnm_network_member_remove(&ctx->dir, network, plan->domid, plan->devid);
	return rc ? rc
		  : apply_release_network(ctx, network, op->u.foreign.routed ? "" : op->dev, &self);
}

/* Searches all chains: the noted ones are for people, and the rules may have been moved. */
int apply_end_through(struct xnm_ctx *ctx, const char *dev)
{
	int first = 0;

	for (unsigned int ip = 0; ip < XNM_N_IP; ip++) {
		int rc = set_rules(ctx, ip, "", dev, 0);

		if (rc && rc != -ENOENT && !first)
			first = rc;
	}
	return first;
}

static const char *bridge_word(const struct xnm_op *op)
{
	return op->u.foreign.routed ? "" : "bridge ";
}

static void join_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	(void)snprintf(out, out_size,
		       "record that vif %u.%u needs %s%s accepted by other firewalls", plan->domid,
		       plan->devid, bridge_word(op), op->dev);
}

static int join_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	char network[XNM_NAME_LEN];

	xnm_foreign_network(network, op->dev);
	return xnm_network_member_add(&ctx->dir, network, plan->domid, plan->devid);
}

static void join_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)leave_through(ctx, plan, op);
}

const struct xnm_op_type xnm_op_foreign_join = {
	.text = join_text,
	.run = join_run,
	.undo = join_undo,
};

static void leave_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		       size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size,
		       "delete accept rules for %s%s from other firewalls unless it has vifs left",
		       bridge_word(op), op->dev);
}

static int leave_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	return leave_through(ctx, plan, op);
}

const struct xnm_op_type xnm_op_foreign_leave = {
	.may_fail = true,
	.text = leave_text,
	.run = leave_run,
};

static void rules_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		       size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "%s %s%s in %s filter %s",
		       op->u.foreign.rules ? "accept" : "stop accepting", bridge_word(op), op->dev,
		       xnm_ip_names[op->u.foreign.ip], op->u.foreign.chain);
}

/* The note exists as long as the rules do, even if the run is killed. */
static int let_through(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	unsigned int ip = op->u.foreign.ip, rules = op->u.foreign.rules;
	int rc = rules ? note_chain(ctx, op, op->u.foreign.chain) : 0;

	(void)plan;
	if (rc == 0)
		rc = set_rules(ctx, ip, op->u.foreign.chain, op->dev, rules);
	if (rules == 0)
		return rc && rc != -ENOENT ? rc : note_chain(ctx, op, "");
	/* the chain was deleted since it was read: plan again */
	return rc == -ENOENT ? -ESTALE : rc;
}

const struct xnm_op_type xnm_op_foreign_rules = {
	.talks_to = XNM_TALKS_TO_NFT,
	.text = rules_text,
	.run = let_through,
};

int foreign_release(struct xnm_ctx *ctx, const char *network, const struct xnm_network_note *note)
{
	const char *dev = xnm_foreign_dev(network);

	(void)note;
	return dev ? apply_end_through(ctx, dev) : 0;
}
