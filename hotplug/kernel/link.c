/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link.c - read, wait for and change one network device. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#ifndef RTEXT_FILTER_SKIP_STATS
#define RTEXT_FILTER_SKIP_STATS (1 << 3)
#endif

/* IFLA_PARENT_DEV_BUS_NAME, Linux 5.14 and later */
#define PARENT_DEV_BUS_NAME 57

/* The bridge port flag that each bit of enum xnm_port_flag stands for. */
static const struct {
	int attr;
	const char *name;
} port_flags[XNM_N_PORT_FLAGS] = {
	{ IFLA_BRPORT_ISOLATED, "isolated" },
	{ IFLA_BRPORT_LEARNING, "learning" },
	{ IFLA_BRPORT_MODE, "hairpin" },
	{ IFLA_BRPORT_GUARD, "guard" },
	{ IFLA_BRPORT_PROTECT, "root_block" },
	{ IFLA_BRPORT_UNICAST_FLOOD, "flood" },
	{ IFLA_BRPORT_MCAST_FLOOD, "mcast_flood" },
	{ IFLA_BRPORT_BCAST_FLOOD, "bcast_flood" },
	{ IFLA_BRPORT_NEIGH_SUPPRESS, "neigh_suppress" },
	{ IFLA_BRPORT_GROUP_FWD_MASK, "group_fwd_mask" },
	{ IFLA_BRPORT_FAST_LEAVE, "fastleave" },
	{ IFLA_BRPORT_MCAST_TO_UCAST, "mcast_to_unicast" },
};

const char *xnm_port_flag_name(unsigned int bit)
{
	return bit < XNM_N_PORT_FLAGS ? port_flags[bit].name : "?";
}

int rtnl_port_attr(unsigned int bit)
{
	return port_flags[bit].attr;
}

static void copy_string(char *out, size_t out_size, const struct nlattr *attr)
{
	nla_strlcpy(out, attr, out_size);
}

static void read_bridge_data(struct xnm_link *link, struct nlattr *data)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, data, rem)
	{
		if (nla_type(attr) == IFLA_BR_STP_STATE && nla_len(attr) >= 4)
			link->stp = nla_get_u32(attr) != 0;
		else if (nla_type(attr) == IFLA_BR_VLAN_FILTERING && nla_len(attr) >= 1)
			link->vlan_filtering = nla_get_u8(attr) != 0;
		else if (nla_type(attr) == IFLA_BR_VLAN_DEFAULT_PVID && nla_len(attr) >= 2)
			link->default_pvid = nla_get_u16(attr);
		else if (nla_type(attr) == IFLA_BR_MCAST_SNOOPING && nla_len(attr) >= 1) {
			link->mcast_known = true;
			link->mcast_snooping = nla_get_u8(attr) != 0;
		} else if (nla_type(attr) == IFLA_BR_MCAST_QUERIER && nla_len(attr) >= 1)
			link->mcast_querier = nla_get_u8(attr) != 0;
		else if (nla_type(attr) == IFLA_BR_NF_CALL_IPTABLES && nla_len(attr) >= 1)
			link->calls_iptables[0] = nla_get_u8(attr) != 0;
		else if (nla_type(attr) == IFLA_BR_NF_CALL_IP6TABLES && nla_len(attr) >= 1)
			link->calls_iptables[1] = nla_get_u8(attr) != 0;
	}
}

static void read_port_data(struct xnm_link *link, struct nlattr *data)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, data, rem)
	{
		for (unsigned int i = 0; i < XNM_N_PORT_FLAGS; i++) {
			if (nla_type(attr) != port_flags[i].attr)
				continue;
			link->port_known |= (uint16_t)(1u << i);
			if (nla_len(attr) == 2 ? nla_get_u16(attr) == RTNL_GROUP_FWD_MASK
					       : nla_get_u8(attr) != 0)
				link->port_flags |= (uint16_t)(1u << i);
		}
	}
}

static void read_linkinfo(struct xnm_link *link, struct nlattr *info)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1];

	if (nla_parse_nested(tb, IFLA_INFO_MAX, info, NULL))
		return;
	if (tb[IFLA_INFO_KIND])
		copy_string(link->kind, sizeof(link->kind), tb[IFLA_INFO_KIND]);
	if (tb[IFLA_INFO_DATA] && strcmp(link->kind, "bridge") == 0)
		read_bridge_data(link, tb[IFLA_INFO_DATA]);
	if (tb[IFLA_INFO_SLAVE_KIND] && tb[IFLA_INFO_SLAVE_DATA] &&
	    nla_strcmp(tb[IFLA_INFO_SLAVE_KIND], "bridge") == 0)
		read_port_data(link, tb[IFLA_INFO_SLAVE_DATA]);
}

/*
 * Reads disable_ipv6 from IFLA_AF_SPEC -> AF_INET6 -> IFLA_INET6_CONF, the device's
 * sysctls as an array.
 */
