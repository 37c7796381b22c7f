/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match.h - take the argument of a [vif] section apart. */
#ifndef XNM_MATCH_H
#define XNM_MATCH_H

#include "policy/policy.h"

/* The two patterns of name-glob[/devid-glob][ as label]; any number will do without a slash. */
struct xnm_match_patterns {
	char name[XNM_NAME_LEN];
	char devid[XNM_NAME_LEN];
};

void xnm_match_split(const char *match, struct xnm_match_patterns *out);

/* Whether a match- key, still set after all files, narrows what the section matches. */
bool xnm_match_has_keys(const struct xnm_policy *policy, const struct xnm_vif_policy *vif);

#endif
