/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_qdisc_list.c - list the qdiscs of one device. */
#include "hotplug/kernel/tc_core.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct qdisc_list {
	int ifindex;
	struct xnm_qdisc *out;
	unsigned int max, n;
	bool has_more;
	bool only_root;
	char *text; /* of the last one that was read, or NULL */
};

static enum xnm_qdisc_kind kind_of(const struct nlattr *name)
{
	/* one of them holds filters for what is received as well; it has the same handle and parent */
	if (nla_strcmp(name, "ingress") == 0)
		return XNM_QDISC_CLSACT;
	for (unsigned int i = XNM_QDISC_OTHER + 1; i < XNM_N_QDISC_KINDS; i++) {
		if (nla_strcmp(name, tc_kinds[i].name) == 0)
			return (enum xnm_qdisc_kind)i;
	}
	return XNM_QDISC_OTHER;
}

static int read_qdisc(void *arg, struct nlmsghdr *hdr)
{
	struct qdisc_list *list = arg;
	struct nlattr *tb[TCA_MAX + 1];
	const struct tcmsg *info = tc_parse(hdr, list->ifindex, tb);
	struct xnm_qdisc *out;

	if (!info || !info->tcm_handle || (list->only_root && info->tcm_parent != XNM_TC_ROOT))
		return 0;
	if (list->n >= list->max) {
		list->has_more = true;
		return 0;
	}
	out = &list->out[list->n++];
	memset(out, 0, sizeof(*out));
	out->kind = kind_of(tb[TCA_KIND]);
	out->handle = info->tcm_handle;
	out->parent = info->tcm_parent;
	if (tb[TCA_OPTIONS] && tc_kinds[out->kind].get)
		tc_kinds[out->kind].get(out, tb[TCA_OPTIONS]);
	if (list->text)
		(void)snprintf(list->text, XNM_QDISC_TEXT_LEN, "%.*s %x:",
			       (int)strnlen(nla_data(tb[TCA_KIND]), (size_t)nla_len(tb[TCA_KIND])),
			       (const char *)nla_data(tb[TCA_KIND]), info->tcm_handle >> 16);
	return 0;
}

static int dump(struct xnm_rtnl *rtnl, struct qdisc_list *list)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		tc_msg(RTM_GETQDISC, NLM_F_REQUEST | NLM_F_DUMP, list->ifindex, 0, 0);

	return msg ? rtnl_dump(rtnl, msg, read_qdisc, list, sizeof(*list))
		   : rtnl_fail(rtnl, -ENOMEM, "out of memory");
}

int xnm_qdisc_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_qdisc *out, unsigned int max,
		   unsigned int *n)
{
	struct qdisc_list list = { .ifindex = ifindex, .out = out, .max = max };
	int rc = dump(rtnl, &list);

	*n = list.n;
	if (!rc && list.has_more)
		rc = rtnl_fail(rtnl, -E2BIG, "more qdiscs than expected");
	return rc;
}

int xnm_qdisc_root(struct xnm_rtnl *rtnl, int ifindex, struct xnm_qdisc *out,
		   char text[XNM_QDISC_TEXT_LEN])
{
	struct qdisc_list list = {
		.ifindex = ifindex, .out = out, .max = 1, .only_root = true, .text = text
	};
	int rc;

	text[0] = '\0';
	rc = dump(rtnl, &list);
	return rc == 0 && list.n == 0 ? -ENOENT : rc;
}
