/* SPDX-License-Identifier: GPL-2.0-or-later */
/* resolver.c - report a name for which there is no section. */
#include "policy/sections/resolver.h"

#include "policy/nearest.h"

/* Whether the section is there, but not under the profile in force. */
static bool is_left_out(const struct xnm_resolver *r, enum xnm_section_id kind, const char *name)
{
	const struct xnm_section_def *def = &xnm_sections[kind];
	unsigned int n = *xnm_section_counter(r->policy, def);

	for (unsigned int i = n; i < n + r->policy->n_left_out[kind]; i++) {
		if (strcmp((const char *)xnm_section_at(r->policy, def, i), name) == 0)
			return true;
	}
	return false;
}

void xnm_unknown_name(const struct xnm_resolver *r, struct xnm_origin origin, const char *key,
		      enum xnm_section_id kind, const char *name)
{
	const struct xnm_section_def *def = &xnm_sections[kind];
	struct xnm_nearest nearest = { .text = name };
	unsigned int n = *xnm_section_counter(r->policy, def);

	if (r->section_lost)
		return;
	for (unsigned int i = 0; i < n; i++)
		xnm_nearest_offer(&nearest, (const char *)xnm_section_at(r->policy, def, i));
	if (is_left_out(r, kind, name))
		xnm_mistake_at(r->rep, origin,
			       "%s=%s: [%s %s] has a profile= and does not exist %s%s", key, name,
			       def->name, name,
			       r->policy->profile[0] ? "under profile " : "without a profile",
			       r->policy->profile);
	else if (nearest.best)
		xnm_mistake_at(r->rep, origin, "%s=%s: there is no [%s %s]; did you mean '%s'?",
			       key, name, def->name, name, nearest.best);
	else
		xnm_mistake_at(r->rep, origin, "%s=%s: there is no [%s %s]", key, name, def->name,
			       name);
}
