/* SPDX-License-Identifier: GPL-2.0-or-later */
/* start.c - make a program independent of what its caller has left it: the first line of each main(). */
#include "hotplug/base/start.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hotplug/base/log.h"
#include "hotplug/base/util.h"

#ifndef SYS_close_range
#define SYS_close_range 436 /* the same number on every architecture */
#endif

/* open(2) takes the lowest free number, so the first result above 2 says that 0 to 2 are taken. */
static void open_standard_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		/* a chroot without devices: reads and writes of a path only return an error */
		if (fd < 0)
			fd = open("/", O_PATH | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO && fcntl(fd, F_SETFD, 0) == 0);
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

static void close_fds(void)
{
	/* kernels before 5.9 lack the call: then they stay open while we run */
	(void)syscall(SYS_close_range, STDERR_FILENO + 1u, ~0u, 0u);
}

static void set_signals(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGALRM, SIG_DFL);
	(void)signal(SIGCHLD, SIG_DFL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
}

void xnm_start_signals_default(void)
{
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGHUP, SIG_DFL);
}

#define FDS_AT_LEAST 256

/* Raises the soft limit to wanted, with the hard one if that is lower and we may. */
static void raise_limit(int resource, rlim_t wanted)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)resource, &limit) || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted;
	if (limit.rlim_max < wanted) {
		struct rlimit both = { wanted, wanted };

		if (setrlimit((__rlimit_resource_t)resource, &both) == 0)
			return;
		limit.rlim_cur = limit.rlim_max;
	}
	(void)setrlimit((__rlimit_resource_t)resource, &limit);
}

static void raise_limits(void)
{
	static const int unlimited[] = { RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA, RLIMIT_CPU };

	for (size_t i = 0; i < XNM_N_ELEMENTS(unlimited); i++)
		raise_limit(unlimited[i], RLIM_INFINITY);
	/* the kernel reads it whenever the stack grows */
	raise_limit(RLIMIT_STACK, (rlim_t)8 << 20);
	raise_limit(RLIMIT_NOFILE, FDS_AT_LEAST);
}

void xnm_start(const char *program, enum xnm_start_fds fds)
{
	raise_limits();
	open_standard_fds();
	if (fds == XNM_START_CLOSE_FDS)
		close_fds();
	(void)umask(022);
	set_signals();
	(void)unsetenv("POSIXLY_CORRECT");
	xnm_log_init(program);
}
