/* SPDX-License-Identifier: GPL-2.0-or-later */
/* applying.c - check the policy, and apply it to all that runs, in a child process. */
#include "hotplug/cli/applying.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hotplug/cli/cli.h"
#include "hotplug/core/plan.h"

/* Large, but its memory is not touched unless it is used. */
static struct xnm_policy the_policy;

static void print_mistake(void *arg, const char *file, unsigned int line, const char *text)
{
	(void)arg;
	if (xnm_policy_is_warning(text))
		return;
	if (line)
		fprintf(stderr, "%s:%u: %s\n", file, line, text);
	else
		fprintf(stderr, "%s: %s\n", file, text);
}

const struct xnm_policy *xnm_applying_check(const char *profile)
{
	int rc = xnm_policy_load_under(&the_policy, xnm_policy_path(), xnm_run_dir_path(),
				       XNM_THIS_HOST, profile, print_mistake, NULL);

	if (rc == 0)
		rc = xnm_policy_check(&the_policy, print_mistake, NULL);
	return rc ? NULL : &the_policy;
}

int xnm_applying_begin(struct xnm_run_dir *dir)
{
	int rc = xnm_run_dir_open(dir, xnm_run_dir_path(), false);

	if (rc) {
		fprintf(stderr, "xnm: cannot keep notes in %s: %s\n", xnm_run_dir_path(),
			strerror(-rc));
		return rc;
	}
	rc = xnm_lock(&dir->locks, XNM_LOCK_APPLY, NULL, 0);
	if (rc == -EAGAIN)
		fputs("xnm: another xnm is applying the policy; wait for it\n", stderr);
	else if (rc)
		fprintf(stderr, "xnm: cannot lock %s/lock: %s\n", xnm_run_dir_path(),
			strerror(-rc));
	return rc;
}

static void print_plan(void *arg, const char *what, const struct xnm_plan *plan)
{
	(void)arg;
	/* there are networks for which nothing ever is to be done */
	if (plan->n == 0 && strncmp(what, "network ", 8) == 0)
		return;
	printf("%s:\n", what);
	xnm_plan_print(plan, stdout);
}

static int run(enum xnm_run_mode mode)
{
	unsigned int failed;

	xnm_log_init("xnm");
	failed = xnm_apply_policy(mode, print_plan, NULL);
	return fflush(stdout) || failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

bool xnm_applying_run(enum xnm_run_mode mode)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before[XNM_N_ELEMENTS(signals)];
	int status = -1;
	pid_t pid;

	for (size_t i = 0; i < XNM_N_ELEMENTS(signals); i++)
		(void)sigaction(signals[i], &ignore, &before[i]);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(run(mode));
	if (pid < 0)
		fprintf(stderr, "xnm: cannot start a process: %s\n", strerror(errno));
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	for (size_t i = 0; i < XNM_N_ELEMENTS(signals); i++)
		(void)sigaction(signals[i], &before[i], NULL);
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}
