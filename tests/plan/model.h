/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model.h - a kernel, a xenstore and a state folder of one struct: what a plan does to them. */
#ifndef XNM_TESTS_MODEL_H
#define XNM_TESTS_MODEL_H

#include "hotplug/core/apply.h"
#include "hotplug/kernel/carry.h"
#include "hotplug/parts/filter/elements.h"
#include "tests/plan/look.h"

#define DEVICE_INDEX	10
#define BRIDGE_INDEX	20
#define HOLDER_INDEX	30
#define INTERFACE_INDEX 40
#define OTHER_INDEX	99

/* what the kernel gives to a new port (br_if.c, new_nbp()) */
#define NEW_PORT_FLAGS \
	(XNM_PORT_LEARNING | XNM_PORT_FLOOD | XNM_PORT_MCAST_FLOOD | XNM_PORT_BCAST_FLOOD)
#define ALL_PORT_FLAGS ((1u << XNM_N_PORT_FLAGS) - 1)

struct model {
	struct xnm_facts facts; /* of the event */
	struct world world; /* what outlasts it */
};

/* The link that an operation is about. */
static inline struct xnm_link *find_link(struct xnm_facts *facts, const char *dev)
{
	if (strcmp(dev, facts->device.name) == 0)
		return &facts->device;
	for (unsigned int i = 0; i < facts->n_interfaces; i++) {
		if (strcmp(dev, facts->interfaces[i].name) == 0)
			return &facts->interfaces[i];
	}
	for (unsigned int i = 0; i < facts->n_dropped; i++) {
		if (strcmp(dev, facts->dropped[i].name) == 0)
			return &facts->dropped[i];
	}
	return &facts->bridge;
}

static inline void set_vlans(struct xnm_facts *facts, const struct xnm_plan *plan)
{
	struct xnm_vlans *now = &facts->vlans;

	now->pvid = plan->vlan_add.pvid;
	for (size_t i = 0; i < sizeof(now->member); i++) {
		now->member[i] |= plan->vlan_add.member[i];
		now->member[i] &= (uint8_t)~plan->vlan_del.member[i];
		now->untagged[i] &=
			(uint8_t) ~(plan->vlan_add.member[i] | plan->vlan_del.member[i]);
		now->untagged[i] |= plan->vlan_add.untagged[i];
	}
}

/* The VLANs of a new port: nbp_vlan_init() in net/bridge/br_vlan.c */
static inline void default_vlans(struct xnm_facts *facts)
{
	const unsigned int pvid = facts->bridge.default_pvid;

	memset(&facts->vlans, 0, sizeof(facts->vlans));
	facts->vlans.pvid = (uint16_t)pvid;
	if (pvid) {
		xnm_vlan_set(facts->vlans.member, pvid);
		xnm_vlan_set(facts->vlans.untagged, pvid);
	}
}

static inline void set_master(struct xnm_facts *facts, struct xnm_link *link, bool attach)
{
	link->master = attach ? facts->bridge.ifindex : 0;
	if (link != &facts->device)
		return;
	link->port_known = attach ? ALL_PORT_FLAGS : 0;
	link->port_flags = attach ? NEW_PORT_FLAGS : 0;
	facts->has_vlans = attach && facts->bridge.vlan_filtering;
	default_vlans(facts);
}

static inline void set_bridge(struct xnm_facts *facts, const struct xnm_op *op)
{
	struct xnm_link *bridge = &facts->bridge;

	if (kind_of(op) == KIND_xnm_op_bridge_create) {
		bridge->ifindex = BRIDGE_INDEX;
		COPY(bridge->name, op->dev);
		COPY(bridge->kind, "bridge");
		bridge->mtu_bytes = op->u.bridge.mtu_bytes ? op->u.bridge.mtu_bytes : 1500;
		bridge->default_pvid = 1;
		bridge->mac = op->u.bridge.has_mac ? op->u.bridge.mac : xnm_port_mac;
	}
	bridge->stp = op->u.bridge.stp;
	bridge->vlan_filtering = op->u.bridge.vlan_filtering;
}

