/* SPDX-License-Identifier: GPL-2.0-or-later */
/* datagram.h - send one UDP packet to the servers of this host, as if it came in by an interface. */
#ifndef XNM_DATAGRAM_H
#define XNM_DATAGRAM_H

#include <sys/socket.h>
#include <sys/uio.h>

/*
 * The socket options of a family for the hop limit of multicast and for the interface of a
 * packet.
 */
struct xnm_datagram_way {
	int family;
	int level;
	int hops_option;
	int pktinfo_option;
};

/* A socket whose multicast stays on this host. Returns it, or -errno. */
int xnm_datagram_open(const struct xnm_datagram_way *way);

/* pktinfo: an in_pktinfo or in6_pktinfo, in its iov_len bytes. Returns 0 or -errno. */
int xnm_datagram_send(int fd, const struct xnm_datagram_way *way, struct iovec to,
		      struct iovec packet, struct iovec pktinfo);

#endif
