/* SPDX-License-Identifier: GPL-2.0-or-later */
/* look.h - read the facts out of the model's world, and find what there is in it that nobody noted. */
#ifndef XNM_TESTS_LOOK_H
#define XNM_TESTS_LOOK_H

#include "tests/plan/owners.h"
#include "tests/plan/pools.h"

#define UPLINK_INDEX 50

static inline bool look_settings(const struct xnm_facts *facts, struct world *world,
				 const struct xnm_want *want)
{
	struct xnm_setting settings[XNM_MAX_SETTINGS];
	unsigned int n = xnm_filter_settings(settings, want->network, want->bridge,
					     xnm_makes_bridge(facts), want->policy);

	for (unsigned int i = 0; i < n; i++) {
		uint32_t value = world->settings[world_setting(world, settings[i].path)].value;

		if (!xnm_setting_holds(&settings[i], value))
			return false;
	}
	return true;
}

static inline void look_network(struct xnm_facts *facts, struct world *world,
				const struct xnm_want *want, const struct xnm_owner *self)
{
	struct world_network *network = world_network(world, want->network->name);

	facts->has_network_note = network->has_note;
	if (network->has_note)
		copy_note(&facts->network_note, &network->note);
	facts->is_member = find_member(network, self) < network->n_members;
	facts->settings_hold = look_settings(facts, world, want);
	for (unsigned int i = 0; i < want->network->n_uplinks; i++) {
		const struct xnm_uplink *section =
			xnm_policy_uplink(want->policy, want->network->uplinks[i]);
		struct xnm_uplink_facts *uplink = &facts->uplinks[facts->n_uplinks++];

		if (section->guest[0]) {
			facts->n_uplinks--;
			continue;
		}
		COPY(uplink->name, section->device);
		uplink->ifindex = UPLINK_INDEX + (int)i;
		uplink->n_proxies = 0;
		for (unsigned int k = 0; k < world->n_proxies; k++) {
			if (strcmp(world->proxies[k].dev, uplink->name) == 0)
				uplink->proxies[uplink->n_proxies++] = world->proxies[k].address;
		}
	}
}

static inline void look_claims(struct xnm_facts *facts, struct world *world,
			       const struct xnm_want *want, const struct xnm_owner *self)
{
	const char *scope = want->scope;

	facts->has_claims = true;
	for (unsigned int i = 0; i < want->n_addresses; i++) {
		unsigned int k = find_claim(world, scope, &want->addresses[i]);
		const struct xnm_owner *owner = &world->claims[k].owner;
		const struct xnm_vif_note *other;

		if (k < world->n_claims && same_owner(owner, self))
			continue;
		facts->has_claims = false;
		other = k < world->n_claims ? world_vif(world, owner->domid, owner->devid) : NULL;
		if (!other || !xnm_mac_equal(&other->mac, &facts->guest.mac))
			continue;
		facts->address_is_same_guests = true;
		facts->predecessor = *owner;
		xnm_owners_add(&facts->leave, owner);
	}
}

static inline void add_heir(struct xnm_facts *facts, const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		if (!xnm_elements_have(&facts->heirs, &elements->list[i]))
			facts->heirs.list[facts->heirs.n++] = elements->list[i];
	}
}

/* xnm_facts_heirs() */
static inline void look_heirs(struct xnm_facts *facts, struct world *world,
			      const struct xnm_owner *self)
{
	const struct xnm_vif_note *state = &facts->state;

	const struct xnm_vif_note *old =
		state->has_predecessor
			? world_vif(world, state->predecessor.domid, state->predecessor.devid)
			: NULL;

	facts->heirs.n = 0;
	memset(facts->handed_over, 0, sizeof(facts->handed_over));
	memset(facts->goes_back, 0, sizeof(facts->goes_back));
	look_kept(facts, world, self);
	if (old) {
		add_heir(facts, &old->elements[0]);
		add_heir(facts, &old->elements[1]);
	}
	for (unsigned int i = 0; old && i < state->n_addresses; i++) {
		for (unsigned int k = 0; k < old->n_addresses; k++)
			facts->goes_back[i] |=
				xnm_cidr_equal(&state->addresses[i], &old->addresses[k]);
	}
	for (unsigned int i = 0; state->scope[0] && i < state->n_addresses; i++) {
		unsigned int k = find_claim(world, state->scope, &state->addresses[i]);
		const struct xnm_owner *owner = &world->claims[k].owner;
		const struct xnm_vif_note *heir;

		if (k == world->n_claims || same_owner(owner, self))
			continue;
		heir = world_vif(world, owner->domid, owner->devid);
		if (!heir)
			continue;
		facts->handed_over[i] = true;
		add_heir(facts, &heir->elements[0]);
		add_heir(facts, &heir->elements[1]);
	}
}

