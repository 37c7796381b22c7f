/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cards_apply.c - move an interface's addresses and routes to the bridge that takes its place, and back. */
#include "hotplug/parts/bridge/cards_apply.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/carry.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/parts/bridge/read.h"

static int target(struct xnm_ctx *ctx, const struct xnm_op *op, int *ifindex)
{
	struct xnm_link link;
	int rc;

	*ifindex = op->u.carry.ifindex;
	if (*ifindex)
		return 0;
	rc = xnm_link_get(ctx->rtnl, op->u.carry.name, &link);
	*ifindex = link.ifindex;
	return rc;
}

/* Logged when the interface moves, and not again. */
static void move_settings(struct xnm_ctx *ctx, const struct xnm_carry *carry, const char *bridge)
{
	char stays[256];

	if (xnm_carry_bound(ctx->rtnl, carry->ifindex, stays, sizeof(stays)))
		xnm_log_info("%s takes the place of %s, but these are still bound to that "
			     "interface: %s; change them to name %s",
			     bridge, carry->ifname, stays, bridge);
	xnm_carry_settings(carry->ifname, bridge);
	if (xnm_carry_stays(carry->ifname, bridge, stays, sizeof(stays)))
		xnm_log_info("%s takes the place of %s, but these sysctls are not copied; set them "
			     "in the policy or yourself:%s",
			     bridge, carry->ifname, stays);
}

/* The interface, and the bridge that it is attached to or detached from. */
static struct xnm_carry_port port_of(const struct xnm_op *op, int bridge)
{
	struct xnm_carry_port port = { .ifindex = op->u.carry.port };

	if (op->u.carry.back)
		port.old_master = op->ifindex;
	else
		port.master = bridge;
	return port;
}

/* The bridge's addresses disappear when it is deleted. */
static int give_back(struct xnm_ctx *ctx, struct xnm_carry *carry, const struct xnm_link *nic,
		     int bridge)
{
	const struct xnm_carry_port port = {
		.ifindex = nic->master == bridge ? nic->ifindex : 0,
		.old_master = bridge,
	};
	int rc;

	rc = xnm_carry_put_addresses(ctx->rtnl, carry, nic->name, nic->ifindex);
	if (rc)
		return rc;
	rc = xnm_carry_switch(ctx->rtnl, carry, nic->name, nic->ifindex, &port, true);
	if (rc)
		(void)xnm_carry_take_addresses(ctx->rtnl, carry, nic->name, nic->ifindex, true);
	return rc;
}

int apply_carry_back(struct xnm_ctx *ctx, const struct xnm_link *bridge,
		     const struct xnm_bridge_note *note)
{
	static struct xnm_carry carry;
	struct xnm_link nic;
	int rc;

	rc = xnm_link_get(ctx->rtnl, note->carries, &nic);
	if (rc)
		return rc == -ENODEV ? -EAGAIN : rc;
	rc = xnm_facts_carry_back(&carry, ctx->rtnl, bridge, note);
	return rc ? rc : give_back(ctx, &carry, &nic, bridge->ifindex);
}

static void settings_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			  size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "give %s the sysctls of %s", op->u.carry.name, op->dev);
}

static int settings_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int ifindex, rc;

	(void)plan;
	rc = target(ctx, op, &ifindex);
	if (rc == 0)
		move_settings(ctx, op->u.carry.carry, op->u.carry.name);
	return rc;
}

static void settings_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int ifindex;

	(void)plan;
	if (target(ctx, op, &ifindex) == 0)
		xnm_carry_settings_undo(op->u.carry.name);
}

const struct xnm_op_type xnm_op_carry_settings = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = settings_text,
	.run = settings_run,
	.undo = settings_undo,
};

static void addresses_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			   size_t out_size)
{
	const struct xnm_carry *carry = op->u.carry.carry;
	char address[XNM_CIDR_TEXT_LEN];
	int len;

	(void)plan;
	len = snprintf(out, out_size, "give %s the addresses of %s:", op->u.carry.name, op->dev);
	for (unsigned int i = 0;
	     i < carry->n_addresses && len > 0 && (size_t)len + sizeof(address) < out_size; i++) {
		xnm_format_cidr(&carry->cidrs[i], address);
		len += snprintf(out + len, out_size - (size_t)len, " %s", address);
	}
}

static int addresses_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int ifindex, rc;

	(void)plan;
	rc = target(ctx, op, &ifindex);
	return rc ? rc
		  : xnm_carry_put_addresses(ctx->rtnl, op->u.carry.carry, op->u.carry.name,
					    ifindex);
}

static void addresses_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			   const struct xnm_op *op)
{
	int ifindex;

	(void)plan;
	if (target(ctx, op, &ifindex) == 0)
		(void)xnm_carry_take_addresses(ctx->rtnl, op->u.carry.carry, op->u.carry.name,
					       ifindex, true);
}

const struct xnm_op_type xnm_op_carry_addresses = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = addresses_text,
	.run = addresses_run,
	.undo = addresses_undo,
};

static void switch_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	const struct xnm_carry *carry = op->u.carry.carry;
	const char *to = op->u.carry.name;
	char port[64] = "";

	(void)plan;
	if (op->u.carry.port && op->u.carry.back)
		(void)snprintf(port, sizeof(port), "detach %s from its bridge, and ", to);
	else if (op->u.carry.port)
		(void)snprintf(port, sizeof(port), "attach %s to bridge %s, and ", op->dev, to);
	(void)snprintf(out, out_size, "%sgive %s %u route%s of %s", port, to, carry->n_routes,
		       carry->n_routes == 1 ? "" : "s", op->dev);
}

static int switch_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_carry_port port;
	int ifindex, rc;

	(void)plan;
	rc = target(ctx, op, &ifindex);
	if (rc)
		return rc;
	port = port_of(op, ifindex);
	return xnm_carry_switch(ctx->rtnl, op->u.carry.carry, op->u.carry.name, ifindex, &port,
				op->u.carry.back);
}

static void switch_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_carry_port port;
	int ifindex;

	(void)plan;
	if (target(ctx, op, &ifindex))
		return;
	port = port_of(op, ifindex);
	xnm_carry_switch_back(ctx->rtnl, op->u.carry.carry, op->u.carry.name, ifindex, &port);
}

const struct xnm_op_type xnm_op_carry_switch = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = switch_text,
	.run = switch_run,
	.undo = switch_undo,
};

static void end_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "delete the addresses of %s", op->dev);
}

static int end_carry(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_carry *carry = op->u.carry.carry;
	int ifindex, rc;

	(void)plan;
	rc = target(ctx, op, &ifindex);
	if (rc)
		return rc;
	rc = xnm_carry_take_addresses(ctx->rtnl, carry, carry->ifname, carry->ifindex, false);
	if (rc)
		xnm_carry_restore(ctx->rtnl, carry);
	return rc;
}

static void end_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int ifindex;

	(void)plan;
	if (target(ctx, op, &ifindex) == 0)
		xnm_carry_restore(ctx->rtnl, op->u.carry.carry);
}

const struct xnm_op_type xnm_op_carry_end = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = end_text,
	.run = end_carry,
	.undo = end_undo,
};
