/* SPDX-License-Identifier: GPL-2.0-or-later */
/* override.h - what was set for the vif of an event, read and laid over its section of the policy. */
#ifndef XNM_RUN_OVERRIDE_H
#define XNM_RUN_OVERRIDE_H

#include "hotplug/core/want.h"
#include "hotplug/notes/override.h"

/* Which file a run has read, and what it was then; all zero: none. */
struct xnm_override_seen {
	char file[XNM_OVERRIDE_FILE_LEN];
	struct stat stamp;
};

/*
 * Reads what was set for the vif, and lays it over the section that matches: policy->overridden.
 * Without a file of this vif it opens nothing, and does nothing. Returns 0, or -errno with err
 * filled, also if the file is damaged or contradicts the policy.
 */
int xnm_run_override(struct xnm_override_seen *seen, struct xnm_policy *policy,
		     const struct xnm_event *event, const struct xnm_guest *guest,
		     const struct xnm_run_dir *dir, struct xnm_err *err);

/* Whether the file has been replaced, made or removed since. */
bool xnm_run_override_has_changed(const struct xnm_override_seen *seen,
				  const struct xnm_run_dir *dir);

/*
 * For a dry run: this override, which may have no key, counts instead of the one in the file. NULL
 * ends it.
 */
void xnm_run_override_propose(const struct xnm_override *override);

/*
 * Checks one that was proposed for a vif whose own bridge= names the network that it joins, of
 * which the policy alone does not know. Returns 0, or -EINVAL with err filled.
 */
int xnm_run_override_settle(struct xnm_policy *policy, const struct xnm_want *want,
			    const struct xnm_guest *guest, struct xnm_err *err);

/*
 * Of the vif for which one was proposed last: the section that matches it, or NULL, and of which
 * policy it is; and the name of the file in which what is set for it would be.
 */
void xnm_run_override_base(const struct xnm_policy **policy, const struct xnm_vif_policy **section,
			   const char **file);

#endif
