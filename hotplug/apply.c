/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - run the operations of a plan: one verb of the kernel, xenstore or state folder each. */
#include "hotplug/apply_parts.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/sysctl.h"
#include "hotplug/lock.h"
#include "hotplug/xen/store.h"

/* Whose own words explain a failure. */
enum reason_source {
	REASON_ERRNO,
	REASON_KERNEL,
	REASON_NFT,
};

/* The device's index: known from the facts, or made by an operation before. */
static int op_ifindex(struct xnm_ctx *ctx, const struct xnm_op *op, const char *name, int *ifindex)
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
		rc = op_ifindex(ctx, op, op->u.name, &master);
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
	int rc;

	do {
		rc = xnm_addr_list(ctx->rtnl, op->ifindex, AF_INET, addresses, XNM_MAX_ADDRESSES,
				   &n);
		for (unsigned int i = 0; rc == 0 && i < n; i++)
			rc = xnm_addr_del(ctx->rtnl, op->ifindex, &addresses[i]);
	} while (rc == 0 && n == XNM_MAX_ADDRESSES);
	return rc;
}

static int add_address(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	int ifindex, rc;

	rc = op_ifindex(ctx, op, op->dev, &ifindex);
	return rc ? rc : xnm_addr_add(ctx->rtnl, ifindex, &op->u.addr);
}

static int set_up(struct xnm_ctx *ctx, const struct xnm_op *op, bool up)
{
	int ifindex, rc;

	rc = op_ifindex(ctx, op, op->dev, &ifindex);
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

/* The caller holds the bridge's lock alone, so no port can come in between. */
static int release_bridge(struct xnm_ctx *ctx, const char *bridge)
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
	if (rc == 0)
		rc = xnm_link_delete(ctx->rtnl, link.ifindex);
	if (rc && rc != -ENODEV)
		return rc;
	return xnm_state_bridge_remove(&ctx->dir, bridge);
}

static int release_bridge_alone(struct xnm_ctx *ctx, const char *bridge)
{
	uint64_t byte = xnm_lock_bridge(bridge);
	int rc;

	rc = xnm_lock_take(ctx->dir.lock_fd, byte, false, XNM_SHARED_LOCK_TIMEOUT_MS);
	if (rc)
		return rc;
	rc = release_bridge(ctx, bridge);
	xnm_lock_drop(ctx->dir.lock_fd, byte);
	return rc;
}

static int note_bridge(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	return xnm_state_bridge_write(&ctx->dir, op->dev, &plan->bridge_note);
}

static int write_frontend_mtu(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	char text[12];
	int rc;

	(void)snprintf(text, sizeof(text), "%u", op->u.mtu.to);
	rc = xnm_store_write(ctx->store, ctx->frontend, "mtu", text);
	/* a toolstack before 4.15 makes no such node, and a backend may not make one either */
	return rc == -EACCES || rc == -ENOENT ? 0 : rc;
}

static int wait_for_name(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	return xnm_state_vifname_write(&ctx->dir, op->u.name, plan->domid, plan->devid);
}

static int change_route(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	struct xnm_route route = op->u.route;
	int rc;

	rc = op_ifindex(ctx, op, op->dev, &route.ifindex);
	if (rc == 0 && op->kind == XNM_OP_ROUTE_ADD)
		return xnm_route_replace(ctx->rtnl, &route);
	if (rc == 0)
		rc = xnm_route_del(ctx->rtnl, &route);
	return rc == -ESRCH || rc == -ENODEV ? 0 : rc;
}

static int remove_proxy(struct xnm_ctx *ctx, const struct xnm_op *op)
{
	struct xnm_cidr host = op->u.addr;
	int ifindex, rc;

	host.prefix_len = host.family == AF_INET ? 32 : 128;
	rc = op_ifindex(ctx, op, op->dev, &ifindex);
	if (rc == 0)
		rc = xnm_neigh_proxy_del(ctx->rtnl, ifindex, &host);
	/* prefixes have none, and a device that was down has lost them */
	return rc == -ENOENT || rc == -ENODEV ? 0 : rc;
}

