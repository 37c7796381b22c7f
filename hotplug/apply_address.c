/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_address.c - run the operations on pools and on what dnsmasq knows of a vif. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/dhcp.h"
#include "hotplug/dhcp_lease.h"
#include "hotplug/kernel/dhcp6_release.h"
#include "hotplug/kernel/dhcp_release.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/lock.h"
#include "hotplug/pool.h"

#define MAX_PAUSE_MS 128 /* 255 ms, all together */

/* The pool's lock was taken when its addresses were looked for, and is free when they are noted. */
static int assign(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	const struct xnm_pool_guest guest = { plan->state.mac, plan->state.uuid,
					      plan->state.domain_name };
	_cleanup_close_ int fd = xnm_pool_open(plan->pool, true);
	bool changed = false;
	int rc = fd < 0 ? fd : 0;

	for (unsigned int i = 0; rc >= 0 && i < plan->n_assign; i++) {
		rc = xnm_pool_assign(fd, &plan->assign[i], &guest);
		changed |= rc > 0;
	}
	xnm_lock_drop(ctx->dir.lock_fd, xnm_pool_lock(plan->pool));
	/* the guest may tell others its address: it must be the same after a power loss */
	if (rc >= 0 && changed && fsync(fd))
		rc = -errno;
	return rc < 0 ? rc : 0;
}

static void leave_pool(const struct xnm_plan *plan)
{
	_cleanup_close_ int fd = xnm_pool_open(plan->old_pool, false);

	for (unsigned int i = 0; fd >= 0 && i < plan->n_left; i++)
		xnm_pool_touch(fd, &plan->left[i], &plan->old_mac);
}

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
					       &plan->old_mac);
	}
}

/* What the guest calls itself there only the server knows. */
static void release_lease6(const struct xnm_plan *plan, const struct xnm_link *bridge,
			   const struct xnm_cidr *address)
{
	struct xnm_lease6 lease;

	if (xnm_lease_read(plan->lease_network, address, &lease) == 0)
		(void)xnm_dhcp6_release(bridge->ifindex, address, &plan->old_mac, &lease);
}

/* Nobody waits for it, and without a bridge or a server there is no lease. */
static void release_lease(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_link bridge;

	if (xnm_link_get(ctx->rtnl, op->dev, &bridge))
		return;
	if (op->u.addr.family == AF_INET)
		release_lease4(ctx, plan, &bridge, &op->u.addr);
	else
		release_lease6(plan, &bridge, &op->u.addr);
}

static bool has_leases(const struct xnm_plan *plan)
{
	struct xnm_lease6 lease;

	for (unsigned int i = 0; i < plan->n; i++) {
		if (plan->op[i].kind == XNM_OP_DHCP_RELEASE &&
		    xnm_lease_look(plan->lease_network, &plan->op[i].u.addr, &lease) == 0)
			return true;
	}
	return false;
}

void apply_await_releases(const struct xnm_plan *plan)
{
	for (int pause_ms = 1; pause_ms <= MAX_PAUSE_MS && has_leases(plan); pause_ms *= 2)
		(void)poll(NULL, 0, pause_ms);
}

int apply_address_op(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	switch (op->kind) {
	case XNM_OP_ASSIGN:
		return assign(ctx, plan);
	case XNM_OP_POOL_LEAVE:
		leave_pool(plan);
		return 0;
	case XNM_OP_DHCP_WRITE:
		return xnm_dhcp_write(&ctx->dir, plan->state.dhcp_dir, &self, plan->dhcp_line);
	case XNM_OP_DHCP_REMOVE:
		return xnm_dhcp_remove(&ctx->dir, plan->old_dhcp_dir, &self);
	case XNM_OP_DHCP_RELEASE:
		release_lease(ctx, plan, op);
		return 0;
	default:
		return -ENOSYS;
	}
}
