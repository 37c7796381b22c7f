/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree.h - the classes of an uplink as they should be. */
#ifndef XNM_CLASSES_TREE_H
#define XNM_CLASSES_TREE_H

#include "hotplug/parts/classes/classes.h"

/* The HTB qdisc of every uplink. Pure. */
void classes_htb(struct xnm_qdisc *out);

/* The class of the whole uplink, whose device has an MTU of mtu_bytes. Pure. */
void classes_root(struct xnm_tc_class *out, const struct xnm_uplink *uplink, uint32_t mtu_bytes);

/*
 * Class number i of the uplink: of policy->n_classes that of each [class], and behind them, unless
 * there is a [class default], that of the rest, which has what the others leave. All values are
 * such as the kernel keeps. Pure. Returns the name of the class, or NULL behind the last one.
 */
const char *classes_branch(struct xnm_class_branch *out, const struct xnm_policy *policy,
			   const struct xnm_uplink *uplink, uint32_t mtu_bytes, unsigned int i);

#endif
