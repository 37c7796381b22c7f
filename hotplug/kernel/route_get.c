/* SPDX-License-Identifier: GPL-2.0-or-later */
/* route_get.c - ask the kernel which way a packet takes. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Linux 4.13: the answer is the route itself, which for a local address names its device
 * and not lo
 */
#ifndef RTM_F_FIB_MATCH
#define RTM_F_FIB_MATCH 0x2000
#endif

static int read_way(void *arg, struct nlmsghdr *hdr)
{
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];
	struct xnm_packet_way *way = arg;

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*info), tb, RTA_MAX, NULL))
		return -EPROTO;
	switch (info->rtm_type) {
	case RTN_LOCAL:
	case RTN_BROADCAST:
	case RTN_ANYCAST:
	case RTN_MULTICAST:
		way->is_local = true;
		break;
	case RTN_UNICAST:
		break;
	default:
		return -ENETUNREACH;
	}
	way->has_gateway = tb[RTA_GATEWAY] || tb[RTA_VIA];
	if (tb[RTA_OIF])
		way->ifindex = (int)nla_get_u32(tb[RTA_OIF]);
	return 0;
}

int xnm_route_get(struct xnm_rtnl *rtnl, const struct xnm_cidr *dst, const struct xnm_cidr *src,
		  int iif, struct xnm_packet_way *way)
{
	int len = dst->family == AF_INET ? 4 : 16;
	struct rtmsg info = {
		.rtm_family = dst->family,
		.rtm_dst_len = (uint8_t)(8 * len),
		.rtm_src_len = src ? (uint8_t)(8 * len) : 0,
		.rtm_flags = iif ? 0 : RTM_F_FIB_MATCH,
	};
	_cleanup_nlmsg_ struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST);

	memset(way, 0, sizeof(*way));
	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    nla_put(msg, RTA_DST, len, dst->addr) ||
	    (src && nla_put(msg, RTA_SRC, len, src->addr)) ||
	    (iif && nla_put_u32(msg, RTA_IIF, (uint32_t)iif)))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	return rtnl_talk(rtnl, msg, read_way, way);
}
