/* SPDX-License-Identifier: GPL-2.0-or-later */
/* port_plan.c - plan a vif's bridge port, with its flags and VLANs. */
#include "hotplug/core/plan.h"
#include "hotplug/parts/bridge/plan.h"

#include <string.h>

#include "hotplug/base/util.h"

static void plan_vlans(struct xnm_plan *plan, const struct xnm_want *want,
		       const struct xnm_facts *facts, const char *name, bool attached)
{
	struct xnm_vlans now = facts->bridge.port_vlans;
	unsigned int pvid = facts->bridge.link.ifindex ? facts->bridge.link.default_pvid : 1;
	char says[XNM_SAYS_LEN] = "";

	if (!want->bridge.has_vlan)
		return;
	/* what br_add_if() gives to a new port: nbp_vlan_init() in net/bridge/br_vlan.c */
	if (!attached || !facts->bridge.has_port_vlans) {
		memset(&now, 0, sizeof(now));
		/* 0: the bridge's administrator wants none */
		if (pvid) {
			now.pvid = (uint16_t)pvid;
			xnm_vlan_set(now.member, pvid);
			xnm_vlan_set(now.untagged, pvid);
		}
	} else if (xnm_vlans_equal(&now, &want->bridge.vlan)) {
		return;
	}
	plan->bridge.vlan_add = want->bridge.vlan;
	for (size_t i = 0; i < sizeof(now.member); i++)
		plan->bridge.vlan_del.member[i] =
			now.member[i] & (uint8_t)~want->bridge.vlan.member[i];
	xnm_want_says(want, XNM_KEY_VIF_VLAN, XNM_KEY_NETWORK_VLAN, says);
	xnm_plan_add(plan, XNM_PHASE_ATTACH, &xnm_op_port_vlans, name, facts->device.link.ifindex,
		     "%s", want->bridge.vlan_why ? want->bridge.vlan_why : says);
}

/* What a port has before anybody sets a flag: BR_DEFAULT of new_nbp(), net/bridge/br_if.c */
static const uint16_t default_flags =
	XNM_PORT_LEARNING | XNM_PORT_FLOOD | XNM_PORT_MCAST_FLOOD | XNM_PORT_BCAST_FLOOD;

/* The lines that decide these flags. */
static void flags_say(const struct xnm_want *want, uint16_t mask, char out[XNM_SAYS_LEN])
{
	static const struct {
		uint16_t flag;
		enum xnm_key_id vif_key, network_key;
	} keys[] = {
#define KEY(word) { XNM_PORT_##word, XNM_KEY_VIF_##word, XNM_KEY_NETWORK_##word }
		KEY(ISOLATED),	  KEY(LEARNING),    KEY(HAIRPIN),
		KEY(GUARD),	  KEY(ROOT_BLOCK),  KEY(FLOOD),
		KEY(MCAST_FLOOD), KEY(BCAST_FLOOD), KEY(NEIGH_SUPPRESS),
#undef KEY
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(keys); i++) {
		if (mask & keys[i].flag)
			xnm_want_says(want, keys[i].vif_key, keys[i].network_key, out);
	}
	if (out[0] == '\0')
		(void)snprintf(out, XNM_SAYS_LEN, "%s",
			       want->why[0] ? want->why : "the policy says so");
}

static void plan_flags(struct xnm_plan *plan, const struct xnm_want *want,
		       const struct xnm_facts *facts, const char *name, bool attached)
{
	const struct xnm_link *device = &facts->device.link;
	uint16_t mask = want->bridge.port.mask, value = want->bridge.port.value;
	char says[XNM_SAYS_LEN] = "";
	struct xnm_op *op;

	if (attached) {
		uint16_t dropped = facts->note.bridge.port_flags & (uint16_t)~mask;

		mask |= dropped;
		value |= dropped & default_flags;
		mask &= (uint16_t)((device->port_flags ^ value) | ~device->port_known);
	}
	if (!mask)
		return;
	flags_say(want, mask, says);
	op = xnm_plan_add(plan, XNM_PHASE_ATTACH, &xnm_op_port_flags, name, device->ifindex, "%s",
			  says);
	op->u.port.mask = mask;
	op->u.port.value = value & mask;
}

void bridge_plan_port(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_want *want = view->want;
	const struct xnm_facts *facts = view->facts;
	const char *name = view->name;
	bool attached = xnm_view_stays_attached(view);
	struct xnm_op *op;

	if (!attached) {
		if (want->bridge.said[0])
			op = xnm_plan_add(plan, XNM_PHASE_ATTACH, &xnm_op_port_attach, name,
					  facts->device.link.ifindex,
					  "the guest's bridge=%.48s is an altname of it",
					  want->bridge.said);
		else
			op = xnm_plan_add(plan, XNM_PHASE_ATTACH, &xnm_op_port_attach, name,
					  facts->device.link.ifindex, "%s",
					  want->why[0] ? want->why
						       : "the guest's bridge= names it");
		memcpy(op->u.name, want->bridge.name, sizeof(op->u.name));
	}
	plan_flags(plan, want, facts, name, attached);
	plan_vlans(plan, want, facts, name, attached);
}
