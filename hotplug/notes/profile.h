/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile.h - which profile of the policy is in force until the next boot. */
#ifndef XNM_PROFILE_NOTE_H
#define XNM_PROFILE_NOTE_H

#include "policy/policy.h"

struct xnm_run_dir;

/* The file <run>/profile; name becomes "" if nobody has chosen one. Returns 0 or -errno. */
int xnm_profile_note_read(const struct xnm_run_dir *dir, char name[XNM_NAME_LEN]);

/* Replaces it as a whole; "": removes it, so that [global] counts. Returns 0 or -errno. */
int xnm_profile_note_write(const struct xnm_run_dir *dir, const char *name);

#endif
