/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.c - decide which flags and VLANs a vif has as a port of its bridge. */
#include "hotplug/parts/bridge/stages.h"

/* The first value that is set, the most specific one first. */
static void want_flag(struct xnm_port_want *port, enum xnm_port_flag flag, enum xnm_tristate vif,
		      enum xnm_tristate network)
{
	enum xnm_tristate value = vif != XNM_UNSET ? vif : network;

	if (value == XNM_UNSET)
		return;
	port->mask |= (uint16_t)flag;
	if (value == XNM_YES)
		port->value |= (uint16_t)flag;
}

static void want_port(struct xnm_port_want *port, const struct xnm_port_policy *vif,
		      const struct xnm_port_policy *network, bool locked)
{
	want_flag(port, XNM_PORT_ISOLATED, vif->isolated, network->isolated);
	want_flag(port, XNM_PORT_LEARNING, vif->learning, network->learning);
	want_flag(port, XNM_PORT_HAIRPIN, vif->hairpin, network->hairpin);
	want_flag(port, XNM_PORT_GUARD, vif->guard, network->guard);
	want_flag(port, XNM_PORT_ROOT_BLOCK, vif->root_block, network->root_block);
	want_flag(port, XNM_PORT_FLOOD, vif->flood, network->flood);
	want_flag(port, XNM_PORT_MCAST_FLOOD, vif->mcast_flood, network->mcast_flood);
	want_flag(port, XNM_PORT_BCAST_FLOOD, vif->bcast_flood, network->bcast_flood);
	want_flag(port, XNM_PORT_FAST_LEAVE, vif->fast_leave, network->fast_leave);
	want_flag(port, XNM_PORT_MCAST_TO_UNICAST, vif->mcast_to_unicast,
		  network->mcast_to_unicast);
	want_flag(port, XNM_PORT_NEIGH_SUPPRESS, vif->neigh_suppress, network->neigh_suppress);
	/*
	 * Frames to 01:80:c2:00:00:0x, whatever they carry, go from a port to this host's own
	 * protocols without passing nftables; only those that may be forwarded pass it
	 * (br_handle_frame() in net/bridge/br_input.c), where those of locked vifs are dropped
	 */
	if (locked)
		want_flag(port, XNM_PORT_GROUP_FWD, XNM_YES, XNM_YES);
}

static void want_vlan(struct xnm_want *want, const struct xnm_guest *guest)
{
	if (want->section && want->section->has_vlan) {
		want->bridge.vlan = want->section->vlan;
		want->bridge.vlan_why = NULL;
	} else if (want->bridge.has_vlan) {
		return;
	} else if (guest->has_vlan) {
		want->bridge.vlan = guest->vlan;
		want->bridge.vlan_why = "the guest's vlan= says so";
	} else if (want->network && want->network->has_vlan) {
		want->bridge.vlan = want->network->vlan;
		want->bridge.vlan_why = NULL;
	} else {
		return;
	}
	want->bridge.has_vlan = true;
}

int bridge_want(struct xnm_want *want, const struct xnm_event *event, const struct xnm_guest *guest,
		struct xnm_err *err)
{
	static const struct xnm_port_policy unset;
	bool routed = want->backend == XNM_BACKEND_ROUTE;

	(void)event;
	(void)err;
	want_vlan(want, guest);
	if (!routed)
		want_port(&want->bridge.port, want->section ? &want->section->port : &unset,
			  want->network ? &want->network->port : &unset, want->filter.locked);
	want->bridge.is_trunk = !routed && xnm_vlans_tagged(&want->bridge.vlan);
	xnm_scope(want->address.scope, want->bridge.name, want->bridge.has_vlan,
		  &want->bridge.vlan);
	return 0;
}
