/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations of a plan: one verb of the kernel, xenstore or state folder each. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/sysctl.h"
#include "hotplug/xen/store.h"

/* Whose own words explain a failure. */
enum reason_source {
	REASON_ERRNO,
	REASON_KERNEL,
	REASON_NFT,
};

static int note_bridge(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	return xnm_state_bridge_write(&ctx->dir, op->dev, &plan->bridge_note);
}

static int write_frontend_mtu(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	char text[12];
	int rc;

	(void)snprintf(text, sizeof(text), "%u", op->u.mtu.to);
	rc = xnm_store_write(ctx->store, ctx->frontend, "mtu", text);
	/* a toolstack before 4.15 makes no such node, and a backend may not make one either */
	return rc == -EACCES || rc == -ENOENT ? 0 : rc;
}

static int wait_for_name(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	return xnm_state_vifname_write(&ctx->dir, op->u.name, plan->domid, plan->devid);
}

static void release_mac(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	if (plan->old_mac_scope[0])
		xnm_state_mac_release(&ctx->dir, plan->old_mac_scope, &plan->noted_mac, &self,
				      &plan->mac_heir);
}

/* Behind the notes, without which it would be nobody's, and before the vif joins its bridge: two that
 * come at the same time must not both have it. */
static int claim_mac(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	const struct xnm_owner self = { plan->domid, plan->devid };
	const struct xnm_state *state = &plan->state;
	struct xnm_owner owner;
	int rc = xnm_state_mac_claim(&ctx->dir, state->mac_scope, &state->mac, &self, &plan->leave,
				     &owner);

	if (rc == -EEXIST && apply_has_gone(ctx, &owner)) {
		const struct xnm_owners gone = { 1, { owner } };

		rc = xnm_state_mac_claim(&ctx->dir, state->mac_scope, &state->mac, &self, &gone,
					 &owner);
	}
	return rc == -EEXIST ? apply_was_slower(ctx, &owner, "mac=") : rc;
}

static int write_state(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	const struct xnm_state *state = &plan->state;
	int rc = xnm_state_write(&ctx->dir, state);

	if (rc == 0 && plan->claims_mac)
		rc = claim_mac(ctx, plan);
	if (rc == 0 && (strcmp(plan->old_mac_scope, state->mac_scope) != 0 ||
			!xnm_mac_equal(&plan->noted_mac, &state->mac)))
		release_mac(ctx, plan);
	return rc;
}

static int remove_state(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	int rc = xnm_state_remove(&ctx->dir, plan->domid, plan->devid);

	if (rc == 0)
		release_mac(ctx, plan);
	return rc;
}

static int run_op(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op,
		  enum reason_source *reason)
{
	*reason = REASON_ERRNO;
	switch (op->kind) {
	case XNM_OP_BRIDGE_NOTE:
	case XNM_OP_BRIDGE_RENOTE:
		return note_bridge(ctx, plan, op);
	case XNM_OP_HOLD:
		return xnm_state_hold_add(&ctx->dir, plan->network);
	case XNM_OP_UNHOLD:
		return xnm_state_hold_remove(&ctx->dir, plan->old_network);
	case XNM_OP_IPV6_DISABLE:
		return xnm_sysctl_disable_ipv6(op->dev);
	case XNM_OP_IPV6_ENABLE:
		return xnm_sysctl_conf_set(AF_INET6, op->dev, "disable_ipv6", 0);
	case XNM_OP_STATE_WRITE:
		return write_state(ctx, plan);
	case XNM_OP_STATE_REMOVE:
		return remove_state(ctx, plan);
	case XNM_OP_NAME_WAIT:
		return wait_for_name(ctx, plan, op);
	case XNM_OP_FRONTEND_MTU:
		return write_frontend_mtu(ctx, op);
	case XNM_OP_TELL:
	case XNM_OP_UNTELL:
		return apply_told_op(ctx, plan, op);
	case XNM_OP_FASTPATH:
	case XNM_OP_FASTPATH_END:
		return apply_fastpath_op(ctx, plan, op);
	case XNM_OP_ERROR_REMOVE:
		return xnm_store_remove(ctx->store, ctx->event->backend, "hotplug-error");
	case XNM_OP_CONNECTED:
		return xnm_store_write(ctx->store, ctx->event->backend, "hotplug-status",
				       "connected");
	default:
		*reason = REASON_KERNEL;
		if (apply_is_link_op(op->kind))
			return apply_link_op(ctx, plan, op);
		if (apply_is_uplink_op(op->kind))
			return apply_uplink_op(ctx, plan, op);
		*reason = op->kind == XNM_OP_FILTER || op->kind == XNM_OP_LET_THROUGH
				  ? REASON_NFT
				  : REASON_ERRNO;
		return apply_network_op(ctx, plan, op);
	}
}

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

