/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_carry.c - move what an interface has to the bridge that takes its place, and back. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/carry.h"
#include "hotplug/kernel/rtnl.h"

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

/* It is said when the card moves, and not again. */
static void move_settings(const struct xnm_carry *carry, const char *bridge)
{
	char stays[256];

	xnm_carry_settings(carry->ifname, bridge);
	if (xnm_carry_stays(carry->ifname, bridge, stays, sizeof(stays)))
		xnm_log_info("%s takes the place of %s, but not these settings, which are the "
			     "policy's or your own to say for it:%s",
			     bridge, carry->ifname, stays);
}

static int end_carry(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	const struct xnm_carry *carry = op->u.carry.carry;
	int rc;

	rc = xnm_carry_take_addresses(ctx->rtnl, carry, carry->ifname, carry->ifindex, false);
	if (rc)
		xnm_carry_restore(ctx->rtnl, carry);
	return rc;
}

/* The card, and into which bridge it goes with this, or out of which. */
static struct xnm_carry_port port_of(const struct xnm_op *op, int bridge)
{
	struct xnm_carry_port port = { .ifindex = op->u.carry.port };

	if (op->u.carry.back)
		port.old_master = op->ifindex;
	else
		port.master = bridge;
	return port;
}

int apply_carry_op(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	struct xnm_carry *carry = op->u.carry.carry;
	struct xnm_carry_port port;
	int ifindex, rc;

	rc = target(ctx, op, &ifindex);
	if (rc)
		return rc;
	port = port_of(op, ifindex);
	switch (op->kind) {
	case XNM_OP_CARRY_SETTINGS:
		move_settings(carry, op->u.carry.name);
		return 0;
	case XNM_OP_CARRY_ADDRESSES:
		return xnm_carry_put_addresses(ctx->rtnl, carry, op->u.carry.name, ifindex);
	case XNM_OP_CARRY_SWITCH:
		return xnm_carry_switch(ctx->rtnl, carry, op->u.carry.name, ifindex, &port,
					op->u.carry.back);
	default:
		return end_carry(ctx, op);
	}
}

void apply_carry_undo(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	struct xnm_carry *carry = op->u.carry.carry;
	struct xnm_carry_port port;
	int ifindex;

	if (target(ctx, op, &ifindex))
		return;
	port = port_of(op, ifindex);
	switch (op->kind) {
	case XNM_OP_CARRY_SETTINGS:
		xnm_carry_settings_undo(op->u.carry.name);
		break;
	case XNM_OP_CARRY_ADDRESSES:
		(void)xnm_carry_take_addresses(ctx->rtnl, carry, op->u.carry.name, ifindex, true);
		break;
	case XNM_OP_CARRY_SWITCH:
		xnm_carry_switch_back(ctx->rtnl, carry, op->u.carry.name, ifindex, &port);
		break;
	default:
		xnm_carry_restore(ctx->rtnl, carry);
		break;
	}
}

/* The bridge's deletion takes the addresses from it. */
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
