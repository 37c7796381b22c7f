/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide how a vif without a bridge is reached: addresses, routes and neighbours. */
#include "hotplug/core/part.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/routed/leave.h"
#include "hotplug/parts/routed/routed.h"
#include "hotplug/parts/routed/stages.h"
#include "policy/sections/subnets.h"
#include "policy/sections/traffic.h"

#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"

/*
 * The host is the guest's gateway on the vif itself: the vif has each of the network's addresses,
 * as /32 or /128, and a route to each of the guest's. If two vifs have the same address, as while a
 * guest migrates within the host, the newest one has the route. A tap's route is preferred to its
 * vif's, as the tap is used until the guest has loaded its own drivers.
 */

/* What this host answers on a routed vif; routed: that it is to be one, else it may have been one. */
static void plan_answers(struct xnm_plan *plan, const struct xnm_want *want,
			 const struct xnm_facts *facts, const char *name, bool routed)
{
	bool proxy_arp = routed && want->network->proxy_arp == XNM_YES;
	bool localnet = routed && xnm_network_has_forwards(want->network, want->policy);

	/* a guest with a wide netmask sends ARP requests for its neighbours, which are reached
	 * through this host */
	if (proxy_arp != facts->routed.proxy_arp)
		xnm_plan_add(plan, XNM_PHASE_ATTACH, &xnm_op_proxy_arp, name,
			     facts->device.link.ifindex, "%s",
			     proxy_arp ? "proxy-arp= of its network"
				       : "its network does not have proxy-arp=yes")
			->u.on = proxy_arp;
	if (localnet != facts->routed.route_localnet)
		xnm_plan_add(plan, XNM_PHASE_ATTACH, &xnm_op_route_localnet, name,
			     facts->device.link.ifindex, "%s",
			     localnet ? "port forwards apply to this host's own connections too"
				      : "no port forward of its network needs it")
			->u.on = localnet;
}

static bool have_route(const struct xnm_facts *facts, const struct xnm_route *route)
{
	for (unsigned int i = 0; i < facts->routed.n_routes; i++) {
		if (facts->routed.routes[i].metric == route->metric &&
		    xnm_cidr_equal(&facts->routed.routes[i].dst, &route->dst))
			return true;
	}
	return false;
}

static bool have_neighbour(const struct xnm_facts *facts, const struct xnm_cidr *address,
			   const struct xnm_mac *mac)
{
	for (unsigned int i = 0; i < facts->routed.n_neighbours; i++) {
		if (facts->routed.neighbours[i].family == address->family &&
		    memcmp(facts->routed.neighbours[i].addr, address->addr, 16) == 0 &&
		    xnm_mac_equal(&facts->routed.neighbour_macs[i], mac))
			return true;
	}
	return false;
}

/* The gateway address as it is set on the vif. */
static struct xnm_cidr as_gateway(const struct xnm_cidr *address)
{
	return xnm_cidr_is_link_local(address) ? *address : xnm_cidr_host(address);
}

/* Deletes our addresses that are no longer the network's. */
static void drop_gateways(struct xnm_plan *plan, const struct xnm_want *want,
			  const struct xnm_facts *facts, const char *name)
{
	const struct xnm_network *network = want->network;

	for (unsigned int i = 0; i < facts->routed.n_addresses; i++) {
		const struct xnm_cidr *address = &facts->routed.addresses[i];
		bool wanted = !facts->routed.address_is_ours[i];

		for (unsigned int k = 0; k < network->n_addresses && !wanted; k++) {
			struct xnm_cidr gateway = as_gateway(&network->addresses[k]);

			wanted = xnm_cidr_equal(&gateway, address);
		}
		if (!wanted)
			xnm_plan_add(plan, XNM_PHASE_REACH, &xnm_op_address_del, name,
				     facts->device.link.ifindex,
				     "it is no longer an address of network %.40s", network->name)
				->u.addr = *address;
	}
}

/* Whether the device loses its last IPv4 address. */
static bool loses_ipv4(const struct xnm_network *network, const struct xnm_facts *facts)
{
	bool any = false;

	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (network->addresses[i].family == AF_INET)
			return false;
	}
	for (unsigned int i = 0; i < facts->routed.n_addresses; i++) {
		if (facts->routed.addresses[i].family != AF_INET)
			continue;
		if (!facts->routed.address_is_ours[i])
			return false;
		any = true;
	}
	return any;
}

