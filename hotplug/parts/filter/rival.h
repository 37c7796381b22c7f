/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rival.h - say which other vif has a port forward that was to lead to this one. */
#ifndef XNM_FILTER_RIVAL_H
#define XNM_FILTER_RIVAL_H

#include "hotplug/core/apply.h"

/* Whether the plan adds any port forward. */
bool apply_adds_forward(const struct xnm_plan *plan);

/* The message for a port forward that leads to another vif: which one, and what to change. */
const char *apply_forward_rival(struct xnm_ctx *ctx, const struct xnm_plan *plan);

#endif
