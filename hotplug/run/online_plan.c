/* SPDX-License-Identifier: GPL-2.0-or-later */
/* online_plan.c - the middle of an online: read, plan and apply, under the locks. */
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/vif.h"
#include "hotplug/run/online.h"
#include "hotplug/run/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hotplug/core/identity.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/lock.h"
#include "hotplug/parts/address/pool.h"
#include "hotplug/parts/classes/members.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"
#include "hotplug/parts/network/overlap.h"
#include "hotplug/parts/owned/lease.h"
#include "hotplug/parts/uplink/read.h"

/* Reads all facts, of which nothing is known yet, and plans; the guest's keys and the wants are already filled. */
static int make_plan(struct online *run, struct xnm_facts *facts, struct xnm_plan *plan)
{
	const struct xnm_event *event = run->event;
	struct xnm_ctx *ctx = &run->ctx;
	int rc;

	facts->guest = run->guest;
	facts->dir = &ctx->dir;
	facts->store = ctx->store;
	rc = xnm_vif_note_read(&ctx->dir, event->domid, event->devid, &facts->note);
	/* if the note is damaged, the vif's elements are read from nftables */
	if (rc && rc != -ENOENT && rc != -EINVAL)
		return xnm_facts_note_error(rc, "vif", event->vif + strlen("vif"), &ctx->err);
	facts->has_note = rc == 0;
	xnm_vif_note_settle(&facts->note);
	rc = xnm_parts_read(facts, &run->want, ctx);
	return rc ? rc : xnm_plan_online(plan, event, &run->want, facts, &ctx->err);
}

/* An unplugged NIC must not keep guests from starting, so it is only logged. */
static void warn_missing_interfaces(const struct online *run, const struct xnm_facts *facts)
{
	const struct xnm_network *network = run->want.network;

	for (unsigned int i = 0; network && network->n_uplinks > 1 && i < network->n_uplinks; i++) {
		const struct xnm_uplink *uplink =
			xnm_policy_uplink(run->ctx.policy, network->uplinks[i]);

		if (uplink && !uplink->guest[0] && if_nametoindex(uplink->device) == 0)
			xnm_log_warning("interface=%s of uplink %s: there is no such device",
					uplink->device, uplink->name);
	}
	if (network)
		run_warn_cards(network, facts);
}

/* The name of a network's lock: its bridge's, or its own without one. */
static const char *network_lock(const struct online *run)
{
	return run->want.backend == XNM_BACKEND_ROUTE ? run->want.network->name
						      : run->want.bridge.name;
}

static int take_network_lock(struct online *run, bool shared)
{
	const unsigned int timeout_ms = XNM_SHARED_LOCK_TIMEOUT_MS;
	struct xnm_locks *locks = &run->ctx.dir.locks;
	const char *name = network_lock(run);
	int rc = shared ? xnm_lock_shared(locks, XNM_LOCK_NETWORK, name, timeout_ms)
			: xnm_lock(locks, XNM_LOCK_NETWORK, name, timeout_ms);

	return rc ? xnm_fail(&run->ctx.err, rc, "%s is being changed by other runs of xnm: %s",
			     name, strerror(-rc))
		  : 0;
}

/* Many guests with class= may start together. */
static int take_uplink_lock(struct online *run)
{
	struct xnm_ctx *ctx = &run->ctx;
	bool classes = run->want.classes.n > 0 || xnm_classes_are_used(&ctx->dir);
	int rc;

	if (ctx->mode == XNM_RUN_PLAN || (!classes && !xnm_wants_ways(&run->want)))
		return 0;
	rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_UPLINKS, NULL,
		      classes ? XNM_SHARED_LOCK_TIMEOUT_MS : XNM_LOCK_TIMEOUT_MS);
	return rc ? xnm_fail(&ctx->err, rc,
			     "the uplinks are being changed by other runs of xnm: %s",
			     strerror(-rc))
		  : 0;
}

static void drop_locks(struct online *run)
{
	xnm_unlock_below(&run->ctx.dir.locks, XNM_LOCK_VIF);
	xnm_leases_follow(&run->ctx);
}

/*
 * A run that only attaches to a network's bridge holds the lock shared, one that creates, changes
 * or removes it exclusively. The same for accept rules for a bridge in other programs' chains,
 * whether it has a network or not.
 */
static int plan_under_lock(struct online *run, struct xnm_facts *facts, struct xnm_plan *plan)
{
	bool network = run->want.attach && run->ctx.mode != XNM_RUN_PLAN;
	int rc = network ? take_network_lock(run, true) : 0;

	if (rc == 0)
		rc = take_uplink_lock(run);
	if (rc == 0)
		rc = make_plan(run, facts, plan);
	if (rc || !network || !plan->changes_network)
		return rc;
	/* dropped first: two runs that upgrade a shared lock would wait for each other */
	drop_locks(run);
	rc = take_network_lock(run, false);
	if (rc == 0)
		rc = take_uplink_lock(run);
	if (rc)
		return rc;
	xnm_facts_clear(facts);
	return make_plan(run, facts, plan);
}

#define MAX_TRIES 20

static int apply(struct online *run, const struct xnm_plan *plan)
{
	int rc;

	/* the guest's addresses of its pool are already noted */
	if (plan->address.n_assign == 0)
		xnm_unlock(&run->ctx.dir.locks, XNM_LOCK_POOL);
	rc = xnm_apply_online(&run->ctx, plan);
	xnm_unlock(&run->ctx.dir.locks, XNM_LOCK_POOL);
	return rc;
}

/* Another run has built the tables meanwhile, or they were flushed: read and plan again. */
static int apply_plan(struct online *run, struct xnm_facts *facts, struct xnm_plan *plan)
{
	int rc = apply(run, plan);

	for (int i = 0; rc == -ESTALE && i < MAX_TRIES; i++) {
		xnm_facts_clear(facts);
		rc = make_plan(run, facts, plan);
		if (rc == 0)
			rc = apply(run, plan);
	}
	return rc;
}

int run_plan_and_apply(struct online *run, struct xnm_plan *plan)
{
	struct xnm_facts *facts = xnm_facts_take();
	int rc;

	plan->rival.what[0] = '\0';
	rc = plan_under_lock(run, facts, plan);
	run->is_planned = rc == 0;
	if (rc && facts->address.rival.what[0])
		plan->rival = facts->address.rival;
	if (rc && run->ctx.mode == XNM_RUN_REAPPLY)
		run->may_take_back = false;
	if (rc == 0 && run->ctx.mode == XNM_RUN_EVENT)
		warn_missing_interfaces(run, facts);
	if (rc == 0 && run->ctx.mode != XNM_RUN_PLAN)
		rc = apply_plan(run, facts, plan);
	xnm_facts_give_back();
	/* a tear-down after a failure needs the lock exclusively */
	if (run->ctx.mode != XNM_RUN_PLAN)
		drop_locks(run);
	return rc;
}
