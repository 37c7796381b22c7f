/* SPDX-License-Identifier: GPL-2.0-or-later */
/* addr_state.c - whether deleting an address would delete secondary ones, or end a lease. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"

struct look {
	int ifindex;
	const struct xnm_cidr *wanted;
	bool is_secondary, has_others;
	struct xnm_addr_state *out;
};

static int read_addr(void *arg, struct nlmsghdr *hdr)
{
	struct look *look = arg;
	const struct ifaddrmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[IFA_MAX + 1];
	struct xnm_cidr addr = { .family = AF_INET };

	if (nlmsg_parse(hdr, sizeof(*info), tb, IFA_MAX, NULL))
		return -EPROTO;
	if (info->ifa_family != AF_INET || (int)info->ifa_index != look->ifindex ||
	    !tb[IFA_LOCAL] || nla_len(tb[IFA_LOCAL]) != 4)
		return 0;
	addr.prefix_len = info->ifa_prefixlen;
	memcpy(addr.addr, nla_data(tb[IFA_LOCAL]), 4);
	if (xnm_cidr_equal(&addr, look->wanted)) {
		look->out->is_there = true;
		look->out->has_lifetime = !(info->ifa_flags & IFA_F_PERMANENT);
		look->is_secondary = info->ifa_flags & IFA_F_SECONDARY;
	} else if (addr.prefix_len == look->wanted->prefix_len &&
		   xnm_cidr_within(&addr, look->wanted)) {
		look->has_others = true;
	}
	return 0;
}

int xnm_addr_state(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_cidr *addr,
		   struct xnm_addr_state *out)
{
	struct ifaddrmsg info = { .ifa_family = AF_INET, .ifa_index = (uint32_t)ifindex };
	struct look look = { .ifindex = ifindex, .wanted = addr, .out = out };
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP);
	int rc;

	memset(out, 0, sizeof(*out));
	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_dump(rtnl, msg, read_addr, &look, sizeof(look));
	out->has_secondaries = out->is_there && !look.is_secondary && look.has_others;
	return rc == -ENODEV ? 0 : rc;
}
