/* SPDX-License-Identifier: GPL-2.0-or-later */
/* told.h - what the guests of the model read about their vifs. */
#ifndef XNM_TESTS_TOLD_H
#define XNM_TESTS_TOLD_H

#include <stdio.h>
#include <stdlib.h>

#include "tests/plan/kinds.h"

#define TOLD_VIFS 8

struct told_world {
	unsigned int n;
	struct {
		uint32_t domid, devid;
		struct xnm_told told;
	} vifs[TOLD_VIFS];
};

static inline unsigned int told_find(const struct told_world *world, uint32_t domid, uint32_t devid)
{
	unsigned int i = 0;

	while (i < world->n && (world->vifs[i].domid != domid || world->vifs[i].devid != devid))
		i++;
	return i;
}

/* The folder of a vif, which is made if there is none. */
static inline struct xnm_told *told_make(struct told_world *world, uint32_t domid, uint32_t devid)
{
	unsigned int i = told_find(world, domid, devid);

	if (i == TOLD_VIFS) {
		fprintf(stderr, "the model has no room for another guest that is told\n");
		exit(2);
	}
	if (i == world->n) {
		world->n++;
		memset(&world->vifs[i], 0, sizeof(world->vifs[i]));
		world->vifs[i].domid = domid;
		world->vifs[i].devid = devid;
	}
	return &world->vifs[i].told;
}

static inline void told_remove(struct told_world *world, uint32_t domid, uint32_t devid)
{
	unsigned int i = told_find(world, domid, devid);

	if (i < world->n)
		world->vifs[i] = world->vifs[--world->n];
}

static inline void carry_out_tell(struct told_world *world, const struct xnm_plan *plan,
				  const struct xnm_op *op)
{
	struct xnm_told *told;

	if (kind_of(op) == KIND_xnm_op_guestinfo_remove || plan->tell.anew)
		told_remove(world, plan->domid, plan->devid);
	if (kind_of(op) == KIND_xnm_op_guestinfo_remove)
		return;
	told = told_make(world, plan->domid, plan->devid);
	for (unsigned int i = 0; i < XNM_N_TOLD; i++) {
		if (plan->tell.keys & (1u << i))
			memcpy(told->value[i], plan->tell.told.value[i], XNM_TOLD_LEN);
	}
}

/* As xnm_facts_told() reads it. */
static inline void look_told(struct xnm_facts *facts, const struct told_world *world,
			     const struct xnm_event *event)
{
	unsigned int i = told_find(world, event->domid, event->devid);

	facts->has_told = !xnm_event_is_tap(event) && facts->state.told && i < world->n;
	if (facts->has_told)
		facts->told = world->vifs[i].told;
}

#endif
