/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestinfo.c - check the gateway and the name servers that guests are told of. */
#include "policy/sections/guestinfo.h"

#include "hotplug/base/cidr.h"
#include "policy/sections/resolve.h"
#include "policy/sections/subnets.h"

/* Without address=, the subnets are unknown here: there is nothing to compare. */
static void check_hosts(const struct xnm_resolver *r, const struct xnm_network *network,
			const struct xnm_told_hosts *hosts, struct xnm_origin origin,
			const char *key)
{
	bool gateway = hosts == &network->gateway;
	char text[XNM_CIDR_TEXT_LEN];

	if (!network->n_addresses) {
		if (hosts->self && !XNM_KEY_REFUSED(r, network, NETWORK, ADDRESS))
			xnm_mistake_at(r->rep, origin, "%s=self needs address=, this host's own",
				       key);
		return;
	}
	for (unsigned int i = 0; i < hosts->n; i++) {
		const struct xnm_cidr *host = &hosts->list[i];

		xnm_cidr_format_host(host, text);
		if (!xnm_network_has_family(network, host->family))
			xnm_mistake_at(
				r->rep, origin,
				"%s=%s: [network %s] has no %s address; add one to address=", key,
				text, network->name, host->family == AF_INET ? "IPv4" : "IPv6");
		else if (gateway && network->backend != XNM_BACKEND_ROUTE &&
			 xnm_network_lacks(network, host))
			xnm_mistake_at(r->rep, origin, "%s=%s: is in no subnet of [network %s]",
				       key, text, network->name);
	}
}

void xnm_resolve_told(const struct xnm_resolver *r, struct xnm_network *network)
{
	if (network->gateway.set)
		check_hosts(r, network, &network->gateway,
			    XNM_KEY_ORIGIN(network, NETWORK, GATEWAY), "gateway");
	else if (!XNM_KEY_REFUSED(r, network, NETWORK, GATEWAY))
		network->gateway.self = network->forward == XNM_FORWARD_NAT ||
					network->forward == XNM_FORWARD_ROUTE;
	if (network->dns.set)
		check_hosts(r, network, &network->dns, XNM_KEY_ORIGIN(network, NETWORK, DNS),
			    "dns");
}

const struct xnm_cidr *xnm_network_router(const struct xnm_network *network,
					  const struct xnm_cidr *subnet)
{
	const struct xnm_told_hosts *gateway = &network->gateway;

	for (unsigned int i = 0; subnet && i < gateway->n; i++) {
		if (gateway->list[i].family == subnet->family)
			return &gateway->list[i];
	}
	return gateway->self ? subnet : NULL;
}
