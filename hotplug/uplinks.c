/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplinks.c - probe uplinks, and move the host's default routes to those that work. */
#include "hotplug/uplinks.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hotplug/apply_parts.h"
#include "hotplug/kernel/ping.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/lock.h"
#include "hotplug/plan_parts.h"
#include "hotplug/witness.h"

#define PROBE_LOCK "/probe" /* no bridge is called so */

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ------------------------------------------------------------------- routes */

/* Whether the vif of the guest that shares is there, by what was noted when it came. */
static bool guest_is_there(const struct xnm_run_dir *dir, const char *name,
			   const struct xnm_uplink_note *note)
{
	static struct xnm_state state;
	int rc;

	if (!note->has_owner)
		return false;
	rc = xnm_state_read(dir, note->owner.domid, note->owner.devid, &state);
	if (rc)
		return rc != -ENOENT || xnm_vif_is_used(note->owner.domid, note->owner.devid);
	for (unsigned int i = 0; i < state.n_uplinks; i++) {
		if (strcmp(state.uplinks[i], name) == 0)
			return true;
	}
	return false;
}

static bool has_note_op(const struct xnm_plan *plan)
{
	for (unsigned int i = 0; i < plan->n; i++) {
		if (plan->op[i].kind == XNM_OP_UPLINK_NOTE)
			return true;
	}
	return false;
}

static void log_probe(const struct xnm_uplink_report *report)
{
	const struct xnm_quality *limits = &report->uplink->quality;
	const struct xnm_health *health = &report->note.health;
	char text[200];

	(void)snprintf(
		text, sizeof(text),
		"%u of %u answers, loss %u%%, latency %u.%03u ms, bad %u of %u, good %u of %u",
		report->found.received, report->found.sent, health->loss_percent,
		health->latency_us / 1000, health->latency_us % 1000, health->bad, limits->down,
		health->good, limits->up);
	if (report->changed && health->down)
		xnm_log_warning("uplink %s is down, metric %u: %s (failure-loss=%u%% "
				"failure-latency=%ums)",
				report->uplink->name, report->uplink->metric + XNM_METRIC_OF_DOWN,
				text, limits->failure_loss_percent, limits->failure_latency_ms);
	else if (report->changed)
		xnm_log_warning("uplink %s is up, metric %u: %s (recovery-loss=%u%% "
				"recovery-latency=%ums)",
				report->uplink->name, report->uplink->metric, text,
				limits->recovery_loss_percent, limits->recovery_latency_ms);
	else
		xnm_log_info("uplink %s stays %s: %s", report->uplink->name,
			     health->down ? "down" : "up", text);
}

int xnm_uplink_settle(struct xnm_ctx *ctx, const struct xnm_uplink *uplink,
		      struct xnm_uplink_report *report, bool may_start)
{
	static struct xnm_way_facts way;
	static struct xnm_plan plan;
	int rc;

	way = (struct xnm_way_facts){ .uplink = uplink };
	report->uplink = uplink;
	rc = xnm_facts_way(&way, ctx->rtnl, &ctx->dir, uplink->name, &ctx->err);
	if (rc)
		return rc;
	way.is_own = uplink->guest[0] && guest_is_there(&ctx->dir, uplink->name, &way.note);
	way.owner = way.note.owner;
	if (may_start && way.note.dhcp_pid && !way.dhcp_runs && uplink->gateway.dhcp)
		xnm_log_warning("uplink %s: its DHCP client has ended: it is started again",
				uplink->name);
	way.dhcp_runs |= !may_start;
	report->is_there = way.ifindex && (way.is_own || !uplink->guest[0]);
	if (uplink->guest[0] && !way.is_own)
		return way.has_note ? apply_release_uplink(ctx, uplink->name, NULL) : 0;
	if (report->probed) {
		report->changed =
			xnm_health_update(&way.note.health, &uplink->quality, &report->found);
		way.note.health.probed_ms = now_ms();
	}
	xnm_plan_clear(&plan);
	plan.domid = way.owner.domid;
	plan.devid = way.owner.devid;
	xnm_plan_way(&plan, &way);
	report->note = way.note;
	if (report->probed && !has_note_op(&plan))
		rc = xnm_uplink_note_write(&ctx->dir, &way.note);
	if (report->probed)
		log_probe(report);
	if (rc)
		return xnm_fail(&ctx->err, rc, "cannot note the state of uplink %s: %s",
				uplink->name, strerror(-rc));
	rc = xnm_apply_offline(ctx, &plan);
	(void)xnm_uplink_note_read(&ctx->dir, uplink->name, &report->note);
	return rc;
}

