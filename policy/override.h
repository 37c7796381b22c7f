/* SPDX-License-Identifier: GPL-2.0-or-later */
/* override.h - keys of a [vif] that were set for one vif while it runs, and how they count. */
#ifndef XNM_OVERRIDE_H
#define XNM_OVERRIDE_H

#include "policy/policy.h"

#define XNM_KEY_NAME_LEN       50 /* the longest that a policy file may have, and a NUL */
#define XNM_OVERRIDE_VALUE_LEN 512

struct xnm_override_key {
	char name[XNM_KEY_NAME_LEN];
	char value[XNM_OVERRIDE_VALUE_LEN]; /* as in the policy; "": as if nobody had written it */
};

/* Of one vif: those that the policy no longer decides. */
struct xnm_override {
	char guest[128]; /* the domain's name, for people; "": not known */
	uint32_t devid;
	unsigned int n;
	struct xnm_override_key keys[XNM_MAX_SECTION_KEYS];
};

/* The line of the first key in the file of an override; the others follow it. */
#define XNM_OVERRIDE_FIRST_LINE 6

/* The key called name, or NULL. */
const struct xnm_override_key *xnm_override_find(const struct xnm_override *override,
						 const char *name);

/* Sets a key, or removes one. Returns 0, -E2BIG when there is no room, -ENAMETOOLONG, or for the
 * second -ENOENT. */
int xnm_override_set(struct xnm_override *override, const char *name, const char *value);
int xnm_override_unset(struct xnm_override *override, const char *name);

/* The addresses that it gives its vif; those that cannot be read are left out. */
void xnm_override_own(const struct xnm_override *override, struct xnm_own_addresses *own);

/* Why this key of a [vif] cannot be set for a vif that runs, or NULL. */
const char *xnm_override_refuses(unsigned int key);

/* One vif, by what its override is checked against. */
struct xnm_override_vif {
	const struct xnm_vif_policy *section; /* that matches it, or NULL */
	const struct xnm_network *network; /* that it is in; NULL: the one that the section names */
	const char *domain; /* its guest's name; "": not known */
	uint32_t devid;
};

/*
 * Lays the override over the section of the vif, with all checks that a [vif] gets when the policy
 * is loaded: policy->overridden then is what holds for the vif. file is the name of the override's
 * file in messages. Other sections stay as they are. Loading the policy again ends it.
 *
 * Returns 0, or -EINVAL after reporting what is wrong; then policy->overridden.present is false.
 */
int xnm_policy_override(struct xnm_policy *policy, const struct xnm_override_vif *vif,
			const struct xnm_override *override, const char *file,
			xnm_policy_report report, void *arg);

/*
 * The same checks while the policy is being loaded, with no effect: without the last ones, of what
 * keys demand of each other and of the section, if values_only. Returns 0, or -EINVAL after
 * reporting what is wrong.
 */
int xnm_policy_override_check(struct xnm_policy *policy, const struct xnm_override_vif *vif,
			      const struct xnm_override *override, bool values_only,
			      xnm_policy_report report, void *arg);

/* Whether what section says of a key of a [vif] was set while the vif runs. */
bool xnm_policy_is_overridden(const struct xnm_policy *policy, const struct xnm_vif_policy *section,
			      enum xnm_key_id key);

#endif
