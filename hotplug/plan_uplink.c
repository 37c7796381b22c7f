/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_uplink.c - decide which default routes the host has through its uplinks. */
#include "hotplug/plan_parts.h"

#include <string.h>
#include <sys/socket.h>

/*
 * An uplink that is down keeps its routes, behind those of all that are up:
 * the probes need them to find out that it is good again, and where all are
 * down, the one that is preferred is still the best guess. Only what is noted
 * as ours is ever deleted. Where somebody else has made a default route
 * through the same interface, there is none of ours in that family.
 */

static bool has_route(const struct xnm_default *list, unsigned int n,
		      const struct xnm_default *route)
{
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_same_default(&list[i], route))
			return true;
	}
	return false;
}

/* Whether the kernel has it, as one of ours. */
static bool is_there(const struct xnm_way_facts *way, const struct xnm_default *route)
{
	for (unsigned int i = 0; i < way->n_defaults; i++) {
		if (way->defaults[i].protocol == XNM_RTPROT &&
		    xnm_same_default(&way->defaults[i], route))
			return true;
	}
	return false;
}

static bool is_foreign(const struct xnm_way_facts *way, uint8_t family)
{
	for (unsigned int i = 0; i < way->n_defaults; i++) {
		if (way->defaults[i].protocol != XNM_RTPROT &&
		    way->defaults[i].gateway.family == family)
			return true;
	}
	return false;
}

static void want_route(struct xnm_uplink_note *note, const struct xnm_way_facts *way,
		       const struct xnm_cidr *gateway)
{
	struct xnm_default *route = &note->routes[note->n_routes];

	if (gateway->family == 0 || is_foreign(way, gateway->family))
		return;
	*route = (struct xnm_default){ .gateway = *gateway,
				       .has_gateway = true,
				       .metric = way->uplink->metric,
				       .protocol = XNM_RTPROT };
	if (note->health.down)
		route->metric += XNM_METRIC_OF_DOWN;
	note->n_routes++;
}

static void want_note(struct xnm_uplink_note *note, const struct xnm_way_facts *way)
{
	const struct xnm_uplink *uplink = way->uplink;

	*note = way->note;
	note->n_routes = 0;
	memcpy(note->device, uplink->device, sizeof(note->device));
	note->has_owner = uplink->guest[0] && way->is_own;
	if (note->has_owner)
		note->owner = way->owner;
	/* without track= nobody would ever find out that it is up again */
	if (uplink->n_track == 0)
		memset(&note->health, 0, sizeof(note->health));
	if (uplink->gateway.dhcp)
		want_route(note, way, &note->router);
	for (unsigned int i = 0; i < uplink->gateway.n; i++)
		want_route(note, way, &uplink->gateway.list[i]);
}

static struct xnm_op *add_op(struct xnm_plan *plan, enum xnm_op_kind kind,
			     const struct xnm_uplink_note *note, int ifindex, const char *why)
{
	struct xnm_op *op;

	if (plan->n_way_notes < XNM_MAX_WAY_NOTES)
		plan->way_notes[plan->n_way_notes++] = *note;
	op = xnm_plan_add(plan, kind, note->device, ifindex, "%s", why);
	op->u.way.note = plan->n_way_notes - 1;
	return op;
}

/* Of the note that the plan has last. */
static void add_route_op(struct xnm_plan *plan, enum xnm_op_kind kind, const char *device,
			 int ifindex, const struct xnm_default *route, const char *why)
{
	struct xnm_op *op = xnm_plan_add(plan, kind, device, ifindex, "%s", why);

	/* what is noted already needs no new note */
	op->u.way.note = plan->n_way_notes ? plan->n_way_notes - 1 : 0;
	op->u.way.route = *route;
}

static const char *add_why(const struct xnm_uplink_note *note)
{
	if (note->health.down)
		return "the uplink is down: only if there is no other";
	return note->has_owner ? "the guest shares its connection" : "gateway= of the uplink";
}

/* Old routes on the device that it had before go first: it is another device's turn. */
static void leave_device(struct xnm_plan *plan, const struct xnm_uplink_note *old)
{
	for (unsigned int i = 0; i < old->n_routes; i++)
		add_route_op(plan, XNM_OP_DEFAULT_DEL, old->device, 0, &old->routes[i],
			     "the uplink has another device");
}

