/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.h - write the nodes by which guests know who may use the fast path. */
#ifndef XNM_FASTPATH_APPLY_H
#define XNM_FASTPATH_APPLY_H

#include "hotplug/core/apply.h"

/* Updates the fast path's nodes of a domain or vif, and those of its peers. Returns 0 or -errno. */
int apply_fastpath(struct xnm_ctx *ctx, const struct xnm_fp_intent *intent);

#endif
