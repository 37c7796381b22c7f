/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - plan the changes in nftables, and the notes before them. */
#include "hotplug/base/cidr.h"
#include "hotplug/core/elements/elements.h"
#include "hotplug/core/part.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/filter/ruleset.h"
#include "hotplug/parts/filter/stages.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

static void change(struct xnm_element *list, unsigned int *n, const struct xnm_element *element)
{
	for (unsigned int i = 0; i < *n; i++) {
		if (xnm_element_equal(&list[i], element))
			return;
	}
	if (*n < XNM_MAX_CHANGES)
		list[(*n)++] = *element;
}

/* Adds the wanted elements that are not in old, or that nftables has lost. */
static void add_missing(struct xnm_filter_change *filter, const struct xnm_elements *wanted,
			const struct xnm_elements *old, const bool *lost,
			const struct xnm_facts *facts)
{
	for (unsigned int i = 0; i < wanted->n; i++) {
		const struct xnm_element *element = &wanted->list[i];
		enum xnm_table table = xnm_element_table(element);
		bool there = false;

		for (unsigned int k = 0; k < old->n && !there; k++)
			there = !lost[k] && xnm_element_equal(&old->list[k], element);
		if (!facts->filter.table[table].whole)
			filter->build[table] = true;
		else if (!there)
			change(filter->add, &filter->n_add, element);
	}
}

/* Deletes old elements that are no longer wanted, except those that another vif or note still
 * has. */
static void del_unwanted(struct xnm_plan *plan, const struct xnm_elements *old,
			 const struct xnm_elements *wanted, const struct xnm_elements *other,
			 const struct xnm_elements *kept, const struct xnm_facts *facts)
{
	struct xnm_filter_change *filter = &plan->filter;

	/* if other vifs' elements are not all known, all stay; heal and gc delete the rest later */
	if (facts->filter.heirs.full)
		return;
	for (unsigned int i = 0; i < old->n; i++) {
		if (!xnm_elements_have(wanted, &old->list[i]) &&
		    !(other && xnm_elements_have(other, &old->list[i])) &&
		    !xnm_elements_have(&facts->filter.heirs, &old->list[i]) &&
		    !xnm_elements_have(kept, &old->list[i]) &&
		    !xnm_elements_have(&plan->owned.note.elements, &old->list[i]))
			change(filter->del, &filter->n_del, &old->list[i]);
	}
}

/* Plans the nftables transaction, before any frame can pass. */
static void plan_filter(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_want *want = view->want;
	const struct xnm_facts *facts = view->facts;
	struct xnm_filter_change *filter = &plan->filter;
	bool tap = view->tap;
	const struct xnm_elements *old = &facts->note.filter.elements[tap];
	static struct xnm_elements none;

	filter->now = facts->filter.now;
	add_missing(filter, &plan->note.filter.elements[tap], old, facts->filter.vif_lost, facts);
	del_unwanted(plan, old, &plan->note.filter.elements[tap], &plan->note.filter.elements[!tap],
		     &facts->owned.kept, facts);
	filter->n_del_vif = filter->n_del;
	if (want->attach && want->network) {
		add_missing(filter, &plan->network.note.elements, &facts->network.note.elements,
			    facts->filter.network_lost, facts);
		del_unwanted(plan, &facts->network.note.elements, &plan->network.note.elements,
			     NULL, &none, facts);
	}
	if (xnm_wants_owned(want)) {
		add_missing(filter, &plan->owned.note.elements, &facts->owned.note.elements,
			    facts->filter.owned_lost, facts);
		del_unwanted(plan, &facts->owned.note.elements, &plan->owned.note.elements,
			     &plan->note.filter.elements[tap], &facts->owned.claimed, facts);
	}
	for (int i = 0; i < XNM_N_TABLES; i++)
		filter->exists[i] = facts->filter.table[i].exists;
	if (filter->n_add || filter->n_del || filter->build[0] || filter->build[1])
		xnm_plan_add(plan, XNM_PHASE_FILTER, &xnm_op_filter_change, view->name, 0, "%s",
			     want->filter.locked ? "it may send only from its own addresses"
			     : want->attach	 ? "its network's rules"
						 : "it is not attached any more");
}

/* Fills the elements of the vif, and keeps those of its tap. */
static int fill_note(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_want *want = view->want;
	const struct xnm_facts *facts = view->facts;
	struct xnm_elements *own = &plan->note.filter.elements[view->tap];
	int rc;

	plan->note.filter.locked = want->attach && want->filter.locked;
	xnm_elements_copy(&plan->note.filter.elements[!view->tap],
			  &facts->note.filter.elements[!view->tap]);
	rc = xnm_filter_vif(own, want, &facts->guest, view->name, want->policy, err);
	if (rc == 0 && want->attach && want->network)
		xnm_filter_unheard(own, want, view->name, xnm_makes_bridge(facts));
	return rc;
}

static int filter_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	int rc = view->has_vif ? fill_note(plan, view, err) : 0;

	if (rc == 0)
		plan_filter(plan, view);
	return rc;
}

/* Deletes the device's nftables elements. A tap disappears with its vif, or before. */
static void filter_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	static struct xnm_elements none;
	const struct xnm_facts *facts = view->facts;
	struct xnm_filter_change *filter = &plan->filter;
	bool tap = view->tap;
	const struct xnm_vif_note *state = &facts->note;
	const struct xnm_elements *other = facts->device.tap_exists && !tap
						   ? &state->filter.elements[1]
					   : tap ? &state->filter.elements[0]
						 : NULL;

	for (int i = 0; i < 2; i++) {
		if (!(i ? plan->note.device.tap : plan->note.device.ifname)[0])
			plan->note.filter.elements[i].n = 0;
	}
	del_unwanted(plan, &state->filter.elements[tap], &none, other, &facts->owned.kept, facts);
	if (!tap && !facts->device.tap_exists)
		del_unwanted(plan, &state->filter.elements[1], &none, NULL, &facts->owned.kept,
			     facts);
	filter->n_del_vif = filter->n_del;
	if (filter->n_del)
		xnm_plan_add(plan, XNM_PHASE_FILTER, &xnm_op_filter_change, view->name, 0,
			     "the vif goes offline");
}

const struct xnm_part xnm_filter_part = {
	.name = "filter",
	.want = filter_want,
	.read = filter_read,
	.recall = filter_recall,
	.online = filter_online,
	.offline = filter_offline,
	.release = filter_release,
	.released = filter_released,
	.gc = { [XNM_GC_ELEMENTS] = filter_gc },
};
