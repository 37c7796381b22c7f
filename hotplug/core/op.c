/* SPDX-License-Identifier: GPL-2.0-or-later */
/* op.c - find the row of an operation's kind. */
#include "hotplug/core/op.h"

#include "hotplug/plan.h"

static const struct xnm_op_type *const types[] = {
#define XNM_OP(kind, row) [XNM_OP_##kind] = &(row),
#include "hotplug/ops.def"
#undef XNM_OP
};

const struct xnm_op_type *xnm_op_type(const struct xnm_op *op)
{
	return types[op->kind];
}
