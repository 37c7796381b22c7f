/* SPDX-License-Identifier: GPL-2.0-or-later */
/* equal.c - compare qdiscs and classes that were read with those that are wanted. */
#include "hotplug/parts/shape/tree.h"

bool shape_qdisc_equal(const struct xnm_qdisc *is, const struct xnm_qdisc *wanted)
{
	return xnm_qdisc_equal(is, wanted);
}

bool shape_class_equal(const struct xnm_tc_class *is, const struct xnm_tc_class *wanted)
{
	return is->classid == wanted->classid && is->parent == wanted->parent &&
	       is->rate_bit_s == wanted->rate_bit_s && is->ceil_bit_s == wanted->ceil_bit_s &&
	       is->priority == wanted->priority;
}
