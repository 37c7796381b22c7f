/* SPDX-License-Identifier: GPL-2.0-or-later */
/* follow.h - other vifs for which something changes because a vif has come or gone. */
#ifndef XNM_FOLLOW_H
#define XNM_FOLLOW_H

#include "hotplug/notes/vif.h"

/*
 * A vif has come or gone, of which note is what was noted; it may be static memory that a run uses.
 * Reapplies the vifs that have a link to it, if the policy does not say its addresses: their filters
 * have them as long as it is noted. The caller holds no lock. Failures are logged.
 */
void xnm_follow_links(const struct xnm_policy *policy, const struct xnm_vif_note *note);

#endif
