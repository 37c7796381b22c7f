/* SPDX-License-Identifier: GPL-2.0-or-later */
/* online_plan.c - the middle of an online: read what is, plan and apply, with the locks that keep others from between. */
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
#include "hotplug/parts/dnsmasq/dnsmasq.h"
#include "hotplug/parts/network/overlap.h"

/* The same guest under another domid, on its way in or out of this host. */
static bool is_same_guest(struct online *run, const struct xnm_link *holder)
{
	struct xnm_owner owner = { 0 };
	static struct xnm_vif_note other;
	char name[IFNAMSIZ];

	memcpy(name, holder->altname, sizeof(name));
	if (xnm_is_tap_name(name))
		name[strlen(name) - strlen("-emu")] = '\0';
	return name[0] && xnm_vif_id_parse(name, &owner.domid, &owner.devid) == 0 &&
	       xnm_facts_kin(run->facts, run->event, &owner, &other) == XNM_KIN_SAME;
}

/* Whether nftables has to do with this vif at all. */
static bool needs_filter(const struct online *run)
{
	const struct xnm_want *want = &run->want;

	return (want->attach && (want->filter.locked || want->network || want->address.n ||
				 want->bridge.port.value & XNM_PORT_ISOLATED)) ||
	       run->facts->note.elements[0].n || run->facts->note.elements[1].n;
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
	return xnm_facts_filter(run->facts, ctx->nft, &ctx->dir, run->event, &run->want, &ctx->err);
}

/* A subnet that is new here must not be one that this host has elsewhere. Once will do for a run,
 * however often it plans. */
static int check_subnets(struct online *run)
{
	const struct xnm_network *network = run->want.network;
	int rc;

	if (!run->want.attach || !network || run->want.backend == XNM_BACKEND_ROUTE ||
	    run->has_checked_subnets ||
	    (run->facts->network.has_note &&
	     xnm_overlap_is_checked(&run->facts->network.note, network)))
		return 0;
	rc = xnm_overlap_check(run->ctx.rtnl, &run->ctx.dir, network, &run->ctx.err);
	run->has_checked_subnets = rc == 0;
	return rc;
}

/* The pool's lock is held from here until its addresses are noted, which comes first of all. */
static int read_pool(struct online *run)
{
	struct xnm_ctx *ctx = &run->ctx;
	int rc = 0;

	if (run->mode != XNM_RUN_PLAN)
		rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_POOL, run->want.address.pool->name,
			      XNM_SHARED_LOCK_TIMEOUT_MS);
	if (rc)
		return xnm_fail(&ctx->err, rc, "pool %s is in use by other runs of xnm: %s",
				run->want.address.pool->name, strerror(-rc));
	rc = xnm_facts_pool(run->facts, run->event, &run->want, &ctx->err);
	if (rc == 0)
		xnm_want_pool(&run->want, &run->facts->address.pool);
	return rc;
}

static void read_reservation(struct online *run)
{
	const struct xnm_owner self = { run->event->domid, run->event->devid };

	if (run->want.dnsmasq.dir[0])
		xnm_dhcp_read(&run->ctx.dir, run->want.dnsmasq.dir, &self,
			      run->facts->dnsmasq.line);
}

/*
 * What systemd runs beside another service, as our drop-ins for firewalls are, is
 * in the cgroup of that one, and so would be a DHCP client, which would end with it.
 */
static void leave_clients(struct online *run)
{
	const char *started = getenv("SYSTEMD_EXEC_PID");

	if (run->mode != XNM_RUN_REAPPLY || !started || strtol(started, NULL, 10) != getpid())
		return;
	for (unsigned int i = 0; i < run->facts->uplink.n; i++)
		run->facts->uplink.seen[i].starts_none = true;
}

