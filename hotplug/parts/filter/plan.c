/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide what changes in nftables, and what is noted of it before. */
#include "hotplug/base/cidr.h"
#include "hotplug/core/plan_parts.h"
#include "hotplug/parts/filter/ruleset.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

int xnm_plan_elements(struct xnm_plan *plan, const struct xnm_event *event,
		      const struct xnm_want *want, const struct xnm_facts *facts, const char *name,
		      struct xnm_err *err)
{
	bool tap = xnm_event_is_tap(event);
	int rc;

	xnm_elements_copy(&plan->state.elements[!tap], &facts->state.elements[!tap]);
	rc = xnm_filter_vif(&plan->state.elements[tap], want, &facts->guest, name, want->policy,
			    err);
	if (rc || !want->attach || !want->network)
		return rc;
	xnm_filter_unheard(&plan->state.elements[tap], want, name, xnm_makes_bridge(facts));
	return xnm_filter_network(&plan->network_note.elements, want->network, want->policy, err);
}

static bool same_settings(const struct xnm_network_note *a, const struct xnm_network_note *b)
{
	for (unsigned int i = 0; i < a->n_settings; i++) {
		if (strcmp(a->settings[i], b->settings[i]) != 0)
			return false;
	}
	return true;
}

static bool note_differs(const struct xnm_plan *plan, const struct xnm_facts *facts)
{
	const struct xnm_network_note *old = &facts->network_note, *new = &plan->network_note;

	return !facts->has_network_note || strcmp(old->bridge, new->bridge) != 0 ||
	       old->n_settings != new->n_settings || !same_settings(old, new) ||
	       !xnm_elements_equal(&old->elements, &new->elements);
}

static bool needs_settings(const struct xnm_plan *plan, const struct xnm_facts *facts)
{
	return plan->n_settings && !facts->settings_hold;
}

void xnm_plan_settings(struct xnm_plan *plan, const struct xnm_want *want,
		       const struct xnm_facts *facts)
{
	if (want->attach && want->network && needs_settings(plan, facts))
		xnm_plan_add(plan, XNM_PHASE_SYSCTL, &xnm_op_network_settings, "", 0,
			     "network %.48s needs it", want->network->name);
}

void xnm_plan_membership(struct xnm_plan *plan, const struct xnm_want *want,
			 const struct xnm_facts *facts)
{
	const struct xnm_network *network = want->network;
	struct xnm_network_note *note = &plan->network_note;
	unsigned int n = plan->n;

	memcpy(plan->network, network->name, sizeof(plan->network));
	plan->n_settings = xnm_filter_settings(plan->settings, network, want->bridge,
					       xnm_makes_bridge(facts), want->policy);
	memcpy(note->bridge, want->bridge, sizeof(note->bridge));
	note->n_settings = plan->n_settings;
	for (unsigned int i = 0; i < plan->n_settings; i++)
		memcpy(note->settings[i], plan->settings[i].path, sizeof(note->settings[i]));
	if (note_differs(plan, facts) || !facts->network_note.is_sent)
		memcpy(plan->sent_network, network->name, sizeof(plan->sent_network));
	/* noted before it is set, so that a run that is killed leaves a note */
	if (note_differs(plan, facts))
		xnm_plan_add(plan, XNM_PHASE_NETWORK, &xnm_op_network_note_write, "", 0,
			     "by which it is taken back");
	plan->changes_network |= plan->n > n || needs_settings(plan, facts);
	if (!facts->is_member)
		xnm_plan_add(plan, XNM_PHASE_NETWORK,
			     want->held ? &xnm_op_network_hold : &xnm_op_network_join, "", 0, "%s",
			     want->held ? "start=boot" : "the network stays while it has vifs");
}

static void change(struct xnm_element *list, unsigned int *n, const struct xnm_element *element)
{
	for (unsigned int i = 0; i < *n; i++) {
		if (xnm_element_equal(&list[i], element))
			return;
	}
	if (*n < XNM_MAX_CHANGES)
		list[(*n)++] = *element;
}

/* What has to be added for the wanted list to be there, when old was and some of it is lost. */
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

