/* SPDX-License-Identifier: GPL-2.0-or-later */
/* meet.c - tell whether guests of two networks can send each other anything. */
#include "policy/sections/meet.h"

#include <fnmatch.h>
#include <string.h>

#include "policy/match.h"
#include "policy/sections/traffic.h"

/* Whether the host forwards what comes from a guest of one to a guest of the other. */
static bool host_forwards(const struct xnm_network *a, const struct xnm_network *b)
{
	bool closed_a = xnm_network_is_closed(a), closed_b = xnm_network_is_closed(b);

	if (closed_a && closed_b)
		return a->forward == XNM_FORWARD_ROUTE && b->forward == XNM_FORWARD_ROUTE;
	/* one that is not closed is a part of the outside, which "none" does not reach */
	return a->forward != XNM_FORWARD_NONE && b->forward != XNM_FORWARD_NONE;
}

static bool leaves_through(const struct xnm_policy *policy, const struct xnm_network *from,
			   const struct xnm_network *through)
{
	for (unsigned int i = 0; i < from->n_uplinks; i++) {
		const struct xnm_uplink *uplink = xnm_policy_uplink(policy, from->uplinks[i]);

		if (uplink &&
		    (strcmp(uplink->network, through->name) == 0 ||
		     (through->bridge[0] && strcmp(uplink->device, through->bridge) == 0)))
			return true;
	}
	return false;
}

/* Whether the vif may send from addresses that are not its own. */
static bool may_route(const struct xnm_vif_policy *vif, const struct xnm_network *network)
{
	enum xnm_locking_mode mode = vif->locking_mode ? vif->locking_mode : network->locking_mode;

	return mode == XNM_LOCK_UNLOCKED || vif->n_ipv4_allowed || vif->n_ipv6_allowed ||
	       vif->share == XNM_YES || (vif->allow & XNM_ALLOW_ROUTER);
}

static bool is_in(const struct xnm_vif_policy *vif, const struct xnm_network *network)
{
	return !vif->network[0] || strcmp(vif->network, network->name) == 0;
}

/* Whether a guest that routes in one of the networks has another vif in the other one. */
static bool guest_routes(const struct xnm_policy *policy, const struct xnm_network *a,
			 const struct xnm_network *b)
{
	struct xnm_match_patterns mine, theirs;

	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		const struct xnm_vif_policy *vif = &policy->vifs[i];

		if (!is_in(vif, a) || !may_route(vif, a))
			continue;
		xnm_match_split(vif->match, &mine);
		for (unsigned int k = 0; k < policy->n_vifs; k++) {
			xnm_match_split(policy->vifs[k].match, &theirs);
			if (is_in(&policy->vifs[k], b) && strcmp(mine.name, theirs.name) == 0)
				return true;
		}
	}
	return false;
}

bool xnm_networks_may_meet(const struct xnm_policy *policy, const struct xnm_network *a,
			   const struct xnm_network *b)
{
	return a == b || host_forwards(a, b) || leaves_through(policy, a, b) ||
	       leaves_through(policy, b, a) || xnm_network_has_forwards(a, policy) ||
	       xnm_network_has_forwards(b, policy) || guest_routes(policy, a, b) ||
	       guest_routes(policy, b, a);
}

const struct xnm_vif_policy *xnm_policy_sure_section(const struct xnm_policy *policy,
						     const char *domain, uint32_t devid)
{
	struct xnm_match_patterns patterns;
	char text[12];

	(void)snprintf(text, sizeof(text), "%u", devid);
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		const struct xnm_vif_policy *vif = &policy->vifs[i];

		/* spares most calls of fnmatch(3) among a thousand sections */
		if (!strchr("*?[", vif->match[0]) && vif->match[0] != domain[0])
			continue;
		xnm_match_split(vif->match, &patterns);
		if (fnmatch(patterns.name, domain, FNM_NOESCAPE) == 0 &&
		    fnmatch(patterns.devid, text, FNM_NOESCAPE) == 0)
			return xnm_match_has_keys(policy, vif) ? NULL : vif;
	}
	return NULL;
}

const struct xnm_own_addresses *xnm_policy_sure_addresses(const struct xnm_policy *policy,
							  const char *domain, uint32_t devid)
{
	const struct xnm_vif_policy *section = xnm_policy_sure_section(policy, domain, devid);

	return section && section->own.n ? &section->own : NULL;
}
