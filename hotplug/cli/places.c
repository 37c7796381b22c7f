/* SPDX-License-Identifier: GPL-2.0-or-later */
/* places.c - check that nobody but root can put other files in the place of the policy's. */
#include "hotplug/cli/findings.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "policy/policy.h"

/*
 * Loading has refused a file, and a directory of files, to which others may write; but not the
 * directories above, where somebody may rename them, and not a sticky one, where others may at
 * least add a policy.d.
 */

static bool is_sticky_for_all(const struct stat *st)
{
	return (st->st_mode & S_ISVTX) && (st->st_mode & (S_IWGRP | S_IWOTH));
}

static void look_at(struct xnm_findings *findings, const char *file, const char *dir, bool is_own)
{
	char text[PATH_MAX + 160];
	const char *why;
	struct stat st;

	if (stat(dir, &st))
		return;
	why = xnm_policy_distrust(&st);
	if (why)
		(void)snprintf(text, sizeof(text),
			       "the directory %s %s: who may write there can put another policy "
			       "in the place of this one",
			       dir, why);
	else if (is_own && is_sticky_for_all(&st))
		(void)snprintf(text, sizeof(text),
			       "warning: anybody may write to the directory %s, and stop all "
			       "guests by adding a policy.d there: move the policy",
			       dir);
	else
		return;
	xnm_findings_add(findings, file, 0, text);
}

void xnm_check_places(struct xnm_findings *findings, const char *path)
{
	char dir[PATH_MAX];
	bool is_own = true;
	char *slash;

	if (!realpath(path, dir))
		return;
	while ((slash = strrchr(dir, '/'))) {
		slash[slash == dir] = '\0';
		look_at(findings, path, dir, is_own);
		is_own = false;
		if (slash == dir)
			return;
	}
}