/* Why an operation failed, in the words of who refused it. */
static const char *reason_text(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			       const struct xnm_op *op, enum reason_source source, int rc)
{
	const char *text = "";

	if (source == REASON_KERNEL && op->kind == XNM_OP_DEFAULT_ADD && rc == -EEXIST)
		return apply_default_rival(&op->u.way.rival);
	if (op->kind == XNM_OP_DHCP_START && rc == -ENOENT)
		return "there is no udhcpc, dhclient or dhcpcd: install one of them, or say the "
		       "router's address in gateway=";
	if (rc == -EADDRINUSE && ctx->taken[0])
		return ctx->taken;
	if (op->kind == XNM_OP_SETTINGS && rc == -E2BIG)
		return "this host has more interfaces than can be kept apart from each other: "
		       "close what is between them yourself, and say host-forward=yes in [global]";
	/* of all elements only a forward's does not begin with the vif's own name */
	if (source == REASON_NFT && rc == -EEXIST)
		return apply_forward_rival(ctx, plan);
	if (source == REASON_KERNEL && ctx->rtnl)
		text = xnm_rtnl_reason(ctx->rtnl);
	else if (source == REASON_NFT && ctx->nft)
		text = xnm_nft_reason(ctx->nft);
	return text[0] ? text : strerror(-rc);
}

/* Runs operation i; *done says whether it took place, which with an injected fault it may. */
static int run_reported(struct xnm_ctx *ctx, const struct xnm_plan *plan, unsigned int i,
			bool *done)
{
	const struct xnm_op *op = &plan->op[i];
	enum reason_source source = REASON_ERRNO;
	char text[256];
	int rc;

	*done = false;
	rc = injected_fault(NULL, i + 1, 0);
	if (rc == 0) {
		rc = run_op(ctx, plan, op, &source);
		*done = rc == 0;
		xnm_log_debug("%s: %s", xnm_op_text(plan, op, text, sizeof(text)),
			      rc ? strerror(-rc) : "done");
	}
	if (rc == 0)
		rc = injected_fault(op, i + 1, 0);
	return rc ? xnm_fail(&ctx->err, rc, "cannot %s: %s",
			     xnm_op_text(plan, op, text, sizeof(text)),
			     reason_text(ctx, plan, op, source, rc))
		  : 0;
}

/* Takes back one operation on a bridge that was there before. */
static void undo_on_bridge(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			   const struct xnm_op *op)
{
	switch (op->kind) {
	case XNM_OP_CARRY_SETTINGS:
	case XNM_OP_CARRY_ADDRESSES:
	case XNM_OP_CARRY_SWITCH:
	case XNM_OP_CARRY_END:
		apply_carry_undo(ctx, op);
		break;
	case XNM_OP_LINK_NOMASTER:
		(void)xnm_link_set_master(ctx->rtnl, op->ifindex, plan->bridge_ifindex);
		break;
	case XNM_OP_LINK_MAC:
		(void)xnm_link_set_mac(ctx->rtnl, op->ifindex, &plan->old_bridge_mac);
		break;
	case XNM_OP_BRIDGE_RENOTE:
		(void)xnm_state_bridge_write(&ctx->dir, op->dev, &plan->old_bridge_note);
		break;
	case XNM_OP_HOLD:
		(void)xnm_state_hold_remove(&ctx->dir, plan->network);
		break;
	default:
		break;
	}
}

