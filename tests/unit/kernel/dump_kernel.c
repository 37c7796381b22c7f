/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump_kernel.c - what is sent to the kernel of test_dump, and what is received from it. */
#include <errno.h>
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "tests/unit/kernel/dump.h"

const char *const fault_names[N_FAULTS] = {
	"whole",	  "changed at the end",
	"changed before", "always changed",
	"lost",		  "failed at the end",
	"refused",	  "only acknowledged",
	"too long",	  "torn",
	"no end",	  "single",
};

bool heals(enum fault fault)
{
	return fault == CHANGED_AT_THE_END || fault == CHANGED_BEFORE || fault == LOST;
}

struct kernel kernel;

static void new_part(int error)
{
	struct part *part = &kernel.parts[kernel.n_parts++];

	assert_true(kernel.n_parts <= MAX_PARTS);
	*part = (struct part){ .error = error, .data = kernel.data + kernel.len };
}

static void put_message(int type, int flags)
{
	kernel.hdr = mnl_nlmsg_put_header(kernel.data + kernel.len);
	kernel.hdr->nlmsg_type = (uint16_t)type;
	kernel.hdr->nlmsg_flags = (uint16_t)flags;
	kernel.hdr->nlmsg_seq = kernel.seq;
}

static void end_message(void)
{
	size_t len = MNL_ALIGN(kernel.hdr->nlmsg_len);

	kernel.len += len;
	kernel.parts[kernel.n_parts - 1].len += len;
}

static void put_entry(int family, unsigned int i, int flags)
{
	put_message(0, NLM_F_MULTI | flags);
	kernel.put(family, i);
	if (flags & NLM_F_ROOT) /* as no list has it: a single answer */
		kernel.hdr->nlmsg_flags = 0;
	end_message();
}

static void put_done(int error, int flags)
{
	put_message(NLMSG_DONE, NLM_F_MULTI | flags);
	*(int *)mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(int)) = error;
	end_message();
}

static void put_error(int error)
{
	put_message(NLMSG_ERROR, 0);
	((struct nlmsgerr *)mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(struct nlmsgerr)))
		->error = error;
	end_message();
}

static void put_whole(int family)
{
	new_part(0);
	put_entry(family, 0, 0);
	put_entry(family, 1, 0);
	new_part(0);
	put_done(0, 0);
}

static void answer(int family)
{
	enum fault fault = kernel.fault;

	if (heals(fault) && kernel.n_requests > 1)
		fault = WHOLE;
	new_part(0);
	switch (fault) {
	case CHANGED_AT_THE_END:
	case ALWAYS_CHANGED:
		put_done(0, NLM_F_DUMP_INTR);
		return;
	case CHANGED_BEFORE:
		put_entry(family, 0, NLM_F_DUMP_INTR);
		put_done(0, 0);
		return;
	case LOST:
		kernel.parts[0].error = ENOBUFS;
		new_part(0);
		put_done(0, 0);
		return;
	case FAILED_AT_THE_END:
		put_entry(family, 0, 0);
		put_done(-EIO, 0);
		return;
	case REFUSED:
		put_error(-EIO);
		return;
	case ONLY_ACKNOWLEDGED:
		put_error(0);
		return;
	case TOO_LONG:
		put_entry(family, 0, 0);
		/* the rest of it is of no message */
		kernel.parts[0].len = kernel.len = 70 * 1024;
		new_part(0);
		put_done(0, 0);
		return;
	case TORN:
		put_entry(family, 0, 0);
		put_entry(family, 1, 0);
		kernel.hdr->nlmsg_len += 64;
		new_part(0);
		put_done(0, 0);
		return;
	case NO_END:
		put_entry(family, 0, 0);
		return;
	case SINGLE:
		put_entry(family, 0, NLM_F_ROOT);
		return;
	default:
		kernel.n_parts = 0;
		put_whole(family);
	}
}

static void hear(const void *data)
{
	const struct nlmsghdr *hdr = data;
	const struct rtgenmsg *gen = mnl_nlmsg_get_payload(hdr);

	kernel.n_parts = kernel.next = 0;
	kernel.len = 0;
	kernel.seq = hdr->nlmsg_seq;
	kernel.asked_for = hdr->nlmsg_type;
	if (!(hdr->nlmsg_flags & NLM_F_DUMP) && kernel.is_silent)
		return;
	if (!(hdr->nlmsg_flags & NLM_F_DUMP)) {
		/* "is there such a table, such an element?" */
		new_part(0);
		put_message(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE, 0);
		(void)mnl_nlmsg_put_extra_header(kernel.hdr, sizeof(struct nfgenmsg));
		end_message();
		return;
	}
	kernel.n_requests++;
	answer(gen->rtgen_family);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	(void)fd;
	(void)flags;
	hear(msg->msg_iov[0].iov_base);
	return (ssize_t)msg->msg_iov[0].iov_len;
}

ssize_t sendto(int fd, const void *data, size_t len, int flags, const struct sockaddr *to,
	       socklen_t to_len)
{
	(void)fd;
	(void)flags;
	(void)to;
	(void)to_len;
	hear(data);
	return (ssize_t)len;
}

static ssize_t take(void *buf, size_t size, int flags, bool *cut)
{
	struct part *part = &kernel.parts[kernel.next];

	*cut = false;
	if (kernel.next >= kernel.n_parts) {
		/* as a socket with a limit answers */
		errno = EAGAIN;
		return -1;
	}
	kernel.next++;
	if (part->error) {
		errno = part->error;
		return -1;
	}
	*cut = part->len > size;
	memcpy(buf, part->data, *cut ? size : part->len);
	return (ssize_t)(*cut && !(flags & MSG_TRUNC) ? size : part->len);
}

ssize_t recv(int fd, void *buf, size_t size, int flags)
{
	bool cut;

	(void)fd;
	return take(buf, size, flags, &cut);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	bool cut;
	ssize_t len = take(msg->msg_iov[0].iov_base, msg->msg_iov[0].iov_len, flags, &cut);

	(void)fd;
	msg->msg_flags = cut ? MSG_TRUNC : 0;
	if (msg->msg_name)
		memset(msg->msg_name, 0, sizeof(struct sockaddr_nl));
	if (msg->msg_name)
		((struct sockaddr_nl *)msg->msg_name)->nl_family = AF_NETLINK;
	return len;
}
