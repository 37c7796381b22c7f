/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnl_core.h - one netlink conversation, for the files of this folder only. */
#ifndef XNM_RTNL_CORE_H
#define XNM_RTNL_CORE_H

#include <stdint.h>

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "hotplug/kernel/rtnl.h"

struct xnm_rtnl {
	struct nl_sock *sock;
	char reason[192];
	char buf[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* Looks at one answer; returns 0 to go on or -errno to give up. */
typedef int (*rtnl_answer)(void *arg, struct nlmsghdr *answer);

static inline void rtnl_cleanup_msg(struct nl_msg **msg)
{
	nlmsg_free(*msg);
}
#define _cleanup_nlmsg_ __attribute__((cleanup(rtnl_cleanup_msg)))

/*
 * Sends msg and reads until its acknowledgement or its only answer. Returns 0,
 * the kernel's -errno or fn's.
 */
int rtnl_talk(struct xnm_rtnl *rtnl, struct nl_msg *msg, rtnl_answer fn, void *arg);

/*
 * Sends a question for a list (NLM_F_DUMP) and hands every entry to fn. A list
 * that changes while it is read is read again from its beginning: before that,
 * the arg_size bytes of arg, which say all that fn has noted so far, are put
 * back to what they were. Returns 0 when fn was told of all, and else an
 * -errno: -EBUSY when the list never stood still.
 */
#define RTNL_DUMP_ARG_MAX 2048
int rtnl_dump(struct xnm_rtnl *rtnl, struct nl_msg *msg, rtnl_answer fn, void *arg,
	      size_t arg_size);

/* Sends a change request; built < 0: some nla_put() before has failed. */
int rtnl_change(struct xnm_rtnl *rtnl, struct nl_msg *msg, int built);

/*
 * Reads an NLMSG_ERROR with arg the struct xnm_rtnl: an acknowledgement (0), or
 * an error with, perhaps, the kernel's own sentence, which becomes the reason.
 */
int rtnl_read_error(void *arg, struct nlmsghdr *hdr);

/* A new RTM_* request for a link with an ifinfomsg, or NULL. */
struct nl_msg *rtnl_link_msg(int type, int flags, int family, int ifindex);

/* Keeps text as the reason of a failure that the kernel did not report. Returns rc. */
int rtnl_fail(struct xnm_rtnl *rtnl, int rc, const char *text);

/*
 * Asks for the routes of the main table through a device, made by protocol (0: by
 * anybody), first of IPv4, then of IPv6: *family says which of them fn is told
 * of. It has to look itself, as kernels before 4.20 tell of all routes, and one
 * without IPv6 answers that question with IPv4. arg and its size are as of
 * rtnl_dump(), and what is returned.
 */
int rtnl_dump_routes(struct xnm_rtnl *rtnl, int ifindex, uint8_t protocol, int *family,
		     rtnl_answer fn, void *arg, size_t arg_size);

/*
 * rtnl_check_route() says whether a route makes sense; the other one makes it with
 * NLM_F_EXCL or NLM_F_REPLACE.
 */
int rtnl_check_route(struct xnm_rtnl *rtnl, const struct xnm_route *route);
int rtnl_put_route(struct xnm_rtnl *rtnl, const struct xnm_route *route, int flags);

/* Calls fn for the names of the links of a kind, of 64 at most. */
int rtnl_each_of_kind(struct xnm_rtnl *rtnl, const char *kind,
		      void (*fn)(void *arg, const char *name), void *arg);

/* Reads an answer about a link into the struct xnm_link that arg is. */
int rtnl_read_link(void *arg, struct nlmsghdr *hdr);

/* The IFLA_BRPORT_* attribute of a bit of enum xnm_port_flag. */
int rtnl_port_attr(unsigned int bit);

/*
 * group_fwd_mask of a port: all reserved MAC addresses but that of pause frames, which the
 * kernel refuses.
 */
#define RTNL_GROUP_FWD_MASK 0xfffd

#endif
