/* SPDX-License-Identifier: GPL-2.0-or-later */
/* start.c - decide what a network needs that is to be there without a guest. */
#include "hotplug/core/plan_parts.h"
#include "hotplug/parts/filter/filter.h"

#include <errno.h>
#include <string.h>

static int check(const struct xnm_want *want, const struct xnm_facts *facts, struct xnm_err *err)
{
	const struct xnm_network *network = want->network;
	char where[160];

	if (facts->bridge.ifindex == 0 && network->create == XNM_NO)
		return xnm_fail(
			err, -ENODEV,
			"bridge %s of network %s does not exist, and create=no (%s) keeps "
			"xnm from making it",
			network->bridge, network->name,
			xnm_policy_origin(want->policy, network->origin, where, sizeof(where)));
	return xnm_plan_check_bridge(want, facts, err);
}

int xnm_plan_start(struct xnm_plan *plan, const struct xnm_want *want,
		   const struct xnm_facts *facts, bool whole, struct xnm_err *err)
{
	static const struct xnm_event nobodys = { .verb = XNM_VERB_ONLINE };
	int rc;

	xnm_plan_clear(plan);
	plan->bridge_ifindex = facts->bridge.ifindex;
	rc = check(want, facts, err);
	if (rc == 0 && whole)
		rc = xnm_filter_network(&plan->network_note.elements, want->network, want->policy,
					err);
	if (rc == 0)
		rc = xnm_plan_network(plan, want, facts, err);
	if (rc)
		return rc;
	if (!whole)
		return xnm_plan_end(plan, want->network->name, err);
	xnm_plan_membership(plan, want, facts);
	xnm_plan_filter(plan, &nobodys, want, facts, want->bridge);
	xnm_plan_settings(plan, want, facts);
	xnm_plan_purge(plan, &nobodys, want, facts);
	return xnm_plan_end(plan, want->network->name, err);
}

void xnm_plan_stop(struct xnm_plan *plan, const char *network, const char *bridge, bool release)
{
	xnm_plan_clear(plan);
	(void)snprintf(plan->old_network, sizeof(plan->old_network), "%s", network);
	(void)snprintf(plan->old_bridge, sizeof(plan->old_bridge), "%s", bridge);
	xnm_plan_add(plan, XNM_PHASE_LEAVE_NETWORK, &xnm_op_network_unhold, bridge, 0,
		     "the policy says so no longer");
	xnm_plan_add(plan, XNM_PHASE_LEAVE_NETWORK, &xnm_op_network_release, "", 0,
		     "it may have no vif");
	if (release && bridge[0])
		xnm_plan_add(plan, XNM_PHASE_LEAVE_BRIDGE, &xnm_op_bridge_release, bridge, 0,
			     "xnm made it, and it may have no vif");
}