static int run_link_op(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op)
{
	int rc;

	switch (op->kind) {
	case XNM_OP_BRIDGE_CREATE:
	case XNM_OP_BRIDGE_SET:
		return change_bridge(ctx, op);
	case XNM_OP_BRIDGE_RELEASE:
		return release_bridge_alone(ctx, op->dev);
	case XNM_OP_ADDR_ADD:
		return add_address(ctx, op);
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
		return xnm_neigh_proxy_add(ctx->rtnl, op->ifindex, &op->u.addr);
	case XNM_OP_PROXY_DEL:
		return remove_proxy(ctx, op);
	case XNM_OP_CARRY_ADDRESSES:
	case XNM_OP_CARRY_ROUTES:
	case XNM_OP_CARRY_END:
		return apply_carry_op(ctx, op);
	default:
		return -ENOSYS;
	}
}

static bool is_link_op(enum xnm_op_kind kind)
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
	case XNM_OP_PROXY_ARP:
	case XNM_OP_ROUTE_LOCALNET:
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
	case XNM_OP_DHCP_START:
	case XNM_OP_UPLINK_RELEASE:
		return false;
	default:
		return true;
	}
}

static int run_op(struct xnm_ctx *ctx, const struct xnm_plan *plan, const struct xnm_op *op,
		  enum reason_source *reason)
{
	*reason = REASON_ERRNO;
	switch (op->kind) {
	case XNM_OP_BRIDGE_NOTE:
	case XNM_OP_BRIDGE_RENOTE:
		return note_bridge(ctx, plan, op);
	case XNM_OP_HOLD:
		return xnm_state_hold_add(&ctx->dir, plan->network);
	case XNM_OP_UNHOLD:
		return xnm_state_hold_remove(&ctx->dir, plan->old_network);
	case XNM_OP_IPV6_DISABLE:
		return xnm_sysctl_disable_ipv6(op->dev);
	case XNM_OP_IPV6_ENABLE:
		return xnm_sysctl_conf_set(AF_INET6, op->dev, "disable_ipv6", 0);
	case XNM_OP_STATE_WRITE:
		return xnm_state_write(&ctx->dir, &plan->state);
	case XNM_OP_STATE_REMOVE:
		return xnm_state_remove(&ctx->dir, plan->domid, plan->devid);
	case XNM_OP_NAME_WAIT:
		return wait_for_name(ctx, plan, op);
	case XNM_OP_FRONTEND_MTU:
		return write_frontend_mtu(ctx, op);
	case XNM_OP_TELL:
	case XNM_OP_UNTELL:
		return apply_told_op(ctx, plan, op);
	case XNM_OP_FASTPATH:
	case XNM_OP_FASTPATH_END:
		return apply_fastpath_op(ctx, plan, op);
	case XNM_OP_ERROR_REMOVE:
		return xnm_store_remove(ctx->store, ctx->event->backend, "hotplug-error");
	case XNM_OP_CONNECTED:
		return xnm_store_write(ctx->store, ctx->event->backend, "hotplug-status",
				       "connected");
	default:
		*reason = REASON_KERNEL;
		if (is_link_op(op->kind))
			return run_link_op(ctx, plan, op);
		if (apply_is_uplink_op(op->kind))
			return apply_uplink_op(ctx, plan, op);
		*reason = op->kind == XNM_OP_FILTER || op->kind == XNM_OP_LET_THROUGH
				  ? REASON_NFT
				  : REASON_ERRNO;
		return apply_network_op(ctx, plan, op);
	}
}

/*
 * Test builds fail the operation whose number XNM_FAIL_AT gives, before or
 * (with a '+' behind the number) after doing it. Before that of XNM_KILL_AT
 * they are killed.
 */
