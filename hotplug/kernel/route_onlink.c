/* SPDX-License-Identifier: GPL-2.0-or-later */
/* route_onlink.c - list the routes by which this host has neighbours in a subnet. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"

struct onlink_list {
	int family; /* the family of the dump */
	const struct xnm_cidr *subnets;
	unsigned int n_subnets;
	struct xnm_onlink *out;
	unsigned int max, n;
};

static int address_len(int family)
{
	return family == AF_INET ? 4 : 16;
}

static void take_address(struct xnm_cidr *out, int family, const struct nlattr *attr)
{
	memset(out, 0, sizeof(*out));
	out->family = (uint8_t)family;
	out->prefix_len = (uint8_t)(8 * address_len(family));
	if (attr && nla_len(attr) == address_len(family))
		memcpy(out->addr, nla_data(attr), (size_t)nla_len(attr));
}

static bool overlap(const struct xnm_cidr *a, const struct xnm_cidr *b)
{
	return a->prefix_len < b->prefix_len ? xnm_cidr_within(b, a) : xnm_cidr_within(a, b);
}

/* A route without a gateway has all of dst on the link; of another one only the gateway is. */
static void add(struct onlink_list *list, const struct xnm_cidr *dst,
		const struct xnm_cidr *gateway, int ifindex)
{
	for (unsigned int i = 0; i < list->n_subnets; i++) {
		const struct xnm_cidr *subnet = &list->subnets[i];
		bool meets = gateway ? xnm_cidr_within(gateway, subnet) : overlap(dst, subnet);

		if (!meets || list->n >= list->max)
			continue;
		list->out[list->n++] = (struct xnm_onlink){
			.dst = gateway ? *gateway : *dst,
			.is_gateway = gateway != NULL,
			.ifindex = ifindex,
			.subnet = i,
		};
	}
}

static void add_hops(struct onlink_list *list, const struct nlattr *hops)
{
	const struct rtnexthop *hop = nla_data(hops);
	int left = nla_len(hops);
	struct xnm_cidr gateway;

	for (; RTNH_OK(hop, left); left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop)) {
		struct nlattr *gw = nla_find((struct nlattr *)RTNH_DATA(hop),
					     hop->rtnh_len - (int)sizeof(*hop), RTA_GATEWAY);

		if (!gw)
			continue;
		take_address(&gateway, list->family, gw);
		add(list, NULL, &gateway, hop->rtnh_ifindex);
	}
}

/* Kernels before 4.20 ignore the filter and list all routes, and one without IPv6 those of IPv4. */
static bool is_wanted(const struct onlink_list *list, const struct rtmsg *info, struct nlattr **tb)
{
	uint32_t table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : info->rtm_table;

	return info->rtm_family == list->family && info->rtm_type == RTN_UNICAST &&
	       table == RT_TABLE_MAIN && !(info->rtm_flags & RTM_F_CLONED);
}

static int read_route(void *arg, struct nlmsghdr *hdr)
{
	struct onlink_list *list = arg;
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];
	struct xnm_cidr dst, gateway;

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*info), tb, RTA_MAX, NULL))
		return -EPROTO;
	if (!is_wanted(list, info, tb))
		return 0;
	if (tb[RTA_MULTIPATH])
		add_hops(list, tb[RTA_MULTIPATH]);
	if (!tb[RTA_OIF])
		return 0;
	take_address(&gateway, list->family, tb[RTA_GATEWAY]);
	take_address(&dst, list->family, tb[RTA_DST]);
	dst.prefix_len = info->rtm_dst_len;
	if (tb[RTA_GATEWAY])
		add(list, NULL, &gateway, (int)nla_get_u32(tb[RTA_OIF]));
	/* default and host routes, and routes of ours, are no subnets */
	else if (!tb[RTA_VIA] && dst.prefix_len > 0 &&
		 dst.prefix_len < 8 * address_len(list->family) && info->rtm_protocol != XNM_RTPROT)
		add(list, &dst, NULL, (int)nla_get_u32(tb[RTA_OIF]));
	return 0;
}

static int dump_family(struct xnm_rtnl *rtnl, struct onlink_list *list)
{
	struct rtmsg info = {
		.rtm_family = (unsigned char)list->family,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_type = RTN_UNICAST,
	};
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP);
	int rc;

	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_dump(rtnl, msg, read_route, list, sizeof(*list));
	/* there are no routes: no such table as nobody has made a route in it, or no such family */
	return rc == -ENOENT || rc == -EOPNOTSUPP ? 0 : rc;
}

int xnm_onlink_list(struct xnm_rtnl *rtnl, const struct xnm_cidr *subnets, unsigned int n_subnets,
		    struct xnm_onlink *out, unsigned int max, unsigned int *n)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct onlink_list list = {
		.subnets = subnets,
		.n_subnets = n_subnets,
		.out = out,
		.max = max,
	};
	int rc = 0;

	for (unsigned int f = 0; rc == 0 && f < 2; f++) {
		bool any = false;

		for (unsigned int i = 0; i < n_subnets; i++)
			any |= subnets[i].family == families[f];
		list.family = families[f];
		rc = any ? dump_family(rtnl, &list) : 0;
	}
	*n = list.n;
	return rc;
}
