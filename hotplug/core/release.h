/* SPDX-License-Identifier: GPL-2.0-or-later */
/* release.h - undo all that was set up for a network, when its last vif has left. */
#ifndef XNM_RELEASE_H
#define XNM_RELEASE_H

#include "hotplug/core/apply.h"

/*
 * Undoes all that was set up for a network, if no vif is in it by the network's notes or the vif's
 * own. but: the vif that is leaving, whose note may still exist; NULL: none. Returns 0 or -errno.
 */
int apply_release_network(struct xnm_ctx *ctx, const char *network, const char *bridge,
			  const struct xnm_owner *but);

/* Whether network, whose note is gone, was the last of the policy's. */
bool xnm_has_lost_all_networks(const struct xnm_run_dir *dir, const char *network);

#endif
