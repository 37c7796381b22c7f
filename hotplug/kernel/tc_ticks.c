/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_ticks.c - convert bytes, times and probabilities, and round what the kernel cannot keep. */
#include "hotplug/kernel/tc_ticks.h"

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/tc.h"

#define NS_PER_S	 1000000000ull
#define TICK_SHIFT	 6 /* PSCHED_SHIFT */
#define MILLION		 1000000u
#define FQ_CODEL_PACKETS 10240u /* net/sched/sch_fq_codel.c, fq_codel_init() */
#define NETEM_JITTER_US	 2147483u /* net/sched/sch_netem.c, netem_change(): INT_MAX ns */
#define QUANTUM_PART	 10u /* TC_HTB's rate2quantum, as tc(8) and we set it */
#define QUANTUM_MIN	 1000u
#define QUANTUM_MAX	 200000u

/*
 * The kernel's own arithmetic, a multiplication in place of a division (net/sched/sch_generic.c,
 * psched_ratecfg_precompute__(); include/net/sch_generic.h, psched_l2t_ns()): its last bits decide
 * which tick a burst is rounded to.
 */
struct reciprocal {
	uint32_t mult;
	unsigned int shift;
};

static struct reciprocal reciprocal_of(uint64_t rate_byte_s)
{
	struct reciprocal r = { .mult = 1 };
	uint64_t factor = NS_PER_S;

	if (!rate_byte_s)
		return r;
	for (;;) {
		r.mult = (uint32_t)(factor / rate_byte_s);
		if (r.mult & (1u << 31) || factor & (1ull << 63))
			return r;
		factor <<= 1;
		r.shift++;
	}
}

static uint64_t ticks_of(const struct reciprocal *r, uint32_t bytes)
{
	return ((uint64_t)bytes * r->mult >> r->shift) >> TICK_SHIFT;
}

uint32_t tc_bytes_to_ticks(uint64_t rate_bit_s, uint32_t bytes)
{
	struct reciprocal r = reciprocal_of(rate_bit_s / 8);
	uint64_t ticks = ticks_of(&r, bytes);

	return ticks > UINT32_MAX ? UINT32_MAX : (uint32_t)ticks;
}

uint32_t tc_ticks_to_bytes(uint64_t rate_bit_s, uint32_t ticks)
{
	struct reciprocal r = reciprocal_of(rate_bit_s / 8);
	uint32_t low = 0, high = UINT32_MAX;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2 + 1;

		if (ticks_of(&r, middle) <= ticks)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

uint32_t tc_us_to_ticks(uint32_t us)
{
	uint64_t ticks = (uint64_t)us * 1000 >> TICK_SHIFT;

	return ticks > UINT32_MAX ? UINT32_MAX : (uint32_t)ticks;
}

uint32_t tc_ticks_to_us(uint32_t ticks)
{
	/* to the nearest, as the ticks of a whole number of them were rounded down */
	return (uint32_t)((((uint64_t)ticks << TICK_SHIFT) + 500) / 1000);
}

uint32_t tc_ppm_to_chance(uint32_t ppm)
{
	if (ppm >= MILLION)
		return UINT32_MAX;
	return (uint32_t)(((uint64_t)ppm * UINT32_MAX + MILLION / 2) / MILLION);
}

uint32_t tc_chance_to_ppm(uint32_t chance)
{
	return (uint32_t)(((uint64_t)chance * MILLION + UINT32_MAX / 2) / UINT32_MAX);
}

uint32_t tc_default_quantum(uint64_t rate_bit_s)
{
	uint64_t quantum = rate_bit_s / 8 / QUANTUM_PART;

	if (quantum < QUANTUM_MIN)
		return QUANTUM_MIN;
	return quantum > QUANTUM_MAX ? QUANTUM_MAX : (uint32_t)quantum;
}

static uint64_t round_rate(uint64_t rate_bit_s)
{
	return rate_bit_s < 8 ? 8 : rate_bit_s / 8 * 8;
}

static uint32_t round_burst(uint64_t rate_bit_s, uint32_t bytes)
{
	return tc_ticks_to_bytes(rate_bit_s, tc_bytes_to_ticks(rate_bit_s, bytes));
}

static void round_netem(struct xnm_qdisc *qdisc)
{
	uint32_t *chances[] = {
		&qdisc->loss_ppm,     &qdisc->duplicate_ppm, &qdisc->corrupt_ppm,
		&qdisc->reorder_ppm,  &qdisc->turn_bad_ppm,  &qdisc->turn_good_ppm,
		&qdisc->bad_loss_ppm, &qdisc->good_loss_ppm,
	};

	for (unsigned int i = 0; i < sizeof(chances) / sizeof(chances[0]); i++) {
		if (*chances[i] > MILLION)
			*chances[i] = MILLION;
	}
	if (qdisc->jitter_us > NETEM_JITTER_US)
		qdisc->jitter_us = NETEM_JITTER_US;
	if (qdisc->turn_bad_ppm)
		qdisc->loss_ppm = 0;
	else
		qdisc->turn_good_ppm = qdisc->bad_loss_ppm = qdisc->good_loss_ppm = 0;
	if (qdisc->slot_max_us < qdisc->slot_min_us)
		qdisc->slot_max_us = qdisc->slot_min_us;
}

void xnm_qdisc_round(struct xnm_qdisc *qdisc)
{
	switch (qdisc->kind) {
	case XNM_QDISC_TBF:
		qdisc->rate_bit_s = round_rate(qdisc->rate_bit_s);
		qdisc->burst_bytes = round_burst(qdisc->rate_bit_s, qdisc->burst_bytes);
		break;
	case XNM_QDISC_CAKE:
		qdisc->rate_bit_s = qdisc->rate_bit_s / 8 * 8;
		break;
	case XNM_QDISC_NETEM:
		round_netem(qdisc);
		break;
	case XNM_QDISC_FQ_CODEL:
		if (!qdisc->limit_packets)
			qdisc->limit_packets = FQ_CODEL_PACKETS;
		break;
	case XNM_QDISC_HTB:
		qdisc->default_class &= 0xFFFF;
		break;
	case XNM_QDISC_CLSACT:
		qdisc->handle = XNM_TC_HANDLE(0xFFFF);
		qdisc->parent = XNM_TC_CLSACT;
		break;
	default:
		break;
	}
}

void xnm_tc_class_round(struct xnm_tc_class *class)
{
	class->rate_bit_s = round_rate(class->rate_bit_s);
	class->ceil_bit_s = round_rate(class->ceil_bit_s);
	if (class->ceil_bit_s < class->rate_bit_s)
		class->ceil_bit_s = class->rate_bit_s;
	class->burst_bytes = round_burst(class->rate_bit_s, class->burst_bytes);
	class->cburst_bytes = round_burst(class->ceil_bit_s, class->cburst_bytes);
	if (class->priority > 7)
		class->priority = 7;
	if (class->quantum_bytes == tc_default_quantum(class->rate_bit_s))
		class->quantum_bytes = 0;
}

void xnm_tc_filter_round(struct xnm_tc_filter *filter)
{
	unsigned int n_bits = filter->prefix.family == AF_INET6 ? 128 : 32;

	filter->prefix.told_len = 0;
	for (unsigned int bit = filter->prefix.prefix_len; bit < n_bits; bit++)
		filter->prefix.addr[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
}
