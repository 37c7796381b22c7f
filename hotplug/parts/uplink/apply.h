/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.h - undo what is noted of an uplink. */
#ifndef XNM_UPLINK_APPLY_H
#define XNM_UPLINK_APPLY_H

#include "hotplug/core/apply.h"

/* Undoes all that is noted of an uplink; with owner only if that vif is the uplink. Returns 0 or
 * -errno. */
int apply_release_uplink(struct xnm_ctx *ctx, const char *name, const struct xnm_owner *owner);

#endif
