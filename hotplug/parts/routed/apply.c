/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations on addresses, routes, neighbours and proxies. */
#include <errno.h>
#include <sys/socket.h>

#include "hotplug/core/apply.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/sysctl.h"

static void address_add_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			     size_t out_size)
{
	char addr[XNM_CIDR_TEXT_LEN];

	(void)plan;
	xnm_format_cidr(&op->u.addr, addr);
	(void)snprintf(out, out_size, "add address %s to %s", addr, op->dev);
}

/* An address that existed before must not be deleted on undo: the plan may have missed it. */
static int add_address(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int ifindex, rc;

	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	if (rc == 0)
		rc = xnm_addr_add_ours(ctx->rtnl, ifindex, &op->u.addr);
	if (rc == -EEXIST && ctx->n_existed < XNM_N_ELEMENTS(ctx->existed))
		ctx->existed[ctx->n_existed++] = (unsigned int)(op - plan->op);
	return rc == -EEXIST ? 0 : rc;
}

static bool has_existed(const struct xnm_ctx *ctx, unsigned int number)
{
	for (unsigned int i = 0; i < ctx->n_existed; i++) {
		if (ctx->existed[i] == number)
			return true;
	}
	return false;
}

static void address_add_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			     const struct xnm_op *op)
{
	int ifindex;

	/* the addresses of a deleted bridge are gone, too */
	if (!ctx->made_bridge && !has_existed(ctx, (unsigned int)(op - plan->op)) &&
	    apply_ifindex(ctx, op, op->dev, &ifindex) == 0)
		(void)xnm_addr_del(ctx->rtnl, ifindex, &op->u.addr);
}

const struct xnm_op_type xnm_op_address_add = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = address_add_text,
	.run = add_address,
	.undo = address_add_undo,
};

static void address_del_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			     size_t out_size)
{
	char addr[XNM_CIDR_TEXT_LEN];

	(void)plan;
	xnm_format_cidr(&op->u.addr, addr);
	(void)snprintf(out, out_size, "delete address %s from %s", addr, op->dev);
}

static int address_del_run(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			   const struct xnm_op *op)
{
	(void)plan;
	return xnm_addr_del_alone(ctx->rtnl, op->dev, op->ifindex, &op->u.addr);
}

static void address_del_undo(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			     const struct xnm_op *op)
{
	(void)plan;
	(void)xnm_addr_add_ours(ctx->rtnl, op->ifindex, &op->u.addr);
}

const struct xnm_op_type xnm_op_address_del = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = address_del_text,
	.run = address_del_run,
	.undo = address_del_undo,
};

static void address_flush_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			       size_t out_size)
{
	(void)plan;
	(void)snprintf(out, out_size, "delete the IPv4 addresses of %s", op->dev);
}

static int flush_ipv4(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	unsigned int n;
	bool more;
	int rc;

	(void)plan;
	do {
		rc = xnm_addr_list(ctx->rtnl, op->ifindex, AF_INET, addresses, XNM_MAX_ADDRESSES,
				   &n);
		more = rc == -E2BIG;
		rc = more ? 0 : rc;
		for (unsigned int i = 0; rc == 0 && i < n; i++)
			rc = xnm_addr_del(ctx->rtnl, op->ifindex, &addresses[i]);
	} while (rc == 0 && more);
	return rc;
}

const struct xnm_op_type xnm_op_address_flush = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = address_flush_text,
	.run = flush_ipv4,
};

/* "BEFORE ADDRESS BETWEEN DEVICE" */
static void host_text(const char *before, const struct xnm_cidr *address, const char *between,
		      const char *dev, char *out, size_t out_size)
{
	char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(address, text);
	(void)snprintf(out, out_size, "%s %s %s %s", before, text, between, dev);
}

static void route_add_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			   size_t out_size)
{
	(void)plan;
	host_text("add route", &op->u.route.dst, "dev", op->dev, out, out_size);
}

static int route_add_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_route route = op->u.route;
	int rc = apply_ifindex(ctx, op, op->dev, &route.ifindex);

	(void)plan;
	return rc ? rc : xnm_route_add(ctx->rtnl, &route);
}

const struct xnm_op_type xnm_op_route_add = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = route_add_text,
	.run = route_add_run,
};

static void route_del_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			   size_t out_size)
{
	(void)plan;
	host_text("delete route", &op->u.route.dst, "dev", op->dev, out, out_size);
}

