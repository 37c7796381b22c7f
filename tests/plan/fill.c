/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fill.c - the facts and notes of a moment, as its folder and the moment before have them. */
#include "hotplug/core/want.h"
#include "tests/plan/case.h"

#include <string.h>

#include "hotplug/core/elements/parts.h"
#include "hotplug/core/plan.h"
#include "hotplug/kernel/carry.h"

/* The bridge that an earlier event has left behind, or the one that the folder tells of. */
static void fill_bridge(struct folder *folder, const struct xnm_want *want)
{
	struct xnm_facts *facts = &folder->model.facts;
	const struct moment *now = &folder->now;

	if (strcmp(facts->bridge.link.name, want->bridge.name) != 0 || !want->attach) {
		if (facts->device.link.master == BRIDGE_INDEX)
			facts->device.link.master = OTHER_INDEX;
		world_lose_bridge(&folder->model.world);
		memset(&facts->bridge.link, 0, sizeof(facts->bridge.link));
		facts->bridge.n_addresses = 0;
		facts->bridge.is_ours = false;
	}
	if (!want->attach || want->backend == XNM_BACKEND_ROUTE)
		return;
	if (!now->has_bridge) {
		COPY(facts->bridge.names, now->bridges);
		return;
	}
	facts->bridge.link = now->bridge;
	if (facts->bridge.link.name[0] == '\0')
		COPY(facts->bridge.link.name, want->bridge.name);
	facts->bridge.is_ours = now->bridge_is_ours;
	facts->bridge.note = now->bridge_note;
	facts->bridge.note.mtu_bytes = now->bridge_follows ? 0 : now->bridge.mtu_bytes;
	facts->bridge.n_addresses = now->n_bridge_addresses;
	memcpy(facts->bridge.addresses, now->bridge_addresses, sizeof(now->bridge_addresses));
}

static void fill_carry(struct xnm_facts *facts, unsigned int i, struct xnm_carry *carry)
{
	facts->bridge.card_has_address[i] = xnm_carry_matters(carry);
	if (facts->bridge.card_has_address[i] && !facts->bridge.carry)
		facts->bridge.carry = carry;
}

/* Interfaces that came with the bridge, as it was noted, and are not the policy's. */
static void fill_dropped(struct folder *folder, const struct xnm_network *network)
{
	struct xnm_facts *facts = &folder->model.facts;
	struct moment *now = &folder->now;

	for (unsigned int k = 0; k < now->n_interfaces; k++) {
		const struct xnm_link *link = &now->interfaces[k].link;
		bool listed = false;

		for (unsigned int i = 0; i < network->n_interfaces; i++)
			listed |= strcmp(network->interfaces[i], link->name) == 0;
		if (listed || !facts->bridge.is_ours)
			continue;
		facts->bridge.dropped[facts->bridge.n_dropped++] = *link;
		if (strcmp(link->name, now->bridge_note.carries) != 0)
			continue;
		facts->bridge.carry_back = &now->interfaces[k].carry;
		/* it was read from the bridge */
		memcpy(facts->bridge.carry_back->ifname, facts->bridge.link.name, IFNAMSIZ);
		facts->bridge.carry_back->ifindex = facts->bridge.link.ifindex;
	}
}

/* One that is noted is the device that it was. */
static void fill_card(struct xnm_bridge_note *note, const struct xnm_link *link)
{
	for (unsigned int i = 0; i < note->n_interfaces; i++) {
		if (strcmp(note->interfaces[i], link->name) == 0)
			note->cards[i] = (struct xnm_card_id){ link->ifindex, link->own_mac };
	}
}

static void fill_interfaces(struct folder *folder, const struct xnm_network *network)
{
	struct xnm_facts *facts = &folder->model.facts;
	const struct moment *now = &folder->now;

	facts->bridge.n_cards = network->n_interfaces;
	for (unsigned int i = 0; i < facts->bridge.n_cards; i++) {
		for (unsigned int k = 0; k < now->n_interfaces; k++) {
			if (strcmp(now->interfaces[k].link.name, network->interfaces[i]) != 0)
				continue;
			facts->bridge.cards[i] = now->interfaces[k].link;
			facts->bridge.card_is_wireless[i] = now->interfaces[k].wireless;
			if (now->interfaces[k].manager.kind) {
				facts->bridge.managed = i;
				facts->bridge.manager = now->interfaces[k].manager;
			}
			memcpy(facts->bridge.card_master[i], now->interfaces[k].master, IFNAMSIZ);
			fill_carry(facts, i, &folder->now.interfaces[k].carry);
			fill_card(&facts->bridge.note, &facts->bridge.cards[i]);
		}
	}
	if (facts->bridge.carry)
		memcpy(facts->bridge.carry_refused, now->carry_refused,
		       sizeof(facts->bridge.carry_refused));
	fill_dropped(folder, network);
}

