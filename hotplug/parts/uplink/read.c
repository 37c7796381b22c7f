/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - read which default routes the host has through its uplinks, and which of them are ours. */
#include "hotplug/core/facts.h"
#include "hotplug/parts/uplink/read.h"
#include "hotplug/parts/uplink/stages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hotplug/core/identity.h"
#include "hotplug/core/want.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/files.h"
#include "hotplug/parts/uplink/client.h"

/* An uplink with guest= is handled by events of that guest's vif. */
static const struct xnm_uplink *network_way(const struct xnm_want *want, unsigned int i)
{
	const struct xnm_uplink *uplink =
		xnm_policy_uplink(want->policy, want->network->uplinks[i]);

	return uplink && !uplink->guest[0] && xnm_uplink_has_gateway(uplink) ? uplink : NULL;
}

bool xnm_wants_ways(const struct xnm_want *want)
{
	if (!want->attach || !want->network)
		return false;
	for (unsigned int i = 0; i < want->network->n_uplinks; i++) {
		if (network_way(want, i))
			return true;
	}
	return want->uplink.n_shares > 0;
}

int xnm_facts_way(struct xnm_uplink_seen *way, struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		  const char *name, struct xnm_err *err)
{
	const char *device;
	struct xnm_link link;
	int rc;

	rc = xnm_uplink_note_read(dir, name, &way->note);
	/* a damaged note is written again: our routes are known by their protocol */
	if (rc && rc != -ENOENT && rc != -EINVAL)
		return xnm_facts_note_error(rc, "uplink", name, err);
	way->has_note = rc == 0;
	way->dhcp_runs =
		way->note.dhcp_pid && xnm_dhcp_runs(way->note.dhcp_pid, way->note.dhcp_started);
	device = way->uplink->device;
	way->ifindex = 0;
	way->n_defaults = 0;
	rc = device[0] ? xnm_link_get(rtnl, device, &link) : -ENODEV;
	if (rc == -ENODEV)
		return 0;
	if (rc == 0) {
		way->ifindex = link.ifindex;
		rc = xnm_default_list(rtnl, link.ifindex, way->defaults, XNM_MAX_DEFAULTS,
				      &way->n_defaults);
	}
	return rc && rc != -E2BIG ? xnm_fail(err, rc, "cannot read the default routes of %s: %s",
					     device, xnm_rtnl_reason(rtnl))
				  : 0;
}

int xnm_facts_slots(struct xnm_slots *slots, struct xnm_rtnl *rtnl, struct xnm_err *err)
{
	int rc = xnm_default_list(rtnl, 0, slots->list, XNM_MAX_SLOTS, &slots->n);

	return rc && rc != -E2BIG ? xnm_fail(err, rc, "cannot read this host's default routes: %s",
					     xnm_rtnl_reason(rtnl))
				  : 0;
}

static int add_way(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		   const struct xnm_want *want, const struct xnm_uplink *uplink,
		   const struct xnm_owner *owner, struct xnm_err *err)
{
	struct xnm_uplink_seen *way = &facts->uplink.seen[facts->uplink.n];

	if (facts->uplink.n == XNM_MAX_WAYS)
		return 0;
	facts->uplink.n++;
	way->uplink = uplink;
	way->is_other = false;
	way->is_own = owner != NULL;
	way->is_bridge = strcmp(uplink->device, want->bridge.name) == 0;
	if (owner)
		way->owner = *owner;
	return xnm_facts_way(way, rtnl, dir, uplink->name, err);
}

/* A guest's name can be copied: the vif that is the uplink now must be the same guest's, or no
 * longer exist. */
