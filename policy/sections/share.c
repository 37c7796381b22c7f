/* SPDX-License-Identifier: GPL-2.0-or-later */
/* share.c - check share= and share-to= of [vif] sections. */
#include "policy/sections/share.h"

#include <string.h>

#include "policy/sections/resolve.h"

static bool allows_any(const struct xnm_cidr *list, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (list[i].prefix_len == 0)
			return true;
	}
	return false;
}

bool xnm_vif_cannot_share(const struct xnm_vif_policy *vif, const struct xnm_network *network)
{
	enum xnm_locking_mode mode = vif->locking_mode;

	if (mode == XNM_LOCK_UNSET && network)
		mode = network->locking_mode;
	return (mode == XNM_LOCK_UNSET || mode == XNM_LOCK_LOCKED) &&
	       !allows_any(vif->ipv4_allowed, vif->n_ipv4_allowed) &&
	       !allows_any(vif->ipv6_allowed, vif->n_ipv6_allowed);
}

void xnm_resolve_share_to(const struct xnm_resolver *r, const struct xnm_vif_policy *vif)
{
	struct xnm_origin origin = XNM_KEY_ORIGIN(vif, VIF, SHARE_TO);

	if (vif->n_share_to && vif->share != XNM_YES && !XNM_KEY_REFUSED(r, vif, VIF, SHARE))
		xnm_mistake_at(r->rep, origin, "share-to=: [vif %s] shares nothing; add share=yes",
			       vif->match);
	for (unsigned int i = 0; i < vif->n_share_to; i++) {
		for (unsigned int k = 0; k < i; k++) {
			if (strcmp(vif->share_to[i], vif->share_to[k]) == 0)
				xnm_mistake_at(r->rep, origin, "share-to=%s: is given twice",
					       vif->share_to[i]);
		}
	}
}

void xnm_resolve_share(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		       const struct xnm_network *network)
{
	if (vif->share != XNM_YES || !xnm_vif_cannot_share(vif, network) ||
	    XNM_KEY_REFUSED(r, vif, VIF, LOCKING_MODE) ||
	    XNM_KEY_REFUSED(r, vif, VIF, IPV4_ALLOWED) ||
	    XNM_KEY_REFUSED(r, vif, VIF, IPV6_ALLOWED))
		return;
	xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(vif, VIF, SHARE),
		       "share=yes: [vif %s] is locked, so it cannot send what comes from outside; "
		       "add locking-mode=unlocked, or ipv4-allowed=any",
		       vif->match);
}
