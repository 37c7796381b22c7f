/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe.c - `xnm probe`: ping through the uplinks once, move the routes, and print a table of it. */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "hotplug/cli/cli.h"
#include "hotplug/cli/status/uplink.h"
#include "hotplug/run/uplinks.h"

static const char usage[] =
	"usage: xnm probe [UPLINK...]\n"
	"\n"
	"Pings the track= addresses of the uplinks, each through its own interface, and gives\n"
	"the default routes of uplinks that are up the smaller metrics. Without UPLINK it skips\n"
	"those that were probed less than half of their interval= ago.\n"
	"\n"
	"Exit status: 0 done, 1 failed, 2 a wrong call or a mistake in the policy.\n";

struct table {
	unsigned int n;
	struct xnm_uplink_report reports[XNM_MAX_UPLINKS];
};

static void add_report(void *arg, const struct xnm_uplink_report *report)
{
	struct table *table = arg;

	table->reports[table->n++] = *report;
}

/* The probe itself ignores names that are no uplink with a gateway. */
static int check_names(const struct xnm_policy *policy, char *const *names, unsigned int n)
{
	int rc = 0;

	for (unsigned int i = 0; i < n; i++) {
		const struct xnm_uplink *uplink = xnm_policy_uplink(policy, names[i]);

		if (uplink && xnm_uplink_has_gateway(uplink))
			continue;
		fprintf(stderr, "xnm: there is no [uplink %.63s]%s\n", names[i],
			uplink ? " with gateway=" : "");
		rc = -ENOENT;
	}
	return rc;
}

int xnm_cmd_probe(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct table table;
	const struct xnm_policy *policy;
	struct xnm_err err = { "" };
	int option = getopt_long(argc, argv, "h", options, NULL);
	unsigned int n = (unsigned int)(argc - optind);
	int rc;

	if (option != -1) {
		fputs(usage, option == 'h' ? stdout : stderr);
		return option == 'h' ? EXIT_SUCCESS : XNM_EXIT_USAGE;
	}
	policy = xnm_read_policy();
	if (!policy) {
		fputs("xnm: the policy cannot be read: xnm check\n", stderr);
		return XNM_EXIT_USAGE;
	}
	if (check_names(policy, argv + optind, n))
		return EXIT_FAILURE;
	rc = xnm_uplinks_probe(policy, argv + optind, n, add_report, &table, &err);
	if (rc)
		fprintf(stderr, "xnm: %s\n", err.text);
	xnm_print_uplinks(table.reports, table.n, stdout);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