static void read_af_spec(struct xnm_link *link, struct nlattr *spec)
{
	struct nlattr *inet6 = nla_find(nla_data(spec), nla_len(spec), AF_INET6);
	struct nlattr *conf;
	int32_t disabled;

	if (!inet6)
		return;
	conf = nla_find(nla_data(inet6), nla_len(inet6), IFLA_INET6_CONF);
	if (!conf || nla_len(conf) < (DEVCONF_DISABLE_IPV6 + 1) * (int)sizeof(disabled))
		return;
	memcpy(&disabled, (char *)nla_data(conf) + DEVCONF_DISABLE_IPV6 * sizeof(disabled),
	       sizeof(disabled));
	link->has_ipv6 = disabled == 0;
}

static void read_altnames(struct xnm_link *link, struct nlattr *list)
{
	struct nlattr *attr;
	char name[IFNAMSIZ];
	int rem;

	nla_for_each_nested(attr, list, rem)
	{
		/* longer ones (up to ALTIFNAMSIZ) are not of xnm */
		if (nla_type(attr) != IFLA_ALT_IFNAME || nla_len(attr) > IFNAMSIZ)
			continue;
		copy_string(name, sizeof(name), attr);
		if (xnm_ifname_is_vif(name))
			memcpy(link->altname, name, sizeof(link->altname));
	}
}

static void read_parent(struct xnm_link *link, const struct nlattr *bus)
{
	link->of_netback = link->altname[0] || xnm_ifname_is_vif(link->name) ||
			   (bus && nla_strcmp(bus, "xen-backend") == 0);
}

int rtnl_read_link(void *arg, struct nlmsghdr *hdr)
{
	struct xnm_link *link = arg;
	const struct ifinfomsg *info = nlmsg_data(hdr);
	struct nlattr *tb[IFLA_MAX + 1];

	if (hdr->nlmsg_type != RTM_NEWLINK || nlmsg_parse(hdr, sizeof(*info), tb, IFLA_MAX, NULL) ||
	    !tb[IFLA_IFNAME])
		return -EPROTO;
	memset(link, 0, sizeof(*link));
	link->ifindex = info->ifi_index;
	link->up = info->ifi_flags & IFF_UP;
	link->loopback = info->ifi_flags & IFF_LOOPBACK;
	copy_string(link->name, sizeof(link->name), tb[IFLA_IFNAME]);
	if (tb[IFLA_IFALIAS])
		copy_string(link->alias, sizeof(link->alias), tb[IFLA_IFALIAS]);
	if (tb[IFLA_MTU])
		link->mtu_bytes = nla_get_u32(tb[IFLA_MTU]);
	if (tb[IFLA_GROUP])
		link->group = nla_get_u32(tb[IFLA_GROUP]);
	if (tb[IFLA_MASTER])
		link->master = (int)nla_get_u32(tb[IFLA_MASTER]);
	/* with IFLA_LINK_NETNSID it is a device of another namespace */
	if (tb[IFLA_LINK] && !tb[IFLA_LINK_NETNSID])
		link->lower = (int)nla_get_u32(tb[IFLA_LINK]);
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) == XNM_MAC_LEN)
		memcpy(link->mac.b, nla_data(tb[IFLA_ADDRESS]), XNM_MAC_LEN);
	link->own_mac = link->mac;
	if (tb[IFLA_PERM_ADDRESS] && nla_len(tb[IFLA_PERM_ADDRESS]) == XNM_MAC_LEN)
		memcpy(link->own_mac.b, nla_data(tb[IFLA_PERM_ADDRESS]), XNM_MAC_LEN);
	if (tb[IFLA_LINKINFO])
		read_linkinfo(link, tb[IFLA_LINKINFO]);
	if (tb[IFLA_AF_SPEC])
		read_af_spec(link, tb[IFLA_AF_SPEC]);
	if (tb[IFLA_PROP_LIST])
		read_altnames(link, tb[IFLA_PROP_LIST]);
	read_parent(link, nlmsg_find_attr(hdr, sizeof(*info), PARENT_DEV_BUS_NAME));
	return 0;
}

static int link_get(struct xnm_rtnl *rtnl, const char *name, int ifindex, struct xnm_link *link)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_GETLINK, NLM_F_REQUEST, AF_UNSPEC, ifindex);

	memset(link, 0, sizeof(*link));
	if (!msg || nla_put_u32(msg, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS) ||
	    (name && nla_put_string(msg, IFLA_IFNAME, name)))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	return rtnl_talk(rtnl, msg, rtnl_read_link, link);
}

int xnm_link_get(struct xnm_rtnl *rtnl, const char *name, struct xnm_link *link)
{
	return link_get(rtnl, name, 0, link);
}

