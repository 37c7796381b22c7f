/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rival.h - the vif that has just got an address or MAC address which was to be this one's. */
#ifndef XNM_RIVAL_H
#define XNM_RIVAL_H

#include "hotplug/core/apply.h"

/* Whether the owner of a note no longer exists: no note on that vif, and no device. */
bool apply_has_gone(struct xnm_ctx *ctx, const struct xnm_owner *owner);

/* Writes to ctx->taken that the owner has what this vif was to get. Returns -EADDRINUSE. */
int apply_was_slower(struct xnm_ctx *ctx, const struct xnm_owner *owner, const char *what);

#endif
