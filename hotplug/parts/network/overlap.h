/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overlap.h - subnets of networks that this host has elsewhere, of which it would drop what comes from there. */
#ifndef XNM_OVERLAP_H
#define XNM_OVERLAP_H

#include "hotplug/base/log.h"
#include "policy/policy.h"

struct xnm_network_note;
struct xnm_rtnl;
struct xnm_run_dir;

/*
 * Looks whether a subnet of a closed network is one that this host has on an
 * interface which is not the network's, or has its router there. Costs a list
 * of routes for each family of the subnets.
 *
 * Returns 0, -EADDRINUSE with err saying what to change, or another -errno
 * with err filled.
 */
int xnm_overlap_check(struct xnm_rtnl *rtnl, const struct xnm_run_dir *dir,
		      const struct xnm_network *network, struct xnm_err *err);

/* Calls fn for every such network of the policy, with the text of err; for a person. */
void xnm_overlap_each(const struct xnm_policy *policy,
		      void (*fn)(void *arg, const struct xnm_network *network, const char *text),
		      void *arg);

/* Whether the note has all of the network's subnets: it was looked at when they were new. */
bool xnm_overlap_is_checked(const struct xnm_network_note *note, const struct xnm_network *network);

#endif
