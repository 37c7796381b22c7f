/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_filter_list.c - list the filters of one parent, and read what each of them does. */
#include "hotplug/kernel/tc_filter_core.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/tc_act/tc_mirred.h>
#include <linux/tc_act/tc_skbedit.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#define MAX_KEYS 4 /* the words of an IPv6 address */

struct entry_list {
	int ifindex;
	uint32_t parent;
	uint16_t preference; /* 0: any */
	struct tc_entry *out;
	unsigned int max, n;
	bool has_more;
};

/* The length of a netmask of n words, or -1 if it is none. */
static int mask_length(const struct tc_u32_key *keys, unsigned int n)
{
	unsigned int length = 0;
	bool has_ended = false;

	for (unsigned int bit = 0; bit < n * 32; bit++) {
		bool is_set = ntohl(keys[bit / 32].mask) & (0x80000000u >> bit % 32);

		if (is_set && has_ended)
			return -1;
		has_ended |= !is_set;
		length += is_set;
	}
	return (int)length;
}

/* Reads keys as add_prefix() of tc_filter_build.c makes them. */
static bool read_prefix(struct xnm_tc_filter *out, const struct tc_u32_key *keys, unsigned int n,
			uint16_t protocol)
{
	int source = protocol == ETH_P_IPV6 ? 8 : 12,
	    destination = protocol == ETH_P_IPV6 ? 24 : 16;
	int length = mask_length(keys, n);

	if (length < 0 || (protocol == ETH_P_IP && n > 1))
		return false;
	for (unsigned int i = 0; i < n; i++) {
		if (keys[i].offmask || keys[i].off != keys[0].off + (int)i * 4)
			return false;
		memcpy(out->prefix.addr + i * 4, &keys[i].val, sizeof(keys[i].val));
	}
	out->prefix.family = protocol == ETH_P_IPV6 ? AF_INET6 : AF_INET;
	out->prefix.prefix_len = (uint8_t)length;
	out->match = keys[0].off == source ? XNM_MATCH_SOURCE : XNM_MATCH_DESTINATION;
	return keys[0].off == source || keys[0].off == destination;
}

static bool read_selector(struct xnm_tc_filter *out, const struct nlattr *attr, uint16_t protocol)
{
	const size_t head = offsetof(struct tc_u32_sel, keys);
	struct tc_u32_key keys[MAX_KEYS];
	const char *data = nla_data(attr);
	struct tc_u32_sel sel;

	if (nla_len(attr) < (int)head)
		return false;
	memcpy(&sel, data, head);
	if (sel.nkeys < 1 || sel.nkeys > MAX_KEYS || !(sel.flags & TC_U32_TERMINAL) ||
	    nla_len(attr) < (int)(head + sel.nkeys * sizeof(keys[0])))
		return false;
	memcpy(keys, data + head, sel.nkeys * sizeof(keys[0]));
	if (protocol != ETH_P_ALL)
		return (protocol == ETH_P_IP || protocol == ETH_P_IPV6) &&
		       read_prefix(out, keys, sel.nkeys, protocol);
	out->match = XNM_MATCH_ALL;
	return sel.nkeys == 1 && !keys[0].mask && !keys[0].offmask;
}

static bool read_mirred(struct xnm_tc_filter *out, const struct nlattr *options)
{
	const struct nlattr *attr = nla_find(nla_data(options), nla_len(options), TCA_MIRRED_PARMS);
	struct tc_mirred mirred;

	if (!attr || nla_len(attr) < (int)sizeof(mirred))
		return false;
	memcpy(&mirred, nla_data(attr), sizeof(mirred));
	out->action = mirred.eaction == TCA_EGRESS_MIRROR ? XNM_TC_MIRROR : XNM_TC_REDIRECT;
	out->to_ifindex = (int)mirred.ifindex;
	return mirred.eaction == TCA_EGRESS_REDIR ||
	       (mirred.eaction == TCA_EGRESS_MIRROR && mirred.action == TC_ACT_UNSPEC);
}

static bool read_skbedit(struct xnm_tc_filter *out, const struct nlattr *options)
{
	const struct nlattr *mark = nla_find(nla_data(options), nla_len(options), TCA_SKBEDIT_MARK);

	if (!mark || nla_len(mark) < (int)sizeof(uint32_t))
		return false;
	out->action = XNM_TC_SET_MARK;
	out->mark = nla_get_u32(mark);
	return true;
}

