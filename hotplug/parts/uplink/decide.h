/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decide.h - decide the host's default routes through its uplinks, all of them together. */
#ifndef XNM_UPLINK_DECIDE_H
#define XNM_UPLINK_DECIDE_H

#include "hotplug/core/plan.h"

/* What changes for one uplink. All uplinks are decided together, as they may swap metrics. */
struct xnm_way_decision {
	unsigned int n_new;
	struct xnm_default new[XNM_MAX_GATEWAYS]; /* routes that it should have */
	bool is_skipped; /* its device is missing, or its lease must end first */
	bool ends_lease; /* its lease and DHCP client end */
	bool blocked[XNM_MAX_GATEWAYS]; /* another route has that metric: the old route stays */
	struct xnm_default rival[XNM_MAX_GATEWAYS]; /* the route that has the metric, if known */
	struct xnm_uplink_note both; /* note while it changes: old and new routes */
	struct xnm_uplink_note wanted; /* note afterwards */
};

/* parts/uplink/decide.c: whether the uplink's device has the route; the default route with the same
 * metric, or NULL. */
bool xnm_way_has(const struct xnm_uplink_seen *way, const struct xnm_default *route);
const struct xnm_default *xnm_slot_find(const struct xnm_slots *slots,
					const struct xnm_default *route);

/* Whether the DHCP client and its lease must end: the policy has another device, router or
 * prefix. */
bool xnm_way_lease_ends(const struct xnm_uplink_seen *way);

/* Decides about n uplinks, in decisions as long as ways. */
void xnm_decide_ways(struct xnm_way_decision *decisions, const struct xnm_uplink_seen *ways,
		     unsigned int n, const struct xnm_slots *slots);

/*
 * Also used by xnm_uplinks_evaluate(): first the new routes of all uplinks, replacing our own
 * routes with the same metric, and then the old ones are deleted. So there is always a default
 * route.
 */
void xnm_plan_way_begin(struct xnm_plan *plan, const struct xnm_uplink_seen *way,
			const struct xnm_way_decision *decision, const struct xnm_slots *slots);
void xnm_plan_way_end(struct xnm_plan *plan, const struct xnm_uplink_seen *way,
		      const struct xnm_way_decision *decisions, unsigned int n, unsigned int i);

#endif
