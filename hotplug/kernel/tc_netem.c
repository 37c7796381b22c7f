/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_netem.c - fill and read the attributes of netem, which emulates a line. */
#include "hotplug/kernel/tc_core.h"

#include "hotplug/kernel/tc_ticks.h"

/* Linux 6.6 and later; older kernels ignore it in a request and leave it out of a list. */
#define ATTR_SEED 14 /* TCA_NETEM_PRNG_SEED */

/*
 * Losses of the Gilbert-Elliott model: the kernel takes the chance that a packet of the bad state
 * is not lost, and the one that a packet of the good state is (net/sched/sch_netem.c,
 * loss_gilb_ell()). Without the attribute there is no model.
 */
static int put_losses(struct nl_msg *msg, const struct xnm_qdisc *qdisc)
{
	const struct tc_netem_gemodel model = {
		.p = tc_ppm_to_chance(qdisc->turn_bad_ppm),
		.r = tc_ppm_to_chance(qdisc->turn_good_ppm),
		.h = UINT32_MAX - tc_ppm_to_chance(qdisc->bad_loss_ppm),
		.k1 = tc_ppm_to_chance(qdisc->good_loss_ppm),
	};
	struct nlattr *losses;

	if (!qdisc->turn_bad_ppm)
		return 0;
	losses = nla_nest_start(msg, TCA_NETEM_LOSS);
	if (!losses || nla_put(msg, NETEM_LOSS_GE, sizeof(model), &model))
		return -1;
	nla_nest_end(msg, losses);
	return 0;
}

static void get_losses(struct xnm_qdisc *out, struct nlattr *losses)
{
	struct tc_netem_gemodel model;

	if (!losses || !tc_copy(&model, sizeof(model),
				nla_find(nla_data(losses), nla_len(losses), NETEM_LOSS_GE)))
		return;
	out->turn_bad_ppm = tc_chance_to_ppm(model.p);
	out->turn_good_ppm = tc_chance_to_ppm(model.r);
	out->bad_loss_ppm = tc_chance_to_ppm(UINT32_MAX - model.h);
	out->good_loss_ppm = tc_chance_to_ppm(model.k1);
}

static int put_slot(struct nl_msg *msg, const struct xnm_qdisc *qdisc)
{
	const struct tc_netem_slot slot = {
		.min_delay = (int64_t)qdisc->slot_min_us * 1000,
		.max_delay = (int64_t)qdisc->slot_max_us * 1000,
	};

	return nla_put(msg, TCA_NETEM_SLOT, sizeof(slot), &slot);
}

/*
 * All of them each time: a change leaves what it does not name (net/sched/sch_netem.c,
 * netem_change()). Ticks are for kernels before 4.15, which have no 64-bit times.
 */
int tc_put_netem(struct nl_msg *msg, const struct xnm_qdisc *qdisc)
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
	if (nla_put_u64(msg, TCA_NETEM_JITTER64, (uint64_t)qdisc->jitter_us * 1000) ||
	    put_losses(msg, qdisc) || put_slot(msg, qdisc))
		return -1;
	return qdisc->seed ? nla_put_u64(msg, ATTR_SEED, qdisc->seed) : 0;
}

static uint32_t ns_to_us(uint64_t ns)
{
	uint64_t us = (ns + 500) / 1000;

	return us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static uint32_t get_time(const struct nlattr *ns, uint32_t ticks)
{
	return ns && nla_len(ns) >= (int)sizeof(uint64_t) ? ns_to_us(nla_get_u64(ns))
							  : tc_ticks_to_us(ticks);
}

void tc_get_netem(struct xnm_qdisc *out, struct nlattr *options)
{
	struct nlattr *tb[ATTR_SEED + 1];
	struct tc_netem_reorder reorder;
	struct tc_netem_corrupt corrupt;
	struct tc_netem_qopt opt;
	struct tc_netem_slot slot;
	int head = NLA_ALIGN(sizeof(opt));

	if (!tc_copy(&opt, sizeof(opt), options) || nla_len(options) < head ||
	    nla_parse(tb, ATTR_SEED, (struct nlattr *)((char *)nla_data(options) + head),
		      nla_len(options) - head, NULL))
		return;
	out->limit_packets = opt.limit;
	out->loss_ppm = tc_chance_to_ppm(opt.loss);
	out->duplicate_ppm = tc_chance_to_ppm(opt.duplicate);
	out->delay_us = get_time(tb[TCA_NETEM_LATENCY64], opt.latency);
	out->jitter_us = get_time(tb[TCA_NETEM_JITTER64], opt.jitter);
	if (tc_copy(&reorder, sizeof(reorder), tb[TCA_NETEM_REORDER]))
		out->reorder_ppm = tc_chance_to_ppm(reorder.probability);
	if (tc_copy(&corrupt, sizeof(corrupt), tb[TCA_NETEM_CORRUPT]))
		out->corrupt_ppm = tc_chance_to_ppm(corrupt.probability);
	get_losses(out, tb[TCA_NETEM_LOSS]);
	if (tc_copy(&slot, sizeof(slot), tb[TCA_NETEM_SLOT])) {
		out->slot_min_us = ns_to_us((uint64_t)slot.min_delay);
		out->slot_max_us = ns_to_us((uint64_t)slot.max_delay);
	}
	if (tb[ATTR_SEED] && nla_len(tb[ATTR_SEED]) >= (int)sizeof(uint64_t))
		out->seed = nla_get_u64(tb[ATTR_SEED]);
}
