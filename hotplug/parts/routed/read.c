/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read a routed vif's addresses, routes, neighbours and proxies. */
#include "hotplug/core/facts.h"
#include "hotplug/parts/routed/stages.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/core/want.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/sysctl.h"

/* Entries beyond the array count as missing and are set again, which is harmless. */
static int enough(int rc)
{
	return rc == -E2BIG ? 0 : rc;
}

/* The uplink is the network's own bridge. */
static bool is_own_bridge(const struct xnm_want *want, const struct xnm_uplink *uplink)
{
	return want->backend != XNM_BACKEND_ROUTE && strcmp(uplink->device, want->bridge.name) == 0;
}

static int no_uplink(const struct xnm_want *want, const struct xnm_uplink *uplink, int rc,
		     const char *reason, struct xnm_err *err)
{
	const struct xnm_network *maker =
		xnm_policy_network_by_bridge(want->policy, uplink->device);
	char where[160];

	(void)xnm_policy_origin(want->policy, uplink->origin, where, sizeof(where));
	return xnm_fail(err, rc, "%s: interface=%s of [uplink %s], which network %s uses: %s%s%s%s",
			where, uplink->interface, uplink->name, want->network->name, reason,
			maker ? "; that is the bridge of [network " : "", maker ? maker->name : "",
			maker ? "]: add start=boot there, so that it exists before this network"
			      : "");
}

static int read_uplinks(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const struct xnm_want *want,
			struct xnm_err *err)
{
	const struct xnm_network *network = want->network;

	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		const struct xnm_uplink *section =
			xnm_policy_uplink(want->policy, network->uplinks[i]);
		struct xnm_proxy_uplink *uplink = &facts->routed.uplinks[facts->routed.n_uplinks];
		struct xnm_link link;
		int rc;

		/* an uplink with guest= has no proxies, and its guest may start later */
		if (section->guest[0])
			continue;
		rc = xnm_link_get(rtnl, section->device, &link);
		/* the network's own bridge will be created if it is missing */
		if (rc == -ENODEV && (network->n_uplinks > 1 || is_own_bridge(want, section)))
			continue;
		if (rc)
			return no_uplink(want, section, rc, xnm_rtnl_reason(rtnl), err);
		memcpy(uplink->name, link.name, sizeof(uplink->name));
		uplink->ifindex = link.ifindex;
		facts->routed.n_uplinks++;
		if (network->forward != XNM_FORWARD_ROUTE)
			continue;
		rc = enough(xnm_neigh_proxy_list(rtnl, link.ifindex, uplink->proxies,
						 XNM_MAX_ROUTES, &uplink->n_proxies));
		if (rc)
			return xnm_fail(err, rc, "cannot read the proxy neighbours of %s: %s",
					link.name, xnm_rtnl_reason(rtnl));
	}
	return 0;
}

static void read_answers(struct xnm_routed_facts *routed, const char *name)
{
	uint32_t value = 0;

	routed->proxy_arp =
		xnm_sysctl_conf_get(AF_INET, name, "proxy_arp", &value) == 0 && value == 1;
	routed->route_localnet =
		xnm_sysctl_conf_get(AF_INET, name, "route_localnet", &value) == 0 && value == 1;
}

static int read_all(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const struct xnm_want *want,
		    struct xnm_err *err)
{
	int ifindex = facts->device.link.ifindex;
	int rc;

	rc = read_uplinks(facts, rtnl, want, err);
	if (rc == 0 && want->backend != XNM_BACKEND_ROUTE &&
	    want->network->forward == XNM_FORWARD_ROUTE && facts->bridge.link.ifindex)
		rc = enough(xnm_route_list(rtnl, facts->bridge.link.ifindex, facts->routed.routes,
					   XNM_MAX_ROUTES, &facts->routed.n_routes));
	if (rc || want->backend != XNM_BACKEND_ROUTE)
		return rc;
	rc = enough(xnm_addr_list_ours(
		rtnl, ifindex, AF_UNSPEC, facts->routed.addresses, facts->routed.address_is_ours,
		XNM_N_ELEMENTS(facts->routed.addresses), &facts->routed.n_addresses));
	if (rc == 0)
		rc = enough(xnm_route_list(rtnl, ifindex, facts->routed.routes, XNM_MAX_ROUTES,
					   &facts->routed.n_routes));
	if (rc == 0)
		rc = enough(xnm_neigh_list_permanent(rtnl, ifindex, facts->routed.neighbours,
						     facts->routed.neighbour_macs, XNM_MAX_ROUTES,
						     &facts->routed.n_neighbours));
	if (rc)
		return xnm_fail(err, rc, "cannot read the routes of %s: %s",
				facts->device.link.name, xnm_rtnl_reason(rtnl));
	return 0;
}

int routed_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	if (want->backend == XNM_BACKEND_ROUTE || facts->note.routed.is_routed)
		read_answers(&facts->routed, facts->device.link.name);
	return want->attach && want->network ? read_all(facts, ctx->rtnl, want, &ctx->err) : 0;
}

int routed_recall(struct xnm_facts *facts, struct xnm_ctx *ctx)
{
	int ifindex = facts->device.link.ifindex;
	struct xnm_cidr address;
	unsigned int n = 0;

	/* if they cannot be listed, there may be some */
	if (facts->note.routed.is_routed && ifindex)
		facts->device.has_ipv4 =
			xnm_addr_list(ctx->rtnl, ifindex, AF_INET, &address, 1, &n) || n > 0;
	return 0;
}
