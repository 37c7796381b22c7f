/* SPDX-License-Identifier: GPL-2.0-or-later */
/* networks.c - fill in the defaults of [network] sections and check what they say. */
#include "policy/sections/resolve.h"

#include <string.h>

#include "hotplug/base/util.h"

/* Keys that need a bridge. */
static const enum xnm_key_id bridge_keys[] = {
	XNM_KEY_NETWORK_BRIDGE,
	XNM_KEY_NETWORK_CREATE,
	XNM_KEY_NETWORK_KEEP,
	XNM_KEY_NETWORK_INTERFACES,
	XNM_KEY_NETWORK_STP,
	XNM_KEY_NETWORK_VLAN_FILTERING,
	XNM_KEY_NETWORK_VLAN,
	XNM_KEY_NETWORK_ISOLATED,
	XNM_KEY_NETWORK_LEARNING,
	XNM_KEY_NETWORK_HAIRPIN,
	XNM_KEY_NETWORK_GUARD,
	XNM_KEY_NETWORK_ROOT_BLOCK,
	XNM_KEY_NETWORK_FLOOD,
	XNM_KEY_NETWORK_MCAST_FLOOD,
	XNM_KEY_NETWORK_BCAST_FLOOD,
	XNM_KEY_NETWORK_NEIGH_SUPPRESS,
	XNM_KEY_NETWORK_START,
	XNM_KEY_NETWORK_SEND_REDIRECTS,
	XNM_KEY_NETWORK_DHCP,
	XNM_KEY_NETWORK_IPV6_RA,
	XNM_KEY_NETWORK_MULTICAST_SNOOPING,
	XNM_KEY_NETWORK_MULTICAST_QUERIER,
	XNM_KEY_NETWORK_FAST_LEAVE,
	XNM_KEY_NETWORK_MCAST_TO_UNICAST,
};

/* Before the defaults are filled in: they set some of these keys. */
static void check_backend(const struct xnm_resolver *r, const struct xnm_network *network)
{
	if (network->backend != XNM_BACKEND_ROUTE)
		return;
	for (size_t i = 0; i < XNM_N_ELEMENTS(bridge_keys); i++) {
		enum xnm_key_id id = bridge_keys[i];

		if (xnm_key_is_set(network, id))
			xnm_mistake_at(r->rep, network->written.keys[id - XNM_FIRST_KEY_OF_NETWORK],
				       "%s= has no effect with backend=route", xnm_keys[id].name);
	}
	if (network->forward == XNM_FORWARD_NAT || network->forward == XNM_FORWARD_BRIDGE)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, FORWARD),
			       "forward=%s is not possible with backend=route",
			       xnm_forward_word(network->forward));
}

static void fill_bridge(const struct xnm_resolver *r, struct xnm_network *network)
{
	if (network->bridge[0] || network->backend == XNM_BACKEND_ROUTE ||
	    XNM_KEY_REFUSED(r, network, NETWORK, BRIDGE))
		return;
	if (!xnm_ifname_ok(network->name) || xnm_ifname_is_vif(network->name)) {
		xnm_mistake_at(r->rep, network->origin,
			       "[network %s]: the name cannot be that of a bridge; add bridge=",
			       network->name);
		return;
	}
	memcpy(network->bridge, network->name, sizeof(network->bridge));
}

/* A mode that was refused stays unset, so that mistakes that follow from it are not reported. */
static void fill_forward(const struct xnm_resolver *r, struct xnm_network *network)
{
	if (network->forward == XNM_FORWARD_UNSET &&
	    !XNM_KEY_REFUSED(r, network, NETWORK, FORWARD)) {
		if (network->backend == XNM_BACKEND_ROUTE)
			network->forward = XNM_FORWARD_ROUTE;
		else if (network->n_interfaces || !network->n_addresses)
			network->forward = XNM_FORWARD_BRIDGE;
		else
			network->forward = XNM_FORWARD_NONE;
	}
	if (network->masquerade == XNM_MASQ_UNSET &&
	    !XNM_KEY_REFUSED(r, network, NETWORK, MASQUERADE))
		network->masquerade =
			network->forward == XNM_FORWARD_NAT ? XNM_MASQ_BOTH : XNM_MASQ_NO;
}

static void fill_services(struct xnm_host_services *services)
{
	static const struct xnm_service dhcp_and_dns[] = {
		{ IPPROTO_UDP, { 67, 67 } },
		{ IPPROTO_UDP, { 547, 547 } },
		{ IPPROTO_UDP, { 53, 53 } },
		{ IPPROTO_TCP, { 53, 53 } },
	};

	if (services->set)
		return;
	services->ping = true;
	services->n = XNM_N_ELEMENTS(dhcp_and_dns);
	memcpy(services->list, dhcp_and_dns, sizeof(dhcp_and_dns));
}

static void fill_network(const struct xnm_resolver *r, struct xnm_network *network)
{
	enum xnm_tristate proxy;

	fill_bridge(r, network);
	if (network->create == XNM_UNSET)
		network->create = XNM_YES;
	/* the host itself may use a bridge with interfaces when no guest is left */
	if (network->keep == XNM_UNSET)
		network->keep = network->n_interfaces || network->start == XNM_START_BOOT ? XNM_YES
											  : XNM_NO;
	fill_forward(r, network);
	fill_services(&network->host_services);
	xnm_resolve_told(r, network);
	xnm_resolve_network_mtu(r, network);
	proxy = network->forward == XNM_FORWARD_ROUTE ? XNM_YES : XNM_NO;
	if (network->proxy_arp == XNM_UNSET)
		network->proxy_arp = proxy;
	if (network->proxy_ndp == XNM_UNSET)
		network->proxy_ndp = proxy;
}

