/* SPDX-License-Identifier: GPL-2.0-or-later */
/* applied_files.h - copy, compare and remove the files of a policy. */
#ifndef XNM_APPLIED_FILES_H
#define XNM_APPLIED_FILES_H

#include <stdbool.h>

/* A policy is its main file, which may be missing, and *.ini in policy.d beside it. */

/* Copies the policy at from into an existing folder as that of to. Returns 0 or -errno. */
int xnm_policy_copy(const char *from, const char *to);

/* Whether two policies have the same files with the same text. */
bool xnm_policy_is_same(const char *a, const char *b);

/* Removes a policy, and what else is in its folder, and that folder. Nothing there is success. */
void xnm_policy_remove_folder(const char *folder);

#endif
