/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply_link.c - run the operations on devices: bridges, their ports, addresses, routes and neighbours. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <sys/socket.h>

#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/lock.h"

int apply_ifindex(struct xnm_ctx *ctx, const struct xnm_op *op, const char *name, int *ifindex)
{
	struct xnm_link link;
	int rc;

	*ifindex = op->ifindex;
	if (*ifindex && name == op->dev)
		return 0;
	rc = xnm_link_get(ctx->rtnl, name, &link);
	*ifindex = link.ifindex;
	return rc;
}

static int set_master(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int master = plan->bridge_ifindex;
	int rc = 0;

	if (master == 0)
		rc = apply_ifindex(ctx, op, op->u.name, &master);
	return rc ? rc : xnm_link_set_master(ctx->rtnl, op->ifindex, master);
}

static int rename_link(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc = xnm_link_set_name(ctx->rtnl, op->ifindex, op->u.name);

	/* it may have waited for the name, whose owner then went without an offline */
	(void)xnm_state_vifname_remove(&ctx->dir, op->u.name, plan->domid, plan->devid);
	if (rc != -EEXIST)
		return rc;
	/* the name may be taken by this device itself, as an alternative name */
	if (xnm_link_del_altname(ctx->rtnl, op->ifindex, op->u.name))
		return rc;
	return xnm_link_set_name(ctx->rtnl, op->ifindex, op->u.name);
}

/* Linux before 5.5 has no alternative names: then state files alone tell the vif's new name. */
static int add_altname(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	int rc = xnm_link_add_altname(ctx->rtnl, op->ifindex, op->u.name);

	return rc == -EOPNOTSUPP || rc == -EEXIST ? 0 : rc;
}

static int flush_ipv4(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES];
	unsigned int n;
	bool more;
	int rc;

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

/* One that was there already is not ours to take back: who plans may have missed it. */
static int add_address(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int ifindex, rc;

	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	if (rc == 0)
		rc = xnm_addr_add_new(ctx->rtnl, ifindex, &op->u.addr);
	if (rc == -EEXIST && ctx->n_existed < XNM_N_ELEMENTS(ctx->existed))
		ctx->existed[ctx->n_existed++] = (unsigned int)(op - plan->op);
	return rc == -EEXIST ? 0 : rc;
}

static int set_up(struct xnm_ctx *ctx, const struct xnm_op *op, bool up)
{
	int ifindex, rc;

	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	return rc ? rc : xnm_link_set_up(ctx->rtnl, ifindex, up);
}

static int set_vlans(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc;

	rc = xnm_port_add_vlans(ctx->rtnl, op->ifindex, &plan->vlan_add);
	if (rc == 0 && !xnm_vlans_empty(&plan->vlan_del))
		rc = xnm_port_del_vlans(ctx->rtnl, op->ifindex, &plan->vlan_del);
	return rc;
}

static int change_bridge(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	const struct xnm_bridge_settings settings = {
		.stp = op->u.bridge.stp,
		.set_vlan_filtering = op->u.bridge.set_vlan_filtering,
		.vlan_filtering = op->u.bridge.vlan_filtering,
		.mtu_bytes = op->u.bridge.mtu_bytes,
		.has_mac = op->u.bridge.has_mac,
		.mac = op->u.bridge.mac,
	};

	if (op->kind == XNM_OP_BRIDGE_CREATE)
		return xnm_bridge_create(ctx->rtnl, op->dev, &settings);
	return xnm_bridge_change(ctx->rtnl, op->ifindex, &settings);
}

int apply_release_bridge(struct xnm_ctx *ctx, const struct xnm_plan *plan, const char *bridge)
{
	struct xnm_bridge_note note;
	struct xnm_link link;
	int rc;

	rc = xnm_state_bridge_read(&ctx->dir, bridge, &note);
	if (rc)
		return rc == -ENOENT ? 0 : rc; /* another run was faster */
	rc = xnm_link_get(ctx->rtnl, bridge, &link);
	if (rc == 0) {
		rc = xnm_bridge_has_ports(ctx->rtnl, link.ifindex,
					  (const char(*)[IFNAMSIZ])note.interfaces,
					  note.n_interfaces);
		if (rc > 0)
			return 0;
	}
	if (rc == 0 && note.carries[0])
		rc = apply_carry_back(ctx, &link, &note);
	/* its interface is away: the bridge keeps its addresses until it is back */
	if (rc == -EAGAIN)
		return 0;
	if (rc == 0) {
		apply_await_releases(plan);
		rc = xnm_link_delete(ctx->rtnl, link.ifindex);
	}
	if (rc && rc != -ENODEV)
		return rc;
	return xnm_state_bridge_remove(&ctx->dir, bridge);
}

static int release_bridge_alone(struct xnm_ctx *ctx, const struct xnm_plan *plan,
				const char *bridge)
{
	uint64_t byte = xnm_lock_bridge(bridge);
	int rc;

	rc = xnm_lock_take(ctx->dir.lock_fd, byte, false, XNM_SHARED_LOCK_TIMEOUT_MS);
	if (rc)
		return rc;
	rc = apply_release_bridge(ctx, plan, bridge);
	xnm_lock_drop(ctx->dir.lock_fd, byte);
	return rc;
}

static int change_route(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	struct xnm_route route = op->u.route;
	int rc;

	rc = apply_ifindex(ctx, op, op->dev, &route.ifindex);
	if (rc == 0 && op->kind == XNM_OP_ROUTE_ADD)
		return xnm_route_add(ctx->rtnl, &route);
	if (rc == 0)
		rc = xnm_route_del(ctx->rtnl, &route);
	return rc == -ESRCH || rc == -ENODEV ? 0 : rc;
}

