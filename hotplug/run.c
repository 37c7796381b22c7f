/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.c - an online from its beginning to its end: read, decide, apply, or take back. */
#include "hotplug/run.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/dhcp.h"
#include "hotplug/lock.h"
#include "hotplug/pool.h"
#include "hotplug/sandbox.h"
#include "hotplug/xen/store.h"

/* Big and zero: not on the stack, and not touched unless it is used. */
static struct xnm_policy the_policy;
static struct xnm_facts the_facts;

struct online {
	struct xnm_ctx ctx;
	const struct xnm_event *event;
	enum xnm_run_mode mode;
	struct xnm_want want;
	bool waited; /* the netdev was not there at once */
	bool locked; /* the vif's lock is held */
	bool may_take_back; /* after a failure; not while another run works on the same vif */
};

/* It runs as a user of its own, and forgets reservations only when it is told to. */
static bool has_dnsmasq(void)
{
	for (unsigned int i = 0; i < the_policy.n_networks; i++) {
		if (the_policy.networks[i].dhcp == XNM_SERVER_DNSMASQ)
			return true;
	}
	return false;
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
	if (rc)
		return rc;
	rc = xnm_run_dir_open(&ctx->dir, path, run->mode == XNM_RUN_PLAN);
	if (rc)
		return xnm_fail(&ctx->err, rc, "cannot keep notes in %s: %s", path, strerror(-rc));
	xnm_sandbox_enter((has_dnsmasq() ? XNM_MAY_SIGNAL : 0) |
			  (xnm_policy_needs_dhcp(&the_policy) ? XNM_MAY_RUN_DHCP : 0));
	return 0;
}

/* "br0.10" is a bridge of that name if there is one. */
static bool full_bridge_exists(struct online *run, const struct xnm_guest *guest)
{
	struct xnm_link link;

	if (!strpbrk(guest->bridge, ".:") || !xnm_ifname_ok(guest->bridge))
		return false;
	return xnm_link_get(run->ctx.rtnl, guest->bridge, &link) == 0;
}

static int read_guest(struct online *run)
{
	struct xnm_guest *guest = &the_facts.guest;
	struct xnm_err *err = &run->ctx.err;
	int rc;

	rc = xnm_facts_guest(guest, run->ctx.store, run->event, xnm_policy_needs_uuid(&the_policy),
			     err);
	if (rc)
		return rc;
	run->ctx.frontend = guest->frontend;
	return xnm_want(&run->want, run->event, guest, &the_policy, full_bridge_exists(run, guest),
			err);
}

static int take_vif_lock(struct online *run)
{
	const struct xnm_event *event = run->event;
	int rc;

	if (run->mode == XNM_RUN_PLAN)
		return 0;
	rc = xnm_lock_take(run->ctx.dir.lock_fd, xnm_lock_vif(event->domid, event->devid), false,
			   XNM_LOCK_TIMEOUT_MS);
	if (rc) {
		run->may_take_back = false;
		return xnm_fail(&run->ctx.err, rc, "%s is in use by another run of xnm: %s",
				event->vif, strerror(-rc));
	}
	run->locked = true;
	return 0;
}

