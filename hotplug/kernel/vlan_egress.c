/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vlan_egress.c - the map of a VLAN device from priorities of packets to those in its tags. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#ifndef RTEXT_FILTER_SKIP_STATS
#define RTEXT_FILTER_SKIP_STATS (1 << 3)
#endif

struct egress_list {
	struct xnm_vlan_priority *out;
	unsigned int max, n;
};

static int read_map(struct egress_list *list, struct nlattr *map)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, map, rem)
	{
		struct ifla_vlan_qos_mapping mapping;

		if (nla_type(attr) != IFLA_VLAN_QOS_MAPPING || nla_len(attr) < (int)sizeof(mapping))
			continue;
		if (list->n == list->max)
			return -E2BIG;
		memcpy(&mapping, nla_data(attr), sizeof(mapping));
		list->out[list->n++] = (struct xnm_vlan_priority){ mapping.from, mapping.to };
	}
	return 0;
}

static int read_link(void *arg, struct nlmsghdr *hdr)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1], *map, *info;

	info = nlmsg_find_attr(hdr, sizeof(struct ifinfomsg), IFLA_LINKINFO);
	if (!info || nla_parse_nested(tb, IFLA_INFO_MAX, info, NULL) || !tb[IFLA_INFO_KIND] ||
	    nla_strcmp(tb[IFLA_INFO_KIND], "vlan") != 0 || !tb[IFLA_INFO_DATA])
		return -EOPNOTSUPP;
	map = nla_find(nla_data(tb[IFLA_INFO_DATA]), nla_len(tb[IFLA_INFO_DATA]),
		       IFLA_VLAN_EGRESS_QOS);
	return map ? read_map(arg, map) : 0;
}

int xnm_vlan_egress_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_vlan_priority *out,
			 unsigned int max, unsigned int *n)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_GETLINK, NLM_F_REQUEST, AF_UNSPEC, ifindex);
	struct egress_list list = { .out = out, .max = max };
	int rc;

	*n = 0;
	if (!msg || nla_put_u32(msg, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_talk(rtnl, msg, read_link, &list);
	*n = list.n;
	return rc;
}

static int put_mapping(struct nl_msg *msg, const struct xnm_vlan_priority *priority)
{
	struct ifla_vlan_qos_mapping mapping = { priority->from, priority->to };
	struct nlattr *info, *data, *map;

	info = nla_nest_start(msg, IFLA_LINKINFO);
	if (!info || nla_put_string(msg, IFLA_INFO_KIND, "vlan"))
		return -1;
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	map = data ? nla_nest_start(msg, IFLA_VLAN_EGRESS_QOS) : NULL;
	if (!map || nla_put(msg, IFLA_VLAN_QOS_MAPPING, sizeof(mapping), &mapping))
		return -1;
	nla_nest_end(msg, map);
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	return 0;
}

int xnm_vlan_egress_set(struct xnm_rtnl *rtnl, int ifindex,
			const struct xnm_vlan_priority *priority)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, AF_UNSPEC, ifindex);

	return rtnl_change(rtnl, msg, msg ? put_mapping(msg, priority) : -1);
}
