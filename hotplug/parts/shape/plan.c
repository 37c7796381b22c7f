/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide how the qdiscs of a vif and of its ifb change. */
#include "hotplug/core/part.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/shape/changes.h"
#include "hotplug/parts/shape/filters.h"
#include "hotplug/parts/shape/links.h"
#include "hotplug/parts/shape/netems.h"
#include "hotplug/parts/shape/stages.h"

#include <errno.h>
#include <string.h>

static bool has_root(const struct xnm_shape_tree *tree)
{
	for (unsigned int i = 0; i < tree->n; i++) {
		if (tree->qdiscs[i].parent == XNM_TC_ROOT)
			return true;
	}
	return false;
}

static void unplan_tree(struct xnm_plan *plan, const struct xnm_link *device,
			const struct xnm_shape_tree *is, const char *name, const char *why)
{
	if (device->ifindex && has_root(is))
		xnm_plan_add(plan, XNM_PHASE_UNSHAPE, &xnm_op_shape_end, name, device->ifindex,
			     "%s", why);
}

/* What the device receives goes to no ifb any more; then the ifb, whose packets are lost. */
static void unplan_ifb(struct xnm_plan *plan, const struct xnm_view *view, uint32_t noted,
		       const char *name, const char *why)
{
	const struct xnm_shape_facts *facts = &view->facts->shape;
	int ifindex = view->facts->device.link.ifindex;
	struct xnm_tc_filter redirect;
	char ifb[IFNAMSIZ];

	shape_ifb_name(view->event, ifb);
	shape_redirect(&redirect, facts->ifb_ifindex);
	if (ifindex && facts->is_redirected)
		xnm_plan_add(plan, XNM_PHASE_UNSHAPE, &xnm_op_shape_filter_delete, name, ifindex,
			     "%s", why)
			->u.shape.filter = redirect;
	if (ifindex && facts->has_hook && (noted & XNM_SHAPE_HOOK))
		xnm_plan_add(plan, XNM_PHASE_UNSHAPE, &xnm_op_shape_unhook, name, ifindex, "%s",
			     why);
	if (facts->ifb_ifindex)
		xnm_plan_add(plan, XNM_PHASE_UNSHAPE, &xnm_op_shape_ifb_delete, ifb,
			     facts->ifb_ifindex, "%s", why);
}

/* Computes what the device for a direction is to have. */
static int want_tree(struct xnm_shape_tree *tree, const struct xnm_plan *plan,
		     const struct xnm_view *view, enum xnm_direction direction, struct xnm_err *err)
{
	static struct shape_branch branches[XNM_SHAPE_MAX_LINKS];
	const struct xnm_want *want = view->want;
	unsigned int n = 0;
	int rc = shape_branches(branches, &n, want, view->facts, direction, err);

	if (rc)
		return rc;
	rc = shape_tree(tree, &want->shape.to[direction], plan->note.device.mtu_bytes, branches, n);
	return rc ? xnm_fail(err, rc,
			     "the links of %s have more than %d prefixes in one direction: name "
			     "networks or prefixes instead of single vifs",
			     view->event->vif, XNM_SHAPE_MAX_FILTERS)
		  : 0;
}

static int plan_inbound(struct xnm_plan *plan, const struct xnm_view *view, uint32_t *made,
			struct xnm_err *err)
{
	static struct xnm_shape_tree wanted;
	const struct xnm_link *device = &view->facts->device.link;
	struct shaped_device shaped = {
		.ifindex = device->ifindex,
		.is = &view->facts->shape.tree[XNM_INBOUND],
		.wanted = &wanted,
	};
	int rc = want_tree(&wanted, plan, view, XNM_INBOUND, err);

	if (rc)
		return rc;
	(void)snprintf(shaped.name, sizeof(shaped.name), "%s", view->name);
	shape_changes(plan, &shaped);
	if (wanted.n)
		*made |= XNM_SHAPE_TREE;
	else if (shape_noted(&view->facts->note, view->tap) & XNM_SHAPE_TREE)
		unplan_tree(plan, device, shaped.is, view->name,
			    "the policy no longer shapes its traffic");
	return 0;
}