/* The first action is the only one that we make. */
static bool read_action(struct xnm_tc_filter *out, const struct nlattr *list)
{
	struct nlattr *tb[TCA_ACT_MAX + 1];
	struct nlattr *first = nla_find(nla_data(list), nla_len(list), 1);

	if (!first || nla_find(nla_data(list), nla_len(list), 2) ||
	    nla_parse_nested(tb, TCA_ACT_MAX, first, NULL) || !tb[TCA_ACT_KIND] ||
	    !tb[TCA_ACT_OPTIONS])
		return false;
	if (nla_strcmp(tb[TCA_ACT_KIND], "mirred") == 0)
		return read_mirred(out, tb[TCA_ACT_OPTIONS]);
	return nla_strcmp(tb[TCA_ACT_KIND], "skbedit") == 0 &&
	       read_skbedit(out, tb[TCA_ACT_OPTIONS]);
}

/* Returns whether it is a filter: tables of u32 stand in the same list. */
static bool read_u32(struct tc_entry *out, struct nlattr *options)
{
	struct nlattr *tb[TCA_U32_MAX + 1];
	struct xnm_tc_filter *filter = &out->filter;

	if (nla_parse_nested(tb, TCA_U32_MAX, options, NULL) || !tb[TCA_U32_SEL])
		return false;
	out->classifier = TC_CLASSIFIER_U32;
	out->is_known = read_selector(filter, tb[TCA_U32_SEL], out->protocol);
	if (tb[TCA_U32_ACT]) {
		out->is_known &= read_action(filter, tb[TCA_U32_ACT]);
	} else if (tb[TCA_U32_CLASSID]) {
		filter->action = XNM_TC_CLASSIFY;
		filter->classid = nla_get_u32(tb[TCA_U32_CLASSID]);
	} else {
		out->is_known = false;
	}
	return true;
}

static bool read_fw(struct tc_entry *out, const struct nlattr *options)
{
	const struct nlattr *classid;

	/* the classifier itself stands in the list as well */
	if (!out->handle)
		return false;
	classid = options ? nla_find(nla_data(options), nla_len(options), TCA_FW_CLASSID) : NULL;
	out->classifier = TC_CLASSIFIER_FW;
	out->is_known = classid && out->protocol == ETH_P_ALL;
	out->filter.match = XNM_MATCH_MARK;
	out->filter.action = XNM_TC_CLASSIFY;
	out->filter.mark = out->handle;
	out->filter.classid = classid ? nla_get_u32(classid) : 0;
	return true;
}

static int read_filter(void *arg, struct nlmsghdr *hdr)
{
	struct entry_list *list = arg;
	struct nlattr *tb[TCA_MAX + 1];
	const struct tcmsg *info = tc_parse(hdr, list->ifindex, tb);
	struct tc_entry entry = { 0 };

	if (!info)
		return 0;
	entry.filter.parent = list->parent;
	entry.filter.preference = (uint16_t)(info->tcm_info >> 16);
	entry.protocol = ntohs((uint16_t)info->tcm_info);
	entry.handle = info->tcm_handle;
	if (list->preference && list->preference != entry.filter.preference)
		return 0;
	if (nla_strcmp(tb[TCA_KIND], "u32") == 0) {
		if (!tb[TCA_OPTIONS] || !read_u32(&entry, tb[TCA_OPTIONS]))
			return 0;
	} else if (nla_strcmp(tb[TCA_KIND], "fw") == 0 && !read_fw(&entry, tb[TCA_OPTIONS])) {
		return 0;
	}
	if (list->n >= list->max)
		list->has_more = true;
	else
		list->out[list->n++] = entry;
	return 0;
}

int tc_entry_list(struct xnm_rtnl *rtnl, int ifindex, uint32_t parent, uint16_t preference,
		  struct tc_entry *out, unsigned int max, unsigned int *n)
{
	struct entry_list list = {
		.ifindex = ifindex,
		.parent = parent,
		.preference = preference,
		.out = out,
		.max = max,
	};
	_cleanup_nlmsg_ struct nl_msg *msg =
		tc_msg(RTM_GETTFILTER, NLM_F_REQUEST | NLM_F_DUMP, ifindex, parent, 0);
	int rc;

	*n = 0;
	if (!msg)
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_dump(rtnl, msg, read_filter, &list, sizeof(list));
	*n = list.n;
	if (!rc && list.has_more)
		rc = rtnl_fail(rtnl, -E2BIG, "more filters than expected");
	return rc;
}
