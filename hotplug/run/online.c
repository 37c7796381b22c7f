/* SPDX-License-Identifier: GPL-2.0-or-later */
/* online.c - an online from beginning to end: read, plan, apply, undo on failure. */
#include "hotplug/notes/files.h"
#include "hotplug/notes/generation.h"
#include "hotplug/run/follow.h"
#include "hotplug/run/online.h"
#include "hotplug/run/parts.h"

#include <errno.h>
#include <string.h>

#include "hotplug/base/sandbox.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/kernel/tc.h"
#include "hotplug/notes/lock.h"
#include "hotplug/parts/bridge/read.h"
#include "hotplug/parts/network/apart.h"
#include "hotplug/xen/store.h"

/* Large and zero: not on the stack, and not touched unless used. */
static struct xnm_policy the_policy;

/*
 * What the kernel can do for lines of the policy. Once in a process, as it needs a right that is
 * dropped then; by whom it cannot be asked, the kernel is told what to make, and may refuse it.
 */
static const struct xnm_netem_can *ask_kernel(void)
{
	static struct xnm_netem_can can;
	static bool is_asked, has_answer;

	if (!is_asked && xnm_policy_has_netems(&the_policy)) {
		is_asked = true;
		has_answer = xnm_netem_ask(&can) == 0;
	}
	return has_answer ? &can : NULL;
}

static int open_all(struct online *run)
{
	struct xnm_ctx *ctx = &run->ctx;
	const char *path = xnm_run_dir_path();
	int rc;

	rc = xnm_rtnl_open(&ctx->rtnl);
	if (rc)
		return xnm_fail(&ctx->err, rc, "cannot open a netlink socket: %s", strerror(-rc));
	rc = xnm_store_open(&ctx->store, XNM_STORE_TIMEOUT_S);
	if (rc)
		return xnm_fail(&ctx->err, rc, "cannot reach xenstored: %s; is it running?",
				strerror(-rc));
	rc = xnm_run_load_policy(&the_policy, &ctx->err);
	if (rc) {
		/* not half a plan */
		ctx->policy = NULL;
		return rc;
	}
	ctx->can = ask_kernel();
	rc = xnm_run_dir_open(&ctx->dir, path, run->ctx.mode == XNM_RUN_PLAN);
	if (rc)
		return xnm_fail(&ctx->err, rc, "cannot keep notes in %s: %s", path, strerror(-rc));
	return xnm_sandbox_enter(xnm_run_may(&the_policy), &ctx->err);
}

/* Merges the guest's keys, the policy, and what was set for the vif. */
static int want_vif(struct online *run)
{
	const struct xnm_guest *guest = &run->guest;
	struct xnm_err *err = &run->ctx.err;
	int rc;

	rc = xnm_run_override(&run->override, &the_policy, run->event, guest, &run->ctx.dir, err);
	if (rc == 0)
		rc = xnm_want(&run->want, run->event, guest, &the_policy, guest->device[0], err);
	return rc ? rc : xnm_run_override_settle(&the_policy, &run->want, guest, err);
}

/* It may have changed while the run waited for the vif's lock, which `xnm set` takes last. */
static int want_vif_again(struct online *run)
{
	int rc;

	if (run->ctx.mode == XNM_RUN_PLAN ||
	    !xnm_run_override_has_changed(&run->override, &run->ctx.dir))
		return 0;
	rc = want_vif(run);
	if (rc && run->ctx.mode == XNM_RUN_REAPPLY)
		run->may_take_back = false;
	return rc;
}

static int read_guest(struct online *run)
{
	struct xnm_guest *guest = &run->guest;
	struct xnm_err *err = &run->ctx.err;
	int rc;

	rc = xnm_facts_guest(guest, run->ctx.store, run->event, err);
	if (rc == 0 && the_policy.present)
		rc = xnm_facts_readable(guest, run->event->domid, err);
	if (rc == 0)
		rc = xnm_facts_names(guest, run->ctx.rtnl, xnm_policy_needs_bridge(&the_policy),
				     err);
	if (rc)
		return rc;
	xnm_facts_migration(guest, run->ctx.store, &run->ctx.dir, run->event, &the_policy);
	run->ctx.frontend = guest->frontend;
	return want_vif(run);
}

static int take_vif_lock(struct online *run)
{
	const struct xnm_event *event = run->event;
	int rc;

	if (run->ctx.mode == XNM_RUN_PLAN)
		return 0;
	rc = xnm_lock_vif(&run->ctx.dir.locks, event->domid, event->devid, XNM_LOCK_TIMEOUT_MS);
	if (rc) {
		run->may_take_back = false;
		return xnm_fail(&run->ctx.err, rc, "%s is in use by another run of xnm: %s",
				event->vif, strerror(-rc));
	}
	return 0;
}

/* The wait was long and without a lock: an offline may have run. */
static int check_still_wanted(struct online *run)
{
	char online[8];
	int rc;

	rc = xnm_store_read(run->ctx.store, run->event->backend, "online", online, sizeof(online));
	if (rc == 0 && strcmp(online, "0") != 0)
		return 0;
	return xnm_fail(&run->ctx.err, rc ? rc : -ENODEV, "%s was removed meanwhile",
			run->event->vif);
}

