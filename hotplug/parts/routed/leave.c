/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leave.c - decide which routes and proxy neighbours of a vif go, as it has an address no longer or elsewhere. */
#include "hotplug/core/part.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/routed/leave.h"
#include "hotplug/parts/routed/routed.h"

#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"

bool routed_wants_proxies(const struct xnm_want *want, int family)
{
	const struct xnm_network *network = want->network;

	return want->attach && network && network->forward == XNM_FORWARD_ROUTE &&
	       (family == AF_INET ? network->proxy_arp : network->proxy_ndp) == XNM_YES;
}

/* An address in a subnet of the bridge has no route of its own: -ESRCH then counts as success. */
static void leave_route(struct xnm_plan *plan, const struct xnm_vif_note *old,
			const struct xnm_cidr *address)
{
	struct xnm_op *op = xnm_plan_add(plan, XNM_PHASE_LEAVE, &xnm_op_route_del, old->bridge.name,
					 0, "the vif no longer needs it");

	op->u.route.dst = xnm_cidr_is_prefix(address) ? *address : xnm_cidr_host(address);
	op->u.route.metric = XNM_METRIC_VIF;
}

static bool has_proxy(const struct xnm_vif_note *state, const char *uplink)
{
	for (unsigned int i = 0; i < state->routed.n_proxies; i++) {
		if (strcmp(state->routed.proxies[i], uplink) == 0)
			return true;
	}
	return false;
}

/* Whether that uplink answers for the address, as far as it is known. */
static bool answers(const struct xnm_routed_facts *routed, const char *uplink,
		    const struct xnm_cidr *address)
{
	struct xnm_cidr host = xnm_cidr_host(address);

	for (unsigned int i = 0; i < routed->n_uplinks; i++) {
		if (strcmp(routed->uplinks[i].name, uplink) == 0)
			return xnm_cidr_is_among(routed->uplinks[i].proxies,
						 routed->uplinks[i].n_proxies, &host);
	}
	return false;
}

static void leave_proxies(struct xnm_plan *plan, const struct xnm_facts *facts,
			  const struct xnm_vif_note *new, const struct xnm_want *want,
			  const struct xnm_cidr *address, bool kept)
{
	const struct xnm_vif_note *old = &facts->note;

	for (unsigned int i = 0; i < old->routed.n_proxies; i++) {
		const char *uplink = old->routed.proxies[i];
		bool stays = kept && has_proxy(new, uplink);

		if (stays && (routed_wants_proxies(want, address->family) ||
			      !answers(&facts->routed, uplink, address)))
			continue;
		xnm_plan_add(plan, XNM_PHASE_LEAVE, &xnm_op_proxy_del, uplink, 0, "%s",
			     stays  ? "its network no longer wants it"
			     : kept ? "its network uses another uplink"
				    : "the vif no longer needs it")
			->u.addr = *address;
	}
}

/* Deletes proxies and the route of one address that are no longer wanted; kept: the vif still has
 * the address. */
static void leave_ways(struct xnm_plan *plan, const struct xnm_facts *facts,
		       const struct xnm_vif_note *new, const struct xnm_want *want,
		       const struct xnm_cidr *address)
{
	const struct xnm_vif_note *old = &facts->note;
	bool kept = xnm_cidr_is_among(new->address.list, new->address.n, address);

	if (!xnm_cidr_is_prefix(address))
		leave_proxies(plan, facts, new, want, address, kept);
	if (old->routed.via_bridge &&
	    (!kept || !new->routed.via_bridge || strcmp(new->bridge.name, old->bridge.name) != 0))
		leave_route(plan, old, address);
}

/* Deletes routes and proxies of addresses that the vif no longer has, or has elsewhere, or that its
 * network no longer wants; want is NULL for a vif that goes. */
void routed_leave(struct xnm_plan *plan, const struct xnm_facts *facts,
		  const struct xnm_vif_note *new, const struct xnm_want *want)
{
	const struct xnm_vif_note *old = &facts->note;

	for (unsigned int i = 0; i < old->address.n; i++) {
		const struct xnm_cidr *address = &old->address.list[i];

		if (!facts->address.handed_over[i])
			leave_ways(plan, facts, new, want, address);
	}
}
