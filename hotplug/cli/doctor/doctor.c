/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor.c - `xnm doctor`: what on this host, outside of the policy, blocks packets of guests. */
#include <getopt.h>

#include "hotplug/cli/cli.h"
#include "hotplug/cli/doctor/finding.h"

static void usage(FILE *stream)
{
	fputs("usage: xnm doctor\n\n"
	      "Finds what on this host blocks packets of guests, such as rules and settings of\n"
	      "other programs, and prints for each one line with what to type.\n\n"
	      "It looks at:\n",
	      stream);
	for (unsigned int i = 0; i < xnm_n_doctor_checks; i++)
		fprintf(stream, "  %-12s  %s\n", xnm_doctor_checks[i]->name,
			xnm_doctor_checks[i]->what);
	fputs("\nExit status: 0 nothing found, 1 something found.\n", stream);
}

static int read_guests(struct xnm_doctor *doctor)
{
	int rc = xnm_status_read_notes(&doctor->status);

	if (rc == 0)
		rc = xnm_status_read_links(&doctor->status);
	if (rc == 0)
		rc = xnm_doctor_read_devices(doctor);
	return rc;
}

static int examine(struct xnm_doctor *doctor)
{
	int rc = read_guests(doctor);

	for (unsigned int i = 0; i < xnm_n_doctor_checks; i++) {
		if (rc == 0 || xnm_doctor_checks[i]->without_notes)
			xnm_doctor_checks[i]->run(doctor);
	}
	xnm_status_free(&doctor->status);
	free(doctor->devices);
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
		usage(option == 'h' ? stdout : stderr);
		return option == 'h' ? EXIT_SUCCESS : XNM_EXIT_USAGE;
	}
	doctor.policy = xnm_read_policy();
	return examine(&doctor) || doctor.n_findings ? EXIT_FAILURE : EXIT_SUCCESS;
}
