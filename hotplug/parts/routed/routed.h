/* SPDX-License-Identifier: GPL-2.0-or-later */
/* routed.h - how this host reaches a routed vif. */
#ifndef XNM_ROUTED_PART_H
#define XNM_ROUTED_PART_H

#include <net/if.h>
#include <stdbool.h>

#include "hotplug/kernel/route.h"
#include "policy/policy.h"

struct xnm_op_type;

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
	bool proxy_arp; /* conf/<device>/proxy_arp; also of a port that was routed */
	bool route_localnet; /* the same */
	unsigned int n_uplinks; /* uplinks of its network that exist */
	struct xnm_proxy_uplink uplinks[XNM_MAX_NETWORK_UPLINKS];
};

struct xnm_neighbour_op {
	struct xnm_cidr addr;
	struct xnm_mac mac;
};

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

extern const struct xnm_op_type xnm_op_address_add; /* dev; addr */
/* dev; addr: an address that we added; no other of its subnet */
extern const struct xnm_op_type xnm_op_address_del;
extern const struct xnm_op_type xnm_op_address_flush; /* dev: IPv4 */
extern const struct xnm_op_type xnm_op_route_add; /* dev; route */
extern const struct xnm_op_type xnm_op_route_del; /* dev; route */
extern const struct xnm_op_type xnm_op_neighbour_add; /* dev; neigh.* */
extern const struct xnm_op_type xnm_op_neighbour_del; /* dev; neigh.addr */
extern const struct xnm_op_type xnm_op_proxy_add; /* dev: an uplink; addr */
extern const struct xnm_op_type xnm_op_proxy_del; /* dev: an uplink; addr */
extern const struct xnm_op_type xnm_op_proxy_arp; /* dev; on */
/* dev; on: whether this host's 127.0.0.0/8 may be forwarded to it */
extern const struct xnm_op_type xnm_op_route_localnet;

#endif
