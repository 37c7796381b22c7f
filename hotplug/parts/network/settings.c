/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings.c - decide which sysctls a network needs: forwarding, redirects, lost carriers. */
#include "hotplug/parts/filter/filter.h"
#include "hotplug/parts/network/network.h"

#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/util.h"
#include "policy/sections/traffic.h"

/*
 * Several ARP requests per second; a router's answer takes far less. A whole number of ticks with
 * every CONFIG_HZ, or the kernel would return another value.
 */
#define RETRANS_MS 200

/* ifname "": a sysctl of the whole host */
static void add_setting(struct xnm_setting *out, unsigned int *n, uint32_t value, const char *where,
			const char *ifname, const char *name)
{
	if (*n == XNM_MAX_SETTINGS)
		return;
	out[*n] = (struct xnm_setting){ .value = value };
	(void)snprintf(out[(*n)++].path, sizeof(out[0].path), "%s%s%s", where, ifname, name);
}

/* Of an uplink's device, which may be a bridge that does not exist yet. */
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
 * The first ARP request after a carrier returns may be lost, as the other end is still coming up;
 * the kernel would repeat it only after a second, in which nothing gets out. A shorter interval is
 * kept.
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
 * Routes through an uplink without carrier are ignored (ignore_routes_with_linkdown). IPv4 checks
 * the device, and older kernels "all", too; for IPv6, "all" would change every device. And if
 * guests leave by an uplink on their own link, redirects are switched off: guests would keep using
 * a redirected route when that uplink is no longer in use.
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

/* 2: accept router advertisements although the host forwards. A 0 is kept. */
static void add_accept_ra(struct xnm_setting *out, unsigned int *n, const char *uplink)
{
	add_setting(out, n, 2, "ipv6/conf/", uplink, "/accept_ra");
	out[*n - 1].from_one = true;
}

/* Guests' router advertisements must not give this host routes, addresses or an MTU. */
static void add_deaf(struct xnm_setting *out, unsigned int *n, const struct xnm_network *network,
		     const char *bridge, const struct xnm_policy *policy)
{
	if (xnm_network_has_lan(network, policy))
		return;
	add_setting(out, n, 0, "ipv6/conf/", bridge, "/accept_ra");
	out[*n - 1].of_bridge = true;
}

/* The kernel sends redirects if the device's or the "all" setting is on: IN_DEV_TX_REDIRECTS(). */
static void add_redirects(struct xnm_setting *out, unsigned int *n,
			  const struct xnm_network *network, const char *ifname)
{
	if (ifname[0] == '\0')
		return;
	if (xnm_network_sends_no_redirects(network)) {
		add_setting(out, n, 0, "ipv4/conf/all/send_redirects", "", "");
		add_of_bridge(out, n, 0, ifname, "/send_redirects");
	} else if (network->send_redirects == XNM_YES) {
		add_of_bridge(out, n, 1, ifname, "/send_redirects");
	}
}

unsigned int xnm_filter_settings(struct xnm_setting out[XNM_MAX_SETTINGS],
				 const struct xnm_network *network, const char *ifname,
				 bool makes_bridge, const struct xnm_policy *policy)
{
	unsigned int n = 0;

	if (ifname[0] && makes_bridge)
		add_deaf(out, &n, network, ifname, policy);

	if (xnm_network_is_forwarded(network, policy, AF_INET))
		add_setting(out, &n, 1, "ipv4/ip_forward", "", "");
	if (ifname[0] && xnm_network_needs_localnet(network, policy))
		add_of_bridge(out, &n, 1, ifname, "/route_localnet");
	add_redirects(out, &n, network, ifname);
	add_uplinks(out, &n, network, ifname, policy);
	if (!xnm_network_is_forwarded(network, policy, AF_INET6))
		return n;
	/* a host that forwards IPv6 would ignore router advertisements on its uplinks */
	for (unsigned int i = 0; i < network->n_uplinks; i++) {
		if (!xnm_network_uplink_is_guest(network, i, policy))
			add_accept_ra(out, &n, xnm_network_uplink_device(network, i, policy));
	}
	for (unsigned int i = 0; network->proxy_ndp == XNM_YES && i < network->n_uplinks; i++)
		add_setting(out, &n, 1, "ipv6/conf/", xnm_network_uplink_device(network, i, policy),
			    "/proxy_ndp");
	add_setting(out, &n, 1, "ipv6/conf/all/forwarding", "", "");
	return n;
}
