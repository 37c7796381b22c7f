/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.h - delete our accept rules from other programs' chains. */
#ifndef XNM_FOREIGN_APPLY_H
#define XNM_FOREIGN_APPLY_H

#include "hotplug/core/apply.h"

/* Deletes our rules for the device; missing ones are no error. Returns 0 or -errno. */
int apply_end_through(struct xnm_ctx *ctx, const char *dev);

#endif
