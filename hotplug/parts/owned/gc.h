/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.h - delete elements of address owners that no note names. */
#ifndef XNM_OWNED_GC_H
#define XNM_OWNED_GC_H

#include "hotplug/core/apply.h"

/* unknown: some may be of vifs without notes. */
void apply_owned_strays(struct xnm_ctx *ctx, bool unknown);

#endif
