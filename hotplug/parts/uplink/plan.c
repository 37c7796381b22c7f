/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - plan the operations for the decided default routes. */
#include "hotplug/core/part.h"
#include "hotplug/parts/uplink/decide.h"
#include "hotplug/parts/uplink/stages.h"

#include <string.h>
#include <sys/socket.h>

static void add_note(struct xnm_plan *plan, const struct xnm_uplink_note *note)
{
	if (plan->uplink.n_notes < XNM_MAX_WAY_NOTES)
		plan->uplink.notes[plan->uplink.n_notes++] = *note;
	else
		plan->full = true;
}

/* The index of that uplink's latest note in the plan. */
static unsigned int note_of(struct xnm_plan *plan, const struct xnm_uplink_note *note)
{
	for (unsigned int i = plan->uplink.n_notes; i-- > 0;) {
		if (strcmp(plan->uplink.notes[i].name, note->name) == 0)
			return i;
	}
	add_note(plan, note);
	return plan->uplink.n_notes - 1;
}

static struct xnm_op *add_op(struct xnm_plan *plan, const struct xnm_op_type *type,
			     const struct xnm_uplink_note *note, int ifindex, const char *why)
{
	struct xnm_op *op;

	add_note(plan, note);
	op = xnm_plan_add(plan, XNM_PHASE_UPLINK, type, note->device, ifindex, "%s", why);
	op->u.uplink.note = plan->uplink.n_notes - 1;
	return op;
}

static struct xnm_op *add_route_op(struct xnm_plan *plan, const struct xnm_op_type *type,
				   const struct xnm_uplink_note *note, const char *device,
				   int ifindex, const struct xnm_default *route, const char *why)
{
	/* a route that is noted already needs no new note */
	unsigned int n = note_of(plan, note);
	struct xnm_op *op = xnm_plan_add(plan, XNM_PHASE_UPLINK, type, device, ifindex, "%s", why);

	op->u.uplink.note = n;
	op->u.uplink.route = *route;
	return op;
}

static const char *add_why(const struct xnm_uplink_note *note)
{
	if (note->health.down)
		return "the uplink is down: used only if there is no other";
	return note->has_owner ? "the guest shares its connection" : "gateway= of the uplink";
}

static bool has_route(const struct xnm_default *list, unsigned int n,
		      const struct xnm_default *route)
{
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_same_default(&list[i], route))
			return true;
	}
	return false;
}

/* Whether a note has the route through the device. */
static bool notes(const struct xnm_uplink_note *note, const char *device,
		  const struct xnm_default *route)
{
	return (strcmp(note->device, device) == 0 &&
		has_route(note->routes, note->n_routes, route)) ||
	       (strcmp(note->left_device, device) == 0 &&
		has_route(note->left, note->n_left, route));
}

void xnm_plan_way_begin(struct xnm_plan *plan, const struct xnm_uplink_seen *way,
			const struct xnm_way_decision *decision, const struct xnm_slots *slots)
{
	const struct xnm_uplink_note *note = &decision->both, *old = &way->note;

	if (decision->is_skipped)
		return;
	if (decision->ends_lease)
		(void)add_op(plan, &xnm_op_uplink_client_stop, old, 0,
			     "gateway=dhcp no longer applies to this device");
	/* after a killed run there may be routes through a third device, for which the note has no
	 * field */
	for (unsigned int i = 0; i < old->n_left; i++) {
		if (!notes(note, old->left_device, &old->left[i]))
			(void)add_route_op(plan, &xnm_op_uplink_default_del, old, old->left_device,
					   0, &old->left[i],
					   "the uplink has moved to another device");
	}
	/* noted before the routes are added, and again when the old ones are deleted */
	if (!way->has_note || !xnm_uplink_note_equal(note, old))
		(void)add_op(plan, &xnm_op_uplink_note, note, 0, "for later removal");
	for (unsigned int i = 0; i < decision->n_new; i++) {
		struct xnm_default route = decision->new[i];

		if (xnm_way_has(way, &route))
			continue;
		route.replaces = !decision->blocked[i] && xnm_slot_find(slots, &route);
		add_route_op(plan, &xnm_op_uplink_default_add, note, note->device, way->ifindex,
			     &route, add_why(note))
			->u.uplink.rival = decision->rival[i];
	}
}

/* Whether the route is another uplink's from now on. */
static bool is_anothers(const struct xnm_way_decision *decisions, unsigned int n, unsigned int i,
			const char *device, const struct xnm_default *route)
{
	for (unsigned int k = 0; k < n; k++) {
		if (k != i && !decisions[k].is_skipped &&
		    notes(&decisions[k].wanted, device, route))
			return true;
	}
	return false;
}