int xnm_link_get_by_index(struct xnm_rtnl *rtnl, int ifindex, struct xnm_link *link)
{
	return link_get(rtnl, NULL, ifindex, link);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int xnm_link_wait(struct xnm_rtnl *rtnl, const char *name, unsigned int timeout_ms,
		  struct xnm_link *link)
{
	int64_t deadline = now_ms() + timeout_ms;
	struct nl_sock *events;
	struct pollfd poll_fd;
	char drain[8192];
	int rc;

	rc = xnm_link_get(rtnl, name, link);
	if (rc != -ENODEV)
		return rc;
	events = nl_socket_alloc();
	if (!events)
		return -ENOMEM;
	if (nl_connect(events, NETLINK_ROUTE) ||
	    nl_socket_add_memberships(events, RTNLGRP_LINK, 0)) {
		nl_socket_free(events);
		return rtnl_fail(rtnl, -EIO, "cannot listen to link events");
	}
	poll_fd = (struct pollfd){ .fd = nl_socket_get_fd(events), .events = POLLIN };
	/* ask again behind the subscription: the device may have come in between */
	while ((rc = xnm_link_get(rtnl, name, link)) == -ENODEV) {
		int64_t left = deadline - now_ms();

		if (left <= 0) {
			rc = -ETIMEDOUT;
			break;
		}
		if (poll(&poll_fd, 1, (int)left) > 0)
			while (recv(poll_fd.fd, drain, sizeof(drain), MSG_DONTWAIT) > 0)
				;
	}
	nl_socket_free(events);
	return rc;
}

int xnm_link_set_up(struct xnm_rtnl *rtnl, int ifindex, bool up)
{
	struct ifinfomsg info = {
		.ifi_index = ifindex,
		.ifi_change = IFF_UP,
		.ifi_flags = up ? IFF_UP : 0,
	};
	_cleanup_nlmsg_ struct nl_msg *msg =
		nlmsg_alloc_simple(RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK);

	if (!msg)
		return -ENOMEM;
	return rtnl_change(rtnl, msg, nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO));
}

/* RTM_SETLINK with a single attribute */
static int set_attr(struct xnm_rtnl *rtnl, int ifindex, int attr, const void *data, int len)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, AF_UNSPEC, ifindex);

	if (!msg)
		return -ENOMEM;
	return rtnl_change(rtnl, msg, nla_put(msg, attr, len, data));
}

int xnm_link_set_name(struct xnm_rtnl *rtnl, int ifindex, const char *name)
{
	return set_attr(rtnl, ifindex, IFLA_IFNAME, name, (int)strlen(name) + 1);
}

int xnm_link_set_mac(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_mac *mac)
{
	return set_attr(rtnl, ifindex, IFLA_ADDRESS, mac->b, XNM_MAC_LEN);
}

int xnm_link_set_mtu(struct xnm_rtnl *rtnl, int ifindex, uint32_t mtu_bytes)
{
	return set_attr(rtnl, ifindex, IFLA_MTU, &mtu_bytes, sizeof(mtu_bytes));
}

int xnm_link_set_group(struct xnm_rtnl *rtnl, int ifindex, uint32_t group)
{
	return set_attr(rtnl, ifindex, IFLA_GROUP, &group, sizeof(group));
}

int xnm_link_set_alias(struct xnm_rtnl *rtnl, int ifindex, const char *alias)
{
	return set_attr(rtnl, ifindex, IFLA_IFALIAS, alias, (int)strlen(alias));
}

int xnm_link_set_master(struct xnm_rtnl *rtnl, int ifindex, int master)
{
	return set_attr(rtnl, ifindex, IFLA_MASTER, &master, sizeof(master));
}

int xnm_link_delete(struct xnm_rtnl *rtnl, int ifindex)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK, AF_UNSPEC, ifindex);

	if (!msg)
		return -ENOMEM;
	return rtnl_change(rtnl, msg, 0);
}

static int change_altname(struct xnm_rtnl *rtnl, int type, int flags, int ifindex, const char *name)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(type, NLM_F_REQUEST | NLM_F_ACK | flags, AF_UNSPEC, ifindex);
	struct nlattr *list;
	int built = -1;

	if (!msg)
		return -ENOMEM;
	list = nla_nest_start(msg, NLA_F_NESTED | IFLA_PROP_LIST);
	if (list)
		built = nla_put_string(msg, IFLA_ALT_IFNAME, name);
	if (list)
		nla_nest_end(msg, list);
	return rtnl_change(rtnl, msg, built);
}

int xnm_link_add_altname(struct xnm_rtnl *rtnl, int ifindex, const char *name)
{
	return change_altname(rtnl, RTM_NEWLINKPROP, NLM_F_CREATE | NLM_F_EXCL | NLM_F_APPEND,
			      ifindex, name);
}

int xnm_link_del_altname(struct xnm_rtnl *rtnl, int ifindex, const char *name)
{
	return change_altname(rtnl, RTM_DELLINKPROP, 0, ifindex, name);
}
