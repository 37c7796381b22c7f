/* SPDX-License-Identifier: GPL-2.0-or-later */
/* resolve.c - fill in defaults and check what the sections of a policy say of each other, in their order. */
#include "policy/sections/resolve.h"

static void resolve_global(const struct xnm_resolver *r)
{
	struct xnm_global *global = &r->policy->global;

	if (global->version == 0)
		global->version = 1;
	if (global->on_unknown == XNM_UNKNOWN_DEFAULT_NETWORK && !global->default_network[0])
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(global, GLOBAL, ON_UNKNOWN),
			       "on-unknown=default-network needs default-network=");
	if (global->default_network[0] && !xnm_policy_network(r->policy, global->default_network))
		xnm_unknown_name(r, XNM_KEY_ORIGIN(global, GLOBAL, DEFAULT_NETWORK),
				 "default-network", XNM_SECTION_NETWORK, global->default_network);
}

void xnm_policy_resolve(struct xnm_policy *policy, struct xnm_reporter *rep, bool section_lost)
{
	struct xnm_resolver r = { .policy = policy, .rep = rep, .section_lost = section_lost };

	resolve_global(&r);
	xnm_resolve_networks(&r);
	xnm_resolve_overlaps(&r);
	xnm_resolve_pools(&r);
	xnm_resolve_uplinks(&r);
	xnm_resolve_vifs(&r);
	xnm_resolve_forwards(&r);
	xnm_resolve_conflicts(&r);
	xnm_resolve_links(&r);
	xnm_resolve_classes(&r);
	xnm_resolve_schedules(&r);
}
