/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model.h - a kernel, a xenstore and a state folder of one struct: what a plan does to the facts. */
#ifndef XNM_TESTS_MODEL_H
#define XNM_TESTS_MODEL_H

#include <stdio.h>
#include <string.h>

#include "hotplug/plan.h"

#define DEVICE_INDEX	10
#define BRIDGE_INDEX	20
#define HOLDER_INDEX	30
#define INTERFACE_INDEX 40
#define OTHER_INDEX	99

/* what the kernel gives to a new port (br_if.c, new_nbp()) */
#define NEW_PORT_FLAGS \
	(XNM_PORT_LEARNING | XNM_PORT_FLOOD | XNM_PORT_MCAST_FLOOD | XNM_PORT_BCAST_FLOOD)
#define ALL_PORT_FLAGS ((1u << XNM_N_PORT_FLAGS) - 1)

#define COPY(field, value) ((void)snprintf(field, sizeof(field), "%s", value))

/* The link that an operation is about. */
static inline struct xnm_link *find_link(struct xnm_facts *facts, const char *dev)
{
	if (strcmp(dev, facts->device.name) == 0)
		return &facts->device;
	for (unsigned int i = 0; i < facts->n_interfaces; i++) {
		if (strcmp(dev, facts->interfaces[i].name) == 0)
			return &facts->interfaces[i];
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

	if (op->kind == XNM_OP_BRIDGE_CREATE) {
		bridge->ifindex = BRIDGE_INDEX;
		COPY(bridge->name, op->dev);
		COPY(bridge->kind, "bridge");
		bridge->mtu_bytes = op->u.bridge.mtu_bytes ? op->u.bridge.mtu_bytes : 1500;
		bridge->default_pvid = 1;
	}
	bridge->stp = op->u.bridge.stp;
	bridge->vlan_filtering = op->u.bridge.vlan_filtering;
}

/* Does what op says to the facts. */
static inline void carry_out(struct xnm_facts *facts, const struct xnm_plan *plan,
			     const struct xnm_op *op)
{
	struct xnm_link *link = find_link(facts, op->dev);

	switch (op->kind) {
	case XNM_OP_BRIDGE_CREATE:
	case XNM_OP_BRIDGE_SET:
		set_bridge(facts, op);
		break;
	case XNM_OP_ADDR_ADD:
		facts->bridge_addresses[facts->n_bridge_addresses++] = op->u.addr;
		break;
	case XNM_OP_ADDR_FLUSH:
		facts->device_has_ipv4 = false;
		break;
	case XNM_OP_IPV6_DISABLE:
		link->has_ipv6 = false;
		break;
	case XNM_OP_LINK_DOWN:
	case XNM_OP_LINK_UP:
		link->up = op->kind == XNM_OP_LINK_UP;
		break;
	case XNM_OP_LINK_RENAME:
		COPY(link->name, op->u.name);
		break;
	case XNM_OP_LINK_ALTNAME:
		COPY(link->altname, op->u.name);
		break;
	case XNM_OP_LINK_MAC:
		link->mac = op->u.mac;
		break;
	case XNM_OP_LINK_MTU:
		link->mtu_bytes = op->u.mtu.to;
		break;
	case XNM_OP_LINK_MASTER:
	case XNM_OP_LINK_NOMASTER:
		set_master(facts, link, op->kind == XNM_OP_LINK_MASTER);
		break;
	case XNM_OP_PORT_FLAGS:
		link->port_flags &= (uint16_t)~op->u.port.mask;
		link->port_flags |= op->u.port.value;
		break;
	case XNM_OP_PORT_VLANS:
		set_vlans(facts, plan);
		facts->has_vlans = true;
		break;
	case XNM_OP_STATE_WRITE:
		/* made_bridge is about the bridge of the notes */
		facts->made_bridge &= strcmp(facts->state.bridge, plan->state.bridge) == 0;
		facts->has_state = true;
		facts->state = plan->state;
		break;
	case XNM_OP_STATE_REMOVE:
		facts->has_state = false;
		break;
	case XNM_OP_FRONTEND_MTU:
		facts->guest.frontend_mtu_bytes = op->u.mtu.to;
		break;
	case XNM_OP_ERROR_REMOVE:
		facts->guest.has_error = false;
		break;
	case XNM_OP_CONNECTED:
		facts->guest.connected = true;
		break;
	case XNM_OP_BRIDGE_NOTE:
		facts->bridge_is_ours = true;
		break;
	case XNM_OP_BRIDGE_RELEASE:
	case XNM_OP_NAME_WAIT:
		break;
	}
}

/* Whether op changes what a guest could send or receive, or under which name. */
static inline bool prepares_device(const struct xnm_op *op)
{
	return !op->shared && op->kind >= XNM_OP_ADDR_FLUSH && op->kind <= XNM_OP_STATE_WRITE &&
	       op->kind != XNM_OP_LINK_DOWN && op->kind != XNM_OP_LINK_UP;
}

/*
 * The rules of plan.c's theory of operation, which hold for every online:
 * what operation i breaks, or NULL. was_up: an earlier one has set the device up.
 */
static inline const char *broken_rule(const struct xnm_plan *plan, const struct xnm_facts *facts,
				      unsigned int i, bool was_up)
{
	const struct xnm_op *op = &plan->op[i];
	bool attaches = op->kind == XNM_OP_LINK_MASTER && strcmp(op->dev, facts->device.name) == 0;

	if (was_up && prepares_device(op))
		return "the device is up already, and was not before";
	if (facts->device.up && op->kind == XNM_OP_LINK_RENAME)
		return "an interface that is up may not be renamed";
	if (facts->device.up && attaches)
		return "it is attached while it is up";
	if (!facts->has_state && attaches)
		return "it is attached without a note";
	if (op->shared && i > 0 && !plan->op[i - 1].shared)
		return "the network comes first";
	if (op->kind == XNM_OP_CONNECTED && i + 1 != plan->n)
		return "it must be the last";
	if (op->kind == XNM_OP_PORT_VLANS && xnm_vlan_test(plan->vlan_del.member, 0))
		return "there is no VLAN 0 to delete";
	return NULL;
}

/* Carries out the plan of an online. Returns how many rules it broke, which are printed. */
static inline unsigned int carry_out_all(struct xnm_facts *facts, const struct xnm_plan *plan)
{
	unsigned int n_broken = 0;
	bool was_up = false;

	for (unsigned int i = 0; i < plan->n; i++) {
		const struct xnm_op *op = &plan->op[i];
		const char *rule = broken_rule(plan, facts, i, was_up);
		char text[256];

		if (rule)
			printf("broken: %u. %s: %s\n", i + 1,
			       xnm_op_text(plan, op, text, sizeof(text)), rule);
		n_broken += rule != NULL;
		was_up |= op->kind == XNM_OP_LINK_UP && !op->shared;
		carry_out(facts, plan, op);
	}
	return n_broken;
}

#endif
