/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finding.c - print what a check has found. */
#include "hotplug/cli/doctor/finding.h"

#include <stdarg.h>

void xnm_doctor_find(struct xnm_doctor *doctor, const char *fmt, ...)
{
	va_list args;

	doctor->n_findings++;
	fputs("warning: ", doctor->stream);
	va_start(args, fmt);
	(void)vfprintf(doctor->stream, fmt, args);
	va_end(args);
	fputc('\n', doctor->stream);
}
