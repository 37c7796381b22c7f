/* SPDX-License-Identifier: GPL-2.0-or-later */
/* resolver.h - what all steps of resolve.h work with. */
#ifndef XNM_RESOLVER_H
#define XNM_RESOLVER_H

#include "policy/report.h"
#include "policy/schema.h"

struct xnm_resolver {
	struct xnm_policy *policy;
	struct xnm_reporter *rep;
	bool section_lost; /* a refused section may be the one that others refer to */
};

/*
 * Whether a key has no value because the one that was written was refused:
 * mistakes that only follow from its absence are not reported.
 */
#define XNM_KEY_REFUSED(resolver, section, kind, id)                                             \
	((resolver)->rep->n_mistakes && (section)->written.keys[XNM_KEY_INDEX(kind, id)].line && \
	 !xnm_key_is_set(section, (enum xnm_key_id)XNM_KEY_##kind##_##id))

/* Reports that key= names a section which is not there, unless it may have been a lost one. */
void xnm_unknown_name(const struct xnm_resolver *r, struct xnm_origin origin, const char *key,
		      enum xnm_section_id kind, const char *name);

#endif
