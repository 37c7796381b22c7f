/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_uplink.c - run the operations on uplinks: the host's default routes, and who asks for them. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/dhcp_client.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/lock.h"

bool apply_is_uplink_op(enum xnm_op_kind kind)
{
	return kind == XNM_OP_UPLINK_NOTE || kind == XNM_OP_DEFAULT_ADD ||
	       kind == XNM_OP_DEFAULT_DEL || kind == XNM_OP_DHCP_STOP ||
	       kind == XNM_OP_DHCP_START || kind == XNM_OP_UPLINK_RELEASE;
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

/* What an uplink has stays as it is noted, if it could not get what is to come in its place. */
static void get_stuck(struct xnm_ctx *ctx, const char *name, uint8_t family)
{
	if (ctx->n_stuck == XNM_MAX_STUCK)
		return;
	memcpy(ctx->stuck[ctx->n_stuck].name, name, sizeof(ctx->stuck[0].name));
	ctx->stuck[ctx->n_stuck++].family = family;
}

/* family 0: of any */
static bool is_stuck(const struct xnm_ctx *ctx, const char *name, uint8_t family)
{
	for (unsigned int i = 0; i < ctx->n_stuck; i++) {
		if (strcmp(ctx->stuck[i].name, name) == 0 &&
		    (family == 0 || ctx->stuck[i].family == family))
			return true;
	}
	return false;
}

static int change_default(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const char *name = plan->way_notes[op->u.way.note].name;
	uint8_t family = op->u.way.route.gateway.family;
	struct xnm_default route = op->u.way.route;
	int rc = 0;

	if (op->kind == XNM_OP_DEFAULT_DEL && is_stuck(ctx, name, family))
		return 0;
	route.ifindex = op->ifindex;
	if (route.ifindex == 0)
		rc = device_index(ctx, op->dev, &route.ifindex);
	if (op->kind == XNM_OP_DEFAULT_DEL)
		return rc == -ENODEV ? 0 : rc ? rc : delete_default(ctx, &route);
	rc = rc ? rc : xnm_default_add(ctx->rtnl, &route);
	if (rc)
		get_stuck(ctx, name, family);
	return rc;
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

/* What is not taken back stays noted as it is. */
static int end_lease(struct xnm_ctx *ctx, const char *name)
{
	struct xnm_uplink_note note;
	int ifindex, rc = xnm_uplink_note_read(&ctx->dir, name, &note);

	if (rc)
		return rc == -ENOENT ? 0 : rc;
	if (note.dhcp_pid)
		xnm_dhcp_stop(note.dhcp_pid, note.dhcp_started);
	rc = device_index(ctx, note.device, &ifindex);
	if (rc == 0)
		rc = apply_give_up_lease(ctx, &note, ifindex);
	if (rc && rc != -ENODEV) {
		get_stuck(ctx, name, AF_INET);
		return rc;
	}
	note.dhcp_pid = 0;
	memset(&note.leased, 0, sizeof(note.leased));
	memset(&note.router, 0, sizeof(note.router));
	return xnm_uplink_note_write(&ctx->dir, &note);
}

/* What another uplink has noted, too, has gone over to that one. */
struct search {
	const struct xnm_run_dir *dir;
	const char *name, *device;
	const struct xnm_default *route;
};

static int has_same(void *arg, const char *name)
{
	const struct search *search = arg;
	struct xnm_uplink_note note;

	if (strcmp(name, search->name) == 0 || xnm_uplink_note_read(search->dir, name, &note) ||
	    strcmp(note.device, search->device) != 0)
		return 0;
	for (unsigned int i = 0; i < note.n_routes; i++) {
		if (xnm_same_default(&note.routes[i], search->route))
			return 1;
	}
	return 0;
}

/* Returns 0, also where they have gone with their device, or the first -errno. */
static int release_routes(struct xnm_ctx *ctx, const char *name, const char *device, int ifindex,
			  struct xnm_default *list, unsigned int n)
{
	int first = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct search search = { &ctx->dir, name, device, &list[i] };
		int rc;

		if (xnm_uplink_note_each(&ctx->dir, has_same, &search) > 0)
			continue;
		list[i].ifindex = ifindex;
		rc = delete_default(ctx, &list[i]);
		first = first ? first : rc;
	}
	return first;
}

/* Those through the device that it had before a run that was killed. */
static int release_left(struct xnm_ctx *ctx, struct xnm_uplink_note *note)
{
	int ifindex, rc = note->n_left ? device_index(ctx, note->left_device, &ifindex) : -ENODEV;

	return rc ? (rc == -ENODEV ? 0 : rc)
		  : release_routes(ctx, note->name, note->left_device, ifindex, note->left,
				   note->n_left);
}

static int release(struct xnm_ctx *ctx, const char *name, const struct xnm_owner *owner)
{
	struct xnm_uplink_note note;
	int ifindex, rc, first;
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
	first = there ? release_routes(ctx, name, note.device, ifindex, note.routes, note.n_routes)
		      : 0;
	rc = release_left(ctx, &note);
	first = first ? first : rc;
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
		if (is_stuck(ctx, plan->way_notes[op->u.way.note].name, 0))
			return 0;
		return xnm_uplink_note_write(&ctx->dir, &plan->way_notes[op->u.way.note]);
	case XNM_OP_DEFAULT_ADD:
	case XNM_OP_DEFAULT_DEL:
		return change_default(ctx, plan, op);
	case XNM_OP_DHCP_STOP:
		return end_lease(ctx, plan->way_notes[op->u.way.note].name);
	case XNM_OP_DHCP_START:
		return start_client(ctx, plan, op);
	case XNM_OP_UPLINK_RELEASE:
		return apply_release_uplink(ctx, plan->way_notes[op->u.way.note].name, &self);
	default:
		return -ENOSYS;
	}
}
