/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traffic.c - tell what the policy makes of packets of a network: routed, translated, answered. */
#include "policy/sections/traffic.h"

#include <string.h>
#include <sys/socket.h>

#include "policy/sections/subnets.h"

const char *xnm_network_uplink_device(const struct xnm_network *network, unsigned int i,
				      const struct xnm_policy *policy)
{
	const struct xnm_uplink *uplink = xnm_policy_uplink(policy, network->uplinks[i]);

	/* loading has refused unknown names */
	return uplink ? uplink->device : "";
}

bool xnm_network_uplink_is_guest(const struct xnm_network *network, unsigned int i,
				 const struct xnm_policy *policy)
{
	const struct xnm_uplink *uplink = xnm_policy_uplink(policy, network->uplinks[i]);

	return uplink && uplink->guest[0];
}

bool xnm_network_has_lan(const struct xnm_network *network, const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		const struct xnm_uplink *uplink = &policy->uplinks[i];

		if (!uplink->guest[0] && strcmp(uplink->device, network->bridge) == 0)
			return true;
	}
	return network->n_interfaces;
}

bool xnm_network_has_interface(const struct xnm_network *network, const char *ifname)
{
	for (unsigned int i = 0; i < network->n_interfaces; i++) {
		if (strcmp(network->interfaces[i], ifname) == 0)
			return true;
	}
	return false;
}

bool xnm_network_has_unisolated(const struct xnm_network *network, const struct xnm_policy *policy)
{
	if (network->port.isolated != XNM_YES || network->n_interfaces)
		return true;
	for (unsigned int i = 0; i < policy->n_vifs; i++) {
		const struct xnm_vif_policy *section = &policy->vifs[i];

		if (section->port.isolated == XNM_NO &&
		    (!section->network[0] || strcmp(section->network, network->name) == 0))
			return true;
	}
	return false;
}

bool xnm_network_has_forwards(const struct xnm_network *network, const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < policy->n_forwards; i++) {
		if (strcmp(policy->forwards[i].network, network->name) == 0)
			return true;
	}
	return false;
}

/* Which addresses the vifs of a routed network have is known only when they come. */
static bool may_have_family(const struct xnm_network *network, uint8_t family)
{
	return network->backend == XNM_BACKEND_ROUTE || xnm_network_has_family(network, family);
}

bool xnm_network_needs_localnet(const struct xnm_network *network, const struct xnm_policy *policy)
{
	return xnm_network_has_forwards(network, policy) && may_have_family(network, AF_INET);
}

bool xnm_network_is_forwarded(const struct xnm_network *network, const struct xnm_policy *policy,
			      uint8_t family)
{
	return (network->forward == XNM_FORWARD_NAT || network->forward == XNM_FORWARD_ROUTE ||
		network->masquerade != XNM_MASQ_NO || xnm_network_has_forwards(network, policy)) &&
	       may_have_family(network, family);
}

bool xnm_network_is_masqueraded(const struct xnm_network *network, uint8_t family)
{
	if (network->masquerade == XNM_MASQ_BOTH)
		return true;
	return network->masquerade == (family == AF_INET ? XNM_MASQ_IPV4 : XNM_MASQ_IPV6);
}

bool xnm_network_sends_no_redirects(const struct xnm_network *network)
{
	if (network->send_redirects != XNM_UNSET)
		return network->send_redirects == XNM_NO;
	return network->backend == XNM_BACKEND_BRIDGE && network->n_interfaces &&
	       network->masquerade > XNM_MASQ_NO;
}

bool xnm_network_serves(const struct xnm_network *network, uint8_t protocol, uint16_t port)
{
	const struct xnm_host_services *services = &network->host_services;

	if (services->all || !xnm_network_is_closed(network))
		return true;
	for (unsigned int i = 0; i < services->n; i++) {
		const struct xnm_service *service = &services->list[i];

		if ((protocol == 0 || service->protocol == protocol) &&
		    service->ports.first <= port && port <= service->ports.last)
			return true;
	}
	return false;
}
