/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vifs.c - check what [vif] sections say, and whether their network can give it. */
#include "policy/sections/resolve.h"

#include <string.h>

#include "hotplug/base/cidr.h"
#include "policy/sections/subnets.h"

/* Refuses keys for bridge ports where the vif is none. */
static void check_vif_backend(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			      const struct xnm_network *network)
{
	unsigned int end = xnm_section_end(XNM_SECTION_VIF);

	for (unsigned int i = xnm_sections[XNM_SECTION_VIF].first_key; i < end; i++) {
		if ((i == XNM_KEY_VIF_VLAN ||
		     (i >= XNM_KEY_VIF_ISOLATED && i <= XNM_KEY_VIF_NEIGH_SUPPRESS)) &&
		    xnm_key_is_set(vif, (enum xnm_key_id)i))
			xnm_mistake_at(
				r->rep,
				vif->written.keys[i - xnm_sections[XNM_SECTION_VIF].first_key],
				"%s= has no effect: [network %s] has backend=route",
				xnm_keys[i].name, network->name);
	}
}

/* In a closed network, answers to an address outside of its subnets would not come back. */
static void check_vif_addresses(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
				const struct xnm_network *network)
{
	bool anywhere = !xnm_network_is_closed(network) || network->forward == XNM_FORWARD_ROUTE;
	char text[XNM_CIDR_TEXT_LEN];

	for (unsigned int i = 0; i < vif->own.n; i++) {
		const struct xnm_cidr *own = &vif->own.list[i];
		bool all = xnm_network_is_all(network, own);

		if (!all && (anywhere || !xnm_network_lacks(network, own)))
			continue;
		xnm_cidr_format_told(own, text);
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(vif, VIF, ADDRESS),
			       "address=%s: is %s of [network %s]%s", text,
			       all ? "a whole subnet" : "in no subnet", network->name,
			       all ? "; write the guest's own address" : "");
	}
}

/* A [vif] cannot allow alone what the network's other guests rely on. */
static void check_fastpath(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			   const struct xnm_network *network)
{
	if (vif->fastpath != XNM_YES || network->fastpath == XNM_YES ||
	    XNM_KEY_REFUSED(r, network, NETWORK, FASTPATH))
		return;
	xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(vif, VIF, FASTPATH),
		       "fastpath=yes: [network %s] has no fastpath=yes; add it there, and "
		       "fastpath=no to the [vif] sections that must not use it",
		       network->name);
}

static void resolve_in_network(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			       const struct xnm_network *network)
{
	if (!network) {
		xnm_unknown_name(r, XNM_KEY_ORIGIN(vif, VIF, NETWORK), "network",
				 XNM_SECTION_NETWORK, vif->network);
		return;
	}
	if (network->backend == XNM_BACKEND_ROUTE)
		check_vif_backend(r, vif, network);
	else if (vif->has_vlan && network->vlan_filtering == XNM_NO)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(vif, VIF, VLAN),
			       "vlan= has no effect: [network %s] has vlan-filtering=no",
			       network->name);
	check_vif_addresses(r, vif, network);
	xnm_resolve_own(r, vif, network);
	xnm_resolve_share(r, vif, network);
	check_fastpath(r, vif, network);
}

void xnm_resolve_vif(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
		     const struct xnm_network *network)
{
	xnm_resolve_acls(r, XNM_KEY_ORIGIN(vif, VIF, ACL), vif->acls, vif->n_acls);
	xnm_resolve_share_to(r, vif);
	if (network || vif->network[0])
		resolve_in_network(r, vif, network);
	else
		xnm_resolve_own(r, vif, NULL);
	xnm_resolve_vif_mtu(r, vif, network);
	xnm_resolve_tc(r, vif, network);
}

void xnm_resolve_vifs(const struct xnm_resolver *r)
{
	const struct xnm_network *network = NULL;

	for (unsigned int i = 0; i < r->policy->n_vifs; i++) {
		const struct xnm_vif_policy *vif = &r->policy->vifs[i];

		/* neighbours often share a network: that saves a search among all */
		if (vif->network[0] && (!network || strcmp(network->name, vif->network) != 0))
			network = xnm_policy_network(r->policy, vif->network);
		xnm_resolve_vif(r, vif, vif->network[0] ? network : NULL);
	}
}
