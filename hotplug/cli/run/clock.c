/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock.c - wait for the absolute time of a step, or for a signal that ends the run. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "hotplug/cli/run/run.h"

#define NS_PER_S  1000000000ll
#define NS_PER_MS 1000000ll
#define TICK_MS	  200

static int timer_fd = -1, signal_fd = -1;

int64_t run_now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* From the start and not from the step before: what one is late, the next is not. */
int64_t run_due_ns(const struct run *run, unsigned int step)
{
	double ns = (double)run->schedule.steps[step].at_ms * (double)NS_PER_MS / run->speed;

	return run->start_ns + (int64_t)ns;
}

int run_clock_open(void)
{
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL))
		return -errno;
	signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signal_fd < 0)
		return -errno;
	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return timer_fd < 0 ? -errno : 0;
}

static bool has_signal(struct run *run)
{
	struct signalfd_siginfo info;

	if (read(signal_fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return false;
	run->signal = (int)info.ssi_signo;
	return true;
}

bool run_wait(struct run *run, int64_t due_ns, void (*tick)(const struct run *run))
{
	/* one that is all zero would stop the timer */
	const struct itimerspec due = {
		.it_value = { .tv_sec = due_ns / NS_PER_S, .tv_nsec = due_ns % NS_PER_S + !due_ns },
	};
	struct pollfd fds[] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = timer_fd, .events = POLLIN },
	};

	/* a time that has passed is due at once */
	(void)timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &due, NULL);
	for (;;) {
		if (has_signal(run))
			return false;
		if (run_now_ns() >= due_ns)
			return true;
		if (tick)
			tick(run);
		(void)poll(fds, 2, tick ? TICK_MS : -1);
	}
}
