/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp6_release.c - one small UDP packet that ends a DHCPv6 lease. */
#include "hotplug/kernel/dhcp6_release.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/util.h"
#include "policy/pool.h"

#define SERVER_PORT 547

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78 /* linux/in6.h, which does not go together with netinet/in.h */
#endif

/* RFC 8415, 7.3 and 21 */
enum { RELEASE = 8, RELAY_FORW = 12 };
enum {
	CLIENTID = 1,
	SERVERID = 2,
	IA_NA = 3,
	IA_TA = 4,
	IAADDR = 5,
	ELAPSED_TIME = 8,
	RELAY_MSG = 9,
};

struct packet {
	uint8_t b[2 * XNM_DUID_MAX + 128];
	size_t len;
};

static void put(struct packet *packet, const void *data, size_t len)
{
	memcpy(packet->b + packet->len, data, len);
	packet->len += len;
}

static void put_u16(struct packet *packet, uint16_t value)
{
	value = htons(value);
	put(packet, &value, sizeof(value));
}

static void put_u32(struct packet *packet, uint32_t value)
{
	value = htonl(value);
	put(packet, &value, sizeof(value));
}

/* An option, whose length is known when it ends. Returns where it began. */
static size_t begin(struct packet *packet, uint16_t code)
{
	put_u16(packet, code);
	put_u16(packet, 0);
	return packet->len;
}

static void end(struct packet *packet, size_t start)
{
	uint16_t len = htons((uint16_t)(packet->len - start));

	memcpy(packet->b + start - sizeof(len), &len, sizeof(len));
}

static void put_duid(struct packet *packet, uint16_t code, const struct xnm_duid *duid)
{
	size_t start = begin(packet, code);

	put(packet, duid->b, duid->len);
	end(packet, start);
}

static void put_ia(struct packet *packet, const struct xnm_cidr *address,
		   const struct xnm_lease6 *lease)
{
	size_t ia = begin(packet, lease->temporary ? IA_TA : IA_NA), iaaddr;

	put_u32(packet, lease->iaid);
	if (!lease->temporary) {
		put_u32(packet, 0); /* T1 */
		put_u32(packet, 0); /* T2 */
	}
	iaaddr = begin(packet, IAADDR);
	put(packet, address->addr, 16);
	put_u32(packet, 0); /* preferred */
	put_u32(packet, 0); /* valid */
	end(packet, iaaddr);
	end(packet, ia);
}

static void put_release(struct packet *packet, const struct xnm_cidr *address,
			const struct xnm_mac *mac, const struct xnm_lease6 *lease)
{
	size_t start;

	put(packet, (uint8_t[]){ RELEASE }, 1);
	put(packet, mac->b + 3, 3); /* the transaction */
	put_duid(packet, CLIENTID, &lease->client);
	put_duid(packet, SERVERID, &lease->server);
	start = begin(packet, ELAPSED_TIME);
	put_u16(packet, 0);
	end(packet, start);
	put_ia(packet, address, lease);
}

/*
 * Without a relay, dnsmasq looks for the MAC address of whoever sent it and, as
 * this host is no neighbour of itself, does nothing else for half a second.
 */
static void put_relayed(struct packet *packet, const struct xnm_cidr *address,
			const struct xnm_cidr *peer, const struct xnm_mac *mac,
			const struct xnm_lease6 *lease)
{
	size_t start;

	put(packet, (uint8_t[]){ RELAY_FORW, 0 }, 2);
	put(packet, address->addr, 16); /* the link is the one that has this */
	put(packet, peer->addr, 16);
	start = begin(packet, RELAY_MSG);
	put_release(packet, address, mac, lease);
	end(packet, start);
}

/* As it comes back to whoever listens here, and nobody else needs to see it. */
static int open_socket(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int on = 1, hops = 0;
	int rc;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops)) == 0 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on)) == 0)
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

int xnm_dhcp6_release(int ifindex, const struct xnm_cidr *address, const struct xnm_mac *mac,
		      const struct xnm_lease6 *lease)
{
	static const struct xnm_cidr link_local = { .family = AF_INET6, .addr = { 0xfe, 0x80 } };
	_cleanup_close_ int fd = open_socket();
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_port = htons(SERVER_PORT) };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control = { .space = "" };
	struct packet packet = { .len = 0 };
	struct iovec iov = { .iov_base = packet.b };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	struct in6_pktinfo info = { .ipi6_ifindex = (unsigned int)ifindex };
	struct xnm_cidr peer;

	if (fd < 0)
		return fd;
	(void)inet_pton(AF_INET6, "ff02::1:2", &to.sin6_addr);
	xnm_eui64(&peer, &link_local, mac);
	put_relayed(&packet, address, &peer, mac, lease);
	iov.iov_len = packet.len;
	/* the server's answer goes to the guest: it would not understand it itself */
	memcpy(&info.ipi6_addr, peer.addr, sizeof(info.ipi6_addr));
	cmsg->cmsg_level = IPPROTO_IPV6;
	cmsg->cmsg_type = IPV6_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	return sendmsg(fd, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}
