/* SPDX-License-Identifier: GPL-2.0-or-later */
/* override.c - what was set for the vif of an event, read and laid over its section of the policy. */
#include "hotplug/run/override.h"

#include <errno.h>
#include <string.h>

#include "hotplug/core/identity.h"

/* Of `xnm set` and `xnm reset` alone. */
static struct {
	const struct xnm_override *override;
	const struct xnm_policy *policy;
	const struct xnm_vif_policy *base;
	char file[XNM_OVERRIDE_FILE_LEN];
} proposed;

void xnm_run_override_propose(const struct xnm_override *override)
{
	proposed.override = override;
	if (override)
		proposed.file[0] = '\0';
}

void xnm_run_override_base(const struct xnm_policy **policy, const struct xnm_vif_policy **section,
			   const char **file)
{
	*policy = proposed.policy;
	*section = proposed.base;
	*file = proposed.file;
}

struct mistakes {
	const char *file; /* only those in this one count; NULL: all */
	const char *reset; /* the vif, for what to type; NULL: it is only proposed */
	struct xnm_err *err;
};

static void report_mistake(void *arg, const char *file, unsigned int line, const char *text)
{
	const struct mistakes *mistakes = arg;

	if (xnm_policy_is_warning(text) || (mistakes->file && strcmp(file, mistakes->file) != 0))
		return;
	if (mistakes->reset)
		(void)xnm_fail(mistakes->err, 0, "%s:%u: %s; 'xnm reset %s' removes what was set",
			       file, line, text, mistakes->reset);
	else
		(void)xnm_fail(mistakes->err, 0, "%s", text);
}

static void full_path(const char *file, char *out, size_t out_size)
{
	(void)snprintf(out, out_size, "%s/" XNM_OVERRIDE_DIR "/%s", xnm_run_dir_path(), file);
}

/* A guest that cannot be told from others may be one that has an override. */
static int check_unread(const struct xnm_guest *guest, const struct xnm_run_dir *dir,
			struct xnm_err *err)
{
	if (!guest->unread_rc || guest->uuid[0] || !xnm_override_note_any(dir))
		return 0;
	return xnm_fail(err, guest->unread_rc,
			"cannot read %s of the domain from xenstore, by which what 'xnm set' has "
			"set is found: %s",
			guest->unread_key, strerror(-guest->unread_rc));
}

static int lay(struct xnm_policy *policy, const struct xnm_event *event,
	       const struct xnm_guest *guest, const struct xnm_override *override, const char *file,
	       struct xnm_err *err)
{
	const char *reset = proposed.override ? NULL : event->vif;
	struct mistakes mistakes = { .reset = reset, .err = err };
	struct xnm_override_vif vif = { .domain = guest->domain_name, .devid = event->devid };
	struct xnm_vif_identity id;
	char path[512];
	int rc;

	xnm_want_identity(&id, event, guest);
	vif.section = xnm_policy_match(policy, &id);
	if (proposed.override) {
		proposed.policy = policy;
		proposed.base = vif.section;
		memcpy(proposed.file, file, sizeof(proposed.file));
	}
	if (override->n == 0)
		return 0;
	full_path(file, path, sizeof(path));
	rc = xnm_policy_override(policy, &vif, override, path, report_mistake, &mistakes);
	return rc ? xnm_fail(err, rc, "%s: contradicts the policy", path) : 0;
}

int xnm_run_override(struct xnm_override_seen *seen, struct xnm_policy *policy,
		     const struct xnm_event *event, const struct xnm_guest *guest,
		     const struct xnm_run_dir *dir, struct xnm_err *err)
{
	const struct xnm_identity id = xnm_identity_of_guest(guest, event->domid);
	static struct xnm_override override;
	int rc;

	policy->overridden.present = false;
	rc = check_unread(guest, dir, err);
	if (rc || !xnm_override_file(id.uuid, id.name, event->devid, seen->file))
		return rc;
	if (proposed.override)
		return lay(policy, event, guest, proposed.override, seen->file, err);
	rc = xnm_override_note_read(dir, seen->file, &override, &seen->stamp);
	if (rc == -ENOENT)
		return 0;
	if (rc)
		return xnm_fail(err, rc,
				"%s/" XNM_OVERRIDE_DIR "/%s %s: 'xnm reset %s' removes what was "
				"set for this vif",
				xnm_run_dir_path(), seen->file, xnm_override_note_problem(rc),
				event->vif);
	return lay(policy, event, guest, &override, seen->file, err);
}

bool xnm_run_override_has_changed(const struct xnm_override_seen *seen,
				  const struct xnm_run_dir *dir)
{
	struct stat now;

	if (!seen->file[0])
		return false;
	xnm_override_note_stamp(dir, seen->file, &now);
	return now.st_ino != seen->stamp.st_ino || now.st_size != seen->stamp.st_size ||
	       now.st_mtim.tv_sec != seen->stamp.st_mtim.tv_sec ||
	       now.st_mtim.tv_nsec != seen->stamp.st_mtim.tv_nsec;
}

int xnm_run_override_settle(struct xnm_policy *policy, const struct xnm_want *want,
			    const struct xnm_guest *guest, struct xnm_err *err)
{
	const char *file = policy->files[policy->overridden.file];
	struct mistakes mistakes = { .file = file, .err = err };
	struct xnm_override_vif vif = {
		.section = proposed.base,
		.network = want->network,
		.domain = guest->domain_name,
		.devid = want->devid,
	};
	char path[sizeof(policy->files[0])];
	int rc;

	if (!proposed.override || !policy->overridden.present || !want->network)
		return 0;
	(void)snprintf(path, sizeof(path), "%s", file);
	mistakes.file = path;
	rc = xnm_policy_override(policy, &vif, proposed.override, path, report_mistake, &mistakes);
	if (rc == 0 || err->text[0])
		return rc;
	/* what the section itself contradicts was so before */
	vif.network = NULL;
	return xnm_policy_override(policy, &vif, proposed.override, path, NULL, NULL);
}
