/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view.c - conclusions from wants and facts that several parts need. */
#include <string.h>

#include "hotplug/core/part.h"
#include "hotplug/core/want.h"

/* The MAC address of every vif's device in the backend; the guest's end has the real one. All ones
 * but the group bit, as a bridge takes the lowest MAC address of its ports. */
const struct xnm_mac xnm_port_mac = { { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff } };

bool xnm_view_renames(const struct xnm_view *view)
{
	return strcmp(view->facts->device.link.name, view->name) != 0;
}

static bool is_where_it_belongs(const struct xnm_view *view)
{
	const struct xnm_link *device = &view->facts->device.link;

	if (view->want->backend == XNM_BACKEND_ROUTE)
		return device->master == 0 && view->facts->has_note &&
		       view->facts->note.routed.is_routed;
	return view->want->attach && device->master &&
	       device->master == view->facts->bridge.link.ifindex;
}

bool xnm_view_resets_vlans(const struct xnm_view *view)
{
	return view->want->backend != XNM_BACKEND_ROUTE && view->facts->note.bridge.vlan[0] &&
	       !view->want->bridge.has_vlan && is_where_it_belongs(view);
}

bool xnm_view_stays_attached(const struct xnm_view *view)
{
	return is_where_it_belongs(view) && !xnm_view_resets_vlans(view);
}

bool xnm_view_stays_up(const struct xnm_view *view)
{
	return view->facts->device.link.up && xnm_view_stays_attached(view) &&
	       !xnm_view_renames(view);
}

bool xnm_view_is_port(const struct xnm_view *view)
{
	return view->has_vif && view->want->attach && view->want->backend != XNM_BACKEND_ROUTE;
}

bool xnm_view_is_routed(const struct xnm_view *view)
{
	return view->has_vif && view->want->attach && view->want->backend == XNM_BACKEND_ROUTE;
}

bool xnm_plan_bridge_mac(const struct xnm_facts *facts, struct xnm_mac *mac)
{
	static const struct xnm_mac none;
	const struct xnm_link *first = NULL;

	for (unsigned int i = 0; i < facts->bridge.n_cards; i++) {
		const struct xnm_link *link = &facts->bridge.cards[i];

		if (link->ifindex && (!first || (facts->bridge.carry &&
						 facts->bridge.carry->ifindex == link->ifindex)))
			first = link;
	}
	*mac = first ? first->mac : facts->bridge.stable_mac;
	return !xnm_mac_equal(mac, &none);
}

/* While an interface is missing, what was set counts: it must not change with each unplugged cable. */
static uint32_t least_of_cards(const struct xnm_bridge_facts *bridge)
{
	uint32_t least = 0;

	for (unsigned int i = 0; i < bridge->n_cards; i++) {
		const struct xnm_link *link = &bridge->cards[i];
		uint32_t mtu_bytes = link->ifindex ? link->mtu_bytes : bridge->note.mtu_bytes;

		if (mtu_bytes && (!least || mtu_bytes < least))
			least = mtu_bytes;
	}
	return least > XNM_MTU_MAX ? XNM_MTU_MAX : least;
}

uint32_t xnm_plan_bridge_mtu(const struct xnm_want *want, const struct xnm_facts *facts)
{
	const struct xnm_bridge_facts *bridge = &facts->bridge;
	uint32_t least = 0;

	if (want->network && want->network->mtu_bytes)
		return want->network->mtu_bytes;
	if (bridge->link.ifindex && !(want->network && bridge->is_ours))
		return bridge->link.mtu_bytes;
	least = least_of_cards(bridge);
	return least ? least : XNM_DEFAULT_MTU;
}
