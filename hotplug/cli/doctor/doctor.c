/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor.c - `xnm doctor`: what on this host, outside of the policy, is in the way of guests. */
#include "hotplug/cli/doctor/finding.h"

#include <getopt.h>
#include <stdarg.h>
#include <string.h>

#include "hotplug/cli/cli.h"

static const char usage[] =
	"usage: xnm doctor\n"
	"\n"
	"Looks for what on this host is in the way of guests, such as rules and settings\n"
	"of other programs, and prints for each one line with what to type.\n"
	"\n"
	"Exit status: 0 nothing found, 1 something found.\n";

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

/* Before all else: guests that nothing holds. */
static void find_open(struct xnm_doctor *doctor)
{
	struct xnm_open open;
	char text[256];

	xnm_status_find_open(&open, doctor->policy);
	if (xnm_status_open_text(&open, text, sizeof(text)))
		xnm_doctor_find(doctor, "%s", text);
}

static int examine(struct xnm_doctor *doctor)
{
	int rc = xnm_status_read_notes(&doctor->status);

	if (rc == 0)
		rc = xnm_status_read_links(&doctor->status);
	if (rc == 0)
		rc = xnm_doctor_read_ways(doctor);
	if (rc == 0) {
		xnm_doctor_kernel(doctor);
		xnm_doctor_settings(doctor);
		xnm_doctor_firewalls(doctor);
		xnm_doctor_bridges(doctor);
		xnm_doctor_uplinks(doctor);
		xnm_doctor_subnets(doctor);
		xnm_doctor_apart(doctor);
	}
	xnm_status_free(&doctor->status);
	free(doctor->ways);
	return rc;
}

void xnm_doctor_warnings(const struct xnm_policy *policy)
{
	struct xnm_doctor doctor = { .policy = policy, .stream = stderr, .in_passing = true };

	(void)examine(&doctor);
}

int xnm_cmd_doctor(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct xnm_doctor doctor = { .stream = stdout };
	int option = getopt_long(argc, argv, "h", options, NULL);

	if (option != -1 || optind < argc) {
		fputs(usage, option == 'h' ? stdout : stderr);
		return option == 'h' ? EXIT_SUCCESS : XNM_EXIT_USAGE;
	}
	doctor.policy = xnm_read_policy();
	find_open(&doctor);
	if (!doctor.policy)
		xnm_doctor_find(&doctor, "the policy cannot be read, so its networks are not "
					 "looked at: xnm check");
	return examine(&doctor) || doctor.n_findings ? EXIT_FAILURE : EXIT_SUCCESS;
}