static int wait_for_netdev(struct online *run)
{
	const char *name = xnm_event_device(run->event);
	struct xnm_rtnl *rtnl = run->ctx.rtnl;
	struct xnm_link link;
	int rc;

	rc = xnm_link_get(rtnl, name, &link);
	if (rc == -ENODEV)
		rc = xnm_link_get(rtnl, run->want.device.name, &link);
	run->waited = rc == -ENODEV;
	if (rc == -ENODEV && run->ctx.mode != XNM_RUN_EVENT)
		return xnm_fail(&run->ctx.err, rc, "%s does not exist", name);
	if (rc == -ENODEV)
		rc = xnm_link_wait(rtnl, name, XNM_NETDEV_TIMEOUT_MS, &link);
	if (rc == -ETIMEDOUT)
		return xnm_fail(&run->ctx.err, rc,
				"%s did not appear within %d s: is %s loaded in this domain?", name,
				XNM_NETDEV_TIMEOUT_MS / 1000,
				xnm_event_is_tap(run->event) ? "the tun module" : "xen-netback");
	return rc ? xnm_fail(&run->ctx.err, rc, "cannot wait for %s: %s", name,
			     xnm_rtnl_reason(rtnl))
		  : 0;
}

static void collect_garbage(struct online *run)
{
	char dir[XNM_PATH_MAX];

	run_vifs_dir(run, dir);
	xnm_gc(&run->ctx, dir, run->event->domid, run->event->devid);
}

static void heal(struct online *run)
{
	if (run->has_healed || run->ctx.mode == XNM_RUN_PLAN)
		return;
	(void)xnm_heal(&run->ctx, false);
	run->has_healed = true;
	run->rebuilt = xnm_nft_rebuilt(&run->ctx.dir);
}

/* A table that was rebuilt meanwhile has elements of all vifs with notes: also of one that was
 * removed since, or of this one, which was undone. */
static void heal_again(struct online *run, bool taken_back)
{
	struct xnm_ctx *ctx = &run->ctx;

	if (run->has_healed &&
	    (ctx->has_built || (taken_back && xnm_nft_rebuilt(&ctx->dir) != run->rebuilt)))
		(void)xnm_heal(ctx, true);
}

/* Again, if the vif because of which this one was refused no longer exists. */
static int plan_and_apply(struct online *run, struct xnm_plan *plan)
{
	bool may_take_back = run->may_take_back;
	int rc = run_plan_and_apply(run, plan);

	if (rc == 0 || !run_settle_rival(run, plan))
		return rc;
	run->may_take_back = may_take_back;
	return run_plan_and_apply(run, plan);
}

static int run_online(struct online *run, struct xnm_plan *plan)
{
	int rc;

	rc = open_all(run);
	if (rc == 0)
		rc = read_guest(run);
	if (rc && run->ctx.mode == XNM_RUN_REAPPLY)
		run->may_take_back = false;
	/* without the lock: an offline may come before the netdev does */
	if (rc == 0)
		rc = wait_for_netdev(run);
	if (rc == 0)
		rc = take_vif_lock(run);
	if (rc == 0)
		rc = want_vif_again(run);
	if (rc == 0 && run->waited)
		rc = check_still_wanted(run);
	if (rc == 0 && run->ctx.mode == XNM_RUN_EVENT)
		collect_garbage(run);
	/* restores the elements of other vifs; this one's are part of its plan */
	if (rc == 0)
		heal(run);
	if (rc == 0 && run->ctx.mode != XNM_RUN_PLAN)
		apply_apart_look(&run->ctx, true);
	if (rc == 0)
		rc = plan_and_apply(run, plan);
	return rc;
}

/* Tears the vif down after any failure. */
static void take_back(struct online *run, struct xnm_plan *plan)
{
	struct xnm_ctx *ctx = &run->ctx;
	struct xnm_event event = *run->event;

	if (!run->may_take_back || !ctx->rtnl)
		return;
	if (ctx->dir.run_fd < 0)
		(void)xnm_run_dir_open(&ctx->dir, xnm_run_dir_path(), false);
	if (!xnm_holds_lock(&ctx->dir.locks, XNM_LOCK_VIF) && ctx->dir.locks.fd >= 0 &&
	    take_vif_lock(run))
		return;
	event.verb = xnm_event_is_tap(&event) ? XNM_VERB_REMOVE : XNM_VERB_OFFLINE;
	(void)xnm_tear_down(ctx, &event, plan, false);
}

/* Writes hotplug-error, which libxl prints after we exit with failure. */
static void publish_error(struct online *run)
{
	const struct xnm_ctx *ctx = &run->ctx;

	if (!ctx->store)
		return;
	(void)xnm_store_write(ctx->store, run->event->backend, "hotplug-error", ctx->err.text);
	(void)xnm_store_write(ctx->store, run->event->backend, "hotplug-status", "error");
}

int xnm_run_online(const struct xnm_event *event, enum xnm_run_mode mode, struct xnm_plan *plan,
		   struct xnm_err *err)
{
	static struct xnm_plan own_plan;
	struct online run = {
		.ctx = { .parts = xnm_parts,
			 .event = event,
			 .mode = mode,
			 .policy = &the_policy,
			 .dir = XNM_RUN_DIR_CLOSED },
		.event = event,
		.may_take_back = mode != XNM_RUN_PLAN,
	};
	int rc;

	if (!plan)
		plan = &own_plan;
	rc = run_online(&run, plan);
	if (rc)
		take_back(&run, plan);
	if (rc && mode == XNM_RUN_EVENT)
		publish_error(&run);
	heal_again(&run, rc != 0);
	/* restores the elements of other vifs, even if this vif was refused */
	heal(&run);
	*err = run.ctx.err;
	xnm_store_close(run.ctx.store);
	xnm_rtnl_close(run.ctx.rtnl);
	/* no child process per vif when all of a thousand vifs are reapplied */
	if (mode == XNM_RUN_EVENT)
		xnm_leave_nft(&run.ctx);
	else
		xnm_nft_close(run.ctx.nft);
	xnm_run_dir_close(&run.ctx.dir);
	if (rc == 0 && mode == XNM_RUN_EVENT && the_policy.n_links)
		xnm_follow_links(&the_policy, &plan->note);
	return rc;
}
