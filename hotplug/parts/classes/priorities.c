/* SPDX-License-Identifier: GPL-2.0-or-later */
/* priorities.c - decide which 802.1p priorities a VLAN that is an uplink writes into its tags. */
#include "hotplug/core/want.h"
#include "hotplug/parts/classes/priorities.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/marks.h"
#include "policy/sections/classes.h"

/*
 * Theory of operation
 *
 * A VLAN device takes the priority of a packet (skb->priority) for the key of its egress map
 * (net/8021q/vlan_dev.c, vlan_dev_hard_start_xmit()). What vifs send has the number of its class
 * there, or one of base/marks.h: what an administrator has set for the priorities 0 to 15 is for
 * other packets, and neither is changed by the other.
 */

/* 0 is what packets have that are not in the map. */
static uint32_t is_mapped_to(const struct xnm_classes_seen *seen, uint32_t from)
{
	for (unsigned int i = 0; i < seen->n_priorities; i++) {
		if (seen->priorities[i].from == from)
			return seen->priorities[i].to;
	}
	return 0;
}

static void set(struct xnm_plan *plan, const struct xnm_classes_seen *seen, uint32_t from,
		uint32_t to, const char *class_name)
{
	struct xnm_op *op;

	if (is_mapped_to(seen, from) == to)
		return;
	op = xnm_plan_add(plan, XNM_PHASE_SHAPE, &xnm_op_classes_priority, seen->uplink->device,
			  seen->ifindex, "the policy says so with pcp=");
	op->u.classes.priority = (struct xnm_vlan_priority){ from, to };
	(void)snprintf(op->u.classes.name, sizeof(op->u.classes.name), "%s", class_name);
}

static bool is_of_class(const struct xnm_policy *policy, uint32_t priority)
{
	for (unsigned int i = 0; i < policy->n_classes; i++) {
		if (XNM_CLASS_ID(policy->classes[i].number) == priority)
			return true;
	}
	return (priority & 0xFFFF0000u) == XNM_MARKS_MAJOR;
}

void classes_plan_priorities(struct xnm_plan *plan, const struct xnm_view *view,
			     const struct xnm_classes_seen *seen)
{
	const struct xnm_policy *policy = view->want->policy;
	uint32_t pcp;

	if (!seen->is_vlan)
		return;
	for (unsigned int i = 0; i < policy->n_classes; i++) {
		const struct xnm_class_policy *class = &policy->classes[i];

		set(plan, seen, XNM_CLASS_ID(class->number), class->has_pcp ? class->pcp : 0,
		    class->name);
	}
	for (unsigned int i = 0; i < seen->n_priorities; i++) {
		if (!is_of_class(policy, seen->priorities[i].from))
			set(plan, seen, seen->priorities[i].from, 0, "");
	}
	if (!xnm_wants_classes(view->want) && xnm_vif_pcp(policy, view->want->section, &pcp))
		set(plan, seen, XNM_PCP_NUMBER(pcp), pcp, "");
}

static int refuse_kernel(const struct xnm_view *view, uint32_t pcp, struct xnm_err *err)
{
	const struct xnm_want *want = view->want;
	char where[160];

	return xnm_fail(
		err, -EOPNOTSUPP,
		"%s: pcp=%u: this kernel's nftables cannot change a VLAN tag: Linux 6.10 and "
		"later can, and 6.1.93, 6.6.33 and 6.9.4 and what follows them. Update it, or "
		"remove pcp=",
		xnm_policy_origin(want->policy, want->section->origin, where, sizeof(where)), pcp);
}

/* A VLAN device tells packets by their class alone: no second priority is left for one. */
static int refuse_class(const struct xnm_view *view, const struct xnm_classes_seen *seen,
			uint32_t pcp, struct xnm_err *err)
{
	const struct xnm_want *want = view->want;
	char where[160];

	return xnm_fail(
		err, -EINVAL,
		"%s: pcp=%u is not that of [class %s], by whose queue the VLAN %s knows what "
		"this vif sends: give the class this pcp=, or the vif a class of its own",
		xnm_policy_origin(want->policy, want->section->origin, where, sizeof(where)), pcp,
		want->section->class_name, seen->uplink->device);
}

int classes_check_priorities(const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_want *want = view->want;
	const struct xnm_classes_facts *facts = &view->facts->classes;
	const struct xnm_class_policy *class;
	uint32_t pcp;

	if (!want->attach || !xnm_vif_pcp(want->policy, want->section, &pcp))
		return 0;
	if (want->backend == XNM_BACKEND_BRIDGE && !facts->sets_tags)
		return refuse_kernel(view, pcp, err);
	class = xnm_policy_class(want->policy, want->section->class_name);
	if (!xnm_wants_classes(want) || pcp == (class && class->has_pcp ? class->pcp : 0))
		return 0;
	for (unsigned int i = 0; i < facts->n; i++) {
		if (facts->seen[i].is_vlan)
			return refuse_class(view, &facts->seen[i], pcp, err);
	}
	return 0;
}
