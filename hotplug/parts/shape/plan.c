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

static void delete_filter(struct xnm_plan *plan, const struct xnm_view *view, const char *name,
			  const struct xnm_tc_filter *filter, const char *why)
{
	xnm_plan_add(plan, XNM_PHASE_UNSHAPE, &xnm_op_shape_filter_delete, name,
		     view->facts->device.link.ifindex, "%s", why)
		->u.shape.filter = *filter;
}

/* What leads to or mirrors to an ifb that is no longer wanted. */
static void unplan_filters(struct xnm_plan *plan, const struct xnm_view *view, const char *name,
			   bool keeps_ifb, const bool copies[XNM_N_DIRECTIONS], const char *why)
{
	const struct xnm_shape_facts *facts = &view->facts->shape;
	struct xnm_tc_filter filter;

	if (facts->is_redirected && !keeps_ifb) {
		shape_redirect(&filter, facts->ifb_ifindex);
		delete_filter(plan, view, name, &filter, why);
	}
	for (unsigned int i = 0; i < XNM_N_DIRECTIONS; i++) {
		if (!facts->is_copied[i] || copies[i])
			continue;
		shape_mirror(&filter, (enum xnm_direction)i, facts->sink_ifindex);
		delete_filter(plan, view, name, &filter, why);
	}
}

static void delete_ifb(struct xnm_plan *plan, const char *ifb, int ifindex, const char *why)
{
	if (ifindex)
		xnm_plan_add(plan, XNM_PHASE_UNSHAPE, &xnm_op_shape_ifb_delete, ifb, ifindex, "%s",
			     why);
}

/*
 * Of what is noted, that which is not made: packets of the device go to no ifb any more; then the
 * ifb, whose packets are lost.
 */
static void unplan_ifbs(struct xnm_plan *plan, const struct xnm_view *view, const char *name,
			uint32_t made, const bool copies[XNM_N_DIRECTIONS], const char *why)
{
	const struct xnm_shape_facts *facts = &view->facts->shape;
	uint32_t noted = shape_noted(&view->facts->note, view->tap), gone = noted & ~made;
	int ifindex = view->facts->device.link.ifindex;
	char ifb[IFNAMSIZ];

	if (ifindex && (noted & (XNM_SHAPE_IFB | XNM_SHAPE_COPY)))
		unplan_filters(plan, view, name, !(gone & XNM_SHAPE_IFB), copies, why);
	if (ifindex && facts->has_hook && (gone & XNM_SHAPE_HOOK))
		xnm_plan_add(plan, XNM_PHASE_UNSHAPE, &xnm_op_shape_unhook, name, ifindex, "%s",
			     why);
	shape_ifb_name(view->event, ifb);
	if (gone & XNM_SHAPE_IFB)
		delete_ifb(plan, ifb, facts->ifb_ifindex, why);
	shape_sink_name(view->event, ifb);
	if (gone & XNM_SHAPE_COPY)
		delete_ifb(plan, ifb, facts->sink_ifindex, why);
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
			bool *has_line, struct xnm_err *err)
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
	*has_line = shape_has_line(&wanted);
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
			 bool *has_line, struct xnm_err *err)
{
	static struct xnm_shape_tree wanted;
	const struct xnm_shape_facts *facts = &view->facts->shape;
	struct shaped_device shaped = {
		.ifindex = facts->ifb_ifindex,
		.is = &facts->tree[XNM_OUTBOUND],
		.wanted = &wanted,
	};
	int rc = want_tree(&wanted, plan, view, XNM_OUTBOUND, err);

	if (rc)
		return rc;
	shape_ifb_name(view->event, shaped.name);
	if (wanted.n == 0)
		return 0;
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
	*has_line = shape_has_line(&wanted);
	*made |= XNM_SHAPE_IFB;
	return 0;
}

/* An emulated NIC has no pages of its guest; of what is to come to it, only frames of another. */
static void plan_copies(struct xnm_plan *plan, const struct xnm_view *view, uint32_t *made,
			bool copies[XNM_N_DIRECTIONS])
{
	for (unsigned int i = 0; i < XNM_N_DIRECTIONS; i++) {
		struct xnm_op *op;

		copies[i] &= !view->tap;
		if (!copies[i])
			continue;
		*made |= XNM_SHAPE_COPY;
		if (view->facts->shape.is_copied[i])
			continue;
		op = xnm_plan_add(plan, XNM_PHASE_SHAPE, &xnm_op_shape_copy, view->name,
				  view->facts->device.link.ifindex,
				  "a guest's pages are not to wait on a line");
		shape_mirror(&op->u.shape.filter, (enum xnm_direction)i, 0);
		shape_sink_name(view->event, op->u.shape.ifb);
	}
}

/* The bits of the other device of the NIC stay as they are noted. */
static void fill_note(struct xnm_plan *plan, const struct xnm_view *view, uint32_t made,
		      bool is_peer)
{
	uint32_t other = shape_noted(&view->facts->note, !view->tap);

	plan->note.shape.made =
		view->tap ? made << XNM_SHAPE_TAP | other : made | other << XNM_SHAPE_TAP;
	if (is_peer)
		plan->note.shape.made |= XNM_SHAPE_PEER;
}

static int shape_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	bool copies[XNM_N_DIRECTIONS] = { false };
	uint32_t made = 0, noted = shape_noted(&view->facts->note, view->tap);
	int rc = shape_check_netems(view->want, view->facts, err);

	if (rc == 0)
		rc = plan_inbound(plan, view, &made, &copies[XNM_INBOUND], err);
	if (rc == 0)
		rc = plan_outbound(plan, view, &made, &copies[XNM_OUTBOUND], err);
	if (rc == 0) {
		plan_copies(plan, view, &made, copies);
		if ((made & (XNM_SHAPE_IFB | XNM_SHAPE_COPY)) &&
		    (!view->facts->shape.has_hook || (noted & XNM_SHAPE_HOOK)))
			made |= XNM_SHAPE_HOOK;
		unplan_ifbs(plan, view, view->name, made, copies,
			    noted & ~made & XNM_SHAPE_IFB
				    ? "the policy no longer shapes what the guest sends"
				    : "the policy has no line there any more");
	}
	fill_note(plan, view, made, shape_is_peer(view->want, &view->facts->guest));
	return rc;
}

static void shape_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_link *device = &view->facts->device.link;
	static const bool copies[XNM_N_DIRECTIONS];
	uint32_t noted = shape_noted(&view->facts->note, view->tap);

	if (noted & XNM_SHAPE_TREE)
		unplan_tree(plan, device, &view->facts->shape.tree[XNM_INBOUND], device->name,
			    "the vif goes offline");
	unplan_ifbs(plan, view, device->name, 0, copies, "the vif goes offline");
	fill_note(plan, view, 0, view->facts->note.shape.made & XNM_SHAPE_PEER);
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
