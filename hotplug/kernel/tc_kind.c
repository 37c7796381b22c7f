/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_kind.c - fill and read the attributes of each kind of qdisc. */
#include "hotplug/kernel/tc_core.h"

#include <string.h>

#include "hotplug/kernel/tc_ticks.h"

/*
 * By hand, as libnl-route knows no cake, no 64-bit rates of tbf and no TCA_NETEM_LATENCY64, and
 * counts bursts in microseconds: what is set would not read back as the same.
 */

static bool copy_struct(void *out, size_t size, const struct nlattr *attr)
{
	if (!attr || nla_len(attr) < (int)size)
		return false;
	memcpy(out, nla_data(attr), size);
	return true;
}

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
	    !copy_struct(&opt, sizeof(opt), tb[TCA_TBF_PARMS]))
		return;
	out->rate_bit_s = tc_get_rate(&opt.rate, tb[TCA_TBF_RATE64]);
	out->burst_bytes = tc_ticks_to_bytes(out->rate_bit_s, opt.buffer);
	out->limit_bytes = opt.limit;
}

/*
 * All of them each time: a change leaves what it does not name (net/sched/sch_netem.c,
 * netem_change()). Ticks are for kernels before 4.15, which have no 64-bit times.
 */
static int put_netem(struct nl_msg *msg, const struct xnm_qdisc *qdisc)
{
	struct tc_netem_qopt opt = {
		.latency = tc_us_to_ticks(qdisc->delay_us),
		.jitter = tc_us_to_ticks(qdisc->jitter_us),
		.limit = qdisc->limit_packets,
		.loss = tc_ppm_to_chance(qdisc->loss_ppm),
		.duplicate = tc_ppm_to_chance(qdisc->duplicate_ppm),
		/* each packet may be the one that is sent at once */
		.gap = qdisc->reorder_ppm ? 1 : 0,
	};
	const struct tc_netem_corr corr = { 0 };
	const struct tc_netem_reorder reorder = {
		.probability = tc_ppm_to_chance(qdisc->reorder_ppm),
	};
	const struct tc_netem_corrupt corrupt = {
		.probability = tc_ppm_to_chance(qdisc->corrupt_ppm),
	};

	/* a struct, and behind it attributes */
	if (nlmsg_append(msg, &opt, sizeof(opt), NLMSG_ALIGNTO) ||
	    nla_put(msg, TCA_NETEM_CORR, sizeof(corr), &corr) ||
	    nla_put(msg, TCA_NETEM_REORDER, sizeof(reorder), &reorder) ||
	    nla_put(msg, TCA_NETEM_CORRUPT, sizeof(corrupt), &corrupt) ||
	    nla_put_u64(msg, TCA_NETEM_LATENCY64, (uint64_t)qdisc->delay_us * 1000))
		return -1;
	return nla_put_u64(msg, TCA_NETEM_JITTER64, (uint64_t)qdisc->jitter_us * 1000);
}

static uint32_t get_time(const struct nlattr *ns, uint32_t ticks)
{
	uint64_t us;

	if (!ns || nla_len(ns) < (int)sizeof(uint64_t))
		return tc_ticks_to_us(ticks);
	us = (nla_get_u64(ns) + 500) / 1000;
	return us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static void get_netem(struct xnm_qdisc *out, struct nlattr *options)
{
	struct nlattr *tb[TCA_NETEM_MAX + 1];
	struct tc_netem_reorder reorder;
	struct tc_netem_corrupt corrupt;
	struct tc_netem_qopt opt;
	int head = NLA_ALIGN(sizeof(opt));

	if (!copy_struct(&opt, sizeof(opt), options) || nla_len(options) < head ||
	    nla_parse(tb, TCA_NETEM_MAX, (struct nlattr *)((char *)nla_data(options) + head),
		      nla_len(options) - head, NULL))
		return;
	out->limit_packets = opt.limit;
	out->loss_ppm = tc_chance_to_ppm(opt.loss);
	out->duplicate_ppm = tc_chance_to_ppm(opt.duplicate);
	out->delay_us = get_time(tb[TCA_NETEM_LATENCY64], opt.latency);
	out->jitter_us = get_time(tb[TCA_NETEM_JITTER64], opt.jitter);
	if (copy_struct(&reorder, sizeof(reorder), tb[TCA_NETEM_REORDER]))
		out->reorder_ppm = tc_chance_to_ppm(reorder.probability);
	if (copy_struct(&corrupt, sizeof(corrupt), tb[TCA_NETEM_CORRUPT]))
		out->corrupt_ppm = tc_chance_to_ppm(corrupt.probability);
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

	if (copy_struct(&opt, sizeof(opt), options))
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

	if (copy_struct(&opt, sizeof(opt),
			nla_find(nla_data(options), nla_len(options), TCA_HTB_INIT)))
		out->default_class = opt.defcls;
}

const struct tc_kind tc_kinds[XNM_N_QDISC_KINDS] = {
	[XNM_QDISC_OTHER] = { .name = "" },
	[XNM_QDISC_TBF] = { "tbf", "NET_SCH_TBF", put_tbf, get_tbf },
	[XNM_QDISC_NETEM] = { "netem", "NET_SCH_NETEM", put_netem, get_netem },
	[XNM_QDISC_FQ_CODEL] = { "fq_codel", "NET_SCH_FQ_CODEL", put_fq_codel, get_fq_codel },
	[XNM_QDISC_PFIFO] = { "pfifo", "NET_SCH_FIFO", put_pfifo, get_pfifo },
	[XNM_QDISC_CAKE] = { "cake", "NET_SCH_CAKE", put_cake, get_cake },
	[XNM_QDISC_HTB] = { "htb", "NET_SCH_HTB", put_htb, get_htb },
	[XNM_QDISC_CLSACT] = { "clsact", "NET_SCH_INGRESS", NULL, NULL },
};
