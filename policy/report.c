/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.c - format the mistakes of a policy, count them and pass them on. */
#include "policy/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WARNING "warning: "

static void pass_on(struct xnm_reporter *rep, const char *file, unsigned int line,
		    const char *prefix, const char *fmt, va_list args) XNM_PRINTF(5, 0);

static void pass_on(struct xnm_reporter *rep, const char *file, unsigned int line,
		    const char *prefix, const char *fmt, va_list args)
{
	size_t used = strlen(prefix);
	char text[512];

	if (!rep->report)
		return;
	memcpy(text, prefix, used);
	(void)vsnprintf(text + used, sizeof(text) - used, fmt, args);
	rep->report(rep->arg, file, line, text);
}

void xnm_mistake_in(struct xnm_reporter *rep, const char *file, unsigned int line, const char *fmt,
		    ...)
{
	va_list args;

	rep->n_mistakes++;
	va_start(args, fmt);
	pass_on(rep, file, line, "", fmt, args);
	va_end(args);
}

void xnm_mistake_at(struct xnm_reporter *rep, struct xnm_origin origin, const char *fmt, ...)
{
	va_list args;

	rep->n_mistakes++;
	va_start(args, fmt);
	pass_on(rep, rep->policy->files[origin.file], origin.line, "", fmt, args);
	va_end(args);
}

void xnm_warning_at(struct xnm_reporter *rep, struct xnm_origin origin, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	pass_on(rep, rep->policy->files[origin.file], origin.line, WARNING, fmt, args);
	va_end(args);
}
