/* SPDX-License-Identifier: GPL-2.0-or-later */
/* addr.c - read and change the addresses of one network device. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

struct addr_list {
	int ifindex;
	struct xnm_cidr *out;
	bool *ours;
	unsigned int max, n;
	bool has_more;
};

/* Linux 5.18 and later; older kernels ignore it in a request and leave it out of a list. */
#define ATTR_PROTO 11 /* IFA_PROTO */

static int read_addr(void *arg, struct nlmsghdr *hdr)
{
	struct addr_list *list = arg;
	const struct ifaddrmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[ATTR_PROTO + 1], *addr;
	struct xnm_cidr *out;

	if (nlmsg_parse(hdr, sizeof(*info), tb, ATTR_PROTO, NULL))
		return -EPROTO;
	/* kernels before 4.20 ignore the request's filter */
	if ((int)info->ifa_index != list->ifindex)
		return 0;
	addr = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	if (!addr || nla_len(addr) > (int)sizeof(out->addr))
		return 0;
	if (list->n >= list->max) {
		list->has_more = true;
		return 0;
	}
	if (list->ours)
		list->ours[list->n] = tb[ATTR_PROTO] && nla_len(tb[ATTR_PROTO]) == 1 &&
				      nla_get_u8(tb[ATTR_PROTO]) == XNM_RTPROT;
	out = &list->out[list->n++];
	memset(out, 0, sizeof(*out));
	out->family = info->ifa_family;
	out->prefix_len = info->ifa_prefixlen;
	memcpy(out->addr, nla_data(addr), (size_t)nla_len(addr));
	return 0;
}

int xnm_addr_list_ours(struct xnm_rtnl *rtnl, int ifindex, int family, struct xnm_cidr *out,
		       bool *ours, unsigned int max, unsigned int *n)
{
	struct ifaddrmsg info = { .ifa_family = (uint8_t)family, .ifa_index = (uint32_t)ifindex };
	struct addr_list list = { .ifindex = ifindex, .out = out, .ours = ours, .max = max };
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP);
	int rc;

	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO))
		return -ENOMEM;
	rc = rtnl_dump(rtnl, msg, read_addr, &list, sizeof(list));
	*n = list.n;
	/* the device has just gone, and its addresses with it */
	if (rc == -ENODEV)
		return 0;
	if (!rc && list.has_more)
		rc = rtnl_fail(rtnl, -E2BIG, "more addresses than expected");
	return rc;
}

int xnm_addr_list(struct xnm_rtnl *rtnl, int ifindex, int family, struct xnm_cidr *out,
		  unsigned int max, unsigned int *n)
{
	return xnm_addr_list_ours(rtnl, ifindex, family, out, NULL, max, n);
}

/* ours: the address gets XNM_RTPROT as its protocol. */
static int change_addr(struct xnm_rtnl *rtnl, int type, int flags, int ifindex,
		       const struct xnm_cidr *addr, bool ours)
{
	struct ifaddrmsg info = {
		.ifa_family = addr->family,
		.ifa_prefixlen = addr->prefix_len,
		.ifa_index = (uint32_t)ifindex,
	};
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);
	int len = addr->family == AF_INET ? 4 : 16;

	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    nla_put(msg, IFA_LOCAL, len, addr->addr) || nla_put(msg, IFA_ADDRESS, len, addr->addr))
		return -ENOMEM;
	if (ours && nla_put_u8(msg, ATTR_PROTO, XNM_RTPROT))
		return -ENOMEM;
	/*
	 * no duplicate address detection: another host that has it must not leave the
	 * bridge without its gateway address
	 */
	if (addr->family == AF_INET6 && type == RTM_NEWADDR &&
	    nla_put_u32(msg, IFA_FLAGS, IFA_F_NODAD))
		return -ENOMEM;
	if (addr->family == AF_INET && type == RTM_NEWADDR && addr->prefix_len < 31) {
		uint8_t broadcast[4];

		for (unsigned int i = 0; i < 4; i++) {
			unsigned int bits = addr->prefix_len > 8 * i ? addr->prefix_len - 8 * i : 0;

			broadcast[i] = (uint8_t)(addr->addr[i] | (bits >= 8 ? 0 : 0xff >> bits));
		}
		if (nla_put(msg, IFA_BROADCAST, 4, broadcast))
			return -ENOMEM;
	}
	return rtnl_change(rtnl, msg, 0);
}

int xnm_addr_add_new(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	return change_addr(rtnl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, addr, false);
}

int xnm_addr_add_ours(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	return change_addr(rtnl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, addr, true);
}

int xnm_addr_add(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	int rc = xnm_addr_add_new(rtnl, ifindex, addr);

	return rc == -EEXIST ? 0 : rc;
}

int xnm_addr_del(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr)
{
	int rc = change_addr(rtnl, RTM_DELADDR, 0, ifindex, addr, false);

	return rc == -EADDRNOTAVAIL ? 0 : rc;
}
