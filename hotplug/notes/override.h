/* SPDX-License-Identifier: GPL-2.0-or-later */
/* override.h - the file of the keys that were set for a vif while it ran. */
#ifndef XNM_OVERRIDE_NOTE_H
#define XNM_OVERRIDE_NOTE_H

#include <sys/stat.h>

#include "hotplug/notes/files.h"
#include "policy/override.h"

struct xnm_vif_note;

/* Below the run directory. A folder, and files without .ini: not policy files for any version. */
#define XNM_OVERRIDE_DIR      XNM_POLICY_OVERRIDE_DIR "/vif"
#define XNM_OVERRIDE_FILE_LEN 120

/*
 * The name of a vif's file, by what outlives its domain: its guest's UUID or, without one, the
 * guest's name, and the vif's number there. Returns false if neither is known.
 */
bool xnm_override_file(const char *uuid, const char *name, uint32_t devid,
		       char out[XNM_OVERRIDE_FILE_LEN]);
bool xnm_override_file_of(const struct xnm_vif_note *note, char out[XNM_OVERRIDE_FILE_LEN]);

/*
 * Reads a file. stamp, which may be NULL, tells whether it is replaced later. Returns 0, -ENOENT,
 * -EINVAL if it is damaged, -EPERM if others than root may have written it, or another -errno.
 */
int xnm_override_note_read(const struct xnm_run_dir *dir, const char *file,
			   struct xnm_override *override, struct stat *stamp);

/* What the file is now, all zero without one. */
void xnm_override_note_stamp(const struct xnm_run_dir *dir, const char *file, struct stat *stamp);

/*
 * Replaces a file, whole or not at all, or removes it where the override has no key. The caller
 * holds XNM_LOCK_OVERRIDE of this file. Returns 0 or -errno.
 */
int xnm_override_note_write(const struct xnm_run_dir *dir, const char *file,
			    const struct xnm_override *override);

/* Whether any vif has one. */
bool xnm_override_note_any(const struct xnm_run_dir *dir);

/* Calls fn for the name of every file; stops at its first non-zero answer, which it returns. */
int xnm_override_note_each(const struct xnm_run_dir *dir, int (*fn)(void *arg, const char *file),
			   void *arg);

/* What to say of an error of reading one, as in "is damaged". */
const char *xnm_override_note_problem(int rc);

#endif
