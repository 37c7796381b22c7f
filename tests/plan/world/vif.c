/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif.c - notes on vifs in the model: written, read and removed. */
#include "tests/plan/world/world.h"

#include <sys/socket.h>

#include "hotplug/notes/vif.h"

bool same_owner(const struct xnm_owner *a, const struct xnm_owner *b)
{
	return a->domid == b->domid && a->devid == b->devid;
}

struct xnm_vif_note *world_vif(struct world *world, uint32_t domid, uint32_t devid)
{
	for (unsigned int i = 0; i < world->vif.n; i++) {
		if (world->vif.notes[i].domid == domid && world->vif.notes[i].devid == devid)
			return &world->vif.notes[i];
	}
	return NULL;
}

void world_note_vif(struct world *world, const struct xnm_vif_note *note)
{
	struct xnm_vif_note *vif = world_vif(world, note->domid, note->devid);

	if (!vif && world->vif.n == WORLD_VIFS)
		world_full("vif");
	xnm_vif_note_copy(vif ? vif : &world->vif.notes[world->vif.n++], note);
}

void world_forget_vif(struct world *world, uint32_t domid, uint32_t devid)
{
	struct xnm_vif_note *vif = world_vif(world, domid, devid);

	if (vif && vif != &world->vif.notes[--world->vif.n])
		xnm_vif_note_copy(vif, &world->vif.notes[world->vif.n]);
}

bool vif_has(const struct xnm_vif_note *vif, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; vif && i < vif->address.n; i++) {
		struct xnm_cidr host = vif->address.list[i];

		host.prefix_len = host.family == AF_INET ? 32 : 128;
		if (xnm_cidr_equal(&vif->address.list[i], address) ||
		    xnm_cidr_equal(&host, address))
			return true;
	}
	return false;
}

bool vif_has_proxy(const struct xnm_vif_note *vif, const char *dev)
{
	for (unsigned int i = 0; i < vif->routed.n_proxies; i++) {
		if (strcmp(vif->routed.proxies[i], dev) == 0)
			return true;
	}
	return false;
}

static void write_note(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_facts *facts = &model->facts;

	(void)op;
	/* made_bridge is about the bridge of the notes */
	facts->bridge.was_made &= strcmp(facts->note.bridge.name, plan->note.bridge.name) == 0;
	facts->has_note = true;
	xnm_vif_note_copy(&facts->note, &plan->note);
	world_note_vif(&model->world, &plan->note);
}

static void remove_note(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)op;
	model->facts.has_note = false;
	world_forget_vif(&model->world, plan->domid, plan->devid);
}

/* xnm_vif_note_read() */
static void vif_look(struct xnm_facts *facts, struct world *world, const struct xnm_event *event,
		     const struct xnm_want *want)
{
	const struct xnm_vif_note *noted = world_vif(world, event->domid, event->devid);

	(void)want;
	facts->has_note = noted != NULL;
	xnm_vif_note_clear(&facts->note);
	if (noted)
		xnm_vif_note_copy(&facts->note, noted);
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_vif_note_write, .happen = write_note, .before_up = true },
	{ .type = &xnm_op_vif_note_remove, .happen = remove_note },
};

const struct world_part world_vif_part = { WORLD_OPS(ops), .look = vif_look };
