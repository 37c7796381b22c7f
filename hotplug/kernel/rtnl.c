/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnl.c - one netlink conversation: send a request, read its answers, keep the kernel's reason. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

/*
 * libnl gives the messages and the socket. Its own receive path turns an errno
 * into one of 30 NLE codes and knows no extended acknowledgement, so that
 * "Can not enslave a bridge to a bridge" would reach the user as "Unspecific
 * failure": answers are read here.
 */

int rtnl_fail(struct xnm_rtnl *rtnl, int rc, const char *text)
{
	(void)snprintf(rtnl->reason, sizeof(rtnl->reason), "%s", text);
	return rc;
}

const char *xnm_rtnl_reason(const struct xnm_rtnl *rtnl)
{
	return rtnl->reason;
}

int xnm_rtnl_open(struct xnm_rtnl **rtnl)
{
	static struct xnm_rtnl the_rtnl;
	const int on = 1;
	int fd;

	*rtnl = NULL;
	the_rtnl.sock = nl_socket_alloc();
	if (!the_rtnl.sock)
		return -ENOMEM;
	if (nl_connect(the_rtnl.sock, NETLINK_ROUTE)) {
		nl_socket_free(the_rtnl.sock);
		return errno ? -errno : -EIO;
	}
	nl_socket_disable_auto_ack(the_rtnl.sock);
	fd = nl_socket_get_fd(the_rtnl.sock);
	/* old kernels lack these three; they only cost better texts and cheaper dumps */
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	*rtnl = &the_rtnl;
	return 0;
}

void xnm_rtnl_close(struct xnm_rtnl *rtnl)
{
	if (!rtnl)
		return;
	nl_socket_free(rtnl->sock);
	rtnl->sock = NULL;
}

struct nl_msg *rtnl_link_msg(int type, int flags, int family, int ifindex)
{
	struct ifinfomsg info = { .ifi_family = (unsigned char)family, .ifi_index = ifindex };
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* An acknowledgement (0) or an error with, perhaps, the kernel's own sentence. */
static int read_error(struct xnm_rtnl *rtnl, struct nlmsghdr *hdr)
{
	const struct nlmsgerr *err = nlmsg_data(hdr);
	struct nlattr *text = NULL;

	if (nlmsg_datalen(hdr) < (int)sizeof(*err))
		return rtnl_fail(rtnl, -EPROTO, "the kernel's answer is too short");
	if (err->error == 0)
		return 0;
	/* with NETLINK_CAP_ACK the request is not echoed, only its header is */
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS) {
		int skip = (int)sizeof(*err);

		if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
			skip += NLMSG_ALIGN((int)err->msg.nlmsg_len - NLMSG_HDRLEN);
		if (skip < nlmsg_datalen(hdr))
			text = nla_find((struct nlattr *)((char *)nlmsg_data(hdr) + skip),
					nlmsg_datalen(hdr) - skip, NLMSGERR_ATTR_MSG);
	}
	if (text && nla_len(text) > 0)
		(void)snprintf(rtnl->reason, sizeof(rtnl->reason), "%.*s (%s)", nla_len(text) - 1,
			       (char *)nla_data(text), strerror(-err->error));
	else
		(void)snprintf(rtnl->reason, sizeof(rtnl->reason), "%s", strerror(-err->error));
	return err->error;
}

/* One datagram: sets *done when it holds the end of the conversation. */
static int read_answers(struct xnm_rtnl *rtnl, int len, const struct nlmsghdr *request,
			rtnl_answer fn, void *arg, bool *done)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)(void *)rtnl->buf;
	int rc;

	for (; nlmsg_ok(hdr, len); hdr = nlmsg_next(hdr, &len)) {
		if (hdr->nlmsg_seq != request->nlmsg_seq)
			continue; /* the rest of an earlier conversation */
		if (hdr->nlmsg_type == NLMSG_ERROR) {
			*done = true;
			return read_error(rtnl, hdr);
		}
		if (hdr->nlmsg_type == NLMSG_DONE) {
			*done = true;
			return 0;
		}
		rc = fn ? fn(arg, hdr) : 0;
		if (rc)
			return rc;
		if (!(hdr->nlmsg_flags & NLM_F_MULTI) && !(request->nlmsg_flags & NLM_F_ACK))
			*done = true;
	}
	return 0;
}

int rtnl_talk(struct xnm_rtnl *rtnl, struct nl_msg *msg, rtnl_answer fn, void *arg)
{
	const struct nlmsghdr *request = nlmsg_hdr(msg);
	int fd = nl_socket_get_fd(rtnl->sock);
	bool done = false;
	ssize_t len;
	int rc;

	rtnl->reason[0] = '\0';
	if (nl_send_auto(rtnl->sock, msg) < 0)
		return rtnl_fail(rtnl, -errno, strerror(errno));
	while (!done) {
		len = recv(fd, rtnl->buf, sizeof(rtnl->buf), 0);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return rtnl_fail(rtnl, -errno, strerror(errno));
		if (len == 0)
			return rtnl_fail(rtnl, -EPIPE, "the kernel closed the netlink socket");
		rc = read_answers(rtnl, (int)len, request, fn, arg, &done);
		if (rc)
			return rc;
	}
	return 0;
}

int rtnl_change(struct xnm_rtnl *rtnl, struct nl_msg *msg, int built)
{
	if (built < 0)
		return rtnl_fail(rtnl, -ENOMEM, "the netlink request does not fit");
	return rtnl_talk(rtnl, msg, NULL, NULL);
}
