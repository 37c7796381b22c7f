/* SPDX-License-Identifier: GPL-2.0-or-later */
/* applying.c - check the policy, and apply it to all that runs, in a child process. */
#include "hotplug/cli/applying.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hotplug/core/plan.h"
#include "hotplug/kernel/tc.h"
#include "hotplug/notes/profile.h"
#include "policy/nearest.h"

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

/* Before the first vif is changed: the next one may need what the kernel has not. */
static const struct xnm_netem_can *ask_kernel(void)
{
	static struct xnm_netem_can can;

	return xnm_policy_has_netems(&the_policy) && xnm_netem_ask(&can) == 0 ? &can : NULL;
}

const struct xnm_policy *xnm_applying_check(const char *path, const char *profile)
{
	int rc = xnm_policy_load_under(&the_policy, path, xnm_run_dir_path(), XNM_THIS_HOST,
				       profile, print_mistake, NULL);

	if (rc == 0)
		rc = xnm_policy_check_for(&the_policy, ask_kernel(), print_mistake, NULL);
	return rc ? NULL : &the_policy;
}

const char *xnm_profile_called(const char *name)
{
	static char text[2][XNM_NAME_LEN + 32];
	static unsigned int i;

	i = !i;
	if (name[0])
		(void)snprintf(text[i], sizeof(text[i]), "profile %s", name);
	else
		(void)snprintf(text[i], sizeof(text[i]), "what [global] says");
	return text[i];
}

/* After an error, the policy still has the names of its profiles. */
bool xnm_profile_is_known(const char *path, const char *name)
{
	struct xnm_nearest nearest = { .text = name };

	(void)xnm_policy_load_under(&the_policy, path, xnm_run_dir_path(), XNM_ANY_HOST, name, NULL,
				    NULL);
	if (name[0] == '\0' || xnm_policy_profile(&the_policy, name))
		return true;
	for (unsigned int i = 0; i < the_policy.n_profiles; i++)
		xnm_nearest_offer(&nearest, the_policy.profiles[i].name);
	fprintf(stderr, "xnm: there is no [profile %.63s]", name);
	if (nearest.best)
		fprintf(stderr, "; did you mean '%s'?", nearest.best);
	fprintf(stderr, "\n");
	return false;
}

int xnm_change_open(struct xnm_change *change, unsigned int wait_ms)
{
	int rc;

	memset(change, 0, sizeof(*change));
	rc = xnm_run_dir_open(&change->dir, xnm_run_dir_path(), false);
	if (rc) {
		fprintf(stderr, "xnm: cannot keep notes in %s: %s\n", xnm_run_dir_path(),
			strerror(-rc));
		return rc;
	}
	rc = xnm_lock(&change->dir.locks, XNM_LOCK_APPLY, NULL, wait_ms);
	if (rc == -EAGAIN || rc == -ETIMEDOUT)
		fputs("xnm: another xnm is applying the policy; wait for it\n", stderr);
	else if (rc)
		fprintf(stderr, "xnm: cannot lock %s/lock: %s\n", xnm_run_dir_path(),
			strerror(-rc));
	/* what cannot be read is nobody's choice */
	(void)xnm_profile_note_read(&change->dir, change->choice);
	change->linked = xnm_applied_linked();
	return rc;
}

void xnm_change_close(struct xnm_change *change)
{
	xnm_run_dir_close(&change->dir);
}

void xnm_change_keep(struct xnm_change *change, const char *path, const char *choice)
{
	int rc = xnm_applied_begin(path, choice);

	change->is_kept = rc == 0;
	if (rc)
		fprintf(stderr,
			"xnm: warning: cannot keep a copy of the policy in %s/applied, so there "
			"will be no way back to it: %s\n",
			xnm_run_dir_path(), strerror(-rc));
}

void xnm_change_done(struct xnm_change *change)
{
	int rc = change->is_kept ? xnm_applied_end() : 0;

	if (rc)
		fprintf(stderr,
			"xnm: warning: cannot keep a copy of the policy in %s/applied: %s\n",
			xnm_run_dir_path(), strerror(-rc));
}

int xnm_change_choose(const struct xnm_change *change, const char *choice)
{
	int rc = xnm_profile_note_write(&change->dir, choice);

	if (rc)
		fprintf(stderr, "xnm: cannot write %s/%s: %s\n", xnm_run_dir_path(),
			XNM_POLICY_PROFILE_FILE, strerror(-rc));
	return rc;
}

int xnm_change_link(unsigned int n)
{
	int rc = xnm_applied_link(n);

	if (rc)
		fprintf(stderr, "xnm: cannot change %s/applied/in-force: %s\n", xnm_run_dir_path(),
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

	if (mode == XNM_RUN_PLAN)
		xnm_policy_ignore_rollback();
	failed = xnm_apply_policy(mode, print_plan, NULL);
	return fflush(stdout) || failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

bool xnm_change_run(enum xnm_run_mode mode)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before[XNM_N_ELEMENTS(signals)];
	sigset_t blocked;
	int status = -1;
	pid_t pid;

	/* ignoring one that is blocked would lose it */
	(void)sigprocmask(SIG_BLOCK, NULL, &blocked);
	for (size_t i = 0; i < XNM_N_ELEMENTS(signals); i++)
		(void)sigaction(signals[i], sigismember(&blocked, signals[i]) ? NULL : &ignore,
				&before[i]);
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

bool xnm_change_back(struct xnm_change *change, unsigned int n)
{
	bool ok = xnm_change_choose(change, change->choice) == 0 && xnm_change_link(n) == 0 &&
		  xnm_change_run(XNM_RUN_REAPPLY);

	if (ok)
		xnm_applied_abandon();
	else
		fputs("xnm: that failed, too: xnm status\n", stderr);
	return ok;
}
