/* SPDX-License-Identifier: GPL-2.0-or-later */
/* override.c - check the section of one vif together with keys that were set while it runs. */
#include "policy/sections/resolve.h"
#include "policy/sections/traffic.h"
#include "policy/sections/uplinks.h"

static bool is_overridden(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			  unsigned int key)
{
	struct xnm_origin origin = vif->written.keys[key];

	return origin.line && origin.file == r->policy->overridden.file;
}

/*
 * Whether frames pass from port to port of a closed network's bridge is one rule
 * for all of its vifs, so that the events of other vifs would take it back.
 */
static void check_isolated(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			   const struct xnm_network *network)
{
	if (vif->port.isolated != XNM_NO || !xnm_network_is_closed(network) ||
	    xnm_network_has_unisolated(network, r->policy) ||
	    !is_overridden(r, vif, XNM_KEY_INDEX(VIF, ISOLATED)))
		return;
	xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(vif, VIF, ISOLATED),
		       "isolated=no: all vifs of [network %s] are isolated; write it into a [vif] "
		       "section of the policy",
		       network->name);
}

/* The host's way out was worked out with the guest's section of the policy. */
static void check_uplink(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			 const struct xnm_network *network, const struct xnm_uplink *uplink)
{
	if (is_overridden(r, vif, XNM_KEY_INDEX(VIF, ADDRESS)))
		xnm_mistake_at(
			r->rep, XNM_KEY_ORIGIN(vif, VIF, ADDRESS),
			"address=: the host's [uplink %s] leads through this vif; change its "
			"address in the policy",
			uplink->name);
	if (network)
		xnm_resolve_uplink_locking(r, uplink, vif, network);
}

void xnm_resolve_override(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			  const struct xnm_network *network, const char *domain, uint32_t devid)
{
	xnm_resolve_vif(r, vif, network);
	xnm_resolve_vif_class(r, vif);
	if (network)
		check_isolated(r, vif, network);
	for (unsigned int i = 0; domain[0] && i < r->policy->n_uplinks; i++) {
		if (xnm_uplink_is_shared_by(&r->policy->uplinks[i], domain, devid))
			check_uplink(r, vif, network, &r->policy->uplinks[i]);
	}
}