void xnm_plan_way(struct xnm_plan *plan, const struct xnm_way_facts *way)
{
	static const char gone[] = "it is wanted no more";
	struct xnm_uplink_note wanted, both, old = way->note;
	unsigned int n_old = 0;

	/* what is noted of a device that is away has gone with it, and is made anew when it is back */
	if (way->ifindex == 0 && !way->is_own && !way->is_bridge)
		return;
	want_note(&wanted, way);
	both = wanted;
	if (strcmp(old.device, wanted.device) != 0) {
		if (old.n_routes) {
			(void)add_op(plan, XNM_OP_UPLINK_NOTE, &old, 0, gone);
			leave_device(plan, &old);
		}
		old.n_routes = 0;
	}
	for (unsigned int i = 0; i < old.n_routes; i++) {
		if (has_route(wanted.routes, wanted.n_routes, &old.routes[i]) ||
		    both.n_routes == XNM_MAX_WAY_ROUTES)
			continue;
		both.routes[both.n_routes++] = old.routes[i];
		n_old++;
	}
	/* the note before the deed, and again when what is old has gone */
	if (!way->has_note || !xnm_uplink_note_equal(&both, &way->note))
		(void)add_op(plan, XNM_OP_UPLINK_NOTE, &both, 0, "by which it is taken back");
	for (unsigned int i = 0; i < wanted.n_routes; i++) {
		if (!is_there(way, &wanted.routes[i]))
			add_route_op(plan, XNM_OP_DEFAULT_ADD, wanted.device, way->ifindex,
				     &wanted.routes[i], add_why(&wanted));
	}
	for (unsigned int i = wanted.n_routes; i < both.n_routes; i++)
		add_route_op(plan, XNM_OP_DEFAULT_DEL, both.device, way->ifindex, &both.routes[i],
			     wanted.health.down ? "the uplink is down" : gone);
	if (n_old)
		(void)add_op(plan, XNM_OP_UPLINK_NOTE, &wanted, 0, "the old routes have gone");
	if (way->uplink->gateway.dhcp && !way->dhcp_runs)
		(void)add_op(plan, XNM_OP_DHCP_START, &wanted, way->ifindex, "gateway=dhcp");
}

void xnm_plan_shares(struct xnm_state *state, const struct xnm_event *event,
		     const struct xnm_want *want, const struct xnm_facts *facts)
{
	if (xnm_event_is_tap(event) || facts->yields) {
		state->n_uplinks = facts->state.n_uplinks;
		memcpy(state->uplinks, facts->state.uplinks, sizeof(state->uplinks));
		return;
	}
	for (unsigned int i = 0; want->attach && i < want->n_shares; i++)
		memcpy(state->uplinks[state->n_uplinks++], want->shares[i]->name, XNM_NAME_LEN);
}

static bool is_still(const struct xnm_state *state, const char *uplink)
{
	for (unsigned int i = 0; i < state->n_uplinks; i++) {
		if (strcmp(state->uplinks[i], uplink) == 0)
			return true;
	}
	return false;
}

static void unshare(struct xnm_plan *plan, const struct xnm_state *old,
		    const struct xnm_state *kept, const char *why)
{
	struct xnm_uplink_note note;

	for (unsigned int i = 0; i < old->n_uplinks; i++) {
		if (is_still(kept, old->uplinks[i]))
			continue;
		xnm_uplink_note_clear(&note, old->uplinks[i]);
		(void)add_op(plan, XNM_OP_UPLINK_RELEASE, &note, 0, why);
	}
}

void xnm_plan_unshare(struct xnm_plan *plan, const struct xnm_state *old)
{
	static const struct xnm_state nothing;

	unshare(plan, old, &nothing, "the guest goes");
}

void xnm_plan_ways(struct xnm_plan *plan, const struct xnm_facts *facts)
{
	if (facts->has_state)
		unshare(plan, &facts->state, &plan->state, "the vif is not that uplink any more");
	for (unsigned int i = 0; i < facts->n_ways; i++)
		xnm_plan_way(plan, &facts->ways[i]);
}
