/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry_others.c - read what names a device beside addresses and routes: neighbours, rules, labels. */
#include "hotplug/kernel/carry_core.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addrlabel.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

static void keep_other(struct carry_reading *reading, const char *what, const struct nlmsghdr *hdr)
{
	(void)carry_keep(reading, reading->carry->others, &reading->n_others,
			 XNM_MAX_CARRIED_OTHERS, what, hdr);
}

/* The kernel makes such an entry for each multicast and broadcast address in use. */
static bool is_group(const struct ndmsg *info, struct nlattr *dst)
{
	const uint8_t *addr = nla_data(dst);

	return info->ndm_family == AF_INET ? addr[0] >= 224 : addr[0] == 0xff;
}

static bool is_ours(const struct carry_reading *reading, const struct ndmsg *info,
		    struct nlattr **tb)
{
	int len = info->ndm_family == AF_INET ? 4 : 16;

	return info->ndm_ifindex == reading->carry->ifindex &&
	       (info->ndm_family == AF_INET || info->ndm_family == AF_INET6) && tb[NDA_DST] &&
	       nla_len(tb[NDA_DST]) == len &&
	       !(tb[NDA_PROTOCOL] && nla_get_u8(tb[NDA_PROTOCOL]) == XNM_RTPROT);
}

/* Whether the entry is worth moving: it has a MAC address, is no group's, and did not fail. */
static bool is_known(const struct ndmsg *info, struct nlattr **tb)
{
	if (info->ndm_flags & NTF_PROXY || info->ndm_state & NUD_FAILED)
		return false;
	if (info->ndm_state & NUD_NOARP)
		return tb[NDA_LLADDR] && !is_group(info, tb[NDA_DST]);
	return tb[NDA_LLADDR] != NULL;
}

static int read_neighbour(void *arg, struct nlmsghdr *hdr)
{
	struct carry_reading *reading = arg;
	const struct ndmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[NDA_MAX + 1];
	bool permanent;

	if (hdr->nlmsg_type != RTM_NEWNEIGH || nlmsg_parse(hdr, sizeof(*info), tb, NDA_MAX, NULL))
		return -EPROTO;
	if (!is_ours(reading, info, tb) || !is_known(info, tb))
		return 0;
	permanent = info->ndm_state & (NUD_PERMANENT | NUD_NOARP);
	/* a learned neighbour that does not fit is resolved again when it is needed */
	if (permanent != reading->permanent ||
	    (!permanent && reading->n_neighbours == XNM_MAX_CARRIED_NEIGHBOURS))
		return 0;
	(void)carry_keep(reading, reading->carry->neighbours, &reading->n_neighbours,
			 XNM_MAX_CARRIED_NEIGHBOURS, "permanent neighbours", hdr);
	return 0;
}

static int read_proxy(void *arg, struct nlmsghdr *hdr)
{
	struct carry_reading *reading = arg;
	const struct ndmsg *info = nlmsg_data(hdr);
	struct nlattr *tb[NDA_MAX + 1];

	if (hdr->nlmsg_type != RTM_NEWNEIGH || nlmsg_parse(hdr, sizeof(*info), tb, NDA_MAX, NULL))
		return -EPROTO;
	if (info->ndm_flags & NTF_PROXY && is_ours(reading, info, tb))
		keep_other(reading, "proxies, rules and labels", hdr);
	return 0;
}

static int read_rule(void *arg, struct nlmsghdr *hdr)
{
	struct carry_reading *reading = arg;
	const char *name = reading->carry->ifname;
	const struct fib_rule_hdr *info = nlmsg_data(hdr);
	struct nlattr *iif, *oif;

	if (hdr->nlmsg_type != RTM_NEWRULE || nlmsg_datalen(hdr) < (int)sizeof(*info))
		return -EPROTO;
	iif = nlmsg_find_attr(hdr, sizeof(*info), FRA_IIFNAME);
	oif = nlmsg_find_attr(hdr, sizeof(*info), FRA_OIFNAME);
	if (info->family == reading->family &&
	    ((iif && nla_strcmp(iif, name) == 0) || (oif && nla_strcmp(oif, name) == 0)))
		keep_other(reading, "proxies, rules and labels", hdr);
	return 0;
}

static int read_label(void *arg, struct nlmsghdr *hdr)
{
	struct carry_reading *reading = arg;
	const struct ifaddrlblmsg *info = nlmsg_data(hdr);

	if (hdr->nlmsg_type != RTM_NEWADDRLABEL || nlmsg_datalen(hdr) < (int)sizeof(*info))
		return -EPROTO;
	if (info->ifal_index == (uint32_t)reading->carry->ifindex)
		keep_other(reading, "proxies, rules and labels", hdr);
	return 0;
}

static int read_rules(struct carry_reading *reading, struct xnm_rtnl *rtnl, int family)
{
	const struct fib_rule_hdr info = { .family = (uint8_t)family };
	int rc;

	reading->family = family;
	rc = carry_dump(reading, rtnl, RTM_GETRULE, &info, sizeof(info), 0, read_rule);
	/* a kernel without rules, or without the family */
	return rc == -EAFNOSUPPORT ? 0 : rc;
}

int carry_read_others(struct carry_reading *reading, struct xnm_rtnl *rtnl)
{
	const struct ndmsg neigh = { .ndm_family = AF_UNSPEC };
	const struct ndmsg proxy = { .ndm_family = AF_UNSPEC, .ndm_flags = NTF_PROXY };
	const struct ifaddrlblmsg label = { .ifal_family = AF_INET6 };
	int rc = 0;

	for (int permanent = 1; rc == 0 && permanent >= 0; permanent--) {
		reading->permanent = permanent;
		rc = carry_dump(reading, rtnl, RTM_GETNEIGH, &neigh, sizeof(neigh), NDA_IFINDEX,
				read_neighbour);
	}
	if (rc == 0)
		rc = carry_dump(reading, rtnl, RTM_GETNEIGH, &proxy, sizeof(proxy), NDA_IFINDEX,
				read_proxy);
	if (rc == 0)
		rc = read_rules(reading, rtnl, AF_INET);
	if (rc == 0)
		rc = read_rules(reading, rtnl, AF_INET6);
	return rc ? rc
		  : carry_dump(reading, rtnl, RTM_GETADDRLABEL, &label, sizeof(label), 0,
			       read_label);
}
