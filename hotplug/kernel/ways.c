/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ways.c - list the interfaces of default routes, and keep the machine from routing for others. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#ifndef FRA_PROTOCOL
#define FRA_PROTOCOL 21 /* Linux 4.17 */
#endif

struct way_list {
	int family;
	unsigned int n[2]; /* number in table main, and in all other tables but local */
	int list[2][XNM_MAX_WAYS_OUT];
	bool full;
};

static void add_way(struct way_list *list, bool other, int ifindex)
{
	for (unsigned int i = 0; i < list->n[other]; i++) {
		if (list->list[other][i] == ifindex)
			return;
	}
	if (list->n[other] == XNM_MAX_WAYS_OUT)
		list->full = true;
	else
		list->list[other][list->n[other]++] = ifindex;
}

static void add_hops(struct way_list *list, bool other, struct nlattr *hops)
{
	struct rtnexthop *hop = nla_data(hops);
	int len = nla_len(hops);

	for (; RTNH_OK(hop, len); hop = RTNH_NEXT(hop)) {
		add_way(list, other, hop->rtnh_ifindex);
		len -= (int)RTNH_ALIGN(hop->rtnh_len);
	}
}

static int read_way(void *arg, struct nlmsghdr *hdr)
{
	struct way_list *list = arg;
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];
	uint32_t table;
	bool other;

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*info), tb, RTA_MAX, NULL))
		return -EPROTO;
	table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : info->rtm_table;
	if (info->rtm_family != list->family || info->rtm_dst_len ||
	    info->rtm_type != RTN_UNICAST || table == RT_TABLE_LOCAL ||
	    (info->rtm_flags & RTM_F_CLONED))
		return 0;
	other = table != RT_TABLE_MAIN;
	if (tb[RTA_MULTIPATH])
		add_hops(list, other, tb[RTA_MULTIPATH]);
	else if (tb[RTA_OIF])
		add_way(list, other, (int)nla_get_u32(tb[RTA_OIF]));
	return 0;
}

int xnm_ways_list(struct xnm_rtnl *rtnl, int family, int out[XNM_MAX_WAYS_OUT], unsigned int *n)
{
	struct rtmsg info = { .rtm_family = (unsigned char)family };
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP);
	struct way_list list = { .family = family };
	bool other;
	int rc;

	*n = 0;
	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_dump(rtnl, msg, read_way, &list, sizeof(list));
	/* no such family */
	if (rc == -EOPNOTSUPP || rc == -ENOENT)
		return 0;
	if (rc || list.full)
		return rc ? rc : rtnl_fail(rtnl, -E2BIG, "more ways out than expected");
	other = list.n[0] == 0;
	*n = list.n[other];
	memcpy(out, list.list[other], *n * sizeof(out[0]));
	return 0;
}

static int change_rule(struct xnm_rtnl *rtnl, int type, int flags, const char *ifname)
{
	struct fib_rule_hdr info = { .family = AF_INET6, .action = FR_ACT_PROHIBIT };
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);

	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    nla_put_u32(msg, FRA_PRIORITY, XNM_CLOSED_PRIORITY) ||
	    nla_put_u8(msg, FRA_PROTOCOL, XNM_RTPROT) || nla_put_string(msg, FRA_IIFNAME, ifname))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	return rtnl_change(rtnl, msg, 0);
}

int xnm_closed_add(struct xnm_rtnl *rtnl, const char *ifname)
{
	return change_rule(rtnl, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, ifname);
}

int xnm_closed_del(struct xnm_rtnl *rtnl, const char *ifname)
{
	return change_rule(rtnl, RTM_DELRULE, 0, ifname);
}

struct closed_list {
	int (*fn)(void *arg, const char *ifname);
	void *arg;
};

static int read_rule(void *arg, struct nlmsghdr *hdr)
{
	const struct closed_list *list = arg;
	const struct fib_rule_hdr *info = nlmsg_data(hdr);
	struct nlattr *tb[FRA_PROTOCOL + 1];

	if (hdr->nlmsg_type != RTM_NEWRULE ||
	    nlmsg_parse(hdr, sizeof(*info), tb, FRA_PROTOCOL, NULL))
		return -EPROTO;
	if (info->family != AF_INET6 || info->action != FR_ACT_PROHIBIT || !tb[FRA_IIFNAME] ||
	    !tb[FRA_PRIORITY] || nla_get_u32(tb[FRA_PRIORITY]) != XNM_CLOSED_PRIORITY ||
	    (tb[FRA_PROTOCOL] && nla_get_u8(tb[FRA_PROTOCOL]) != XNM_RTPROT))
		return 0;
	return list->fn(list->arg, nla_get_string(tb[FRA_IIFNAME]));
}

int xnm_closed_each(struct xnm_rtnl *rtnl, int (*fn)(void *arg, const char *ifname), void *arg)
{
	struct fib_rule_hdr info = { .family = AF_INET6 };
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_GETRULE, NLM_F_REQUEST | NLM_F_DUMP);
	struct closed_list list = { fn, arg };
	int rc;

	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_dump(rtnl, msg, read_rule, &list, sizeof(list));
	return rc == -EOPNOTSUPP ? 0 : rc;
}
