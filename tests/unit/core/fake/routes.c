/* SPDX-License-Identifier: GPL-2.0-or-later */
/* routes.c - routes, neighbours, proxies and default routes of the fake kernel. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/rtnl.h"
#include "tests/unit/core/fake/fake.h"

const char *fake_text_of(const struct xnm_cidr *addr)
{
	static char text[XNM_CIDR_TEXT_LEN];

	xnm_format_cidr(addr, text);
	return text;
}

int xnm_route_replace(struct xnm_rtnl *rtnl, const struct xnm_route *route)
{
	(void)rtnl;
	return fake_call("route %d %s metric %u", route->ifindex, fake_text_of(&route->dst),
			 route->metric);
}

int xnm_default_add(struct xnm_rtnl *rtnl, const struct xnm_default *route)
{
	(void)rtnl;
	return fake_call("default add %d metric %u", route->ifindex, route->metric);
}

int xnm_default_del(struct xnm_rtnl *rtnl, const struct xnm_default *route)
{
	(void)rtnl;
	return fake_call("default del %d metric %u", route->ifindex, route->metric);
}

int xnm_route_add(struct xnm_rtnl *rtnl, const struct xnm_route *route)
{
	return xnm_route_replace(rtnl, route);
}

int xnm_route_del(struct xnm_rtnl *rtnl, const struct xnm_route *route)
{
	(void)rtnl;
	return fake_call("no route %d %s metric %u", route->ifindex, fake_text_of(&route->dst),
			 route->metric);
}

int xnm_neigh_set_permanent(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr,
			    const struct xnm_mac *mac)
{
	(void)rtnl;
	return fake_call("neighbour %d %s %02x", ifindex, fake_text_of(addr), mac->b[5]);
}

int xnm_neigh_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	(void)rtnl;
	return fake_call("no neighbour %d %s", ifindex, fake_text_of(addr));
}

int xnm_neigh_proxy_add(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	(void)rtnl;
	return fake_call("proxy %d %s", ifindex, fake_text_of(addr));
}

/* All that is there is ours; what is not is found by who adds it. */
int xnm_neigh_proxy_get(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr,
			bool *is_there, bool *is_ours)
{
	(void)rtnl;
	(void)ifindex;
	(void)addr;
	*is_there = *is_ours = false;
	return -EOPNOTSUPP;
}

int xnm_neigh_proxy_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	(void)rtnl;
	return fake_call("no proxy %d %s", ifindex, fake_text_of(addr));
}

int xnm_route_get(struct xnm_rtnl *rtnl, const struct xnm_cidr *dst, const struct xnm_cidr *src,
		  int iif, struct xnm_packet_way *way)
{
	(void)rtnl;
	(void)dst;
	(void)src;
	(void)iif;
	memset(way, 0, sizeof(*way));
	return -ENETUNREACH;
}
