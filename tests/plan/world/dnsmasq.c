/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq.c - reservations of the model: written, read, and compared with the notes. */
#include "tests/plan/world/world.h"

/* The line of a vif, to read or to change. */
static char *reservation(struct world *world, const struct xnm_owner *vif)
{
	unsigned int free_one = WORLD_VIFS;

	for (unsigned int i = 0; i < WORLD_VIFS; i++) {
		if (!world->dnsmasq.reservations[i].line[0])
			free_one = i;
		else if (same_owner(&world->dnsmasq.reservations[i].vif, vif))
			return world->dnsmasq.reservations[i].line;
	}
	if (free_one == WORLD_VIFS)
		world_full("reservation");
	world->dnsmasq.reservations[free_one].vif = *vif;
	return world->dnsmasq.reservations[free_one].line;
}

static void reserve(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	(void)op;
	memcpy(reservation(&model->world, &self), plan->dnsmasq.line, XNM_DHCP_LINE_LEN);
}

static void unreserve(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	const struct xnm_owner self = { plan->domid, plan->devid };

	(void)op;
	reservation(&model->world, &self)[0] = '\0';
}

/* xnm_dhcp_read() */
static void dnsmasq_look(struct xnm_facts *facts, struct world *world,
			 const struct xnm_event *event, const struct xnm_want *want)
{
	const struct xnm_owner self = { event->domid, event->devid };

	facts->dnsmasq.line[0] = '\0';
	if (want && want->dnsmasq.dir[0])
		memcpy(facts->dnsmasq.line, reservation(world, &self), XNM_DHCP_LINE_LEN);
}

/* Nothing is reserved that no note would take back. */
static unsigned int dnsmasq_check(struct world *world)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < WORLD_VIFS; i++) {
		const struct xnm_owner *owner = &world->dnsmasq.reservations[i].vif;
		const struct xnm_vif_note *vif = world_vif(world, owner->domid, owner->devid);

		if (!world->dnsmasq.reservations[i].line[0] || (vif && vif->dnsmasq.dir[0]))
			continue;
		printf("broken: still reserved: %s", world->dnsmasq.reservations[i].line);
		n++;
	}
	return n;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_dnsmasq_reserve, .happen = reserve },
	{ .type = &xnm_op_dnsmasq_unreserve, .happen = unreserve },
	{ .type = &xnm_op_dnsmasq_release_lease },
};

const struct world_part world_dnsmasq_part = {
	WORLD_OPS(ops),
	.look = dnsmasq_look,
	.check = dnsmasq_check,
};
