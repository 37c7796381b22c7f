/* SPDX-License-Identifier: GPL-2.0-or-later */
/* offline.c - a tear-down from beginning to end; a failed online is undone by it, too. */
#include "hotplug/notes/address.h"
#include "hotplug/notes/bridge.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/generation.h"
#include "hotplug/notes/owned.h"
#include "hotplug/notes/vif.h"
#include "hotplug/notes/vifname.h"
#include "hotplug/run/follow.h"
#include "hotplug/run/parts.h"
#include "hotplug/run/run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "hotplug/base/sandbox.h"
#include "hotplug/core/witness.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/lock.h"
#include "hotplug/parts/network/settings_apply.h"
#include "hotplug/parts/owned/lease.h"
#include "hotplug/parts/uplink/client.h"
#include "hotplug/xen/store.h"

#define STORE_TIMEOUT_S 2

/*
 * Does not read xenstore: the keys, or xenstored, may be gone, and our notes have all that is
 * needed (libxl_device.c runs the script after the backend's state is Closed, and then removes the
 * keys in any case).
 */
static int read_facts(struct xnm_ctx *ctx, struct xnm_facts *facts)
{
	const struct xnm_event *event = ctx->event;

	facts->has_note =
		xnm_vif_note_read(&ctx->dir, event->domid, event->devid, &facts->note) == 0;
	xnm_vif_note_settle(&facts->note);
	return xnm_parts_recall(facts, ctx);
}

/* Removes the note that the vif or its tap waits for a name, unless a note that stays still says
 * so. */
static void forget_wait(struct xnm_ctx *ctx, const struct xnm_event *event, const char *name,
			const char *still)
{
	if (name[0] && !still[0])
		(void)xnm_vifname_note_remove(&ctx->dir, name, event->domid, event->devid);
}

/* A tear-down needs xenstore only to remove the guest's keys; xenstored may be gone. */
static void reach_store(struct xnm_ctx *ctx, const struct xnm_plan *plan)
{
	unsigned int timeout_s = 0;
	int rc;

	for (unsigned int i = 0; i < plan->n; i++) {
		if (plan->op[i].type == &xnm_op_guestinfo_remove && timeout_s == 0)
			timeout_s = STORE_TIMEOUT_S;
		/* the fast path may have to update all guests */
		if (plan->op[i].type == &xnm_op_fastpath_withdraw)
			timeout_s = XNM_STORE_TIMEOUT_S;
	}
	if (timeout_s == 0 || ctx->store)
		return;
	rc = xnm_store_open(&ctx->store, timeout_s);
	if (rc)
		xnm_log_debug("cannot reach xenstored: %s", strerror(-rc));
}

static void forget_notes(struct xnm_ctx *ctx, const struct xnm_event *event)
{
	const struct xnm_owner self = { event->domid, event->devid };

	(void)xnm_vif_note_remove(&ctx->dir, self.domid, self.devid);
	/* the vif may still exist when its tap is removed */
	if (!xnm_vif_is_used(self.domid, self.devid))
		xnm_address_notes_forget(&ctx->dir, &self);
}

static int tear_down(struct xnm_ctx *ctx, const struct xnm_event *event, struct xnm_facts *facts,
		     struct xnm_plan *plan, bool dry_run)
{
	const struct xnm_event *outer = ctx->event;
	int rc;

	ctx->event = event;
	rc = read_facts(ctx, facts);
	/* the caller's may be an online that failed */
	ctx->event = outer;
	if (rc)
		return rc;
	xnm_plan_offline(plan, event, facts);
	if (dry_run)
		return 0;
	reach_store(ctx, plan);
	rc = xnm_apply_offline(ctx, plan);
	forget_wait(ctx, event, facts->note.device.vifname, plan->note.device.vifname);
	forget_wait(ctx, event, facts->note.device.tap_vifname, plan->note.device.tap_vifname);
	/* a damaged or half-written note */
	if (!facts->has_note)
		forget_notes(ctx, event);
	return rc;
}

int xnm_tear_down(struct xnm_ctx *ctx, const struct xnm_event *event, struct xnm_plan *plan,
		  bool dry_run)
{
	int rc = tear_down(ctx, event, xnm_facts_take(), plan, dry_run);

	xnm_facts_give_back();
	return rc;
}

/* What other vifs get from a removed one. It is copied from the facts: giving the name to another
 * vif runs an online, which reads its own. */
struct heritage {
	char name[IFNAMSIZ];
	bool has_predecessor;
	struct xnm_owner predecessor;
	bool is_peer; /* its addresses are in filters of vifs that have a link to it */
};

/* Large: of the vif that goes. */
static struct xnm_vif_note the_gone;

static void keep_heritage(struct heritage *left, const struct xnm_event *event,
			  const struct xnm_vif_note *state)
{
	memcpy(left->name, xnm_event_is_tap(event) ? state->device.tap : state->device.ifname,
	       sizeof(left->name));
	left->has_predecessor = state->address.has_predecessor;
	left->predecessor = state->address.predecessor;
	left->is_peer = state->shape.made & XNM_SHAPE_PEER;
	if (left->is_peer)
		xnm_vif_note_copy(&the_gone, state);
}

