/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplinks_settle.c - move the host's default routes to the uplinks that work, all of them together. */
#include "hotplug/notes/vif.h"
#include "hotplug/parts/uplink/decide.h"
#include "hotplug/run/uplinks.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "hotplug/core/plan.h"
#include "hotplug/core/witness.h"
#include "hotplug/parts/uplink/apply.h"
#include "hotplug/parts/uplink/read.h"

/* Facts and decisions of all uplinks. */
struct settling {
	struct xnm_ctx *ctx;
	const struct xnm_uplink *only;
	unsigned int n;
	struct xnm_uplink_seen ways[XNM_MAX_UPLINKS];
	struct xnm_uplink_report *reports[XNM_MAX_UPLINKS];
	struct xnm_way_decision decisions[XNM_MAX_UPLINKS];
	struct xnm_slots slots;
	unsigned int n_gone; /* uplinks whose guest no longer exists */
	const struct xnm_uplink *gone[XNM_MAX_UPLINKS];
	int first; /* the first failure; each is logged */
	struct xnm_err err;
};

uint64_t xnm_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool xnm_uplink_guest_is_there(const struct xnm_run_dir *dir, const char *name,
			       const struct xnm_uplink_note *note)
{
	static struct xnm_vif_note state;
	int rc;

	if (!note->has_owner)
		return false;
	rc = xnm_vif_note_read(dir, note->owner.domid, note->owner.devid, &state);
	if (rc)
		return rc != -ENOENT || xnm_vif_is_used(note->owner.domid, note->owner.devid);
	for (unsigned int i = 0; i < state.uplink.n; i++) {
		if (strcmp(state.uplink.names[i], name) == 0)
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

static void fail(struct settling *settling, const struct xnm_uplink *uplink, int rc)
{
	struct xnm_err *err = &settling->ctx->err;

	if (rc == 0)
		return;
	xnm_log_warning("uplink %s: %s", uplink->name, err->text);
	if (settling->first == 0 && (!settling->only || settling->only == uplink)) {
		settling->first = rc;
		settling->err = *err;
	}
	err->text[0] = '\0';
}

/* Reads one uplink. other: with only, an uplink that is planned along, if it has routes. */
static void look_at(struct settling *settling, const struct xnm_uplink *uplink,
		    struct xnm_uplink_report *report, bool other, bool may_start)
{
	struct xnm_uplink_seen *way = &settling->ways[settling->n];
	struct xnm_ctx *ctx = settling->ctx;
	int rc;

	*way = (struct xnm_uplink_seen){ .uplink = uplink, .is_other = other };
	rc = xnm_facts_way(way, ctx->rtnl, &ctx->dir, uplink->name, &ctx->err);
	if (rc) {
		fail(settling, uplink, rc);
		return;
	}
	way->is_own =
		uplink->guest[0] && xnm_uplink_guest_is_there(&ctx->dir, uplink->name, &way->note);
	way->owner = way->note.owner;
	if (may_start && way->note.dhcp_pid && !way->dhcp_runs && uplink->gateway.dhcp)
		xnm_log_warning("uplink %s: its DHCP client has ended and is started again",
				uplink->name);
	way->starts_none = !may_start;
	report->uplink = uplink;
	report->is_there = way->ifindex && (way->is_own || !uplink->guest[0]);
	report->note = way->note;
	if (uplink->guest[0] && !way->is_own) {
		if (way->has_note && !other)
			settling->gone[settling->n_gone++] = uplink;
		return;
	}
	if (other && !way->has_note)
		return;
	/* the new device does not exist yet, but the old one has a lease to end */
	if (!other && way->ifindex == 0 && xnm_way_lease_ends(way)) {
		settling->gone[settling->n_gone++] = uplink;
		return;
	}
	if (report->probed) {
		report->changed =
			xnm_health_update(&way->note.health, &uplink->quality, &report->found);
		way->note.health.probed_ms = xnm_now_ms();
	}
	report->note = way->note;
	settling->reports[settling->n++] = report;
}

static bool has_note_op(const struct xnm_plan *plan)
{
	for (unsigned int i = 0; i < plan->n; i++) {
		if (plan->op[i].type == &xnm_op_uplink_note)
			return true;
	}
	return false;
}

/* Runs the first or the second half of one uplink's plan: new routes, or the end of old ones. */
static void carry_out(struct settling *settling, unsigned int i, bool end)
{
	struct xnm_uplink_report *report = settling->reports[i];
	struct xnm_uplink_seen *way = &settling->ways[i];
	struct xnm_ctx *ctx = settling->ctx;
	static struct xnm_plan plan;
	int rc = 0;

	xnm_plan_clear(&plan);
	plan.domid = way->owner.domid;
	plan.devid = way->owner.devid;
	if (end)
		xnm_plan_way_end(&plan, way, settling->decisions, settling->n, i);
	else
		xnm_plan_way_begin(&plan, way, &settling->decisions[i], &settling->slots);
	if (report->probed && !end) {
		if (!has_note_op(&plan))
			rc = xnm_uplink_note_write(&ctx->dir, &way->note);
		log_probe(report);
		if (rc)
			(void)xnm_fail(&ctx->err, rc, "cannot record its state: %s", strerror(-rc));
		fail(settling, way->uplink, rc);
	}
	fail(settling, way->uplink, xnm_apply_offline(ctx, &plan));
}

/* Ends an uplink that is no longer in the policy, or has no gateway= any more. */
static int release_unknown(void *arg, const char *name)
{
	struct xnm_ctx *ctx = arg;
	const struct xnm_uplink *uplink = xnm_policy_uplink(ctx->policy, name);

	if (!uplink || !xnm_uplink_has_gateway(uplink))
		(void)apply_release_uplink(ctx, name, NULL);
	return 0;
}

int xnm_uplinks_settle(struct xnm_ctx *ctx, const struct xnm_uplink *only,
		       struct xnm_uplink_report *reports, bool may_start)
{
	static struct settling settling;
	int rc;

	settling.ctx = ctx;
	settling.only = only;
	settling.n = settling.n_gone = 0;
	settling.first = 0;
	ctx->n_stuck = 0;
	for (unsigned int i = 0; i < ctx->policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &ctx->policy->uplinks[i];

		if (xnm_uplink_has_gateway(uplink))
			look_at(&settling, uplink, &reports[i], only && uplink != only, may_start);
	}
	rc = xnm_facts_slots(&settling.slots, ctx->rtnl, &ctx->err);
	if (rc)
		return rc;
	xnm_decide_ways(settling.decisions, settling.ways, settling.n, &settling.slots);
	for (unsigned int i = 0; i < settling.n; i++)
		carry_out(&settling, i, false);
	for (unsigned int i = 0; i < settling.n_gone; i++)
		fail(&settling, settling.gone[i],
		     apply_release_uplink(ctx, settling.gone[i]->name, NULL));
	if (!only)
		(void)xnm_uplink_note_each(&ctx->dir, release_unknown, ctx);
	for (unsigned int i = 0; i < settling.n; i++) {
		carry_out(&settling, i, true);
		(void)xnm_uplink_note_read(&ctx->dir, settling.ways[i].uplink->name,
					   &settling.reports[i]->note);
	}
	if (settling.first)
		ctx->err = settling.err;
	return settling.first;
}
