/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_qdisc_list.c - list the qdiscs of one device, or of all. */
#include "hotplug/kernel/tc_core.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct qdisc_list {
	int ifindex;
	struct xnm_qdisc *out;
	unsigned int max, n;
	bool has_more;
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

	if (!info || !info->tcm_handle)
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

/*
 * Asks for the one qdisc at a parent, as a list is always that of all devices (net/sched/sch_api.c,
 * tc_dump_qdisc(), looks at no ifindex): with a thousand shaped vifs it is 6,000 long. The answer is
 * a notification, which the asker gets by NLM_F_ECHO; none for a qdisc that is not shown.
 */
static int get(struct xnm_rtnl *rtnl, struct qdisc_list *list, uint32_t parent)
{
	_cleanup_nlmsg_ struct nl_msg *msg = tc_msg(
		RTM_GETQDISC, NLM_F_REQUEST | NLM_F_ECHO | NLM_F_ACK, list->ifindex, parent, 0);
	int rc = msg ? rtnl_talk(rtnl, msg, read_qdisc, list)
		     : rtnl_fail(rtnl, -ENOMEM, "out of memory");

	/* nor is there any of a device that has gone */
	return rc == -ENOENT || rc == -ENODEV ? 0 : rc;
}

#define MAX_PARENTS 160

/* The classes of a device below which there is a qdisc that somebody made. */
struct parents {
	int ifindex;
	unsigned int n;
	bool has_more;
	uint32_t list[MAX_PARENTS];
};

static int read_parent(void *arg, struct nlmsghdr *hdr)
{
	struct parents *parents = arg;
	struct nlattr *tb[TCA_MAX + 1];
	const struct tcmsg *info = tc_parse(hdr, parents->ifindex, tb);

	if (!info || !info->tcm_info)
		return 0;
	if (parents->n < MAX_PARENTS)
		parents->list[parents->n++] = info->tcm_handle;
	else
		parents->has_more = true;
	return 0;
}

/* A list of classes is that of one device. */
static int get_below(struct xnm_rtnl *rtnl, struct qdisc_list *list)
{
	struct parents parents = { .ifindex = list->ifindex };
	_cleanup_nlmsg_ struct nl_msg *msg =
		tc_msg(RTM_GETTCLASS, NLM_F_REQUEST | NLM_F_DUMP, list->ifindex, 0, 0);
	int rc = msg ? rtnl_dump(rtnl, msg, read_parent, &parents, sizeof(parents))
		     : rtnl_fail(rtnl, -ENOMEM, "out of memory");

	for (unsigned int i = 0; rc == 0 && i < parents.n; i++)
		rc = get(rtnl, list, parents.list[i]);
	list->has_more |= parents.has_more;
	return rc;
}

int xnm_qdisc_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_qdisc *out, unsigned int max,
		   unsigned int *n)
{
	struct qdisc_list list = { .ifindex = ifindex, .out = out, .max = max };
	int rc = get(rtnl, &list, XNM_TC_ROOT);

	if (rc == 0 && (list.n || list.has_more))
		rc = get_below(rtnl, &list);
	if (rc == 0)
		rc = get(rtnl, &list, XNM_TC_CLSACT);
	*n = list.n;
	if (!rc && list.has_more)
		rc = rtnl_fail(rtnl, -E2BIG, "more qdiscs than expected");
	return rc;
}

int xnm_qdisc_root(struct xnm_rtnl *rtnl, int ifindex, struct xnm_qdisc *out,
		   char text[XNM_QDISC_TEXT_LEN])
{
	struct qdisc_list list = { .ifindex = ifindex, .out = out, .max = 1, .text = text };
	int rc;

	text[0] = '\0';
	rc = get(rtnl, &list, XNM_TC_ROOT);
	return rc == 0 && list.n == 0 ? -ENOENT : rc;
}

struct everywhere {
	void (*fn)(void *arg, int ifindex, const struct xnm_qdisc *qdisc);
	void *arg;
	unsigned int n; /* that fn was told of; 0 again when the list is read again */
};

static int tell_qdisc(void *arg, struct nlmsghdr *hdr)
{
	struct everywhere *all = arg;
	const struct tcmsg *info = nlmsg_data(hdr);
	struct xnm_qdisc qdisc;
	struct qdisc_list list = { .ifindex = info->tcm_ifindex, .out = &qdisc, .max = 1 };

	(void)read_qdisc(&list, hdr);
	if (all->n++ == 0)
		all->fn(all->arg, 0, NULL);
	if (list.n)
		all->fn(all->arg, info->tcm_ifindex, &qdisc);
	return 0;
}

int xnm_qdisc_each(struct xnm_rtnl *rtnl,
		   void (*fn)(void *arg, int ifindex, const struct xnm_qdisc *qdisc), void *arg)
{
	struct everywhere all = { .fn = fn, .arg = arg };
	_cleanup_nlmsg_ struct nl_msg *msg =
		tc_msg(RTM_GETQDISC, NLM_F_REQUEST | NLM_F_DUMP, 0, 0, 0);

	return msg ? rtnl_dump(rtnl, msg, tell_qdisc, &all, sizeof(all))
		   : rtnl_fail(rtnl, -ENOMEM, "out of memory");
}
