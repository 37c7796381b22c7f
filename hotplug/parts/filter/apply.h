/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.h - rebuild or delete our nftables tables. */
#ifndef XNM_FILTER_APPLY_H
#define XNM_FILTER_APPLY_H

#include "hotplug/core/apply.h"
#include "hotplug/notes/generation.h"

/*
 * Rebuilds tables with all elements that are noted for them, or deletes them. all: after this, all
 * tables are complete. Returns 0; -ESTALE: something has changed since the generation in now, and
 * nothing was done; or another -errno.
 */
struct apply_tables {
	bool build[2], exists[2], end[2]; /* enum xnm_table */
	bool all;
	struct xnm_seen now;
};
int apply_tables(struct xnm_ctx *ctx, const struct apply_tables *tables);

/* Whether an element leads to an access list that is no longer in the policy. */
bool apply_leads_nowhere(const struct xnm_policy *policy, const struct xnm_element *element);

#endif
