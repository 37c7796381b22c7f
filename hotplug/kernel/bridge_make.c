/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge_make.c - make bridges, and set what holds for a bridge as a whole. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#define STP_FORWARD_DELAY_CS 1500 /* the kernel's default (net/bridge/br_device.c) */

uint32_t xnm_bridge_other_mtu(uint32_t mtu_bytes)
{
	return mtu_bytes < XNM_MTU_MAX ? mtu_bytes + 1 : mtu_bytes - 1;
}

int xnm_bridge_set_mtu(struct xnm_rtnl *rtnl, int ifindex, uint32_t is_bytes, uint32_t mtu_bytes)
{
	int rc = 0;

	if (is_bytes == mtu_bytes)
		rc = xnm_link_set_mtu(rtnl, ifindex, xnm_bridge_other_mtu(mtu_bytes));
	return rc ? rc : xnm_link_set_mtu(rtnl, ifindex, mtu_bytes);
}

/* IFLA_LINKINFO and, in it, the settings of a bridge that come next. */
struct bridge_data {
	struct nlattr *info, *data;
};

/* Returns < 0 when the message is full. */
static int begin_data(struct nl_msg *msg, struct bridge_data *nest)
{
	nest->info = nla_nest_start(msg, IFLA_LINKINFO);
	if (!nest->info || nla_put_string(msg, IFLA_INFO_KIND, "bridge"))
		return -1;
	nest->data = nla_nest_start(msg, IFLA_INFO_DATA);
	return nest->data ? 0 : -1;
}

static void end_data(struct nl_msg *msg, const struct bridge_data *nest)
{
	nla_nest_end(msg, nest->data);
	nla_nest_end(msg, nest->info);
}

/* Returns < 0 when the message is full. */
static int put_bridge(struct nl_msg *msg, const struct xnm_bridge_settings *settings, bool create)
{
	struct bridge_data nest;

	if (begin_data(msg, &nest) || nla_put_u32(msg, IFLA_BR_STP_STATE, settings->stp))
		return -1;
	/*
	 * forward_delay 0: without STP a port need not listen for 15 s first, in which a
	 * guest's DHCP would time out
	 */
	if (create && !settings->stp && nla_put_u32(msg, IFLA_BR_FORWARD_DELAY, 0))
		return -1;
	if (!create && settings->sets_delay && settings->stp &&
	    nla_put_u32(msg, IFLA_BR_FORWARD_DELAY, STP_FORWARD_DELAY_CS))
		return -1;
	if (settings->set_vlan_filtering &&
	    nla_put_u8(msg, IFLA_BR_VLAN_FILTERING, settings->vlan_filtering))
		return -1;
	end_data(msg, &nest);
	if (settings->has_mac && nla_put(msg, IFLA_ADDRESS, XNM_MAC_LEN, settings->mac.b))
		return -1;
	return 0;
}

/*
 * rtnl_create_link() does not count as setting the MTU: the bridge is made with another one, which a
 * run that is killed in between leaves for the next to see.
 */
static int put_new_mtu(struct nl_msg *msg, const struct xnm_bridge_settings *settings)
{
	return settings->mtu_bytes
		       ? nla_put_u32(msg, IFLA_MTU, xnm_bridge_other_mtu(settings->mtu_bytes))
		       : 0;
}

static int set_mtu(struct xnm_rtnl *rtnl, const char *name, uint32_t mtu_bytes)
{
	struct xnm_link link;
	int rc = xnm_link_get(rtnl, name, &link);

	if (rc)
		return rc;
	rc = xnm_bridge_set_mtu(rtnl, link.ifindex, link.mtu_bytes, mtu_bytes);
	if (rc)
		(void)xnm_link_delete(rtnl, link.ifindex);
	return rc;
}

int xnm_bridge_create(struct xnm_rtnl *rtnl, const char *name,
		      const struct xnm_bridge_settings *settings)
{
	_cleanup_nlmsg_ struct nl_msg *msg = rtnl_link_msg(
		RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, AF_UNSPEC, 0);

	int rc;

	if (!msg || nla_put_string(msg, IFLA_IFNAME, name) || put_new_mtu(msg, settings))
		return -ENOMEM;
	rc = rtnl_change(rtnl, msg, put_bridge(msg, settings, true));
	if (rc == 0 && settings->mtu_bytes)
		rc = set_mtu(rtnl, name, settings->mtu_bytes);
	return rc;
}

static int end_delay(struct xnm_rtnl *rtnl, int ifindex)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, AF_UNSPEC, ifindex);
	struct bridge_data nest;

	if (!msg || begin_data(msg, &nest) || nla_put_u32(msg, IFLA_BR_FORWARD_DELAY, 0))
		return -ENOMEM;
	end_data(msg, &nest);
	return rtnl_change(rtnl, msg, 0);
}

int xnm_bridge_set_multicast(struct xnm_rtnl *rtnl, int ifindex, bool snooping, bool querier)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, AF_UNSPEC, ifindex);
	struct bridge_data nest;

	if (!msg || begin_data(msg, &nest) || nla_put_u8(msg, IFLA_BR_MCAST_SNOOPING, snooping) ||
	    nla_put_u8(msg, IFLA_BR_MCAST_QUERIER, querier))
		return -ENOMEM;
	end_data(msg, &nest);
	return rtnl_change(rtnl, msg, 0);
}

int xnm_bridge_change(struct xnm_rtnl *rtnl, int ifindex,
		      const struct xnm_bridge_settings *settings)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		rtnl_link_msg(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, AF_UNSPEC, ifindex);
	int rc;

	if (!msg)
		return -ENOMEM;
	rc = rtnl_change(rtnl, msg, put_bridge(msg, settings, false));
	/* the kernel sets a delay before STP, and refuses none while that is on (br_netlink.c,
	 * br_changelink()) */
	return rc || !settings->sets_delay || settings->stp ? rc : end_delay(rtnl, ifindex);
}
