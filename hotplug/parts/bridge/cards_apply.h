/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cards_apply.h - give an interface back the addresses and routes that its bridge has. */
#ifndef XNM_CARDS_APPLY_H
#define XNM_CARDS_APPLY_H

#include "hotplug/core/apply.h"

/*
 * Gives the interface whose place the bridge takes its addresses and routes back, and detaches it.
 * Returns 0; -EAGAIN if the interface does not exist; another -errno with everything unchanged.
 */
int apply_carry_back(struct xnm_ctx *ctx, const struct xnm_link *bridge,
		     const struct xnm_bridge_note *note);

#endif