static void plan_gateway(struct xnm_plan *plan, const struct xnm_want *want,
			 const struct xnm_facts *facts, const char *name, bool was_up)
{
	const struct xnm_network *network = want->network;

	for (unsigned int i = 0; i < network->n_addresses; i++) {
		struct xnm_cidr address = as_gateway(&network->addresses[i]);
		struct xnm_op *op;

		if (address.family == AF_INET6 && !xnm_wants_ipv6(want))
			continue;
		/* the kernel deletes IPv6 addresses when a device goes down */
		if ((was_up || address.family == AF_INET) &&
		    xnm_cidr_is_among(facts->routed.addresses, facts->routed.n_addresses, &address))
			continue;
		op = xnm_plan_add(plan, XNM_PHASE_REACH, &xnm_op_address_add, name,
				  facts->device.link.ifindex,
				  "the guest's gateway in network %.40s", network->name);
		op->u.addr = address;
	}
}

static void plan_route(struct xnm_plan *plan, const struct xnm_facts *facts, const char *name,
		       int ifindex, const struct xnm_cidr *address, uint32_t metric, bool was_up)
{
	struct xnm_route route = { .ifindex = ifindex, .metric = metric };

	route.dst = xnm_cidr_is_prefix(address) ? *address : xnm_cidr_host(address);
	if (was_up && have_route(facts, &route))
		return;
	xnm_plan_add(plan, XNM_PHASE_REACH, &xnm_op_route_add, name, route.ifindex,
		     "an address of the guest")
		->u.route = route;
}

static void plan_neighbour(struct xnm_plan *plan, const struct xnm_facts *facts, const char *name,
			   const struct xnm_cidr *address, bool was_up)
{
	struct xnm_op *op;

	if (xnm_cidr_is_prefix(address) ||
	    (was_up && have_neighbour(facts, address, &facts->guest.mac)))
		return;
	op = xnm_plan_add(plan, XNM_PHASE_REACH, &xnm_op_neighbour_add, name,
			  facts->device.link.ifindex, "no ARP needed, cannot be spoofed");
	op->u.neigh.addr = xnm_cidr_host(address);
	op->u.neigh.mac = facts->guest.mac;
}

static void plan_proxies(struct xnm_plan *plan, const struct xnm_want *want,
			 const struct xnm_facts *facts, const struct xnm_cidr *address)
{
	struct xnm_cidr host = xnm_cidr_host(address);

	if (!routed_wants_proxies(want, address->family) || xnm_cidr_is_prefix(address))
		return;
	for (unsigned int i = 0; i < facts->routed.n_uplinks; i++) {
		const struct xnm_proxy_uplink *uplink = &facts->routed.uplinks[i];

		if (xnm_cidr_is_among(uplink->proxies, uplink->n_proxies, &host))
			continue;
		xnm_plan_add(plan, XNM_PHASE_REACH, &xnm_op_proxy_add, uplink->name,
			     uplink->ifindex, "neighbours on the uplink must find the guest")
			->u.addr = host;
	}
}

static bool still_wanted(const struct xnm_want *want, const struct xnm_cidr *dst)
{
	for (unsigned int i = 0; i < want->address.n; i++) {
		const struct xnm_cidr *address = &want->address.list[i];
		struct xnm_cidr host = xnm_cidr_host(address);

		if (xnm_cidr_equal(xnm_cidr_is_prefix(address) ? address : &host, dst))
			return true;
	}
	return false;
}

/* Routes of ours to addresses that the guest no longer has. */
static void drop_old_routes(struct xnm_plan *plan, const struct xnm_want *want,
			    const struct xnm_facts *facts, const char *name)
{
	for (unsigned int i = 0; i < facts->routed.n_routes; i++) {
		const struct xnm_route *route = &facts->routed.routes[i];

		if (still_wanted(want, &route->dst))
			continue;
		xnm_plan_add(plan, XNM_PHASE_REACH, &xnm_op_route_del, name, route->ifindex,
			     "the guest no longer has that address")
			->u.route = *route;
		if (!xnm_cidr_is_prefix(&route->dst))
			xnm_plan_add(plan, XNM_PHASE_REACH, &xnm_op_neighbour_del, name,
				     route->ifindex, "the guest no longer has that address")
				->u.neigh.addr = route->dst;
	}
}

