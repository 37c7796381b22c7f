/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_parts.h - the parts of a plan, for the files that make one. */
#ifndef XNM_PLAN_PARTS_H
#define XNM_PLAN_PARTS_H

#include "hotplug/plan.h"

/*
 * Adds an operation on the device dev; why is what people read behind it.
 * Returns the operation, so that the caller can fill u.
 */
struct xnm_op *xnm_plan_add(struct xnm_plan *plan, enum xnm_op_kind kind, const char *dev,
			    int ifindex, const char *why, ...) XNM_PRINTF(5, 6);

/* The shared part of an online: what has to be there before the first vif of a network. */
int xnm_plan_network(struct xnm_plan *plan, const struct xnm_want *want,
		     const struct xnm_facts *facts, struct xnm_err *err);

/* Whether the wanted bridge is one, and one that can keep the wanted VLANs apart. */
int xnm_plan_check_bridge(const struct xnm_want *want, const struct xnm_facts *facts,
			  struct xnm_err *err);

#endif
