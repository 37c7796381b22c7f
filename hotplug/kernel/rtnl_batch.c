/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnl_batch.c - many changes in one request, in whose middle nobody can be killed. */
#include "hotplug/kernel/rtnl_batch.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define SMALL_BYTES    65536 /* fits the default send buffer */
#define SMALL_MESSAGES 100
#define ANSWER_BYTES   1024 /* the most that an answer takes of the receive buffer */

struct sending {
	struct xnm_rtnl *rtnl;
	struct rtnl_batch *batch;
	uint32_t first_seq;
	bool (*tell)(void *arg, unsigned int i, int rc);
	void *arg;
	bool told, done;
};

struct rtnl_batch *rtnl_batch_begin(void)
{
	/* big, and zero: its pages cost nothing until it is used */
	static struct rtnl_batch the_batch;
	struct rtnl_batch *batch = &the_batch;

	batch->n = 0;
	batch->len = 0;
	batch->first = 0;
	batch->sent = false;
	return batch;
}

unsigned int rtnl_batch_add(struct rtnl_batch *batch, const struct nl_msg *msg)
{
	const struct nlmsghdr *hdr = msg ? nlmsg_hdr((struct nl_msg *)msg) : NULL;
	size_t room = hdr ? NLMSG_ALIGN(hdr->nlmsg_len) : 0;

	if (!hdr)
		batch->first = -ENOMEM;
	else if (batch->n == RTNL_BATCH_MESSAGES || room > sizeof(batch->buf) - batch->len)
		batch->first = -E2BIG;
	if (batch->first)
		return 0;
	memset(batch->buf + batch->len, 0, room);
	memcpy(batch->buf + batch->len, hdr, hdr->nlmsg_len);
	batch->rc[batch->n] = 0;
	batch->len += room;
	return batch->n++;
}

/* Numbers the messages. Only the last one asks for an acknowledgement; errors come anyway. */
static void number(struct rtnl_batch *batch, uint32_t seq)
{
	struct nlmsghdr *hdr;
	size_t at = 0;

	for (unsigned int i = 0; i < batch->n; i++) {
		hdr = (struct nlmsghdr *)(void *)(batch->buf + at);
		hdr->nlmsg_seq = seq + i;
		hdr->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
		if (i + 1 == batch->n)
			hdr->nlmsg_flags |= NLM_F_ACK;
		at += NLMSG_ALIGN(hdr->nlmsg_len);
	}
}

/* Enlarges the socket's buffers for a large batch, which CAP_NET_ADMIN allows. */
static void make_room(int fd, const struct rtnl_batch *batch)
{
	int send_bytes = (int)batch->len + SMALL_BYTES,
	    receive_bytes = (int)batch->n * ANSWER_BYTES;

	if (batch->len > SMALL_BYTES)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &send_bytes, sizeof(send_bytes));
	if (batch->n > SMALL_MESSAGES)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_bytes,
				 sizeof(receive_bytes));
}

static void read_answer(struct sending *sending, struct nlmsghdr *hdr)
{
	struct rtnl_batch *batch = sending->batch;
	uint32_t i = hdr->nlmsg_seq - sending->first_seq;
	char reason[sizeof(sending->rtnl->reason)];
	int rc;

	if (hdr->nlmsg_type != NLMSG_ERROR || i >= batch->n)
		return;
	memcpy(reason, sending->rtnl->reason, sizeof(reason));
	rc = rtnl_read_error(sending->rtnl, hdr);
	if (rc == 0 || sending->told || !sending->tell(sending->arg, i, rc))
		memcpy(sending->rtnl->reason, reason, sizeof(reason));
	else
		sending->told = true;
	batch->rc[i] = (int16_t)rc;
	sending->done |= i + 1 == batch->n;
}

static int read_answers(struct sending *sending)
{
	struct xnm_rtnl *rtnl = sending->rtnl;

	while (!sending->done) {
		ssize_t len = recv(nl_socket_get_fd(rtnl->sock), rtnl->buf, sizeof(rtnl->buf), 0);
		struct nlmsghdr *hdr = (struct nlmsghdr *)(void *)rtnl->buf;
		int left = (int)len;

		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0)
			return rtnl_fail(rtnl, len ? -errno : -EPIPE,
					 "the kernel's answer never came");
		for (; NLMSG_OK(hdr, left); hdr = NLMSG_NEXT(hdr, left))
			read_answer(sending, hdr);
	}
	return 0;
}

int rtnl_batch_send(struct xnm_rtnl *rtnl, struct rtnl_batch *batch,
		    bool (*tell)(void *arg, unsigned int i, int rc), void *arg)
{
	struct sending sending = { .rtnl = rtnl, .batch = batch, .tell = tell, .arg = arg };
	int fd = nl_socket_get_fd(rtnl->sock);

	rtnl->reason[0] = '\0';
	if (batch->first)
		return rtnl_fail(rtnl, batch->first,
				 batch->first == -E2BIG ? "it is too much for one request"
							: "out of memory");
	if (batch->n == 0)
		return 0;
	sending.first_seq = nl_socket_use_seq(rtnl->sock);
	for (unsigned int i = 1; i < batch->n; i++)
		(void)nl_socket_use_seq(rtnl->sock);
	number(batch, sending.first_seq);
	make_room(fd, batch);
	if (send(fd, batch->buf, batch->len, 0) < 0)
		return rtnl_fail(rtnl, -errno, strerror(errno));
	batch->sent = true;
	return read_answers(&sending);
}
