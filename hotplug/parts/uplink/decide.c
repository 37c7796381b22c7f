/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decide.c - decide which default routes the host has through its uplinks, all of them together. */
#include "hotplug/core/plan.h"
#include "hotplug/parts/uplink/decide.h"

#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"

/*
 * An uplink that is down keeps its routes, with larger metrics than all that are up: probes need
 * them to find out that it works again, and if all are down, the preferred one is still the best
 * guess. Only routes noted as ours are ever deleted. If another program has made a default route
 * through the same interface, we make none there in that family.
 *
 * The kernel has one default route per family and metric. One of ours may be replaced, as its
 * uplink gets another one in the same run. If another program has the metric, the uplink keeps its
 * old routes, and with them its old metric.
 */

/* Whether the uplink's device has the route, and it is ours. */
bool xnm_way_has(const struct xnm_uplink_seen *way, const struct xnm_default *route)
{
	for (unsigned int i = 0; i < way->n_defaults; i++) {
		if (way->defaults[i].protocol == XNM_RTPROT &&
		    xnm_same_default(&way->defaults[i], route))
			return true;
	}
	return false;
}

static bool is_expected(const struct xnm_cidr *cidr, const struct xnm_cidr *expected)
{
	return cidr->family == 0 || expected->family == 0 || xnm_cidr_within(cidr, expected);
}

bool xnm_way_lease_ends(const struct xnm_uplink_seen *way)
{
	const struct xnm_cidr *expected = &way->uplink->gateway.expected;
	const struct xnm_uplink_note *note = &way->note;

	if (note->dhcp_pid == 0 && note->leased.family == 0 && note->router.family == 0)
		return false;
	return !way->uplink->gateway.dhcp || strcmp(note->device, way->uplink->device) != 0 ||
	       !is_expected(&note->leased, expected) || !is_expected(&note->router, expected) ||
	       (note->leased.family && note->leased.prefix_len < expected->prefix_len);
}

static bool is_same_slot(const struct xnm_default *a, const struct xnm_default *b)
{
	return a->gateway.family == b->gateway.family && a->metric == b->metric;
}

const struct xnm_default *xnm_slot_find(const struct xnm_slots *slots,
					const struct xnm_default *route)
{
	for (unsigned int i = 0; i < slots->n; i++) {
		if (is_same_slot(&slots->list[i], route))
			return &slots->list[i];
	}
	return NULL;
}

static bool is_foreign(const struct xnm_uplink_seen *way, uint8_t family)
{
	for (unsigned int i = 0; i < way->n_defaults; i++) {
		if (way->defaults[i].protocol != XNM_RTPROT &&
		    way->defaults[i].gateway.family == family)
			return true;
	}
	return false;
}

static void want_route(struct xnm_way_decision *decision, const struct xnm_uplink_seen *way,
		       const struct xnm_cidr *gateway)
{
	struct xnm_default *route = &decision->new[decision->n_new];

	if (gateway->family == 0 || is_foreign(way, gateway->family) ||
	    decision->n_new == XNM_MAX_GATEWAYS)
		return;
	*route = (struct xnm_default){ .gateway = *gateway,
				       .has_gateway = true,
				       .metric = way->uplink->metric,
				       .protocol = XNM_RTPROT };
	if (decision->wanted.health.down)
		route->metric += XNM_METRIC_OF_DOWN;
	decision->n_new++;
}

static void want_way(struct xnm_way_decision *decision, const struct xnm_uplink_seen *way)
{
	const struct xnm_uplink *uplink = way->uplink;
	struct xnm_uplink_note *note = &decision->wanted;

	*note = way->note;
	note->n_routes = note->n_left = 0;
	note->left_device[0] = '\0';
	memcpy(note->device, uplink->device, sizeof(note->device));
	note->has_owner = uplink->guest[0] && way->is_own;
	if (note->has_owner)
		note->owner = way->owner;
	if (decision->ends_lease) {
		note->dhcp_pid = 0;
		memset(&note->leased, 0, sizeof(note->leased));
		memset(&note->router, 0, sizeof(note->router));
	}
	/* without track= it would never be found to be up again */
	if (uplink->n_track == 0)
		memset(&note->health, 0, sizeof(note->health));
	if (uplink->gateway.dhcp)
		want_route(decision, way, &note->router);
	for (unsigned int i = 0; i < uplink->gateway.n; i++)
		want_route(decision, way, &uplink->gateway.list[i]);
}

/* Calls fn for all noted routes of an uplink, until it returns true. */
static bool each_old(const struct xnm_uplink_note *note,
		     bool (*fn)(void *arg, const char *device, const struct xnm_default *route),
		     void *arg)
{
	for (unsigned int i = 0; i < note->n_routes; i++) {
		if (fn(arg, note->device, &note->routes[i]))
			return true;
	}
	for (unsigned int i = 0; i < note->n_left; i++) {
		if (fn(arg, note->left_device, &note->left[i]))
			return true;
	}
	return false;
}

static bool is_blocked(const struct xnm_way_decision *decision, uint8_t family)
{
	for (unsigned int i = 0; i < decision->n_new; i++) {
		if (decision->blocked[i] && decision->new[i].gateway.family == family)
			return true;
	}
	return false;
}

/* Whether a noted route stays because its uplink cannot get the new one. */
struct kept {
	const struct xnm_way_decision *decision;
	const struct xnm_default *wanted;
};

