/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations on uplinks: the host's default routes, and DHCP clients. */
#include "hotplug/parts/uplink/apply.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/lock.h"
#include "hotplug/parts/uplink/client.h"
#include "hotplug/parts/uplink/lease.h"
#include "hotplug/parts/uplink/rival.h"

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

/* Records that an uplink could not get a new route: its old routes and its note then stay. */
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

/* A route that another uplink has noted, too, now belongs to that one. */
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

/* Deletes an uplink's routes. Returns 0, also if they disappeared with their device, or the first
 * -errno. */
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

/* Routes through the uplink's previous device, which a killed run has left. */
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

	/* a newer vif of the same guest may be the uplink already */
	if (xnm_uplink_note_read(&ctx->dir, name, &note) == -ENOENT ||
	    (owner && (!note.has_owner || note.owner.domid != owner->domid ||
		       note.owner.devid != owner->devid)))
		return 0;
	if (note.dhcp_pid)
		xnm_dhcp_stop(note.dhcp_pid, note.dhcp_started);
	first = device_index(ctx, note.device, &ifindex);
	/* if the device cannot be read, its routes may still exist */
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
	int rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_UPLINKS, NULL, XNM_LOCK_TIMEOUT_MS);

	if (rc)
		return rc;
	rc = release(ctx, name, owner);
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_UPLINKS);
	return rc;
}

static const char *name_of(const struct xnm_plan *plan, const struct xnm_op *op)
{
	return plan->uplink.notes[op->u.uplink.note].name;
}

static void note_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	(void)snprintf(out, out_size, "record the default routes of uplink %s", name_of(plan, op));
}

static int note_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	if (is_stuck(ctx, name_of(plan, op), 0))
		return 0;
	return xnm_uplink_note_write(&ctx->dir, &plan->uplink.notes[op->u.uplink.note]);
}

const struct xnm_op_type xnm_op_uplink_note = {
	.text = note_text,
	.run = note_run,
};

static void default_text(const struct xnm_op *op, const char *before, char *out, size_t out_size)
{
	char gateway[XNM_CIDR_TEXT_LEN];

	xnm_cidr_format_host(&op->u.uplink.route.gateway, gateway);
	(void)snprintf(out, out_size, "%s default route via %s dev %s metric %u", before, gateway,
		       op->dev, op->u.uplink.route.metric);
}

static int find_device(struct xnm_ctx *ctx, const struct xnm_op *op, struct xnm_default *route)
{
	*route = op->u.uplink.route;
	route->ifindex = op->ifindex;
	return route->ifindex ? 0 : device_index(ctx, op->dev, &route->ifindex);
}

static void default_add_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			     size_t out_size)
{
	(void)plan;
	default_text(op, "add", out, out_size);
}

static int default_add_run(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			   const struct xnm_op *op)
{
	struct xnm_default route;
	int rc = find_device(ctx, op, &route);

	rc = rc ? rc : xnm_default_add(ctx->rtnl, &route);
	if (rc)
		get_stuck(ctx, name_of(plan, op), op->u.uplink.route.gateway.family);
	return rc;
}

static const char *default_add_hint(struct xnm_ctx *ctx, const struct xnm_plan *plan,
				    const struct xnm_op *op, int rc)
{
	(void)ctx;
	(void)plan;
	return rc == -EEXIST ? apply_default_rival(&op->u.uplink.rival) : NULL;
}

const struct xnm_op_type xnm_op_uplink_default_add = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = default_add_text,
	.run = default_add_run,
	.hint = default_add_hint,
};

static void default_del_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			     size_t out_size)
{
	(void)plan;
	default_text(op, "delete", out, out_size);
}

static int default_del_run(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			   const struct xnm_op *op)
{
	struct xnm_default route;
	int rc;

	if (is_stuck(ctx, name_of(plan, op), op->u.uplink.route.gateway.family))
		return 0;
	rc = find_device(ctx, op, &route);
	return rc == -ENODEV ? 0 : rc ? rc : delete_default(ctx, &route);
}

const struct xnm_op_type xnm_op_uplink_default_del = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = default_del_text,
	.run = default_del_run,
};

static void client_stop_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			     size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "stop the DHCP client on %s and release its lease", op->dev);
}

/* If the lease cannot be removed, its note stays. */
static int client_stop_run(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			   const struct xnm_op *op)
{
	struct xnm_uplink_note note;
	int ifindex, rc = xnm_uplink_note_read(&ctx->dir, name_of(plan, op), &note);

	if (rc)
		return rc == -ENOENT ? 0 : rc;
	if (note.dhcp_pid)
		xnm_dhcp_stop(note.dhcp_pid, note.dhcp_started);
	rc = device_index(ctx, note.device, &ifindex);
	if (rc == 0)
		rc = apply_give_up_lease(ctx, &note, ifindex);
	if (rc && rc != -ENODEV) {
		get_stuck(ctx, name_of(plan, op), AF_INET);
		return rc;
	}
	note.dhcp_pid = 0;
	memset(&note.leased, 0, sizeof(note.leased));
	memset(&note.router, 0, sizeof(note.router));
	return xnm_uplink_note_write(&ctx->dir, &note);
}

const struct xnm_op_type xnm_op_uplink_client_stop = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = client_stop_text,
	.run = client_stop_run,
};

static void client_start_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			      size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "start a DHCP client on %s", op->dev);
}

static int start_client(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_uplink_note note = plan->uplink.notes[op->u.uplink.note];
	struct xnm_link link;
	int rc = xnm_link_get(ctx->rtnl, op->dev, &link);

	/* on a device that is down the client would exit, or never send */
	if (rc == 0 && !link.up)
		rc = xnm_link_set_up(ctx->rtnl, link.ifindex, true);
	return rc ? rc : xnm_dhcp_start(&ctx->dir, &note, &ctx->err);
}

static const char *client_hint(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			       const struct xnm_op *op, int rc)
{
	(void)ctx;
	(void)plan;
	(void)op;
	return rc == -ENOENT ? "there is no udhcpc, dhclient or dhcpcd: install one of them, or "
			       "give the router's address in gateway="
			     : NULL;
}

const struct xnm_op_type xnm_op_uplink_client_start = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = client_start_text,
	.run = start_client,
	.hint = client_hint,
};

static void release_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			 size_t out_size)
{
	(void)snprintf(out, out_size, "delete the default routes of uplink %s", name_of(plan, op));
}

static int release_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	return apply_release_uplink(ctx, name_of(plan, op), &self);
}

const struct xnm_op_type xnm_op_uplink_release = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = release_text,
	.run = release_run,
};
