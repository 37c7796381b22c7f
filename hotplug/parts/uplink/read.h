/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.h - uplinks with a gateway, and the default routes of the host. */
#ifndef XNM_UPLINK_READ_H
#define XNM_UPLINK_READ_H

#include "hotplug/core/facts.h"

struct xnm_want;

/* Whether the vif is, or its network uses, any uplink with a gateway. */
bool xnm_wants_ways(const struct xnm_want *want);

/* Reads one of them: way->uplink, is_own and owner are given. Returns 0, or -errno with err
 * filled. */
int xnm_facts_way(struct xnm_uplink_seen *way, struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		  const char *name, struct xnm_err *err);

/* Reads all default routes of the host; more of them than fit are no error. Returns 0, or -errno
 * with err filled. */
int xnm_facts_slots(struct xnm_slots *slots, struct xnm_rtnl *rtnl, struct xnm_err *err);

#endif
