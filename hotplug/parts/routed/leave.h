/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leave.h - what of a vif's routes and proxy neighbours is no longer wanted. */
#ifndef XNM_ROUTED_LEAVE_H
#define XNM_ROUTED_LEAVE_H

#include <stdbool.h>

struct xnm_facts;
struct xnm_plan;
struct xnm_vif_note;
struct xnm_want;

/* Whether uplinks are to answer for the guest's addresses of this family (AF_INET or AF_INET6). */
bool routed_wants_proxies(const struct xnm_want *want, int family);

/*
 * Plans that routes and proxies go which facts->note has and new has no longer, or that the network
 * no longer wants; want is NULL for a vif that goes.
 */
void routed_leave(struct xnm_plan *plan, const struct xnm_facts *facts,
		  const struct xnm_vif_note *new, const struct xnm_want *want);

#endif
