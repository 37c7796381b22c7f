/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe.h - look at all uplinks with a gateway, outside of any vif's event. */
#ifndef XNM_UPLINKS_H
#define XNM_UPLINKS_H

#include "hotplug/core/facts.h"

/*
 * Puts the default routes of all uplinks to what the policy, the vifs that are
 * there and the last probes say: for whoever hears that a carrier or a device
 * came or went. Pings nobody. One after the other, whoever else does the same.
 * Without may_start no DHCP client is started: for udev, which ends whatever a
 * rule leaves behind.
 * Returns 0 or -errno with err filled; what can be done is done nevertheless.
 */
int xnm_uplinks_evaluate(const struct xnm_policy *policy, bool may_start, struct xnm_err *err);

/* What became of one uplink. */
struct xnm_uplink_report {
	const struct xnm_uplink *uplink;
	struct xnm_uplink_note note;
	bool is_there; /* its device is, and the guest that shares */
	bool probed;
	bool changed; /* it went up or down just now */
	struct xnm_quality_found found;
};

/*
 * The same after a probe of those that are tracked: of the n that are named, or
 * with n == 0 of all whose interval= is over. fn is called for each of them.
 * -EBUSY: another probe is running.
 */
int xnm_uplinks_probe(const struct xnm_policy *policy, char *const *names, unsigned int n,
		      void (*fn)(void *arg, const struct xnm_uplink_report *report), void *arg,
		      struct xnm_err *err);

/* Of `xnm status`: what is noted of one, without changing or asking anything. */
void xnm_uplink_look(struct xnm_uplink_report *report, const struct xnm_run_dir *dir,
		     const struct xnm_uplink *uplink);

struct xnm_ctx;
/*
 * Moves the host's default routes to the uplinks that work; all are planned
 * together. With only, just for that one's sake: nothing is taken back of others.
 * reports has one for each of the policy. The caller holds
 * XNM_LOCK_UPLINKS. A DHCP client that calls us may not start another one, which
 * would do the same. Each failure is told; returns 0 or the first -errno, with err
 * of ctx filled.
 */
int xnm_uplinks_settle(struct xnm_ctx *ctx, const struct xnm_uplink *only,
		       struct xnm_uplink_report *reports, bool may_start);

/* By a clock that nobody sets. */
uint64_t xnm_now_ms(void);

/* Whether the vif of the guest that shares is there, by what was noted when it came. */
bool xnm_uplink_guest_is_there(const struct xnm_run_dir *dir, const char *name,
			       const struct xnm_uplink_note *note);

#endif