void xnm_plan_way_end(struct xnm_plan *plan, const struct xnm_uplink_seen *way,
		      const struct xnm_way_decision *decisions, unsigned int n, unsigned int i)
{
	const struct xnm_uplink_note *both = &decisions[i].both, *wanted = &decisions[i].wanted;
	const char *why =
		wanted->health.down ? "the uplink is down" : "the uplink no longer uses this route";
	bool blocked = false;

	if (decisions[i].is_skipped)
		return;
	for (unsigned int k = 0; k < decisions[i].n_new; k++)
		blocked |= decisions[i].blocked[k];
	for (unsigned int k = 0; k < both->n_routes; k++) {
		if (!notes(wanted, both->device, &both->routes[k]) &&
		    !has_route(decisions[i].new, decisions[i].n_new, &both->routes[k]) &&
		    !is_anothers(decisions, n, i, both->device, &both->routes[k]))
			(void)add_route_op(plan, &xnm_op_uplink_default_del, wanted, both->device,
					   way->ifindex, &both->routes[k], why);
	}
	for (unsigned int k = 0; k < both->n_left; k++) {
		if (!notes(wanted, both->left_device, &both->left[k]) &&
		    !is_anothers(decisions, n, i, both->left_device, &both->left[k]))
			(void)add_route_op(plan, &xnm_op_uplink_default_del, wanted,
					   both->left_device, 0, &both->left[k],
					   "the uplink has moved to another device");
	}
	if (!blocked && !xnm_uplink_note_equal(both, wanted))
		(void)add_op(plan, &xnm_op_uplink_note, wanted, 0, "its old routes are deleted");
	if (way->uplink->gateway.dhcp && !way->is_other && !way->starts_none &&
	    (!way->dhcp_runs || decisions[i].ends_lease))
		(void)add_op(plan, &xnm_op_uplink_client_start, wanted, way->ifindex,
			     "gateway=dhcp");
}

/* Fills the vif's note: the uplinks that it is. */
static void fill_note(struct xnm_vif_note *state, const struct xnm_view *view)
{
	const struct xnm_want *want = view->want;
	const struct xnm_facts *facts = view->facts;

	if (view->tap || facts->address.yields) {
		state->uplink.n = facts->note.uplink.n;
		memcpy(state->uplink.names, facts->note.uplink.names, sizeof(state->uplink.names));
		return;
	}
	for (unsigned int i = 0; want->attach && i < want->uplink.n_shares; i++)
		memcpy(state->uplink.names[state->uplink.n++], want->uplink.shares[i]->name,
		       XNM_NAME_LEN);
}

static bool is_still(const struct xnm_vif_note *state, const char *uplink)
{
	for (unsigned int i = 0; i < state->uplink.n; i++) {
		if (strcmp(state->uplink.names[i], uplink) == 0)
			return true;
	}
	return false;
}

static void unshare(struct xnm_plan *plan, const struct xnm_vif_note *old,
		    const struct xnm_vif_note *kept, const char *why)
{
	struct xnm_uplink_note note;

	for (unsigned int i = 0; i < old->uplink.n; i++) {
		if (is_still(kept, old->uplink.names[i]))
			continue;
		xnm_uplink_note_clear(&note, old->uplink.names[i]);
		(void)add_op(plan, &xnm_op_uplink_release, &note, 0, why);
	}
}

static int uplink_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	const struct xnm_facts *facts = view->facts;
	struct xnm_way_decision decisions[XNM_MAX_WAYS];

	(void)err;
	fill_note(&plan->note, view);
	xnm_decide_ways(decisions, facts->uplink.seen, facts->uplink.n, &facts->uplink.slots);
	for (unsigned int i = 0; i < facts->uplink.n; i++)
		xnm_plan_way_begin(plan, &facts->uplink.seen[i], &decisions[i],
				   &facts->uplink.slots);
	if (facts->has_note)
		unshare(plan, &facts->note, &plan->note, "the vif is no longer that uplink");
	for (unsigned int i = 0; i < facts->uplink.n; i++)
		xnm_plan_way_end(plan, &facts->uplink.seen[i], decisions, facts->uplink.n, i);
	return 0;
}

static void uplink_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	if (!view->tap)
		plan->note.uplink.n = 0;
	unshare(plan, &view->facts->note, &plan->note, "the vif goes offline");
}

const struct xnm_part xnm_uplink_part = {
	.name = "uplink",
	.want = uplink_want,
	.read = uplink_read,
	.online = uplink_online,
	.offline = uplink_offline,
};
