/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - plan what keeps a bridge's guests from using the addresses of this host and of gateways. */
#include "hotplug/core/elements/elements.h"
#include "hotplug/core/part.h"
#include "hotplug/notes/owned.h"
#include "hotplug/parts/owned/stages.h"

#include <string.h>

static int fill_note(struct xnm_plan *plan, const struct xnm_want *want,
		     const struct xnm_facts *facts, struct xnm_err *err)
{
	struct xnm_network_note *note = &plan->owned.note;
	struct xnm_mac mac;
	bool has_mac = xnm_plan_bridge_mac(facts, &mac);

	memcpy(note->bridge, want->bridge.name, sizeof(note->bridge));
	return xnm_filter_bridge(&note->elements, want, facts, has_mac ? &mac : NULL, err);
}

/* Whether a has an element that b lacks, except link-local addresses, which change at any time. */
static bool has_more(const struct xnm_elements *a, const struct xnm_elements *b)
{
	for (unsigned int i = 0; i < a->n; i++) {
		if (!xnm_owned_is_link_local(&a->list[i]) && !xnm_elements_have(b, &a->list[i]))
			return true;
	}
	return false;
}

/* New link-local addresses alone are noted with the next vif, and do not make this one differ. */
static bool differs(const struct xnm_plan *plan, const struct xnm_facts *facts)
{
	const struct xnm_elements *old = &facts->owned.note.elements;
	const struct xnm_elements *new = &plan->owned.note.elements;

	if (!facts->owned.has_note || has_more(old, new) || has_more(new, old))
		return true;
	return !facts->owned.is_member && !xnm_elements_equal(old, new);
}

static int plan_join(struct xnm_plan *plan, const struct xnm_want *want,
		     const struct xnm_facts *facts, struct xnm_err *err)
{
	struct xnm_op *op;
	bool note;
	int rc;

	if (!xnm_wants_owned(want))
		return 0;
	rc = fill_note(plan, want, facts, err);
	if (rc)
		return rc;
	note = differs(plan, facts);
	if (note || !facts->owned.note.is_sent)
		xnm_owned_network(plan->owned.sent, want->bridge.name);
	if (!note)
		xnm_elements_copy(&plan->owned.note.elements, &facts->owned.note.elements);
	if (!note && facts->owned.is_member)
		return 0;
	op = xnm_plan_add(plan, XNM_PHASE_NETWORK, &xnm_op_owned_join, want->bridge.name,
			  facts->bridge.link.ifindex, "they belong to this host or to a gateway");
	op->u.owned.note = note;
	plan->changes_network |= note;
	return 0;
}

/* want is NULL if the vif goes offline. */
static void plan_leave(struct xnm_plan *plan, const struct xnm_facts *facts,
		       const struct xnm_want *want)
{
	const struct xnm_vif_note *old = &facts->note;
	const char *bridge = facts->owned.bridge;
	bool same;

	if (facts->has_note)
		bridge = old->filter.locked && !old->routed.is_routed ? old->bridge.name : "";
	same = want && want->attach && strcmp(want->bridge.name, bridge) == 0;
	if (bridge[0] == '\0' || (same && want->filter.locked))
		return;
	xnm_plan_add(plan, XNM_PHASE_LEAVE_NETWORK, &xnm_op_owned_leave, bridge, 0,
		     "this may have been its last vif");
	plan->changes_network |= same;
}

static int owned_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	int rc = plan_join(plan, view->want, view->facts, err);

	if (rc == 0 && view->facts->has_note)
		plan_leave(plan, view->facts, view->want);
	return rc;
}

static void owned_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	if (!xnm_plan_stays(plan))
		plan_leave(plan, view->facts, NULL);
}

const struct xnm_part xnm_owned_part = {
	.name = "owned",
	.read = owned_read,
	.recall = owned_recall,
	.online = owned_online,
	.offline = owned_offline,
	.gc = { [XNM_GC_NETWORKS] = owned_gc },
};
