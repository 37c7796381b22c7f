/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decide.h - which default routes the host should have through its uplinks, all of them together. */
#ifndef XNM_UPLINK_DECIDE_H
#define XNM_UPLINK_DECIDE_H

#include "hotplug/core/plan.h"

/* What is to be done about one uplink; for all of them together, as metrics may go round. */
struct xnm_way_decision {
	unsigned int n_new;
	struct xnm_default new[XNM_MAX_GATEWAYS]; /* that it should have */
	bool is_skipped; /* its device is away, or it can only be settled with its lease */
	bool ends_lease; /* that it has, and its client */
	bool blocked[XNM_MAX_GATEWAYS]; /* that metric is another's: the old one stays */
	struct xnm_default rival[XNM_MAX_GATEWAYS]; /* whose, if it is known */
	struct xnm_uplink_note both; /* noted while it changes: the old and the new */
	struct xnm_uplink_note wanted; /* and in the end */
};

/* parts/uplink/decide.c: whether the kernel has it by the uplink's device, and what has its metric, or NULL. */
bool xnm_way_has(const struct xnm_uplink_seen *way, const struct xnm_default *route);
const struct xnm_default *xnm_slot_find(const struct xnm_slots *slots,
					const struct xnm_default *route);

/* Whether the policy has the client, or what it was leased, no more: another device, router or prefix. */
bool xnm_way_lease_ends(const struct xnm_uplink_seen *way);

/* Decides about n uplinks, in decisions as long as ways. */
void xnm_decide_ways(struct xnm_way_decision *decisions, const struct xnm_uplink_seen *ways,
		     unsigned int n, const struct xnm_slots *slots);

/*
 * Also how xnm_uplinks_evaluate() goes on: first what is new for all of them, in
 * the place of what is ours and has that metric, and then the old ones end. So
 * there is always a way out.
 */
void xnm_plan_way_begin(struct xnm_plan *plan, const struct xnm_uplink_seen *way,
			const struct xnm_way_decision *decision, const struct xnm_slots *slots);
void xnm_plan_way_end(struct xnm_plan *plan, const struct xnm_uplink_seen *way,
		      const struct xnm_way_decision *decisions, unsigned int n, unsigned int i);

#endif
