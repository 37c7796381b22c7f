/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_uplink.c - run the operations on uplinks: the host's default routes, and who asks for them. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <string.h>

#include "hotplug/dhcp_client.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/lock.h"

bool apply_is_uplink_op(enum xnm_op_kind kind)
{
	return kind == XNM_OP_UPLINK_NOTE || kind == XNM_OP_DEFAULT_ADD ||
	       kind == XNM_OP_DEFAULT_DEL || kind == XNM_OP_DHCP_START ||
	       kind == XNM_OP_UPLINK_RELEASE;
}

static int device_index(struct xnm_ctx *ctx, const char *device, int *ifindex)
{
	struct xnm_link link;
	int rc = device[0] ? xnm_link_get(ctx->rtnl, device, &link) : -ENODEV;

	*ifindex = rc ? 0 : link.ifindex;
	return rc;
}

static int delete_default(struct xnm_ctx *ctx, const struct xnm_default *route)
{
	int rc = xnm_default_del(ctx->rtnl, route);

	return rc == -ESRCH || rc == -ENODEV ? 0 : rc;
}

static int change_default(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	struct xnm_default route = op->u.way.route;
	int rc = 0;

	route.ifindex = op->ifindex;
	if (route.ifindex == 0)
		rc = device_index(ctx, op->dev, &route.ifindex);
	if (op->kind == XNM_OP_DEFAULT_DEL)
		return rc == -ENODEV ? 0 : rc ? rc : delete_default(ctx, &route);
	return rc ? rc : xnm_default_add(ctx->rtnl, &route);
}

static int start_client(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_uplink_note note = plan->way_notes[op->u.way.note];
	struct xnm_link link;
	int rc = xnm_link_get(ctx->rtnl, op->dev, &link);

	/* on a device that is down it would end, or never ask */
	if (rc == 0 && !link.up)
		rc = xnm_link_set_up(ctx->rtnl, link.ifindex, true);
	return rc ? rc : xnm_dhcp_start(&ctx->dir, &note, &ctx->err);
}

static int release(struct xnm_ctx *ctx, const char *name, const struct xnm_owner *owner)
{
	struct xnm_uplink_note note;
	int ifindex, first = 0;
	bool there;

	/* a newer vif of the same guest may have it already */
	if (xnm_uplink_note_read(&ctx->dir, name, &note) == -ENOENT ||
	    (owner && (!note.has_owner || note.owner.domid != owner->domid ||
		       note.owner.devid != owner->devid)))
		return 0;
	if (note.dhcp_pid)
		xnm_dhcp_stop(note.dhcp_pid, note.dhcp_started);
	first = device_index(ctx, note.device, &ifindex);
	/* that it cannot be read does not say that its routes have gone with it */
	if (first && first != -ENODEV)
		return first;
	there = first == 0;
	first = 0;
	for (unsigned int i = 0; there && i < note.n_routes; i++) {
		int rc;

		note.routes[i].ifindex = ifindex;
		rc = delete_default(ctx, &note.routes[i]);
		first = first ? first : rc;
	}
	if (there)
		(void)apply_give_up_lease(ctx, &note, ifindex);
	return first ? first : xnm_uplink_note_remove(&ctx->dir, name);
}

int apply_release_uplink(struct xnm_ctx *ctx, const char *name, const struct xnm_owner *owner)
{
	uint64_t lock = xnm_lock_bridge(XNM_UPLINK_LOCK);
	int rc = 0;

	if (!ctx->has_uplink_lock)
		rc = xnm_lock_take(ctx->dir.lock_fd, lock, false, XNM_LOCK_TIMEOUT_MS);
	if (rc)
		return rc;
	rc = release(ctx, name, owner);
	if (!ctx->has_uplink_lock)
		xnm_lock_drop(ctx->dir.lock_fd, lock);
	return rc;
}

int apply_uplink_op(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	switch (op->kind) {
	case XNM_OP_UPLINK_NOTE:
		return xnm_uplink_note_write(&ctx->dir, &plan->way_notes[op->u.way.note]);
	case XNM_OP_DEFAULT_ADD:
	case XNM_OP_DEFAULT_DEL:
		return change_default(ctx, op);
	case XNM_OP_DHCP_START:
		return start_client(ctx, plan, op);
	case XNM_OP_UPLINK_RELEASE:
		return apply_release_uplink(ctx, plan->way_notes[op->u.way.note].name, &self);
	default:
		return -ENOSYS;
	}
}
