/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_class.c - list, make, change and delete the classes of HTB qdiscs. */
#include "hotplug/kernel/tc_core.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/tc_ticks.h"

#define MAX_CLASSES 256 /* of one device: those beyond are not looked at */

struct class_list {
	int ifindex;
	struct xnm_tc_class *out;
	unsigned int max, n;
	bool has_more;
};

static void read_options(struct xnm_tc_class *out, struct nlattr *options)
{
	struct nlattr *tb[TCA_HTB_MAX + 1];
	struct tc_htb_opt opt;

	if (nla_parse_nested(tb, TCA_HTB_MAX, options, NULL) || !tb[TCA_HTB_PARMS] ||
	    nla_len(tb[TCA_HTB_PARMS]) < (int)sizeof(opt))
		return;
	memcpy(&opt, nla_data(tb[TCA_HTB_PARMS]), sizeof(opt));
	out->rate_bit_s = tc_get_rate(&opt.rate, tb[TCA_HTB_RATE64]);
	out->ceil_bit_s = tc_get_rate(&opt.ceil, tb[TCA_HTB_CEIL64]);
	out->burst_bytes = tc_ticks_to_bytes(out->rate_bit_s, opt.buffer);
	out->cburst_bytes = tc_ticks_to_bytes(out->ceil_bit_s, opt.cbuffer);
	/* one with classes below keeps, and shows, those of when it had none */
	if (opt.level)
		return;
	out->priority = opt.prio;
	if (opt.quantum != tc_default_quantum(out->rate_bit_s))
		out->quantum_bytes = opt.quantum;
}

static int read_class(void *arg, struct nlmsghdr *hdr)
{
	struct class_list *list = arg;
	struct nlattr *tb[TCA_MAX + 1];
	const struct tcmsg *info = tc_parse(hdr, list->ifindex, tb);
	struct xnm_tc_class *out;

	if (!info || nla_strcmp(tb[TCA_KIND], tc_kinds[XNM_QDISC_HTB].name) != 0)
		return 0;
	if (list->n >= list->max) {
		list->has_more = true;
		return 0;
	}
	out = &list->out[list->n++];
	memset(out, 0, sizeof(*out));
	out->classid = info->tcm_handle;
	out->parent =
		info->tcm_parent == XNM_TC_ROOT ? TC_H_MAJ(info->tcm_handle) : info->tcm_parent;
	if (tb[TCA_OPTIONS])
		read_options(out, tb[TCA_OPTIONS]);
	return 0;
}

int xnm_tc_class_list(struct xnm_rtnl *rtnl, int ifindex, struct xnm_tc_class *out,
		      unsigned int max, unsigned int *n)
{
	struct class_list list = { .ifindex = ifindex, .out = out, .max = max };
	_cleanup_nlmsg_ struct nl_msg *msg =
		tc_msg(RTM_GETTCLASS, NLM_F_REQUEST | NLM_F_DUMP, ifindex, 0, 0);
	int rc;

	*n = 0;
	if (!msg)
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	rc = rtnl_dump(rtnl, msg, read_class, &list, sizeof(list));
	*n = list.n;
	if (!rc && list.has_more)
		rc = rtnl_fail(rtnl, -E2BIG, "more classes than expected");
	return rc;
}

/*
 * The quantum is always said: for its own choice the kernel writes a warning to its log when the
 * rate is small or large (net/sched/sch_htb.c, htb_change_class()).
 */
static int put_options(struct nl_msg *msg, const struct xnm_tc_class *class)
{
	struct tc_htb_opt opt = {
		.buffer = tc_bytes_to_ticks(class->rate_bit_s, class->burst_bytes),
		.cbuffer = tc_bytes_to_ticks(class->ceil_bit_s, class->cburst_bytes),
		.quantum = class->quantum_bytes ? class->quantum_bytes
						: tc_default_quantum(class->rate_bit_s),
		.prio = class->priority,
	};
	struct nlattr *options = nla_nest_start(msg, TCA_OPTIONS);

	if (!options || tc_put_rate(msg, &opt.rate, TCA_HTB_RATE64, class->rate_bit_s) ||
	    tc_put_rate(msg, &opt.ceil, TCA_HTB_CEIL64, class->ceil_bit_s) ||
	    nla_put(msg, TCA_HTB_PARMS, sizeof(opt), &opt))
		return -1;
	nla_nest_end(msg, options);
	return 0;
}

static int send_class(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_tc_class *class)
{
	uint32_t parent = TC_H_MIN(class->parent) ? class->parent : TC_H_ROOT;
	_cleanup_nlmsg_ struct nl_msg *msg =
		tc_msg(RTM_NEWTCLASS, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE, ifindex, parent,
		       class->classid);

	if (!msg || nla_put_string(msg, TCA_KIND, tc_kinds[XNM_QDISC_HTB].name))
		return rtnl_fail(rtnl, -ENOMEM, "out of memory");
	return rtnl_change(rtnl, msg, put_options(msg, class));
}

/*
 * Looks first, as the kernel makes a class whose parent it does not find one of the qdisc itself,
 * and leaves one where it is that is there already.
 */
static int check_parent(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_tc_class *class)
{
	struct xnm_tc_class all[MAX_CLASSES];
	bool has_parent = TC_H_MIN(class->parent) == 0;
	unsigned int n;
	int rc;

	rc = xnm_tc_class_list(rtnl, ifindex, all, MAX_CLASSES, &n);
	if (rc && rc != -E2BIG)
		return rc;
	has_parent |= rc == -E2BIG;
	rc = 0;
	for (unsigned int i = 0; i < n && !rc; i++) {
		has_parent |= all[i].classid == class->parent;
		if (all[i].classid == class->classid && all[i].parent != class->parent)
			rc = xnm_tc_class_delete(rtnl, ifindex, class->classid);
	}
	if (rc || has_parent)
		return rc;
	return tc_fail(rtnl, -ESRCH, "there is no class %x:%x for %x:%x to be below",
		       class->parent >> 16, TC_H_MIN(class->parent), class->classid >> 16,
		       TC_H_MIN(class->classid));
}

int xnm_tc_class_set(struct xnm_rtnl *rtnl, int ifindex, const struct xnm_tc_class *class)
{
	struct xnm_tc_class wanted = *class;
	int rc;

	xnm_tc_class_round(&wanted);
	rc = check_parent(rtnl, ifindex, &wanted);
	return rc ? rc : send_class(rtnl, ifindex, &wanted);
}

int xnm_tc_class_delete(struct xnm_rtnl *rtnl, int ifindex, uint32_t classid)
{
	_cleanup_nlmsg_ struct nl_msg *msg =
		tc_msg(RTM_DELTCLASS, NLM_F_REQUEST | NLM_F_ACK, ifindex, 0, classid);

	return msg ? rtnl_change(rtnl, msg, 0) : rtnl_fail(rtnl, -ENOMEM, "out of memory");
}