/* What was there and is wanted no more, by nobody: kept are those that others still have. */
static void del_unwanted(struct xnm_plan *plan, const struct xnm_elements *old,
			 const struct xnm_elements *wanted, const struct xnm_elements *other,
			 const struct xnm_elements *kept, const struct xnm_facts *facts)
{
	struct xnm_filter_change *filter = &plan->filter;

	/* where not all are known that others still have, all stay; who collects strays finds them */
	if (facts->heirs.full)
		return;
	for (unsigned int i = 0; i < old->n; i++) {
		if (!xnm_elements_have(wanted, &old->list[i]) &&
		    !(other && xnm_elements_have(other, &old->list[i])) &&
		    !xnm_elements_have(&facts->heirs, &old->list[i]) &&
		    !xnm_elements_have(kept, &old->list[i]) &&
		    !xnm_elements_have(&plan->owned_note.elements, &old->list[i]))
			change(filter->del, &filter->n_del, &old->list[i]);
	}
}

/* An address in a subnet of the bridge has no route of its own: the kernel says -ESRCH, which is
 * success. */
static void leave_route(struct xnm_plan *plan, const struct xnm_vif_note *old,
			const struct xnm_cidr *address)
{
	struct xnm_op *op = xnm_plan_add(plan, XNM_PHASE_LEAVE, &xnm_op_route_del, old->bridge, 0,
					 "the guest goes");

	op->u.route.dst = *address;
	if (!xnm_cidr_is_prefix(address))
		op->u.route.dst.prefix_len = address->family == AF_INET ? 32 : 128;
	op->u.route.metric = XNM_METRIC_VIF;
}

static bool is_in(const struct xnm_cidr *list, unsigned int n, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_cidr_equal(&list[i], address))
			return true;
	}
	return false;
}

static bool has_proxy(const struct xnm_vif_note *state, const char *uplink)
{
	for (unsigned int i = 0; i < state->n_proxies; i++) {
		if (strcmp(state->proxies[i], uplink) == 0)
			return true;
	}
	return false;
}

/* Ways to one address that are not wanted any more; kept says that the vif still has it. */
static void leave_ways(struct xnm_plan *plan, const struct xnm_vif_note *old,
		       const struct xnm_vif_note *new, const struct xnm_cidr *address, bool kept)
{
	for (unsigned int i = 0; i < old->n_proxies && !xnm_cidr_is_prefix(address); i++) {
		if (!kept || !has_proxy(new, old->proxies[i]))
			xnm_plan_add(plan, XNM_PHASE_LEAVE, &xnm_op_proxy_del, old->proxies[i], 0,
				     "%s",
				     kept ? "its network has another uplink" : "the guest goes")
				->u.addr = *address;
	}
	if (old->via_bridge && (!kept || !new->via_bridge || strcmp(new->bridge, old->bridge) != 0))
		leave_route(plan, old, address);
}

void xnm_plan_leave(struct xnm_plan *plan, const struct xnm_facts *facts,
		    const struct xnm_vif_note *new)
{
	const struct xnm_vif_note *old = &facts->state;

	memcpy(plan->old_scope, old->scope, sizeof(plan->old_scope));
	memcpy(plan->old_bridge, old->bridge, sizeof(plan->old_bridge));
	for (unsigned int i = 0; i < old->n_addresses; i++) {
		const struct xnm_cidr *address = &old->addresses[i];
		bool kept = new &&is_in(new->addresses, new->n_addresses, address);

		if (facts->handed_over[i])
			continue;
		leave_ways(plan, old, new, address, kept);
		if (old->scope[0] == '\0' || (kept && strcmp(old->scope, new->scope) == 0))
			continue;
		xnm_plan_add(plan, XNM_PHASE_FREE, &xnm_op_address_release, "", 0,
			     "the next guest may have it")
			->u.addr = *address;
		if (!kept && !facts->goes_back[i])
			plan->forget[plan->n_forget++] = *address;
	}
	if (plan->n_forget)
		xnm_plan_add(plan, XNM_PHASE_LEAVE, &xnm_op_connections_forget, "", 0,
			     "they are not the next guest's");
	if (old->network[0] == '\0' || (new &&strcmp(new->network, old->network) == 0))
		return;
	memcpy(plan->old_network, old->network, sizeof(plan->old_network));
	xnm_plan_add(plan, XNM_PHASE_LEAVE_NETWORK, &xnm_op_network_leave, "", 0,
		     "the vif leaves it");
	xnm_plan_add(plan, XNM_PHASE_LEAVE_NETWORK, &xnm_op_network_release, "", 0,
		     "it may have been its last vif");
}

