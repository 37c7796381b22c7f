/* SPDX-License-Identifier: GPL-2.0-or-later */
/* routed.h - how this host reaches a routed vif. */
#ifndef XNM_ROUTED_PART_H
#define XNM_ROUTED_PART_H

#include <net/if.h>
#include <stdbool.h>

#include "hotplug/kernel/route.h"
#include "policy/policy.h"

/* The route with the smaller metric is used: a tap's before its vif's, as the tap is used until the
 * guest has loaded its own drivers. */
#define XNM_METRIC_TAP 1
#define XNM_METRIC_VIF 2

#define XNM_MAX_ROUTES 64

/* An interface that leads outside, and its proxy neighbours. */
struct xnm_proxy_uplink {
	int ifindex;
	char name[IFNAMSIZ];
	unsigned int n_proxies;
	struct xnm_cidr proxies[XNM_MAX_ROUTES];
};

/* Facts of a routed vif; uplinks also of a bridged one. */
struct xnm_routed_facts {
	unsigned int n_addresses; /* this host's addresses on the vif */
	struct xnm_cidr addresses[XNM_MAX_ADDRESSES * 2];
	bool address_is_ours[XNM_MAX_ADDRESSES * 2];
	unsigned int n_routes;
	struct xnm_route routes[XNM_MAX_ROUTES];
	unsigned int n_neighbours;
	struct xnm_cidr neighbours[XNM_MAX_ROUTES];
	struct xnm_mac neighbour_macs[XNM_MAX_ROUTES];
	bool proxy_arp; /* conf/<device>/proxy_arp */
	bool route_localnet;
	unsigned int n_uplinks; /* uplinks of its network that exist */
	struct xnm_proxy_uplink uplinks[XNM_MAX_NETWORK_UPLINKS];
};

struct xnm_neighbour_op {
	struct xnm_cidr addr;
	struct xnm_mac mac;
};

#endif
