/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link_list.c - list the interfaces that are this host's own. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "hotplug/base/util.h"

#ifndef RTEXT_FILTER_SKIP_STATS
#define RTEXT_FILTER_SKIP_STATS (1 << 3)
#endif

enum xnm_host_link_role xnm_host_link_role(const char *kind)
{
	static const struct {
		const char *kind;
		enum xnm_host_link_role role;
	} roles[] = {
		{ "", XNM_LINK_CARD },	       { "bond", XNM_LINK_CARD },
		{ "team", XNM_LINK_CARD },     { "vlan", XNM_LINK_UPPER },
		{ "macvlan", XNM_LINK_UPPER }, { "ipvlan", XNM_LINK_UPPER },
		{ "bridge", XNM_LINK_BRIDGE },
	};

	for (size_t i = 0; i < XNM_N_ELEMENTS(roles); i++) {
		if (strcmp(roles[i].kind, kind) == 0)
			return roles[i].role;
	}
	return XNM_LINK_OTHER;
}

struct link_list {
	struct xnm_host_link *out;
	unsigned int n, max;
};

static int read_one(void *arg, struct nlmsghdr *hdr)
{
	struct link_list *list = arg;
	struct xnm_link link;
	int rc = rtnl_read_link(&link, hdr);

	/* an ifb forwards nothing: what has passed its qdiscs is another device's again */
	if (rc || link.loopback || link.of_netback || strcmp(link.kind, "ifb") == 0)
		return rc;
	if (list->n == list->max)
		return -E2BIG;
	list->out[list->n] = (struct xnm_host_link){
		.ifindex = link.ifindex,
		.up = link.up,
		.master = link.master,
		.lower = link.lower,
		.role = xnm_host_link_role(link.kind),
	};
	memcpy(list->out[list->n++].name, link.name, sizeof(link.name));
	return 0;
}

int xnm_host_links(struct xnm_rtnl *rtnl, struct xnm_host_link *out, unsigned int max,
		   unsigned int *n)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, AF_UNSPEC, 0);
	struct link_list list = { .out = out, .max = max };
	int rc;

	*n = 0;
	if (!msg || nla_put_u32(msg, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS))
		return -ENOMEM;
	rc = rtnl_dump(rtnl, msg, read_one, &list, sizeof(list));
	*n = list.n;
	return rc;
}

#define MAX_NAMES 64

struct kind_names {
	const char *kind;
	unsigned int n;
	char name[MAX_NAMES][IFNAMSIZ];
};

static int read_name(void *arg, struct nlmsghdr *hdr)
{
	struct kind_names *names = arg;
	struct nlattr *tb[IFLA_MAX + 1], *kind;

	if (nlmsg_parse(hdr, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL) || !tb[IFLA_IFNAME] ||
	    !tb[IFLA_LINKINFO])
		return 0;
	/* old kernels ignore the request's filter and list all links */
	kind = nla_find(nla_data(tb[IFLA_LINKINFO]), nla_len(tb[IFLA_LINKINFO]), IFLA_INFO_KIND);
	if (kind && nla_strcmp(kind, names->kind) == 0 && names->n < MAX_NAMES)
		nla_strlcpy(names->name[names->n++], tb[IFLA_IFNAME], IFNAMSIZ);
	return 0;
}

int rtnl_each_of_kind(struct xnm_rtnl *rtnl, const char *kind,
		      void (*fn)(void *arg, const char *name), void *arg)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, AF_UNSPEC, 0);
	struct kind_names names = { .kind = kind };
	struct nlattr *info;
	int rc;

	if (!msg || !(info = nla_nest_start(msg, IFLA_LINKINFO)) ||
	    nla_put_string(msg, IFLA_INFO_KIND, kind))
		return -ENOMEM;
	nla_nest_end(msg, info);
	rc = rtnl_dump(rtnl, msg, read_name, &names, sizeof(names));
	for (unsigned int i = 0; rc == 0 && i < names.n; i++)
		fn(arg, names.name[i]);
	return rc;
}