/* Reads the links and plans; the guest's facts and the wants are there already. */
static int make_plan(struct online *run, struct xnm_plan *plan)
{
	const struct xnm_event *event = run->event;
	struct xnm_guest guest = run->facts->guest;
	int rc;

	xnm_facts_clear(run->facts);
	run->facts->guest = guest;
	run->facts->dir = &run->ctx.dir;
	run->facts->store = run->ctx.store;
	rc = xnm_facts_links(run->facts, run->ctx.rtnl, event, &run->want, &run->ctx.err);
	if (rc)
		return rc;
	xnm_want_bridge(&run->want, &run->facts->bridge.link);
	rc = xnm_facts_mac(run->facts, event, &run->want, &run->ctx.err);
	if (rc == 0 && run->want.address.pool)
		rc = read_pool(run);
	if (rc)
		return rc;
	read_reservation(run);
	rc = xnm_vif_note_read(&run->ctx.dir, event->domid, event->devid, &run->facts->note);
	/* in the place of a damaged one, what it noted is looked for in nftables */
	if (rc && rc != -ENOENT && rc != -EINVAL)
		return xnm_facts_note_error(rc, "vif", event->vif + strlen("vif"), &run->ctx.err);
	run->facts->has_note = rc == 0;
	xnm_vif_note_settle(&run->facts->note);
	rc = xnm_facts_told(run->facts, run->ctx.store, event, &run->ctx.err);
	if (rc)
		return rc;
	if (run->want.attach && run->want.network && run->want.backend != XNM_BACKEND_ROUTE)
		rc = xnm_facts_bridge_note(run->facts, run->ctx.rtnl, &run->ctx.dir,
					   run->want.network, run->want.policy, &run->ctx.err);
	if (rc == 0 && run->want.attach && run->want.network)
		rc = xnm_facts_routed(run->facts, run->ctx.rtnl, &run->want, &run->ctx.err);
	if (rc == 0)
		rc = xnm_facts_owned(run->facts, run->ctx.rtnl, &run->ctx.dir, event, &run->want,
				     &run->ctx.err);
	xnm_facts_heirs(run->facts, &run->ctx.dir, event);
	if (rc == 0 && needs_filter(run))
		rc = read_filter(run);
	if (rc == 0)
		rc = check_subnets(run);
	run->facts->address.yields =
		run->mode != XNM_RUN_EVENT && run->facts->address.is_same_guests;
	if (rc == 0)
		rc = xnm_facts_ways(run->facts, run->ctx.rtnl, &run->ctx.dir, event, &run->want,
				    &run->ctx.err);
	if (rc)
		return rc;
	leave_clients(run);
	xnm_facts_through(run->facts, &run->ctx.nft, &run->ctx.dir, event, &run->want);
	xnm_facts_fastpath(run->facts, run->ctx.store, &run->ctx.dir, event, &run->want,
			   run->mode == XNM_RUN_EVENT);
	run->facts->bridge.was_made = xnm_made_bridge(&run->ctx.dir, run->facts->note.bridge);
	if (run->facts->device.holder.ifindex &&
	    run->facts->device.holder.ifindex != run->facts->device.link.ifindex)
		run->facts->device.holder_is_same_guest =
			is_same_guest(run, &run->facts->device.holder);
	return xnm_plan_online(plan, event, &run->want, run->facts, &run->ctx.err);
}

/* A NIC that is unplugged must not keep guests from starting, but somebody may miss it. */
static void warn_missing_interfaces(const struct online *run)
{
	const struct xnm_network *network = run->want.network;

	for (unsigned int i = 0; network && network->n_uplinks > 1 && i < network->n_uplinks; i++) {
		const struct xnm_uplink *uplink =
			xnm_policy_uplink(run->ctx.policy, network->uplinks[i]);

		if (uplink && !uplink->guest[0] && if_nametoindex(uplink->device) == 0)
			xnm_log_warning("interface=%s of uplink %s: there is no such device",
					uplink->device, uplink->name);
	}

	for (unsigned int i = 0; i < run->facts->bridge.n_cards; i++) {
		if (run->facts->bridge.cards[i].ifindex == 0)
			xnm_log_warning("interfaces=%s of network %s: there is no such device",
					network->interfaces[i], network->name);
	}
}

/* What stands for a network among the locks: its bridge, or without one its name. */
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

static int take_uplink_lock(struct online *run)
{
	int rc;

	if (run->mode == XNM_RUN_PLAN || !xnm_wants_ways(&run->want))
		return 0;
	rc = xnm_lock(&run->ctx.dir.locks, XNM_LOCK_UPLINKS, NULL, XNM_LOCK_TIMEOUT_MS);
	return rc ? xnm_fail(&run->ctx.err, rc,
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
	drop_locks(run);
	rc = take_network_lock(run, false);
	if (rc == 0)
		rc = take_uplink_lock(run);
	return rc ? rc : make_plan(run, plan);
}

#define MAX_TRIES 20

static int apply(struct online *run, const struct xnm_plan *plan)
{
	int rc;

	/* the addresses that the guest has of its pool are noted already */
	if (plan->address.n_assign == 0)
		xnm_unlock(&run->ctx.dir.locks, XNM_LOCK_POOL);
	rc = xnm_apply_online(&run->ctx, plan);
	xnm_unlock(&run->ctx.dir.locks, XNM_LOCK_POOL);
	return rc;
}

/* Whoever makes the tables at the same time as we do was faster, or somebody flushes them: look again. */
static int apply_plan(struct online *run, struct xnm_plan *plan)
{
	int rc = apply(run, plan);

	for (int i = 0; rc == -ESTALE && i < MAX_TRIES; i++) {
		rc = make_plan(run, plan);
		if (rc == 0)
			rc = apply(run, plan);
	}
	return rc;
}

int run_plan_and_apply(struct online *run, struct xnm_plan *plan)
{
	int rc;

	plan->rival.what[0] = '\0';
	rc = plan_under_lock(run, plan);
	if (rc && run->facts->address.rival.what[0])
		plan->rival = run->facts->address.rival;
	if (rc && run->mode == XNM_RUN_REAPPLY)
		run->may_take_back = false;
	if (rc == 0 && run->mode == XNM_RUN_EVENT)
		warn_missing_interfaces(run);
	if (rc == 0 && run->mode != XNM_RUN_PLAN)
		rc = apply_plan(run, plan);
	/* a tear-down after a failure needs the bridge for itself */
	if (run->mode != XNM_RUN_PLAN)
		drop_locks(run);
	return rc;
}
