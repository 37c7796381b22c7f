/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network.c - decide the elements of a network: what is forwarded where, and with which address. */
#include "hotplug/base/cidr.h"
#include "hotplug/core/elements/elements.h"
#include "hotplug/core/elements/parts.h"
#include "policy/sections/subnets.h"
#include "policy/sections/traffic.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/util.h"

static struct xnm_element *add_named(struct xnm_elements *out, enum xnm_set_id set,
				     const char *ifname)
{
	struct xnm_element *element = xnm_elements_add(out, set);

	xnm_key_ifname(element, 0, ifname);
	return element;
}

static void add_path(struct xnm_elements *out, const char *from, const char *to)
{
	xnm_key_ifname(add_named(out, XNM_SET_PATHS, from), 1, to);
}

static void add_services(struct xnm_elements *out, const struct xnm_host_services *services,
			 const char *ifname)
{
	if (services->all)
		return;
	add_named(out, XNM_SET_CLOSED, ifname);
	if (services->ping)
		add_named(out, XNM_SET_PINGABLE, ifname);
	for (unsigned int i = 0; i < services->n; i++) {
		const struct xnm_service *service = &services->list[i];
		struct xnm_element *element = add_named(out, XNM_SET_SERVICES, ifname);

		xnm_key_protocol(element, 1, service->protocol);
		xnm_key_ports(element, 2, service->ports.first, service->ports.last);
	}
}

static void add_acl(struct xnm_elements *out, const struct xnm_network *network, const char *ifname)
{
	char chain[XNM_ACL_CHAIN_LEN];

	if (network->n_acls == 0)
		return;
	xnm_acl_chain(network->acls[0], true, chain);
	xnm_data_chain(add_named(out, XNM_SET_ACL_FROM, ifname), chain);
	xnm_acl_chain(network->acls[0], false, chain);
	xnm_data_chain(add_named(out, XNM_SET_ACL_TO, ifname), chain);
}

/* The pairs of devices between which packets are forwarded. */
static void add_ways(struct xnm_elements *out, const struct xnm_network *network,
		     const char *ifname, const struct xnm_policy *policy)
{
	bool route = network->forward == XNM_FORWARD_ROUTE;

	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		const char *uplink = xnm_network_uplink_device(network, i, policy);

		if (xnm_network_uplink_is_guest(network, i, policy)) {
			xnm_key_ifname(add_named(out, XNM_SET_DETOURS, ifname), 1, uplink);
			continue;
		}
		add_path(out, ifname, uplink);
		if (route)
			add_path(out, uplink, ifname);
	}
	if (network->n_uplinks == 0)
		add_named(out, XNM_SET_EXITS, ifname);
	if (network->n_uplinks == 0 && route)
		add_named(out, XNM_SET_ENTRIES, ifname);
	if (route)
		add_named(out, XNM_SET_ROUTED, ifname);
}

void xnm_filter_inside(struct xnm_elements *out, const struct xnm_network *network,
		       const char *ifname, const struct xnm_policy *policy)
{
	if (!xnm_network_is_closed(network))
		return;
	add_named(out, XNM_SET_INSIDE, ifname);
	add_services(out, &network->host_services, ifname);
	add_acl(out, network, ifname);
	if (network->forward != XNM_FORWARD_NONE)
		add_ways(out, network, ifname, policy);
}

/* This host is the router of such a network: no redirects to another one. */
static void add_open(struct xnm_elements *out, const struct xnm_network *network,
		     const struct xnm_policy *policy)
{
	bool any = network->forward == XNM_FORWARD_OPEN;

	if (xnm_network_is_closed(network))
		return;
	if (any || xnm_network_is_forwarded(network, policy, AF_INET))
		add_named(out, XNM_SET_OPEN4, network->bridge);
	if (any || xnm_network_is_forwarded(network, policy, AF_INET6))
		add_named(out, XNM_SET_OPEN6, network->bridge);
}

static void add_subnet(struct xnm_elements *out, const struct xnm_network *network,
		       const struct xnm_cidr *subnet)
{
	bool ip6 = subnet->family == AF_INET6;
	struct xnm_element *element;

	if (xnm_network_is_closed(network)) {
		element = xnm_elements_add(out, ip6 ? XNM_SET_SUBNETS6 : XNM_SET_SUBNETS4);
		xnm_key_address(element, 0, subnet, true);
	}
	element = xnm_elements_add(out, ip6 ? XNM_SET_LOCAL6 : XNM_SET_LOCAL4);
	xnm_key_address(element, 0, subnet, true);
	xnm_key_address(element, 1, subnet, true);
}

static const struct xnm_cidr *snat_address(const struct xnm_network *network, uint8_t family)
{
	for (unsigned int i = 0; i < network->n_snat; i++) {
		if (network->snat[i].family == family)
			return &network->snat[i];
	}
	return NULL;
}

