/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shape.h - what the policy says of rates, delays and losses. */
#ifndef XNM_POLICY_SHAPE_H
#define XNM_POLICY_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

/* The two directions of a vif, as its guest sees them. */
enum xnm_direction {
	XNM_INBOUND, /* to the guest: what its vif sends */
	XNM_OUTBOUND, /* from the guest: what its vif receives */
	XNM_N_DIRECTIONS,
};

/* How packets wait for a rate, as in qdisc=. */
enum xnm_queue_kind {
	XNM_QUEUE_DEFAULT = 0, /* fq_codel, if the kernel has it */
	XNM_QUEUE_FQ_CODEL,
	XNM_QUEUE_PFIFO, /* first in, first out; what does not fit is dropped */
	XNM_QUEUE_CAKE,
};

/* Emulates a line: all 0: none. Probabilities are in millionths (1 % is 10000). */
struct xnm_line {
	uint32_t delay_us;
	uint32_t jitter_us; /* the delay varies by up to so much; less than delay_us */
	uint32_t loss_ppm;
	uint32_t duplicate_ppm;
	uint32_t corrupt_ppm;
	uint32_t reorder_ppm;
};

/* How packets of one direction are shaped; all 0: not at all. */
struct xnm_shaping {
	uint64_t rate_bit_s; /* 0: no limit */
	uint32_t burst_bytes; /* 0: computed from the rate and the MTU */
	uint32_t queue_us; /* how long a packet may wait for the rate; 0: 50 ms */
	enum xnm_queue_kind queue;
	struct xnm_line line;
};

static inline bool xnm_line_is_plain(const struct xnm_line *line)
{
	return !line->delay_us && !line->loss_ppm && !line->duplicate_ppm && !line->corrupt_ppm &&
	       !line->reorder_ppm;
}

static inline bool xnm_shaping_is_none(const struct xnm_shaping *shaping)
{
	return !shaping->rate_bit_s && xnm_line_is_plain(&shaping->line);
}

#endif
