/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.c - bridges of the model, their ports, and the cards whose addresses they carry. */
#include "hotplug/core/part.h"
#include "hotplug/core/want.h"
#include "tests/plan/world/bridge.h"

#include "hotplug/core/elements/parts.h"
#include "hotplug/kernel/carry.h"
#include "tests/plan/world/world.h"

static void set_bridge(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_link *bridge = &model->facts.bridge.link;

	(void)plan;
	bridge->stp = op->u.bridge.stp;
	bridge->vlan_filtering = op->u.bridge.vlan_filtering;
}

static void set_multicast(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_link *bridge = &model->facts.bridge.link;

	(void)plan;
	bridge->mcast_known = true;
	bridge->mcast_snooping = op->u.multicast.snooping;
	bridge->mcast_querier = op->u.multicast.querier;
}

static void create_bridge(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_link *bridge = &model->facts.bridge.link;

	bridge->ifindex = BRIDGE_INDEX;
	COPY(bridge->name, op->dev);
	COPY(bridge->kind, "bridge");
	bridge->mtu_bytes = op->u.bridge.mtu_bytes ? op->u.bridge.mtu_bytes : 1500;
	bridge->default_pvid = 1;
	bridge->mcast_known = bridge->mcast_snooping = true;
	bridge->mac = op->u.bridge.has_mac ? op->u.bridge.mac : xnm_port_mac;
	set_bridge(model, plan, op);
}

static void set_mtu(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	model->facts.bridge.link.mtu_bytes = op->u.mtu.to;
}

static void note_bridge(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_facts *facts = &model->facts;

	(void)op;
	facts->bridge.is_ours = true;
	facts->bridge.note = plan->bridge.note;
	/* the next one is read for the interfaces that it names */
	facts->bridge.n_dropped = 0;
	facts->bridge.carry_back = NULL;
}

void world_default_vlans(struct xnm_facts *facts)
{
	const unsigned int pvid = facts->bridge.link.default_pvid;

	memset(&facts->bridge.port_vlans, 0, sizeof(facts->bridge.port_vlans));
	facts->bridge.port_vlans.pvid = (uint16_t)pvid;
	if (pvid) {
		xnm_vlan_set(facts->bridge.port_vlans.member, pvid);
		xnm_vlan_set(facts->bridge.port_vlans.untagged, pvid);
	}
}

static void set_master(struct xnm_facts *facts, const char *dev, bool attach)
{
	struct xnm_link *link = world_link(facts, dev);

	link->master = attach ? facts->bridge.link.ifindex : 0;
	if (link != &facts->device.link)
		return;
	link->port_known = attach ? ALL_PORT_FLAGS : 0;
	link->port_flags = attach ? NEW_PORT_FLAGS : 0;
	facts->bridge.has_port_vlans = attach && facts->bridge.link.vlan_filtering;
	world_default_vlans(facts);
}

static void attach(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	set_master(&model->facts, op->dev, true);
}

static void detach(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	set_master(&model->facts, op->dev, false);
}

static void set_flags(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_link *link = world_link(&model->facts, op->dev);

	(void)plan;
	link->port_flags &= (uint16_t)~op->u.port.mask;
	link->port_flags |= op->u.port.value;
}

static void set_vlans(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_vlans *now = &model->facts.bridge.port_vlans;

	(void)op;
	model->facts.bridge.has_port_vlans = true;
	now->pvid = plan->bridge.vlan_add.pvid;
	for (size_t i = 0; i < sizeof(now->member); i++) {
		now->member[i] |= plan->bridge.vlan_add.member[i];
		now->member[i] &= (uint8_t)~plan->bridge.vlan_del.member[i];
		now->untagged[i] &= (uint8_t) ~(plan->bridge.vlan_add.member[i] |
						plan->bridge.vlan_del.member[i]);
		now->untagged[i] |= plan->bridge.vlan_add.untagged[i];
	}
}

static void carry_addresses(struct model *model, const struct xnm_plan *plan,
			    const struct xnm_op *op)
{
	struct xnm_facts *facts = &model->facts;

	(void)plan;
	for (unsigned int i = 0; !op->u.carry.back && i < facts->bridge.carry->n_addresses; i++)
		facts->bridge.addresses[facts->bridge.n_addresses++] =
			facts->bridge.carry->cidrs[i];
}

/* The interface has no address any more. */
static void carry_end(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_facts *facts = &model->facts;

	(void)plan;
	if (op->u.carry.carry != facts->bridge.carry)
		return;
	for (unsigned int i = 0; i < facts->bridge.n_cards; i++) {
		if (facts->bridge.cards[i].ifindex == facts->bridge.carry->ifindex)
			facts->bridge.card_has_address[i] = false;
	}
	facts->bridge.carry = NULL;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_bridge_create, .happen = create_bridge },
	{ .type = &xnm_op_bridge_note, .happen = note_bridge },
	{ .type = &xnm_op_bridge_renote, .happen = note_bridge },
	{ .type = &xnm_op_bridge_set, .happen = set_bridge },
	{ .type = &xnm_op_bridge_mtu, .happen = set_mtu },
	{ .type = &xnm_op_bridge_multicast, .happen = set_multicast },
	{ .type = &xnm_op_bridge_release },
	{ .type = &xnm_op_port_attach, .happen = attach, .before_up = true },
	{ .type = &xnm_op_port_detach, .happen = detach, .before_up = true },
	{ .type = &xnm_op_port_flags, .happen = set_flags, .before_up = true },
	{ .type = &xnm_op_port_vlans, .happen = set_vlans, .before_up = true },
	{ .type = &xnm_op_carry_settings },
	{ .type = &xnm_op_carry_addresses, .happen = carry_addresses },
	{ .type = &xnm_op_carry_switch },
	{ .type = &xnm_op_carry_end, .happen = carry_end },
};

const struct world_part world_bridge_part = { WORLD_OPS(ops) };
