/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnl.c - one netlink conversation: send a request, read its answers, keep the kernel's reason. */
#include "hotplug/kernel/rtnl_core.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/kernel/netlink.h"

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
	/* old kernels lack these three options: then texts are worse and dumps cost more */
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	netlink_limit_wait(fd);
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

int rtnl_read_error(void *arg, struct nlmsghdr *hdr)
{
	struct xnm_rtnl *rtnl = arg;
	const struct nlmsgerr *err = nlmsg_data(hdr);
	struct nlattr *text = NULL;

	if (nlmsg_datalen(hdr) < (int)sizeof(*err))
		return rtnl_fail(rtnl, -EPROTO, "the kernel's answer is too short");
	if (err->error == 0)
		return 0;
	/* with NETLINK_CAP_ACK the kernel echoes the header of the request only */
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

static const char *failure_text(int rc)
{
	switch (rc) {
	case -EAGAIN:
		return "it changed each time that it was read";
	case -EMSGSIZE:
		return "the kernel's answer is longer than expected";
	case -EPROTO:
		return "the kernel's answer was cut off";
	case -ETIMEDOUT:
		return "the kernel's answer never came";
	case -EPIPE:
		return "the kernel closed the netlink socket";
	default:
		return strerror(-rc);
	}
}

static int talk(struct xnm_rtnl *rtnl, struct nl_msg *msg, rtnl_answer fn, void *arg)
{
	const struct netlink_talk conversation = {
		.fd = nl_socket_get_fd(rtnl->sock),
		.request = nlmsg_hdr(msg),
		.buf = rtnl->buf,
		.buf_size = sizeof(rtnl->buf),
		.fn = fn,
		.arg = arg,
		.error = rtnl_read_error,
		.error_arg = rtnl,
	};
	int rc;

	rtnl->reason[0] = '\0';
	/* each attempt gets a new sequence number */
	nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
	if (nl_send_auto(rtnl->sock, msg) < 0)
		return rtnl_fail(rtnl, -errno, strerror(errno));
	rc = netlink_read(&conversation);
	return rc && rtnl->reason[0] == '\0' ? rtnl_fail(rtnl, rc, failure_text(rc)) : rc;
}

int rtnl_talk(struct xnm_rtnl *rtnl, struct nl_msg *msg, rtnl_answer fn, void *arg)
{
	return talk(rtnl, msg, fn, arg);
}

int rtnl_dump(struct xnm_rtnl *rtnl, struct nl_msg *msg, rtnl_answer fn, void *arg, size_t arg_size)
{
	uint8_t before[RTNL_DUMP_ARG_MAX];
	int rc;

	if (arg_size > sizeof(before))
		return rtnl_fail(rtnl, -ENOBUFS, "no room to read it again");
	memcpy(before, arg, arg_size);
	for (unsigned int i = 0;; i++) {
		rc = talk(rtnl, msg, fn, arg);
		if (!netlink_again(rc, i))
			break;
		memcpy(arg, before, arg_size);
	}
	/* -EAGAIN has other meanings to callers */
	return rc == -EAGAIN ? -EBUSY : rc;
}

int rtnl_change(struct xnm_rtnl *rtnl, struct nl_msg *msg, int built)
{
	if (built < 0)
		return rtnl_fail(rtnl, -ENOMEM, "the netlink request does not fit");
	return rtnl_talk(rtnl, msg, NULL, NULL);
}