static int route_del_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_route route = op->u.route;
	int rc = apply_ifindex(ctx, op, op->dev, &route.ifindex);

	(void)plan;
	if (rc == 0)
		rc = xnm_route_del(ctx->rtnl, &route);
	return rc == -ESRCH || rc == -ENODEV ? 0 : rc;
}

const struct xnm_op_type xnm_op_route_del = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = route_del_text,
	.run = route_del_run,
};

static void neighbour_add_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			       size_t out_size)
{
	(void)plan;
	host_text("add permanent neighbour", &op->u.neigh.addr, "dev", op->dev, out, out_size);
}

static int neighbour_add_run(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			     const struct xnm_op *op)
{
	(void)plan;
	return xnm_neigh_set_permanent(ctx->rtnl, op->ifindex, &op->u.neigh.addr, &op->u.neigh.mac);
}

const struct xnm_op_type xnm_op_neighbour_add = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = neighbour_add_text,
	.run = neighbour_add_run,
};

static void neighbour_del_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			       size_t out_size)
{
	(void)plan;
	host_text("delete neighbour", &op->u.neigh.addr, "dev", op->dev, out, out_size);
}

static int neighbour_del_run(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			     const struct xnm_op *op)
{
	int rc = xnm_neigh_del(ctx->rtnl, op->ifindex, &op->u.neigh.addr);

	(void)plan;
	return rc == -ENOENT ? 0 : rc;
}

const struct xnm_op_type xnm_op_neighbour_del = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = neighbour_del_text,
	.run = neighbour_del_run,
};

static void proxy_add_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			   size_t out_size)
{
	(void)plan;
	host_text("add proxy neighbour", &op->u.addr, "dev", op->dev, out, out_size);
}

/* Does not touch an existing entry: the kernel would mark another program's as ours. */
static int add_proxy(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	bool is_there = false, is_ours;

	(void)plan;
	if (xnm_neigh_proxy_get(ctx->rtnl, op->ifindex, &op->u.addr, &is_there, &is_ours) == 0 &&
	    is_there)
		return 0;
	return xnm_neigh_proxy_add(ctx->rtnl, op->ifindex, &op->u.addr);
}

const struct xnm_op_type xnm_op_proxy_add = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.text = proxy_add_text,
	.run = add_proxy,
};

static void proxy_del_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			   size_t out_size)
{
	(void)plan;
	host_text("delete proxy neighbour", &op->u.addr, "dev", op->dev, out, out_size);
}

static int remove_proxy(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_cidr host = xnm_cidr_host(&op->u.addr);
	bool is_there = true, is_ours = true;
	int ifindex, rc;

	(void)plan;
	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	if (rc == 0)
		rc = xnm_neigh_proxy_get(ctx->rtnl, ifindex, &host, &is_there, &is_ours);
	/* older kernels cannot tell whose entry it is */
	if (rc == -EOPNOTSUPP || (rc == 0 && is_there && is_ours))
		rc = xnm_neigh_proxy_del(ctx->rtnl, ifindex, &host);
	/* prefixes have no entry, and a device that was down has lost them */
	return rc == -ENOENT || rc == -ENODEV ? 0 : rc;
}

const struct xnm_op_type xnm_op_proxy_del = {
	.talks_to = XNM_TALKS_TO_RTNL,
	.may_fail = true,
	.text = proxy_del_text,
	.run = remove_proxy,
};

static void setting_text(const struct xnm_op *op, const char *name, char *out, size_t out_size)
{
	(void)snprintf(out, out_size, "%s %s on %s", op->u.on ? "enable" : "disable", name,
		       op->dev);
}

static void proxy_arp_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			   size_t out_size)
{
	(void)plan;
	setting_text(op, "proxy_arp", out, out_size);
}

static int proxy_arp_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)ctx;
	(void)plan;
	return xnm_sysctl_conf_set(AF_INET, op->dev, "proxy_arp", op->u.on);
}

const struct xnm_op_type xnm_op_proxy_arp = {
	.text = proxy_arp_text,
	.run = proxy_arp_run,
};

static void localnet_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			  size_t out_size)
{
	(void)plan;
	setting_text(op, "route_localnet", out, out_size);
}

static int localnet_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)ctx;
	(void)plan;
	return xnm_sysctl_conf_set(AF_INET, op->dev, "route_localnet", op->u.on);
}

const struct xnm_op_type xnm_op_route_localnet = {
	.text = localnet_text,
	.run = localnet_run,
};
