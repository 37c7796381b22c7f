/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations on what dnsmasq knows of a vif. */
#include "hotplug/core/apply.h"
#include "hotplug/parts/dnsmasq/stages.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/kernel/dhcp6_release.h"
#include "hotplug/kernel/dhcp_release.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"
#include "hotplug/parts/dnsmasq/lease.h"

#define MAX_PAUSE_MS 128 /* 255 ms, all together */

static void reserve_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			 size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "add dnsmasq reservation %.*s",
		       (int)strcspn(plan->dnsmasq.line, "\n"), plan->dnsmasq.line);
}

static int reserve_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	(void)op;
	return xnm_dhcp_write(&ctx->dir, plan->note.dnsmasq.dir, &self, plan->dnsmasq.line);
}

const struct xnm_op_type xnm_op_dnsmasq_reserve = {
	.text = reserve_text,
	.run = reserve_run,
};

static void unreserve_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			   size_t out_size)
{
	(void)op;
	(void)snprintf(out, out_size, "delete the dnsmasq reservation of vif %u.%u", plan->domid,
		       plan->devid);
}

static int unreserve_run(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	(void)op;
	return xnm_dhcp_remove(&ctx->dir, plan->dnsmasq.old_dir, &self);
}

const struct xnm_op_type xnm_op_dnsmasq_unreserve = {
	.may_fail = true,
	.text = unreserve_text,
	.run = unreserve_run,
};

static void release_lease4(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			   const struct xnm_link *bridge, const struct xnm_cidr *address)
{
	struct xnm_cidr servers[XNM_MAX_ADDRESSES];
	unsigned int n = 0;
	int rc = xnm_addr_list(ctx->rtnl, bridge->ifindex, AF_INET, servers, XNM_MAX_ADDRESSES, &n);

	if (rc && rc != -E2BIG)
		return;
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_cidr_within(address, &servers[i]))
			(void)xnm_dhcp_release(bridge->ifindex, &servers[i], address,
					       &plan->address.old_mac);
	}
}

/* Only the server knows the client identifier that the guest uses. */
static void release_lease6(const struct xnm_plan *plan, const struct xnm_link *bridge,
			   const struct xnm_cidr *address)
{
	struct xnm_lease6 lease;

	if (xnm_lease_read(plan->dnsmasq.network, address, &lease) == 0)
		(void)xnm_dhcp6_release(bridge->ifindex, address, &plan->address.old_mac, &lease);
}

static void release_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			 size_t out_size)
{
	char address[XNM_CIDR_TEXT_LEN];

	(void)plan;
	xnm_cidr_format_host(&op->u.addr, address);
	(void)snprintf(out, out_size, "release the DHCP lease of %s on %s", address, op->dev);
}

/* Nobody waits for an answer, and without a bridge or a server there is no lease. */
static int release_lease(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_link bridge;

	if (xnm_link_get(ctx->rtnl, op->dev, &bridge))
		return 0;
	if (op->u.addr.family == AF_INET)
		release_lease4(ctx, plan, &bridge, &op->u.addr);
	else
		release_lease6(plan, &bridge, &op->u.addr);
	return 0;
}

const struct xnm_op_type xnm_op_dnsmasq_release_lease = {
	.may_fail = true,
	.text = release_text,
	.run = release_lease,
};

static bool has_leases(const struct xnm_plan *plan)
{
	struct xnm_lease6 lease;

	for (unsigned int i = 0; i < plan->n; i++) {
		if (plan->op[i].type == &xnm_op_dnsmasq_release_lease &&
		    xnm_lease_look(plan->dnsmasq.network, &plan->op[i].u.addr, &lease) == 0)
			return true;
	}
	return false;
}

void dnsmasq_before_bridge_goes(const struct xnm_plan *plan)
{
	for (int pause_ms = 1; pause_ms <= MAX_PAUSE_MS && has_leases(plan); pause_ms *= 2)
		(void)poll(NULL, 0, pause_ms);
}
