/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations on bridges and their ports. */
#include "hotplug/core/part.h"

#include <errno.h>

#include "hotplug/core/apply.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/lock.h"
#include "hotplug/parts/bridge/cards_apply.h"
#include "hotplug/parts/bridge/read.h"

static struct xnm_bridge_settings settings_of(const struct xnm_op *op)
{
	const struct xnm_bridge_settings settings = {
		.stp = op->u.bridge.stp,
		.sets_delay = op->u.bridge.sets_delay,
		.set_vlan_filtering = op->u.bridge.set_vlan_filtering,
		.vlan_filtering = op->u.bridge.vlan_filtering,
		.mtu_bytes = op->u.bridge.mtu_bytes,
		.has_mac = op->u.bridge.has_mac,
		.mac = op->u.bridge.mac,
	};

	return settings;
}

static void create_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "create bridge %s (stp %s, vlan_filtering %s)", op->dev,
		       op->u.bridge.stp ? "on" : "off", op->u.bridge.vlan_filtering ? "on" : "off");
}

static int create_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_bridge_settings settings = settings_of(op);
	int rc = xnm_bridge_create(ctx->rtnl, op->dev, &settings);

	(void)plan;
	ctx->made_bridge |= rc == 0;
	return rc;
}

const struct xnm_op_type xnm_op_bridge_create = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = create_text,
	.run = create_run,
};

static void set_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "set bridge %s to stp %s, vlan_filtering %s", op->dev,
		       op->u.bridge.stp ? "on" : "off", op->u.bridge.vlan_filtering ? "on" : "off");
}

static int set_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_bridge_settings settings = settings_of(op);

	(void)plan;
	return xnm_bridge_change(ctx->rtnl, op->ifindex, &settings);
}

const struct xnm_op_type xnm_op_bridge_set = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = set_text,
	.run = set_run,
};

static void multicast_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			   size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "set bridge %s to mcast_snooping %s, mcast_querier %s",
		       op->dev, op->u.multicast.snooping ? "on" : "off",
		       op->u.multicast.querier ? "on" : "off");
}

static int multicast_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int ifindex, rc;

	(void)plan;
	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	return rc ? rc
		  : xnm_bridge_set_multicast(ctx->rtnl, ifindex, op->u.multicast.snooping,
					     op->u.multicast.querier);
}

static void multicast_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			   const struct xnm_op *op)
{
	int ifindex;

	(void)plan;
	if (apply_ifindex(ctx, op, op->dev, &ifindex) == 0)
		(void)xnm_bridge_set_multicast(ctx->rtnl, ifindex, op->u.multicast.had_snooping,
					       op->u.multicast.had_querier);
}

const struct xnm_op_type xnm_op_bridge_multicast = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = multicast_text,
	.run = multicast_run,
	.undo = multicast_undo,
};

/* Removes a bridge of ours that has no port. The caller holds its lock alone, so none can come in between. */
static int release_bridge(struct xnm_ctx *ctx, const struct xnm_plan *plan, const char *bridge)
{
	struct xnm_bridge_note note;
	struct xnm_link link;
	int rc;

	rc = xnm_bridge_note_read(&ctx->dir, bridge, &note);
	if (rc)
		return rc == -ENOENT ? 0 : rc; /* another run has removed it */
	rc = xnm_link_get(ctx->rtnl, bridge, &link);
	if (rc == 0)
		rc = xnm_facts_follow(ctx->rtnl, &note, NULL);
	if (rc == 0) {
		rc = xnm_bridge_has_ports(ctx->rtnl, link.ifindex,
					  (const char(*)[IFNAMSIZ])note.interfaces,
					  note.n_interfaces);
		if (rc > 0)
			return 0;
	}
	if (rc == 0 && note.carries[0])
		rc = apply_carry_back(ctx, &link, &note);
	/* the interface does not exist: the bridge keeps its addresses until it is back */
	if (rc == -EAGAIN)
		return 0;
	if (rc == 0) {
		xnm_parts_before_bridge_goes(ctx, plan);
		rc = xnm_link_delete(ctx->rtnl, link.ifindex);
	}
	if (rc && rc != -ENODEV)
		return rc;
	return xnm_bridge_note_remove(&ctx->dir, bridge);
}

