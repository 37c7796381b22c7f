/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sources.c - decide the source addresses that guests of a closed network may use to and through this host. */
#include "hotplug/core/elements/parts.h"
#include "hotplug/core/want.h"

#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "policy/sections/subnets.h"
#include "policy/sections/traffic.h"

static enum xnm_set_id of_family(enum xnm_set_id set4, const struct xnm_cidr *address)
{
	return address->family == AF_INET ? set4 : (enum xnm_set_id)((int)set4 + 1);
}

static void add_source(struct xnm_elements *out, const char *ifname, const struct xnm_cidr *address,
		       bool prefix)
{
	struct xnm_element *element = xnm_elements_add(out, of_family(XNM_SET_SOURCES4, address));

	xnm_key_ifname(element, 0, ifname);
	xnm_key_address(element, 1, address, prefix);
}

/* Whether the bridge also leads elsewhere: to a LAN, or behind a guest with share=yes. */
static bool has_others(const struct xnm_network *network, const struct xnm_policy *policy)
{
	for (unsigned int i = 0; i < policy->n_uplinks; i++) {
		if (strcmp(policy->uplinks[i].device, network->bridge) == 0)
			return true;
	}
	return network->n_interfaces;
}

void xnm_filter_network_sources(struct xnm_elements *out, const struct xnm_network *network,
				const struct xnm_policy *policy)
{
	const char *bridge = network->bridge;
	struct xnm_element *element;

	if (!xnm_network_is_closed(network))
		return;
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		const struct xnm_cidr *subnet = &network->addresses[i];

		if (!xnm_cidr_is_link_local(subnet) && !xnm_subnet_is_covered(network, i))
			add_source(out, bridge, subnet, true);
	}
	element = xnm_elements_add(out, XNM_SET_WITHIN);
	xnm_key_ifname(element, 0, bridge);
	xnm_key_ifname(element, 1, bridge);
	if (network->n_addresses == 0)
		xnm_key_ifname(xnm_elements_add(out, XNM_SET_UNADDRESSED), 0, bridge);
	if (xnm_network_has_lan(network, policy))
		xnm_key_ifname(xnm_elements_add(out, XNM_SET_LANS), 0, bridge);
}

/* Lists a vif's addresses, and those that it may also send from. Returns how many. */
static unsigned int list_all(struct xnm_cidr *all, const struct xnm_want *want)
{
	static const struct xnm_cidr any[] = { { .family = AF_INET }, { .family = AF_INET6 } };
	bool others = want->section && want->section->share == XNM_YES;

	/* it forwards for others, so any source is possible */
	if (others || want->uplink.n_shares || want->filter.allow & XNM_ALLOW_ROUTER) {
		memcpy(all, any, sizeof(any));
		return 2;
	}
	memcpy(all, want->address.list, want->address.n * sizeof(all[0]));
	memcpy(all + want->address.n, want->filter.allowed,
	       want->filter.n_allowed * sizeof(all[0]));
	return want->address.n + want->filter.n_allowed;
}

/* Whether the network's sources cover it. */
static bool is_the_networks(const struct xnm_network *network, const struct xnm_cidr *address)
{
	unsigned int len = address->prefix_len;

	for (unsigned int i = 0; i < network->n_addresses; i++) {
		const struct xnm_cidr *subnet = &network->addresses[i];

		if (xnm_cidr_within(address, subnet) &&
		    (!xnm_cidr_is_prefix(address) || len >= subnet->prefix_len))
			return true;
	}
	return false;
}

static void add_guest_source(struct xnm_elements *out, const char *bridge,
			     const struct xnm_mac *mac, const struct xnm_cidr *address)
{
	struct xnm_element *element =
		xnm_elements_add(out, of_family(XNM_SET_GUEST_SOURCES4, address));

	xnm_key_ifname(element, 0, bridge);
	xnm_key_mac(element, 1, mac);
	xnm_key_address(element, 2, address, xnm_cidr_is_prefix(address));
}

void xnm_filter_vif_sources(struct xnm_elements *out, const struct xnm_want *want,
			    const struct xnm_mac *mac, const char *ifname,
			    const struct xnm_policy *policy)
{
	const struct xnm_network *network = want->network;
	struct xnm_cidr all[XNM_MAX_ADDRESSES * 3];
	struct xnm_element *element;
	unsigned int n;

	if (!network || !xnm_network_is_closed(network))
		return;
	n = list_all(all, want);
	for (unsigned int i = 0; i < n; i++) {
		if (xnm_cidr_is_covered(all, n, i))
			continue;
		if (want->backend == XNM_BACKEND_ROUTE)
			add_source(out, ifname, &all[i], xnm_cidr_is_prefix(&all[i]));
		else if (!is_the_networks(network, &all[i]))
			add_guest_source(out, want->bridge.name, mac, &all[i]);
	}
	if (want->backend == XNM_BACKEND_ROUTE || !has_others(network, policy))
		return;
	element = xnm_elements_add(out, XNM_SET_INET_MACS);
	xnm_key_ifname(element, 0, want->bridge.name);
	xnm_key_mac(element, 1, mac);
}
