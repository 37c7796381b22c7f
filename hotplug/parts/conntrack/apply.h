/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.h - delete the conntrack entries of connections that are no longer allowed. */
#ifndef XNM_CONNTRACK_APPLY_H
#define XNM_CONNTRACK_APPLY_H

#include "hotplug/core/apply.h"

/*
 * Deletes the conntrack entries that purge selects and that the rules, as noted, would no longer
 * accept as new; and those made by a port forward in gone. Returns 0 or -errno.
 */
int apply_purge(struct xnm_ctx *ctx, const struct xnm_purge *purge, const struct xnm_element *gone,
		unsigned int n_gone);

#endif