static void plan_hook(struct xnm_plan *plan, const struct xnm_view *view, const char *ifb)
{
	const struct xnm_shape_facts *facts = &view->facts->shape;
	int ifindex = view->facts->device.link.ifindex;
	struct xnm_op *op;

	if (!facts->has_hook)
		xnm_plan_add(plan, XNM_PHASE_SHAPE, &xnm_op_shape_hook, view->name, ifindex,
			     "what it receives is to be led to %s", ifb);
	if (facts->is_redirected)
		return;
	op = xnm_plan_add(plan, XNM_PHASE_SHAPE, &xnm_op_shape_filter, view->name, ifindex,
			  "the policy shapes what the guest sends");
	shape_redirect(&op->u.shape.filter, facts->ifb_ifindex);
	memcpy(op->u.shape.ifb, ifb, sizeof(op->u.shape.ifb));
}

static int plan_outbound(struct xnm_plan *plan, const struct xnm_view *view, uint32_t *made,
			 struct xnm_err *err)
{
	static struct xnm_shape_tree wanted;
	const struct xnm_shape_facts *facts = &view->facts->shape;
	uint32_t noted = shape_noted(&view->facts->note, view->tap);
	struct shaped_device shaped = {
		.ifindex = facts->ifb_ifindex,
		.is = &facts->tree[XNM_OUTBOUND],
		.wanted = &wanted,
	};
	int rc = want_tree(&wanted, plan, view, XNM_OUTBOUND, err);

	if (rc)
		return rc;
	shape_ifb_name(view->event, shaped.name);
	if (wanted.n == 0) {
		if (noted & XNM_SHAPE_IFB)
			unplan_ifb(plan, view, noted, view->name,
				   "the policy no longer shapes what the guest sends");
		return 0;
	}
	if (facts->has_other_ifb)
		return xnm_fail(err, -EEXIST,
				"%s, to which what %s receives is to be led, is a device that xnm "
				"has not made: rename or delete it, or have the policy not shape "
				"what the guest sends",
				shaped.name, view->name);
	if (!facts->ifb_ifindex)
		xnm_plan_add(plan, XNM_PHASE_SHAPE, &xnm_op_shape_ifb, shaped.name, 0,
			     "the policy shapes what the guest sends");
	shape_changes(plan, &shaped);
	plan_hook(plan, view, shaped.name);
	*made |= XNM_SHAPE_IFB;
	if (!facts->has_hook || (noted & XNM_SHAPE_HOOK))
		*made |= XNM_SHAPE_HOOK;
	return 0;
}

/* The bits of the other device of the NIC stay as they are noted. */
static void fill_note(struct xnm_plan *plan, const struct xnm_view *view, uint32_t made)
{
	uint32_t other = shape_noted(&view->facts->note, !view->tap);

	plan->note.shape.made =
		view->tap ? made << XNM_SHAPE_TAP | other : made | other << XNM_SHAPE_TAP;
}

static int shape_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	uint32_t made = 0;
	int rc = shape_check_netems(view->want, view->facts, err);

	if (rc == 0)
		rc = plan_inbound(plan, view, &made, err);
	if (rc == 0)
		rc = plan_outbound(plan, view, &made, err);
	fill_note(plan, view, made);
	return rc;
}

static void shape_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_link *device = &view->facts->device.link;
	uint32_t noted = shape_noted(&view->facts->note, view->tap);

	if (noted & XNM_SHAPE_TREE)
		unplan_tree(plan, device, &view->facts->shape.tree[XNM_INBOUND], device->name,
			    "the vif goes offline");
	if (noted & XNM_SHAPE_IFB)
		unplan_ifb(plan, view, noted, device->name, "the vif goes offline");
	fill_note(plan, view, 0);
}

const struct xnm_part xnm_shape_part = {
	.name = "shape",
	.want = shape_want,
	.read = shape_read,
	.recall = shape_recall,
	.online = shape_online,
	.offline = shape_offline,
	.gc = { [XNM_GC_NAMES] = shape_gc },
};
