/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.h - which device others' firewalls must let through, and how. */
#ifndef XNM_FOREIGN_PLAN_H
#define XNM_FOREIGN_PLAN_H

#include "hotplug/core/want.h"

/* The device that others' chains see the guest's packets come from and go to. */
const char *xnm_through_device(const struct xnm_want *want, const struct xnm_facts *facts);

/* Which rules (enum xnm_through) let the guest's packets of a family (an index into
 * xnm_ip_names) through a chain that drops what it does not know; 0: none come to it. */
unsigned int xnm_through_rules(const struct xnm_want *want, const struct xnm_facts *facts,
			       unsigned int ip);

#endif