/* The wait was long, and nobody was kept from an offline in the meantime. */
static int check_still_wanted(struct online *run)
{
	char online[8];
	int rc;

	rc = xnm_store_read(run->ctx.store, run->event->backend, "online", online, sizeof(online));
	if (rc == 0 && strcmp(online, "0") != 0)
		return 0;
	return xnm_fail(&run->ctx.err, rc ? rc : -ENODEV, "%s has been removed again",
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
		rc = xnm_link_get(rtnl, run->want.ifname, &link);
	run->waited = rc == -ENODEV;
	if (rc == -ENODEV && run->mode != XNM_RUN_EVENT)
		return xnm_fail(&run->ctx.err, rc, "%s is not there", name);
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

/* The same guest under another domid, on its way in or out of this host. */
static bool is_same_guest(struct online *run, const struct xnm_link *holder)
{
	struct xnm_state other;
	char name[IFNAMSIZ];
	uint32_t domid, devid;

	memcpy(name, holder->altname, sizeof(name));
	if (xnm_is_tap_name(name))
		name[strlen(name) - strlen("-emu")] = '\0';
	if (name[0] == '\0' || xnm_vif_id_parse(name, &domid, &devid) ||
	    domid == run->event->domid || xnm_state_read(&run->ctx.dir, domid, devid, &other))
		return false;
	return xnm_mac_equal(&other.mac, &the_facts.guest.mac);
}

/* Whether nftables has to do with this vif at all. */
static bool needs_filter(const struct online *run)
{
	const struct xnm_want *want = &run->want;

	return (want->attach && (want->locked || want->network || want->n_addresses)) ||
	       the_facts.state.elements[0].n || the_facts.state.elements[1].n;
}

static int read_filter(struct online *run)
{
	struct xnm_ctx *ctx = &run->ctx;
	int rc = ctx->nft ? 0 : xnm_nft_open(&ctx->nft);

	if (rc)
		return xnm_fail(&ctx->err, rc,
				"cannot filter what %s sends: %s; the kernel needs "
				"CONFIG_NF_TABLES, or the policy locking-mode=unlocked",
				run->event->vif, strerror(-rc));
	return xnm_facts_filter(&the_facts, ctx->nft, &ctx->dir, run->event, &run->want, &ctx->err);
}

static void drop_pool_lock(struct online *run)
{
	if (run->want.pool)
		xnm_lock_drop(run->ctx.dir.lock_fd, xnm_pool_lock(run->want.pool->name));
}

/* The pool's lock is held from here until its addresses are noted, which comes first of all. */
static int read_pool(struct online *run)
{
	const struct xnm_owner self = { run->event->domid, run->event->devid };
	struct xnm_ctx *ctx = &run->ctx;
	int rc = 0;

	if (run->mode != XNM_RUN_PLAN)
		rc = xnm_lock_take(ctx->dir.lock_fd, xnm_pool_lock(run->want.pool->name), false,
				   XNM_SHARED_LOCK_TIMEOUT_MS);
	if (rc)
		return xnm_fail(&ctx->err, rc, "pool %s is in use by other runs of xnm: %s",
				run->want.pool->name, strerror(-rc));
	rc = xnm_facts_pool(&the_facts.pool, &ctx->dir, &self, &the_facts.guest.mac, &run->want,
			    &ctx->err);
	if (rc == 0)
		xnm_want_pool(&run->want, &the_facts.pool);
	return rc;
}

static void read_reservation(struct online *run)
{
	const struct xnm_owner self = { run->event->domid, run->event->devid };

	if (run->want.dhcp_dir[0])
		xnm_dhcp_read(&run->ctx.dir, run->want.dhcp_dir, &self, the_facts.dhcp_line);
}

/* Reads the links and plans; the guest's facts and the wants are there already. */
static int make_plan(struct online *run, struct xnm_plan *plan)
{
	const struct xnm_event *event = run->event;
	struct xnm_guest guest = the_facts.guest;
	int rc;

	xnm_facts_clear(&the_facts);
	the_facts.guest = guest;
	rc = run->want.pool ? read_pool(run) : 0;
	if (rc)
		return rc;
	read_reservation(run);
	rc = xnm_facts_links(&the_facts, run->ctx.rtnl, event, &run->want, &run->ctx.err);
	if (rc)
		return rc;
	rc = xnm_state_read(&run->ctx.dir, event->domid, event->devid, &the_facts.state);
	the_facts.has_state = rc == 0;
	rc = xnm_facts_told(&the_facts, run->ctx.store, event, &run->ctx.err);
	if (rc)
		return rc;
	if (run->want.attach && run->want.network && !run->want.routed)
		rc = xnm_facts_bridge_note(&the_facts, run->ctx.rtnl, &run->ctx.dir,
					   run->want.network, &run->ctx.err);
	if (rc == 0 && run->want.attach && run->want.network)
		rc = xnm_facts_routed(&the_facts, run->ctx.rtnl, &run->want, &run->ctx.err);
	xnm_facts_heirs(&the_facts, &run->ctx.dir, event);
	if (rc == 0 && needs_filter(run))
		rc = read_filter(run);
	the_facts.yields = run->mode != XNM_RUN_EVENT && the_facts.address_is_same_guests;
	if (rc == 0)
		rc = xnm_facts_ways(&the_facts, run->ctx.rtnl, &run->ctx.dir, event, &run->want,
				    &run->ctx.err);
	if (rc)
		return rc;
	xnm_facts_through(&the_facts, &run->ctx.nft, &run->ctx.dir, event, &run->want);
	xnm_facts_fastpath(&the_facts, run->ctx.store, &run->ctx.dir, event, &run->want,
			   run->mode == XNM_RUN_EVENT);
	the_facts.made_bridge = xnm_made_bridge(&run->ctx.dir, the_facts.state.bridge);
	if (the_facts.holder.ifindex && the_facts.holder.ifindex != the_facts.device.ifindex)
		the_facts.holder_is_same_guest = is_same_guest(run, &the_facts.holder);
	return xnm_plan_online(plan, event, &run->want, &the_facts, &run->ctx.err);
}

/* A NIC that is unplugged must not keep guests from starting, but somebody may miss it. */
static void warn_missing_interfaces(const struct online *run)
{
	const struct xnm_network *network = run->want.network;

	for (unsigned int i = 0; network && network->n_uplinks > 1 && i < network->n_uplinks; i++) {
		const struct xnm_uplink *uplink =
			xnm_policy_uplink(&the_policy, network->uplinks[i]);

		if (uplink && !uplink->guest[0] && if_nametoindex(uplink->device) == 0)
			xnm_log_warning("interface=%s of uplink %s: there is no such device",
					uplink->device, uplink->name);
	}

	for (unsigned int i = 0; i < the_facts.n_interfaces; i++) {
		if (the_facts.interfaces[i].ifindex == 0)
			xnm_log_warning("interfaces=%s of network %s: there is no such device",
					network->interfaces[i], network->name);
	}
}

/* What stands for a network among the locks: its bridge, or without one its name. */
static const char *network_lock(const struct online *run)
{
	return run->want.routed ? run->want.network->name : run->want.bridge;
}

static int take_network_lock(struct online *run, bool shared)
{
	int rc = xnm_lock_take(run->ctx.dir.lock_fd, xnm_lock_bridge(network_lock(run)), shared,
			       XNM_SHARED_LOCK_TIMEOUT_MS);

	return rc ? xnm_fail(&run->ctx.err, rc, "%s is being changed by other runs of xnm: %s",
			     network_lock(run), strerror(-rc))
		  : 0;
}

/* After the network's: who has both took them in this order. Behind these two come that of a pool
 * and, while nothing else is done, that of the fast path. */
static int take_uplink_lock(struct online *run)
{
	int rc;

	if (run->mode == XNM_RUN_PLAN || !xnm_wants_ways(&run->want))
		return 0;
	rc = xnm_lock_take(run->ctx.dir.lock_fd, xnm_lock_bridge(XNM_UPLINK_LOCK), false,
			   XNM_LOCK_TIMEOUT_MS);
	if (rc)
		return xnm_fail(&run->ctx.err, rc,
				"the uplinks are being changed by other runs of xnm: %s",
				strerror(-rc));
	run->ctx.has_uplink_lock = true;
	return 0;
}

static void drop_locks(struct online *run)
{
	if (run->ctx.has_uplink_lock)
		xnm_lock_drop(run->ctx.dir.lock_fd, xnm_lock_bridge(XNM_UPLINK_LOCK));
	run->ctx.has_uplink_lock = false;
	xnm_lock_drop(run->ctx.dir.lock_fd, xnm_lock_bridge(network_lock(run)));
}

/*
 * A network's bridge is shared by those who attach to it, and belongs to one
 * alone who makes, changes or removes it. The same goes for what lets a bridge
 * through others' chains, be it of a network or not.
 */
static int plan_under_lock(struct online *run, struct xnm_plan *plan)
{
	bool network = run->want.attach && run->mode != XNM_RUN_PLAN;
	int rc = network ? take_network_lock(run, true) : 0;

	if (rc == 0)
		rc = take_uplink_lock(run);
	if (rc == 0)
		rc = make_plan(run, plan);
	if (rc || !network || !plan->changes_network)
		return rc;
	/* not an upgrade: two who both held the shared lock would wait for each other */
	drop_pool_lock(run);
	drop_locks(run);
	rc = take_network_lock(run, false);
	if (rc == 0)
		rc = take_uplink_lock(run);
	return rc ? rc : make_plan(run, plan);
}

#define MAX_TRIES 5

/* Whoever makes the tables at the same time as we do was faster: look again. */
static int apply_plan(struct online *run, struct xnm_plan *plan)
{
	int rc = xnm_apply_online(&run->ctx, plan);

	for (int i = 0; rc == -ESTALE && i < MAX_TRIES; i++) {
		rc = make_plan(run, plan);
		if (rc == 0)
			rc = xnm_apply_online(&run->ctx, plan);
	}
	return rc;
}

static int plan_and_apply(struct online *run, struct xnm_plan *plan)
{
	int rc = plan_under_lock(run, plan);

	if (rc && run->mode == XNM_RUN_REAPPLY)
		run->may_take_back = false;
	if (rc == 0 && run->mode == XNM_RUN_EVENT)
		warn_missing_interfaces(run);
	if (rc == 0 && run->mode != XNM_RUN_PLAN)
		rc = apply_plan(run, plan);
	drop_pool_lock(run);
	/* a tear-down after a failure needs the bridge for itself */
	if (run->want.attach && run->mode != XNM_RUN_PLAN)
		drop_locks(run);
	return rc;
}

static void collect_garbage(struct online *run)
{
	char dir[XNM_PATH_MAX];
	char *end;

	(void)snprintf(dir, sizeof(dir), "%s", run->event->backend);
	for (int i = 0; i < 2; i++) {
		end = strrchr(dir, '/');
		if (end)
			*end = '\0';
	}
	xnm_gc(&run->ctx, dir, run->event->domid, run->event->devid);
}

static int run_online(struct online *run, struct xnm_plan *plan)
{
	int rc;

	rc = open_all(run);
	if (rc == 0)
		rc = read_guest(run);
	if (rc && run->mode == XNM_RUN_REAPPLY)
		run->may_take_back = false;
	/* not while holding the lock: an offline may come before the netdev does */
	if (rc == 0)
		rc = wait_for_netdev(run);
	if (rc == 0)
		rc = take_vif_lock(run);
	if (rc == 0 && run->waited)
		rc = check_still_wanted(run);
	if (rc == 0 && run->mode == XNM_RUN_EVENT)
		collect_garbage(run);
	return rc ? rc : plan_and_apply(run, plan);
}

/* Down and attached nowhere, whatever it was that failed. */
static void take_back(struct online *run, struct xnm_plan *plan)
{
	struct xnm_ctx *ctx = &run->ctx;
	struct xnm_event event = *run->event;

	if (!run->may_take_back || !ctx->rtnl)
		return;
	if (ctx->dir.run_fd < 0)
		(void)xnm_run_dir_open(&ctx->dir, xnm_run_dir_path(), false);
	if (!run->locked && ctx->dir.lock_fd >= 0 && take_vif_lock(run))
		return;
	event.verb = xnm_event_is_tap(&event) ? XNM_VERB_REMOVE : XNM_VERB_OFFLINE;
	(void)xnm_tear_down(ctx, &event, plan, false);
}

/* What libxl shows to the person: it reads hotplug-error after we exit with failure. */
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
		.ctx = { .event = event, .policy = &the_policy, .dir = XNM_RUN_DIR_CLOSED },
		.event = event,
		.mode = mode,
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
	*err = run.ctx.err;
	xnm_store_close(run.ctx.store);
	xnm_rtnl_close(run.ctx.rtnl);
	/* who reapplies all of a thousand vifs wants no thousand children */
	if (mode == XNM_RUN_EVENT)
		xnm_leave_nft(&run.ctx);
	else
		xnm_nft_close(run.ctx.nft);
	xnm_run_dir_close(&run.ctx.dir);
	return rc;
}
