/* SPDX-License-Identifier: GPL-2.0-or-later */
/* change.c - change what is set for a vif: check it, write it, and reapply the vif, or none of it. */
#include "hotplug/cli/set/set.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "hotplug/run/override.h"
#include "hotplug/run/reapply.h"
#include "hotplug/run/run.h"
#include "policy/schema.h"

/* Another one reapplies meanwhile, which may wait for several locks. */
#define WAIT_MS 20000

int change_begin(struct change *change)
{
	const struct target *target = change->target;
	int rc = xnm_lock(&change->dir->locks, XNM_LOCK_OVERRIDE, target->file, WAIT_MS);

	if (rc)
		return xnm_fail(&change->err, rc, "%s is being changed by another run of xnm: %s",
				target->name, strerror(-rc));
	rc = xnm_override_note_read(change->dir, target->file, &change->former, NULL);
	change->former_rc = rc;
	if (rc) {
		change->former.n = 0;
		change->former.devid = target->devid;
		memcpy(change->former.guest, target->guest, sizeof(change->former.guest));
	}
	change->next = change->former;
	if (rc == 0 || rc == -ENOENT)
		return 0;
	return xnm_fail(
		&change->err, rc, "%s/" XNM_OVERRIDE_DIR "/%s %s: 'xnm reset %s' removes it",
		xnm_run_dir_path(), target->file, xnm_override_note_problem(rc), target->name);
}

void change_end(struct change *change)
{
	xnm_unlock(&change->dir->locks, XNM_LOCK_OVERRIDE);
}

/* What stands behind key= in that line of the policy. A list in several lines: the last one. */
static void read_written(const struct xnm_policy *policy, struct xnm_origin origin, const char *key,
			 char *out, size_t out_size)
{
	_cleanup_fclose_ FILE *stream = fopen(policy->files[origin.file], "re");
	char line[512] = "";
	size_t len = strlen(key);

	out[0] = '\0';
	for (unsigned int i = 0; stream && i < origin.line; i++) {
		if (!fgets(line, sizeof(line), stream))
			return;
	}
	if (strncmp(line, key, len) != 0)
		return;
	while (isblank((unsigned char)line[len]))
		len++;
	if (line[len] != '=')
		return;
	len += 1 + strspn(line + len + 1, " \t");
	line[len + strcspn(line + len, "\r\n")] = '\0';
	(void)xnm_printable(line + len, out, out_size);
}

/* Before the policy is read again. The note of an older version may not have the guest's UUID. */
static int note_policy(struct change *change)
{
	const struct xnm_section_def *def = &xnm_sections[XNM_SECTION_VIF];
	const struct xnm_vif_policy *base;
	const struct xnm_policy *policy;
	const char *file;

	xnm_run_override_base(&policy, &base, &file);
	if (strcmp(file, change->target->file) != 0)
		return xnm_fail(&change->err, -ESTALE,
				"%s is another guest's than its note says; run 'xnm-vif reapply "
				"%s' first",
				change->target->name, change->target->name);
	for (unsigned int i = 0; base && def->first_key + i < xnm_section_end(XNM_SECTION_VIF);
	     i++) {
		const char *key = xnm_keys[def->first_key + i].name;
		struct xnm_origin origin = base->written.keys[i];

		if (origin.line)
			read_written(policy, origin, key, change->old[i], sizeof(change->old[i]));
	}
	return 0;
}

/* A dry run makes all checks of an online. One that is gone needs none. */
static int check(struct change *change)
{
	static struct xnm_plan plan;
	int rc = 0;

	for (unsigned int i = 0; i < change->target->n && rc == 0; i++) {
		const struct xnm_owner *vif = &change->target->vifs[i];
		struct xnm_err err = { "" };
		struct xnm_event event;

		xnm_event_init(&event, XNM_VERB_ONLINE, vif->domid, vif->devid);
		xnm_run_override_propose(&change->next);
		rc = xnm_run_online(&event, XNM_RUN_PLAN, &plan, &err);
		xnm_run_override_propose(NULL);
		if (rc == 0)
			rc = note_policy(change);
		else if (change->is_reset && rc == -ENOENT)
			rc = 0;
		else
			(void)xnm_fail(&change->err, rc, "%s: %s", change->target->name, err.text);
	}
	return rc;
}

static int write_override(struct change *change, const struct xnm_override *override,
			  struct xnm_err *err)
{
	int rc = xnm_override_note_write(change->dir, change->target->file, override);

	return rc ? xnm_fail(err, rc, "cannot write %s/" XNM_OVERRIDE_DIR "/%s: %s",
			     xnm_run_dir_path(), change->target->file, strerror(-rc))
		  : 0;
}

static int reapply(const struct change *change, bool has_tap[XNM_MAX_TARGET_VIFS],
		   struct xnm_err *err)
{
	int first = 0;

	for (unsigned int i = 0; i < change->target->n; i++) {
		const struct xnm_owner *vif = &change->target->vifs[i];
		struct xnm_err gone = { "" };
		int rc = xnm_reapply_quietly(vif->domid, vif->devid, &has_tap[i], &gone);

		if (rc && !(change->is_reset && rc == -ENOENT)) {
			(void)xnm_fail(err, rc, "%s", gone.text);
			first = first ? first : rc;
		}
	}
	return first;
}

/* Puts back what was set before. A damaged file is not made again. */
static void go_back(struct change *change, bool has_tap[XNM_MAX_TARGET_VIFS])
{
	struct xnm_err err = { "" }, why = change->err;

	change->err.text[0] = '\0';
	if (write_override(change, &change->former, &err) || reapply(change, has_tap, &err))
		(void)xnm_fail(&change->err, 0,
			       "%.150s; going back to what was set before fails as well: %.100s",
			       why.text, err.text);
	else
		(void)xnm_fail(&change->err, 0, "%.240s; what was set before holds again",
			       why.text);
}

int change_apply(struct change *change)
{
	bool has_tap[XNM_MAX_TARGET_VIFS] = { false };
	int rc = check(change);

	if (rc)
		return rc;
	/* between writing and going back there is no good moment to end */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	rc = write_override(change, &change->next, &change->err);
	if (rc)
		return rc;
	rc = reapply(change, has_tap, &change->err);
	if (rc)
		go_back(change, has_tap);
	/* the check was good, so that it is no mistake of the caller */
	return rc == -EINVAL ? -EIO : rc;
}

static const char *value_of(const struct change *change, const struct xnm_override *override,
			    unsigned int key)
{
	const struct xnm_override_key *set = xnm_override_find(override, xnm_keys[key].name);
	const char *old = change->old[key - xnm_sections[XNM_SECTION_VIF].first_key];

	if (set)
		return set->value[0] ? set->value : "(nothing)";
	if (change->target->n == 0)
		return "(as in the policy)";
	return old[0] ? old : "(not set)";
}

void change_print(const struct change *change, unsigned int key)
{
	const char *before = value_of(change, &change->former, key);
	const char *now = value_of(change, &change->next, key);

	printf("%s %s: %s -> %s\n", change->target->name, xnm_keys[key].name, before, now);
}
