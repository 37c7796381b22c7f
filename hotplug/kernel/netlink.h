/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlink.h - read the answers of one netlink request, and tell when they are not all. */
#ifndef XNM_NETLINK_H
#define XNM_NETLINK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How often a list is read that changes meanwhile. Together they wait 190 ms. */
#define NETLINK_MAX_DUMPS 20

struct netlink_talk {
	int fd;
	const struct nlmsghdr *request; /* as it was sent */
	void *buf;
	size_t buf_size;
	/* looks at one answer: 0, or -errno to give up. May be NULL. */
	int (*fn)(void *arg, struct nlmsghdr *answer);
	void *arg;
	/* reads an NLMSG_ERROR: 0 for an acknowledgement, or its -errno */
	int (*error)(void *arg, struct nlmsghdr *answer);
	void *error_arg;
};

/* A socket waits for the kernel no longer than some seconds: what got lost does not come. */
void netlink_limit_wait(int fd);

/*
 * Reads until the acknowledgement, the only answer, or the last part of a dump.
 * Returns 0, the kernel's -errno, that of fn, or:
 *
 * -EAGAIN      the list was changed while it was read: what fn was told is worth nothing
 * -ENOBUFS     the same: answers were lost
 * -EMSGSIZE    an answer is longer than the buffer
 * -EPROTO      an answer was cut off, or a dump came to no end
 * -ETIMEDOUT   the rest never came
 *
 * Whatever it returns, a dump has been read to its end if it has one: another
 * request may be sent.
 */
int netlink_read(const struct netlink_talk *talk);

/* Whether to ask once more after a try (0, 1, ...) that ended with rc; pauses before. */
bool netlink_again(int rc, unsigned int attempt);

#endif
