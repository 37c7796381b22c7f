/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_kind.c - fill and read the attributes of each kind of qdisc. */
#include "hotplug/kernel/tc_core.h"

#include <string.h>

#include "hotplug/kernel/tc_ticks.h"

/*
 * By hand, as libnl-route knows no cake, no 64-bit rates of tbf and no TCA_NETEM_LATENCY64, and
 * counts bursts in microseconds: what is set would not read back as the same.
 */

static int put_tbf(struct nl_msg *msg, const struct xnm_qdisc *qdisc)
{
	struct tc_tbf_qopt opt = {
		.limit = qdisc->limit_bytes,
		.buffer = tc_bytes_to_ticks(qdisc->rate_bit_s, qdisc->burst_bytes),
	};

	if (tc_put_rate(msg, &opt.rate, TCA_TBF_RATE64, qdisc->rate_bit_s) ||
	    nla_put(msg, TCA_TBF_PARMS, sizeof(opt), &opt))
		return -1;
	/* older kernels take the ticks */
	return nla_put_u32(msg, TCA_TBF_BURST, qdisc->burst_bytes);
}

static void get_tbf(struct xnm_qdisc *out, struct nlattr *options)
{
	struct nlattr *tb[TCA_TBF_MAX + 1];
	struct tc_tbf_qopt opt;

	if (nla_parse_nested(tb, TCA_TBF_MAX, options, NULL) ||
	    !tc_copy(&opt, sizeof(opt), tb[TCA_TBF_PARMS]))
		return;
	out->rate_bit_s = tc_get_rate(&opt.rate, tb[TCA_TBF_RATE64]);
	out->burst_bytes = tc_ticks_to_bytes(out->rate_bit_s, opt.buffer);
	out->limit_bytes = opt.limit;
}

static int put_fq_codel(struct nl_msg *msg, const struct xnm_qdisc *qdisc)
{
	return nla_put_u32(msg, TCA_FQ_CODEL_LIMIT, qdisc->limit_packets);
}

static void get_fq_codel(struct xnm_qdisc *out, struct nlattr *options)
{
	const struct nlattr *limit =
		nla_find(nla_data(options), nla_len(options), TCA_FQ_CODEL_LIMIT);

	if (limit && nla_len(limit) >= (int)sizeof(uint32_t))
		out->limit_packets = nla_get_u32(limit);
}

static int put_pfifo(struct nl_msg *msg, const struct xnm_qdisc *qdisc)
{
	struct tc_fifo_qopt opt = { .limit = qdisc->limit_packets };

	return nlmsg_append(msg, &opt, sizeof(opt), NLMSG_ALIGNTO);
}

static void get_pfifo(struct xnm_qdisc *out, struct nlattr *options)
{
	struct tc_fifo_qopt opt;

	if (tc_copy(&opt, sizeof(opt), options))
		out->limit_packets = opt.limit;
}

static int put_cake(struct nl_msg *msg, const struct xnm_qdisc *qdisc)
{
	return nla_put_u64(msg, TCA_CAKE_BASE_RATE64, qdisc->rate_bit_s / 8);
}

static void get_cake(struct xnm_qdisc *out, struct nlattr *options)
{
	const struct nlattr *rate =
		nla_find(nla_data(options), nla_len(options), TCA_CAKE_BASE_RATE64);

	if (rate && nla_len(rate) >= (int)sizeof(uint64_t))
		out->rate_bit_s = nla_get_u64(rate) * 8;
}

static int put_htb(struct nl_msg *msg, const struct xnm_qdisc *qdisc)
{
	const struct tc_htb_glob opt = {
		.version = TC_HTB_PROTOVER,
		.rate2quantum = 10,
		.defcls = qdisc->default_class,
	};

	return nla_put(msg, TCA_HTB_INIT, sizeof(opt), &opt);
}

static void get_htb(struct xnm_qdisc *out, struct nlattr *options)
{
	struct tc_htb_glob opt;

	if (tc_copy(&opt, sizeof(opt), nla_find(nla_data(options), nla_len(options), TCA_HTB_INIT)))
		out->default_class = opt.defcls;
}

const struct tc_kind tc_kinds[XNM_N_QDISC_KINDS] = {
	[XNM_QDISC_OTHER] = { .name = "" },
	[XNM_QDISC_TBF] = { "tbf", "NET_SCH_TBF", put_tbf, get_tbf },
	[XNM_QDISC_NETEM] = { "netem", "NET_SCH_NETEM", tc_put_netem, tc_get_netem },
	[XNM_QDISC_FQ_CODEL] = { "fq_codel", "NET_SCH_FQ_CODEL", put_fq_codel, get_fq_codel },
	[XNM_QDISC_PFIFO] = { "pfifo", "NET_SCH_FIFO", put_pfifo, get_pfifo },
	[XNM_QDISC_CAKE] = { "cake", "NET_SCH_CAKE", put_cake, get_cake },
	[XNM_QDISC_HTB] = { "htb", "NET_SCH_HTB", put_htb, get_htb },
	[XNM_QDISC_CLSACT] = { "clsact", "NET_SCH_INGRESS", NULL, NULL },
	[XNM_QDISC_BLACKHOLE] = { "blackhole", "NET_SCHED", NULL, NULL },
};
