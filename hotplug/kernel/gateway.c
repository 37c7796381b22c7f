/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway.c - make, delete and list default routes of ours through a gateway. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

struct gateway_list {
	int ifindex;
	int family; /* the family of the dump */
	uint32_t metric;
	struct xnm_cidr *out;
	unsigned int max, n;
	bool has_more;
};

static int change(struct xnm_rtnl *rtnl, int type, int flags, int ifindex,
		  const struct xnm_cidr *gateway, uint32_t metric, bool onlink)
{
	struct rtmsg info = {
		.rtm_family = gateway->family,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = XNM_RTPROT,
		.rtm_scope = RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
		.rtm_flags = onlink ? RTNH_F_ONLINK : 0,
	};
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);
	int len = gateway->family == AF_INET ? 4 : 16;

	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    nla_put(msg, RTA_GATEWAY, len, gateway->addr) ||
	    nla_put_u32(msg, RTA_OIF, (uint32_t)ifindex) || nla_put_u32(msg, RTA_PRIORITY, metric))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	return rtnl_change(rtnl, msg, 0);
}

int xnm_gateway_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *gateway,
		    uint32_t metric)
{
	return change(rtnl, RTM_DELROUTE, 0, ifindex, gateway, metric, false);
}

static int read_route(void *arg, struct nlmsghdr *hdr)
{
	struct gateway_list *list = arg;
	const struct rtmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[RTA_MAX + 1];
	struct xnm_cidr *out;

	if (hdr->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(hdr, sizeof(*info), tb, RTA_MAX, NULL))
		return -EPROTO;
	/* kernels before 4.20 ignore the filter and list all routes */
	if (info->rtm_family != list->family || info->rtm_protocol != XNM_RTPROT ||
	    info->rtm_dst_len != 0 || info->rtm_table != RT_TABLE_MAIN || !tb[RTA_OIF] ||
	    nla_get_u32(tb[RTA_OIF]) != (uint32_t)list->ifindex || !tb[RTA_PRIORITY] ||
	    nla_get_u32(tb[RTA_PRIORITY]) != list->metric || !tb[RTA_GATEWAY] ||
	    nla_len(tb[RTA_GATEWAY]) != (list->family == AF_INET ? 4 : 16))
		return 0;
	if (list->n >= list->max) {
		list->has_more = true;
		return 0;
	}
	out = &list->out[list->n++];
	memset(out, 0, sizeof(*out));
	out->family = info->rtm_family;
	out->prefix_len = list->family == AF_INET ? 32 : 128;
	memcpy(out->addr, nla_data(tb[RTA_GATEWAY]), (size_t)nla_len(tb[RTA_GATEWAY]));
	return 0;
}

int xnm_gateway_list(struct xnm_rtnl *rtnl, int ifindex, uint32_t metric, struct xnm_cidr *out,
		     unsigned int max, unsigned int *n)
{
	struct gateway_list list = { .ifindex = ifindex, .metric = metric, .out = out, .max = max };
	int rc = rtnl_dump_routes(rtnl, ifindex, XNM_RTPROT, &list.family, read_route, &list,
				  sizeof(list));

	*n = list.n;
	if (!rc && list.has_more)
		rc = rtnl_fail(rtnl, -E2BIG, "more gateways than expected");
	return rc;
}

/* Sets *has if the default route with this metric is one of ours. Returns 0 or -errno. */
static int has_ours(struct xnm_rtnl *rtnl, int ifindex, uint32_t metric, uint8_t family, bool *has)
{
	struct xnm_cidr list[XNM_N_IP];
	unsigned int n = 0;
	int rc = xnm_gateway_list(rtnl, ifindex, metric, list, XNM_N_IP, &n);

	*has = false;
	for (unsigned int i = 0; i < n; i++)
		*has |= list[i].family == family;
	return rc == -E2BIG ? 0 : rc;
}

int xnm_gateway_set(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *gateway,
		    uint32_t metric, bool onlink)
{
	bool has;
	int rc = change(rtnl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, ifindex, gateway, metric,
			onlink);

	if (rc != -EEXIST)
		return rc;
	rc = has_ours(rtnl, ifindex, metric, gateway->family, &has);
	if (rc || has)
		return rc ? rc
			  : change(rtnl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, ifindex,
				   gateway, metric, onlink);
	return rtnl_fail(rtnl, -EEXIST,
			 "there is another default route with this metric, which is not of xnm");
}
