/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store_watch.c - wait until something in xenstore changes. */
#include "hotplug/xen/store_core.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_WATCHES 4
/* Events that follow each other within SETTLE_MS are one change, up to MAX_SETTLES of them. */
#define SETTLE_MS   50
#define MAX_SETTLES 20

/*
 * Debian's static libxenstore has no thread that reads, and that makes two
 * differences (xs.c, read_reply() and xs_fileno()). It takes an event for the
 * answer to a question: each watch has a connection of its own. And nothing
 * comes out of its own descriptor: we look at the connection too.
 */
static struct watch {
	struct xs_handle *handle;
	int fd; /* the connection inside handle */
} watches[MAX_WATCHES];
static unsigned int n_watches;

int xnm_store_watch(const char *path)
{
	struct watch *watch = &watches[n_watches];
	int error;

	if (n_watches == MAX_WATCHES)
		return -E2BIG;
	/* no threads here yet: the connection gets the lowest free number */
	watch->fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (watch->fd >= 0)
		close(watch->fd);
	watch->handle = xs_open(0);
	if (!watch->handle)
		return errno ? -errno : -EIO;
	if (!xs_watch(watch->handle, path, "")) {
		error = errno ? -errno : -EIO;
		xs_close(watch->handle);
		return error;
	}
	n_watches++;
	return 0;
}

/* Takes all events. Returns 0 or -errno. */
static int take_events(struct xs_handle *handle)
{
	char **event;

	do {
		event = xs_check_watch(handle);
		free(event);
	} while (event);
	return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -(errno ? errno : EIO);
}

/* Reads and drops all messages: the caller looks at everything anyway, also if some were lost. */
static void take_messages(int fd)
{
	char buf[8192];

	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) >= 0 || errno == ENOBUFS)
		;
}

int xnm_store_wait(struct xnm_store *store, const int *others, unsigned int n_others)
{
	struct pollfd fds[2 * MAX_WATCHES + STORE_MAX_OTHERS];
	unsigned int first = 2 * n_watches, n_fds = first;
	int timeout_ms = -1, rc = 0;

	for (unsigned int i = 0; i < n_watches; i++) {
		fds[2 * i] = (struct pollfd){ .fd = watches[i].fd, .events = POLLIN };
		fds[2 * i + 1] =
			(struct pollfd){ .fd = xs_fileno(watches[i].handle), .events = POLLIN };
	}
	for (unsigned int i = 0; i < n_others && i < STORE_MAX_OTHERS; i++)
		fds[n_fds++] = (struct pollfd){ .fd = others[i], .events = POLLIN };
	for (unsigned int settles = 0; rc == 0 && settles < MAX_SETTLES; settles++) {
		int n = poll(fds, n_fds, timeout_ms);

		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return -errno;
		for (unsigned int i = 0; n > 0 && i < n_watches && rc == 0; i++) {
			if (fds[2 * i].revents || fds[2 * i + 1].revents)
				rc = take_events(watches[i].handle);
		}
		for (unsigned int i = first; n > 0 && i < n_fds; i++) {
			if (fds[i].revents)
				take_messages(fds[i].fd);
		}
		timeout_ms = SETTLE_MS;
	}
	store_refill_clock(store);
	return rc;
}

void xnm_store_unwatch(void)
{
	while (n_watches)
		xs_close(watches[--n_watches].handle);
}