/* What the kernel takes from a device that goes down: all but its IPv4 addresses. */
static inline void go_down(struct model *model)
{
	struct xnm_facts *facts = &model->facts;
	unsigned int n = 0;

	world_unroute(&model->world, facts->device.ifindex);
	facts->n_neighbours = 0;
	for (unsigned int i = 0; i < facts->n_device_addresses; i++) {
		if (facts->device_addresses[i].family == AF_INET)
			facts->device_addresses[n++] = facts->device_addresses[i];
	}
	facts->n_device_addresses = n;
}

static inline void drop_family(struct xnm_facts *facts, uint8_t family)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < facts->n_device_addresses; i++) {
		if (facts->device_addresses[i].family != family)
			facts->device_addresses[n++] = facts->device_addresses[i];
	}
	facts->n_device_addresses = n;
}

static inline void add_address(struct xnm_facts *facts, const struct xnm_op *op)
{
	if (strcmp(op->dev, facts->device.name) != 0) {
		facts->bridge_addresses[facts->n_bridge_addresses++] = op->u.addr;
		return;
	}
	facts->device_addresses[facts->n_device_addresses++] = op->u.addr;
	facts->device_has_ipv4 |= op->u.addr.family == AF_INET;
}

static inline void change_route(struct model *model, const struct xnm_op *op)
{
	struct xnm_route route = op->u.route;

	route.ifindex = find_link(&model->facts, op->dev)->ifindex;
	/* a bridge that the vif has left */
	if (strcmp(op->dev, model->facts.device.name) != 0 &&
	    strcmp(op->dev, model->facts.bridge.name) != 0)
		route.ifindex = OTHER_INDEX;
	world_route(&model->world, &route, kind_of(op) == KIND_xnm_op_route_add);
}

static inline void change_neighbour(struct xnm_facts *facts, const struct xnm_op *op)
{
	unsigned int i = 0;

	while (i < facts->n_neighbours &&
	       (facts->neighbours[i].family != op->u.neigh.addr.family ||
		memcmp(facts->neighbours[i].addr, op->u.neigh.addr.addr, 16) != 0))
		i++;
	if (kind_of(op) == KIND_xnm_op_neighbour_add) {
		facts->neighbours[i] = op->u.neigh.addr;
		facts->neighbour_macs[i] = op->u.neigh.mac;
		facts->n_neighbours += i == facts->n_neighbours;
	} else if (i < facts->n_neighbours) {
		facts->neighbours[i] = facts->neighbours[--facts->n_neighbours];
		facts->neighbour_macs[i] = facts->neighbour_macs[facts->n_neighbours];
	}
}

static inline void claim(struct model *model, const struct xnm_plan *plan)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	for (unsigned int i = 0; i < plan->state.n_addresses; i++) {
		const char *wrong =
			world_claim(&model->world, plan->scope, &plan->state.addresses[i], &self,
				    plan->leave.n > 0);

		if (wrong)
			printf("broken: %s\n", wrong);
	}
}

/* The interface has no address any more. */
static inline void carry_end(struct xnm_facts *facts, const struct xnm_op *op)
{
	if (op->u.carry.carry != facts->carry)
		return;
	for (unsigned int i = 0; i < facts->n_interfaces; i++) {
		if (facts->interfaces[i].ifindex == facts->carry->ifindex)
			facts->interface_has_address[i] = false;
	}
	facts->carry = NULL;
}

