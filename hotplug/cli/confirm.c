/* SPDX-License-Identifier: GPL-2.0-or-later */
/* confirm.c - ask the person at the terminal, and take silence for a no. */
#include "hotplug/cli/confirm.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "hotplug/base/util.h"

static sigset_t signals;

void xnm_confirm_begin(void)
{
	static const int no_stop[] = { SIGTSTP, SIGTTIN, SIGTTOU };

	for (size_t i = 0; i < XNM_N_ELEMENTS(no_stop); i++)
		(void)signal(no_stop[i], SIG_IGN);
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum answer { NOT_YET, KEEP, GO_BACK };

/* A line may come in parts; only its first letter counts. */
static enum answer read_answer(const char **why)
{
	char text[256];
	ssize_t len = read(STDIN_FILENO, text, sizeof(text));

	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return NOT_YET;
	*why = len <= 0 ? "there is nobody to confirm it" : "it was not confirmed";
	if (len <= 0)
		return GO_BACK;
	return strchr("yY\n", text[0]) ? KEEP : GO_BACK;
}

static enum answer wait_for_answer(int signal_fd, int64_t end_ms, const char **why)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = signal_fd, .events = POLLIN } };
	int64_t left_ms = end_ms - now_ms();

	if (left_ms <= 0) {
		*why = "it was not confirmed in time";
		return GO_BACK;
	}
	if (poll(fds, 2, left_ms > 3600000 ? 3600000 : (int)left_ms) < 0 && errno != EINTR) {
		*why = "it cannot be confirmed";
		return GO_BACK;
	}
	if (fds[1].revents) {
		*why = "it was interrupted";
		return GO_BACK;
	}
	return fds[0].revents ? read_answer(why) : NOT_YET;
}

bool xnm_confirm(unsigned int timeout_s, const char **why)
{
	_cleanup_close_ int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	int64_t end_ms = now_ms() + (int64_t)timeout_s * 1000;
	enum answer answer = NOT_YET;

	printf("Press Enter or y within %u s to keep it; otherwise it is taken back: ", timeout_s);
	(void)fflush(stdout);
	while (answer == NOT_YET)
		answer = wait_for_answer(signal_fd, end_ms, why);
	return answer == KEEP;
}
