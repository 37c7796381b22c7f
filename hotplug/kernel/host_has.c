/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host_has.c - tell of all that this host has of IPv4: addresses, routes, routers and neighbours. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define ANY_PREFIX 8 /* shorter prefixes mean the internet: a VPN has routes to both halves of it */

struct teller {
	void (*fn)(void *arg, const struct xnm_has *has);
	void *arg;
};

static void tell(const struct teller *teller, enum xnm_has_kind kind, int ifindex,
		 const struct nlattr *address, uint8_t prefix_len)
{
	struct xnm_has has = { .kind = kind, .ifindex = ifindex };

	if (address && nla_len(address) != 4)
		return;
	has.cidr.family = AF_INET;
	has.cidr.prefix_len = prefix_len;
	if (address)
		memcpy(has.cidr.addr, nla_data(address), 4);
	teller->fn(teller->arg, &has);
}

static int tell_address(void *arg, struct nlmsghdr *hdr)
{
	const struct ifaddrmsg *info = nlmsg_data(hdr);
	const struct teller *teller = arg;
	struct xnm_has has = {
		.kind = XNM_HAS_ADDRESS,
		.ifindex = (int)info->ifa_index,
		.cidr = { .family = AF_INET },
	};
	struct nlattr *tb[IFA_MAX + 1];

	if (nlmsg_parse(hdr, sizeof(*info), tb, IFA_MAX, NULL))
		return -EPROTO;
	if (info->ifa_family != AF_INET || !tb[IFA_LOCAL] || nla_len(tb[IFA_LOCAL]) != 4)
		return 0;
	/* an address with a peer has the peer's subnet */
	if (tb[IFA_ADDRESS] && nla_len(tb[IFA_ADDRESS]) == nla_len(tb[IFA_LOCAL]) &&
	    memcmp(nla_data(tb[IFA_ADDRESS]), nla_data(tb[IFA_LOCAL]), 4) != 0) {
		tell(arg, XNM_HAS_ADDRESS, (int)info->ifa_index, tb[IFA_LOCAL], 32);
		tell(arg, XNM_HAS_ROUTE, (int)info->ifa_index, tb[IFA_ADDRESS],
		     info->ifa_prefixlen);
		return 0;
	}
	has.cidr.prefix_len = info->ifa_prefixlen;
	memcpy(has.cidr.addr, nla_data(tb[IFA_LOCAL]), 4);
	teller->fn(teller->arg, &has);
	return 0;
}

static void tell_hop(const struct teller *teller, const struct rtmsg *info,
		     const struct nlattr *dst, const struct nlattr *gateway, int ifindex)
{
	if (gateway)
		tell(teller, XNM_HAS_ROUTER, ifindex, gateway, 32);
	if (info->rtm_dst_len >= ANY_PREFIX)
		tell(teller, XNM_HAS_ROUTE, ifindex, dst, info->rtm_dst_len);
}

static void tell_hops(const struct teller *teller, const struct rtmsg *info,
		      const struct nlattr *dst, const struct nlattr *hops)
{
	const struct rtnexthop *hop = nla_data(hops);
	int left = nla_len(hops);

	for (; RTNH_OK(hop, left); left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop))
		tell_hop(teller, info, dst,
			 nla_find((struct nlattr *)RTNH_DATA(hop),
				  hop->rtnh_len - (int)sizeof(*hop), RTA_GATEWAY),
			 hop->rtnh_ifindex);
}

static bool is_closed(uint8_t type)
{
	return type == RTN_BLACKHOLE || type == RTN_UNREACHABLE || type == RTN_PROHIBIT;
}

/* Routes of all tables count: ip rules decide which table is asked first. */
static int tell_route(void *arg, struct nlmsghdr *hdr)
{
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];
	uint32_t table;

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*info), tb, RTA_MAX, NULL))
		return -EPROTO;
	table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : info->rtm_table;
	if (info->rtm_family != AF_INET || info->rtm_flags & RTM_F_CLONED)
		return 0;
	/*
	 * an unreachable route in another table concerns some packets only, such as those
	 * of guests
	 */
	if (table == RT_TABLE_MAIN && is_closed(info->rtm_type))
		tell(arg, XNM_HAS_CLOSED, 0, tb[RTA_DST], info->rtm_dst_len);
	else if (info->rtm_type == RTN_UNICAST && tb[RTA_MULTIPATH])
		tell_hops(arg, info, tb[RTA_DST], tb[RTA_MULTIPATH]);
	else if ((info->rtm_type == RTN_UNICAST || info->rtm_type == RTN_LOCAL) && tb[RTA_OIF])
		tell_hop(arg, info, tb[RTA_DST], tb[RTA_GATEWAY], (int)nla_get_u32(tb[RTA_OIF]));
	return 0;
}

/* is_old: the kernel keeps a neighbour that has gone until it needs the room. */
static int tell_neighbour(void *arg, struct nlmsghdr *hdr)
{
	const uint16_t there = NUD_PERMANENT | NUD_REACHABLE | NUD_DELAY | NUD_PROBE;
	const struct ndmsg *info = nlmsg_data(hdr);
	const struct teller *teller = arg;
	struct xnm_has has = {
		.kind = XNM_HAS_NEIGHBOUR,
		.ifindex = info->ndm_ifindex,
		.cidr = { .family = AF_INET, .prefix_len = 32 },
		.is_old = !(info->ndm_state & there),
	};
	struct nlattr *tb[NDA_MAX + 1];

	if (hdr->nlmsg_type != RTM_NEWNEIGH || nlmsg_parse(hdr, sizeof(*info), tb, NDA_MAX, NULL))
		return -EPROTO;
	if (info->ndm_family != AF_INET || !tb[NDA_DST] || nla_len(tb[NDA_DST]) != 4 ||
	    info->ndm_flags & NTF_PROXY || !(info->ndm_state & (there | NUD_STALE)))
		return 0;
	memcpy(has.cidr.addr, nla_data(tb[NDA_DST]), 4);
	teller->fn(teller->arg, &has);
	return 0;
}

static int dump(struct xnm_rtnl *rtnl, int type, void *info, size_t size, rtnl_answer fn,
		struct teller *teller)
{
	_cleanup_nlmsg_ struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_DUMP);
	int rc;

	if (!msg || nlmsg_append(msg, info, size, NLMSG_ALIGNTO))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_dump(rtnl, msg, fn, teller, sizeof(*teller));
	/* -ENOENT: the table does not exist, as nobody has made a route in it */
	return rc == -ENOENT ? 0 : rc;
}

int xnm_host_has(struct xnm_rtnl *rtnl, void (*fn)(void *arg, const struct xnm_has *has), void *arg)
{
	struct ifaddrmsg addresses = { .ifa_family = AF_INET };
	struct rtmsg routes = { .rtm_family = AF_INET };
	struct ndmsg neighbours = { .ndm_family = AF_INET };
	struct teller teller = { fn, arg };
	int rc = dump(rtnl, RTM_GETADDR, &addresses, sizeof(addresses), tell_address, &teller);

	if (rc == 0)
		rc = dump(rtnl, RTM_GETROUTE, &routes, sizeof(routes), tell_route, &teller);
	if (rc == 0)
		rc = dump(rtnl, RTM_GETNEIGH, &neighbours, sizeof(neighbours), tell_neighbour,
			  &teller);
	return rc;
}
