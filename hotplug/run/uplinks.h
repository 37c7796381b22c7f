/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplinks.h - look at all uplinks with a gateway, outside of any vif's event. */
#ifndef XNM_UPLINKS_H
#define XNM_UPLINKS_H

#include "hotplug/core/facts.h"

/*
 * Sets the default routes of all uplinks by the policy, the existing vifs and the last probes:
 * called when a carrier or a device has come or gone. Sends no pings. Concurrent calls run one
 * after the other. Without may_start no DHCP client is started: for udev, which kills all processes
 * that its event has started. Returns 0 or -errno with err filled; after an error the other uplinks
 * are still set.
 */
int xnm_uplinks_evaluate(const struct xnm_policy *policy, bool may_start, struct xnm_err *err);

/* The result for one uplink. */
struct xnm_uplink_report {
	const struct xnm_uplink *uplink;
	struct xnm_uplink_note note;
	bool is_there; /* its device exists, and its guest= */
	bool probed;
	bool changed; /* it went up or down in this run */
	struct xnm_quality_found found;
};

/*
 * The same after probing uplinks with track=: the n named ones, or with n == 0 all whose interval=
 * is over. fn is called for each. -EBUSY: another probe is running.
 */
int xnm_uplinks_probe(const struct xnm_policy *policy, char *const *names, unsigned int n,
		      void (*fn)(void *arg, const struct xnm_uplink_report *report), void *arg,
		      struct xnm_err *err);

/* For `xnm status`: reads one uplink's note, and changes nothing. */
void xnm_uplink_look(struct xnm_uplink_report *report, const struct xnm_run_dir *dir,
		     const struct xnm_uplink *uplink);

struct xnm_ctx;
/*
 * Moves the host's default routes to the uplinks that work; all are planned together. With only,
 * just that uplink is updated, and nothing of others is removed. reports has one entry per uplink
 * of the policy. The caller holds XNM_LOCK_UPLINKS. The hook of a DHCP client must not start
 * another client, which would run the hook again. Each failure is logged; returns 0 or the first
 * -errno, with ctx->err filled.
 */
int xnm_uplinks_settle(struct xnm_ctx *ctx, const struct xnm_uplink *only,
		       struct xnm_uplink_report *reports, bool may_start);

/* Milliseconds by the boot-time clock, which is never set. */
uint64_t xnm_now_ms(void);

/* Whether the vif that is the uplink exists, by the uplink's note. */
bool xnm_uplink_guest_is_there(const struct xnm_run_dir *dir, const char *name,
			       const struct xnm_uplink_note *note);

#endif