static void note_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "record that xnm makes bridge %s", op->dev);
}

static int note_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	return xnm_bridge_note_write(&ctx->dir, op->dev, &plan->bridge.note);
}

/* If another program has created the bridge meanwhile, only our note on it goes. */
static void note_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	if (ctx->made_bridge)
		(void)release_bridge(ctx, plan, op->dev);
	else
		(void)xnm_bridge_note_remove(&ctx->dir, op->dev);
}

const struct xnm_op_type xnm_op_bridge_note = {
	.text = note_text,
	.run = note_run,
	.undo = note_undo,
};

static void renote_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "update the note on bridge %s", op->dev);
}

static void renote_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)xnm_bridge_note_write(&ctx->dir, op->dev, &plan->bridge.old_note);
}

const struct xnm_op_type xnm_op_bridge_renote = {
	.text = renote_text,
	.run = note_run,
	.undo = renote_undo,
};

static void release_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			 size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "delete bridge %s unless it has ports left", op->dev);
}

static int release_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_OLD_NETWORK, op->dev,
			  XNM_SHARED_LOCK_TIMEOUT_MS);

	if (rc)
		return rc;
	rc = release_bridge(ctx, plan, op->dev);
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_OLD_NETWORK);
	return rc;
}

const struct xnm_op_type xnm_op_bridge_release = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = release_text,
	.run = release_run,
};

static void attach_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "attach %s to bridge %s", op->dev, op->u.name);
}

static int set_master(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int master = plan->bridge.ifindex;
	int rc = 0;

	if (master == 0)
		rc = apply_ifindex(ctx, op, op->u.name, &master);
	return rc ? rc : xnm_link_set_master(ctx->rtnl, op->ifindex, master);
}

static void attach_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	(void)xnm_link_set_master(ctx->rtnl, op->ifindex, 0);
}

const struct xnm_op_type xnm_op_port_attach = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = attach_text,
	.run = set_master,
	.undo = attach_undo,
};

static void detach_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "detach %s from its bridge", op->dev);
}

static int detach_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	return xnm_link_set_master(ctx->rtnl, op->ifindex, 0);
}

static void detach_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)xnm_link_set_master(ctx->rtnl, op->ifindex, plan->bridge.ifindex);
}

const struct xnm_op_type xnm_op_port_detach = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = detach_text,
	.run = detach_run,
	.undo = detach_undo,
};

static void print_flags(const struct xnm_port_want *port, char *out, size_t out_size)
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned int i = 0; i < XNM_N_PORT_FLAGS && len < out_size; i++) {
		if (port->mask & (1u << i))
			len += (size_t)snprintf(out + len, out_size - len, "%s%s %s",
						len ? ", " : "", xnm_port_flag_name(i),
						port->value & (1u << i) ? "on" : "off");
	}
}

static void port_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	char flags[192];

	(void)plan;
	print_flags(&op->u.port, flags, sizeof(flags));
	(void)snprintf(out, out_size, "set port %s %s", op->dev, flags);
}

static int flags_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	return xnm_port_set_flags(ctx->rtnl, op->ifindex, op->u.port.mask, op->u.port.value);
}

const struct xnm_op_type xnm_op_port_flags = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = port_text,
	.run = flags_run,
};

static void vlan_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	char vlans[128];

	(void)snprintf(out, out_size, "set VLANs of %s to %s", op->dev,
		       xnm_vlans_format(&plan->bridge.vlan_add, vlans, sizeof(vlans)));
}

static int set_vlans(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc;

	rc = xnm_port_add_vlans(ctx->rtnl, op->ifindex, &plan->bridge.vlan_add);
	if (rc == 0 && !xnm_vlans_empty(&plan->bridge.vlan_del))
		rc = xnm_port_del_vlans(ctx->rtnl, op->ifindex, &plan->bridge.vlan_del);
	return rc;
}

const struct xnm_op_type xnm_op_port_vlans = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = vlan_text,
	.run = set_vlans,
};