/* Operations on networks, nftables and addresses. */
static inline void carry_out_network(struct model *model, const struct xnm_plan *plan,
				     const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };
	struct xnm_facts *facts = &model->facts;
	struct world *world = &model->world;

	switch (kind_of(op)) {
	case KIND_xnm_op_network_note_write:
		world_note_network(world, plan->network, &plan->network_note);
		break;
	case KIND_xnm_op_network_release:
		world_release_network(world, plan->old_network);
		break;
	case KIND_xnm_op_network_settings:
		for (unsigned int i = 0; i < plan->n_settings; i++)
			world_set(world, &plan->settings[i]);
		break;
	case KIND_xnm_op_network_join:
		add_member(world_network(world, plan->network), &self);
		break;
	case KIND_xnm_op_network_leave:
		remove_member(world_network(world, plan->old_network), &self);
		break;
	case KIND_xnm_op_address_claim:
		claim(model, plan);
		break;
	case KIND_xnm_op_address_release:
		world_release_claim(world, plan->old_scope, &op->u.addr, &self);
		break;
	case KIND_xnm_op_filter_change:
		world_filter(world, &plan->filter);
		break;
	case KIND_xnm_op_route_add:
	case KIND_xnm_op_route_del:
		change_route(model, op);
		break;
	case KIND_xnm_op_neighbour_add:
	case KIND_xnm_op_neighbour_del:
		change_neighbour(facts, op);
		break;
	case KIND_xnm_op_proxy_add:
	case KIND_xnm_op_proxy_del:
		world_proxy(world, op->dev, &op->u.addr, kind_of(op) == KIND_xnm_op_proxy_add);
		break;
	case KIND_xnm_op_proxy_arp:
		facts->device_proxy_arp = true;
		break;
	case KIND_xnm_op_route_localnet:
		facts->device_route_localnet = true;
		break;
	case KIND_xnm_op_pool_assign:
	case KIND_xnm_op_dnsmasq_reserve:
	case KIND_xnm_op_dnsmasq_unreserve:
		carry_out_addresses(world, plan, op);
		break;
	case KIND_xnm_op_owned_join:
	case KIND_xnm_op_owned_leave:
		carry_out_owned(world, plan, op);
		break;
	case KIND_xnm_op_foreign_join:
	case KIND_xnm_op_foreign_leave:
	case KIND_xnm_op_foreign_rules:
		carry_out_through(&world->foreign, plan, op);
		break;
	case KIND_xnm_op_uplink_note:
	case KIND_xnm_op_uplink_default_add:
	case KIND_xnm_op_uplink_default_del:
	case KIND_xnm_op_uplink_client_stop:
	case KIND_xnm_op_uplink_client_start:
	case KIND_xnm_op_uplink_release:
		ways_carry_out(&world->ways, plan, op);
		break;
	default:
		break;
	}
}

/* Does what op says. */
static inline void carry_out(struct model *model, const struct xnm_plan *plan,
			     const struct xnm_op *op)
{
	struct xnm_facts *facts = &model->facts;
	struct xnm_link *link = find_link(facts, op->dev);

	switch (kind_of(op)) {
	case KIND_xnm_op_bridge_create:
	case KIND_xnm_op_bridge_set:
		set_bridge(facts, op);
		break;
	case KIND_xnm_op_address_add:
		add_address(facts, op);
		break;
	case KIND_xnm_op_address_flush:
		facts->device_has_ipv4 = false;
		drop_family(facts, AF_INET);
		break;
	case KIND_xnm_op_device_ipv6_off:
		link->has_ipv6 = false;
		drop_family(facts, AF_INET6);
		break;
	case KIND_xnm_op_device_ipv6_on:
		link->has_ipv6 = true;
		break;
	case KIND_xnm_op_device_down:
	case KIND_xnm_op_device_up:
		link->up = kind_of(op) == KIND_xnm_op_device_up;
		if (link == &facts->device && !link->up)
			go_down(model);
		break;
	case KIND_xnm_op_device_rename:
		COPY(link->name, op->u.name);
		break;
	case KIND_xnm_op_device_altname:
		COPY(link->altname, op->u.name);
		break;
	case KIND_xnm_op_device_mac:
		link->mac = op->u.mac;
		break;
	case KIND_xnm_op_device_group:
		link->group = op->u.group;
		break;
	case KIND_xnm_op_device_mtu:
		link->mtu_bytes = op->u.mtu.to;
		break;
	case KIND_xnm_op_port_attach:
	case KIND_xnm_op_port_detach:
		set_master(facts, link, kind_of(op) == KIND_xnm_op_port_attach);
		break;
	case KIND_xnm_op_port_flags:
		link->port_flags &= (uint16_t)~op->u.port.mask;
		link->port_flags |= op->u.port.value;
		break;
	case KIND_xnm_op_port_vlans:
		set_vlans(facts, plan);
		facts->has_vlans = true;
		break;
	case KIND_xnm_op_vif_note_write:
		/* made_bridge is about the bridge of the notes */
		facts->made_bridge &= strcmp(facts->state.bridge, plan->state.bridge) == 0;
		facts->has_state = true;
		xnm_vif_note_copy(&facts->state, &plan->state);
		world_note_vif(&model->world, &plan->state);
		break;
	case KIND_xnm_op_vif_note_remove:
		facts->has_state = false;
		world_forget_vif(&model->world, plan->domid, plan->devid);
		break;
	case KIND_xnm_op_frontend_mtu:
		facts->guest.frontend_mtu_bytes = op->u.mtu.to;
		break;
	case KIND_xnm_op_guestinfo_write:
	case KIND_xnm_op_guestinfo_remove:
		carry_out_tell(&model->world.told, plan, op);
		break;
	case KIND_xnm_op_fastpath_publish:
	case KIND_xnm_op_fastpath_withdraw:
		carry_out_fastpath(&model->world.fastpath, plan, op);
		break;
	case KIND_xnm_op_frontend_error_remove:
		facts->guest.has_error = false;
		break;
	case KIND_xnm_op_frontend_connected:
		facts->guest.connected = true;
		break;
	case KIND_xnm_op_bridge_note:
	case KIND_xnm_op_bridge_renote:
		facts->bridge_is_ours = true;
		facts->bridge_note = plan->bridge_note;
		/* the next one is read for the interfaces that it names */
		facts->n_dropped = 0;
		facts->carry_back = NULL;
		break;
	case KIND_xnm_op_carry_addresses:
		for (unsigned int i = 0; !op->u.carry.back && i < facts->carry->n_addresses; i++)
			facts->bridge_addresses[facts->n_bridge_addresses++] =
				facts->carry->cidrs[i];
		break;
	case KIND_xnm_op_carry_end:
		carry_end(facts, op);
		break;
	default:
		carry_out_network(model, plan, op);
		break;
	}
}

