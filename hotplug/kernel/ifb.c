/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ifb.c - make an ifb device. */
#include "hotplug/kernel/rtnl_core.h"
#include "hotplug/kernel/tc.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

static int put_ifb(struct nl_msg *msg)
{
	struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);

	if (!info || nla_put_string(msg, IFLA_INFO_KIND, "ifb"))
		return -1;
	nla_nest_end(msg, info);
	return 0;
}

int xnm_ifb_each(struct xnm_rtnl *rtnl, void (*fn)(void *arg, const char *name), void *arg)
{
	return rtnl_each_of_kind(rtnl, "ifb", fn, arg);
}

int xnm_ifb_create(struct xnm_rtnl *rtnl, const char *name, uint32_t group)
{
	struct ifinfomsg info = { .ifi_change = IFF_UP, .ifi_flags = IFF_UP };
	_cleanup_nlmsg_ struct nl_msg *msg = nlmsg_alloc_simple(
		RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
	int rc;

	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    nla_put_string(msg, IFLA_IFNAME, name) || nla_put_u32(msg, IFLA_GROUP, group))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_change(rtnl, msg, put_ifb(msg));
	if (rc == -EOPNOTSUPP)
		return rtnl_fail(rtnl, rc, "this kernel has no ifb (CONFIG_IFB, module ifb)");
	return rc;
}
