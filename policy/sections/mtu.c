/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mtu.c - check that no MTU is too small for IPv6 where the policy gives IPv6 addresses. */
#include "policy/sections/resolve.h"

#include <sys/socket.h>

#include "hotplug/base/value.h"

/*
 * The kernel switches IPv6 off on a device with a smaller MTU, and a bridge has
 * the smallest MTU of its ports: the host would lose its addresses there as well
 * as the guest.
 */
static bool is_too_small(uint32_t mtu_bytes)
{
	return mtu_bytes && mtu_bytes < XNM_MTU_IPV6;
}

static bool any_ip6(const struct xnm_cidr *list, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (list[i].family == AF_INET6)
			return true;
	}
	return false;
}

void xnm_resolve_network_mtu(const struct xnm_resolver *r, const struct xnm_network *network)
{
	if (is_too_small(network->mtu_bytes) && any_ip6(network->addresses, network->n_addresses))
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, MTU),
			       "mtu=%u: [network %s] has an IPv6 address, and IPv6 needs at least "
			       "%u",
			       network->mtu_bytes, network->name, XNM_MTU_IPV6);
}

void xnm_resolve_vif_mtu(const struct xnm_resolver *r, const struct xnm_vif_policy *vif,
			 const struct xnm_network *network)
{
	bool own = any_ip6(vif->own.list, vif->own.n) || vif->own.eui64;

	if (is_too_small(vif->mtu_bytes)) {
		if (own || (network && any_ip6(network->addresses, network->n_addresses)))
			xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(vif, VIF, MTU),
				       "mtu=%u: [%s%s] has an IPv6 address, and IPv6 needs at "
				       "least %u",
				       vif->mtu_bytes, own ? "vif " : "network ",
				       own ? vif->match : network->name, XNM_MTU_IPV6);
	} else if (own && !vif->mtu_bytes && network && is_too_small(network->mtu_bytes)) {
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(vif, VIF, ADDRESS),
			       "address=: mtu=%u of [network %s] is too small for IPv6, which "
			       "needs at least %u",
			       network->mtu_bytes, network->name, XNM_MTU_IPV6);
	}
}
