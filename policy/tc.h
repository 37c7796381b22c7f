/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc.h - what the policy says of rates, delays and losses. */
#ifndef XNM_POLICY_TC_H
#define XNM_POLICY_TC_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/netem.h"

#define XNM_RATE_MAX_BIT_S  1000000000000 /* 1Tbit */
#define XNM_DELAY_MAX_US    60000000
#define XNM_JITTER_MAX_US   2000000 /* netem keeps it in 31 bits of nanoseconds */
#define XNM_BURST_MAX_BYTES (1024 * 1024 * 1024)

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

/*
 * Losses that come in bursts, after Gilbert and Elliott: each packet may turn the line bad, or good
 * again; bad_loss_ppm are lost while it is bad, good_loss_ppm while it is good. turn_bad_ppm 0: none.
 */
struct xnm_gemodel {
	uint32_t turn_bad_ppm, turn_good_ppm, bad_loss_ppm, good_loss_ppm;
};

/* Packets wait and leave together, each time after so long; min_us 0: each leaves by itself. */
struct xnm_slot {
	uint32_t min_us, max_us;
};

/* Emulates a line: all 0: none. Probabilities are in millionths (1 % is 10000). */
struct xnm_line {
	uint32_t delay_us;
	uint32_t jitter_us; /* the delay varies by up to so much; less than delay_us */
	uint32_t loss_ppm;
	uint32_t duplicate_ppm;
	uint32_t corrupt_ppm;
	uint32_t reorder_ppm;
	struct xnm_gemodel gemodel; /* in place of loss_ppm */
	struct xnm_slot slot;
	uint64_t seed; /* of what is random here but slots; 0: any */
};

/* The rate and the line of one direction; all 0: neither. */
struct xnm_shaping {
	uint64_t rate_bit_s; /* 0: no limit */
	uint32_t burst_bytes; /* 0: computed from the rate and the MTU */
	uint32_t queue_us; /* how long a packet may wait for the rate; 0: 50 ms */
	enum xnm_queue_kind queue;
	struct xnm_line line;
};

/* What a [vif] says of it, as written; all 0: nothing. */
struct xnm_tc_policy {
	uint64_t rate_bit_s; /* rate=, for both directions */
	uint64_t rates_bit_s[XNM_N_DIRECTIONS]; /* inbound-rate= and outbound-rate=, instead */
	uint32_t burst_bytes; /* these three for both directions */
	uint32_t queue_us;
	enum xnm_queue_kind queue;
	struct xnm_line lines[XNM_N_DIRECTIONS];
};

static inline bool xnm_line_is_plain(const struct xnm_line *line)
{
	return !line->delay_us && !line->loss_ppm && !line->duplicate_ppm && !line->corrupt_ppm &&
	       !line->reorder_ppm && !line->gemodel.turn_bad_ppm && !line->slot.min_us;
}

/* Whether anything is random that a seed decides. */
static inline bool xnm_line_is_random(const struct xnm_line *line)
{
	return line->jitter_us || line->loss_ppm || line->duplicate_ppm || line->corrupt_ppm ||
	       line->reorder_ppm || line->gemodel.turn_bad_ppm;
}

static inline bool xnm_shaping_is_none(const struct xnm_shaping *shaping)
{
	return !shaping->rate_bit_s && xnm_line_is_plain(&shaping->line);
}

/*
 * What holds for each direction of a vif whose [vif] section says so. A direction
 * without a rate has no burst, queue and kind of queue either. Pure.
 */
void xnm_policy_shaping(const struct xnm_tc_policy *policy,
			struct xnm_shaping out[XNM_N_DIRECTIONS]);

/* Whether the section says nothing of either direction. Pure. */
bool xnm_tc_policy_is_none(const struct xnm_tc_policy *policy);

/* A rate and a time as the policy takes them, in the largest unit that is exact: "1500Kbit". */
#define XNM_RATE_TEXT_LEN  32
#define XNM_DELAY_TEXT_LEN 16
const char *xnm_rate_text(uint64_t bit_s, char out[XNM_RATE_TEXT_LEN]);
const char *xnm_delay_text(uint32_t us, char out[XNM_DELAY_TEXT_LEN]);

#endif
