/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - `xnm apply`: bring all running vifs and networks to what the policy says. */
#include <getopt.h>

#include "hotplug/cli/applying.h"
#include "hotplug/cli/cli.h"

static const char usage[] =
	"usage: xnm apply [--dry-run]\n"
	"\n"
	"Changes what differs from the policy on running vifs, and on networks with start=boot,\n"
	"and prints it. If the policy has mistakes it prints these and changes nothing.\n"
	"\n"
	"  -n, --dry-run  only print what would be done\n"
	"\n"
	"Exit status: 0 done, 1 failed, 2 a wrong call or a mistake in the policy.\n";

/* After a rollback, what was taken back is forgotten, and the policy file is in force again. */
static bool end_rollback(const struct xnm_change *change)
{
	if (!change->linked)
		return true;
	xnm_applied_forget_after(change->linked);
	if (xnm_change_link(0))
		return false;
	printf("%s is in force again\n", xnm_policy_file());
	return true;
}

static int apply(void)
{
	struct xnm_change change;
	bool ok = xnm_change_open(&change, 0) == 0;

	if (ok) {
		xnm_change_keep(&change, xnm_policy_file(), change.choice);
		ok = end_rollback(&change) && xnm_change_run(XNM_RUN_REAPPLY);
	}
	if (ok)
		xnm_change_done(&change);
	xnm_change_close(&change);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

int xnm_cmd_apply(int argc, char **argv)
{
	static const struct option options[] = {
		{ "dry-run", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool dry_run = false;
	int option;

	while ((option = getopt_long(argc, argv, "nh", options, NULL)) != -1) {
		if (option != 'n') {
			fputs(usage, option == 'h' ? stdout : stderr);
			return option == 'h' ? EXIT_SUCCESS : XNM_EXIT_USAGE;
		}
		dry_run = true;
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return XNM_EXIT_USAGE;
	}
	if (!xnm_applying_check(xnm_policy_file(), NULL)) {
		fputs("xnm: nothing was changed\n", stderr);
		return XNM_EXIT_USAGE;
	}
	if (dry_run)
		return xnm_change_run(XNM_RUN_PLAN) ? EXIT_SUCCESS : EXIT_FAILURE;
	return apply();
}
