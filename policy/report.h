/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - count the mistakes of a policy and hand them to whoever asked. */
#ifndef XNM_REPORT_H
#define XNM_REPORT_H

#include "hotplug/base/util.h"
#include "policy/policy.h"

struct xnm_reporter {
	const struct xnm_policy *policy; /* for the names of files */
	xnm_policy_report report; /* may be NULL */
	void *arg;
	unsigned int n_mistakes;
};

/* Reports a mistake in the named file; line 0 means the file as a whole. */
void xnm_mistake_in(struct xnm_reporter *rep, const char *file, unsigned int line, const char *fmt,
		    ...) XNM_PRINTF(4, 5);

/* Reports a mistake, or something that is only doubtful, at a place of the policy. */
void xnm_mistake_at(struct xnm_reporter *rep, struct xnm_origin origin, const char *fmt, ...)
	XNM_PRINTF(3, 4);
void xnm_warning_at(struct xnm_reporter *rep, struct xnm_origin origin, const char *fmt, ...)
	XNM_PRINTF(3, 4);

#endif
