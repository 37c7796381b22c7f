/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations of a plan, and undo what a failed online changed in the network. */
#include "hotplug/core/apply.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/network.h"

/*
 * Test builds fail the operation whose number XNM_FAIL_AT gives, before or
 * (with a '+' behind the number) after doing it. Before that of XNM_KILL_AT
 * they are killed.
 */
static int injected_fault(const struct xnm_op *op, unsigned int n, int rc)
{
#ifdef XNM_FAULTS
	const char *at = getenv("XNM_FAIL_AT"), *kill_at = getenv("XNM_KILL_AT");
	char *end;

	if (!op && kill_at && strtoul(kill_at, NULL, 10) == n)
		(void)raise(SIGKILL);

	if (at && strtoul(at, &end, 10) == n && (*end == '+') == (op != NULL))
		return -EIO;
#else
	(void)op;
	(void)n;
#endif
	return rc;
}

/* Why an operation failed, as rtnetlink or nftables says it, or errno. */
static const char *reason_text(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			       const struct xnm_op *op, int rc)
{
	const struct xnm_op_type *type = op->type;
	const char *text = type->hint ? type->hint(ctx, plan, op, rc) : NULL;

	if (text)
		return text;
	if (rc == -EADDRINUSE && ctx->taken[0])
		return ctx->taken;
	if (type->talks_to == XNM_TALKS_TO_RTNL && ctx->rtnl)
		text = xnm_rtnl_reason(ctx->rtnl);
	else if (type->talks_to == XNM_TALKS_TO_NFT && ctx->nft)
		text = xnm_nft_reason(ctx->nft);
	return text && text[0] ? text : strerror(-rc);
}

/* Runs operation i. *done: it took effect, which it may have even if a fault was injected. */
static int run_reported(struct xnm_ctx *ctx, const struct xnm_plan *plan, unsigned int i,
			bool *done)
{
	const struct xnm_op *op = &plan->op[i];
	char text[256];
	int rc;

	*done = false;
	rc = injected_fault(NULL, i + 1, 0);
	if (rc == 0) {
		rc = op->type->run(ctx, plan, op);
		*done = rc == 0;
		xnm_log_debug("%s: %s", xnm_op_text(plan, op, text, sizeof(text)),
			      rc ? strerror(-rc) : "done");
	}
	if (rc == 0)
		rc = injected_fault(op, i + 1, 0);
	return rc ? xnm_fail(&ctx->err, rc, "cannot %s: %s",
			     xnm_op_text(plan, op, text, sizeof(text)),
			     reason_text(ctx, plan, op, rc))
		  : 0;
}

bool xnm_op_is_networks(const struct xnm_op *op)
{
	enum { NETWORK, VIF };
	static const uint8_t whose[] = {
#define XNM_PHASE(id, who, what) who,
#include "hotplug/core/phases.def"
#undef XNM_PHASE
	};

	return whose[op->phase] == NETWORK;
}

/* Takes back what the first n operations of a plan did to the network. */
static void undo_network(struct xnm_ctx *ctx, const struct xnm_plan *plan, unsigned int n)
{
	for (unsigned int i = n; i-- > 0;) {
		const struct xnm_op *op = &plan->op[i];

		if (xnm_op_is_networks(op) && op->type->undo)
			op->type->undo(ctx, plan, op);
	}
}

int xnm_apply_online(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	ctx->made_bridge = false;
	ctx->n_existed = 0;
	ctx->n_stuck = 0;
	for (unsigned int i = 0; i < plan->n; i++) {
		bool done;
		int rc = run_reported(ctx, plan, i, &done);

		if (rc && plan->op[i].type->may_fail) {
			xnm_log_warning("%s", ctx->err.text);
			ctx->err.text[0] = '\0';
			continue;
		}
		if (rc) {
			undo_network(ctx, plan, i + done);
			return rc;
		}
	}
	xnm_network_note_sent(&ctx->dir, plan->network.sent);
	xnm_network_note_sent(&ctx->dir, plan->owned.sent);
	return 0;
}

int xnm_apply_offline(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	char text[256];
	int first = 0;

	for (unsigned int i = 0; i < plan->n; i++) {
		int rc = plan->op[i].type->run(ctx, plan, &plan->op[i]);

		xnm_log_debug("%s: %s", xnm_op_text(plan, &plan->op[i], text, sizeof(text)),
			      rc ? strerror(-rc) : "done");
		/* the netdev may be disappearing by itself right now */
		if (rc == 0 || rc == -ENODEV || rc == -ENOENT || rc == -ESRCH)
			continue;
		first = first ? first
			      : xnm_fail(&ctx->err, rc, "cannot %s: %s",
					 xnm_op_text(plan, &plan->op[i], text, sizeof(text)),
					 reason_text(ctx, plan, &plan->op[i], rc));
	}
	return first;
}

int apply_ifindex(struct xnm_ctx *ctx, const struct xnm_op *op, const char *name, int *ifindex)
{
	struct xnm_link link;
	int rc;

	*ifindex = op->ifindex;
	if (*ifindex && name == op->dev)
		return 0;
	rc = xnm_link_get(ctx->rtnl, name, &link);
	*ifindex = link.ifindex;
	return rc;
}

void apply_lease_changed(struct xnm_ctx *ctx, const char *device, const struct xnm_cidr *address)
{
	if (address->family == 0 || ctx->n_leases == XNM_MAX_LEASES)
		return;
	memcpy(ctx->leases[ctx->n_leases].device, device, IFNAMSIZ);
	ctx->leases[ctx->n_leases++].address = *address;
}
