/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rollback.c - `xnm rollback`: put the policy before the last apply in force again. */
#include <getopt.h>
#include <string.h>

#include "hotplug/cli/applying.h"
#include "hotplug/cli/cli.h"

static const char usage[] =
	"usage: xnm rollback\n"
	"\n"
	"Puts in force, and applies, what was before the last xnm apply, profile use or try. The\n"
	"policy's files stay as they are: a copy that was kept then counts instead of them until\n"
	"the next xnm apply, or until the next boot.\n"
	"\n"
	"Exit status: 0 done, 1 failed, 2 a wrong call or a mistake in the policy.\n";

/* An apply that was broken off has no copy of its own, so the newest is that before it. */
static unsigned int find_copy(const struct xnm_change *change)
{
	unsigned int now = change->linked ? change->linked : xnm_applied_newest();
	unsigned int before = xnm_applied_is_pending() ? now : xnm_applied_before(now);

	if (!before)
		fputs("xnm: there is nothing to go back to: of the policies that were applied "
		      "since the boot, none is older\n",
		      stderr);
	return before;
}

static void print_done(unsigned int n, bool is_file, const char *choice)
{
	char path[PATH_MAX];

	if (choice[0])
		printf("profile %s is in force\n", choice);
	if (is_file)
		printf("%s is in force; its files are those that were applied\n",
		       xnm_policy_file());
	else
		printf("%s is in force; %s and policy.d stay as they are, and count after xnm "
		       "apply\n",
		       xnm_applied_file(n, path), xnm_policy_file());
}

static int roll_back(struct xnm_change *change)
{
	unsigned int n = find_copy(change);
	bool is_file = n && xnm_applied_is(n, xnm_policy_file());
	char path[PATH_MAX], choice[XNM_NAME_LEN];

	if (!n)
		return EXIT_FAILURE;
	xnm_applied_choice(n, choice);
	if (!xnm_applying_check(xnm_applied_file(n, path), choice)) {
		fputs("xnm: nothing was changed\n", stderr);
		return XNM_EXIT_USAGE;
	}
	if (xnm_change_choose(change, choice) == 0 && xnm_change_link(is_file ? 0 : n) == 0 &&
	    xnm_change_run(XNM_RUN_REAPPLY)) {
		xnm_applied_abandon();
		/* what was taken back is not to be gone back to */
		if (is_file)
			xnm_applied_forget_after(n);
		print_done(n, is_file, choice);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "xnm: %s could not be applied; back to what was before\n", path);
	(void)xnm_change_back(change, change->linked);
	return EXIT_FAILURE;
}

int xnm_cmd_rollback(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option = getopt_long(argc, argv, "h", options, NULL);
	struct xnm_change change;
	int status = EXIT_FAILURE;

	if (option != -1 || optind < argc) {
		fputs(usage, option == 'h' ? stdout : stderr);
		return option == 'h' ? EXIT_SUCCESS : XNM_EXIT_USAGE;
	}
	if (xnm_change_open(&change, 0) == 0)
		status = roll_back(&change);
	xnm_change_close(&change);
	return status;
}
