/* SPDX-License-Identifier: GPL-2.0-or-later */
/* routed.h - routes and proxies of the model. */
#ifndef XNM_TESTS_WORLD_ROUTED_H
#define XNM_TESTS_WORLD_ROUTED_H

#include <net/if.h>

#include "hotplug/core/facts.h"

#define WORLD_PROXIES 128
#define WORLD_ROUTES  64

struct world;

struct world_routed {
	unsigned int n_proxies;
	struct {
		char dev[IFNAMSIZ];
		struct xnm_cidr address;
	} proxies[WORLD_PROXIES];
	unsigned int n_routes;
	struct xnm_route routes[WORLD_ROUTES];
};

/* dev answers for an address, or does not any more. */
void world_proxy(struct world *world, const char *dev, const struct xnm_cidr *address, bool add);

/* One of the same destination and metric is replaced, whatever its device. */
void world_route(struct world *world, const struct xnm_route *route, bool add);

/* A device that goes down loses its routes. */
void world_unroute(struct world *world, int ifindex);

/* The bridge of an earlier event is not the one that this event is about. */
void world_lose_bridge(struct world *world);

#endif