static void add_sharing(struct xnm_elements *out, const struct xnm_network *network,
			const struct xnm_cidr *subnet, const struct xnm_policy *policy)
{
	const struct xnm_cidr *snat = snat_address(network, subnet->family);
	bool ip6 = subnet->family == AF_INET6;
	struct xnm_element *element;

	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		if (snat)
			element = xnm_elements_add(out, ip6 ? XNM_SET_SNAT6 : XNM_SET_SNAT4);
		else
			element = xnm_elements_add(out,
						   ip6 ? XNM_SET_MASQUERADE6 : XNM_SET_MASQUERADE4);
		xnm_key_address(element, 0, subnet, true);
		xnm_key_ifname(element, 1, xnm_network_uplink_device(network, i, policy));
		if (snat)
			xnm_data_address(element, snat);
	}
	if (network->n_uplinks == 0) {
		element = xnm_elements_add(out,
					   ip6 ? XNM_SET_MASQUERADE_ANY6 : XNM_SET_MASQUERADE_ANY4);
		xnm_key_address(element, 0, subnet, true);
	}
}

static void add_forwards(struct xnm_elements *out, const struct xnm_network *network,
			 const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < policy->n_forwards; i++) {
		const struct xnm_forward *forward = &policy->forwards[i];

		if (forward->target_is_address && strcmp(forward->network, network->name) == 0)
			xnm_filter_forward(out, forward, &forward->target_address);
	}
}

int xnm_filter_network(struct xnm_elements *out, const struct xnm_network *network,
		       const struct xnm_policy *policy, struct xnm_err *err)
{
	const char *bridge = network->bridge;

	out->n = 0;
	out->full = false;
	if (network->backend == XNM_BACKEND_BRIDGE) {
		xnm_filter_inside(out, network, bridge, policy);
		add_open(out, network, policy);
		xnm_filter_network_sources(out, network, policy);
		if (xnm_network_sends_no_redirects(network))
			add_named(out, XNM_SET_SILENT, bridge);
		/* with br_netfilter, bridged frames pass the forward chain, too; isolated ports are
		 * checked at the bridge's output: ruleset_isolation.c */
		if (xnm_network_is_closed(network) && xnm_network_has_unisolated(network, policy))
			add_path(out, bridge, bridge);
		for (unsigned int i = 0; i < network->n_addresses; i++) {
			const struct xnm_cidr *subnet = &network->addresses[i];
			bool shared = xnm_network_is_masqueraded(network, subnet->family);

			if (xnm_cidr_is_link_local(subnet) || xnm_subnet_is_covered(network, i))
				continue;
			if (shared || xnm_network_is_closed(network))
				add_subnet(out, network, subnet);
			if (shared)
				add_sharing(out, network, subnet, policy);
		}
	}
	if (network->backend == XNM_BACKEND_BRIDGE && xnm_network_needs_localnet(network, policy))
		add_named(out, XNM_SET_LOCALNET, bridge);
	add_forwards(out, network, policy);
	return out->full ? xnm_fail(err, -E2BIG,
				    "network %s has too many addresses, uplinks and port forwards",
				    network->name)
			 : 0;
}

static void add_forward_element(struct xnm_elements *out, const struct xnm_cidr *listen,
				uint8_t protocol, const struct xnm_port_range *ports,
				const struct xnm_port_range *to, const struct xnm_cidr *target)
{
	bool ip6 = target->family == AF_INET6, same = ports->first == to->first;
	unsigned int n = same ? 1 : (unsigned int)(ports->last - ports->first) + 1;
	const struct xnm_cidr any = { .family = target->family };

	/* a range with another target port needs one element per port: nftables cannot add */
	for (unsigned int i = 0; i < n && !out->full; i++) {
		uint16_t first = (uint16_t)(ports->first + i);
		struct xnm_element *element;

		if (same)
			element = xnm_elements_add(out, ip6 ? XNM_SET_RANGES6 : XNM_SET_RANGES4);
		else
			element =
				xnm_elements_add(out, ip6 ? XNM_SET_FORWARDS6 : XNM_SET_FORWARDS4);
		xnm_key_address(element, 0, listen ? listen : &any, !listen);
		xnm_key_protocol(element, 1, protocol);
		xnm_key_ports(element, 2, first, same ? ports->last : first);
		if (same)
			xnm_data_address(element, target);
		else
			xnm_data_address_port(element, target, (uint16_t)(to->first + i));
	}
}

void xnm_filter_forward(struct xnm_elements *out, const struct xnm_forward *forward,
			const struct xnm_cidr *target)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP };

	for (unsigned int p = 0; p < 2 * forward->n_ports; p++) {
		unsigned int i = p / 2;

		if (!(forward->protocols & (1u << (p % 2))))
			continue;
		if (forward->n_listen == 0)
			add_forward_element(out, NULL, protocols[p % 2], &forward->ports[i],
					    &forward->target_ports[i], target);
		for (unsigned int k = 0; k < forward->n_listen; k++) {
			if (forward->listen[k].family == target->family)
				add_forward_element(out, &forward->listen[k], protocols[p % 2],
						    &forward->ports[i], &forward->target_ports[i],
						    target);
		}
	}
}