static int injected_fault(const struct xnm_op *op, unsigned int n, int rc)
{
#ifdef XNM_FAULTS
	const char *at = getenv("XNM_FAIL_AT"), *kill_at = getenv("XNM_KILL_AT");
	char *end;

	if (!op && kill_at && strtoul(kill_at, NULL, 10) == n)
		(void)raise(SIGKILL);

	if (at && strtoul(at, &end, 10) == n && (*end == '+') == (op != NULL))
		return -EIO;
#else
	(void)op;
	(void)n;
#endif
	return rc;
}

/* Why an operation failed, in the words of who refused it. */
static const char *reason_text(const struct xnm_ctx *ctx, enum xnm_op_kind kind,
			       enum reason_source source, int rc)
{
	const char *text = "";

	if (source == REASON_KERNEL && kind == XNM_OP_DEFAULT_ADD && rc == -EEXIST)
		return "there is another default route with this metric: give the uplink another "
		       "metric=";
	if (kind == XNM_OP_DHCP_START && rc == -ENOENT)
		return "there is no udhcpc, dhclient or dhcpcd: install one of them, or say the "
		       "router's address in gateway=";
	/* of all elements only a forward's does not begin with the vif's own name */
	if (source == REASON_NFT && rc == -EEXIST)
		return "File exists: a [forward] leads to another vif of this guest already, say "
		       "which is meant, as in target=guest1/0";
	if (source == REASON_KERNEL && ctx->rtnl)
		text = xnm_rtnl_reason(ctx->rtnl);
	else if (source == REASON_NFT && ctx->nft)
		text = xnm_nft_reason(ctx->nft);
	return text[0] ? text : strerror(-rc);
}

/* Runs operation i; *done says whether it took place, which with an injected fault it may. */
static int run_reported(struct xnm_ctx *ctx, const struct xnm_plan *plan, unsigned int i,
			bool *done)
{
	const struct xnm_op *op = &plan->op[i];
	enum reason_source source = REASON_ERRNO;
	char text[256];
	int rc;

	*done = false;
	rc = injected_fault(NULL, i + 1, 0);
	if (rc == 0) {
		rc = run_op(ctx, plan, op, &source);
		*done = rc == 0;
		xnm_log_debug("%s: %s", xnm_op_text(plan, op, text, sizeof(text)),
			      rc ? strerror(-rc) : "done");
	}
	if (rc == 0)
		rc = injected_fault(op, i + 1, 0);
	return rc ? xnm_fail(&ctx->err, rc, "cannot %s: %s",
			     xnm_op_text(plan, op, text, sizeof(text)),
			     reason_text(ctx, op->kind, source, rc))
		  : 0;
}

/* Takes back one operation on a bridge that was there before. */
static void undo_on_bridge(struct xnm_ctx *ctx, const struct xnm_plan *plan,
			   const struct xnm_op *op)
{
	switch (op->kind) {
	case XNM_OP_CARRY_ADDRESSES:
	case XNM_OP_CARRY_ROUTES:
	case XNM_OP_CARRY_END:
		apply_carry_undo(ctx, op);
		break;
	case XNM_OP_LINK_NOMASTER:
		(void)xnm_link_set_master(ctx->rtnl, op->ifindex, plan->bridge_ifindex);
		break;
	case XNM_OP_LINK_MAC:
		(void)xnm_link_set_mac(ctx->rtnl, op->ifindex, &plan->old_bridge_mac);
		break;
	case XNM_OP_BRIDGE_RENOTE:
		(void)xnm_state_bridge_write(&ctx->dir, op->dev, &plan->old_bridge_note);
		break;
	case XNM_OP_HOLD:
		(void)xnm_state_hold_remove(&ctx->dir, plan->network);
		break;
	default:
		break;
	}
}

