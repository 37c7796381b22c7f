/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - decide what is noted of a pool's addresses, and what dnsmasq is told of the vif. */
#include "hotplug/core/plan_parts.h"

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

/*
 * Before anything else, as others wait for the pool meanwhile. A vif that comes
 * notes anew what it has already: the time says who has used its own last.
 */
void xnm_plan_pool(struct xnm_plan *plan, const struct xnm_want *want,
		   const struct xnm_facts *facts)
{
	bool all_noted =
		facts->has_state && want->pool && strcmp(facts->state.pool, want->pool->name) == 0;

	if (!want->pool)
		return;
	memcpy(plan->pool, want->pool->name, sizeof(plan->pool));
	for (unsigned int i = 0; i < facts->pool.n; i++) {
		plan->assign[plan->n_assign++] = facts->pool.list[i];
		all_noted = all_noted && facts->pool.noted[i] &&
			    has_address(&facts->state, &facts->pool.list[i]);
	}
	if (all_noted)
		plan->n_assign = 0;
	else
		xnm_plan_add(plan, XNM_PHASE_RESERVE, &xnm_op_pool_assign, "", 0,
			     "the guest gets the same again");
}

void xnm_plan_dhcp(struct xnm_plan *plan, const struct xnm_want *want,
		   const struct xnm_facts *facts)
{
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
	bool same_server = new &&new->dhcp_dir[0] && strcmp(new->bridge, old->bridge) == 0;

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

void xnm_plan_leave_addresses(struct xnm_plan *plan, const struct xnm_facts *facts,
			      const struct xnm_vif_note *new)
{
	const struct xnm_vif_note *old = &facts->state;

	plan->old_mac = old->mac;
	if (old->dhcp_dir[0] && !(new &&strcmp(new->dhcp_dir, old->dhcp_dir) == 0)) {
		memcpy(plan->old_dhcp_dir, old->dhcp_dir, sizeof(plan->old_dhcp_dir));
		xnm_plan_add(plan, XNM_PHASE_LEAVE, &xnm_op_dnsmasq_unreserve, old->bridge, 0,
			     new ? "it is not wanted any more" : "the guest goes");
	}
	if (old->dhcp_dir[0] && old->bridge[0])
		release_leases(plan, facts, new);
	if (old->pool[0] == '\0' || (new &&strcmp(new->pool, old->pool) == 0))
		return;
	memcpy(plan->old_pool, old->pool, sizeof(plan->old_pool));
	memcpy(plan->left, old->addresses, sizeof(plan->left));
	plan->n_left = old->n_addresses;
	xnm_plan_add(plan, XNM_PHASE_FREE, &xnm_op_pool_leave, "", 0,
		     "the longest unused goes first");
}
