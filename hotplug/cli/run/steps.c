/* SPDX-License-Identifier: GPL-2.0-or-later */
/* steps.c - carry out one step of a schedule, as xnm profile use, xnm set and xnm reset do. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hotplug/cli/profile.h"
#include "hotplug/cli/run/run.h"
#include "hotplug/cli/set/set.h"
#include "policy/sections/schedule.h"

/* What a child says to its parent. */
struct outcome {
	int rc;
	struct xnm_err err;
};

/* A signal that is blocked would stay so in programs that are started, as a DHCP client. */
static void ignore_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t none;

	for (size_t i = 0; i < XNM_N_ELEMENTS(signals); i++)
		(void)signal(signals[i], SIG_IGN);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void be_child(int fd, int (*fn)(const void *arg, struct xnm_err *err), const void *arg)
{
	struct outcome outcome = { .rc = 0 };
	ssize_t n;

	ignore_signals();
	/* what was done to each vif is too much, and failures go to stderr */
	if (!freopen("/dev/null", "we", stdout))
		_exit(EXIT_FAILURE);
	outcome.rc = fn(arg, &outcome.err);
	(void)fflush(stdout);
	n = write(fd, &outcome, sizeof(outcome));
	_exit(n == (ssize_t)sizeof(outcome) ? EXIT_SUCCESS : EXIT_FAILURE);
}

int run_in_child(int (*fn)(const void *arg, struct xnm_err *err), const void *arg,
		 struct xnm_err *err)
{
	struct outcome outcome = { .rc = 0 };
	ssize_t n = -1;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return xnm_fail(err, -errno, "cannot make a pipe: %s", strerror(errno));
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		be_child(fds[1], fn, arg);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return xnm_fail(err, -EAGAIN, "cannot start a process");
	}
	do
		n = read(fds[0], &outcome, sizeof(outcome));
	while (n < 0 && errno == EINTR);
	close(fds[0]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (n != (ssize_t)sizeof(outcome))
		return xnm_fail(err, -ECHILD, "the process that did it was killed");
	*err = outcome.err;
	return outcome.rc;
}

static int use_profile(const void *arg, struct xnm_err *err)
{
	char name[XNM_STEP_TEXT_LEN];

	(void)xnm_step_word(arg, 1, name);
	if (xnm_profile_use(name, true) == EXIT_SUCCESS)
		return 0;
	return xnm_fail(err, -EIO, "profile %.63s could not be applied", name);
}

static struct target the_target;

static int change_keys(const void *arg, struct xnm_err *err)
{
	static struct change change;
	static struct xnm_run_dir dir = XNM_RUN_DIR_CLOSED;
	const struct xnm_step *step = arg;
	int rc = xnm_run_dir_open(&dir, xnm_run_dir_path(), false);

	if (rc)
		return xnm_fail(err, rc, "cannot keep notes in %s: %s", xnm_run_dir_path(),
				strerror(-rc));
	change.dir = &dir;
	change.target = &the_target;
	change.is_reset = step->action == XNM_STEP_RESET;
	rc = change_begin(&change);
	if (rc == 0 && xnm_step_lay(step, &change.next))
		rc = xnm_fail(&change.err, -E2BIG, "%s: that is more than a vif can have",
			      the_target.name);
	if (rc == 0)
		rc = change_apply(&change);
	change_end(&change);
	*err = change.err;
	return rc;
}

/* Whether the step has a vif. Without one it is skipped: the guest may come later. */
static bool find(struct run *run, const struct xnm_step *step, struct step_result *result)
{
	char word[XNM_STEP_TEXT_LEN];
	int rc;

	(void)xnm_step_word(step, 1, word);
	rc = target_find(&the_target, &run->dir, word, &result->err);
	if (rc == 0 && the_target.n == 0 && step->action == XNM_STEP_SET)
		rc = xnm_fail(&result->err, -ENOENT, "%s does not run", the_target.name);
	result->state = rc == -ENOENT ? STEP_SKIPPED : STEP_FAILED;
	return rc == 0;
}

void run_step(struct run *run, const struct xnm_step *step, struct step_result *result)
{
	char name[XNM_STEP_TEXT_LEN];
	int rc = 0;

	switch (step->action) {
	case XNM_STEP_PROFILE:
		rc = run_in_child(use_profile, step, &result->err);
		(void)xnm_step_word(step, 1, name);
		if (rc == 0)
			run_undo_profile(name);
		break;
	case XNM_STEP_SET:
	case XNM_STEP_RESET:
		if (!find(run, step, result))
			return;
		run_undo_keys(run, the_target.file, step);
		rc = run_in_child(change_keys, step, &result->err);
		break;
	case XNM_STEP_END:
		break;
	}
	result->state = rc ? STEP_FAILED : STEP_DONE;
}
