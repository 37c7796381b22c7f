/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - plan the assignment of a pool's addresses, and the vif's dnsmasq reservation. */
#include "hotplug/core/part.h"
#include "hotplug/core/want.h"
#include "hotplug/notes/vif.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"
#include "hotplug/parts/dnsmasq/stages.h"

#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"

static void plan_reservation(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_want *want = view->want;
	const struct xnm_facts *facts = view->facts;

	if (!want->dnsmasq.dir[0])
		return;
	xnm_dhcp_line(plan->dnsmasq.line, view->event, &facts->guest, want);
	if (plan->dnsmasq.line[0])
		memcpy(plan->note.dnsmasq.dir, want->dnsmasq.dir, sizeof(plan->note.dnsmasq.dir));
	/* in a migration, the other vif's reservation is the newer one */
	if (plan->dnsmasq.line[0] && strcmp(plan->dnsmasq.line, facts->dnsmasq.line) != 0)
		xnm_plan_add(plan, XNM_PHASE_SERVE, &xnm_op_dnsmasq_reserve, want->bridge.name, 0,
			     "dnsmasq gives the guest its address");
}

/* A lease that is not released would keep the address from another guest's reservation. */
static void release_leases(struct xnm_plan *plan, const struct xnm_facts *facts,
			   const struct xnm_vif_note *new)
{
	const struct xnm_vif_note *old = &facts->note;
	bool same_server = new->dnsmasq.dir[0] && strcmp(new->bridge.name, old->bridge.name) == 0;

	memcpy(plan->dnsmasq.network, old->network.name, sizeof(plan->dnsmasq.network));
	for (unsigned int i = 0; i < old->address.n; i++) {
		const struct xnm_cidr *address = &old->address.list[i];

		if (xnm_cidr_is_prefix(address) || xnm_cidr_is_link_local(address) ||
		    facts->address.handed_over[i] ||
		    (same_server && xnm_cidr_is_among(new->address.list, new->address.n, address)))
			continue;
		xnm_plan_add(plan, XNM_PHASE_LEAVE, &xnm_op_dnsmasq_release_lease, old->bridge.name,
			     0, "another guest may get it")
			->u.addr = *address;
	}
}

/* stays: the vif stays, but without it. */
static void plan_leave(struct xnm_plan *plan, const struct xnm_facts *facts,
		       const struct xnm_vif_note *new, bool stays)
{
	const struct xnm_vif_note *old = &facts->note;

	if (!old->dnsmasq.dir[0])
		return;
	if (strcmp(new->dnsmasq.dir, old->dnsmasq.dir) != 0) {
		memcpy(plan->dnsmasq.old_dir, old->dnsmasq.dir, sizeof(plan->dnsmasq.old_dir));
		xnm_plan_add(plan, XNM_PHASE_LEAVE, &xnm_op_dnsmasq_unreserve, old->bridge.name, 0,
			     stays ? "the vif no longer uses this dnsmasq"
				   : "the vif goes offline");
	}
	if (old->bridge.name[0])
		release_leases(plan, facts, new);
}

static int dnsmasq_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	(void)err;
	plan_reservation(plan, view);
	if (view->facts->has_note)
		plan_leave(plan, view->facts, &plan->note, true);
	return 0;
}

static void dnsmasq_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	if (!xnm_plan_stays(plan))
		plan_leave(plan, view->facts, xnm_no_vif_note(), false);
}

const struct xnm_part xnm_dnsmasq_part = {
	.name = "dnsmasq",
	.want = dnsmasq_want,
	.read = dnsmasq_read,
	.online = dnsmasq_online,
	.offline = dnsmasq_offline,
	.before_bridge_goes = dnsmasq_before_bridge_goes,
};
