/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp.c - check what a network needs for DHCP and router advertisements. */
#include "policy/sections/resolve.h"

#include "hotplug/base/cidr.h"

static bool has_subnet(const struct xnm_network *network, uint8_t family)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (network->addresses[i].family == family &&
		    !xnm_cidr_is_link_local(&network->addresses[i]))
			return true;
	}
	return false;
}

void xnm_resolve_dhcp(const struct xnm_resolver *r, const struct xnm_network *network)
{
	if (network->backend == XNM_BACKEND_ROUTE || XNM_KEY_REFUSED(r, network, NETWORK, ADDRESS))
		return;
	if (network->dhcp == XNM_SERVER_DNSMASQ && !has_subnet(network, AF_INET) &&
	    !has_subnet(network, AF_INET6))
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, DHCP),
			       "dhcp=dnsmasq needs address=, from which dnsmasq answers");
	if (network->ipv6_ra == XNM_SERVER_DNSMASQ && !has_subnet(network, AF_INET6))
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, IPV6_RA),
			       "ipv6-ra=dnsmasq needs an IPv6 address=, whose subnet is announced");
}
