/* SPDX-License-Identifier: GPL-2.0-or-later */
/* subnets.c - tell how an address lies to the subnets of a network. */
#include "policy/sections/subnets.h"

#include "hotplug/base/cidr.h"

bool xnm_network_lacks(const struct xnm_network *network, const struct xnm_cidr *host)
{
	bool any = false;

	if (xnm_cidr_is_link_local(host))
		return false;
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		const struct xnm_cidr *own = &network->addresses[i];

		if (xnm_cidr_within(host, own) && host->prefix_len >= own->prefix_len)
			return false;
		any = any || (own->family == host->family && !xnm_cidr_is_link_local(own));
	}
	return any;
}

bool xnm_network_is_all(const struct xnm_network *network, const struct xnm_cidr *own)
{
	/* without a bridge there is no subnet that guests have in common */
	if (network->backend == XNM_BACKEND_ROUTE ||
	    own->prefix_len == (own->family == AF_INET ? 32 : 128))
		return false;
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		const struct xnm_cidr *subnet = &network->addresses[i];

		if (own->prefix_len <= subnet->prefix_len && xnm_cidr_overlap(own, subnet) &&
		    !xnm_cidr_is_link_local(subnet))
			return true;
	}
	return false;
}

bool xnm_network_has_family(const struct xnm_network *network, uint8_t family)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (network->addresses[i].family == family)
			return true;
	}
	return false;
}

bool xnm_network_has_host(const struct xnm_network *network, const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (xnm_cidr_same_host(&network->addresses[i], address))
			return true;
	}
	return false;
}

const struct xnm_cidr *xnm_network_on_link(const struct xnm_network *network,
					   const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (xnm_cidr_within(address, &network->addresses[i]))
			return &network->addresses[i];
	}
	return NULL;
}

const struct xnm_cidr *xnm_network_subnet(const struct xnm_network *network,
					  const struct xnm_cidr *address)
{
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (!xnm_cidr_is_link_local(&network->addresses[i]) &&
		    xnm_cidr_within(address, &network->addresses[i]))
			return &network->addresses[i];
	}
	return NULL;
}

bool xnm_subnet_is_covered(const struct xnm_network *network, unsigned int i)
{
	const struct xnm_cidr *inner = &network->addresses[i];

	for (unsigned int k = 0; k < network->n_addresses; k++) {
		const struct xnm_cidr *outer = &network->addresses[k];

		/* of two equal ones, the first stays */
		if (k != i && xnm_cidr_within(inner, outer) &&
		    (outer->prefix_len < inner->prefix_len ||
		     (outer->prefix_len == inner->prefix_len && k < i)))
			return true;
	}
	return false;
}
