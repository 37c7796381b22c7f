/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classes.c - classes of uplinks in the model: made, changed, read and compared with the notes. */
#include "tests/plan/world/world.h"

#define CLASSED_INDEX 300

static struct world_classed *find(struct world *world, const char *name)
{
	for (unsigned int i = 0; i < WORLD_CLASSED; i++) {
		struct world_classed *device = &world->classes.devices[i];

		if (device->device[0] == '\0')
			COPY(device->device, name);
		if (strcmp(device->device, name) == 0)
			return device;
	}
	world_full("uplink with classes");
}

static bool keeps(const struct world_classed *device, uint32_t domid, uint32_t devid)
{
	for (unsigned int i = 0; i < device->n_members; i++) {
		if (device->members[i].domid == domid && device->members[i].devid == devid)
			return true;
	}
	return false;
}

static void broken(const struct xnm_op *op, const char *why)
{
	printf("broken: %s: %s\n", op->dev, why);
	exit(1);
}

static void join(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_classed *device = find(&model->world, op->dev);

	if (keeps(device, plan->domid, plan->devid))
		broken(op, "the vif keeps its classes already");
	if (device->n_members == WORLD_CLASS_MEMBERS)
		world_full("vif that keeps classes");
	device->members[device->n_members++] = (struct xnm_owner){ plan->domid, plan->devid };
}

/* Whatever is made must be found by a later event. */
static struct world_classed *kept(struct model *model, const struct xnm_plan *plan,
				  const struct xnm_op *op)
{
	struct world_classed *device = find(&model->world, op->dev);

	if (!keeps(device, plan->domid, plan->devid))
		broken(op, "its classes are changed by a vif that does not keep them");
	return device;
}

static void put_class(struct world_classed *device, const struct xnm_tc_class *class)
{
	for (unsigned int i = 0; i < device->n_classes; i++) {
		if (device->classes[i].classid != class->classid)
			continue;
		device->classes[i] = *class;
		return;
	}
	device->classes[device->n_classes++] = *class;
}

static void root(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_classed *device = kept(model, plan, op);

	device->has_root = true;
	put_class(device, &op->u.classes.branch.class);
}

static void drop_queue(struct world_classed *device, uint32_t parent)
{
	for (unsigned int i = 0; i < device->n_queues; i++) {
		if (device->queues[i].parent == parent)
			device->queues[i--] = device->queues[--device->n_queues];
	}
}

static void set(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_classed *device = kept(model, plan, op);
	const struct xnm_class_branch *branch = &op->u.classes.branch;

	if (!device->has_root)
		broken(op, "it has no qdisc for a class");
	put_class(device, &branch->class);
	drop_queue(device, branch->queue.parent);
	device->queues[device->n_queues++] = branch->queue;
}

static void class_delete(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_classed *device = kept(model, plan, op);
	uint32_t classid = op->u.classes.branch.class.classid;

	drop_queue(device, classid);
	for (unsigned int i = 0; i < device->n_classes; i++) {
		if (device->classes[i].classid == classid)
			device->classes[i--] = device->classes[--device->n_classes];
	}
}

static void priority(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_classed *device = kept(model, plan, op);
	const struct xnm_vlan_priority *wanted = &op->u.classes.priority;
	unsigned int i = 0;

	if (!device->is_vlan)
		broken(op, "it is no VLAN");
	while (i < device->n_priorities && device->priorities[i].from != wanted->from)
		i++;
	if (i == device->n_priorities)
		device->n_priorities++;
	device->priorities[i] = *wanted;
	if (wanted->to == 0)
		device->priorities[i] = device->priorities[--device->n_priorities];
}

static void leave(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_classed *device = find(&model->world, op->dev);

	for (unsigned int i = 0; i < device->n_members; i++) {
		if (device->members[i].domid == plan->domid &&
		    device->members[i].devid == plan->devid)
			device->members[i--] = device->members[--device->n_members];
	}
	if (device->n_members)
		return;
	device->has_root = false;
	device->n_classes = device->n_queues = device->n_priorities = 0;
}

