/* SPDX-License-Identifier: GPL-2.0-or-later */
/* litter.c - put garbage behind the end of each list, which no plan may read. */
#include "hotplug/core/want.h"
#include "tests/plan/case.h"

#include <string.h>

#include "hotplug/base/util.h"

/* No bool, no index and no string that anything wants. */
#define GARBAGE 0xa5

#define LITTER(list, n) put_garbage(list, XNM_N_ELEMENTS(list), sizeof((list)[0]), n)

static void put_garbage(void *list, size_t room, size_t size, unsigned int n)
{
	if (n < room)
		memset((uint8_t *)list + n * size, GARBAGE, size);
}

static void litter_elements(struct xnm_elements *elements)
{
	LITTER(elements->list, elements->n);
}

static void litter_note(struct xnm_vif_note *note)
{
	LITTER(note->address.list, note->address.n);
	LITTER(note->routed.proxies, note->routed.n_proxies);
	LITTER(note->uplink.names, note->uplink.n);
	LITTER(note->classes.devices, note->classes.n);
	for (unsigned int i = 0; i < 2; i++)
		litter_elements(&note->filter.elements[i]);
}

static void litter_bridge(struct xnm_bridge_facts *bridge)
{
	LITTER(bridge->addresses, bridge->n_addresses);
	LITTER(bridge->stale, bridge->n_stale);
	LITTER(bridge->vlans, bridge->n_vlans);
	LITTER(bridge->vlan_addresses, bridge->n_vlan_addresses);
	LITTER(bridge->cards, bridge->n_cards);
	LITTER(bridge->card_has_address, bridge->n_cards);
	LITTER(bridge->dropped, bridge->n_dropped);
	LITTER(bridge->note.interfaces, bridge->note.n_interfaces);
	LITTER(bridge->note.altnames, bridge->note.n_interfaces);
	LITTER(bridge->note.cards, bridge->note.n_interfaces);
	LITTER(bridge->note.own, bridge->note.n_own);
	if (bridge->carry)
		LITTER(bridge->carry->cidrs, bridge->carry->n_addresses);
	if (bridge->carry_back)
		LITTER(bridge->carry_back->cidrs, bridge->carry_back->n_addresses);
}

static void litter_routed(struct xnm_routed_facts *routed)
{
	LITTER(routed->addresses, routed->n_addresses);
	LITTER(routed->routes, routed->n_routes);
	LITTER(routed->neighbours, routed->n_neighbours);
	LITTER(routed->neighbour_macs, routed->n_neighbours);
	for (unsigned int i = 0; i < routed->n_uplinks; i++)
		LITTER(routed->uplinks[i].proxies, routed->uplinks[i].n_proxies);
	LITTER(routed->uplinks, routed->n_uplinks);
}

static void litter_uplinks(struct xnm_uplink_facts *uplink)
{
	for (unsigned int i = 0; i < uplink->n; i++) {
		struct xnm_uplink_seen *seen = &uplink->seen[i];

		LITTER(seen->defaults, seen->n_defaults);
		LITTER(seen->note.routes, seen->note.n_routes);
		LITTER(seen->note.left, seen->note.n_left);
	}
	LITTER(uplink->seen, uplink->n);
	LITTER(uplink->slots.list, uplink->slots.n);
}

static void litter_classes(struct xnm_classes_facts *classes)
{
	for (unsigned int i = 0; i < classes->n; i++) {
		struct xnm_classes_seen *seen = &classes->seen[i];

		LITTER(seen->classes, seen->n_classes);
		LITTER(seen->queues, seen->n_queues);
	}
	LITTER(classes->seen, classes->n);
}

void litter(struct xnm_facts *facts)
{
	LITTER(facts->guest.addresses, facts->guest.n_addresses);
	litter_note(&facts->note);
	litter_bridge(&facts->bridge);
	LITTER(facts->address.pool.list, facts->address.pool.n);
	LITTER(facts->address.pool.noted, facts->address.pool.n);
	LITTER(facts->network.note.settings, facts->network.note.n_settings);
	litter_elements(&facts->network.note.elements);
	litter_elements(&facts->owned.note.elements);
	litter_elements(&facts->owned.kept);
	litter_elements(&facts->owned.claimed);
	litter_elements(&facts->filter.heirs);
	litter_routed(&facts->routed);
	litter_uplinks(&facts->uplink);
	litter_classes(&facts->classes);
}

void litter_want(struct xnm_want *want)
{
	LITTER(want->address.list, want->address.n);
	put_garbage(want->classes.uplinks, XNM_N_ELEMENTS(want->classes.uplinks), sizeof(void *),
		    want->classes.n);
}

void litter_policy(struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		struct xnm_network *network = &policy->networks[i];

		LITTER(network->interfaces, network->n_interfaces);
		LITTER(network->addresses, network->n_addresses);
		LITTER(network->uplinks, network->n_uplinks);
		LITTER(network->snat, network->n_snat);
		LITTER(network->acls, network->n_acls);
	}
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		struct xnm_vif_policy *vif = &policy->vifs[i];

		LITTER(vif->ipv4_allowed, vif->n_ipv4_allowed);
		LITTER(vif->ipv6_allowed, vif->n_ipv6_allowed);
		LITTER(vif->share_to, vif->n_share_to);
		LITTER(vif->acls, vif->n_acls);
	}
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		struct xnm_uplink *uplink = &policy->uplinks[i];

		LITTER(uplink->track, uplink->n_track);
		LITTER(uplink->gateway.list, uplink->gateway.n);
	}
}
