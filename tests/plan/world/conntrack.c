/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack.c - connections end, of which the model has none. */
#include "tests/plan/world/world.h"

static const struct world_op ops[] = {
	{ .type = &xnm_op_connections_forget },
	{ .type = &xnm_op_connections_purge },
	{ .type = &xnm_op_connections_stale },
};

const struct world_part world_conntrack_part = { WORLD_OPS(ops) };