/* classes_read() */
static void classes_look(struct xnm_facts *facts, struct world *world,
			 const struct xnm_event *event, const struct xnm_want *want)
{
	facts->classes.n = 0;
	facts->classes.sets_tags = !world->classes.is_old;
	for (unsigned int i = 0; want && i < want->classes.n; i++) {
		struct xnm_classes_seen *seen = &facts->classes.seen[facts->classes.n++];
		const struct xnm_uplink *uplink = want->classes.uplinks[i];
		const struct world_classed *device = find(world, uplink->device);

		memset(seen, 0, sizeof(*seen));
		seen->uplink = uplink;
		seen->shares = want->classes.shares[i];
		seen->is_member = keeps(device, event->domid, event->devid);
		if (strcmp(world->uplink.away, uplink->device) == 0)
			continue;
		seen->ifindex = CLASSED_INDEX + (int)i;
		seen->mtu_bytes = 1500;
		if (seen->shares)
			COPY(seen->rival, device->rival);
		seen->is_vlan = device->is_vlan;
		seen->n_priorities = device->n_priorities;
		memcpy(seen->priorities, device->priorities, sizeof(seen->priorities));
		seen->has_root = device->has_root;
		seen->n_classes = device->n_classes;
		memcpy(seen->classes, device->classes, sizeof(seen->classes));
		seen->n_queues = device->n_queues;
		memcpy(seen->queues, device->queues, sizeof(seen->queues));
	}
}

static bool notes(const struct xnm_vif_note *vif, const char *device)
{
	for (unsigned int i = 0; vif && i < vif->classes.n; i++) {
		if (strcmp(vif->classes.devices[i], device) == 0)
			return true;
	}
	return false;
}

/* Qdiscs have a vif that keeps them, and such a vif a note that says so. */
static unsigned int classes_check(struct world *world)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < WORLD_CLASSED; i++) {
		const struct world_classed *device = &world->classes.devices[i];

		if (device->has_root && device->n_members == 0) {
			printf("broken: nobody keeps the classes of %s\n", device->device);
			n++;
		}
		for (unsigned int k = 0; k < device->n_members; k++) {
			const struct xnm_owner *vif = &device->members[k];

			/* of one that the case tells of, there is no more */
			if (vif->domid >= 100 ||
			    notes(world_vif(world, vif->domid, vif->devid), device->device))
				continue;
			printf("broken: vif%u.%u keeps the classes of %s, and has no note\n",
			       vif->domid, vif->devid, device->device);
			n++;
		}
	}
	return n;
}

int world_read_classes(struct world *world, const char *section, const char *key, const char *value)
{
	struct world_classed *device;
	struct xnm_owner *vif;

	if (strncmp(section, "qdisc ", strlen("qdisc ")) != 0)
		return 0;
	device = find(world, section + strlen("qdisc "));
	if (strcmp(key, "rival") == 0) {
		COPY(device->rival, value);
		return 1;
	}
	if (strcmp(key, "vlan") == 0) {
		device->is_vlan = true;
		return 1;
	}
	if (strcmp(key, "kernel") == 0) {
		world->classes.is_old = true;
		return 1;
	}
	vif = &device->members[device->n_members++];
	return strcmp(key, "member") == 0 && device->n_members <= WORLD_CLASS_MEMBERS &&
	       xnm_vif_id_parse(value, &vif->domid, &vif->devid) == 0;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_classes_join, .happen = join },
	{ .type = &xnm_op_classes_root, .happen = root },
	{ .type = &xnm_op_classes_set, .happen = set },
	{ .type = &xnm_op_classes_delete, .happen = class_delete },
	{ .type = &xnm_op_classes_priority, .happen = priority },
	{ .type = &xnm_op_classes_leave, .happen = leave },
};

const struct world_part world_classes_part = {
	WORLD_OPS(ops),
	.look = classes_look,
	.check = classes_check,
};
