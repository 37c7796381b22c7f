/* SPDX-License-Identifier: GPL-2.0-or-later */
/* route.h - what a route of ours is; the verbs for it are in rtnl.h. */
#ifndef XNM_ROUTE_H
#define XNM_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"

/*
 * The protocol number of our routes and neighbours, so that they are told from
 * those of others: "proto 88" in the output of ip(8). 88 is none of those in
 * linux/rtnetlink.h and /etc/iproute2/rt_protos.
 */
#define XNM_RTPROT 88

/* A unicast route through a device, without a gateway: table main, scope link. */
struct xnm_route {
	struct xnm_cidr dst; /* bits beyond the prefix do not count */
	int ifindex;
	uint32_t metric; /* the smallest wins; 0: the kernel's default, 0 for IPv4, 1024 for IPv6 */
	struct xnm_cidr src; /* the host's address to answer from; its prefix_len is not used */
	bool has_src;
};

/* A default route of table main, whoever made it. */
struct xnm_default {
	struct xnm_cidr gateway; /* a host; without a gateway only its family counts */
	bool has_gateway;
	bool replaces; /* it replaces the default route that has its metric */
	uint8_t protocol; /* XNM_RTPROT: one of ours */
	int ifindex; /* 0: through no device, as an unreachable route */
	uint32_t metric;
};

/* A subnet or a gateway that is on the link of a device, by a route of table main. */
struct xnm_onlink {
	struct xnm_cidr dst; /* a subnet, or a gateway: a host */
	bool is_gateway;
	int ifindex;
	unsigned int subnet; /* index of the subnet that was asked for and that dst overlaps */
};

/*
 * Whether two routes are the same to the kernel: dst without its host bits,
 * metric, where 0 means 1024 for IPv6, device and source.
 */
bool xnm_route_equal(const struct xnm_route *a, const struct xnm_route *b);

#endif
