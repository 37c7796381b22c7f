/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide what is noted of a pool's addresses, and what dnsmasq is told of the vif. */
#include "hotplug/core/part.h"
#include "hotplug/parts/dnsmasq/dnsmasq.h"

#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"

static bool has_address(const struct xnm_vif_note *state, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < state->n_addresses; i++) {
		if (xnm_cidr_equal(&state->addresses[i], address))
			return true;
	}
	return false;
}

static void plan_reservation(struct xnm_plan *plan, const struct xnm_view *view)
{
	const struct xnm_want *want = view->want;
	const struct xnm_facts *facts = view->facts;

	if (!want->dhcp_dir[0])
		return;
	xnm_dhcp_line(plan->dhcp_line, view->event, &facts->guest, want);
	if (plan->dhcp_line[0])
		memcpy(plan->state.dhcp_dir, want->dhcp_dir, sizeof(plan->state.dhcp_dir));
	/* that of a migration's other end is the newer one */
	if (plan->dhcp_line[0] && strcmp(plan->dhcp_line, facts->dhcp_line) != 0)
		xnm_plan_add(plan, XNM_PHASE_SERVE, &xnm_op_dnsmasq_reserve, want->bridge, 0,
			     "the guest may ask for it");
}

/* A lease that lives on would keep the address from the next guest's reservation. */
static void release_leases(struct xnm_plan *plan, const struct xnm_facts *facts,
			   const struct xnm_vif_note *new)
{
	const struct xnm_vif_note *old = &facts->state;
	bool same_server = new->dhcp_dir[0] && strcmp(new->bridge, old->bridge) == 0;

	memcpy(plan->lease_network, old->network, sizeof(plan->lease_network));
	for (unsigned int i = 0; i < old->n_addresses; i++) {
		const struct xnm_cidr *address = &old->addresses[i];

		if (xnm_cidr_is_prefix(address) || xnm_cidr_is_link_local(address) ||
		    facts->handed_over[i] || (same_server && has_address(new, address)))
			continue;
		xnm_plan_add(plan, XNM_PHASE_LEAVE, &xnm_op_dnsmasq_release_lease, old->bridge, 0,
			     "the next guest may have it")
			->u.addr = *address;
	}
}

/* stays: the vif goes on without it. */
static void plan_leave(struct xnm_plan *plan, const struct xnm_facts *facts,
		       const struct xnm_vif_note *new, bool stays)
{
	const struct xnm_vif_note *old = &facts->state;

	if (!old->dhcp_dir[0])
		return;
	if (strcmp(new->dhcp_dir, old->dhcp_dir) != 0) {
		memcpy(plan->old_dhcp_dir, old->dhcp_dir, sizeof(plan->old_dhcp_dir));
		xnm_plan_add(plan, XNM_PHASE_LEAVE, &xnm_op_dnsmasq_unreserve, old->bridge, 0,
			     stays ? "it is not wanted any more" : "the guest goes");
	}
	if (old->bridge[0])
		release_leases(plan, facts, new);
}

static int dnsmasq_online(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err)
{
	(void)err;
	plan_reservation(plan, view);
	if (view->facts->has_state)
		plan_leave(plan, view->facts, &plan->state, true);
	return 0;
}

static void dnsmasq_offline(struct xnm_plan *plan, const struct xnm_view *view)
{
	static const struct xnm_vif_note nothing;

	if (!xnm_plan_stays(plan))
		plan_leave(plan, view->facts, &nothing, false);
}

const struct xnm_part xnm_dnsmasq_part = {
	.name = "dnsmasq",
	.online = dnsmasq_online,
	.offline = dnsmasq_offline,
};