static void check_bridge(const struct xnm_resolver *r, const struct xnm_network *network)
{
	const struct xnm_network *first = xnm_policy_network_by_bridge(r->policy, network->bridge);
	char where[160], device[XNM_DEVICE_TEXT_LEN];

	(void)xnm_policy_device(r->policy, network->bridge, device);
	if (network->has_vlan && network->vlan_filtering == XNM_NO)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, VLAN),
			       "vlan= has no effect with vlan-filtering=no");
	if (network->start == XNM_START_BOOT && network->keep == XNM_NO)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, KEEP),
			       "keep=no is not possible with start=boot, which keeps the bridge");
	for (unsigned int i = 0; i < network->n_interfaces; i++) {
		if (network->bridge[0] && strcmp(network->interfaces[i], network->bridge) == 0)
			xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, INTERFACES),
				       "interfaces=%s: the bridge cannot be its own port", device);
	}
	if (first && first != network)
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, BRIDGE),
			       "[network %s]: the bridge %s is that of [network %s] already, %s",
			       network->name, device, first->name,
			       xnm_policy_origin(r->policy, first->origin, where, sizeof(where)));
}

static void check_masquerade(const struct xnm_resolver *r, const struct xnm_network *network)
{
	bool has_address = network->n_addresses || XNM_KEY_REFUSED(r, network, NETWORK, ADDRESS);
	struct xnm_origin origin = XNM_KEY_ORIGIN(network, NETWORK, MASQUERADE);
	const char *word = xnm_masquerade_word(network->masquerade);

	if (network->forward == XNM_FORWARD_NAT && !has_address) {
		xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, FORWARD),
			       "forward=nat needs address=, the subnets of the guests");
		return;
	}
	if (network->masquerade <= XNM_MASQ_NO)
		return;
	if (!has_address)
		xnm_mistake_at(r->rep, origin,
			       "masquerade=%s needs address=, the subnets of the guests", word);
	else if (network->forward == XNM_FORWARD_NONE)
		xnm_mistake_at(r->rep, origin,
			       "masquerade=%s has no effect with forward=%s; add forward=nat", word,
			       xnm_forward_word(network->forward));
}

static void check_snat(const struct xnm_resolver *r, const struct xnm_network *network)
{
	struct xnm_origin origin = XNM_KEY_ORIGIN(network, NETWORK, SNAT);

	if (network->n_snat && !network->n_uplinks && !XNM_KEY_REFUSED(r, network, NETWORK, UPLINK))
		xnm_mistake_at(r->rep, origin, "snat= needs uplink=");
	if (network->n_snat == 2 && network->snat[0].family == network->snat[1].family)
		xnm_mistake_at(r->rep, origin,
			       "snat=: only one IPv4 and one IPv6 address are possible");
}

static void check_uplinks(const struct xnm_resolver *r, const struct xnm_network *network)
{
	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		if (!xnm_policy_uplink(r->policy, network->uplinks[i]))
			xnm_unknown_name(r, XNM_KEY_ORIGIN(network, NETWORK, UPLINK), "uplink",
					 XNM_SECTION_UPLINK, network->uplinks[i]);
	}
}

void xnm_resolve_acls(const struct xnm_resolver *r, struct xnm_origin origin,
		      const char names[][XNM_NAME_LEN], unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (!xnm_policy_acl(r->policy, names[i]))
			xnm_unknown_name(r, origin, "acl", XNM_SECTION_ACL, names[i]);
	}
}

static void check_acl_names(const struct xnm_resolver *r)
{
	for (unsigned int i = 0; i < r->policy->n_acls; i++) {
		const struct xnm_acl *acl = &r->policy->acls[i];

		if (strlen(acl->name) > XNM_ACL_NAME_MAX)
			xnm_mistake_at(r->rep, acl->origin,
				       "[acl %s]: the name is too long, at most %d characters fit",
				       acl->name, XNM_ACL_NAME_MAX);
	}
}

void xnm_resolve_networks(const struct xnm_resolver *r)
{
	struct xnm_policy *policy = r->policy;

	check_acl_names(r);
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		check_backend(r, &policy->networks[i]);
		fill_network(r, &policy->networks[i]);
	}
	xnm_resolve_names(r);
	for (unsigned int i = 0; i < policy->n_networks; i++) {
		const struct xnm_network *network = &policy->networks[i];

		check_bridge(r, network);
		check_masquerade(r, network);
		check_snat(r, network);
		check_uplinks(r, network);
		xnm_resolve_dhcp(r, network);
		xnm_resolve_acls(r, XNM_KEY_ORIGIN(network, NETWORK, ACL), network->acls,
				 network->n_acls);
		if (network->n_acls && xnm_policy_acl(policy, network->acls[0]) &&
		    !xnm_network_is_closed(network))
			xnm_mistake_at(r->rep, XNM_KEY_ORIGIN(network, NETWORK, ACL),
				       "acl=%s has no effect with forward=%s", network->acls[0],
				       xnm_forward_word(network->forward));
	}
}