/* Takes back what the first n operations of a plan did to the network. */
static void undo_network(struct xnm_ctx *ctx, const struct xnm_plan *plan, unsigned int n)
{
	bool created = false;
	int ifindex;

	for (unsigned int i = 0; i < n; i++)
		created |= plan->op[i].kind == XNM_OP_BRIDGE_CREATE;
	for (unsigned int i = n; i-- > 0;) {
		const struct xnm_op *op = &plan->op[i];

		if (!op->shared)
			continue;
		if (op->kind == XNM_OP_MEMBER_ADD)
			(void)xnm_state_member_remove(&ctx->dir, plan->network, plan->domid,
						      plan->devid);
		else if (op->kind == XNM_OP_NETWORK_NOTE)
			(void)apply_release_network(ctx, plan->network, "", true);
		else if (op->kind == XNM_OP_THROUGH_JOIN)
			(void)apply_leave_through(ctx, plan, op, true);
		else if (op->kind == XNM_OP_LINK_MASTER)
			(void)xnm_link_set_master(ctx->rtnl, op->ifindex, 0);
		else if (op->kind == XNM_OP_ADDR_ADD && !created &&
			 op_ifindex(ctx, op, op->dev, &ifindex) == 0)
			(void)xnm_addr_del(ctx->rtnl, ifindex, &op->u.addr);
		else if (op->kind == XNM_OP_BRIDGE_NOTE && created)
			(void)release_bridge(ctx, op->dev);
		else if (op->kind == XNM_OP_BRIDGE_NOTE)
			/* somebody else made a bridge of that name, which is theirs then */
			(void)xnm_state_bridge_remove(&ctx->dir, op->dev);
		else
			undo_on_bridge(ctx, plan, op);
	}
}

/* What the vif leaves behind elsewhere, how the host itself leaves, and that it is slower than it
 * might be is no reason to stop it. */
static bool is_farewell(enum xnm_op_kind kind)
{
	return (apply_is_uplink_op(kind) && kind != XNM_OP_UPLINK_NOTE) ||
	       kind == XNM_OP_BRIDGE_RELEASE || kind == XNM_OP_NETWORK_RELEASE ||
	       kind == XNM_OP_MEMBER_REMOVE || kind == XNM_OP_RELEASE || kind == XNM_OP_FORGET ||
	       kind == XNM_OP_PROXY_DEL || kind == XNM_OP_THROUGH_LEAVE ||
	       kind == XNM_OP_POOL_LEAVE || kind == XNM_OP_DHCP_REMOVE ||
	       kind == XNM_OP_DHCP_RELEASE || kind == XNM_OP_UNTELL || kind == XNM_OP_FASTPATH;
}

int xnm_apply_online(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	for (unsigned int i = 0; i < plan->n; i++) {
		bool done;
		int rc = run_reported(ctx, plan, i, &done);

		if (rc && is_farewell(plan->op[i].kind)) {
			xnm_log_warning("%s", ctx->err.text);
			ctx->err.text[0] = '\0';
			continue;
		}
		if (rc) {
			undo_network(ctx, plan, i + done);
			return rc;
		}
	}
	return 0;
}

int xnm_apply_offline(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	enum reason_source source;
	char text[256];
	int first = 0;

	for (unsigned int i = 0; i < plan->n; i++) {
		int rc = run_op(ctx, plan, &plan->op[i], &source);

		xnm_log_debug("%s: %s", xnm_op_text(plan, &plan->op[i], text, sizeof(text)),
			      rc ? strerror(-rc) : "done");
		/* the netdev goes by itself in these very moments */
		if (rc == 0 || rc == -ENODEV || rc == -ENOENT || rc == -ESRCH)
			continue;
		first = first ? first
			      : xnm_fail(&ctx->err, rc, "cannot %s: %s",
					 xnm_op_text(plan, &plan->op[i], text, sizeof(text)),
					 reason_text(ctx, plan->op[i].kind, source, rc));
	}
	return first;
}
