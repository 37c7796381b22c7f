/* SPDX-License-Identifier: GPL-2.0-or-later */
/* route_dump.c - ask for the routes through a device, or all, of one family after the other. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

static int dump_family(struct xnm_rtnl *rtnl, int ifindex, uint8_t protocol, int family,
		       rtnl_answer fn, void *arg, size_t arg_size)
{
	struct rtmsg info = {
		.rtm_family = (unsigned char)family,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = protocol,
	};
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP);
	int rc;

	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ||
	    (ifindex && nla_put_u32(msg, RTA_OIF, (uint32_t)ifindex)))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_dump(rtnl, msg, fn, arg, arg_size);
	/*
	 * there are no routes: no such device, no such table as nobody has made a route in
	 * it, or no such family
	 */
	return rc == -ENODEV || rc == -ENOENT || rc == -EOPNOTSUPP ? 0 : rc;
}

int rtnl_dump_routes(struct xnm_rtnl *rtnl, int ifindex, uint8_t protocol, int *family,
		     rtnl_answer fn, void *arg, size_t arg_size)
{
	int rc;

	*family = AF_INET;
	rc = dump_family(rtnl, ifindex, protocol, *family, fn, arg, arg_size);
	if (rc)
		return rc;
	*family = AF_INET6;
	return dump_family(rtnl, ifindex, protocol, *family, fn, arg, arg_size);
}
