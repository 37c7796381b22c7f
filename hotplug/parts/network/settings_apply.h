/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings_apply.h - set sysctls for networks, and restore them with the notes on networks. */
#ifndef XNM_SETTINGS_APPLY_H
#define XNM_SETTINGS_APPLY_H

#include "hotplug/core/apply.h"

/*
 * Sets the sysctls of a plan; writes its network's note, and restores sysctls that the note no
 * longer names; replaces any note, or removes it with new == NULL, and restores the sysctls that
 * only old names. Return 0 or -errno.
 */
int apply_settings(struct xnm_ctx *ctx, const struct xnm_plan *plan);
int apply_network_note(struct xnm_ctx *ctx, const struct xnm_plan *plan);
int apply_replace_note(struct xnm_ctx *ctx, const char *network, const struct xnm_network_note *old,
		       const struct xnm_network_note *new);

/* Sets accept_ra of a network's bridge back to 0, if another program has set it. */
void xnm_apply_deafen(struct xnm_ctx *ctx, const char *network);

#endif
