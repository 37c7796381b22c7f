/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule.h - what a step of a [schedule] makes of the keys that are set for its vif. */
#ifndef XNM_SECTIONS_SCHEDULE_H
#define XNM_SECTIONS_SCHEDULE_H

#include "policy/override.h"
#include "policy/types/schedule.h"

/*
 * Sets the keys of a set, of which a list that is named twice has all words; takes out those of a
 * reset, or all. Returns 0, or -ENAMETOOLONG or -E2BIG if that is too much for an override.
 */
int xnm_step_lay(const struct xnm_step *step, struct xnm_override *override);

#endif
