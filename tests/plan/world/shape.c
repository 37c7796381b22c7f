/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shape.c - qdiscs and ifb devices of the model: made, changed, read and compared with the notes. */
#include "hotplug/parts/shape/links.h"
#include "hotplug/parts/shape/stages.h"
#include "tests/plan/world/world.h"

#define IFB_INDEX 200

static struct world_shaped *find(struct world *world, int ifindex)
{
	struct world_shaped *free_one = NULL;

	for (unsigned int i = 0; i < WORLD_SHAPED; i++) {
		struct world_shaped *device = &world->shape.devices[i];

		if (device->ifindex == ifindex)
			return device;
		if (!device->ifindex)
			free_one = device;
	}
	if (!free_one)
		world_full("shaped device");
	memset(free_one, 0, sizeof(*free_one));
	free_one->ifindex = ifindex;
	return free_one;
}

static struct world_shaped *find_ifb(struct world *world, const char *name)
{
	for (unsigned int i = 0; i < WORLD_SHAPED; i++) {
		if (world->shape.devices[i].ifindex &&
		    strcmp(world->shape.devices[i].ifb, name) == 0)
			return &world->shape.devices[i];
	}
	return NULL;
}

/* The device of an operation: an ifb may have no index in the plan that makes it. */
static struct world_shaped *device_of(struct model *model, const struct xnm_op *op)
{
	struct world_shaped *ifb = find_ifb(&model->world, op->dev);

	return ifb ? ifb : find(&model->world, op->ifindex);
}

/* Deletes the qdisc at a parent. Returns the parent of what is below it, or 0 if there was none. */
static uint32_t drop_one(struct xnm_shape_tree *tree, uint32_t parent)
{
	for (unsigned int i = 0; i < tree->n; i++) {
		uint32_t handle = tree->qdiscs[i].handle;

		if (tree->qdiscs[i].parent != parent)
			continue;
		tree->qdiscs[i] = tree->qdiscs[--tree->n];
		return handle | 1;
	}
	return 0;
}

/* Deletes the qdisc at a parent, and the chain below it; with the root, all that there is. */
static void drop(struct xnm_shape_tree *tree, uint32_t parent)
{
	if (parent == XNM_TC_ROOT)
		tree->n = 0;
	while (parent)
		parent = drop_one(tree, parent);
}

static bool has_handle(const struct xnm_shape_tree *tree, uint32_t handle)
{
	for (unsigned int i = 0; i < tree->n; i++) {
		if (tree->qdiscs[i].handle == handle)
			return true;
	}
	return false;
}

static void set(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_shape_tree *tree = &device_of(model, op)->tree;
	const struct xnm_qdisc *wanted = &op->u.shape.qdisc;

	(void)plan;
	if (wanted->parent != XNM_TC_ROOT && !has_handle(tree, wanted->parent & 0xFFFF0000)) {
		printf("broken: %s has no qdisc for a child of %x\n", op->dev, wanted->parent);
		exit(1);
	}
	for (unsigned int i = 0; i < tree->n; i++) {
		if (tree->qdiscs[i].handle == wanted->handle &&
		    tree->qdiscs[i].parent == wanted->parent) {
			tree->qdiscs[i] = *wanted;
			return;
		}
	}
	if (wanted->parent == XNM_TC_ROOT)
		tree->n_classes = tree->n_filters = 0;
	drop(tree, wanted->parent);
	if (has_handle(tree, wanted->handle)) {
		printf("broken: %s has handle %x elsewhere\n", op->dev, wanted->handle);
		exit(1);
	}
	tree->qdiscs[tree->n++] = *wanted;
}

static void end(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	memset(&device_of(model, op)->tree, 0, sizeof(struct xnm_shape_tree));
}

static void ifb(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	static int next = IFB_INDEX;
	struct world_shaped *device = find(&model->world, next++);

	COPY(device->ifb, op->dev);
	device->domid = plan->domid;
	device->devid = plan->devid;
}

static void ifb_delete(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	device_of(model, op)->ifindex = 0;
}

static void hook(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	device_of(model, op)->has_hook = true;
}

static void unhook(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	(void)plan;
	device_of(model, op)->has_hook = false;
	device_of(model, op)->redirect[0] = '\0';
	memset(device_of(model, op)->is_copied, 0, sizeof(bool[XNM_N_DIRECTIONS]));
}

static bool is_mirror(const struct xnm_tc_filter *filter, enum xnm_direction *direction)
{
	*direction = filter->parent == XNM_TC_EGRESS ? XNM_INBOUND : XNM_OUTBOUND;
	return filter->action == XNM_TC_MIRROR;
}

static void filter_delete(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_shaped *device = device_of(model, op);
	struct xnm_shape_tree *tree = &device->tree;
	enum xnm_direction direction;

	(void)plan;
	if (is_mirror(&op->u.shape.filter, &direction)) {
		device->is_copied[direction] = false;
		return;
	}
	if (op->u.shape.filter.parent == XNM_TC_INGRESS)
		device->redirect[0] = '\0';
	for (unsigned int i = 0; i < tree->n_filters; i++) {
		if (op->u.shape.filter.parent != XNM_TC_INGRESS &&
		    tree->filters[i].preference == op->u.shape.filter.preference)
			tree->filters[i--] = tree->filters[--tree->n_filters];
	}
}

static bool has_class(const struct xnm_shape_tree *tree, uint32_t classid)
{
	for (unsigned int i = 0; i < tree->n_classes; i++) {
		if (tree->classes[i].classid == classid)
			return true;
	}
	return false;
}

