/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter.h - the two nftables tables of the model: the elements of their sets. */
#ifndef XNM_TESTS_WORLD_FILTER_H
#define XNM_TESTS_WORLD_FILTER_H

#include "hotplug/core/facts.h"
#include "hotplug/core/plan.h"
#include "hotplug/parts/filter/ruleset.h"

#define WORLD_ELEMENTS 4096

struct world;

struct world_filter {
	bool table_exists[XNM_N_TABLES], table_whole[XNM_N_TABLES];
	unsigned int n_elements;
	struct xnm_element elements[WORLD_ELEMENTS];
};

bool world_has(const struct world *world, const struct xnm_element *element);
void world_put(struct world *world, const struct xnm_element *element);
void world_put_all(struct world *world, const struct xnm_elements *elements);
void world_take_all(struct world *world, const struct xnm_elements *elements);

/* Its sets have nothing any more. */
void world_empty_table(struct world *world, enum xnm_table table);

/* Whether nftables has all that is noted for a device of the plan, for its network and its bridge. */
bool world_is_filtered(const struct world *world, const struct xnm_plan *plan, const char *dev);

#endif