static int tear_down_own(struct xnm_ctx *ctx, struct xnm_plan *plan, bool dry_run,
			 struct heritage *left)
{
	struct xnm_facts *facts = xnm_facts_take();
	int rc = tear_down(ctx, ctx->event, facts, plan, dry_run);

	if (rc == 0 && !dry_run)
		keep_heritage(left, ctx->event, &facts->note);
	/* its network may still have other vifs */
	if (!dry_run && facts->note.network.name[0])
		xnm_apply_deafen(ctx, facts->note.network.name);
	xnm_facts_give_back();
	return rc;
}

/* Gives a free name to the vif that waits for it. */
static void hand_name_over(const struct xnm_run_dir *dir, const char *name)
{
	struct xnm_event event;
	struct xnm_err err = { "" };
	uint32_t domid, devid;

	if (name[0] == '\0' || xnm_vifname_note_read(dir, name, &domid, &devid))
		return;
	(void)xnm_vifname_note_remove(dir, name, domid, devid);
	xnm_event_init(&event, xnm_is_tap_name(name) ? XNM_VERB_ADD : XNM_VERB_ONLINE, domid,
		       devid);
	if (xnm_run_online(&event, XNM_RUN_REAPPLY, NULL, &err))
		xnm_log_warning("%s does not get its name, although %s is free now: %s", event.vif,
				name, err.text);
	else
		xnm_log_info("%s has its name %s now", event.vif, name);
}

/* After a failed migration the guest goes on with its previous vif: gives it its addresses back. */
static void hand_addresses_back(const struct xnm_run_dir *dir, const struct xnm_owner *predecessor)
{
	static struct xnm_vif_note state;
	struct xnm_err err = { "" };
	struct xnm_event event;

	if (xnm_vif_note_read(dir, predecessor->domid, predecessor->devid, &state))
		return;
	xnm_event_init(&event, XNM_VERB_ONLINE, predecessor->domid, predecessor->devid);
	if (xnm_run_online(&event, XNM_RUN_REAPPLY, NULL, &err))
		xnm_log_warning("%s does not get its addresses back: %s", event.vif, err.text);
	else
		xnm_log_info("%s has its addresses back", event.vif);
}

/* Another guest may get its addresses. */
static void take_from_filters(void)
{
	static struct xnm_policy policy;
	struct xnm_err err = { "" };

	if (xnm_run_load_policy(&policy, &err) == 0)
		xnm_follow_links(&policy, &the_gone);
}

/* Without a policy: a DHCP client may have to be stopped if the hook's link exists. */
static int give_up_rights(struct xnm_ctx *ctx, struct xnm_err *err)
{
	bool has_hook = ctx->dir.run_fd >= 0 &&
			faccessat(ctx->dir.run_fd, XNM_DHCP_HOOK, F_OK, AT_SYMLINK_NOFOLLOW) == 0;

	return xnm_sandbox_enter(has_hook ? XNM_MAY_RUN_DHCP : 0, err);
}

int xnm_run_offline(const struct xnm_event *event, enum xnm_run_mode mode, struct xnm_plan *plan,
		    struct xnm_err *err)
{
	struct xnm_ctx ctx = { .parts = xnm_parts, .event = event, .dir = XNM_RUN_DIR_CLOSED };
	static struct xnm_plan own_plan;
	struct heritage left = { .name = "" };
	uint32_t rebuilt;
	int rc;

	if (!plan)
		plan = &own_plan;
	rc = xnm_rtnl_open(&ctx.rtnl);
	if (rc) {
		(void)xnm_fail(err, rc, "cannot open a netlink socket: %s", strerror(-rc));
		return rc;
	}
	/* even without the folder of notes, the device can be detached */
	rc = xnm_run_dir_open(&ctx.dir, xnm_run_dir_path(), mode == XNM_RUN_PLAN);
	if (give_up_rights(&ctx, err)) {
		xnm_rtnl_close(ctx.rtnl);
		xnm_run_dir_close(&ctx.dir);
		return -EPERM;
	}
	if (mode != XNM_RUN_PLAN && rc == 0) {
		rc = xnm_lock_vif(&ctx.dir.locks, event->domid, event->devid, XNM_LOCK_TIMEOUT_MS);
		if (rc)
			(void)xnm_fail(&ctx.err, rc, "%s is in use by another run of xnm: %s",
				       event->vif, strerror(-rc));
	} else {
		rc = 0;
	}
	rebuilt = xnm_nft_rebuilt(&ctx.dir);
	if (rc == 0)
		rc = tear_down_own(&ctx, plan, mode == XNM_RUN_PLAN, &left);
	xnm_leases_follow(&ctx);
	/* a table that was rebuilt meanwhile may have this vif's elements, by its note */
	if (mode != XNM_RUN_PLAN)
		(void)xnm_heal(&ctx, xnm_nft_rebuilt(&ctx.dir) != rebuilt);
	*err = ctx.err;
	xnm_store_close(ctx.store);
	xnm_rtnl_close(ctx.rtnl);
	xnm_leave_nft(&ctx);
	if (strcmp(left.name, xnm_event_device(event)) != 0)
		hand_name_over(&ctx.dir, left.name);
	if (left.has_predecessor)
		hand_addresses_back(&ctx.dir, &left.predecessor);
	xnm_run_dir_close(&ctx.dir);
	if (left.is_peer)
		take_from_filters();
	return rc;
}
