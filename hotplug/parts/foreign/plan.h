/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.h - the device for which other programs' firewalls need accept rules, and which. */
#ifndef XNM_FOREIGN_PLAN_H
#define XNM_FOREIGN_PLAN_H

#include "hotplug/core/want.h"

/* The device that other programs' chains see the guest's packets on. */
const char *xnm_through_device(const struct xnm_want *want, const struct xnm_facts *facts);

/* The rules (enum xnm_through) by which a chain that drops by default accepts the guest's packets
 * of a family (an index into xnm_ip_names); 0: none needed. */
unsigned int xnm_through_rules(const struct xnm_want *want, const struct xnm_facts *facts,
			       unsigned int ip);

#endif
