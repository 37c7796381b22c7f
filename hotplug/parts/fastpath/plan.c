/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide whether what is published of a vif must change, and say so. */
#include "hotplug/core/part.h"

#include <string.h>

/*
 * Who is listed to whom also depends on guests that start at this moment. So an
 * operation is made of what xenstore has now, and says what it would change;
 * when it is carried out, under the lock, the same decision is made again.
 */

static void fill_reason(struct xnm_plan *plan, const struct xnm_view *view)
{
	const char *reason = xnm_fastpath_reason(view->want, &view->facts->guest);

	if (view->tap)
		reason = "it is the emulated half of a vif";
	(void)snprintf(plan->fastpath.reason, sizeof(plan->fastpath.reason), "%s",
		       reason ? reason : "");
}

static void fill_note(struct xnm_plan *plan, const struct xnm_view *view)
{
	struct xnm_vif_note *note = &plan->state;

	if (view->tap)
		memcpy(note->segment, view->facts->state.segment, sizeof(note->segment));
	else if (!plan->fastpath.reason[0])
		xnm_fastpath_segment(view->want, note->segment);
}

static void note_networks(struct xnm_plan *plan, const struct xnm_vif_note *old)
{
	memcpy(plan->fastpath.network, plan->state.network, sizeof(plan->fastpath.network));
	memcpy(plan->fastpath.old_network, old->network, sizeof(plan->fastpath.old_network));
}

/* Returns whether what was published is withdrawn. */
static bool plan_withdraw(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_facts *facts = view->facts;

	if (!facts->state.segment[0] || strcmp(facts->state.segment, plan->state.segment) == 0)
		return false;
	note_networks(plan, &facts->state);
	xnm_plan_add(plan, XNM_PHASE_UNLIST, &xnm_op_fastpath_withdraw, view->name, 0, "%s",
		     plan->fastpath.reason[0] ? plan->fastpath.reason
					      : "it moves to another segment");
	if (facts->fastpath)
		xnm_fp_decide(&plan->fastpath.change, facts->fastpath);
	return true;
}

/* Also where only the addresses change: what is to be written last must have been written. */
static bool writes_guestinfo_anew(const struct xnm_plan *plan)
{
	return plan->tell.removed || (plan->tell.keys && plan->tell.anew);
}

static void plan_publish(struct xnm_plan *plan, const struct xnm_view *view, bool withdrawn)
{
	const struct xnm_facts *facts = view->facts;
	struct xnm_fp_change *change = &plan->fastpath.change;

	if (plan->fastpath.reason[0])
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
	if (!facts->fastpath || change->n || withdrawn || writes_guestinfo_anew(plan))
		xnm_plan_add(plan, XNM_PHASE_LIST, &xnm_op_fastpath_publish, view->name, 0,
			     "fastpath=yes: guests may talk past this host");
}

static int fastpath_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	(void)err;
	fill_reason(plan, view);
	fill_note(plan, view);
	if (!view->tap)
		plan_publish(plan, view, plan_withdraw(plan, view));
	return 0;
}

static void fastpath_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_vif_note *old = &view->facts->state;

	if (view->tap)
		return;
	plan->state.segment[0] = '\0';
	if (!old->segment[0])
		return;
	memcpy(plan->fastpath.network, old->network, sizeof(plan->fastpath.network));
	xnm_plan_add(plan, XNM_PHASE_UNLIST, &xnm_op_fastpath_withdraw, view->name, 0,
		     "the guest goes");
}

const struct xnm_part xnm_fastpath_part = {
	.name = "fastpath",
	.online = fastpath_online,
	.offline = fastpath_offline,
};