void xnm_plan_mac(struct xnm_plan *plan, const struct xnm_facts *facts)
{
	const struct xnm_vif_note *old = &facts->state;

	memcpy(plan->old_mac_scope, old->mac_scope, sizeof(plan->old_mac_scope));
	plan->noted_mac = old->mac;
	plan->mac_heir = (struct xnm_owner){ plan->domid, plan->devid };
	if (old->has_predecessor)
		plan->mac_heir = old->predecessor;
}

static void plan_claim(struct xnm_plan *plan, const struct xnm_facts *facts, const char *name)
{
	if (plan->state.scope[0] == '\0')
		return;
	memcpy(plan->scope, plan->state.scope, sizeof(plan->scope));
	if (!facts->has_claims && !facts->yields)
		xnm_plan_add(plan, XNM_PHASE_FILTER, &xnm_op_address_claim, name, 0,
			     "no other vif may have them");
}

void xnm_plan_filter(struct xnm_plan *plan, const struct xnm_event *event,
		     const struct xnm_want *want, const struct xnm_facts *facts, const char *name)
{
	struct xnm_filter_change *filter = &plan->filter;
	bool tap = xnm_event_is_tap(event);
	const struct xnm_elements *old = &facts->state.elements[tap];
	static const struct xnm_elements none;

	plan_claim(plan, facts, name);
	filter->now = facts->filter.now;
	add_missing(filter, &plan->state.elements[tap], old, facts->filter.vif_lost, facts);
	del_unwanted(plan, old, &plan->state.elements[tap], &plan->state.elements[!tap],
		     &facts->owned_kept, facts);
	filter->n_del_vif = filter->n_del;
	if (want->attach && want->network) {
		add_missing(filter, &plan->network_note.elements, &facts->network_note.elements,
			    facts->filter.network_lost, facts);
		del_unwanted(plan, &facts->network_note.elements, &plan->network_note.elements,
			     NULL, &none, facts);
	}
	if (xnm_wants_owned(want)) {
		add_missing(filter, &plan->owned_note.elements, &facts->owned_note.elements,
			    facts->filter.owned_lost, facts);
		del_unwanted(plan, &facts->owned_note.elements, &plan->owned_note.elements,
			     &plan->state.elements[tap], &facts->owned_claimed, facts);
	}
	for (int i = 0; i < XNM_N_TABLES; i++)
		filter->exists[i] = facts->filter.table[i].exists;
	if (filter->n_add || filter->n_del || filter->build[0] || filter->build[1])
		xnm_plan_add(plan, XNM_PHASE_FILTER, &xnm_op_filter_change, name, 0, "%s",
			     want->locked   ? "it may send only as itself"
			     : want->attach ? "its network's rules"
					    : "it is not attached any more");
}

void xnm_plan_unfilter(struct xnm_plan *plan, const struct xnm_event *event,
		       const struct xnm_facts *facts, const char *name)
{
	static const struct xnm_elements none;
	struct xnm_filter_change *filter = &plan->filter;
	bool tap = xnm_event_is_tap(event);
	const struct xnm_vif_note *state = &facts->state;
	const struct xnm_elements *other = facts->tap_exists && !tap ? &state->elements[1]
					   : tap		     ? &state->elements[0]
								     : NULL;

	del_unwanted(plan, &state->elements[tap], &none, other, &facts->owned_kept, facts);
	/* the tap goes with its vif, or has gone before */
	if (!tap && !facts->tap_exists)
		del_unwanted(plan, &state->elements[1], &none, NULL, &facts->owned_kept, facts);
	filter->n_del_vif = filter->n_del;
	if (filter->n_del)
		xnm_plan_add(plan, XNM_PHASE_FILTER, &xnm_op_filter_change, name, 0,
			     "the guest goes");
}