static void filter(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_shaped *device = device_of(model, op);
	const struct xnm_tc_filter *wanted = &op->u.shape.filter;

	filter_delete(model, plan, op);
	if (op->u.shape.ifb[0] ? !device->has_hook || !find_ifb(&model->world, op->u.shape.ifb)
			       : !has_class(&device->tree, wanted->classid)) {
		printf("broken: a filter of %s leads to nothing\n", op->dev);
		exit(1);
	}
	if (op->u.shape.ifb[0])
		memcpy(device->redirect, op->u.shape.ifb, sizeof(device->redirect));
	else
		device->tree.filters[device->tree.n_filters++] = *wanted;
}

static void copy(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct world_shaped *device = device_of(model, op);
	enum xnm_direction direction;
	struct xnm_op sink = *op;

	if (!is_mirror(&op->u.shape.filter, &direction))
		return;
	memcpy(sink.dev, op->u.shape.ifb, sizeof(sink.dev));
	if (!find_ifb(&model->world, sink.dev))
		ifb(model, plan, &sink);
	device->has_hook = device->is_copied[direction] = true;
}

static void class_delete(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_shape_tree *tree = &device_of(model, op)->tree;

	(void)plan;
	for (unsigned int i = 0; i < tree->n_filters; i++) {
		if (tree->filters[i].classid != op->u.shape.class.classid)
			continue;
		printf("broken: a filter of %s still leads to the class\n", op->dev);
		exit(1);
	}
	drop(tree, op->u.shape.class.classid);
	for (unsigned int i = 0; i < tree->n_classes; i++) {
		if (tree->classes[i].classid == op->u.shape.class.classid)
			tree->classes[i--] = tree->classes[--tree->n_classes];
	}
}

static void class(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op)
{
	struct xnm_shape_tree *tree = &device_of(model, op)->tree;

	(void)plan;
	for (unsigned int i = 0; i < tree->n_classes; i++) {
		if (tree->classes[i].classid != op->u.shape.class.classid)
			continue;
		tree->classes[i] = op->u.shape.class;
		return;
	}
	tree->classes[tree->n_classes++] = op->u.shape.class;
}

struct looker {
	struct xnm_facts *facts;
	struct world *world;
};

/* The addresses of a vif at the other end of a link, by its note. */
static void look_peer(void *arg, const struct xnm_link_end *end)
{
	struct looker *looker = arg;
	struct xnm_shape_facts *here = &looker->facts->shape;
	struct xnm_shape_peer *peer = &here->peers[here->n_peers++];

	COPY(peer->domain, end->domain);
	peer->devid = end->devid;
	peer->n = 0;
	for (unsigned int i = 0; i < looker->world->vif.n; i++) {
		const struct xnm_vif_note *note = &looker->world->vif.notes[i];

		if (note->devid != end->devid || strcmp(note->domain_name, end->domain) != 0)
			continue;
		peer->n = note->address.n;
		memcpy(peer->list, note->address.list, sizeof(peer->list));
	}
}

/* shape_read() and shape_recall() */
static void shape_look(struct xnm_facts *facts, struct world *world, const struct xnm_event *event,
		       const struct xnm_want *want)
{
	struct xnm_shape_facts *here = &facts->shape;
	struct looker looker = { facts, world };
	const struct world_shaped *device, *through;
	char name[IFNAMSIZ];

	memset(here, 0, sizeof(*here));
	if (!shape_noted(&facts->note, xnm_event_is_tap(event)) &&
	    (!want || !shape_is_wanted(want, &facts->guest)))
		return;
	if (want)
		shape_each_peer(want, &facts->guest, look_peer, &looker);
	shape_ifb_name(event, name);
	through = find_ifb(world, name);
	if (through) {
		here->ifb_ifindex = through->ifindex;
		here->tree[XNM_OUTBOUND] = through->tree;
	}
	if (!facts->device.link.ifindex)
		return;
	device = find(world, facts->device.link.ifindex);
	here->tree[XNM_INBOUND] = device->tree;
	here->has_hook = device->has_hook;
	here->is_redirected = through && strcmp(device->redirect, name) == 0;
	shape_sink_name(event, name);
	through = xnm_event_is_tap(event) ? NULL : find_ifb(world, name);
	here->sink_ifindex = through ? through->ifindex : 0;
	for (unsigned int i = 0; through && i < XNM_N_DIRECTIONS; i++)
		here->is_copied[i] = device->is_copied[i];
}

/* There is no ifb that no note would take back. */
static unsigned int shape_check(struct world *world)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < WORLD_SHAPED; i++) {
		const struct world_shaped *device = &world->shape.devices[i];
		const struct xnm_vif_note *vif = world_vif(world, device->domid, device->devid);

		if (!device->ifindex || !device->ifb[0] ||
		    (vif && vif->shape.made & XNM_SHAPE_DEVICES))
			continue;
		printf("broken: there is still %s\n", device->ifb);
		n++;
	}
	return n;
}

static const struct world_op ops[] = {
	{ .type = &xnm_op_shape_set, .happen = set },
	{ .type = &xnm_op_shape_end, .happen = end },
	{ .type = &xnm_op_shape_ifb, .happen = ifb },
	{ .type = &xnm_op_shape_ifb_delete, .happen = ifb_delete },
	{ .type = &xnm_op_shape_hook, .happen = hook },
	{ .type = &xnm_op_shape_unhook, .happen = unhook },
	{ .type = &xnm_op_shape_filter, .happen = filter },
	{ .type = &xnm_op_shape_copy, .happen = copy },
	{ .type = &xnm_op_shape_filter_delete, .happen = filter_delete },
	{ .type = &xnm_op_shape_class, .happen = class },
	{ .type = &xnm_op_shape_class_delete, .happen = class_delete },
};

const struct world_part world_shape_part = {
	WORLD_OPS(ops),
	.look = shape_look,
	.check = shape_check,
};