static bool has_existed(const struct xnm_ctx *ctx, unsigned int op)
{
	for (unsigned int i = 0; i < ctx->n_existed; i++) {
		if (ctx->existed[i] == op)
			return true;
	}
	return false;
}

/* Takes back what the first n operations of a plan did to the network. */
static void undo_network(struct xnm_ctx *ctx, const struct xnm_plan *plan, unsigned int n)
{
	const struct xnm_owner self = { plan->domid, plan->devid };
	bool created = false;
	int ifindex;

	for (unsigned int i = 0; i < n; i++)
		created |= plan->op[i].kind == XNM_OP_BRIDGE_CREATE;
	for (unsigned int i = n; i-- > 0;) {
		const struct xnm_op *op = &plan->op[i];

		if (!op->shared)
			continue;
		if (op->kind == XNM_OP_MEMBER_ADD)
			(void)xnm_state_member_remove(&ctx->dir, plan->network, plan->domid,
						      plan->devid);
		else if (op->kind == XNM_OP_NETWORK_NOTE)
			(void)apply_release_network(ctx, plan->network, "", &self, true);
		else if (op->kind == XNM_OP_OWNED)
			(void)apply_leave_owned(ctx, plan, op, true);
		else if (op->kind == XNM_OP_THROUGH_JOIN)
			(void)apply_leave_through(ctx, plan, op, true);
		else if (op->kind == XNM_OP_LINK_MASTER)
			(void)xnm_link_set_master(ctx->rtnl, op->ifindex, 0);
		else if (op->kind == XNM_OP_ADDR_ADD && !created && !has_existed(ctx, i) &&
			 apply_ifindex(ctx, op, op->dev, &ifindex) == 0)
			(void)xnm_addr_del(ctx->rtnl, ifindex, &op->u.addr);
		else if (op->kind == XNM_OP_BRIDGE_NOTE && created)
			(void)apply_release_bridge(ctx, plan, op->dev);
		else if (op->kind == XNM_OP_BRIDGE_NOTE)
			/* somebody else made a bridge of that name, which is theirs then */
			(void)xnm_state_bridge_remove(&ctx->dir, op->dev);
		else
			undo_on_bridge(ctx, plan, op);
	}
}

static bool may_fail(enum xnm_op_kind kind)
{
	enum { MUST, MAY_FAIL };
	static const uint8_t failures[] = {
#define XNM_OP(kind, failure) [XNM_OP_##kind] = failure,
#include "hotplug/ops.def"
#undef XNM_OP
	};

	return failures[kind] == MAY_FAIL;
}

int xnm_apply_online(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	ctx->n_existed = 0;
	ctx->n_stuck = 0;
	for (unsigned int i = 0; i < plan->n; i++) {
		bool done;
		int rc = run_reported(ctx, plan, i, &done);

		if (rc && may_fail(plan->op[i].kind)) {
			xnm_log_warning("%s", ctx->err.text);
			ctx->err.text[0] = '\0';
			continue;
		}
		if (rc) {
			undo_network(ctx, plan, i + done);
			return rc;
		}
	}
	xnm_state_network_sent(&ctx->dir, plan->sent_network);
	xnm_state_network_sent(&ctx->dir, plan->sent_owned);
	return 0;
}

int xnm_apply_offline(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	enum reason_source source;
	char text[256];
	int first = 0;

	for (unsigned int i = 0; i < plan->n; i++) {
		int rc = run_op(ctx, plan, &plan->op[i], &source);

		xnm_log_debug("%s: %s", xnm_op_text(plan, &plan->op[i], text, sizeof(text)),
			      rc ? strerror(-rc) : "done");
		/* the netdev goes by itself in these very moments */
		if (rc == 0 || rc == -ENODEV || rc == -ENOENT || rc == -ESRCH)
			continue;
		first = first ? first
			      : xnm_fail(&ctx->err, rc, "cannot %s: %s",
					 xnm_op_text(plan, &plan->op[i], text, sizeof(text)),
					 reason_text(ctx, plan, &plan->op[i], source, rc));
	}
	return first;
}
