/* SPDX-License-Identifier: GPL-2.0-or-later */
/* default_route.c - make, delete and list default routes. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

struct default_list {
	int ifindex;
	int family; /* the family of the dump */
	struct xnm_default *out;
	unsigned int max, n;
	bool has_more;
};

static int address_len(int family)
{
	return family == AF_INET ? 4 : 16;
}

static int change(struct xnm_rtnl *rtnl, int type, int flags, const struct xnm_default *route)
{
	_cleanup_nlmsg_ struct nl_msg *msg = NULL;
	struct rtmsg info = {
		.rtm_family = route->gateway.family,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = XNM_RTPROT,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
	};

	if (info.rtm_family != AF_INET && info.rtm_family != AF_INET6)
		return rtnl_fail(rtnl, -EAFNOSUPPORT, "a gateway is of IPv4 or IPv6");
	msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);
	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    nla_put(msg, RTA_GATEWAY, address_len(info.rtm_family), route->gateway.addr) ||
	    nla_put_u32(msg, RTA_OIF, (uint32_t)route->ifindex) ||
	    nla_put_u32(msg, RTA_PRIORITY, route->metric))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	return rtnl_change(rtnl, msg, 0);
}

int xnm_default_add(struct xnm_rtnl *rtnl, const struct xnm_default *route)
{
	return change(rtnl, RTM_NEWROUTE,
		      NLM_F_CREATE | (route->replaces ? NLM_F_REPLACE : NLM_F_EXCL), route);
}

int xnm_default_del(struct xnm_rtnl *rtnl, const struct xnm_default *route)
{
	return change(rtnl, RTM_DELROUTE, 0, route);
}

/*
 * Kernels before 4.20 ignore the filter and list all routes. With ifindex 0, unreachable
 * and multipath default routes are wanted as well, as they occupy their metric; one with a
 * type of service does not.
 */
static bool is_wanted(const struct default_list *list, const struct rtmsg *info, struct nlattr **tb)
{
	uint32_t table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : info->rtm_table;

	if (info->rtm_family != list->family || info->rtm_dst_len != 0 || table != RT_TABLE_MAIN ||
	    info->rtm_flags & RTM_F_CLONED)
		return false;
	if (list->ifindex == 0)
		return info->rtm_tos == 0;
	return info->rtm_type == RTN_UNICAST && tb[RTA_OIF] &&
	       nla_get_u32(tb[RTA_OIF]) == (uint32_t)list->ifindex;
}

static int read_default(void *arg, struct nlmsghdr *hdr)
{
	struct default_list *list = arg;
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];
	struct xnm_default route = { 0 };
	int len = address_len(list->family);

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*info), tb, RTA_MAX, NULL))
		return -EPROTO;
	if (!is_wanted(list, info, tb))
		return 0;
	route.gateway.family = info->rtm_family;
	route.gateway.prefix_len = (uint8_t)(8 * len);
	route.ifindex = tb[RTA_OIF] ? (int)nla_get_u32(tb[RTA_OIF]) : 0;
	route.protocol = info->rtm_protocol;
	if (tb[RTA_GATEWAY] && nla_len(tb[RTA_GATEWAY]) == len) {
		memcpy(route.gateway.addr, nla_data(tb[RTA_GATEWAY]), (size_t)len);
		route.has_gateway = true;
	}
	if (tb[RTA_PRIORITY])
		route.metric = nla_get_u32(tb[RTA_PRIORITY]);
	if (list->n < list->max)
		list->out[list->n++] = route;
	else
		list->has_more = true;
	return 0;
}

int xnm_default_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_default *out, unsigned int max,
		     unsigned int *n)
{
	struct default_list list = { .ifindex = ifindex, .out = out, .max = max };
	int rc =
		rtnl_dump_routes(rtnl, ifindex, 0, &list.family, read_default, &list, sizeof(list));

	*n = list.n;
	if (!rc && list.has_more)
		rc = rtnl_fail(rtnl, -E2BIG, "more default routes than expected");
	return rc;
}
