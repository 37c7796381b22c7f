/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide how the classes of a vif's uplinks change. */
#include "hotplug/core/part.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/classes/priorities.h"
#include "hotplug/parts/classes/stages.h"
#include "hotplug/parts/classes/tree.h"

#include <errno.h>
#include <string.h>

static const struct xnm_tc_class *find_class(const struct xnm_classes_seen *seen, uint32_t classid)
{
	for (unsigned int i = 0; i < seen->n_classes; i++) {
		if (seen->classes[i].classid == classid)
			return &seen->classes[i];
	}
	return NULL;
}

static bool has_class(const struct xnm_classes_seen *seen, const struct xnm_tc_class *wanted)
{
	const struct xnm_tc_class *is = find_class(seen, wanted->classid);

	return is && xnm_tc_class_equal(is, wanted);
}

static bool has_queue(const struct xnm_classes_seen *seen, const struct xnm_class_branch *wanted)
{
	for (unsigned int i = 0; i < seen->n_queues; i++) {
		if (xnm_qdisc_equal(&seen->queues[i], &wanted->queue) ||
		    (wanted->stand_in.kind && xnm_qdisc_equal(&seen->queues[i], &wanted->stand_in)))
			return true;
	}
	return false;
}

static struct xnm_op *add(struct xnm_plan *plan, const struct xnm_op_type *type,
			  const struct xnm_classes_seen *seen)
{
	return xnm_plan_add(plan, XNM_PHASE_SHAPE, type, seen->uplink->device, seen->ifindex, "%s",
			    seen->has_root ? "the policy has changed"
					   : "a vif with class= may send by it");
}

static void plan_root(struct xnm_plan *plan, const struct xnm_classes_seen *seen)
{
	struct xnm_tc_class root;
	struct xnm_op *op;

	classes_root(&root, seen->uplink, seen->mtu_bytes);
	if (has_class(seen, &root))
		return;
	op = add(plan, &xnm_op_classes_root, seen);
	op->u.classes.branch.class = root;
	memcpy(op->u.classes.name, seen->uplink->name, sizeof(op->u.classes.name));
}

static bool is_wanted(const struct xnm_view *view, const struct xnm_classes_seen *seen,
		      uint32_t classid)
{
	struct xnm_class_branch branch;
	bool found = classid == XNM_CLASS_ROOT;

	for (unsigned int i = 0; !found && classes_branch(&branch, view->want->policy, seen->uplink,
							  seen->mtu_bytes, i);
	     i++)
		found = branch.class.classid == classid;
	return found;
}

/* With a class its queue goes; packets for it are of the rest then. */
static void plan_unwanted(struct xnm_plan *plan, const struct xnm_view *view,
			  const struct xnm_classes_seen *seen)
{
	for (unsigned int i = 0; i < seen->n_classes; i++) {
		if (!is_wanted(view, seen, seen->classes[i].classid))
			add(plan, &xnm_op_classes_delete, seen)->u.classes.branch.class =
				seen->classes[i];
	}
}

static void plan_device(struct xnm_plan *plan, const struct xnm_view *view,
			const struct xnm_classes_seen *seen)
{
	struct xnm_class_branch branch;
	const char *name;

	if (!seen->is_member)
		xnm_plan_add(plan, XNM_PHASE_SHAPE, &xnm_op_classes_join, seen->uplink->device,
			     seen->ifindex, "they stay until its last vif leaves");
	if (!seen->ifindex)
		return;
	classes_plan_priorities(plan, view, seen);
	if (!seen->shares)
		return;
	plan_root(plan, seen);
	for (unsigned int i = 0;
	     (name = classes_branch(&branch, view->want->policy, seen->uplink, seen->mtu_bytes, i));
	     i++) {
		struct xnm_op *op;

		if (has_class(seen, &branch.class) && has_queue(seen, &branch))
			continue;
		op = add(plan, &xnm_op_classes_set, seen);
		op->u.classes.branch = branch;
		memcpy(op->u.classes.name, name, sizeof(op->u.classes.name));
	}
	plan_unwanted(plan, view, seen);
}

static bool keeps(const struct xnm_vif_note *note, const char *device)
{
	for (unsigned int i = 0; i < note->classes.n; i++) {
		if (strcmp(note->classes.devices[i], device) == 0)
			return true;
	}
	return false;
}

static void plan_leave(struct xnm_plan *plan, const struct xnm_vif_note *old, const char *why)
{
	for (unsigned int i = 0; i < old->classes.n; i++) {
		if (!keeps(&plan->note, old->classes.devices[i]))
			xnm_plan_add(plan, XNM_PHASE_UNSHAPE, &xnm_op_classes_leave,
				     old->classes.devices[i], 0, "%s", why);
	}
}

/*
 * Guarantees that do not hold would be noticed when they are needed. What somebody else has set up
 * is not deleted without a word either.
 */
static int refuse(const struct xnm_view *view, const struct xnm_classes_seen *seen,
		  struct xnm_err *err)
{
	const struct xnm_uplink *uplink = seen->uplink;
	char where[160];

	return xnm_fail(err, -EEXIST,
			"%s has the qdisc %s, which xnm did not make, and is to have classes: "
			"delete it with 'tc qdisc del dev %s root', or remove rate= of "
			"[uplink %s], %s",
			uplink->device, seen->rival, uplink->device, uplink->name,
			xnm_policy_origin(view->want->policy, XNM_KEY_ORIGIN(uplink, UPLINK, RATE),
					  where, sizeof(where)));
}

static int classes_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_classes_facts *facts = &view->facts->classes;
	int rc = classes_check_priorities(view, err);

	for (unsigned int i = 0; rc == 0 && i < facts->n; i++) {
		if (facts->seen[i].rival[0])
			return refuse(view, &facts->seen[i], err);
		memcpy(plan->note.classes.devices[plan->note.classes.n++],
		       facts->seen[i].uplink->device, IFNAMSIZ);
		plan_device(plan, view, &facts->seen[i]);
	}
	if (rc == 0)
		plan_leave(plan, &view->facts->note, "the vif has no class there any more");
	return rc;
}

static void classes_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	if (xnm_plan_stays(plan))
		return;
	plan->note.classes.n = 0;
	plan_leave(plan, &view->facts->note, "the vif goes offline");
}

const struct xnm_part xnm_classes_part = {
	.name = "classes",
	.want = classes_want,
	.read = classes_read,
	.online = classes_online,
	.offline = classes_offline,
	.gc = { [XNM_GC_MEMBERS] = classes_gc },
};
