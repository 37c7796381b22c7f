/* SPDX-License-Identifier: GPL-2.0-or-later */
/* links.h - the links of the policy that are shaped at a vif. */
#ifndef XNM_SHAPE_LINKS_H
#define XNM_SHAPE_LINKS_H

#include "hotplug/core/facts.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/shape/tree.h"

/* Whether the vif is shaped in any direction, by its own section or by a link. Pure. */
bool shape_is_wanted(const struct xnm_want *want, const struct xnm_guest *guest);

/*
 * Whether it is at the end of a link, and the policy does not say its addresses: vifs at the other
 * end then have those of its note. Pure.
 */
bool shape_is_peer(const struct xnm_want *want, const struct xnm_guest *guest);

/*
 * Fills out with a branch for each link that is shaped at the vif in that direction, the one that
 * counts first; up to XNM_SHAPE_MAX_LINKS. One of whose other end no address is known is left out.
 * Pure. Returns 0, or -E2BIG with err filled.
 */
int shape_branches(struct shape_branch *out, unsigned int *n, const struct xnm_want *want,
		   const struct xnm_facts *facts, enum xnm_direction direction,
		   struct xnm_err *err);

/*
 * Calls fn for the end of each link that is a vif whose addresses the policy does not say, if the
 * link is shaped at the wanted vif at the other end. Pure.
 */
void shape_each_peer(const struct xnm_want *want, const struct xnm_guest *guest,
		     void (*fn)(void *arg, const struct xnm_link_end *peer), void *arg);

#endif
