/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlink.c - read the answers of one netlink request, and tell when they are not all. */
#include "hotplug/kernel/netlink.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

/*
 * The list may change while it is dumped: the kernel marks the part at which it noticed
 * (NLM_F_DUMP_INTR, nl_dump_check_consistent() in include/net/netlink.h), which need not
 * be the last one. A failure in the middle is told in the last part, NLMSG_DONE. Whoever
 * takes the parts before it for the whole list deletes what others still use.
 */

#define WAIT_S	    5
#define FIRST_TRIES 3 /* without a pause */

struct reading {
	const struct netlink_talk *talk;
	bool is_dump, done;
	bool changed; /* the list changed, which may be the cause of any other failure */
	int rc; /* the first failure */
};

void netlink_limit_wait(int fd)
{
	const struct timeval limit = { .tv_sec = WAIT_S };

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

static void note(struct reading *reading, int rc)
{
	if (reading->rc == 0)
		reading->rc = rc;
}

/* How a dump ended: the kernel's errno is all that NLMSG_DONE has (netlink_dump_done()). */
static int done_error(struct nlmsghdr *hdr)
{
	const int *error = NLMSG_DATA(hdr);

	return hdr->nlmsg_len >= NLMSG_LENGTH(sizeof(*error)) && *error < 0 ? *error : 0;
}

static void read_message(struct reading *reading, struct nlmsghdr *hdr)
{
	const struct netlink_talk *talk = reading->talk;

	reading->changed |= reading->is_dump && hdr->nlmsg_flags & NLM_F_DUMP_INTR;
	if (hdr->nlmsg_type == NLMSG_DONE) {
		note(reading, done_error(hdr));
		reading->done = true;
		return;
	}
	if (hdr->nlmsg_type == NLMSG_ERROR) {
		int rc = talk->error(talk->error_arg, hdr);

		/* an acknowledgement does not end a dump */
		note(reading, rc == 0 && reading->is_dump ? -EPROTO : rc);
		reading->done = true;
		return;
	}
	if (hdr->nlmsg_type == NLMSG_OVERRUN)
		note(reading, -ENOBUFS);
	else if (reading->rc == 0 && talk->fn)
		reading->rc = talk->fn(talk->arg, hdr);
	if (!reading->is_dump && !(hdr->nlmsg_flags & NLM_F_MULTI) &&
	    !(talk->request->nlmsg_flags & NLM_F_ACK))
		reading->done = true;
}

static void read_datagram(struct reading *reading, int len)
{
	struct nlmsghdr *hdr = reading->talk->buf;

	for (; NLMSG_OK(hdr, len); hdr = NLMSG_NEXT(hdr, len)) {
		/* another number is that of an answer to an earlier request */
		if (hdr->nlmsg_seq == reading->talk->request->nlmsg_seq && !reading->done)
			read_message(reading, hdr);
	}
	if (len > 0)
		note(reading, -EPROTO);
}

/* Whether there is more to come after recv() has failed. */
static bool may_go_on(struct reading *reading, int error)
{
	if (error == EINTR)
		return true;
	note(reading, error == EAGAIN || error == EWOULDBLOCK ? -ETIMEDOUT : -error);
	/* the end of a dump still comes */
	return error == ENOBUFS && reading->is_dump;
}

int netlink_read(const struct netlink_talk *talk)
{
	struct reading reading = {
		.talk = talk,
		.is_dump = (talk->request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP,
	};

	while (!reading.done) {
		/* MSG_TRUNC: recv() returns the whole length of an answer that does not fit */
		ssize_t len = recv(talk->fd, talk->buf, talk->buf_size, MSG_TRUNC);

		if (len < 0 && may_go_on(&reading, errno))
			continue;
		if (len == 0)
			note(&reading, -EPIPE);
		if (len <= 0)
			break;
		if ((size_t)len > talk->buf_size) {
			note(&reading, -EMSGSIZE);
			reading.done = !reading.is_dump;
			continue;
		}
		read_datagram(&reading, (int)len);
	}
	return reading.changed && reading.done ? -EAGAIN : reading.rc;
}

bool netlink_again(int rc, unsigned int attempt)
{
	if ((rc != -EAGAIN && rc != -ENOBUFS) || attempt + 1 >= NETLINK_MAX_DUMPS)
		return false;
	if (attempt >= FIRST_TRIES)
		(void)poll(NULL, 0, (int)attempt);
	return true;
}
