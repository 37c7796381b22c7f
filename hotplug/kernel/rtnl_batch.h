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
	int first; /* the first failure to add a message, else 0 */
	bool sent; /* the kernel has carried it out, also if its answers were lost */
	int16_t rc[RTNL_BATCH_MESSAGES]; /* of each message, after it is sent */
	uint8_t buf[RTNL_BATCH_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* Empties the one batch that there is, and returns it. */
struct rtnl_batch *rtnl_batch_begin(void);

/* Copies a message into the batch. Returns its number; rtnl_batch_send() returns a failure. */
unsigned int rtnl_batch_add(struct rtnl_batch *batch, const struct nl_msg *msg);

/*
 * Sends the batch. Returns 0 if the kernel has carried it out, and rc[] has the answers;
 * -errno if nothing was sent, or the answers were lost. The kernel's sentence with the
 * first error for which tell() is true becomes the reason.
 */
int rtnl_batch_send(struct xnm_rtnl *rtnl, struct rtnl_batch *batch,
		    bool (*tell)(void *arg, unsigned int i, int rc), void *arg);

#endif
