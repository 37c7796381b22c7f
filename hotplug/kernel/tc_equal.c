/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tc_equal.c - compare qdiscs and classes that were read with those that are wanted. */
#include "hotplug/kernel/tc.h"

static bool is_equal_line(const struct xnm_qdisc *is, const struct xnm_qdisc *wanted)
{
	return is->delay_us == wanted->delay_us && is->jitter_us == wanted->jitter_us &&
	       is->loss_ppm == wanted->loss_ppm && is->duplicate_ppm == wanted->duplicate_ppm &&
	       is->corrupt_ppm == wanted->corrupt_ppm && is->reorder_ppm == wanted->reorder_ppm &&
	       is->turn_bad_ppm == wanted->turn_bad_ppm &&
	       is->turn_good_ppm == wanted->turn_good_ppm &&
	       is->bad_loss_ppm == wanted->bad_loss_ppm &&
	       is->good_loss_ppm == wanted->good_loss_ppm &&
	       is->slot_min_us == wanted->slot_min_us && is->slot_max_us == wanted->slot_max_us &&
	       (!wanted->seed || is->seed == wanted->seed);
}

bool xnm_qdisc_equal(const struct xnm_qdisc *is, const struct xnm_qdisc *wanted)
{
	struct xnm_qdisc rounded = *wanted;

	xnm_qdisc_round(&rounded);
	return is->kind == rounded.kind && is->handle == rounded.handle &&
	       is->parent == rounded.parent && is->rate_bit_s == rounded.rate_bit_s &&
	       is->burst_bytes == rounded.burst_bytes && is->limit_bytes == rounded.limit_bytes &&
	       is->limit_packets == rounded.limit_packets &&
	       is->default_class == rounded.default_class && is_equal_line(is, &rounded);
}

bool xnm_tc_class_equal(const struct xnm_tc_class *is, const struct xnm_tc_class *wanted)
{
	struct xnm_tc_class rounded = *wanted;

	xnm_tc_class_round(&rounded);
	return is->classid == rounded.classid && is->parent == rounded.parent &&
	       is->rate_bit_s == rounded.rate_bit_s && is->ceil_bit_s == rounded.ceil_bit_s &&
	       is->burst_bytes == rounded.burst_bytes && is->cburst_bytes == rounded.cburst_bytes &&
	       is->priority == rounded.priority && is->quantum_bytes == rounded.quantum_bytes;
}
