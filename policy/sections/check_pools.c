/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_pools.c - look for pools that no vif uses, and for what keeps dnsmasq from answering. */
#include "policy/sections/check.h"

#include <string.h>

#include "policy/schema.h"
#include "policy/sections/traffic.h"

static bool is_used(const struct xnm_policy *policy, const char *pool)
{
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		if (strcmp(policy->vifs[i].own.pool, pool) == 0)
			return true;
	}
	return false;
}

void xnm_check_pools(const struct xnm_policy *policy, struct xnm_reporter *rep)
{
	for (unsigned int i = 0; i < policy->n_pools; i++) {
		const struct xnm_pool *pool = &policy->pools[i];

		if (!is_used(policy, pool->name))
			xnm_warning_at(rep, pool->origin,
				       "[pool %s]: no [vif] section says address=auto %s",
				       pool->name, pool->name);
	}
}

static void check_server(const struct xnm_network *network, struct xnm_reporter *rep)
{
	struct xnm_origin origin = network->dhcp == XNM_SERVER_DNSMASQ
					   ? XNM_KEY_ORIGIN(network, NETWORK, DHCP)
					   : XNM_KEY_ORIGIN(network, NETWORK, IPV6_RA);
	const char *key = network->dhcp == XNM_SERVER_DNSMASQ ? "dhcp" : "ipv6-ra";

	if (!xnm_has_program("dnsmasq"))
		xnm_warning_at(rep, origin,
			       "%s=dnsmasq: there is no program dnsmasq on this machine; install "
			       "it, and see 'xnm dnsmasq %s'",
			       key, network->name);
	if (network->dhcp == XNM_SERVER_DNSMASQ && !xnm_network_serves(network, IPPROTO_UDP, 67))
		xnm_warning_at(rep, XNM_KEY_ORIGIN(network, NETWORK, HOST_SERVICES),
			       "host-services= has no dhcp: guests cannot ask for the addresses "
			       "of dhcp=dnsmasq");
}

void xnm_check_dhcp(const struct xnm_policy *policy, struct xnm_reporter *rep)
{
	static const struct {
		enum xnm_key_id id;
		unsigned int index;
	} keys[] = {
		{ XNM_KEY_NETWORK_DHCP_HOSTS_DIRECTORY,
		  XNM_KEY_INDEX(NETWORK, DHCP_HOSTS_DIRECTORY) },
		{ XNM_KEY_NETWORK_DOMAIN, XNM_KEY_INDEX(NETWORK, DOMAIN) },
		{ XNM_KEY_NETWORK_LEASE_TIME, XNM_KEY_INDEX(NETWORK, LEASE_TIME) },
	};

	for (unsigned int i = 0; i < policy->n_networks; i++) {
		const struct xnm_network *network = &policy->networks[i];

		if (network->dhcp == XNM_SERVER_DNSMASQ || network->ipv6_ra == XNM_SERVER_DNSMASQ)
			check_server(network, rep);
		for (size_t k = 0; network->dhcp != XNM_SERVER_DNSMASQ && k < XNM_N_ELEMENTS(keys);
		     k++) {
			if (xnm_key_is_set(network, keys[k].id))
				xnm_warning_at(rep, network->written.keys[keys[k].index],
					       "%s= has no effect without dhcp=dnsmasq",
					       xnm_keys[keys[k].id].name);
		}
	}
}