/* Whether op changes what a guest could send or receive, or under which name. */
static inline bool prepares_device(const struct xnm_op *op)
{
	return !xnm_op_is_networks(op) && kind_of(op) >= KIND_xnm_op_address_flush &&
	       kind_of(op) <= KIND_xnm_op_vif_note_write &&
	       kind_of(op) != KIND_xnm_op_device_down && kind_of(op) != KIND_xnm_op_device_up;
}

/* Whether nftables has all that is noted for a device of the plan and for its network. */
static inline bool is_filtered(const struct xnm_plan *plan, const char *dev,
			       const struct world *world)
{
	const struct xnm_elements *lists[] = {
		&plan->state.elements[strcmp(dev, plan->state.tap) == 0],
		&plan->network_note.elements,
		&plan->owned_note.elements,
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(lists); i++) {
		for (unsigned int k = 0; k < lists[i]->n; k++) {
			if (!world_has(world, &lists[i]->list[k]))
				return false;
		}
	}
	return true;
}

static inline bool needs_ipv6(const struct xnm_op *op)
{
	return (kind_of(op) == KIND_xnm_op_address_add && op->u.addr.family == AF_INET6) ||
	       (kind_of(op) == KIND_xnm_op_route_add && op->u.route.dst.family == AF_INET6) ||
	       (kind_of(op) == KIND_xnm_op_neighbour_add && op->u.neigh.addr.family == AF_INET6);
}

/*
 * The rules of plan.c's theory of operation, which hold for every online:
 * what operation i breaks, or NULL. was_up: an earlier one has set the device up.
 */