/* An uplink that the policy has no more, or that has no gateway any more. */
static int release_unknown(void *arg, const char *name)
{
	struct xnm_ctx *ctx = arg;
	const struct xnm_uplink *uplink = xnm_policy_uplink(ctx->policy, name);

	if (!uplink || !xnm_uplink_has_gateway(uplink))
		(void)apply_release_uplink(ctx, name, NULL);
	return 0;
}

/* All of them under one lock; found may be NULL. */
static int settle_all(struct xnm_ctx *ctx, struct xnm_uplink_report *reports, bool may_start)
{
	uint64_t lock = xnm_lock_bridge(XNM_UPLINK_LOCK);
	int rc = xnm_lock_take(ctx->dir.lock_fd, lock, false, XNM_LOCK_TIMEOUT_MS);
	int first = 0;

	if (rc)
		return xnm_fail(&ctx->err, rc,
				"the uplinks are being changed by another run of "
				"xnm: %s",
				strerror(-rc));
	ctx->has_uplink_lock = true;
	(void)xnm_uplink_note_each(&ctx->dir, release_unknown, ctx);
	for (unsigned int i = 0; i < ctx->policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &ctx->policy->uplinks[i];

		if (!xnm_uplink_has_gateway(uplink))
			continue;
		rc = xnm_uplink_settle(ctx, uplink, &reports[i], may_start);
		if (rc)
			xnm_log_warning("uplink %s: %s", uplink->name, ctx->err.text);
		first = first ? first : rc;
	}
	ctx->has_uplink_lock = false;
	xnm_lock_drop(ctx->dir.lock_fd, lock);
	return first;
}

static int open_ctx(struct xnm_ctx *ctx, const struct xnm_policy *policy)
{
	int rc = xnm_rtnl_open(&ctx->rtnl);

	*ctx = (struct xnm_ctx){ .rtnl = ctx->rtnl, .policy = policy, .dir = XNM_RUN_DIR_CLOSED };
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
	struct xnm_ctx ctx = { .rtnl = NULL };
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

/* Whether it is time again. A clock that was set back cannot stop it: this one is not set. */
static bool is_due(const struct xnm_run_dir *dir, const struct xnm_uplink *uplink, bool named)
{
	struct xnm_uplink_note note;

	(void)xnm_uplink_note_read(dir, uplink->name, &note);
	if (uplink->guest[0] && !guest_is_there(dir, uplink->name, &note))
		return false;
	return named || !note.health.known ||
	       now_ms() - note.health.probed_ms >= uplink->quality.interval_ms / 2;
}

/* The best address counts: one that does not answer may be that server's own trouble. */
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

/* Without the lock: this takes seconds. One after the other: what they share is not tested twice. */
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
	struct xnm_ctx ctx = { .rtnl = NULL };
	int rc = open_ctx(&ctx, policy);

	memset(reports, 0, sizeof(reports));
	if (rc == 0) {
		rc = xnm_lock_take(ctx.dir.lock_fd, xnm_lock_bridge(PROBE_LOCK), false, 0);
		if (rc)
			rc = xnm_fail(&ctx.err, rc == -EAGAIN ? -EBUSY : rc,
				      "another probe is running");
	}
	if (rc == 0) {
		/* routes that are missing would make a good uplink look bad */
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
	report->is_there = uplink->guest[0] ? guest_is_there(dir, uplink->name, &report->note)
					    : if_nametoindex(uplink->device) != 0;
}
