/* SPDX-License-Identifier: GPL-2.0-or-later */
/* changes.h - the operations that make the qdiscs of one device those that are wanted. */
#ifndef XNM_SHAPE_CHANGES_H
#define XNM_SHAPE_CHANGES_H

#include "hotplug/core/plan.h"
#include "hotplug/parts/shape/tree.h"

struct shaped_device {
	char name[IFNAMSIZ];
	int ifindex; /* 0: it is made by this plan */
	const struct xnm_shape_tree *is;
	const struct xnm_shape_tree *wanted;
};

/* Adds them to the plan. What only has other values is changed in place. Pure. */
void shape_changes(struct xnm_plan *plan, const struct shaped_device *device);

#endif
