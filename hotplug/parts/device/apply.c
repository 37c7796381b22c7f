/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations on a device by itself: its names, MAC address, MTU, up and down. */
#include <errno.h>
#include <sys/socket.h>

#include "hotplug/core/apply.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/sysctl.h"
#include "hotplug/notes/vifname.h"

static void ipv6_off_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			  size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "disable IPv6 on %s", op->dev);
}

static int ipv6_off_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)ctx;
	(void)plan;
	return xnm_sysctl_disable_ipv6(op->dev);
}

const struct xnm_op_type xnm_op_device_ipv6_off = {
	.text = ipv6_off_text,
	.run = ipv6_off_run,
};

static void ipv6_on_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			 size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "enable IPv6 on %s", op->dev);
}

static int ipv6_on_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)ctx;
	(void)plan;
	return xnm_sysctl_conf_set(AF_INET6, op->dev, "disable_ipv6", 0);
}

const struct xnm_op_type xnm_op_device_ipv6_on = {
	.text = ipv6_on_text,
	.run = ipv6_on_run,
};

static int set_up(struct xnm_ctx *ctx, const struct xnm_op *op, bool up)
{
	int ifindex, rc;

	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	return rc ? rc : xnm_link_set_up(ctx->rtnl, ifindex, up);
}

static void down_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		      size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "set %s down", op->dev);
}

static int down_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	return set_up(ctx, op, false);
}

const struct xnm_op_type xnm_op_device_down = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = down_text,
	.run = down_run,
};

static void up_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		    size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "set %s up", op->dev);
}

static int up_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	return set_up(ctx, op, true);
}

const struct xnm_op_type xnm_op_device_up = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = up_text,
	.run = up_run,
};

static void rename_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "rename %s to %s", op->dev, op->u.name);
}

static int rename_link(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc = xnm_link_set_name(ctx->rtnl, op->ifindex, op->u.name);

	/* it may have waited for the name, if the offline of the vif that had it never ran */
	(void)xnm_vifname_note_remove(&ctx->dir, op->u.name, plan->domid, plan->devid);
	if (rc != -EEXIST)
		return rc;
	/* the name may be an altname of this device itself */
	if (xnm_link_del_altname(ctx->rtnl, op->ifindex, op->u.name))
		return rc;
	return xnm_link_set_name(ctx->rtnl, op->ifindex, op->u.name);
}

const struct xnm_op_type xnm_op_device_rename = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = rename_text,
	.run = rename_link,
};

static void altname_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			 size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "give %s the altname %s", op->dev, op->u.name);
}

/* Linux before 5.5 has no altnames: then only the notes tell the vif's new name. */
static int add_altname(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc = xnm_link_add_altname(ctx->rtnl, op->ifindex, op->u.name);

	(void)plan;
	return rc == -EOPNOTSUPP || rc == -EEXIST ? 0 : rc;
}

const struct xnm_op_type xnm_op_device_altname = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = altname_text,
	.run = add_altname,
};

static void mac_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size)
{
	char mac[XNM_MAC_TEXT_LEN];

	(void)plan;
	xnm_format_mac(&op->u.mac, mac);
	(void)snprintf(out, out_size, "set MAC address of %s to %s", op->dev, mac);
}

static int mac_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	return xnm_link_set_mac(ctx->rtnl, op->ifindex, &op->u.mac);
}

/* Only a bridge's MAC address is restored. */
static void mac_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)xnm_link_set_mac(ctx->rtnl, op->ifindex, &plan->bridge.old_mac);
}

const struct xnm_op_type xnm_op_device_mac = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = mac_text,
	.run = mac_run,
	.undo = mac_undo,
};

static void mtu_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		     size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "set MTU of %s from %u to %u", op->dev, op->u.mtu.from,
		       op->u.mtu.to);
}

static int mtu_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	return xnm_link_set_mtu(ctx->rtnl, op->ifindex, op->u.mtu.to);
}

const struct xnm_op_type xnm_op_device_mtu = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = mtu_text,
	.run = mtu_run,
};

static void group_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		       size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "set group of %s to %u", op->dev, op->u.group);
}

static int group_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	return xnm_link_set_group(ctx->rtnl, op->ifindex, op->u.group);
}

const struct xnm_op_type xnm_op_device_group = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = group_text,
	.run = group_run,
};

static const char *alias_of(const struct xnm_plan *plan, const struct xnm_op *op)
{
	return plan->note.device.alias[op->u.of_tap];
}

static void alias_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
		       size_t out_size)
{
	const char *alias = alias_of(plan, op);

	(void)snprintf(out, out_size, alias[0] ? "set alias of %s to '%s'" : "remove alias of %s",
		       op->dev, alias);
}

static int alias_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	return xnm_link_set_alias(ctx->rtnl, op->ifindex, alias_of(plan, op));
}

/* A guest without it works as well. */
const struct xnm_op_type xnm_op_device_alias = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = alias_text,
	.run = alias_run,
};

static void name_wait_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			   size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "record that %s waits for the name %s", op->dev, op->u.name);
}

static int name_wait_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	return xnm_vifname_note_write(&ctx->dir, op->u.name, plan->domid, plan->devid);
}

const struct xnm_op_type xnm_op_device_name_wait = {
	.text = name_wait_text,
	.run = name_wait_run,
};
