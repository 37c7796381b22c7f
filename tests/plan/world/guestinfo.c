/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestinfo.c - what guests of the model are told: written, read, and compared with the notes. */
#include "tests/plan/world/world.h"

static unsigned int find(const struct world_guestinfo *world, uint32_t domid, uint32_t devid)
{
	unsigned int i = 0;

	while (i < world->n && (world->vifs[i].domid != domid || world->vifs[i].devid != devid))
		i++;
	return i;
}

struct xnm_told *world_told(struct world *world, uint32_t domid, uint32_t devid)
{
	struct world_guestinfo *here = &world->guestinfo;
	unsigned int i = find(here, domid, devid);

	if (i == WORLD_TOLD)
		world_full("guest that is told");
	if (i == here->n) {
		here->n++;
		memset(&here->vifs[i], 0, sizeof(here->vifs[i]));
		here->vifs[i].domid = domid;
		here->vifs[i].devid = devid;
	}
	return &here->vifs[i].told;
}

static void remove_told(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_guestinfo *here = &model->world.guestinfo;
	unsigned int i = find(here, plan->domid, plan->devid);

	(void)op;
	if (i < here->n)
		here->vifs[i] = here->vifs[--here->n];
}

static void write_told(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_told *told;

	if (plan->guestinfo.anew)
		remove_told(model, plan, op);
	told = world_told(&model->world, plan->domid, plan->devid);
	for (unsigned int i = 0; i < XNM_N_TOLD; i++) {
		if (plan->guestinfo.keys & (1u << i))
			memcpy(told->value[i], plan->guestinfo.told.value[i], XNM_TOLD_LEN);
	}
}

/* xnm_facts_told() */
static void guestinfo_look(struct xnm_facts *facts, struct world *world,
			   const struct xnm_event *event, const struct xnm_want *want)
{
	const struct world_guestinfo *here = &world->guestinfo;
	unsigned int i = find(here, event->domid, event->devid);

	if (!want)
		return;
	facts->guestinfo.is_there =
		!xnm_event_is_tap(event) && facts->note.guestinfo.told && i < here->n;
	if (facts->guestinfo.is_there)
		facts->guestinfo.told = here->vifs[i].told;
}

/* Who has no notes of it is told nothing. */
static unsigned int guestinfo_check(struct world *world)
{
	const struct world_guestinfo *here = &world->guestinfo;
	unsigned int n = 0;

	for (unsigned int i = 0; i < here->n; i++) {
		const struct xnm_vif_note *vif =
			world_vif(world, here->vifs[i].domid, here->vifs[i].devid);

		if (vif && vif->guestinfo.told)
			continue;
		printf("broken: the guest of vif%u.%u is still told something\n",
		       here->vifs[i].domid, here->vifs[i].devid);
		n++;
	}
	return n;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_guestinfo_write, .happen = write_told },
	{ .type = &xnm_op_guestinfo_remove, .happen = remove_told },
};

const struct world_part world_guestinfo_part = {
	WORLD_OPS(ops),
	.look = guestinfo_look,
	.check = guestinfo_check,
};
