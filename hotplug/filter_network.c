/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter_network.c - decide what a network puts into the sets: who may go where, and as whom. */
#include "hotplug/filter.h"
#include "hotplug/ruleset.h"
#include "policy/prefix.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/util.h"

/*
 * Several questions fit into a second, and the answer of a router that is there
 * takes far less. A whole number of ticks with every CONFIG_HZ, or the kernel
 * would read it back as another.
 */
#define RETRANS_MS 200

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

static const char *uplink_of(const struct xnm_network *network, unsigned int i,
			     const struct xnm_policy *policy)
{
	const struct xnm_uplink *uplink = xnm_policy_uplink(policy, network->uplinks[i]);

	/* loading has looked for it */
	return uplink ? uplink->device : "";
}

/* Whether a guest shares its connection there: other guests are behind the same device. */
static bool is_guest(const struct xnm_network *network, unsigned int i,
		     const struct xnm_policy *policy)
{
	const struct xnm_uplink *uplink = xnm_policy_uplink(policy, network->uplinks[i]);

	return uplink && uplink->guest[0];
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

/* Where what comes from a guest may go, and what may come to it. */
static void add_ways(struct xnm_elements *out, const struct xnm_network *network,
		     const char *ifname, const struct xnm_policy *policy)
{
	bool route = network->forward == XNM_FORWARD_ROUTE;

	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		const char *uplink = uplink_of(network, i, policy);

		if (is_guest(network, i, policy)) {
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

static bool is_masqueraded(const struct xnm_network *network, uint8_t family)
{
	if (network->masquerade == XNM_MASQ_BOTH)
		return true;
	return network->masquerade == (family == AF_INET ? XNM_MASQ_IPV4 : XNM_MASQ_IPV6);
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
		xnm_key_ifname(element, 1, uplink_of(network, i, policy));
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

/* An interval set takes no subnet inside another one. */
static bool is_covered(const struct xnm_network *network, unsigned int i)
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

/*
 * Whether the host keeps silent about routers that guests could ask themselves. A guest that
 * shares the link with the router would else be sent there, past what translates its address.
 */
static bool keeps_silent(const struct xnm_network *network)
{
	if (network->send_redirects != XNM_UNSET)
		return network->send_redirects == XNM_NO;
	return network->backend == XNM_BACKEND_BRIDGE && network->n_interfaces &&
	       network->masquerade > XNM_MASQ_NO;
}

int xnm_filter_network(struct xnm_elements *out, const struct xnm_network *network,
		       const struct xnm_policy *policy, struct xnm_err *err)
{
	const char *bridge = network->bridge;

	out->n = 0;
	out->full = false;
	if (network->backend == XNM_BACKEND_BRIDGE) {
		xnm_filter_inside(out, network, bridge, policy);
		if (keeps_silent(network))
			add_named(out, XNM_SET_SILENT, bridge);
		/* the host itself passes frames on between ports where br_netfilter is on */
		if (xnm_network_is_closed(network) &&
		    (network->port.isolated != XNM_YES || network->n_interfaces))
			add_path(out, bridge, bridge);
		for (unsigned int i = 0; i < network->n_addresses; i++) {
			const struct xnm_cidr *subnet = &network->addresses[i];
			bool shared = is_masqueraded(network, subnet->family);

			if (xnm_cidr_is_link_local(subnet) || is_covered(network, i))
				continue;
			if (shared || xnm_network_is_closed(network))
				add_subnet(out, network, subnet);
			if (shared)
				add_sharing(out, network, subnet, policy);
		}
	}
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

	/* ports that move by some number are one element each; nftables cannot add */
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

/* ifname "": a setting of the whole host */
static void add_setting(struct xnm_setting *out, unsigned int *n, uint32_t value, const char *where,
			const char *ifname, const char *name)
{
	if (*n == XNM_MAX_SETTINGS)
		return;
	out[*n] = (struct xnm_setting){ .value = value };
	(void)snprintf(out[(*n)++].path, sizeof(out[0].path), "%s%s%s", where, ifname, name);
}

/* Of an uplink's device, which may be the bridge that is still to be made. */
static void add_of_uplink(struct xnm_setting *out, unsigned int *n, uint32_t value,
			  const char *where, const struct xnm_uplink *uplink, const char *bridge,
			  const char *name)
{
	add_setting(out, n, value, where, uplink->device, name);
	out[*n - 1].of_bridge |= strcmp(uplink->device, bridge) == 0;
}

static void add_of_bridge(struct xnm_setting *out, unsigned int *n, uint32_t value,
			  const char *bridge, const char *name)
{
	add_setting(out, n, value, "ipv4/conf/", bridge, name);
	out[*n - 1].of_bridge = true;
}

/*
 * The first question for the router's MAC address after a carrier's return may
 * find the other end still coming up; the kernel would ask again only after a
 * second, in which nothing gets out. Whoever asks more often already goes on.
 */
static void add_retrans(struct xnm_setting *out, unsigned int *n, const struct xnm_uplink *uplink,
			const char *bridge)
{
	static const char *const where[] = { "ipv4/neigh/", "ipv6/neigh/" };

	for (size_t i = 0; i < XNM_N_ELEMENTS(where); i++) {
		add_of_uplink(out, n, RETRANS_MS, where[i], uplink, bridge, "/retrans_time_ms");
		out[*n - 1].at_most = true;
	}
}

/*
 * A way out that has lost its carrier is none: its routes are as if they were
 * not there. IPv4 asks the device, and older kernels "all" as well; for IPv6,
 * "all" would change every device. And where guests leave by one among them,
 * the host would tell them to ask it themselves, which they would go on to do
 * when it is not in use any more.
 */
static void add_uplinks(struct xnm_setting *out, unsigned int *n, const struct xnm_network *network,
			const char *bridge, const struct xnm_policy *policy)
{
	static const char linkdown[] = "/ignore_routes_with_linkdown",
			  redirects[] = "/send_redirects";
	bool any_linkdown = false, any_redirects = false;

	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		const struct xnm_uplink *uplink = xnm_policy_uplink(policy, network->uplinks[i]);

		if (uplink && uplink->guest[0] && strcmp(uplink->device, bridge) == 0) {
			if (!any_redirects)
				add_of_uplink(out, n, 0, "ipv4/conf/", uplink, bridge, redirects);
			any_redirects = true;
		} else if (uplink && !uplink->guest[0] && xnm_uplink_has_gateway(uplink)) {
			add_of_uplink(out, n, 1, "ipv4/conf/", uplink, bridge, linkdown);
			add_of_uplink(out, n, 1, "ipv6/conf/", uplink, bridge, linkdown);
			add_retrans(out, n, uplink, bridge);
			any_linkdown = true;
		}
	}
	if (any_linkdown)
		add_setting(out, n, 1, "ipv4/conf/all", "", linkdown);
	if (any_redirects)
		add_setting(out, n, 0, "ipv4/conf/all", "", redirects);
}

/* 2: accept router advertisements although it forwards. Who has switched them off keeps that. */
static void add_accept_ra(struct xnm_setting *out, unsigned int *n, const char *uplink)
{
	add_setting(out, n, 2, "ipv6/conf/", uplink, "/accept_ra");
	out[*n - 1].from_one = true;
}

static bool has_family(const struct xnm_network *network, uint8_t family)
{
	/* which addresses the vifs of a routed network have is not known here */
	if (network->backend == XNM_BACKEND_ROUTE)
		return true;
	for (unsigned int i = 0; i < network->n_addresses; i++) {
		if (network->addresses[i].family == family)
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

bool xnm_filter_passes(const struct xnm_network *network, const struct xnm_policy *policy,
		       uint8_t family)
{
	return (network->forward == XNM_FORWARD_NAT || network->forward == XNM_FORWARD_ROUTE ||
		network->masquerade != XNM_MASQ_NO || xnm_network_has_forwards(network, policy)) &&
	       has_family(network, family);
}

/* The kernel sends them if that of the device or that of all is on: IN_DEV_TX_REDIRECTS(). */
static void add_redirects(struct xnm_setting *out, unsigned int *n,
			  const struct xnm_network *network, const char *ifname)
{
	if (ifname[0] == '\0')
		return;
	if (keeps_silent(network)) {
		add_setting(out, n, 0, "ipv4/conf/all/send_redirects", "", "");
		add_of_bridge(out, n, 0, ifname, "/send_redirects");
	} else if (network->send_redirects == XNM_YES) {
		add_of_bridge(out, n, 1, ifname, "/send_redirects");
	}
}

unsigned int xnm_filter_settings(struct xnm_setting out[XNM_MAX_SETTINGS],
				 const struct xnm_network *network, const char *ifname,
				 const struct xnm_policy *policy)
{
	unsigned int n = 0;

	if (xnm_filter_passes(network, policy, AF_INET))
		add_setting(out, &n, 1, "ipv4/ip_forward", "", "");
	if (xnm_network_has_forwards(network, policy) && ifname[0] && has_family(network, AF_INET))
		add_of_bridge(out, &n, 1, ifname, "/route_localnet");
	add_redirects(out, &n, network, ifname);
	add_uplinks(out, &n, network, ifname, policy);
	if (!xnm_filter_passes(network, policy, AF_INET6))
		return n;
	/* a host that forwards IPv6 would no longer listen to the routers on its uplinks */
	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		if (!is_guest(network, i, policy))
			add_accept_ra(out, &n, uplink_of(network, i, policy));
	}
	for (unsigned int i = 0; network->proxy_ndp == XNM_YES && i < network->n_uplinks; i++)
		add_setting(out, &n, 1, "ipv6/conf/", uplink_of(network, i, policy), "/proxy_ndp");
	add_setting(out, &n, 1, "ipv6/conf/all/forwarding", "", "");
	return n;
}
