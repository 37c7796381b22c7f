/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplinks.h - which of the ways out this host takes. */
#ifndef XNM_UPLINKS_H
#define XNM_UPLINKS_H

#include "hotplug/log.h"
#include "policy/policy.h"

/*
 * Looks which uplinks work now: an interface has come, gone, or has another
 * carrier. Returns 0 or -errno with err filled.
 */
int xnm_uplinks_evaluate(const struct xnm_policy *policy, struct xnm_err *err);

#endif
