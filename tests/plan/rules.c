/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules.c - what holds for every plan, whatever is wanted: by the order of its operations. */
#include "tests/plan/model.h"

#include <sys/socket.h>

#include "hotplug/core/apply.h"

#define IS_ONE_OF(op, ...)                                                \
	is_one_of(op, (const struct xnm_op_type *const[]){ __VA_ARGS__ }, \
		  sizeof((const struct xnm_op_type *const[]){ __VA_ARGS__ }) / sizeof(void *))

static bool is_one_of(const struct xnm_op *op, const struct xnm_op_type *const *types, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (op->type == types[i])
			return true;
	}
	return false;
}

static bool needs_ipv6(const struct xnm_op *op)
{
	return (op->type == &xnm_op_address_add && op->u.addr.family == AF_INET6) ||
	       (op->type == &xnm_op_route_add && op->u.route.dst.family == AF_INET6) ||
	       (op->type == &xnm_op_neighbour_add && op->u.neigh.addr.family == AF_INET6);
}

/* About the network, and behind what is about the vif. */
static bool comes_late(const struct xnm_plan *plan, unsigned int i)
{
	const struct xnm_op *op = &plan->op[i];

	return i > 0 && xnm_op_is_networks(op) && !xnm_op_is_networks(&plan->op[i - 1]) &&
	       !IS_ONE_OF(op, &xnm_op_foreign_join, &xnm_op_foreign_rules,
			  &xnm_op_network_settings);
}

/* About the vif's own device, which op changes in the moment. */
static const char *rule_of_device(const struct xnm_plan *plan, const struct model *model,
				  const struct xnm_op *op)
{
	const struct xnm_link *device = &model->facts.device.link;

	if (strcmp(op->dev, device->name) != 0)
		return NULL;
	if (op->type == &xnm_op_port_attach && device->up)
		return "it is attached while it is up";
	if (op->type == &xnm_op_port_attach && !model->facts.has_note)
		return "it is attached without a note";
	if (op->type == &xnm_op_device_up && !world_is_filtered(&model->world, plan, op->dev))
		return "it is up before nftables holds it";
	if (!device->has_ipv6 && needs_ipv6(op))
		return "it has no IPv6";
	if (!device->up && IS_ONE_OF(op, &xnm_op_route_add, &xnm_op_neighbour_add))
		return "a device that is down has no routes and neighbours";
	return NULL;
}

const char *rule_of_online(const struct xnm_plan *plan, const struct model *model, unsigned int i,
			   bool was_up)
{
	const struct xnm_op *op = &plan->op[i];

	if (was_up && !xnm_op_is_networks(op) && world_op(plan, op)->before_up)
		return "the device is up already, and was not before";
	if (op->type == &xnm_op_device_rename && model->facts.device.link.up)
		return "an interface that is up may not be renamed";
	if (op->type == &xnm_op_network_settings &&
	    !model->world.filter.table_whole[XNM_TABLE_INET])
		return "it opens what no rule closes yet";
	if (comes_late(plan, i))
		return "the network comes first";
	if (op->type == &xnm_op_frontend_connected && i + 1 != plan->n)
		return "it must be the last";
	if (op->type == &xnm_op_port_vlans && xnm_vlan_test(plan->bridge.vlan_del.member, 0))
		return "there is no VLAN 0 to delete";
	return rule_of_device(plan, model, op);
}

/* Another vif than the plan's that has an address: the same guest's, during a migration. */
static const struct xnm_vif_note *other_vif(const struct xnm_plan *plan, const struct world *world,
					    const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < world->vif.n; i++) {
		const struct xnm_vif_note *vif = &world->vif.notes[i];

		if ((vif->domid != plan->domid || vif->devid != plan->devid) &&
		    vif_has(vif, address))
			return vif;
	}
	return NULL;
}

static bool forgets_another(const struct xnm_plan *plan, const struct world *world)
{
	for (unsigned int i = 0; i < plan->conntrack.n_forget; i++) {
		if (other_vif(plan, world, &plan->conntrack.forget[i]))
			return true;
	}
	return false;
}

/* Whether another vif needs what op takes away. */
static bool is_needed(const struct xnm_plan *plan, const struct xnm_op *op,
		      const struct world *world)
{
	const struct xnm_vif_note *other = NULL;

	if (op->type == &xnm_op_proxy_del) {
		other = other_vif(plan, world, &op->u.addr);
		return other && vif_has_proxy(other, op->dev);
	}
	if (op->type == &xnm_op_route_del)
		other = other_vif(plan, world, &op->u.route.dst);
	return other && other->routed.via_bridge && strcmp(other->bridge.name, op->dev) == 0;
}

const char *rule_of_offline(const struct xnm_plan *plan, struct model *model, unsigned int i)
{
	const struct xnm_op *op = &plan->op[i];

	if (op->type == &xnm_op_connections_forget && forgets_another(plan, &model->world))
		return "they are another vif's";
	if (is_needed(plan, op, &model->world))
		return "another vif needs it";
	if (op->type == &xnm_op_filter_change && model->facts.device.link.up)
		return "it is still up, and nothing holds it";
	if (op->type == &xnm_op_network_release && model->facts.device.link.up)
		return "it is still up, and its network open";
	return NULL;
}

/* Whether an operation is about what the vifs of a network or bridge have in common. */
static bool changes_network(const struct xnm_op *op)
{
	if (IS_ONE_OF(op, &xnm_op_pool_assign, &xnm_op_network_join, &xnm_op_foreign_join))
		return false;
	if (op->type == &xnm_op_owned_join)
		return op->u.owned.note;
	return xnm_op_is_networks(op) ||
	       IS_ONE_OF(op, &xnm_op_bridge_set, &xnm_op_owned_leave, &xnm_op_foreign_leave);
}

const char *rule_of_lock(const struct xnm_plan *plan)
{
	for (unsigned int i = 0; i < plan->n; i++) {
		if (changes_network(&plan->op[i]))
			return NULL;
	}
	return plan->changes_network ? "it wants the network for itself, of which nothing changes"
				     : NULL;
}
