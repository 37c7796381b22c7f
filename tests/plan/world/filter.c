/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter.c - nftables of the model: elements put in and taken out, read, and compared with the notes. */
#include "tests/plan/world/world.h"

bool world_has(const struct world *world, const struct xnm_element *element)
{
	for (unsigned int i = 0; i < world->filter.n_elements; i++) {
		if (xnm_element_equal(&world->filter.elements[i], element))
			return true;
	}
	return false;
}

/* Whether a map has the key already, with another value: nftables refuses that. */
static bool clashes(const struct world_filter *world, const struct xnm_element *element)
{
	for (unsigned int i = 0; i < world->n_elements; i++) {
		const struct xnm_element *other = &world->elements[i];

		if (other->set == element->set &&
		    memcmp(other->key, element->key, XNM_KEY_MAX) == 0 &&
		    memcmp(other->end, element->end, XNM_KEY_MAX) == 0)
			return true;
	}
	return false;
}

void world_put(struct world *world, const struct xnm_element *element)
{
	if (world_has(world, element))
		return;
	if (clashes(&world->filter, element))
		printf("broken: map %s has that key already\n", xnm_sets[element->set].name);
	if (world->filter.n_elements == WORLD_ELEMENTS)
		world_full("element");
	world->filter.elements[world->filter.n_elements++] = *element;
}

void world_put_all(struct world *world, const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n; i++)
		world_put(world, &elements->list[i]);
}

static void take(struct world_filter *world, const struct xnm_element *element)
{
	for (unsigned int i = 0; i < world->n_elements; i++) {
		if (xnm_element_equal(&world->elements[i], element))
			world->elements[i--] = world->elements[--world->n_elements];
	}
}

void world_take_all(struct world *world, const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n; i++)
		take(&world->filter, &elements->list[i]);
}

void world_empty_table(struct world *world, enum xnm_table table)
{
	struct world_filter *here = &world->filter;

	for (unsigned int i = 0; i < here->n_elements; i++) {
		if (xnm_element_table(&here->elements[i]) == table)
			here->elements[i--] = here->elements[--here->n_elements];
	}
}

/* A table that is made anew gets what all have noted. */
static void put_noted(struct world *world, const struct xnm_elements *elements,
		      enum xnm_table table)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		if (xnm_element_table(&elements->list[i]) == table)
			world_put(world, &elements->list[i]);
	}
}

static void build(struct world *world, enum xnm_table table)
{
	world_empty_table(world, table);
	world->filter.table_exists[table] = world->filter.table_whole[table] = true;
	for (unsigned int i = 0; i < world->vif.n; i++) {
		put_noted(world, &world->vif.notes[i].filter.elements[0], table);
		put_noted(world, &world->vif.notes[i].filter.elements[1], table);
	}
	for (unsigned int i = 0; i < world->network.n; i++) {
		if (world->network.list[i].has_note)
			put_noted(world, &world->network.list[i].note.elements, table);
	}
}

static void change(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_filter_change *filter = &plan->filter;
	struct world *world = &model->world;

	(void)op;
	for (int i = 0; i < XNM_N_TABLES; i++) {
		if (filter->build[i])
			build(world, (enum xnm_table)i);
	}
	for (unsigned int i = 0; i < filter->n_del; i++)
		take(&world->filter, &filter->del[i]);
	for (unsigned int i = 0; i < filter->n_add; i++)
		world_put(world, &filter->add[i]);
}

bool world_is_filtered(const struct world *world, const struct xnm_plan *plan, const char *dev)
{
	const struct xnm_elements *lists[] = {
		&plan->note.filter.elements[strcmp(dev, plan->note.device.tap) == 0],
		&plan->network.note.elements,
		&plan->owned.note.elements,
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(lists); i++) {
		for (unsigned int k = 0; k < lists[i]->n; k++) {
			if (!world_has(world, &lists[i]->list[k]))
				return false;
		}
	}
	return true;
}

/* ----------------------------------------------------------------- reading */