/* The kernel would make somebody else's entry ours. */
static int add_proxy(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	bool is_there = false, is_ours;

	if (xnm_neigh_proxy_get(ctx->rtnl, op->ifindex, &op->u.addr, &is_there, &is_ours) == 0 &&
	    is_there)
		return 0;
	return xnm_neigh_proxy_add(ctx->rtnl, op->ifindex, &op->u.addr);
}

static int remove_proxy(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	struct xnm_cidr host = op->u.addr;
	bool is_there = true, is_ours = true;
	int ifindex, rc;

	host.prefix_len = host.family == AF_INET ? 32 : 128;
	rc = apply_ifindex(ctx, op, op->dev, &ifindex);
	if (rc == 0)
		rc = xnm_neigh_proxy_get(ctx->rtnl, ifindex, &host, &is_there, &is_ours);
	/* a kernel that cannot say whose it is */
	if (rc == -EOPNOTSUPP || (rc == 0 && is_there && is_ours))
		rc = xnm_neigh_proxy_del(ctx->rtnl, ifindex, &host);
	/* prefixes have none, and a device that was down has lost them */
	return rc == -ENOENT || rc == -ENODEV ? 0 : rc;
}

int apply_link_op(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc;

	switch (op->kind) {
	case XNM_OP_BRIDGE_CREATE:
	case XNM_OP_BRIDGE_SET:
		return change_bridge(ctx, op);
	case XNM_OP_BRIDGE_RELEASE:
		return release_bridge_alone(ctx, plan, op->dev);
	case XNM_OP_ADDR_ADD:
		return add_address(ctx, plan, op);
	case XNM_OP_ADDR_FLUSH:
		return flush_ipv4(ctx, op);
	case XNM_OP_LINK_DOWN:
		return set_up(ctx, op, false);
	case XNM_OP_LINK_UP:
		return set_up(ctx, op, true);
	case XNM_OP_LINK_RENAME:
		return rename_link(ctx, plan, op);
	case XNM_OP_LINK_ALTNAME:
		return add_altname(ctx, op);
	case XNM_OP_LINK_MAC:
		return xnm_link_set_mac(ctx->rtnl, op->ifindex, &op->u.mac);
	case XNM_OP_LINK_MTU:
		return xnm_link_set_mtu(ctx->rtnl, op->ifindex, op->u.mtu.to);
	case XNM_OP_LINK_GROUP:
		return xnm_link_set_group(ctx->rtnl, op->ifindex, op->u.group);
	case XNM_OP_LINK_MASTER:
		return set_master(ctx, plan, op);
	case XNM_OP_LINK_NOMASTER:
		return xnm_link_set_master(ctx->rtnl, op->ifindex, 0);
	case XNM_OP_PORT_FLAGS:
		return xnm_port_set_flags(ctx->rtnl, op->ifindex, op->u.port.mask,
					  op->u.port.value);
	case XNM_OP_PORT_VLANS:
		return set_vlans(ctx, plan, op);
	case XNM_OP_ROUTE_ADD:
	case XNM_OP_ROUTE_DEL:
		return change_route(ctx, op);
	case XNM_OP_NEIGH_ADD:
		return xnm_neigh_set_permanent(ctx->rtnl, op->ifindex, &op->u.neigh.addr,
					       &op->u.neigh.mac);
	case XNM_OP_NEIGH_DEL:
		rc = xnm_neigh_del(ctx->rtnl, op->ifindex, &op->u.neigh.addr);
		return rc == -ENOENT ? 0 : rc;
	case XNM_OP_PROXY_ADD:
		return add_proxy(ctx, op);
	case XNM_OP_PROXY_DEL:
		return remove_proxy(ctx, op);
	case XNM_OP_CARRY_SETTINGS:
	case XNM_OP_CARRY_ADDRESSES:
	case XNM_OP_CARRY_SWITCH:
	case XNM_OP_CARRY_END:
		return apply_carry_op(ctx, op);
	default:
		return -ENOSYS;
	}
}

bool apply_is_link_op(enum xnm_op_kind kind)
{
	switch (kind) {
	case XNM_OP_NETWORK_NOTE:
	case XNM_OP_NETWORK_RELEASE:
	case XNM_OP_SETTINGS:
	case XNM_OP_MEMBER_ADD:
	case XNM_OP_MEMBER_REMOVE:
	case XNM_OP_CLAIM:
	case XNM_OP_RELEASE:
	case XNM_OP_FILTER:
	case XNM_OP_FORGET:
	case XNM_OP_PURGE:
	case XNM_OP_PROXY_ARP:
	case XNM_OP_ROUTE_LOCALNET:
	case XNM_OP_OWNED:
	case XNM_OP_OWNED_LEAVE:
	case XNM_OP_THROUGH_JOIN:
	case XNM_OP_THROUGH_LEAVE:
	case XNM_OP_LET_THROUGH:
	case XNM_OP_ASSIGN:
	case XNM_OP_POOL_LEAVE:
	case XNM_OP_DHCP_WRITE:
	case XNM_OP_DHCP_REMOVE:
	case XNM_OP_DHCP_RELEASE:
	case XNM_OP_UPLINK_NOTE:
	case XNM_OP_DEFAULT_ADD:
	case XNM_OP_DEFAULT_DEL:
	case XNM_OP_DHCP_STOP:
	case XNM_OP_DHCP_START:
	case XNM_OP_UPLINK_RELEASE:
		return false;
	default:
		return true;
	}
}