static inline const char *broken_rule(const struct xnm_plan *plan, const struct model *model,
				      unsigned int i, bool was_up)
{
	const struct xnm_facts *facts = &model->facts;
	const struct xnm_op *op = &plan->op[i];
	bool own = strcmp(op->dev, facts->device.name) == 0;
	bool attaches = kind_of(op) == KIND_xnm_op_port_attach && own;

	if (was_up && prepares_device(op))
		return "the device is up already, and was not before";
	if (facts->device.up && kind_of(op) == KIND_xnm_op_device_rename)
		return "an interface that is up may not be renamed";
	if (facts->device.up && attaches)
		return "it is attached while it is up";
	if (!facts->has_state && attaches)
		return "it is attached without a note";
	if (kind_of(op) == KIND_xnm_op_network_settings &&
	    !model->world.table_whole[XNM_TABLE_INET])
		return "it opens what no rule closes yet";
	if (xnm_op_is_networks(op) && i > 0 && !xnm_op_is_networks(&plan->op[i - 1]) &&
	    kind_of(op) != KIND_xnm_op_foreign_join && kind_of(op) != KIND_xnm_op_foreign_rules &&
	    kind_of(op) != KIND_xnm_op_network_settings)
		return "the network comes first";
	if (kind_of(op) == KIND_xnm_op_frontend_connected && i + 1 != plan->n)
		return "it must be the last";
	if (kind_of(op) == KIND_xnm_op_device_up && own &&
	    !is_filtered(plan, op->dev, &model->world))
		return "it is up before nftables holds it";
	if (own && !facts->device.has_ipv6 && needs_ipv6(op))
		return "it has no IPv6";
	if ((kind_of(op) == KIND_xnm_op_route_add || kind_of(op) == KIND_xnm_op_neighbour_add) &&
	    own && !facts->device.up)
		return "a device that is down has no routes and neighbours";
	if (kind_of(op) == KIND_xnm_op_port_vlans && xnm_vlan_test(plan->vlan_del.member, 0))
		return "there is no VLAN 0 to delete";
	return NULL;
}

static inline bool report(const struct xnm_plan *plan, unsigned int i, const char *rule)
{
	char text[256];

	if (rule)
		printf("broken: %u. %s: %s\n", i + 1,
		       xnm_op_text(plan, &plan->op[i], text, sizeof(text)), rule);
	return rule != NULL;
}

/* Carries out the plan of an online. Returns how many rules it broke, which are printed. */
static inline unsigned int carry_out_online(struct model *model, const struct xnm_plan *plan)
{
	unsigned int n_broken = 0;
	bool was_up = false;

	for (unsigned int i = 0; i < plan->n; i++) {
		const struct xnm_op *op = &plan->op[i];

		n_broken += report(plan, i, broken_rule(plan, model, i, was_up));
		was_up |= kind_of(op) == KIND_xnm_op_device_up && !xnm_op_is_networks(op);
		carry_out(model, plan, op);
	}
	return n_broken + check_world(&model->world);
}

/* Whether another vif than the plan's has an address: the same guest's, during a migration. */
static inline const struct xnm_vif_note *other_vif(const struct xnm_plan *plan,
						   const struct world *world,
						   const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < world->n_vifs; i++) {
		const struct xnm_vif_note *vif = &world->vifs[i];

		if ((vif->domid != plan->domid || vif->devid != plan->devid) &&
		    vif_has(vif, address))
			return vif;
	}
	return NULL;
}

static inline const char *broken_farewell(const struct xnm_plan *plan, const struct xnm_op *op,
					  const struct model *model)
{
	const struct xnm_link *device = &model->facts.device;
	const struct xnm_vif_note *other = NULL;

	for (unsigned int i = 0;
	     kind_of(op) == KIND_xnm_op_connections_forget && !other && i < plan->n_forget; i++)
		other = other_vif(plan, &model->world, &plan->forget[i]);
	if (other)
		return "they are another vif's";
	if (kind_of(op) == KIND_xnm_op_proxy_del)
		other = other_vif(plan, &model->world, &op->u.addr);
	if (other && answers_for(other, op->dev))
		return "another vif needs it";
	if (kind_of(op) == KIND_xnm_op_route_del)
		other = other_vif(plan, &model->world, &op->u.route.dst);
	if (other && other->via_bridge && strcmp(other->bridge, op->dev) == 0)
		return "another vif needs it";
	if (kind_of(op) == KIND_xnm_op_filter_change && device->up)
		return "it is still up, and nothing holds it";
	if (kind_of(op) == KIND_xnm_op_network_release && device->up)
		return "it is still up, and its network open";
	return NULL;
}

/* The same for an offline. */
static inline unsigned int carry_out_offline(struct model *model, const struct xnm_plan *plan)
{
	/* then the one that was before is put back by a reapply, as the next step */
	bool failed_migration = model->facts.state.has_predecessor;
	unsigned int n_broken = 0;

	for (unsigned int i = 0; i < plan->n; i++) {
		if (!failed_migration)
			n_broken += report(plan, i, broken_farewell(plan, &plan->op[i], model));
		carry_out(model, plan, &plan->op[i]);
	}
	return failed_migration ? 0 : n_broken + check_world(&model->world);
}

#endif
