/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - plan to publish, update or withdraw a vif on the fast path. */
#include "hotplug/core/part.h"
#include "hotplug/parts/fastpath/stages.h"

#include <string.h>

/*
 * Which guests are listed also depends on guests that start at this moment. So the plan's operation
 * tells what would change by xenstore's present nodes; when it runs, under the lock, this is
 * decided again.
 */

static void fill_reason(struct xnm_plan *plan, const struct xnm_view *view)
{
	const char *reason = xnm_fastpath_reason(view->want, &view->facts->guest);

	if (view->tap)
		reason = "it is the tap of an emulated NIC";
	(void)snprintf(plan->fastpath.reason, sizeof(plan->fastpath.reason), "%s",
		       reason ? reason : "");
}

static void fill_note(struct xnm_plan *plan, const struct xnm_view *view)
{
	struct xnm_vif_note *note = &plan->note;

	if (view->tap)
		memcpy(note->fastpath.segment, view->facts->note.fastpath.segment,
		       sizeof(note->fastpath.segment));
	else if (!plan->fastpath.reason[0])
		xnm_fastpath_segment(view->want, note->fastpath.segment);
}

static void note_networks(struct xnm_plan *plan, const struct xnm_vif_note *old)
{
	memcpy(plan->fastpath.network, plan->note.network.name, sizeof(plan->fastpath.network));
	memcpy(plan->fastpath.old_network, old->network.name, sizeof(plan->fastpath.old_network));
}

/* Withdraws a published vif, if needed. Returns whether it did. */
static bool plan_withdraw(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_facts *facts = view->facts;

	if (!facts->note.fastpath.segment[0] ||
	    strcmp(facts->note.fastpath.segment, plan->note.fastpath.segment) == 0)
		return false;
	note_networks(plan, &facts->note);
	xnm_plan_add(plan, XNM_PHASE_UNLIST, &xnm_op_fastpath_withdraw, view->name, 0, "%s",
		     plan->fastpath.reason[0] ? plan->fastpath.reason
					      : "it moves to another segment");
	if (facts->fastpath.view)
		xnm_fp_decide(&plan->fastpath.change, facts->fastpath.view);
	return true;
}

/* Whether the vif's folder is removed or recreated, and with it the fast path's node: then it must
 * be published again. */
static bool writes_guestinfo_anew(const struct xnm_plan *plan)
{
	return plan->guestinfo.removed || (plan->guestinfo.keys && plan->guestinfo.anew);
}

static void plan_publish(struct xnm_plan *plan, const struct xnm_view *view, bool withdrawn)
{
	const struct xnm_facts *facts = view->facts;
	struct xnm_fp_change *change = &plan->fastpath.change;

	if (plan->fastpath.reason[0])
		return;
	if (facts->fastpath.is_denied || facts->fastpath.yields) {
		(void)snprintf(plan->fastpath.reason, sizeof(plan->fastpath.reason), "%s",
			       facts->fastpath.is_denied
				       ? "only domain 0 may publish it in xenstore"
				       : "a newer vif has its MAC address, as in a migration");
		return;
	}
	note_networks(plan, &facts->note);
	if (facts->fastpath.view)
		xnm_fp_decide(change, facts->fastpath.view);
	if (!facts->fastpath.view || change->n || withdrawn || writes_guestinfo_anew(plan))
		xnm_plan_add(plan, XNM_PHASE_LIST, &xnm_op_fastpath_publish, view->name, 0,
			     "fastpath=yes: guests may bypass this host");
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
	const struct xnm_vif_note *old = &view->facts->note;

	if (view->tap)
		return;
	plan->note.fastpath.segment[0] = '\0';
	if (!old->fastpath.segment[0])
		return;
	memcpy(plan->fastpath.network, old->network.name, sizeof(plan->fastpath.network));
	xnm_plan_add(plan, XNM_PHASE_UNLIST, &xnm_op_fastpath_withdraw, view->name, 0,
		     "the vif goes offline");
}

const struct xnm_part xnm_fastpath_part = {
	.name = "fastpath",
	.read = fastpath_read,
	.online = fastpath_online,
	.offline = fastpath_offline,
	.gc = { [XNM_GC_NETWORKS] = fastpath_gc },
};
