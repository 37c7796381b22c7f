/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule.h - the words of one step of a [schedule]. */
#ifndef XNM_TYPES_SCHEDULE_H
#define XNM_TYPES_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/schedule.h"

/*
 * The word of that number: 0 is the action, 1 the profile or the vif, and then come keys. Returns
 * false, and "" in out, if there are not so many.
 */
bool xnm_step_word(const struct xnm_step *step, unsigned int number, char out[XNM_STEP_TEXT_LEN]);

#endif
