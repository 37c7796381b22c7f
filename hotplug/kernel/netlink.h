/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlink.h - read the answers of one netlink request, and tell when they are not all. */
#ifndef XNM_NETLINK_H
#define XNM_NETLINK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How often a list that changes meanwhile is read again; the pauses take 190 ms together. */
#define NETLINK_MAX_DUMPS 20

struct netlink_talk {
	int fd;
	const struct nlmsghdr *request; /* as it was sent */
	void *buf;
	size_t buf_size;
	/* is called with each answer; returns 0, or -errno to give up. May be NULL. */
	int (*fn)(void *arg, struct nlmsghdr *answer);
	void *arg;
	/* is called with an NLMSG_ERROR; returns 0 for an acknowledgement, or its -errno */
	int (*error)(void *arg, struct nlmsghdr *answer);
	void *error_arg;
};

/* Limits the time that recv() waits for the kernel: an answer that was lost never comes. */
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

/* Whether to repeat the request after attempt 0, 1, ... ended with rc; pauses before it says so. */
bool netlink_again(int rc, unsigned int attempt);

#endif
