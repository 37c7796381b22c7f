/* SPDX-License-Identifier: GPL-2.0-or-later */
/* changes.c - compare the qdiscs, classes and filters of a device with those that are wanted. */
#include "hotplug/parts/shape/changes.h"
#include "hotplug/parts/shape/filters.h"

static const struct xnm_qdisc *find(const struct xnm_shape_tree *tree, uint32_t handle)
{
	for (unsigned int i = 0; i < tree->n; i++) {
		if (tree->qdiscs[i].handle == handle)
			return &tree->qdiscs[i];
	}
	return NULL;
}

/* Whether it is there, perhaps with other values: then it is changed in place. */
static bool is_there(const struct xnm_shape_tree *is, const struct xnm_qdisc *wanted)
{
	const struct xnm_qdisc *qdisc = find(is, wanted->handle);

	return qdisc && qdisc->parent == wanted->parent && qdisc->kind == wanted->kind;
}

/* Whether a qdisc is made anew, or one above it, so that there is nothing yet below that. */
static bool is_new(const struct shaped_device *device, const struct xnm_qdisc *qdisc)
{
	while (is_there(device->is, qdisc)) {
		if (qdisc->parent == XNM_TC_ROOT)
			return false;
		qdisc = find(device->wanted, qdisc->parent & 0xFFFF0000);
		if (!qdisc)
			return true;
	}
	return true;
}

/* The same of what is above a qdisc with that parent. */
static bool is_new_below(const struct shaped_device *device, uint32_t parent)
{
	const struct xnm_qdisc *above =
		parent == XNM_TC_ROOT ? NULL : find(device->wanted, parent & 0xFFFF0000);

	return above && is_new(device, above);
}

static const char *why(bool is_new)
{
	return is_new ? "the policy shapes its traffic" : "the policy has changed";
}

static struct xnm_op *add(struct xnm_plan *plan, const struct shaped_device *device,
			  const struct xnm_op_type *type, bool is_new)
{
	return xnm_plan_add(plan, XNM_PHASE_SHAPE, type, device->name, device->ifindex, "%s",
			    why(is_new));
}

/* What is there in place of the wanted qdisc and does; NULL: nothing does. */
static const struct xnm_qdisc *find_good(const struct shaped_device *device,
					 const struct xnm_qdisc *wanted,
					 const struct xnm_qdisc *stand_in)
{
	const struct xnm_qdisc *is = find(device->is, wanted->handle);

	if (is && !is_new(device, wanted) && xnm_qdisc_equal(is, wanted))
		return is;
	is = stand_in->kind ? find(device->is, stand_in->handle) : NULL;
	return is && !is_new_below(device, wanted->parent) && xnm_qdisc_equal(is, stand_in) ? is
											    : NULL;
}

/*
 * Returns whether it is set. A tbf that is set gives its own limit to a pfifo below it
 * (net/sched/sch_tbf.c, tbf_change(), fifo_set_limit()), which must be set behind it then.
 */
static bool change_qdisc(struct xnm_plan *plan, const struct shaped_device *device, unsigned int i,
			 bool above_is_set)
{
	const struct xnm_qdisc *wanted = &device->wanted->qdiscs[i], *good;
	struct xnm_qdisc stand_in = { 0 };
	struct xnm_op *op;

	if (device->wanted->stand_in_packets[i])
		shape_stand_in(&stand_in, wanted, device->wanted->stand_in_packets[i]);
	good = find_good(device, wanted, &stand_in);
	if (good && !(above_is_set && good->kind == XNM_QDISC_PFIFO))
		return false;
	if (shape_is_cutter(wanted->handle))
		op = xnm_plan_add(plan, XNM_PHASE_SHAPE, &xnm_op_shape_set, device->name,
				  device->ifindex, "the line is to have single frames");
	else
		op = add(plan, device, &xnm_op_shape_set, is_new(device, wanted));
	op->u.shape.qdisc = *wanted;
	op->u.shape.stand_in = stand_in;
	return true;
}

static const struct xnm_tc_class *find_class(const struct xnm_shape_tree *tree, uint32_t classid)
{
	for (unsigned int i = 0; i < tree->n_classes; i++) {
		if (tree->classes[i].classid == classid)
			return &tree->classes[i];
	}
	return NULL;
}

static void change_classes(struct xnm_plan *plan, const struct shaped_device *device, bool new)
{
	for (unsigned int i = 0; i < device->wanted->n_classes; i++) {
		const struct xnm_tc_class *wanted = &device->wanted->classes[i];
		const struct xnm_tc_class *is =
			new ? NULL : find_class(device->is, wanted->classid);

		if (!is || !xnm_tc_class_equal(is, wanted))
			add(plan, device, &xnm_op_shape_class, new)->u.shape.class = *wanted;
	}
}

static const struct xnm_tc_filter *find_filter(const struct xnm_shape_tree *tree,
					       uint16_t preference)
{
	for (unsigned int i = 0; i < tree->n_filters; i++) {
		if (tree->filters[i].preference == preference)
			return &tree->filters[i];
	}
	return NULL;
}

static void change_filters(struct xnm_plan *plan, const struct shaped_device *device, bool new)
{
	for (unsigned int i = 0; i < device->wanted->n_filters; i++) {
		const struct xnm_tc_filter *wanted = &device->wanted->filters[i];
		const struct xnm_tc_filter *is =
			new ? NULL : find_filter(device->is, wanted->preference);

		if (!is || !shape_filter_equal(is, wanted))
			add(plan, device, &xnm_op_shape_filter, new)->u.shape.filter = *wanted;
	}
}

/* Filters first, as a class that one leads to cannot be deleted; with a class goes all below it. */
static void end_branches(struct xnm_plan *plan, const struct shaped_device *device)
{
	for (unsigned int i = 0; i < device->is->n_filters; i++) {
		const struct xnm_tc_filter *is = &device->is->filters[i];

		if (!find_filter(device->wanted, is->preference))
			add(plan, device, &xnm_op_shape_filter_delete, false)->u.shape.filter = *is;
	}
	for (unsigned int i = 0; i < device->is->n_classes; i++) {
		const struct xnm_tc_class *is = &device->is->classes[i];

		if (!find_class(device->wanted, is->classid))
			add(plan, device, &xnm_op_shape_class_delete, false)->u.shape.class = *is;
	}
}

void shape_changes(struct xnm_plan *plan, const struct shaped_device *device)
{
	bool new, is_set;

	if (device->wanted->n == 0)
		return;
	new = is_new(device, &device->wanted->qdiscs[0]);
	is_set = change_qdisc(plan, device, 0, false);
	change_classes(plan, device, new);
	for (unsigned int i = 1; i < device->wanted->n; i++)
		is_set = change_qdisc(plan, device, i, is_set);
	change_filters(plan, device, new);
	if (!new)
		end_branches(plan, device);
}
