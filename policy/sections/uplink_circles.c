/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplink_circles.c - refuse guests that would leave through their own connection. */
#include "policy/sections/resolve.h"

#include <string.h>

#include "policy/sections/uplinks.h"

/*
 * Marks, until no more are added, the network of each guest that is an uplink of
 * a marked network.
 */
static void mark_all(const struct xnm_policy *policy, bool *marked)
{
	bool more = true;

	while (more) {
		more = false;
		for (unsigned int i = 0; i < policy->n_networks; i++) {
			const struct xnm_network *network = &policy->networks[i];

			for (unsigned int k = 0; marked[i] && k < network->n_uplinks; k++) {
				const struct xnm_uplink *uplink =
					xnm_policy_uplink(policy, network->uplinks[k]);
				const struct xnm_network *next =
					uplink && uplink->network[0]
						? xnm_policy_network(policy, uplink->network)
						: NULL;

				if (!next || marked[next - policy->networks])
					continue;
				marked[next - policy->networks] = more = true;
			}
		}
	}
}

/*
 * Whether packets that leave one network may enter the other, through guests
 * that share their connection.
 */
static bool leads_to(const struct xnm_policy *policy, const struct xnm_network *from,
		     const struct xnm_network *to)
{
	bool marked[XNM_MAX_NETWORKS] = { false };

	marked[from - policy->networks] = true;
	mark_all(policy, marked);
	return marked[to - policy->networks];
}

/* Whether no other vif than that of the guest joins the network. */
static bool is_alone(const struct xnm_policy *policy, const struct xnm_network *network,
		     const struct xnm_vif_policy *guest)
{
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		const struct xnm_vif_policy *vif = &policy->vifs[i];

		if (vif != guest && strcmp(vif->network, network->name) == 0)
			return false;
	}
	return !strpbrk(guest->match, "*?[");
}

void xnm_check_circles(const struct xnm_resolver *r, const struct xnm_network *network)
{
	struct xnm_origin origin = XNM_KEY_ORIGIN(network, NETWORK, UPLINK);

	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		const struct xnm_uplink *uplink = xnm_policy_uplink(r->policy, network->uplinks[i]);
		const struct xnm_network *next;

		if (!uplink || !uplink->network[0])
			continue;
		next = xnm_policy_network(r->policy, uplink->network);
		if (next == network && network->n_uplinks == 1 &&
		    is_alone(r->policy, network, xnm_uplink_section(r->policy, uplink)))
			xnm_mistake_at(r->rep, origin,
				       "uplink=%s: %s is the only guest of [network %s] and cannot "
				       "use its own connection; remove uplink=",
				       uplink->name, uplink->guest, network->name);
		else if (next && next != network && leads_to(r->policy, next, network))
			xnm_mistake_at(r->rep, origin,
				       "uplink=%s: leads in a circle: %s is in [network %s], which "
				       "leads outside through a guest of [network %s]",
				       uplink->name, uplink->guest, next->name, network->name);
	}
}
