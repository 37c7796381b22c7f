/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_start.c - whatever a caller has left a program, it starts with the same descriptors, signals and limits. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotplug/base/start.h"

/* Runs fn in a child, so that this process keeps its own; fn returns what was wrong, or NULL. */
static void in_child(const char *(*fn)(void))
{
	int fd = dup(STDERR_FILENO), status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const char *wrong;
		int out = fcntl(fd, F_DUPFD, 100);

		close(fd);
		wrong = fn();
		if (wrong)
			dprintf(out, "wrong: %s\n", wrong);
		_exit(wrong ? 1 : 0);
	}
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static const char *closed_fds(void)
{
	int next = dup(0);
	struct stat st, null;

	close(next);
	if (stat("/dev/null", &null))
		return "no /dev/null";
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	xnm_start("test_start", XNM_START_KEEP_FDS);
	for (int fd = 0; fd < 3; fd++) {
		if (fstat(fd, &st) || st.st_rdev != null.st_rdev)
			return "a standard descriptor is not /dev/null";
		if (fcntl(fd, F_GETFD) != 0)
			return "programs that are started do not get it";
	}
	if (write(2, "x", 1) != 1)
		return "stderr cannot be written";
	return dup(0) == next ? NULL : "one too many was opened";
}

static const char *one_closed_fd(void)
{
	struct stat before[3], after;

	for (int fd = 0; fd < 3; fd++)
		(void)fstat(fd, &before[fd]);
	close(1);
	xnm_start("test_start", XNM_START_KEEP_FDS);
	if (fstat(0, &after) || after.st_ino != before[0].st_ino)
		return "stdin was replaced";
	if (fstat(2, &after) || after.st_ino != before[2].st_ino)
		return "stderr was replaced";
	return fstat(1, &after) ? "stdout is still closed" : NULL;
}

static const char *leaked_fds(void)
{
	if (dup2(0, 50) != 50)
		return "dup2";
	xnm_start("test_start", XNM_START_KEEP_FDS);
	if (fcntl(50, F_GETFD) < 0)
		return "it was closed, and should be kept";
	xnm_start("test_start", XNM_START_CLOSE_FDS);
	return fcntl(50, F_GETFD) < 0 ? NULL : "it is still open";
}

static void take(int sig)
{
	(void)sig;
}

static const char *signals(void)
{
	static const int all[] = { SIGALRM, SIGCHLD, SIGPIPE, SIGXFSZ, SIGHUP, SIGTERM };
	struct sigaction now;
	sigset_t set;

	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		signal(all[i], i % 2 ? SIG_IGN : take);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	xnm_start("test_start", XNM_START_KEEP_FDS);
	sigprocmask(SIG_BLOCK, NULL, &set);
	for (int sig = 1; sig < NSIG; sig++) {
		if (sigismember(&set, sig) == 1)
			return "a signal is blocked";
	}
	if (sigaction(SIGALRM, NULL, &now) || now.sa_handler != SIG_DFL)
		return "SIGALRM does not end a wait";
	if (sigaction(SIGCHLD, NULL, &now) || now.sa_handler != SIG_DFL)
		return "waitpid would fail";
	if (sigaction(SIGPIPE, NULL, &now) || now.sa_handler != SIG_IGN)
		return "SIGPIPE kills";
	if (sigaction(SIGXFSZ, NULL, &now) || now.sa_handler != SIG_IGN)
		return "SIGXFSZ kills";
	/* nohup */
	return sigaction(SIGHUP, NULL, &now) || now.sa_handler != SIG_IGN ? "SIGHUP kills" : NULL;
}

static const char *defaults(void)
{
	struct sigaction now;

	xnm_start("test_start", XNM_START_KEEP_FDS);
	xnm_start_signals_default();
	return sigaction(SIGPIPE, NULL, &now) || now.sa_handler != SIG_DFL ? "SIGPIPE is ignored"
									   : NULL;
}

static const char *limits(void)
{
	static const int all[] = { RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_CPU };
	struct rlimit limit;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (getrlimit((__rlimit_resource_t)all[i], &limit))
			return "getrlimit";
		limit.rlim_cur = 9;
		if (setrlimit((__rlimit_resource_t)all[i], &limit))
			return "setrlimit";
	}
	xnm_start("test_start", XNM_START_KEEP_FDS);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (getrlimit((__rlimit_resource_t)all[i], &limit))
			return "getrlimit";
		if (limit.rlim_max >= 256 && limit.rlim_cur < 256)
			return "a limit was not raised";
	}
	return NULL;
}

static const char *masks(void)
{
	umask(0777);
	setenv("POSIXLY_CORRECT", "1", 1);
	xnm_start("test_start", XNM_START_KEEP_FDS);
	if (getenv("POSIXLY_CORRECT"))
		return "options must come first";
	return umask(0) == 022 ? NULL : "umask";
}

#define TEST(name, fn)                 \
	static void name(void **state) \
	{                              \
		(void)state;           \
		in_child(fn);          \
	}

TEST(test_closed_fds, closed_fds)
TEST(test_one_closed_fd, one_closed_fd)
TEST(test_leaked_fds, leaked_fds)
TEST(test_signals, signals)
TEST(test_defaults, defaults)
TEST(test_limits, limits)
TEST(test_masks, masks)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closed_fds), cmocka_unit_test(test_one_closed_fd),
		cmocka_unit_test(test_leaked_fds), cmocka_unit_test(test_signals),
		cmocka_unit_test(test_defaults),   cmocka_unit_test(test_limits),
		cmocka_unit_test(test_masks),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
