/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry_upper.c - find a device that is made of a card, or bound to it, and would not live on a bridge's port. */
#include "hotplug/kernel/carry.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/rtnl_core.h"

struct search {
	int ifindex;
	struct xnm_carry_upper *out;
	bool found;
};

/* Devices of these kinds take all frames of their card: netdev_is_rx_handler_busy() */
static const char *const takers[] = { "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec" };
/* Tunnels of these kinds send their packets by routes through the card only. */
static const char *const tunnels[] = { "vxlan", "gre",	  "gretap",    "erspan",   "ipip",
				       "sit",	"ip6tnl", "ip6gre",    "vti",	   "vti6",
				       "xfrm",	"geneve", "ip6gretap", "ip6erspan" };

static bool is_among(const char *kind, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(kind, list[i]) == 0)
			return true;
	}
	return false;
}

/* The card of a device. vxlan has it in IFLA_VXLAN_LINK, and older kernels have it only there. */
static int lower_of(struct nlattr **tb, struct nlattr **info, const char *kind)
{
	struct nlattr *data[IFLA_VXLAN_LINK + 1];

	if (tb[IFLA_LINK] && !tb[IFLA_LINK_NETNSID])
		return (int)nla_get_u32(tb[IFLA_LINK]);
	if (strcmp(kind, "vxlan") != 0 || !info[IFLA_INFO_DATA] ||
	    nla_parse_nested(data, IFLA_VXLAN_LINK, info[IFLA_INFO_DATA], NULL) ||
	    !data[IFLA_VXLAN_LINK])
		return 0;
	return (int)nla_get_u32(data[IFLA_VXLAN_LINK]);
}

static int read_upper(void *arg, struct nlmsghdr *hdr)
{
	struct search *search = arg;
	struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
	char kind[16];
	bool is_taker;

	if (hdr->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(hdr, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL) || !tb[IFLA_IFNAME])
		return -EPROTO;
	if (search->found || !tb[IFLA_LINKINFO] ||
	    nla_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL) || !info[IFLA_INFO_KIND])
		return 0;
	nla_strlcpy(kind, info[IFLA_INFO_KIND], sizeof(kind));
	is_taker = is_among(kind, takers, XNM_N_ELEMENTS(takers));
	if ((!is_taker && !is_among(kind, tunnels, XNM_N_ELEMENTS(tunnels))) ||
	    lower_of(tb, info, kind) != search->ifindex)
		return 0;
	search->found = true;
	search->out->takes_all = is_taker;
	nla_strlcpy(search->out->name, tb[IFLA_IFNAME], sizeof(search->out->name));
	(void)snprintf(search->out->kind, sizeof(search->out->kind), "%s", kind);
	return 0;
}

int xnm_carry_upper(struct xnm_rtnl *rtnl, int ifindex, struct xnm_carry_upper *out)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, AF_UNSPEC, 0);
	struct search search = { .ifindex = ifindex, .out = out };

	memset(out, 0, sizeof(*out));
	if (!msg)
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	return rtnl_dump(rtnl, msg, read_upper, &search, sizeof(search));
}