static void plan_routes(struct xnm_plan *plan, const struct xnm_event *event,
			const struct xnm_want *want, const struct xnm_facts *facts,
			const char *name, bool was_up)
{
	uint32_t metric = xnm_event_is_tap(event) ? XNM_METRIC_TAP : XNM_METRIC_VIF;

	plan_gateway(plan, want, facts, name, was_up);
	/* after the new ones: with a device's last IPv4 address the kernel deletes all its
	 * routes */
	drop_gateways(plan, want, facts, name);
	if (was_up)
		drop_old_routes(plan, want, facts, name);
	for (unsigned int i = 0; i < want->address.n; i++) {
		bool stays = was_up && !(want->address.list[i].family == AF_INET &&
					 loses_ipv4(want->network, facts));

		plan_route(plan, facts, name, facts->device.link.ifindex, &want->address.list[i],
			   metric, stays);
		plan_neighbour(plan, facts, name, &want->address.list[i], stays);
		plan_proxies(plan, want, facts, &want->address.list[i]);
	}
}

/* Routes to a guest's addresses that are in no subnet of its bridge. */
static void plan_bridge_routes(struct xnm_plan *plan, const struct xnm_want *want,
			       const struct xnm_facts *facts)
{
	if (!want->network || want->network->forward != XNM_FORWARD_ROUTE)
		return;
	for (unsigned int i = 0; i < want->address.n; i++) {
		const struct xnm_cidr *address = &want->address.list[i];

		if (!xnm_network_on_link(want->network, address))
			plan_route(plan, facts, want->bridge.name, facts->bridge.link.ifindex,
				   address, XNM_METRIC_VIF, facts->bridge.link.ifindex != 0);
		plan_proxies(plan, want, facts, address);
	}
}

/* Whether its uplinks have proxy neighbours for the guest. */
static bool is_proxied(const struct xnm_want *want)
{
	return routed_wants_proxies(want, AF_INET) || routed_wants_proxies(want, AF_INET6);
}

/* Whether an address of the guest has a route of its own to the bridge. */
static bool has_bridge_routes(const struct xnm_want *want)
{
	for (unsigned int i = 0; i < want->address.n; i++) {
		if (!xnm_network_on_link(want->network, &want->address.list[i]))
			return true;
	}
	return false;
}

static void fill_note(struct xnm_vif_note *note, const struct xnm_want *want,
		      const struct xnm_facts *facts)
{
	note->routed.is_routed = want->backend == XNM_BACKEND_ROUTE;
	for (unsigned int i = 0; is_proxied(want) && i < facts->routed.n_uplinks; i++)
		memcpy(note->routed.proxies[note->routed.n_proxies++],
		       facts->routed.uplinks[i].name, IFNAMSIZ);
	if (want->backend != XNM_BACKEND_ROUTE && want->network &&
	    want->network->forward == XNM_FORWARD_ROUTE)
		note->routed.via_bridge = has_bridge_routes(want);
}

static int routed_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_want *want = view->want;
	const struct xnm_facts *facts = view->facts;

	(void)err;
	fill_note(&plan->note, want, facts);
	if (xnm_view_is_routed(view)) {
		plan_answers(plan, want, facts, view->name, true);
		if (!facts->address.yields)
			plan_routes(plan, view->event, want, facts, view->name,
				    xnm_view_stays_up(view));
	} else {
		plan_answers(plan, want, facts, view->name, false);
		if (xnm_view_is_port(view) && !facts->address.yields)
			plan_bridge_routes(plan, want, facts);
	}
	if (facts->has_note)
		routed_leave(plan, facts, &plan->note, want);
	return 0;
}

static void routed_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_facts *facts = view->facts;

	if (facts->device.link.ifindex && facts->note.routed.is_routed && facts->device.has_ipv4)
		xnm_plan_add(plan, XNM_PHASE_DETACH, &xnm_op_address_flush, facts->device.link.name,
			     facts->device.link.ifindex, "the vif goes offline");
	if (!xnm_plan_stays(plan))
		routed_leave(plan, facts, xnm_no_vif_note(), NULL);
}

const struct xnm_part xnm_routed_part = {
	.name = "routed",
	.read = routed_read,
	.recall = routed_recall,
	.online = routed_online,
	.offline = routed_offline,
};
