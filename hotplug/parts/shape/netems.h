/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netems.h - whether the kernel can emulate the lines of a vif. */
#ifndef XNM_SHAPE_NETEMS_H
#define XNM_SHAPE_NETEMS_H

#include "hotplug/core/facts.h"
#include "hotplug/core/want.h"

/*
 * Before anything is made: what its section says, and what its links say whose other ends may still
 * come. Pure. Returns 0, also if nobody has asked the kernel, or -EOPNOTSUPP with err filled.
 */
int shape_check_netems(const struct xnm_want *want, const struct xnm_facts *facts,
		       struct xnm_err *err);

#endif
