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

int xnm_cmd_apply(int argc, char **argv)
{
	static const struct option options[] = {
		{ "dry-run", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	enum xnm_run_mode mode = XNM_RUN_REAPPLY;
	struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	int option;
	bool ok;

	while ((option = getopt_long(argc, argv, "nh", options, NULL)) != -1) {
		if (option != 'n') {
			fputs(usage, option == 'h' ? stdout : stderr);
			return option == 'h' ? EXIT_SUCCESS : XNM_EXIT_USAGE;
		}
		mode = XNM_RUN_PLAN;
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return XNM_EXIT_USAGE;
	}
	if (!xnm_applying_check(NULL)) {
		fputs("xnm: nothing was changed\n", stderr);
		return XNM_EXIT_USAGE;
	}
	ok = (mode == XNM_RUN_PLAN || xnm_applying_begin(&dir) == 0) && xnm_applying_run(mode);
	xnm_run_dir_close(&dir);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
