/* SPDX-License-Identifier: GPL-2.0-or-later */
/* routed.c - addresses, routes, neighbours and proxies of the model: set, read and checked. */
#include "tests/plan/world/world.h"

#include <sys/socket.h>

#include "hotplug/core/plan.h"

void world_proxy(struct world *world, const char *dev, const struct xnm_cidr *address, bool add)
{
	struct world_routed *here = &world->routed;
	struct xnm_cidr host = *address;
	unsigned int i = 0;

	host.prefix_len = host.family == AF_INET ? 32 : 128;
	while (i < here->n_proxies && (strcmp(here->proxies[i].dev, dev) != 0 ||
				       !xnm_cidr_equal(&here->proxies[i].address, &host)))
		i++;
	if (i < here->n_proxies && !add)
		here->proxies[i] = here->proxies[--here->n_proxies];
	if (i < here->n_proxies || !add)
		return;
	if (i == WORLD_PROXIES)
		world_full("proxy");
	COPY(here->proxies[i].dev, dev);
	here->proxies[here->n_proxies++].address = host;
}

void world_route(struct world *world, const struct xnm_route *route, bool add)
{
	struct world_routed *here = &world->routed;
	unsigned int i = 0;

	while (i < here->n_routes && (here->routes[i].metric != route->metric ||
				      !xnm_cidr_equal(&here->routes[i].dst, &route->dst) ||
				      (!add && here->routes[i].ifindex != route->ifindex)))
		i++;
	if (i == WORLD_ROUTES)
		world_full("route");
	if (add)
		here->routes[i] = *route;
	if (add && i == here->n_routes)
		here->n_routes++;
	if (!add && i < here->n_routes)
		here->routes[i] = here->routes[--here->n_routes];
}

void world_unroute(struct world *world, int ifindex)
{
	struct world_routed *here = &world->routed;

	for (unsigned int i = 0; i < here->n_routes; i++) {
		if (here->routes[i].ifindex == ifindex)
			here->routes[i--] = here->routes[--here->n_routes];
	}
}

void world_lose_bridge(struct world *world)
{
	for (unsigned int i = 0; i < world->routed.n_routes; i++) {
		if (world->routed.routes[i].ifindex == BRIDGE_INDEX)
			world->routed.routes[i].ifindex = OTHER_INDEX;
	}
}

/* -------------------------------------------------------------- operations */

static void add_address(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_facts *facts = &model->facts;

	(void)plan;
	if (strcmp(op->dev, facts->device.link.name) != 0) {
		facts->bridge.addresses[facts->bridge.n_addresses++] = op->u.addr;
		return;
	}
	facts->routed.addresses[facts->routed.n_addresses++] = op->u.addr;
	facts->device.has_ipv4 |= op->u.addr.family == AF_INET;
}

static void flush_ipv4(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan, (void)op;
	model->facts.device.has_ipv4 = false;
	world_drop_family(&model->facts, AF_INET);
}

static void change_route(struct model *model, const struct xnm_op *op, bool add)
{
	struct xnm_route route = op->u.route;

	route.ifindex = world_link(&model->facts, op->dev)->ifindex;
	/* a bridge that the vif has left */
	if (strcmp(op->dev, model->facts.device.link.name) != 0 &&
	    strcmp(op->dev, model->facts.bridge.link.name) != 0)
		route.ifindex = OTHER_INDEX;
	world_route(&model->world, &route, add);
}

static void add_route(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	change_route(model, op, true);
}

static void del_route(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	change_route(model, op, false);
}

static unsigned int find_neighbour(const struct xnm_facts *facts, const struct xnm_cidr *address)
{
	unsigned int i = 0;

	while (i < facts->routed.n_neighbours &&
	       (facts->routed.neighbours[i].family != address->family ||
		memcmp(facts->routed.neighbours[i].addr, address->addr, 16) != 0))
		i++;
	return i;
}

static void add_neighbour(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_facts *facts = &model->facts;
	unsigned int i = find_neighbour(facts, &op->u.neigh.addr);

	(void)plan;
	facts->routed.neighbours[i] = op->u.neigh.addr;
	facts->routed.neighbour_macs[i] = op->u.neigh.mac;
	facts->routed.n_neighbours += i == facts->routed.n_neighbours;
}

static void del_neighbour(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_facts *facts = &model->facts;
	unsigned int i = find_neighbour(facts, &op->u.neigh.addr);

	(void)plan;
	if (i == facts->routed.n_neighbours)
		return;
	facts->routed.neighbours[i] = facts->routed.neighbours[--facts->routed.n_neighbours];
	facts->routed.neighbour_macs[i] = facts->routed.neighbour_macs[facts->routed.n_neighbours];
}

static void add_proxy(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	world_proxy(&model->world, op->dev, &op->u.addr, true);
}

