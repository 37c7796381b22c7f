/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link_names.c - read all names that one network device has. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#ifndef RTEXT_FILTER_SKIP_STATS
#define RTEXT_FILTER_SKIP_STATS (1 << 3)
#endif

static void add_name(struct xnm_link_names *names, const struct nlattr *attr)
{
	if (names->n == XNM_MAX_LINK_NAMES)
		names->more = true;
	else
		nla_strlcpy(names->list[names->n++], attr, sizeof(names->list[0]));
}

static int read_names(void *arg, struct nlmsghdr *hdr)
{
	struct xnm_link_names *names = arg;
	struct nlattr *tb[IFLA_MAX + 1], *attr;
	int rem;

	if (hdr->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(hdr, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL) || !tb[IFLA_IFNAME])
		return -EPROTO;
	names->n = 0;
	names->more = false;
	add_name(names, tb[IFLA_IFNAME]);
	if (!tb[IFLA_PROP_LIST])
		return 0;
	nla_for_each_nested(attr, tb[IFLA_PROP_LIST], rem)
	{
		if (nla_type(attr) == IFLA_ALT_IFNAME)
			add_name(names, attr);
	}
	return 0;
}

int xnm_link_names(struct xnm_rtnl *rtnl, const char *name, struct xnm_link_names *names)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_GETLINK, NLM_F_REQUEST, AF_UNSPEC, 0);
	bool is_long = strlen(name) >= IFNAMSIZ;
	int rc;

	names->n = 0;
	names->more = false;
	if (!msg || nla_put_u32(msg, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS) ||
	    nla_put_string(msg, is_long ? IFLA_ALT_IFNAME : IFLA_IFNAME, name))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_talk(rtnl, msg, read_names, names);
	/* Linux 5.4 and older know no alternative names and answer -EINVAL */
	return rc == -EINVAL && is_long ? -ENODEV : rc;
}
