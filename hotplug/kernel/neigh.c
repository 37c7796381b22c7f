/* SPDX-License-Identifier: GPL-2.0-or-later */
/* neigh.c - permanent neighbours of a device, and the addresses it answers for. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

struct neigh_list {
	int ifindex;
	bool is_proxy;
	struct xnm_cidr *addrs;
	struct xnm_mac *macs;
	unsigned int max, n;
	bool has_more;
};

/* Sends RTM_NEWNEIGH or RTM_DELNEIGH; mac and protocol count for RTM_NEWNEIGH only. */
static int change_neigh(struct xnm_rtnl *rtnl, int type, int flags, struct ndmsg info,
			const struct xnm_cidr *addr, const struct xnm_mac *mac)
{
	_cleanup_nlmsg_ struct nl_msg *msg = NULL;
	int len = addr->family == AF_INET ? 4 : 16;

	if (addr->family != AF_INET && addr->family != AF_INET6)
		return rtnl_fail(rtnl, -EAFNOSUPPORT, "a neighbour is one of IPv4 or IPv6");
	msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);
	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    nla_put(msg, NDA_DST, len, addr->addr) ||
	    (mac && nla_put(msg, NDA_LLADDR, XNM_MAC_LEN, mac->b)) ||
	    (type == RTM_NEWNEIGH && nla_put_u8(msg, NDA_PROTOCOL, XNM_RTPROT)))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	return rtnl_change(rtnl, msg, 0);
}

int xnm_neigh_set_permanent(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr,
			    const struct xnm_mac *mac)
{
	struct ndmsg info = {
		.ndm_family = addr->family,
		.ndm_ifindex = ifindex,
		.ndm_state = NUD_PERMANENT,
	};

	return change_neigh(rtnl, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, info, addr, mac);
}

int xnm_neigh_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	struct ndmsg info = { .ndm_family = addr->family, .ndm_ifindex = ifindex };

	return change_neigh(rtnl, RTM_DELNEIGH, 0, info, addr, NULL);
}

int xnm_neigh_proxy_add(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	struct ndmsg info = {
		.ndm_family = addr->family,
		.ndm_ifindex = ifindex,
		.ndm_flags = NTF_PROXY,
	};

	return change_neigh(rtnl, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, info, addr, NULL);
}

int xnm_neigh_proxy_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	struct ndmsg info = {
		.ndm_family = addr->family,
		.ndm_ifindex = ifindex,
		.ndm_flags = NTF_PROXY,
	};

	return change_neigh(rtnl, RTM_DELNEIGH, 0, info, addr, NULL);
}

static int read_protocol(void *arg, struct nlmsghdr *hdr)
{
	struct nlattr *tb[NDA_MAX + 1];
	bool *is_ours = arg;

	if (hdr->nlmsg_type != RTM_NEWNEIGH ||
	    nlmsg_parse(hdr, sizeof(struct ndmsg), tb, NDA_MAX, NULL))
		return -EPROTO;
	*is_ours = tb[NDA_PROTOCOL] && nla_get_u8(tb[NDA_PROTOCOL]) == XNM_RTPROT;
	return 0;
}

int xnm_neigh_proxy_get(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr,
			bool *is_there, bool *is_ours)
{
	struct ndmsg info = {
		.ndm_family = addr->family,
		.ndm_ifindex = ifindex,
		.ndm_flags = NTF_PROXY,
	};
	_cleanup_nlmsg_ struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETNEIGH, NLM_F_REQUEST);
	int rc;

	*is_ours = false;
	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    nla_put(msg, NDA_DST, addr->family == AF_INET ? 4 : 16, addr->addr))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_talk(rtnl, msg, read_protocol, is_ours);
	*is_there = rc == 0;
	return rc == -ENOENT ? 0 : rc;
}

/*
 * Whether the entry is of that device: kernels before 4.20 ignore the filter of a request
 * for proxies.
 */
static bool is_wanted(const struct neigh_list *list, const struct ndmsg *info)
{
	if ((info->ndm_family != AF_INET && info->ndm_family != AF_INET6) ||
	    info->ndm_ifindex != list->ifindex)
		return false;
	if (list->is_proxy)
		return info->ndm_flags & NTF_PROXY;
	return info->ndm_state & NUD_PERMANENT && !(info->ndm_flags & NTF_PROXY);
}

static int read_neigh(void *arg, struct nlmsghdr *hdr)
{
	struct neigh_list *list = arg;
	const struct ndmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[NDA_MAX + 1];
	struct xnm_cidr *addr;
	int len;

	if (hdr->nlmsg_type != RTM_NEWNEIGH || nlmsg_parse(hdr, sizeof(*info), tb, NDA_MAX, NULL))
		return -EPROTO;
	if (!is_wanted(list, info))
		return 0;
	len = info->ndm_family == AF_INET ? 4 : 16;
	if (!tb[NDA_DST] || nla_len(tb[NDA_DST]) != len)
		return -EPROTO;
	/*
	 * reads on also without room: the kernel answers no other request before the end
	 * of the dump
	 */
	if (list->n >= list->max) {
		list->has_more = true;
		return 0;
	}
	if (list->macs) {
		/* neighbours of a tunnel have link-layer addresses of another length, or none */
		if (!tb[NDA_LLADDR] || nla_len(tb[NDA_LLADDR]) != XNM_MAC_LEN)
			return 0;
		memcpy(list->macs[list->n].b, nla_data(tb[NDA_LLADDR]), XNM_MAC_LEN);
	}
	addr = &list->addrs[list->n++];
	memset(addr, 0, sizeof(*addr));
	addr->family = info->ndm_family;
	addr->prefix_len = (uint8_t)(8 * len);
	memcpy(addr->addr, nla_data(tb[NDA_DST]), (size_t)len);
	return 0;
}

static int list_neighs(struct xnm_rtnl *rtnl, struct neigh_list *list, unsigned int *n)
{
	struct ndmsg info = {
		.ndm_family = AF_UNSPEC,
		.ndm_flags = list->is_proxy ? NTF_PROXY : 0,
	};
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_DUMP);
	int rc;

	*n = 0;
	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    nla_put_u32(msg, NDA_IFINDEX, (uint32_t)list->ifindex))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_dump(rtnl, msg, read_neigh, list, sizeof(*list));
	*n = list->n;
	if (!rc && list->has_more)
		rc = rtnl_fail(rtnl, -E2BIG, "more neighbours than expected");
	return rc;
}

int xnm_neigh_list_permanent(struct xnm_rtnl *rtnl, int ifindex, struct xnm_cidr *addrs,
			     struct xnm_mac *macs, unsigned int max, unsigned int *n)
{
	struct neigh_list list = { .ifindex = ifindex, .addrs = addrs, .macs = macs, .max = max };

	return list_neighs(rtnl, &list, n);
}

int xnm_neigh_proxy_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_cidr *addrs,
			 unsigned int max, unsigned int *n)
{
	struct neigh_list list = {
		.ifindex = ifindex, .is_proxy = true, .addrs = addrs, .max = max
	};

	return list_neighs(rtnl, &list, n);
}