/* xnm_nft_read_device(): what is under a name, when there are no notes */
static void look_strays(struct xnm_facts *facts, const struct world_filter *world, const char *name,
			bool tap)
{
	struct xnm_elements *strays = &facts->note.filter.elements[tap];

	for (unsigned int i = 0; i < world->n_elements; i++) {
		const struct xnm_element *element = &world->elements[i];

		if (xnm_sets[element->set].key[0] == XNM_NFT_IFNAME &&
		    strncmp((const char *)element->key, name, IFNAMSIZ) == 0 &&
		    !xnm_elements_have(strays, element))
			strays->list[strays->n++] = *element;
	}
}

static void look_elements(const struct world *world, const struct xnm_elements *elements,
			  bool *lost)
{
	for (unsigned int i = 0; i < elements->n; i++)
		lost[i] = !world_has(world, &elements->list[i]);
}

static void look_online(struct xnm_facts *facts, struct world *world, bool tap,
			const struct xnm_want *want)
{
	if (!facts->has_note)
		look_strays(facts, &world->filter, want->device.name, tap);
	facts->filter.known = true;
	facts->filter.now.generation = 1;
	for (int i = 0; i < XNM_N_TABLES; i++) {
		facts->filter.table[i].exists = world->filter.table_exists[i];
		facts->filter.table[i].whole = world->filter.table_whole[i];
	}
	look_elements(world, &facts->note.filter.elements[tap], facts->filter.vif_lost);
	look_elements(world, &facts->network.note.elements, facts->filter.network_lost);
	look_elements(world, &facts->owned.note.elements, facts->filter.owned_lost);
}

static void filter_look(struct xnm_facts *facts, struct world *world, const struct xnm_event *event,
			const struct xnm_want *want)
{
	bool tap = xnm_event_is_tap(event);

	facts->filter.known = false;
	memset(&facts->filter.now, 0, sizeof(facts->filter.now));
	memset(facts->filter.table, 0, sizeof(facts->filter.table));
	memset(facts->filter.vif_lost, 0, sizeof(facts->filter.vif_lost));
	memset(facts->filter.network_lost, 0, sizeof(facts->filter.network_lost));
	memset(facts->filter.owned_lost, 0, sizeof(facts->filter.owned_lost));
	if (!want && !facts->has_note) {
		look_strays(facts, &world->filter, xnm_event_device(event), tap);
		look_strays(facts, &world->filter, facts->device.link.name, tap);
	}
	if (want && world_needs_filter(facts, want))
		look_online(facts, world, tap, want);
}

/* ------------------------------------------------------------------ checks */

static void describe(const struct xnm_element *element, char *out, size_t out_size)
{
	(void)snprintf(out, out_size, "%s of %.16s", xnm_sets[element->set].name,
		       xnm_sets[element->set].key[0] == XNM_NFT_IFNAME ? (const char *)element->key
								       : "an address");
}

static unsigned int check_noted(const struct world *world, const struct xnm_elements *noted)
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
static bool is_noted(const struct world *world, const struct xnm_element *element)
{
	for (unsigned int i = 0; i < world->vif.n; i++) {
		if (xnm_elements_have(&world->vif.notes[i].filter.elements[0], element) ||
		    xnm_elements_have(&world->vif.notes[i].filter.elements[1], element))
			return true;
	}
	for (unsigned int i = 0; i < world->network.n; i++) {
		if (world->network.list[i].has_note &&
		    xnm_elements_have(&world->network.list[i].note.elements, element))
			return true;
	}
	return false;
}

/* What is noted is there, and what is there is noted. */
static unsigned int filter_check(struct world *world)
{
	unsigned int n = 0;
	char text[64];

	for (unsigned int i = 0; i < world->vif.n; i++)
		n += check_noted(world, &world->vif.notes[i].filter.elements[0]) +
		     check_noted(world, &world->vif.notes[i].filter.elements[1]);
	for (unsigned int i = 0; i < world->network.n; i++) {
		if (world->network.list[i].has_note)
			n += check_noted(world, &world->network.list[i].note.elements);
	}
	for (unsigned int i = 0; i < world->filter.n_elements; i++) {
		if (is_noted(world, &world->filter.elements[i]))
			continue;
		describe(&world->filter.elements[i], text, sizeof(text));
		printf("broken: nftables still has %s\n", text);
		n++;
	}
	return n;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_filter_change, .happen = change },
};

const struct world_part world_filter_part = {
	WORLD_OPS(ops),
	.look = filter_look,
	.check = filter_check,
};
