/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile.h - switch to another profile of the policy. */
#ifndef XNM_CLI_PROFILE_H
#define XNM_CLI_PROFILE_H

#include <stdbool.h>

/*
 * What `xnm profile use NAME` does, or --default for "". for_a_while, as in a schedule: waits for
 * another one that applies the policy, and keeps no copy for `xnm rollback`. Returns the exit
 * status; if it is not 0, the profile before is in force, or it was told that it is not.
 */
int xnm_profile_use(const char *name, bool for_a_while);

#endif