static void del_proxy(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	world_proxy(&model->world, op->dev, &op->u.addr, false);
}

static void proxy_arp(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	model->facts.routed.proxy_arp = op->u.on;
}

static void route_localnet(struct model *model, const struct xnm_plan *plan,
			   const struct xnm_op *op)
{
	(void)plan;
	model->facts.routed.route_localnet = op->u.on;
}

/* --------------------------------------------------------- reading, checks */

static void look_uplink(struct xnm_proxy_uplink *uplink, const struct world_routed *world,
			const char *device)
{
	COPY(uplink->name, device);
	uplink->n_proxies = 0;
	for (unsigned int i = 0; i < world->n_proxies; i++) {
		if (strcmp(world->proxies[i].dev, device) == 0)
			uplink->proxies[uplink->n_proxies++] = world->proxies[i].address;
	}
}

static void look_uplinks(struct xnm_facts *facts, const struct world_routed *world,
			 const struct xnm_want *want)
{
	for (unsigned int i = 0; i < want->network->n_uplinks; i++) {
		const struct xnm_uplink *uplink =
			xnm_policy_uplink(want->policy, want->network->uplinks[i]);

		if (uplink->guest[0])
			continue;
		facts->routed.uplinks[facts->routed.n_uplinks].ifindex = UPLINK_INDEX + (int)i;
		look_uplink(&facts->routed.uplinks[facts->routed.n_uplinks++], world,
			    uplink->device);
	}
}

static void routed_look(struct xnm_facts *facts, struct world *world, const struct xnm_event *event,
			const struct xnm_want *want)
{
	int ifindex;

	(void)event;
	facts->routed.n_uplinks = facts->routed.n_routes = 0;
	if (!want || !world_needs_filter(facts, want))
		return;
	if (want->attach && want->network)
		look_uplinks(facts, &world->routed, want);
	ifindex = want->backend == XNM_BACKEND_ROUTE ? facts->device.link.ifindex
						     : facts->bridge.link.ifindex;
	for (unsigned int i = 0; ifindex && i < world->routed.n_routes; i++) {
		if (world->routed.routes[i].ifindex == ifindex)
			facts->routed.routes[facts->routed.n_routes++] = world->routed.routes[i];
	}
}

static bool is_proxy_noted(const struct world *world, unsigned int proxy)
{
	for (unsigned int i = 0; i < world->vif.n; i++) {
		const struct xnm_vif_note *vif = &world->vif.notes[i];

		if (vif_has(vif, &world->routed.proxies[proxy].address) &&
		    vif_has_proxy(vif, world->routed.proxies[proxy].dev))
			return true;
	}
	return false;
}

static bool is_route_noted(const struct world *world, const struct xnm_route *route)
{
	for (unsigned int i = 0; i < world->vif.n; i++) {
		const struct xnm_vif_note *vif = &world->vif.notes[i];

		if (vif_has(vif, &route->dst) && (vif->routed.is_routed || vif->routed.via_bridge))
			return true;
	}
	return false;
}

/* Nothing answers for an address, or leads to one, that nobody has. */
static unsigned int routed_check(struct world *world)
{
	const struct world_routed *here = &world->routed;
	char text[XNM_CIDR_TEXT_LEN];
	unsigned int n = 0;

	for (unsigned int i = 0; i < here->n_proxies; i++) {
		if (is_proxy_noted(world, i))
			continue;
		xnm_format_cidr(&here->proxies[i].address, text);
		printf("broken: %s still answers for %s\n", here->proxies[i].dev, text);
		n++;
	}
	for (unsigned int i = 0; i < here->n_routes; i++) {
		if (is_route_noted(world, &here->routes[i]))
			continue;
		xnm_format_cidr(&here->routes[i].dst, text);
		printf("broken: there is still a route to %s\n", text);
		n++;
	}
	return n;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_address_add, .happen = add_address },
	{ .type = &xnm_op_address_del },
	{ .type = &xnm_op_address_flush, .happen = flush_ipv4, .before_up = true },
	{ .type = &xnm_op_route_add, .happen = add_route },
	{ .type = &xnm_op_route_del, .happen = del_route },
	{ .type = &xnm_op_neighbour_add, .happen = add_neighbour },
	{ .type = &xnm_op_neighbour_del, .happen = del_neighbour },
	{ .type = &xnm_op_proxy_add, .happen = add_proxy },
	{ .type = &xnm_op_proxy_del, .happen = del_proxy },
	{ .type = &xnm_op_proxy_arp, .happen = proxy_arp },
	{ .type = &xnm_op_route_localnet, .happen = route_localnet },
};

const struct world_part world_routed_part = {
	WORLD_OPS(ops),
	.look = routed_look,
	.check = routed_check,
};
