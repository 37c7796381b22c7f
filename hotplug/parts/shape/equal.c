/* SPDX-License-Identifier: GPL-2.0-or-later */
/* equal.c - compare qdiscs and classes that were read with those that are wanted. */
#include "hotplug/parts/shape/tree.h"

bool shape_qdisc_equal(const struct xnm_qdisc *is, const struct xnm_qdisc *wanted)
{
	return is->kind == wanted->kind && is->handle == wanted->handle &&
	       is->parent == wanted->parent && is->rate_bit_s == wanted->rate_bit_s &&
	       is->burst_bytes == wanted->burst_bytes && is->limit_bytes == wanted->limit_bytes &&
	       is->limit_packets == wanted->limit_packets && is->delay_us == wanted->delay_us &&
	       is->jitter_us == wanted->jitter_us && is->loss_ppm == wanted->loss_ppm &&
	       is->duplicate_ppm == wanted->duplicate_ppm &&
	       is->corrupt_ppm == wanted->corrupt_ppm && is->reorder_ppm == wanted->reorder_ppm &&
	       is->default_class == wanted->default_class;
}

bool shape_class_equal(const struct xnm_tc_class *is, const struct xnm_tc_class *wanted)
{
	return is->classid == wanted->classid && is->parent == wanted->parent &&
	       is->rate_bit_s == wanted->rate_bit_s && is->ceil_bit_s == wanted->ceil_bit_s &&
	       is->priority == wanted->priority;
}
