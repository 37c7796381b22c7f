/* SPDX-License-Identifier: GPL-2.0-or-later */
/* datagram.c - send one UDP packet to the servers of this host, as if it came in by an interface. */
#include "hotplug/kernel/datagram.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

int xnm_datagram_open(const struct xnm_datagram_way *way)
{
	int fd = socket(way->family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int hops = 0;
	int rc;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, way->level, way->hops_option, &hops, sizeof(hops)) == 0)
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

/* pktinfo names the interface, by which the server asks; SO_BINDTODEVICE would need CAP_NET_RAW. */
int xnm_datagram_send(int fd, const struct xnm_datagram_way *way, struct iovec to,
		      struct iovec packet, struct iovec pktinfo)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(struct in6_pktinfo))]; /* the larger of the two */
	} control = { .space = "" };
	struct msghdr msg = {
		.msg_name = to.iov_base,
		.msg_namelen = (socklen_t)to.iov_len,
		.msg_iov = &packet,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(pktinfo.iov_len),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	if (msg.msg_controllen > sizeof(control))
		return -EINVAL;
	cmsg->cmsg_level = way->level;
	cmsg->cmsg_type = way->pktinfo_option;
	cmsg->cmsg_len = CMSG_LEN(pktinfo.iov_len);
	memcpy(CMSG_DATA(cmsg), pktinfo.iov_base, pktinfo.iov_len);
	return sendmsg(fd, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}