static int check_owner(struct xnm_facts *facts, const struct xnm_uplink_seen *way,
		       const struct xnm_event *event, struct xnm_err *err)
{
	const struct xnm_uplink_note *note = &way->note;
	static struct xnm_vif_note other;

	if (!way->has_note || !note->has_owner ||
	    (note->owner.domid == event->domid && note->owner.devid == event->devid) ||
	    xnm_facts_kin(facts, event, &note->owner, &other) != XNM_KIN_OTHER)
		return 0;
	facts->address.rival.vif = note->owner;
	(void)snprintf(facts->address.rival.what, sizeof(facts->address.rival.what), "%.40s",
		       way->uplink->name);
	return xnm_fail(err, -EADDRINUSE,
			"vif%u.%u (%s) is uplink %s already, and vif%u.%u (%s) belongs to another "
			"guest: give one of the two another name, or change guest=%s",
			note->owner.domid, note->owner.devid, other.domain_name, way->uplink->name,
			event->domid, event->devid, facts->guest.domain_name, way->uplink->guest);
}

static bool has_way(const struct xnm_facts *facts, const struct xnm_uplink *uplink)
{
	for (unsigned int i = 0; i < facts->uplink.n; i++) {
		if (facts->uplink.seen[i].uplink == uplink)
			return true;
	}
	return false;
}

/* Uplinks of other networks and guests, which may have the metrics that these are to get. */
static int add_others(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		      const struct xnm_event *event, const struct xnm_want *want,
		      struct xnm_err *err)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < want->policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &want->policy->uplinks[i];
		struct xnm_uplink_seen *way = &facts->uplink.seen[facts->uplink.n];

		if (!xnm_uplink_has_gateway(uplink) || facts->uplink.n == XNM_MAX_WAYS ||
		    has_way(facts, uplink))
			continue;
		rc = add_way(facts, rtnl, dir, want, uplink, NULL, err);
		way->is_other = true;
		way->is_own = way->note.has_owner;
		way->owner = way->note.owner;
		/* uplinks that the vif no longer is are ended */
		if (rc == 0 && (!way->has_note || (uplink->guest[0] && !way->is_own) ||
				(way->is_own && way->owner.domid == event->domid &&
				 way->owner.devid == event->devid)))
			facts->uplink.n--;
	}
	return rc;
}

static int read_all(struct xnm_facts *facts, struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		    const struct xnm_event *event, const struct xnm_want *want, struct xnm_err *err)
{
	const struct xnm_owner self = { event->domid, event->devid };
	int rc = 0;

	if (!xnm_wants_ways(want))
		return 0;
	for (unsigned int i = 0; rc == 0 && i < want->network->n_uplinks; i++) {
		const struct xnm_uplink *uplink = network_way(want, i);

		if (uplink)
			rc = add_way(facts, rtnl, dir, want, uplink, NULL, err);
	}
	/* a tap is not the vif */
	for (unsigned int i = 0; rc == 0 && !facts->address.yields && !xnm_event_is_tap(event) &&
				 i < want->uplink.n_shares;
	     i++) {
		unsigned int n = facts->uplink.n;

		rc = add_way(facts, rtnl, dir, want, want->uplink.shares[i], &self, err);
		if (rc == 0 && n < facts->uplink.n)
			rc = check_owner(facts, &facts->uplink.seen[n], event, err);
	}
	if (rc == 0)
		rc = add_others(facts, rtnl, dir, event, want, err);
	return rc ? rc : xnm_facts_slots(&facts->uplink.slots, rtnl, err);
}

/*
 * A command that systemd runs for another service, like our drop-ins for firewalls, is in that
 * service's cgroup. A DHCP client started there would be killed with the service.
 */
static void leave_clients(struct xnm_facts *facts, enum xnm_run_mode mode)
{
	const char *started = getenv("SYSTEMD_EXEC_PID");

	if (mode != XNM_RUN_REAPPLY || !started || strtol(started, NULL, 10) != getpid())
		return;
	for (unsigned int i = 0; i < facts->uplink.n; i++)
		facts->uplink.seen[i].starts_none = true;
}

int uplink_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx)
{
	int rc = read_all(facts, ctx->rtnl, &ctx->dir, ctx->event, want, &ctx->err);

	if (rc == 0)
		leave_clients(facts, ctx->mode);
	return rc;
}
