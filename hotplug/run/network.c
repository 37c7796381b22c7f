/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.c - set up a network without a vif: read, plan, apply. */
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"
#include "hotplug/run/parts.h"
#include "hotplug/run/run.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/sandbox.h"
#include "hotplug/core/plan.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/lock.h"
#include "hotplug/parts/bridge/read.h"
#include "hotplug/parts/filter/read.h"
#include "hotplug/parts/network/overlap.h"
#include "hotplug/parts/network/read.h"

#define MAX_TRIES 20

struct run {
	struct xnm_ctx ctx;
	enum xnm_network_verb verb;
	enum xnm_run_mode mode;
	struct xnm_want want;
};

static int open_all(struct run *run)
{
	struct xnm_ctx *ctx = &run->ctx;
	int rc;

	rc = xnm_rtnl_open(&ctx->rtnl);
	if (rc)
		return xnm_fail(&ctx->err, rc, "cannot open a netlink socket: %s", strerror(-rc));
	rc = xnm_run_dir_open(&ctx->dir, xnm_run_dir_path(), run->mode == XNM_RUN_PLAN);
	if (rc)
		return xnm_fail(&ctx->err, rc, "cannot keep notes in %s: %s", xnm_run_dir_path(),
				strerror(-rc));
	/* DHCP clients are started and stopped after this at boot, and vifs reapplied by xnm apply */
	return xnm_sandbox_enter(xnm_run_may(ctx->policy), &ctx->err);
}

static int read_filter(struct run *run, struct xnm_facts *facts)
{
	static const struct xnm_event nobodys = { .verb = XNM_VERB_ONLINE };
	static const struct xnm_owner nobody;
	struct xnm_ctx *ctx = &run->ctx;
	int rc = ctx->nft ? 0 : xnm_nft_open(&ctx->nft);

	if (rc)
		return xnm_fail(&ctx->err, rc,
				"cannot filter: %s; the kernel needs CONFIG_NF_TABLES",
				strerror(-rc));
	/* no vif, so no elements of one */
	facts->has_note = true;
	rc = xnm_facts_network_note(facts, &ctx->dir, &nobody, &run->want, &ctx->err);
	if (rc)
		return rc;
	rc = xnm_facts_filter(facts, ctx->nft, &ctx->dir, &nobodys, &run->want, &ctx->err);
	/* without start=boot it has vifs, which keep it */
	facts->network.is_member =
		!run->want.held || xnm_network_is_held(&ctx->dir, run->want.network->name);
	return rc;
}

/* Whether the network has its elements and sysctls already, which a card may change. */
static bool is_in_use(const struct run *run)
{
	static struct xnm_network_note note;

	return xnm_network_note_read(&run->ctx.dir, run->want.network->name, &note) == 0;
}

static int read_and_plan(struct run *run, struct xnm_facts *facts, struct xnm_plan *plan)
{
	const struct xnm_network *network = run->want.network;
	struct xnm_ctx *ctx = &run->ctx;
	bool boot = run->verb == XNM_NETWORK_BOOT;
	bool whole = boot || is_in_use(run);
	int rc;

	rc = xnm_link_get(ctx->rtnl, network->bridge, &facts->bridge.link);
	if (rc && rc != -ENODEV)
		return xnm_fail(&ctx->err, rc, "cannot read the state of %s: %s", network->bridge,
				xnm_rtnl_reason(ctx->rtnl));
	xnm_plan_clear(plan);
	/* its first guest creates it */
	if (rc == -ENODEV && !boot)
		return 0;
	rc = xnm_facts_network(facts, ctx->rtnl, network, true, &ctx->err);
	if (rc == 0)
		rc = xnm_facts_bridge_note(facts, ctx->rtnl, &ctx->dir, network, ctx->policy,
					   &ctx->err);
	if (rc == 0 && whole)
		rc = read_filter(run, facts);
	if (rc == 0 && boot)
		rc = xnm_overlap_check(ctx->rtnl, &ctx->dir, network, &ctx->err);
	if (rc == 0)
		rc = xnm_plan_start(plan, &run->want, facts, whole, &ctx->err);
	if (rc == 0 && run->mode != XNM_RUN_PLAN)
		run_warn_cards(network, facts);
	return rc;
}

static int make_plan(struct run *run, struct xnm_plan *plan)
{
	int rc = read_and_plan(run, xnm_facts_take(), plan);

	xnm_facts_give_back();
	return rc;
}

