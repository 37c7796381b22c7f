/* SPDX-License-Identifier: GPL-2.0-or-later */
/* undo.c - remember what a schedule is going to change, and put it back at its end. */
#include <errno.h>
#include <string.h>

#include "hotplug/cli/profile.h"
#include "hotplug/cli/run/run.h"
#include "hotplug/cli/set/set.h"
#include "hotplug/notes/profile.h"
#include "policy/sections/schedule.h"

/* What was set for one vif, and which of it the schedule has changed. */
struct before {
	char file[XNM_OVERRIDE_FILE_LEN];
	bool is_put_back;
	struct xnm_override former;
	struct xnm_override changed; /* names of keys, without values */
};

/* Each step has one vif at most. */
static struct before vifs[XNM_MAX_STEPS];
static unsigned int n_vifs;
static char former_profile[XNM_NAME_LEN], latest_profile[XNM_NAME_LEN];
static bool has_profile;

int run_undo_begin(const struct run *run, struct xnm_err *err)
{
	int rc = xnm_profile_note_read(&run->dir, former_profile);

	return rc ? xnm_fail(err, rc, "cannot read %s/" XNM_POLICY_PROFILE_FILE ": %s",
			     xnm_run_dir_path(), strerror(-rc))
		  : 0;
}

void run_undo_profile(const char *name)
{
	has_profile = true;
	(void)snprintf(latest_profile, sizeof(latest_profile), "%.63s", name);
}

static struct before *before_of(const struct run *run, const char *file)
{
	struct before *before;

	for (unsigned int i = 0; i < n_vifs; i++) {
		if (strcmp(vifs[i].file, file) == 0)
			return &vifs[i];
	}
	before = &vifs[n_vifs++];
	(void)snprintf(before->file, sizeof(before->file), "%s", file);
	/* of one that cannot be read nothing is put back, and the step fails */
	if (xnm_override_note_read(&run->dir, file, &before->former, NULL))
		before->former.n = 0;
	return before;
}

void run_undo_keys(const struct run *run, const char *file, const struct xnm_step *step)
{
	static struct xnm_override now;
	struct before *before = before_of(run, file);
	char word[XNM_STEP_TEXT_LEN];

	for (unsigned int i = 2; xnm_step_word(step, i, word); i++) {
		word[strcspn(word, "=")] = '\0';
		(void)xnm_override_set(&before->changed, word, "");
	}
	/* a reset without keys is of all that is set now */
	if (xnm_step_word(step, 2, word) || xnm_override_note_read(&run->dir, file, &now, NULL))
		return;
	for (unsigned int i = 0; i < now.n; i++)
		(void)xnm_override_set(&before->changed, now.keys[i].name, "");
}

/* What others have set meanwhile, of other keys, stays. Returns whether anything is to change. */
static bool lay_former(const struct before *before, struct xnm_override *next)
{
	bool differs = false;

	for (unsigned int i = 0; i < before->changed.n; i++) {
		const char *name = before->changed.keys[i].name;
		const struct xnm_override_key *former = xnm_override_find(&before->former, name);
		const struct xnm_override_key *now = xnm_override_find(next, name);

		if (!former && !now)
			continue;
		differs |= !former || !now || strcmp(former->value, now->value) != 0;
		if (former)
			(void)xnm_override_set(next, name, former->value);
		else
			(void)xnm_override_unset(next, name);
	}
	return differs;
}

/* The vif may have got another number, or not run any more. */
static int put_back_keys(const void *arg, struct xnm_err *err)
{
	static struct change change;
	static struct target target;
	static struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	const struct before *before = arg;
	int rc = xnm_run_dir_open(&dir, xnm_run_dir_path(), false);

	if (rc)
		return xnm_fail(err, rc, "cannot keep notes in %s: %s", xnm_run_dir_path(),
				strerror(-rc));
	target_of_file(&target, &dir, before->file);
	change.dir = &dir;
	change.target = &target;
	change.is_reset = true;
	rc = change_begin(&change);
	if (rc == 0 && lay_former(before, &change.next))
		rc = change_apply(&change);
	change_end(&change);
	*err = change.err;
	return rc;
}

/* With is_last it tells what fails. */
static bool put_back_all_keys(bool is_last)
{
	bool ok = true;

	for (unsigned int i = 0; i < n_vifs; i++) {
		struct xnm_err err = { "" };

		if (vifs[i].is_put_back)
			continue;
		vifs[i].is_put_back = run_in_child(put_back_keys, &vifs[i], &err) == 0;
		ok &= vifs[i].is_put_back;
		if (is_last && !vifs[i].is_put_back)
			fprintf(stderr, "xnm: cannot put back what was set: %s\n", err.text);
	}
	return ok;
}

static int use_former(const void *arg, struct xnm_err *err)
{
	(void)arg;
	if (xnm_profile_use(former_profile, true) == EXIT_SUCCESS)
		return 0;
	return xnm_fail(err, -EIO, "it could not be applied");
}

static bool put_back_profile(const struct run *run)
{
	char now[XNM_NAME_LEN];
	struct xnm_err err = { "" };

	if (!has_profile ||
	    (xnm_profile_note_read(&run->dir, now) == 0 && strcmp(now, former_profile) == 0))
		return true;
	if (strcmp(now, latest_profile) != 0) {
		fprintf(stderr, "xnm: somebody has chosen profile %s meanwhile, which stays\n",
			now[0] ? now : "of [global]");
		return true;
	}
	if (run_in_child(use_former, NULL, &err) == 0)
		return true;
	fprintf(stderr, "xnm: cannot put back the profile: %s\n", err.text);
	return false;
}

/*
 * Keys first: without those of the schedule, nothing contradicts the profile before. What was set
 * then may contradict the one that is in force yet, and is tried again.
 */
bool run_put_back(const struct run *run)
{
	bool ok = put_back_all_keys(!has_profile);

	if (!has_profile)
		return ok;
	ok = put_back_profile(run);
	return put_back_all_keys(true) && ok;
}
