/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - plan which addresses are noted as the vif's, and which are released. */
#include <string.h>

#include "hotplug/base/cidr.h"
#include "hotplug/core/part.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/address/pool.h"
#include "hotplug/parts/address/stages.h"

/*
 * First of all, as other runs wait for the pool's lock. A vif that comes online notes its addresses
 * again: the time of the note tells when an address was last used.
 */
static void plan_pool(struct xnm_plan *plan, const struct xnm_want *want,
		      const struct xnm_facts *facts)
{
	bool all_noted = facts->has_note && want->address.pool &&
			 strcmp(facts->note.address.pool, want->address.pool->name) == 0;

	if (!want->address.pool)
		return;
	memcpy(plan->address.pool, want->address.pool->name, sizeof(plan->address.pool));
	for (unsigned int i = 0; i < facts->address.pool.n; i++) {
		plan->address.assign[plan->address.n_assign++] = facts->address.pool.list[i];
		all_noted = all_noted && facts->address.pool.noted[i] &&
			    xnm_cidr_is_among(facts->note.address.list, facts->note.address.n,
					      &facts->address.pool.list[i]);
	}
	if (all_noted)
		plan->address.n_assign = 0;
	else
		xnm_plan_add(plan, XNM_PHASE_RESERVE, &xnm_op_pool_assign, "", 0,
			     "the guest gets the same addresses next time");
}

/* Plans the claims on its addresses. */
static void plan_claim(struct xnm_plan *plan, const struct xnm_facts *facts, const char *name)
{
	if (plan->note.address.scope[0] == '\0')
		return;
	memcpy(plan->address.scope, plan->note.address.scope, sizeof(plan->address.scope));
	if (!facts->address.has_claims && !facts->address.yields)
		xnm_plan_add(plan, XNM_PHASE_FILTER, &xnm_op_address_claim, name, 0,
			     "no other vif may have them");
}

/* The vif that gets the claim on the MAC address when this one goes offline. */
static void plan_mac(struct xnm_plan *plan, const struct xnm_facts *facts)
{
	const struct xnm_vif_note *old = &facts->note;

	memcpy(plan->address.old_mac_scope, old->address.mac_scope,
	       sizeof(plan->address.old_mac_scope));
	plan->address.noted_mac = old->address.mac;
	plan->address.mac_heir = (struct xnm_owner){ plan->domid, plan->devid };
	if (old->address.has_predecessor)
		plan->address.mac_heir = old->address.predecessor;
}

/* Releases addresses that the vif no longer has, and deletes their conntrack entries. */
static void plan_leave(struct xnm_plan *plan, const struct xnm_facts *facts,
		       const struct xnm_vif_note *new)
{
	const struct xnm_vif_note *old = &facts->note;

	memcpy(plan->address.old_scope, old->address.scope, sizeof(plan->address.old_scope));
	plan->address.old_mac = old->address.mac;
	if (old->address.pool[0] && strcmp(new->address.pool, old->address.pool) != 0) {
		memcpy(plan->address.old_pool, old->address.pool, sizeof(plan->address.old_pool));
		memcpy(plan->address.left, old->address.list, sizeof(plan->address.left));
		plan->address.n_left = old->address.n;
		xnm_plan_add(plan, XNM_PHASE_FREE, &xnm_op_pool_leave, "", 0,
			     "the address unused for longest is given out first");
	}
	for (unsigned int i = 0; i < old->address.n; i++) {
		const struct xnm_cidr *address = &old->address.list[i];
		bool kept = xnm_cidr_is_among(new->address.list, new->address.n, address);

		if (facts->address.handed_over[i] || old->address.scope[0] == '\0' ||
		    (kept && strcmp(old->address.scope, new->address.scope) == 0))
			continue;
		xnm_plan_add(plan, XNM_PHASE_FREE, &xnm_op_address_release, "", 0,
			     "another guest may get it")
			->u.addr = *address;
		if (!kept && !facts->address.goes_back[i])
			plan->conntrack.forget[plan->conntrack.n_forget++] = *address;
	}
}

static void fill_note(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_facts *facts = view->facts;
	const struct xnm_want *want = view->want;
	struct xnm_vif_note *note = &plan->note;
	bool is_next = facts->address.is_same_guests && !facts->address.yields;

	note->address.mac = facts->guest.mac;
	xnm_want_mac_scope(want, note->address.mac_scope);
	note->address.has_predecessor = is_next || facts->note.address.has_predecessor;
	note->address.predecessor =
		is_next ? facts->address.predecessor : facts->note.address.predecessor;
	if (want->attach && want->address.n)
		memcpy(note->address.scope, want->address.scope, sizeof(note->address.scope));
	memcpy(note->address.pool, plan->address.pool, sizeof(note->address.pool));
	note->address.n = want->address.n;
	memcpy(note->address.list, want->address.list, sizeof(note->address.list));
}

static int address_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	(void)err;
	plan_pool(plan, view->want, view->facts);
	fill_note(plan, view);
	plan_mac(plan, view->facts);
	plan->address.leave = view->facts->address.leave;
	plan->address.claims_mac = plan->note.address.mac_scope[0] && !view->facts->address.yields;
	plan_claim(plan, view->facts, view->name);
	if (view->facts->has_note)
		plan_leave(plan, view->facts, &plan->note);
	return 0;
}

static void address_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	plan_mac(plan, view->facts);
	if (!xnm_plan_stays(plan))
		plan_leave(plan, view->facts, xnm_no_vif_note());
}

const struct xnm_part xnm_address_part = {
	.name = "address",
	.want = address_want,
	.read = address_read,
	.recall = address_recall,
	.online = address_online,
	.offline = address_offline,
	.gc = { [XNM_GC_CLAIMS] = address_gc },
};
