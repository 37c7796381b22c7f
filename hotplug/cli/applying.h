/* SPDX-License-Identifier: GPL-2.0-or-later */
/* applying.h - what the commands share that bring all that runs to a changed policy. */
#ifndef XNM_APPLYING_H
#define XNM_APPLYING_H

#include "hotplug/notes/files.h"
#include "hotplug/run/apply_policy.h"

/*
 * Reads and checks the policy in use as if the profile were in force (NULL: the one that is), and
 * prints every mistake to stderr. Returns it, or NULL if there are mistakes.
 */
const struct xnm_policy *xnm_applying_check(const char *profile);

/*
 * Opens the run directory and keeps out other commands that apply, until it is closed. Returns 0,
 * or -errno, told on stderr.
 */
int xnm_applying_begin(struct xnm_run_dir *dir);

/*
 * xnm_apply_policy() in a child process, as it drops privileges; prints what it does to stdout.
 * SIGINT, SIGTERM and SIGHUP do not stop it half-way. Returns whether all went well.
 */
bool xnm_applying_run(enum xnm_run_mode mode);

#endif