void fill_links(struct folder *folder, const struct xnm_want *want)
{
	struct xnm_facts *facts = &folder->model.facts;
	struct xnm_link *device = &facts->device.link;
	const struct moment *now = &folder->now;

	fill_bridge(folder, want);
	if (now->device_master[0])
		device->master = strcmp(now->device_master, facts->bridge.link.name) == 0
					 ? BRIDGE_INDEX
					 : OTHER_INDEX;
	memset(&facts->device.holder, 0, sizeof(facts->device.holder));
	if (now->has_holder && strcmp(device->name, want->device.name) != 0) {
		facts->device.holder.ifindex = HOLDER_INDEX;
		COPY(facts->device.holder.name, want->device.name);
	}
	facts->device.holder_is_same_guest = now->holder_is_same_guest;
	facts->bridge.was_made = now->made_bridge;
	if (want->bridge.has_vlan && facts->bridge.link.vlan_filtering &&
	    device->master == BRIDGE_INDEX && now->has_vlans) {
		facts->bridge.has_port_vlans = true;
		facts->bridge.port_vlans = now->vlans;
	}
	facts->bridge.n_cards = facts->bridge.n_dropped = 0;
	facts->bridge.carry = facts->bridge.carry_back = NULL;
	facts->bridge.carry_refused[0] = '\0';
	if (want->attach && want->network)
		fill_interfaces(folder, want->network);
}

/* What every locked vif has on its port, whatever the folder says of the other flags. */
static void fill_guard(struct folder *folder, const struct xnm_want *want)
{
	struct xnm_link *device = &folder->model.facts.device.link;
	uint16_t guard = want->bridge.port.mask & XNM_PORT_GROUP_FWD;

	folder->now.state.bridge.port_flags |= guard;
	if (folder->now.device_master[0] && device->port_known & guard) {
		device->port_flags &= (uint16_t)~guard;
		device->port_flags |= want->bridge.port.value & guard;
	}
}

void complete_state(struct folder *folder, const struct xnm_want *want,
		    const struct xnm_policy *policy)
{
	struct xnm_vif_note *state = &folder->now.state;
	struct world *world = &folder->model.world;
	const struct xnm_owner self = { state->domid, state->devid };
	const struct xnm_network *network = xnm_policy_network(policy, state->network.name);
	bool tap = xnm_event_is_tap(&folder->now.event);
	const char *name = tap ? state->device.tap : state->device.ifname;
	struct xnm_err err;

	if (!folder->now.has_state)
		return;
	if (!folder->now.unfiltered && want->attach && name[0]) {
		state->filter.locked = want->filter.locked;
		state->device.group = xnm_want_group(want);
		folder->model.facts.device.link.group = state->device.group;
		world_owned_was(world, &folder->model.facts, want, &self);
		fill_guard(folder, want);
		(void)xnm_filter_vif(&state->filter.elements[tap], want, &folder->model.facts.guest,
				     name, policy, &err);
		world_put_all(world, &state->filter.elements[tap]);
	}
	if (!folder->now.unfiltered && state->bridge.name[0] && state->address.n)
		memcpy(state->address.scope, want->address.scope, sizeof(state->address.scope));
	if (!folder->now.unfiltered && !tap && xnm_wants_told(want)) {
		state->guestinfo.told = true;
		xnm_told_fill(world_told(world, state->domid, state->devid), want,
			      &state->address.mac, state->device.mtu_bytes);
	}
	for (unsigned int i = 0; state->address.scope[0] && i < state->address.n; i++)
		(void)world_claim(world, state->address.scope, &state->address.list[i], &self,
				  false);
	if (!folder->now.unfiltered && network)
		world_network_was(world, network, policy, &self,
				  xnm_makes_bridge(&folder->model.facts));
	world_note_vif(world, state);
}
