/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplinks.c - probe uplinks, and report the results. */
#include "hotplug/run/parts.h"
#include "hotplug/run/uplinks.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hotplug/core/plan.h"
#include "hotplug/core/witness.h"
#include "hotplug/kernel/ping.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/lock.h"
#include "hotplug/parts/owned/lease.h"

/* ------------------------------------------------------------------- routes */

/* All of them under one lock. */
static int settle_all(struct xnm_ctx *ctx, struct xnm_uplink_report *reports, bool may_start)
{
	int rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_UPLINKS, NULL, XNM_LOCK_TIMEOUT_MS);

	if (rc)
		return xnm_fail(&ctx->err, rc,
				"the uplinks are being changed by another run of "
				"xnm: %s",
				strerror(-rc));
	rc = xnm_uplinks_settle(ctx, NULL, reports, may_start);
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_UPLINKS);
	xnm_leases_follow(ctx);
	return rc;
}

static int open_ctx(struct xnm_ctx *ctx, const struct xnm_policy *policy)
{
	int rc = xnm_rtnl_open(&ctx->rtnl);

	*ctx = (struct xnm_ctx){
		.parts = xnm_parts, .rtnl = ctx->rtnl, .policy = policy, .dir = XNM_RUN_DIR_CLOSED
	};
	if (rc)
		return xnm_fail(&ctx->err, rc, "cannot open a netlink socket: %s", strerror(-rc));
	rc = xnm_run_dir_open(&ctx->dir, xnm_run_dir_path(), false);
	return rc ? xnm_fail(&ctx->err, rc, "cannot keep notes in %s: %s", xnm_run_dir_path(),
			     strerror(-rc))
		  : 0;
}

static void close_ctx(struct xnm_ctx *ctx, struct xnm_err *err)
{
	*err = ctx->err;
	xnm_rtnl_close(ctx->rtnl);
	xnm_run_dir_close(&ctx->dir);
}

int xnm_uplinks_evaluate(const struct xnm_policy *policy, bool may_start, struct xnm_err *err)
{
	static struct xnm_uplink_report reports[XNM_MAX_UPLINKS];
	struct xnm_ctx ctx = { .parts = xnm_parts, .rtnl = NULL };
	int rc = open_ctx(&ctx, policy);

	memset(reports, 0, sizeof(reports));
	if (rc == 0)
		rc = settle_all(&ctx, reports, may_start);
	close_ctx(&ctx, err);
	return rc;
}

/* ------------------------------------------------------------------- probes */

static bool is_named(const struct xnm_uplink *uplink, char *const *names, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (strcmp(names[i], uplink->name) == 0)
			return true;
	}
	return n == 0;
}

/* Whether interval= is over, by the boot-time clock, which is never set. */
static bool is_due(const struct xnm_run_dir *dir, const struct xnm_uplink *uplink, bool named)
{
	struct xnm_uplink_note note;

	(void)xnm_uplink_note_read(dir, uplink->name, &note);
	if (uplink->guest[0] && !xnm_uplink_guest_is_there(dir, uplink->name, &note))
		return false;
	return named || !note.health.known ||
	       xnm_now_ms() - note.health.probed_ms >= uplink->quality.interval_ms / 2;
}

/* The best of the addresses counts: one that does not answer may be that server's own failure. */
static void probe(struct xnm_uplink_report *report, const struct xnm_uplink *uplink)
{
	struct xnm_ping pings[XNM_MAX_TRACKS] = { 0 };
	const struct xnm_ping *best = &pings[0];
	int rc;

	for (unsigned int i = 0; i < uplink->n_track; i++)
		pings[i].host = uplink->track[i];
	rc = xnm_ping(uplink->device, pings, uplink->n_track, uplink->quality.count,
		      uplink->quality.timeout_ms);
	if (rc) {
		xnm_log_warning("uplink %s: cannot ping: %s", uplink->name, strerror(-rc));
		return;
	}
	for (unsigned int i = 1; i < uplink->n_track; i++) {
		const struct xnm_ping *other = &pings[i];

		if (other->received > best->received ||
		    (other->received == best->received && other->total_us < best->total_us))
			best = other;
	}
	report->probed = true;
	report->found.sent = best->sent;
	report->found.received = best->received;
	if (best->received)
		report->found.latency_us = (uint32_t)(best->total_us / best->received);
}

/* Without the lock, as this takes seconds. One after the other, so that uplinks do not compete. */
static void probe_all(const struct xnm_ctx *ctx, struct xnm_uplink_report *reports,
		      char *const *names, unsigned int n)
{
	for (unsigned int i = 0; i < ctx->policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &ctx->policy->uplinks[i];

		if (uplink->n_track && is_named(uplink, names, n) &&
		    is_due(&ctx->dir, uplink, n > 0))
			probe(&reports[i], uplink);
	}
}

int xnm_uplinks_probe(const struct xnm_policy *policy, char *const *names, unsigned int n,
		      void (*fn)(void *arg, const struct xnm_uplink_report *report), void *arg,
		      struct xnm_err *err)
{
	static struct xnm_uplink_report reports[XNM_MAX_UPLINKS];
	struct xnm_ctx ctx = { .parts = xnm_parts, .rtnl = NULL };
	int rc = open_ctx(&ctx, policy);

	memset(reports, 0, sizeof(reports));
	if (rc == 0) {
		rc = xnm_lock(&ctx.dir.locks, XNM_LOCK_PROBE, NULL, 0);
		if (rc)
			rc = xnm_fail(&ctx.err, rc == -EAGAIN ? -EBUSY : rc,
				      "another probe is running");
	}
	if (rc == 0) {
		/* missing routes would make a working uplink look down */
		(void)settle_all(&ctx, reports, true);
		memset(reports, 0, sizeof(reports));
		probe_all(&ctx, reports, names, n);
		rc = settle_all(&ctx, reports, true);
		for (unsigned int i = 0; i < policy->n_uplinks; i++) {
			if (reports[i].uplink && is_named(&policy->uplinks[i], names, n))
				fn(arg, &reports[i]);
		}
	}
	close_ctx(&ctx, err);
	return rc;
}

/* -------------------------------------------------------------------- looks */

void xnm_uplink_look(struct xnm_uplink_report *report, const struct xnm_run_dir *dir,
		     const struct xnm_uplink *uplink)
{
	memset(report, 0, sizeof(*report));
	report->uplink = uplink;
	(void)xnm_uplink_note_read(dir, uplink->name, &report->note);
	report->is_there = uplink->guest[0]
				   ? xnm_uplink_guest_is_there(dir, uplink->name, &report->note)
				   : if_nametoindex(uplink->device) != 0;
}
