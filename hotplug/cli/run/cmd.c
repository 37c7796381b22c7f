/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd.c - xnm run: carry out a [schedule] of the policy in time, and put back what it has changed. */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hotplug/cli/applying.h"
#include "hotplug/cli/cli.h"
#include "hotplug/cli/run/run.h"
#include "policy/nearest.h"
#include "policy/types/schedule.h"

static const char usage[] =
	"usage: xnm run NAME [--speed FACTOR] [--keep] [--json]\n"
	"       xnm run NAME [--speed FACTOR] --dry-run\n"
	"\n"
	"Carries out the steps of a [schedule] of the policy, each at its time, and says how late\n"
	"each was. At the end, also if a step fails or by Ctrl-C, it puts back what it has\n"
	"changed: the profile, and the keys of vifs.\n"
	"\n"
	"  -s, --speed FACTOR  2: in half of the time; from 0.001 to 1000\n"
	"  -k, --keep          put nothing back\n"
	"  -j, --json          print one object at the end\n"
	"  -n, --dry-run       only print when which step would be done, and to which vif\n"
	"\n"
	"Exit status: 0 done, though steps of guests that do not run were left out; 1 a step or\n"
	"putting back has failed, or a signal has ended it; 2 a wrong call or a mistake in the\n"
	"policy.\n";

static struct run the_run = { .speed = 1, .dir = XNM_RUN_DIR_CLOSED };

static int wrong_call(void)
{
	fputs(usage, stderr);
	return XNM_EXIT_USAGE;
}

/* Returns whether text is a factor. */
static bool parse_speed(const char *text, double *out)
{
	size_t len = strspn(text, "0123456789.");
	char *end;

	if (len == 0 || text[len])
		return false;
	*out = strtod(text, &end);
	return *end == '\0' && *out >= 0.001 && *out <= 1000;
}

static int no_schedule(const struct xnm_policy *policy, const char *name)
{
	struct xnm_nearest nearest = { .text = name };
	unsigned int n = policy->n_schedules;

	for (unsigned int i = 0; i < n; i++)
		xnm_nearest_offer(&nearest, policy->schedules[i].name);
	fprintf(stderr, "xnm: there is no [schedule %.63s]", name);
	for (unsigned int i = n; i < n + policy->n_left_out[XNM_SECTION_SCHEDULE]; i++) {
		if (strcmp(policy->schedules[i].name, name) == 0)
			nearest.best = NULL;
		if (strcmp(policy->schedules[i].name, name) == 0)
			fprintf(stderr, " under the profile that is in force");
	}
	if (nearest.best)
		fprintf(stderr, "; did you mean '%s'?", nearest.best);
	fprintf(stderr, "\n");
	return EXIT_FAILURE;
}

/* A policy that has mistakes under one of its profiles would end the run in the middle. */
static int check_profiles(const struct xnm_schedule *schedule)
{
	char name[XNM_STEP_TEXT_LEN];

	for (unsigned int i = 0; i < schedule->n_steps; i++) {
		if (schedule->steps[i].action != XNM_STEP_PROFILE)
			continue;
		(void)xnm_step_word(&schedule->steps[i], 1, name);
		if (xnm_applying_check(xnm_policy_file_in_force(), name))
			continue;
		fprintf(stderr, "xnm: that is under profile %s; nothing was changed\n", name);
		return XNM_EXIT_USAGE;
	}
	return EXIT_SUCCESS;
}

static int read_schedule(struct run *run, const char *name)
{
	const struct xnm_policy *policy = xnm_applying_check(xnm_policy_file_in_force(), NULL);
	const struct xnm_schedule *schedule;

	if (!policy) {
		fputs("xnm: nothing was changed\n", stderr);
		return XNM_EXIT_USAGE;
	}
	schedule = xnm_policy_schedule(policy, name);
	if (!schedule)
		return no_schedule(policy, name);
	/* the policy is read again, and may change meanwhile */
	run->schedule = *schedule;
	return check_profiles(&run->schedule);
}

static int lock(struct run *run)
{
	int rc = xnm_lock(&run->dir.locks, XNM_LOCK_RUN, NULL, 0);

	if (rc == -EAGAIN)
		fputs("xnm: another xnm run is carrying out a schedule; wait for it, or end it "
		      "with Ctrl-C\n",
		      stderr);
	else if (rc)
		fprintf(stderr, "xnm: cannot lock %s/lock: %s\n", xnm_run_dir_path(),
			strerror(-rc));
	return rc;
}

/* Until the end, a signal, or a step that fails. Returns whether all went well. */
static bool carry_out(struct run *run)
{
	const struct xnm_schedule *schedule = &run->schedule;

	run->start_ns = run_now_ns();
	for (; run->n_reached < schedule->n_steps; run->n_reached++) {
		struct step_result *result = &run->results[run->n_reached];
		int64_t due_ns = run_due_ns(run, run->n_reached), now_ns;

		if (!run_wait(run, due_ns, run->on_terminal ? run_print_progress : NULL))
			return false;
		now_ns = run_now_ns();
		result->late_ns = now_ns - due_ns;
		run_step(run, &schedule->steps[run->n_reached], result);
		result->took_ns = run_now_ns() - now_ns;
		run_print_step(run, run->n_reached);
		if (result->state == STEP_FAILED)
			return false;
	}
	return true;
}

static int perform(struct run *run)
{
	struct xnm_err err = { "" };
	int rc = run_undo_begin(run, &err);
	bool ok;

	if (rc == 0)
		rc = run_clock_open();
	if (rc) {
		fprintf(stderr, "xnm: %s\n", err.text[0] ? err.text : strerror(-rc));
		return EXIT_FAILURE;
	}
	run_print_begin(run);
	ok = carry_out(run);
	if (!run->keep) {
		run->is_put_back = run_put_back(run);
		run->put_back_failed = !run->is_put_back;
	}
	run_print_end(run);
	return ok && !run->put_back_failed ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int start(struct run *run, const char *name, bool is_dry)
{
	int status = read_schedule(run, name);
	struct stat st;
	int rc;

	if (status)
		return status;
	/* without notes there is no vif, and no reason to make a folder for them */
	rc = xnm_run_dir_open(&run->dir, xnm_run_dir_path(),
			      is_dry || stat(xnm_run_dir_path(), &st) != 0);
	if (rc) {
		fprintf(stderr, "xnm: cannot keep notes in %s: %s\n", xnm_run_dir_path(),
			strerror(-rc));
		return EXIT_FAILURE;
	}
	if (is_dry)
		run_print_dry(run);
	else
		status = lock(run) ? EXIT_FAILURE : perform(run);
	xnm_run_dir_close(&run->dir);
	return status;
}

int xnm_cmd_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "speed", required_argument, NULL, 's' }, { "keep", no_argument, NULL, 'k' },
		{ "json", no_argument, NULL, 'j' },	   { "dry-run", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },	   { NULL, 0, NULL, 0 },
	};
	struct run *run = &the_run;
	bool is_dry = false;
	int option;

	while ((option = getopt_long(argc, argv, "s:kjnh", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		}
		if (option == '?' || (option == 's' && !parse_speed(optarg, &run->speed)))
			return wrong_call();
		run->keep |= option == 'k';
		run->json |= option == 'j';
		is_dry |= option == 'n';
	}
	if (argc - optind != 1 || (is_dry && (run->keep || run->json)))
		return wrong_call();
	run->on_terminal = !run->json && isatty(STDOUT_FILENO);
	return start(run, argv[optind], is_dry);
}
