/* SPDX-License-Identifier: GPL-2.0-or-later */
/* applied.h - the policies that were applied since the boot, and which of them is in force. */
#ifndef XNM_APPLIED_H
#define XNM_APPLIED_H

#include <limits.h>
#include <stdbool.h>

#include "policy/policy.h"

/*
 * The folder <run>/applied has a copy of the policy's files, without those of override.d, for
 * each time that a changed policy was applied: 1, 2, and so on, of which the last few stay. The link
 * in-force there leads to the one that events read instead of the policy file, since an `xnm
 * rollback`. The file pending is there while a policy is being applied or tried; a run that was
 * killed leaves it.
 *
 * All but the questions are for whoever holds XNM_LOCK_APPLY.
 */

/* The policy file: XNM_CONFIG from the environment, else /etc/xnm/xnm.ini. */
const char *xnm_policy_file(void);

/* The one that events read: that file, or the copy to which in-force leads. */
const char *xnm_policy_file_in_force(void);

/* From here on this process reads the policy file, wherever in-force leads. */
void xnm_policy_ignore_rollback(void);

/* The policy file of copy n. out holds PATH_MAX bytes. Returns out. */
const char *xnm_applied_file(unsigned int n, char *out);

/* The copy to which in-force leads; 0: none. */
unsigned int xnm_applied_linked(void);
/* The newest copy, which is that of what is in force unless in-force leads elsewhere; 0: none. */
unsigned int xnm_applied_newest(void);
/* The newest copy that is older than copy before; 0: none. */
unsigned int xnm_applied_before(unsigned int before);
/* Whether a policy is being applied or tried, or that was broken off. */
bool xnm_applied_is_pending(void);
/* Whether copy n has the same files as the policy at path. */
bool xnm_applied_is(unsigned int n, const char *path);
/* The profile that was chosen when copy n was applied; "": none. */
void xnm_applied_choice(unsigned int n, char name[XNM_NAME_LEN]);

/*
 * Copies the policy at path, with the choice of a profile, and notes that it is pending. Returns 0 or
 * -errno; a copy that is not ended has no number.
 */
int xnm_applied_begin(const char *path, const char *choice);
/*
 * It was applied: numbers the copy, unless it is like the newest, and removes those that are too
 * old. Returns 0 or -errno.
 */
int xnm_applied_end(void);
/* It was not, and what was there before is in force again. */
void xnm_applied_abandon(void);

/* Lets in-force lead to copy n; 0: removes it. Returns 0 or -errno. */
int xnm_applied_link(unsigned int n);
/* Removes the copies that are newer than n: they were taken back. */
void xnm_applied_forget_after(unsigned int n);

#endif
