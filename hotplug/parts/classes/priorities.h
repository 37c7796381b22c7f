/* SPDX-License-Identifier: GPL-2.0-or-later */
/* priorities.h - the 802.1p priorities that a VLAN which is an uplink writes into its tags. */
#ifndef XNM_CLASSES_PRIORITIES_H
#define XNM_CLASSES_PRIORITIES_H

#include "hotplug/core/part.h"

/* Plans what is to change in the egress map of a device, if it is a VLAN. Pure. */
void classes_plan_priorities(struct xnm_plan *plan, const struct xnm_view *view,
			     const struct xnm_classes_seen *seen);

/*
 * Whether the vif can have its pcp=. Returns 0; -EOPNOTSUPP where the kernel cannot write it into
 * tags of a bridge, -EINVAL where a VLAN device cannot tell the vif from others of its class. Pure.
 */
int classes_check_priorities(const struct xnm_view *view, struct xnm_err *err);

#endif
