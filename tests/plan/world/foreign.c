/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign.c - our rules in others' chains of the model: set, read, and compared with who needs them. */
#include "tests/plan/world/world.h"

#include "hotplug/core/plan.h"
#include "hotplug/parts/foreign/plan.h"

/* The device, which is made if there is nothing about it. */
static struct foreign_device *foreign_device(struct world_foreign *foreign, const char *dev)
{
	struct foreign_device *device = foreign->devices;

	for (unsigned int i = 0; i < foreign->n_devices; i++, device++) {
		if (strcmp(device->dev, dev) == 0)
			return device;
	}
	/* there are as many as there are vifs */
	foreign->n_devices++;
	memset(device, 0, sizeof(*device));
	(void)snprintf(device->dev, sizeof(device->dev), "%s", dev);
	return device;
}

static unsigned int find_user(const struct foreign_device *device, uint32_t domid, uint32_t devid)
{
	unsigned int i = 0;

	while (i < device->n_members &&
	       (device->members[i].domid != domid || device->members[i].devid != devid))
		i++;
	return i;
}

/* Where a device's rules would have to be. Returns whether there is such a chain. */
static bool look_chains(struct xnm_facts *facts, const struct world_foreign *foreign,
			const struct xnm_want *want)
{
	bool found = false;

	memset(&facts->foreign, 0, sizeof(facts->foreign));
	facts->foreign.known = true;
	for (unsigned int ip = 0; ip < XNM_N_IP; ip++) {
		if (want->attach && want->backend != XNM_BACKEND_ROUTE)
			facts->foreign.ip[ip].hears_bridges = foreign->hears_bridges;
		if (!xnm_through_rules(want, facts, ip) || !foreign->chain[ip][0])
			continue;
		memcpy(facts->foreign.ip[ip].chain, foreign->chain[ip], XNM_CHAIN_LEN);
		found = true;
	}
	return found;
}

/* xnm_facts_through() */
static void foreign_look(struct xnm_facts *facts, struct world *world,
			 const struct xnm_event *event, const struct xnm_want *want)
{
	bool found = facts->note.foreign.devs[xnm_event_is_tap(event)][0] != '\0';
	struct world_foreign *foreign = &world->foreign;
	struct foreign_device *device;
	const char *name;

	if (!want)
		return;
	name = xnm_through_device(want, facts);
	found |= look_chains(facts, foreign, want);
	if (!found || !name[0])
		return;
	device = foreign_device(foreign, name);
	facts->foreign.is_member =
		find_user(device, event->domid, event->devid) < device->n_members;
	for (unsigned int ip = 0; ip < XNM_N_IP; ip++) {
		memcpy(facts->foreign.ip[ip].noted, device->ip[ip].chain, XNM_CHAIN_LEN);
		if (strcmp(device->ip[ip].chain, facts->foreign.ip[ip].chain) == 0)
			facts->foreign.ip[ip].rules = device->ip[ip].rules;
	}
}

static void set_rules(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct foreign_device *device = foreign_device(&model->world.foreign, op->dev);
	unsigned int ip = op->u.foreign.ip;

	(void)plan;
	device->ip[ip].rules = op->u.foreign.rules;
	(void)snprintf(device->ip[ip].chain, XNM_CHAIN_LEN, "%s",
		       op->u.foreign.rules ? op->u.foreign.chain : "");
}

static void join(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct foreign_device *device = foreign_device(&model->world.foreign, op->dev);
	const struct xnm_owner self = { plan->domid, plan->devid };

	if (find_user(device, plan->domid, plan->devid) == device->n_members)
		device->members[device->n_members++] = self;
}

static void leave(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct foreign_device *device = foreign_device(&model->world.foreign, op->dev);
	unsigned int i = find_user(device, plan->domid, plan->devid);

	if (i < device->n_members)
		device->members[i] = device->members[--device->n_members];
	if (device->n_members == 0)
		memset(device->ip, 0, sizeof(device->ip));
}

/* Nothing is let through that nobody needs. */
static unsigned int foreign_check(struct world *world)
{
	const struct world_foreign *foreign = &world->foreign;
	unsigned int n = 0;

	for (unsigned int i = 0; i < foreign->n_devices; i++) {
		const struct foreign_device *device = &foreign->devices[i];

		for (unsigned int ip = 0; ip < XNM_N_IP; ip++) {
			if (!device->ip[ip].rules || device->n_members)
				continue;
			printf("broken: chain %s still lets %s through\n", device->ip[ip].chain,
			       device->dev);
			n++;
		}
	}
	return n;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_foreign_join, .happen = join },
	{ .type = &xnm_op_foreign_leave, .happen = leave },
	{ .type = &xnm_op_foreign_rules, .happen = set_rules },
};

const struct world_part world_foreign_part = {
	WORLD_OPS(ops),
	.look = foreign_look,
	.check = foreign_check,
};
