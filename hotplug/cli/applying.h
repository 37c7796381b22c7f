/* SPDX-License-Identifier: GPL-2.0-or-later */
/* applying.h - what the commands share that bring all that runs to a changed policy. */
#ifndef XNM_APPLYING_H
#define XNM_APPLYING_H

#include "hotplug/notes/applied.h"
#include "hotplug/notes/files.h"
#include "hotplug/run/apply_policy.h"

/* A change of what is in force, and what that was before. */
struct xnm_change {
	struct xnm_run_dir dir;
	char choice[XNM_NAME_LEN]; /* of a profile; "": none */
	unsigned int linked; /* the copy to which a rollback had led; 0: none */
	bool is_kept; /* a copy of the policy was begun */
};

/*
 * Reads and checks the policy at path as if the profile were in force (NULL: the one that is), and
 * prints every mistake to stderr. Returns it, or NULL if there are mistakes.
 */
const struct xnm_policy *xnm_applying_check(const char *path, const char *profile);

/* As a profile is called in sentences; "": that of [global]. Valid for two calls. */
const char *xnm_profile_called(const char *name);

/* Whether the policy at path has that profile, or name is ""; told on stderr if not. */
bool xnm_profile_is_known(const char *path, const char *name);

/*
 * Keeps out other commands that apply, until xnm_change_close(); waits up to wait_ms for one that
 * does. Returns 0, or -errno, told on stderr.
 */
int xnm_change_open(struct xnm_change *change, unsigned int wait_ms);
void xnm_change_close(struct xnm_change *change);

/* Begins a copy of the policy at path; without one there is only no way back, which is warned of. */
void xnm_change_keep(struct xnm_change *change, const char *path, const char *choice);
/* All was applied: the copy is kept. */
void xnm_change_done(struct xnm_change *change);

/* Puts in force a profile, and the copy n or with 0 the policy file. Returns 0 or -errno, told. */
int xnm_change_choose(const struct xnm_change *change, const char *choice);
int xnm_change_link(unsigned int n);

/*
 * xnm_apply_policy() in a child process, as it drops privileges; prints what it does to stdout.
 * SIGINT, SIGTERM and SIGHUP do not stop it half-way. With XNM_RUN_PLAN it reads the policy file,
 * also after a rollback. Returns whether all went well.
 */
bool xnm_change_run(enum xnm_run_mode mode);

/* Puts the choice before back, and copy n in force, and applies that. Returns whether all went well. */
bool xnm_change_back(struct xnm_change *change, unsigned int n);

#endif
