/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owned.c - addresses on a bridge that are no guest's, in the model: as notes of a network of their own. */
#include "hotplug/core/want.h"
#include "tests/plan/world/world.h"

#include <sys/socket.h>

#include "hotplug/core/elements/parts.h"
#include "hotplug/core/plan.h"
#include "hotplug/notes/owned.h"

/* Whether an address of a vif, other than self, has put the element there: xnm_address_notes_own() */
static bool is_claimed(const struct world *world, const char *bridge,
		       const struct xnm_element *element, const struct xnm_owner *self)
{
	char trunk[XNM_SCOPE_LEN];

	xnm_scope_trunk(trunk, bridge);
	for (unsigned int i = 0; i < world->address.n_claims; i++) {
		const struct xnm_cidr *address = &world->address.claims[i].address;
		const char *scope = world->address.claims[i].scope;
		uint32_t groups[] = { xnm_scope_group(scope), xnm_scope_group(trunk) };
		bool ip6 = address->family == AF_INET6;

		if ((self && same_owner(&world->address.claims[i].owner, self)) ||
		    strncmp(scope, bridge, strlen(bridge)) != 0 ||
		    (ip6 ? element->set != XNM_SET_BRIDGE_OWNED6 &&
				     element->set != XNM_SET_BRIDGE_OWNED_TARGETS6
			 : element->set != XNM_SET_BRIDGE_OWNED4))
			continue;
		for (int k = 0; k < 2; k++) {
			if (memcmp(element->key, &groups[k], 4) == 0 &&
			    memcmp(element->key + 4, address->addr, ip6 ? 16 : 4) == 0)
				return true;
		}
	}
	return false;
}

static void keep_element(struct xnm_elements *kept, const struct xnm_element *element)
{
	if (!xnm_elements_have(kept, element))
		kept->list[kept->n++] = *element;
}

/* xnm_facts_owned_kept() */
static void look_kept(struct xnm_facts *facts, struct world *world, const struct xnm_owner *self)
{
	const struct xnm_vif_note *state = &facts->note;
	const struct noted_network *noted;
	char network[XNM_NAME_LEN];

	facts->owned.kept.n = 0;
	if (state->bridge.name[0] == '\0')
		return;
	xnm_owned_network(network, state->bridge.name);
	noted = world_network(world, network);
	for (unsigned int i = 0; noted->has_note && i < noted->note.elements.n; i++)
		keep_element(&facts->owned.kept, &noted->note.elements.list[i]);
	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int k = 0; k < state->filter.elements[i].n; k++) {
			const struct xnm_element *element = &state->filter.elements[i].list[k];

			if (is_claimed(world, state->bridge.name, element, self))
				keep_element(&facts->owned.kept, element);
		}
	}
}

/* xnm_facts_owned() */
static void look_noted(struct xnm_facts *facts, struct world *world, const struct xnm_want *want,
		       const struct xnm_owner *self)
{
	static struct xnm_elements wanted;
	const struct noted_network *noted;
	char network[XNM_NAME_LEN];
	struct xnm_err err;

	facts->owned.has_note = facts->owned.is_member = false;
	facts->owned.note.elements.n = facts->owned.claimed.n = 0;
	if (!xnm_wants_owned(want))
		return;
	xnm_owned_network(network, want->bridge.name);
	noted = world_network(world, network);
	facts->owned.has_note = noted->has_note;
	facts->owned.is_member = is_member(noted, self);
	if (!noted->has_note)
		return;
	copy_note(&facts->owned.note, &noted->note);
	(void)xnm_filter_bridge(&wanted, want, facts, NULL, &err);
	for (unsigned int i = 0; i < noted->note.elements.n; i++) {
		const struct xnm_element *element = &noted->note.elements.list[i];

		if (!xnm_elements_have(&wanted, element) &&
		    is_claimed(world, want->bridge.name, element, NULL))
			keep_element(&facts->owned.claimed, element);
	}
}

/* xnm_owned_bridge() */
static void look_bridge(struct xnm_facts *facts, const struct world *world,
			const struct xnm_owner *self)
{
	facts->owned.bridge[0] = '\0';
	for (unsigned int i = 0; i < world->network.n; i++) {
		const struct noted_network *noted = &world->network.list[i];

		if (noted->name[0] == '=' && is_member(noted, self))
			COPY(facts->owned.bridge, noted->name + 1);
	}
}

void world_owned_was(struct world *world, const struct xnm_facts *facts,
		     const struct xnm_want *want, const struct xnm_owner *vif)
{
	struct noted_network *noted;
	char network[XNM_NAME_LEN];
	struct xnm_err err;

	if (!xnm_wants_owned(want))
		return;
	xnm_owned_network(network, want->bridge.name);
	noted = world_network(world, network);
	add_member(noted, vif);
	noted->has_note = true;
	noted->note.n_settings = 0;
	COPY(noted->note.bridge, want->bridge.name);
	(void)xnm_filter_bridge(&noted->note.elements, want, facts, NULL, &err);
	world_put_all(world, &noted->note.elements);
}

/* leave_owned() of parts/network/apply.c */
static void release_owned(struct world *world, const char *name, const char *bridge)
{
	struct noted_network *noted = world_network(world, name);
	struct xnm_elements *elements = &noted->note.elements;
	unsigned int n = 0;

	if (noted->n_members || !noted->has_note)
		return;
	for (unsigned int i = 0; i < elements->n; i++) {
		if (!is_claimed(world, bridge, &elements->list[i], NULL))
			elements->list[n++] = elements->list[i];
	}
	elements->n = n;
	world_release_network(world, name);
}

static void leave(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };
	char network[XNM_NAME_LEN];

	xnm_owned_network(network, op->dev);
	remove_member(world_network(&model->world, network), &self);
	release_owned(&model->world, network, op->dev);
}

static void join(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };
	struct world *world = &model->world;
	char network[XNM_NAME_LEN];

	xnm_owned_network(network, op->dev);
	if (op->u.owned.note)
		world_note_network(world, network, &plan->owned.note);
	add_member(world_network(world, network), &self);
}

static void owned_look(struct xnm_facts *facts, struct world *world, const struct xnm_event *event,
		       const struct xnm_want *want)
{
	const struct xnm_owner self = { event->domid, event->devid };

	look_kept(facts, world, &self);
	if (!want && !facts->has_note)
		look_bridge(facts, world, &self);
	if (want && world_needs_filter(facts, want))
		look_noted(facts, world, want, &self);
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_owned_join, .happen = join },
	{ .type = &xnm_op_owned_leave, .happen = leave },
};

const struct world_part world_owned_part = { WORLD_OPS(ops), .look = owned_look };
