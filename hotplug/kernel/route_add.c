/* SPDX-License-Identifier: GPL-2.0-or-later */
/* route_add.c - make a route of ours without taking the place of one that somebody else has made. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

struct search {
	const struct xnm_route *route;
	bool is_found;
	struct xnm_route found;
};

static int read_route(void *arg, struct nlmsghdr *hdr)
{
	struct search *search = arg;
	const struct xnm_route *wanted = search->route;
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];
	struct xnm_route other = *wanted;
	uint32_t table;

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*info), tb, RTA_MAX, NULL))
		return -EPROTO;
	table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : info->rtm_table;
	if (info->rtm_family != wanted->dst.family || table != RT_TABLE_MAIN ||
	    info->rtm_protocol == XNM_RTPROT || info->rtm_flags & RTM_F_CLONED || info->rtm_tos)
		return 0;
	other.dst.prefix_len = info->rtm_dst_len;
	memset(other.dst.addr, 0, sizeof(other.dst.addr));
	if (tb[RTA_DST] && nla_len(tb[RTA_DST]) <= (int)sizeof(other.dst.addr))
		memcpy(other.dst.addr, nla_data(tb[RTA_DST]), (size_t)nla_len(tb[RTA_DST]));
	other.metric = tb[RTA_PRIORITY] ? nla_get_u32(tb[RTA_PRIORITY]) : 0;
	/* routes that differ in device and source only are the same to the kernel here */
	if (search->is_found || !xnm_route_equal(&other, wanted))
		return 0;
	search->is_found = true;
	search->found = other;
	search->found.ifindex = tb[RTA_OIF] ? (int)nla_get_u32(tb[RTA_OIF]) : 0;
	return 0;
}

/*
 * Looks for another's route with the same dst and metric. Returns 0, -EEXIST with the
 * reason, or -errno.
 */
static int look_for_others(struct xnm_rtnl *rtnl, const struct xnm_route *route)
{
	struct rtmsg info = { .rtm_family = route->dst.family, .rtm_table = RT_TABLE_MAIN };
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP);
	struct search search = { .route = route };
	char text[160], name[IF_NAMESIZE] = "?";
	int rc;

	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_dump(rtnl, msg, read_route, &search, sizeof(search));
	if (rc || !search.is_found)
		return rc == -ENOENT ? 0 : rc;
	(void)if_indextoname((unsigned int)search.found.ifindex, name);
	(void)snprintf(
		text, sizeof(text),
		"there is one to it by %s with the same metric %u, which is not of xnm: give "
		"that one another metric",
		name, search.found.metric);
	return rtnl_fail(rtnl, -EEXIST, text);
}

int xnm_route_add(struct xnm_rtnl *rtnl, const struct xnm_route *route)
{
	int rc = rtnl_check_route(rtnl, route);

	if (rc == 0)
		rc = rtnl_put_route(rtnl, route, NLM_F_EXCL);
	if (rc != -EEXIST)
		return rc;
	rc = look_for_others(rtnl, route);
	return rc ? rc : xnm_route_replace(rtnl, route);
}
