/* SPDX-License-Identifier: GPL-2.0-or-later */
/* try.c - `xnm try`: apply a changed policy, and take it back unless somebody confirms it. */
#include <getopt.h>
#include <string.h>

#include "hotplug/cli/applying.h"
#include "hotplug/cli/cli.h"
#include "hotplug/cli/confirm.h"

#define DEFAULT_TIMEOUT_S 120

static const char usage[] =
	"usage: xnm try [--timeout SECONDS] [profile NAME]\n"
	"\n"
	"Does what xnm apply does, or xnm profile use NAME, and waits for Enter or y. Without\n"
	"it within 120 SECONDS, or if it is interrupted or loses its terminal, it puts in force\n"
	"again what was before, as xnm rollback does. The policy's files stay as they are.\n"
	"\n"
	"Exit status: 0 confirmed, 1 taken back or failed, 2 a wrong call or a mistake in the\n"
	"policy.\n";

struct trial {
	struct xnm_change change;
	const char *profile; /* NULL: the changed files are tried */
	const char *path; /* of the policy that is tried */
	unsigned int timeout_s;
	unsigned int former; /* the copy in force before, if files are tried */
};

/* The policy before is known only if it was applied since the boot. */
static int begin(struct trial *trial)
{
	struct xnm_change *change = &trial->change;

	if (trial->profile) {
		xnm_change_keep(change, trial->path, trial->profile);
		return xnm_change_choose(change, trial->profile);
	}
	trial->former = change->linked ? change->linked : xnm_applied_newest();
	if (!trial->former) {
		fputs("xnm: there is nothing to go back to: no policy was applied since the boot; "
		      "apply one with xnm apply\n",
		      stderr);
		return -1;
	}
	xnm_change_keep(change, trial->path, change->choice);
	xnm_applied_forget_after(trial->former);
	return xnm_change_link(0);
}

static int take_back(struct trial *trial)
{
	bool is_file = !trial->profile && xnm_applied_is(trial->former, xnm_policy_file());
	unsigned int n = trial->profile ? trial->change.linked : is_file ? 0 : trial->former;

	if (xnm_change_back(&trial->change, n) && !trial->profile && n)
		fprintf(stderr,
			"xnm: %s and policy.d still have the new text, which counts after xnm "
			"apply\n",
			xnm_policy_file());
	return EXIT_FAILURE;
}

static int try_it(struct trial *trial)
{
	const char *why = "it could not be applied";

	xnm_confirm_begin();
	if (begin(trial))
		return EXIT_FAILURE;
	if (xnm_change_run(XNM_RUN_REAPPLY) && xnm_confirm(trial->timeout_s, &why)) {
		xnm_change_done(&trial->change);
		puts("it is kept");
		return EXIT_SUCCESS;
	}
	(void)fflush(stdout);
	fprintf(stderr, "\nxnm: %s; back to what was before\n", why);
	return take_back(trial);
}

static int check_and_try(struct trial *trial)
{
	int status = EXIT_FAILURE;

	trial->path = trial->profile ? xnm_policy_file_in_force() : xnm_policy_file();
	if (trial->profile && !xnm_profile_is_known(trial->path, trial->profile))
		return EXIT_FAILURE;
	if (!xnm_applying_check(trial->path, trial->profile)) {
		fputs("xnm: nothing was changed\n", stderr);
		return XNM_EXIT_USAGE;
	}
	if (xnm_change_open(&trial->change, 0) == 0)
		status = try_it(trial);
	xnm_change_close(&trial->change);
	return status;
}

int xnm_cmd_try(int argc, char **argv)
{
	static const struct option options[] = {
		{ "timeout", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct trial trial = { .timeout_s = DEFAULT_TIMEOUT_S };
	uint32_t timeout_s = DEFAULT_TIMEOUT_S;
	int option;

	while ((option = getopt_long(argc, argv, "t:h", options, NULL)) != -1) {
		if (option == 't' && xnm_parse_u32(optarg, 1, 86400, &timeout_s) == 0)
			continue;
		if (option == 't')
			fputs("xnm: --timeout must be a number of seconds from 1 to 86400\n",
			      stderr);
		fputs(usage, option == 'h' ? stdout : stderr);
		return option == 'h' ? EXIT_SUCCESS : XNM_EXIT_USAGE;
	}
	trial.timeout_s = timeout_s;
	if (argc - optind == 2 && strcmp(argv[optind], "profile") == 0)
		trial.profile = argv[optind + 1];
	else if (optind < argc) {
		fputs(usage, stderr);
		return XNM_EXIT_USAGE;
	}
	return check_and_try(&trial);
}
