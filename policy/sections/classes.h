/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classes.h - which class a name means, and by which uplinks a network's packets leave. */
#ifndef XNM_SECTIONS_CLASSES_H
#define XNM_SECTIONS_CLASSES_H

#include "policy/policy.h"

/* The number of the class; that of XNM_DEFAULT_CLASS for one that has no section. Pure. */
uint32_t xnm_class_number(const struct xnm_policy *policy, const char *name);

/*
 * Whether packets of the network may leave by the uplink. Those of one without uplink=, and of a
 * bridge without a network (NULL), may leave by any. Pure.
 */
bool xnm_network_leaves_by(const struct xnm_network *network, const struct xnm_uplink *uplink);

/*
 * The DSCP of what vifs of a section send (NULL: they have none): their own, else that of the class
 * that they name. Pure. Returns whether the policy says one.
 */
bool xnm_vif_dscp(const struct xnm_policy *policy, const struct xnm_vif_policy *vif,
		  uint32_t *dscp);
/* The same of their 802.1p priority. */
bool xnm_vif_pcp(const struct xnm_policy *policy, const struct xnm_vif_policy *vif, uint32_t *pcp);

#endif