/* xnm_nft_read_device(): what is under a name, when there are no notes */
static inline void look_strays(struct xnm_facts *facts, const struct world *world, const char *name,
			       bool tap)
{
	struct xnm_elements *strays = &facts->state.elements[tap];

	for (unsigned int i = 0; i < world->n_elements; i++) {
		const struct xnm_element *element = &world->elements[i];

		if (xnm_sets[element->set].key[0] == XNM_NFT_IFNAME &&
		    strncmp((const char *)element->key, name, IFNAMSIZ) == 0 &&
		    !xnm_elements_have(strays, element))
			strays->list[strays->n++] = *element;
	}
}

static inline void look_elements(const struct world *world, const struct xnm_elements *elements,
				 bool *lost)
{
	for (unsigned int i = 0; i < elements->n; i++)
		lost[i] = !world_has(world, &elements->list[i]);
}

/* needs_filter() in run.c */
static inline bool look_is_needed(const struct xnm_facts *facts, const struct xnm_want *want)
{
	return (want->attach && (want->locked || want->network || want->n_addresses)) ||
	       facts->state.elements[0].n || facts->state.elements[1].n;
}

/*
 * What xnm_vif_note_read(), xnm_facts_filter() and xnm_facts_routed() would read;
 * the facts of the device itself are there already.
 */
static inline void look(struct xnm_facts *facts, struct world *world, const struct xnm_event *event,
			const struct xnm_want *want)
{
	const struct xnm_owner self = { event->domid, event->devid };
	const struct xnm_vif_note *noted = world_vif(world, event->domid, event->devid);
	int ifindex;

	facts->has_state = noted != NULL;
	xnm_vif_note_clear(&facts->state);
	if (noted)
		xnm_vif_note_copy(&facts->state, noted);
	facts->has_network_note = facts->is_member = facts->settings_hold = false;
	facts->network_note.elements.n = facts->n_uplinks = facts->n_routes = 0;
	facts->has_claims = facts->address_is_same_guests = false;
	memset(&facts->filter, 0, sizeof(facts->filter));
	look_heirs(facts, world, &self);
	if (!want && !noted) {
		look_owned_bridge(facts, world, &self);
		look_strays(facts, world, xnm_event_device(event), xnm_event_is_tap(event));
		look_strays(facts, world, facts->device.name, xnm_event_is_tap(event));
	}
	if (!want)
		return;
	look_told(facts, &world->told, event);
	look_fastpath(facts, &world->fastpath, world->vifs, world->n_vifs, event, want);
	look_through(facts, &world->foreign, event, want);
	ways_look(facts, &world->ways, event, want);
	if (!look_is_needed(facts, want))
		return;
	look_owned(facts, world, want, &self);
	if (want->attach && want->network)
		look_network(facts, world, want, &self);
	if (want->attach)
		look_claims(facts, world, want, &self);
	if (!noted)
		look_strays(facts, world, want->ifname, xnm_event_is_tap(event));
	facts->filter.known = true;
	facts->filter.now.generation = 1;
	for (int i = 0; i < XNM_N_TABLES; i++) {
		facts->filter.table[i].exists = world->table_exists[i];
		facts->filter.table[i].whole = world->table_whole[i];
	}
	look_elements(world, &facts->state.elements[xnm_event_is_tap(event)],
		      facts->filter.vif_lost);
	look_elements(world, &facts->network_note.elements, facts->filter.network_lost);
	look_elements(world, &facts->owned_note.elements, facts->filter.owned_lost);
	ifindex = want->routed ? facts->device.ifindex : facts->bridge.ifindex;
	for (unsigned int i = 0; i < world->n_routes; i++) {
		if (world->routes[i].ifindex == ifindex && ifindex)
			facts->routes[facts->n_routes++] = world->routes[i];
	}
}

/* ------------------------------------------------------------------- checks */

static inline void describe(const struct xnm_element *element, char *out, size_t out_size)
{
	(void)snprintf(out, out_size, "%s of %.16s", xnm_sets[element->set].name,
		       xnm_sets[element->set].key[0] == XNM_NFT_IFNAME ? (const char *)element->key
								       : "an address");
}

static inline unsigned int check_noted(const struct world *world, const struct xnm_elements *noted)
{
	unsigned int n = 0;
	char text[64];

	for (unsigned int i = 0; i < noted->n; i++) {
		if (world_has(world, &noted->list[i]))
			continue;
		describe(&noted->list[i], text, sizeof(text));
		printf("broken: nftables has lost %s\n", text);
		n++;
	}
	return n;
}

/* Whether any vif or network has noted the element. */
static inline bool is_noted(const struct world *world, const struct xnm_element *element)
{
	for (unsigned int i = 0; i < world->n_vifs; i++) {
		if (xnm_elements_have(&world->vifs[i].elements[0], element) ||
		    xnm_elements_have(&world->vifs[i].elements[1], element))
			return true;
	}
	for (unsigned int i = 0; i < world->n_networks; i++) {
		if (world->networks[i].has_note &&
		    xnm_elements_have(&world->networks[i].note.elements, element))
			return true;
	}
	return false;
}

