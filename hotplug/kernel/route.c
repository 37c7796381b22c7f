/* SPDX-License-Identifier: GPL-2.0-or-later */
/* route.c - make, delete and list our routes through a device. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define IPV6_DEFAULT_METRIC 1024 /* IP6_RT_PRIO_USER, include/uapi/linux/ipv6_route.h */

struct route_list {
	int ifindex;
	int family; /* the family of the dump */
	struct xnm_route *out;
	unsigned int max, n;
	bool has_more;
};

static int address_len(int family)
{
	return family == AF_INET ? 4 : 16;
}

/* The address without what is beyond its prefix, which IPv4 refuses and IPv6 ignores. */
static void mask_address(const struct xnm_cidr *cidr, uint8_t *out)
{
	for (unsigned int i = 0; i < sizeof(cidr->addr); i++) {
		unsigned int bits = cidr->prefix_len > 8 * i ? cidr->prefix_len - 8 * i : 0;

		out[i] = (uint8_t)(cidr->addr[i] & (bits >= 8 ? 0xff : 0xff00 >> bits));
	}
}

/* A request with all that names the route: dst, device, metric, protocol. */
static struct nl_msg *route_msg(int type, int flags, const struct xnm_route *route)
{
	struct rtmsg info = {
		.rtm_family = route->dst.family,
		.rtm_dst_len = route->dst.prefix_len,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = XNM_RTPROT,
		.rtm_scope = RT_SCOPE_LINK,
		.rtm_type = RTN_UNICAST,
	};
	uint32_t metric = route->metric;
	struct nl_msg *msg;
	uint8_t dst[16];

	mask_address(&route->dst, dst);
	/* without a metric, a deletion takes the first route of any metric */
	if (route->dst.family == AF_INET6 && metric == 0)
		metric = IPV6_DEFAULT_METRIC;
	msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);
	if (!msg)
		return NULL;
	if (nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    nla_put(msg, RTA_DST, address_len(route->dst.family), dst) ||
	    nla_put_u32(msg, RTA_OIF, (uint32_t)route->ifindex) ||
	    nla_put_u32(msg, RTA_PRIORITY, metric)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

int rtnl_check_route(struct xnm_rtnl *rtnl, const struct xnm_route *route)
{
	if (route->dst.family != AF_INET && route->dst.family != AF_INET6)
		return rtnl_fail(rtnl, -EAFNOSUPPORT, "a route is for IPv4 or IPv6");
	if (route->has_src && route->src.family != route->dst.family)
		return rtnl_fail(rtnl, -EINVAL, "a route's source is of another family");
	return 0;
}

int rtnl_put_route(struct xnm_rtnl *rtnl, const struct xnm_route *route, int flags)
{
	_cleanup_nlmsg_ struct nl_msg *msg = NULL;

	msg = route_msg(RTM_NEWROUTE, NLM_F_CREATE | flags, route);
	if (!msg)
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	if (route->has_src &&
	    nla_put(msg, RTA_PREFSRC, address_len(route->src.family), route->src.addr))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	return rtnl_change(rtnl, msg, 0);
}

int xnm_route_replace(struct xnm_rtnl *rtnl, const struct xnm_route *route)
{
	int rc;

	rc = rtnl_check_route(rtnl, route);
	if (!rc)
		rc = rtnl_put_route(rtnl, route, NLM_F_REPLACE);
	/*
	 * ours is there, but somebody has put another route with the same key in front of
	 * it, which wins
	 */
	if (rc == -EEXIST) {
		rc = xnm_route_del(rtnl, route);
		if (!rc)
			rc = rtnl_put_route(rtnl, route, NLM_F_REPLACE);
	}
	return rc;
}

int xnm_route_del(struct xnm_rtnl *rtnl, const struct xnm_route *route)
{
	_cleanup_nlmsg_ struct nl_msg *msg = NULL;
	int rc;

	rc = rtnl_check_route(rtnl, route);
	if (rc)
		return rc;
	msg = route_msg(RTM_DELROUTE, 0, route);
	if (!msg)
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	return rtnl_change(rtnl, msg, 0);
}

static bool read_address(const struct rtmsg *info, struct nlattr *attr, struct xnm_cidr *out)
{
	int len = address_len(info->rtm_family);

	out->family = info->rtm_family;
	out->prefix_len = (uint8_t)(8 * len);
	if (attr && nla_len(attr) != len)
		return false;
	/* the default route has no RTA_DST */
	if (attr)
		memcpy(out->addr, nla_data(attr), (size_t)len);
	return true;
}

/* Whether it is a route of ours: kernels before 4.20 ignore the filter and list all routes. */
static bool is_wanted(const struct route_list *list, const struct rtmsg *info, struct nlattr **tb)
{
	uint32_t table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : info->rtm_table;

	/* a kernel without IPv6 answers a request for its routes with those of IPv4 */
	return info->rtm_family == list->family && info->rtm_protocol == XNM_RTPROT &&
	       info->rtm_type == RTN_UNICAST && table == RT_TABLE_MAIN &&
	       !(info->rtm_flags & RTM_F_CLONED) && tb[RTA_OIF] && !tb[RTA_GATEWAY] &&
	       nla_get_u32(tb[RTA_OIF]) == (uint32_t)list->ifindex;
}

static int read_route(void *arg, struct nlmsghdr *hdr)
{
	struct route_list *list = arg;
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];
	struct xnm_route route = { 0 };

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*info), tb, RTA_MAX, NULL))
		return -EPROTO;
	if (!is_wanted(list, info, tb))
		return 0;
	if (!read_address(info, tb[RTA_DST], &route.dst))
		return -EPROTO;
	route.dst.prefix_len = info->rtm_dst_len;
	route.ifindex = list->ifindex;
	if (tb[RTA_PRIORITY])
		route.metric = nla_get_u32(tb[RTA_PRIORITY]);
	if (tb[RTA_PREFSRC]) {
		if (!read_address(info, tb[RTA_PREFSRC], &route.src))
			return -EPROTO;
		route.has_src = true;
	}
	/*
	 * reads on also when out is full: the kernel answers no other request before the
	 * end of the dump
	 */
	if (list->n < list->max)
		list->out[list->n++] = route;
	else
		list->has_more = true;
	return 0;
}

int xnm_route_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_route *out, unsigned int max,
		   unsigned int *n)
{
	struct route_list list = { .ifindex = ifindex, .out = out, .max = max };
	int rc = rtnl_dump_routes(rtnl, ifindex, XNM_RTPROT, &list.family, read_route, &list,
				  sizeof(list));

	*n = list.n;
	if (!rc && list.has_more)
		rc = rtnl_fail(rtnl, -E2BIG, "more routes than expected");
	return rc;
}

static uint32_t real_metric(const struct xnm_route *route)
{
	if (route->dst.family == AF_INET6 && route->metric == 0)
		return IPV6_DEFAULT_METRIC;
	return route->metric;
}

bool xnm_route_equal(const struct xnm_route *a, const struct xnm_route *b)
{
	uint8_t dst_a[16], dst_b[16];
	size_t len;

	if (a->dst.family != b->dst.family || a->dst.prefix_len != b->dst.prefix_len ||
	    a->ifindex != b->ifindex || real_metric(a) != real_metric(b) ||
	    a->has_src != b->has_src)
		return false;
	len = (size_t)address_len(a->dst.family);
	mask_address(&a->dst, dst_a);
	mask_address(&b->dst, dst_b);
	return memcmp(dst_a, dst_b, len) == 0 &&
	       (!a->has_src || memcmp(a->src.addr, b->src.addr, len) == 0);
}
