/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnl_batch.h - many changes in one request, in whose middle nobody can be killed. */
#ifndef XNM_RTNL_BATCH_H
#define XNM_RTNL_BATCH_H

#include "hotplug/kernel/rtnl_core.h"

#define RTNL_BATCH_MESSAGES 16384
#define RTNL_BATCH_BYTES    (2 * 1024 * 1024)

/*
 * The kernel carries out what one send() has brought before it looks at a
 * signal (netlink_rcv_skb() within netlink_sendmsg()): a process that is killed
 * leaves all of it done, or nothing. An error does not stop the rest.
 */
struct rtnl_batch {
	unsigned int n;
	size_t len;
	int first; /* what went wrong when a message was added, else 0 */
	bool sent; /* the kernel has looked at it, also if its answers were lost */
	int16_t rc[RTNL_BATCH_MESSAGES]; /* of each message, after it is sent */
	uint8_t buf[RTNL_BATCH_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* The one that there is, empty. */
struct rtnl_batch *rtnl_batch_begin(void);

/* Adds a message, which is copied. Returns its number; what went wrong is told by the sending. */
unsigned int rtnl_batch_add(struct rtnl_batch *batch, const struct nl_msg *msg);

/*
 * Sends them. Returns 0 when the kernel has looked at each, and rc[] has what it
 * said; -errno when nothing was sent, or nobody knows what became of it. tell is
 * asked of each error whether its sentence is to be the reason; the first one is.
 */
int rtnl_batch_send(struct xnm_rtnl *rtnl, struct rtnl_batch *batch,
		    bool (*tell)(void *arg, unsigned int i, int rc), void *arg);

#endif
