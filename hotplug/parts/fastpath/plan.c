/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide whether what is published of a vif must change, and say so. */
#include "hotplug/core/plan_parts.h"

#include <string.h>

/*
 * Who is listed to whom also depends on guests that start at this moment. So an
 * operation is made of what xenstore has now, and says what it would change;
 * when it is carried out, under the lock, the same decision is made again.
 */

void xnm_fastpath_reason_fill(struct xnm_plan *plan, const struct xnm_event *event,
			      const struct xnm_want *want, const struct xnm_facts *facts)
{
	const char *reason = xnm_fastpath_reason(want, &facts->guest);

	if (xnm_event_is_tap(event))
		reason = "it is the emulated half of a vif";
	(void)snprintf(plan->fastpath.reason, sizeof(plan->fastpath.reason), "%s",
		       reason ? reason : "");
}

/* Also where only the addresses change: what is to be written last must have been written. */
static bool writes_told_anew(const struct xnm_plan *plan)
{
	for (unsigned int i = 0; i < plan->n; i++) {
		if (plan->op[i].type == &xnm_op_guestinfo_remove ||
		    (plan->op[i].type == &xnm_op_guestinfo_write && plan->tell.anew))
			return true;
	}
	return false;
}

static bool has_ended(const struct xnm_plan *plan)
{
	for (unsigned int i = 0; i < plan->n; i++) {
		if (plan->op[i].type == &xnm_op_fastpath_withdraw)
			return true;
	}
	return false;
}

static void note_networks(struct xnm_plan *plan, const struct xnm_vif_note *old)
{
	memcpy(plan->fastpath.network, plan->state.network, sizeof(plan->fastpath.network));
	memcpy(plan->fastpath.old_network, old->network, sizeof(plan->fastpath.old_network));
}

void xnm_plan_fastpath_end(struct xnm_plan *plan, const struct xnm_event *event,
			   const struct xnm_facts *facts, const char *name)
{
	if (xnm_event_is_tap(event) || !facts->state.segment[0] ||
	    strcmp(facts->state.segment, plan->state.segment) == 0)
		return;
	note_networks(plan, &facts->state);
	xnm_plan_add(plan, XNM_PHASE_UNLIST, &xnm_op_fastpath_withdraw, name, 0, "%s",
		     plan->fastpath.reason[0] ? plan->fastpath.reason
					      : "it moves to another segment");
	if (facts->fastpath)
		xnm_fp_decide(&plan->fastpath.change, facts->fastpath);
}

void xnm_plan_fastpath(struct xnm_plan *plan, const struct xnm_event *event,
		       const struct xnm_facts *facts, const char *name)
{
	struct xnm_fp_change *change = &plan->fastpath.change;

	if (xnm_event_is_tap(event) || plan->fastpath.reason[0])
		return;
	if (facts->fastpath_denied || facts->fastpath_yields) {
		(void)snprintf(plan->fastpath.reason, sizeof(plan->fastpath.reason), "%s",
			       facts->fastpath_denied
				       ? "only domain 0 may write it"
				       : "a newer vif has its MAC address, as in a migration");
		return;
	}
	note_networks(plan, &facts->state);
	if (facts->fastpath)
		xnm_fp_decide(change, facts->fastpath);
	if (!facts->fastpath || change->n || has_ended(plan) || writes_told_anew(plan))
		xnm_plan_add(plan, XNM_PHASE_LIST, &xnm_op_fastpath_publish, name, 0,
			     "fastpath=yes: guests may talk past this host");
}

void xnm_plan_fastpath_offline(struct xnm_plan *plan, const struct xnm_facts *facts,
			       const char *name)
{
	if (!facts->state.segment[0])
		return;
	memcpy(plan->fastpath.network, facts->state.network, sizeof(plan->fastpath.network));
	xnm_plan_add(plan, XNM_PHASE_UNLIST, &xnm_op_fastpath_withdraw, name, 0, "the guest goes");
}