static int take_lock(struct run *run)
{
	const char *bridge = run->want.network->bridge;
	int rc;

	if (run->mode == XNM_RUN_PLAN)
		return 0;
	rc = xnm_lock(&run->ctx.dir.locks, XNM_LOCK_NETWORK, bridge, XNM_SHARED_LOCK_TIMEOUT_MS);
	return rc ? xnm_fail(&run->ctx.err, rc, "%s is being changed by other runs of xnm: %s",
			     bridge, strerror(-rc))
		  : 0;
}

static int start(struct run *run, struct xnm_plan *plan)
{
	int rc;

	/* before the lock, which it may take itself */
	if (run->mode != XNM_RUN_PLAN)
		(void)xnm_heal(&run->ctx, false);
	rc = take_lock(run);
	if (rc == 0)
		rc = make_plan(run, plan);
	if (rc || run->mode == XNM_RUN_PLAN)
		return rc;
	rc = xnm_apply_online(&run->ctx, plan);
	/* another run has built the tables meanwhile */
	for (int i = 0; rc == -ESTALE && i < MAX_TRIES; i++) {
		run->ctx.err.text[0] = '\0';
		rc = make_plan(run, plan);
		if (rc == 0)
			rc = xnm_apply_online(&run->ctx, plan);
	}
	return rc;
}

struct bridge_search {
	const struct xnm_run_dir *dir;
	const char *network;
	char bridge[IFNAMSIZ];
};

static int find_bridge(void *arg, const char *bridge)
{
	struct bridge_search *search = arg;
	struct xnm_bridge_note note;

	if (xnm_bridge_note_read(search->dir, bridge, &note) ||
	    strcmp(note.network, search->network) != 0)
		return 0;
	(void)snprintf(search->bridge, sizeof(search->bridge), "%.*s", IFNAMSIZ - 1, bridge);
	return 1;
}

static int stop(struct run *run, const char *network, struct xnm_plan *plan)
{
	const struct xnm_network *now = xnm_policy_network(run->ctx.policy, network);
	struct bridge_search search = { .dir = &run->ctx.dir, .network = network };

	(void)xnm_bridge_note_each(&run->ctx.dir, find_bridge, &search);
	xnm_plan_stop(plan, network, search.bridge, !now || now->keep != XNM_YES);
	return run->mode == XNM_RUN_PLAN ? 0 : xnm_apply_offline(&run->ctx, plan);
}

int xnm_run_network(const struct xnm_policy *policy, const char *network,
		    enum xnm_network_verb verb, enum xnm_run_mode mode, struct xnm_plan *plan,
		    struct xnm_err *err)
{
	struct run run = {
		.ctx = { .parts = xnm_parts, .policy = policy, .dir = XNM_RUN_DIR_CLOSED },
		.verb = verb,
		.mode = mode,
		.want = { .attach = true,
			  .held = verb == XNM_NETWORK_BOOT,
			  .policy = policy,
			  .network = xnm_policy_network(policy, network) },
	};
	int rc;

	if (run.want.network)
		memcpy(run.want.bridge.name, run.want.network->bridge,
		       sizeof(run.want.bridge.name));
	rc = open_all(&run);
	if (rc == 0)
		rc = verb == XNM_NETWORK_STOP ? stop(&run, network, plan) : start(&run, plan);
	xnm_unlock(&run.ctx.dir.locks, XNM_LOCK_NETWORK);
	/* a rebuilt table may have elements of a vif that was removed meanwhile */
	if (run.ctx.has_built)
		(void)xnm_heal(&run.ctx, true);
	*err = run.ctx.err;
	xnm_rtnl_close(run.ctx.rtnl);
	xnm_nft_close(run.ctx.nft);
	xnm_run_dir_close(&run.ctx.dir);
	return rc;
}

struct each {
	const struct xnm_run_dir *dir;
	void (*fn)(void *arg, const char *network);
	void *arg;
};

static int each_bridge(void *arg, const char *bridge)
{
	const struct each *each = arg;
	struct xnm_bridge_note note;

	if (xnm_bridge_note_read(each->dir, bridge, &note) == 0 && note.network[0])
		each->fn(each->arg, note.network);
	return 0;
}

static int each_network(void *arg, const char *network)
{
	const struct each *each = arg;

	if (!xnm_network_is_device(network) && xnm_network_is_held(each->dir, network))
		each->fn(each->arg, network);
	return 0;
}

int xnm_run_each_network(void (*fn)(void *arg, const char *network), void *arg)
{
	struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	struct each each = { &dir, fn, arg };
	int rc;

	rc = xnm_run_dir_open(&dir, xnm_run_dir_path(), true);
	if (rc == 0)
		rc = xnm_bridge_note_each(&dir, each_bridge, &each);
	if (rc == 0)
		rc = xnm_network_note_each(&dir, each_network, &each);
	xnm_run_dir_close(&dir);
	return rc;
}