/* What is noted is there, and what is there is noted. Returns the number of mistakes, which it prints. */
static inline unsigned int check_elements(const struct world *world)
{
	unsigned int n = 0;
	char text[64];

	for (unsigned int i = 0; i < world->n_vifs; i++)
		n += check_noted(world, &world->vifs[i].elements[0]) +
		     check_noted(world, &world->vifs[i].elements[1]);
	for (unsigned int i = 0; i < world->n_networks; i++) {
		if (world->networks[i].has_note)
			n += check_noted(world, &world->networks[i].note.elements);
	}
	for (unsigned int i = 0; i < world->n_elements; i++) {
		if (is_noted(world, &world->elements[i]))
			continue;
		describe(&world->elements[i], text, sizeof(text));
		printf("broken: nftables still has %s\n", text);
		n++;
	}
	return n;
}

static inline unsigned int check_members(struct world *world)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < world->n_networks; i++) {
		const struct world_network *network = &world->networks[i];

		if (network->has_note != (network->n_members > 0)) {
			printf("broken: network %s has %u vifs and %s note\n", network->name,
			       network->n_members, network->has_note ? "a" : "no");
			n++;
		}
		for (unsigned int k = 0; k < network->n_members; k++) {
			const struct xnm_owner *member = &network->members[k];
			const struct xnm_vif_note *vif =
				world_vif(world, member->domid, member->devid);

			if (vif && strcmp(vif->network, network->name) == 0)
				continue;
			if (vif && vif->locked && network->name[0] == '=' &&
			    strcmp(vif->bridge, network->name + 1) == 0)
				continue;
			printf("broken: vif%u.%u is in network %s\n", member->domid, member->devid,
			       network->name);
			n++;
		}
	}
	for (unsigned int i = 0; i < world->n_settings; i++) {
		if (!world->settings[i].changed ||
		    world_needs_setting(world, world->settings[i].path))
			continue;
		printf("broken: %s is still %u\n", world->settings[i].path,
		       world->settings[i].value);
		n++;
	}
	return n;
}

static inline bool vif_has(const struct xnm_vif_note *vif, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; vif && i < vif->n_addresses; i++) {
		struct xnm_cidr host = vif->addresses[i];

		host.prefix_len = host.family == AF_INET ? 32 : 128;
		if (xnm_cidr_equal(&vif->addresses[i], address) || xnm_cidr_equal(&host, address))
			return true;
	}
	return false;
}

static inline unsigned int check_claims(struct world *world)
{
	char text[XNM_CIDR_TEXT_LEN];
	unsigned int n = 0;

	for (unsigned int i = 0; i < world->n_claims; i++) {
		const struct xnm_owner *owner = &world->claims[i].owner;
		const struct xnm_vif_note *vif = world_vif(world, owner->domid, owner->devid);

		if (vif_has(vif, &world->claims[i].address) &&
		    strcmp(world->claims[i].scope, vif->scope) == 0)
			continue;
		xnm_format_cidr(&world->claims[i].address, text);
		printf("broken: vif%u.%u still claims %s on %s\n", owner->domid, owner->devid, text,
		       world->claims[i].scope);
		n++;
	}
	return n;
}

static inline bool answers_for(const struct xnm_vif_note *vif, const char *dev)
{
	for (unsigned int i = 0; i < vif->n_proxies; i++) {
		if (strcmp(vif->proxies[i], dev) == 0)
			return true;
	}
	return false;
}

/* What answers for whom, and what leads to whom. */
static inline unsigned int check_ways(struct world *world)
{
	char text[XNM_CIDR_TEXT_LEN];
	unsigned int n = 0;

	for (unsigned int i = 0; i < world->n_proxies; i++) {
		const struct xnm_cidr *address = &world->proxies[i].address;
		bool noted = false;

		for (unsigned int k = 0; k < world->n_vifs; k++)
			noted |= vif_has(&world->vifs[k], address) &&
				 answers_for(&world->vifs[k], world->proxies[i].dev);
		xnm_format_cidr(address, text);
		if (!noted)
			printf("broken: %s still answers for %s\n", world->proxies[i].dev, text);
		n += !noted;
	}
	for (unsigned int i = 0; i < world->n_routes; i++) {
		bool noted = false;

		for (unsigned int k = 0; k < world->n_vifs; k++)
			noted |= vif_has(&world->vifs[k], &world->routes[i].dst) &&
				 (world->vifs[k].routed || world->vifs[k].via_bridge);
		xnm_format_cidr(&world->routes[i].dst, text);
		if (!noted)
			printf("broken: there is still a route to %s\n", text);
		n += !noted;
	}
	return n;
}

/* Who has no notes of it is told nothing. */
static inline unsigned int check_told(struct world *world)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < world->told.n; i++) {
		const struct xnm_vif_note *vif =
			world_vif(world, world->told.vifs[i].domid, world->told.vifs[i].devid);

		if (vif && vif->told)
			continue;
		printf("broken: the guest of vif%u.%u is still told something\n",
		       world->told.vifs[i].domid, world->told.vifs[i].devid);
		n++;
	}
	return n;
}

static inline unsigned int check_world(struct world *world)
{
	return check_elements(world) + check_members(world) + check_claims(world) +
	       check_ways(world) + check_reservations(world) + check_told(world) +
	       check_foreign(&world->foreign) + ways_check(&world->ways);
}

#endif
