/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overlap.h - check that a network's subnets are not elsewhere on this host, as it would drop packets from there. */
#ifndef XNM_OVERLAP_H
#define XNM_OVERLAP_H

#include "hotplug/base/log.h"
#include "policy/policy.h"

struct xnm_network_note;
struct xnm_rtnl;
struct xnm_run_dir;

/*
 * Checks whether this host has a subnet of a closed network on an interface which is not the
 * network's, or has its router in it. Costs a dump of the routes per family.
 *
 * Returns 0, -EADDRINUSE with err saying what to change, or another -errno with err filled.
 */
int xnm_overlap_check(struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		      const struct xnm_network *network, struct xnm_err *err);

/* Calls fn for every such network of the policy, with the text for people. */
void xnm_overlap_each(const struct xnm_policy *policy,
		      void (*fn)(void *arg, const struct xnm_network *network, const char *text),
		      void *arg);

/* Whether the note has all of the network's subnets: they were checked when they were new. */
bool xnm_overlap_is_checked(const struct xnm_network_note *note, const struct xnm_network *network);

#endif
