/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kinds.h - a number for each type of operation, for the switches of the model. */
#ifndef XNM_TEST_KINDS_H
#define XNM_TEST_KINDS_H

#include "hotplug/core/plan.h"

enum kind {
#define XNM_OP(row) KIND_##row,
#include "hotplug/core/ops.def"
#undef XNM_OP
	N_KINDS,
};

static inline enum kind kind_of(const struct xnm_op *op)
{
	static const struct xnm_op_type *const types[] = {
#define XNM_OP(row) &(row),
#include "hotplug/core/ops.def"
#undef XNM_OP
	};
	unsigned int i = 0;

	while (i < N_KINDS && types[i] != op->type)
		i++;
	return (enum kind)i;
}

#endif