static bool keeps_slot(void *arg, const char *device, const struct xnm_default *route)
{
	const struct kept *kept = arg;

	(void)device;
	for (unsigned int i = 0; i < kept->decision->n_new; i++) {
		if (kept->decision->blocked[i] && xnm_same_default(&kept->decision->new[i], route))
			return false;
	}
	return is_same_slot(route, kept->wanted) &&
	       is_blocked(kept->decision, route->gateway.family);
}

/* Whether another uplink that wants the same metric has priority: one that is up, or comes first in
 * the policy. */
static bool comes_first(const struct xnm_way_decision *other, const struct xnm_way_decision *mine,
			bool before, const struct xnm_default *route)
{
	bool down = mine->wanted.health.down;

	if (other->wanted.health.down != down ? !down : !before)
		return false;
	for (unsigned int i = 0; i < other->n_new; i++) {
		if (!other->blocked[i] && is_same_slot(&other->new[i], route))
			return true;
	}
	return false;
}

/* Whether another program has the metric, or an uplink that must keep it. */
static bool is_taken(const struct xnm_way_decision *decisions, const struct xnm_uplink_seen *ways,
		     unsigned int n, unsigned int i, const struct xnm_slots *slots, unsigned int k)
{
	const struct xnm_default *route = &decisions[i].new[k];

	for (unsigned int s = 0; s < slots->n; s++) {
		if (is_same_slot(&slots->list[s], route) && slots->list[s].protocol != XNM_RTPROT)
			return true;
	}
	for (unsigned int j = 0; j < n; j++) {
		struct kept kept = { &decisions[j], route };

		if (j != i && !decisions[j].is_skipped &&
		    (each_old(&ways[j].note, keeps_slot, &kept) ||
		     comes_first(&decisions[j], &decisions[i], j < i, route)))
			return true;
	}
	return false;
}

/* An uplink that must keep its metric blocks others, which then must keep theirs: repeated until
 * nothing changes. */
static void find_blocked(struct xnm_way_decision *decisions, const struct xnm_uplink_seen *ways,
			 unsigned int n, const struct xnm_slots *slots)
{
	bool found = true;

	while (found) {
		found = false;
		for (unsigned int i = 0; i < n; i++) {
			struct xnm_way_decision *decision = &decisions[i];

			for (unsigned int k = 0; k < decision->n_new; k++) {
				const struct xnm_default *rival =
					xnm_slot_find(slots, &decision->new[k]);

				if (decision->blocked[k] ||
				    xnm_way_has(&ways[i], &decision->new[k]) ||
				    !is_taken(decisions, ways, n, i, slots, k))
					continue;
				decision->blocked[k] = found = true;
				if (rival)
					decision->rival[k] = *rival;
			}
		}
	}
}

static void note_route(struct xnm_uplink_note *note, const char *device,
		       const struct xnm_default *route)
{
	bool left = strcmp(device, note->device) != 0;
	struct xnm_default *list = left ? note->left : note->routes;
	unsigned int *n = left ? &note->n_left : &note->n_routes;

	if (left && note->n_left && strcmp(device, note->left_device) != 0)
		return;
	for (unsigned int i = 0; i < *n; i++) {
		if (xnm_same_default(&list[i], route))
			return;
	}
	if (*n == XNM_MAX_WAY_ROUTES)
		return;
	if (left)
		(void)snprintf(note->left_device, sizeof(note->left_device), "%s", device);
	list[(*n)++] = *route;
}

/* The noted routes that still exist. */
struct noting {
	struct xnm_way_decision *decision;
	const struct xnm_slots *slots;
};

/* If the list of default routes is full, a route that is not in it may exist all the same. */
static bool has_gone(const struct xnm_slots *slots, const struct xnm_default *route)
{
	for (unsigned int i = 0; i < slots->n; i++) {
		if (slots->list[i].protocol == XNM_RTPROT &&
		    xnm_same_default(&slots->list[i], route))
			return false;
	}
	return slots->n < XNM_MAX_SLOTS;
}

static bool note_old(void *arg, const char *device, const struct xnm_default *route)
{
	const struct noting *noting = arg;
	struct xnm_way_decision *decision = noting->decision;

	if (has_gone(noting->slots, route))
		return false;
	note_route(&decision->both, device, route);
	if (is_blocked(decision, route->gateway.family))
		note_route(&decision->wanted, device, route);
	return false;
}

void xnm_decide_ways(struct xnm_way_decision *decisions, const struct xnm_uplink_seen *ways,
		     unsigned int n, const struct xnm_slots *slots)
{
	for (unsigned int i = 0; i < n; i++) {
		memset(&decisions[i], 0, sizeof(decisions[i]));
		/* the routes of a missing device are gone with it, and are made again when it is
		 * back */
		decisions[i].is_skipped = ways[i].ifindex == 0 && !ways[i].is_bridge &&
					  (!ways[i].is_own || ways[i].is_other);
		decisions[i].ends_lease = xnm_way_lease_ends(&ways[i]);
		decisions[i].is_skipped |= decisions[i].ends_lease && ways[i].is_other;
		if (!decisions[i].is_skipped)
			want_way(&decisions[i], &ways[i]);
	}
	find_blocked(decisions, ways, n, slots);
	for (unsigned int i = 0; i < n; i++) {
		struct xnm_way_decision *decision = &decisions[i];
		struct noting noting = { decision, slots };

		decision->both = decision->wanted;
		for (unsigned int k = 0; k < decision->n_new; k++) {
			note_route(&decision->both, decision->wanted.device, &decision->new[k]);
			if (!decision->blocked[k])
				note_route(&decision->wanted, decision->wanted.device,
					   &decision->new[k]);
		}
		(void)each_old(&ways[i].note, note_old, &noting);
	}
}
