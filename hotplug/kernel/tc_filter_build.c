/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_filter_build.c - build the request that makes a filter, with libnl-route. */
#include "hotplug/kernel/tc_filter_core.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/tc_act/tc_mirred.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/route/act/mirred.h>
#include <netlink/route/act/skbedit.h>
#include <netlink/route/action.h>
#include <netlink/route/classifier.h>
#include <netlink/route/cls/fw.h>
#include <netlink/route/cls/u32.h>
#include <netlink/route/tc.h>

static void cleanup_cls(struct rtnl_cls **cls)
{
	if (*cls)
		rtnl_cls_put(*cls);
}
#define _cleanup_cls_ __attribute__((cleanup(cleanup_cls)))

static void cleanup_act(struct rtnl_act **act)
{
	if (*act)
		rtnl_act_put(*act);
}
#define _cleanup_act_ __attribute__((cleanup(cleanup_act)))

enum tc_classifier tc_filter_classifier(const struct xnm_tc_filter *filter)
{
	return filter->match == XNM_MATCH_MARK ? TC_CLASSIFIER_FW : TC_CLASSIFIER_U32;
}

bool tc_filter_leads(const struct xnm_tc_filter *filter)
{
	return filter->action == XNM_TC_REDIRECT || filter->action == XNM_TC_MIRROR;
}

uint16_t tc_filter_protocol(const struct xnm_tc_filter *filter)
{
	if (filter->match != XNM_MATCH_SOURCE && filter->match != XNM_MATCH_DESTINATION)
		return ETH_P_ALL;
	return filter->prefix.family == AF_INET6 ? ETH_P_IPV6 : ETH_P_IP;
}

/* The words of the address that the prefix covers, at least one. */
static int add_prefix(struct rtnl_cls *cls, const struct xnm_tc_filter *filter)
{
	const struct xnm_cidr *prefix = &filter->prefix;
	bool is_ip6 = prefix->family == AF_INET6, is_source = filter->match == XNM_MATCH_SOURCE;
	/* where the address is in the header: RFC 791 3.1, RFC 8200 3 */
	int offset = is_ip6 ? (is_source ? 8 : 24) : is_source ? 12 : 16;
	unsigned int bits = prefix->prefix_len, i = 0;

	do {
		unsigned int here = bits > 32 ? 32 : bits;
		uint32_t mask = here ? UINT32_MAX << (32 - here) : 0, word;

		memcpy(&word, prefix->addr + i * 4, sizeof(word));
		if (rtnl_u32_add_key(cls, word & htonl(mask), htonl(mask), offset + (int)i * 4, 0))
			return -1;
		bits -= here;
		i++;
	} while (bits);
	return 0;
}

static struct rtnl_act *new_act(const struct xnm_tc_filter *filter)
{
	struct rtnl_act *act = rtnl_act_alloc();
	bool is_mark = filter->action == XNM_TC_SET_MARK;
	bool is_mirror = filter->action == XNM_TC_MIRROR;

	if (!act || rtnl_tc_set_kind(TC_CAST(act), is_mark ? "skbedit" : "mirred"))
		return act;
	if (is_mark) {
		(void)rtnl_skbedit_set_mark(act, filter->mark);
		/* and on to the next filter */
		(void)rtnl_skbedit_set_action(act, TC_ACT_UNSPEC);
	} else {
		(void)rtnl_mirred_set_action(act, is_mirror ? TCA_EGRESS_MIRROR : TCA_EGRESS_REDIR);
		(void)rtnl_mirred_set_policy(act, is_mirror ? TC_ACT_UNSPEC : TC_ACT_STOLEN);
		(void)rtnl_mirred_set_ifindex(act, (uint32_t)filter->to_ifindex);
	}
	return act;
}

static int add_act(struct rtnl_cls *cls, const struct xnm_tc_filter *filter)
{
	_cleanup_act_ struct rtnl_act *act = new_act(filter);

	return act ? rtnl_u32_add_action(cls, act) : -1;
}

static int fill_u32(struct rtnl_cls *cls, const struct xnm_tc_filter *filter)
{
	int rc;

	if (filter->match == XNM_MATCH_ALL)
		rc = rtnl_u32_add_key(cls, 0, 0, 0, 0);
	else
		rc = add_prefix(cls, filter);
	/* without it the kernel looks at the keys and does nothing */
	if (!rc)
		rc = rtnl_u32_set_cls_terminal(cls);
	if (rc)
		return rc;
	if (filter->action == XNM_TC_CLASSIFY)
		return rtnl_u32_set_classid(cls, filter->classid);
	return add_act(cls, filter);
}

static int fill(struct rtnl_cls *cls, int ifindex, const struct xnm_tc_filter *filter)
{
	struct rtnl_tc *tc = TC_CAST(cls);

	rtnl_tc_set_ifindex(tc, ifindex);
	rtnl_tc_set_parent(tc, filter->parent);
	rtnl_cls_set_prio(cls, filter->preference);
	rtnl_cls_set_protocol(cls, tc_filter_protocol(filter));
	if (filter->match != XNM_MATCH_MARK)
		return rtnl_tc_set_kind(tc, "u32") ? -1 : fill_u32(cls, filter);
	/* its handle is the mark */
	rtnl_tc_set_handle(tc, filter->mark);
	return rtnl_tc_set_kind(tc, "fw") ? -1 : rtnl_fw_set_classid(cls, filter->classid);
}

struct nl_msg *tc_filter_msg(int ifindex, const struct xnm_tc_filter *filter, int flags)
{
	_cleanup_cls_ struct rtnl_cls *cls = rtnl_cls_alloc();
	struct nl_msg *msg = NULL;

	if (!cls || fill(cls, ifindex, filter) ||
	    rtnl_cls_build_add_request(cls, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | flags, &msg))
		return NULL;
	return msg;
}
