/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp6_release.c - one small UDP packet that ends a DHCPv6 lease. */
#include "hotplug/kernel/dhcp6_release.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/cidr.h"
#include "hotplug/base/util.h"
#include "hotplug/kernel/datagram.h"

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

/* Begins an option, whose length end() fills in. Returns where it began. */
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
 * As from a relay: else dnsmasq looks up the sender's MAC address and, as this host is no
 * neighbour of itself, does nothing else for half a second.
 */
static void put_relayed(struct packet *packet, const struct xnm_cidr *address,
			const struct xnm_cidr *peer, const struct xnm_mac *mac,
			const struct xnm_lease6 *lease)
{
	size_t start;

	put(packet, (uint8_t[]){ RELAY_FORW, 0 }, 2);
	put(packet, address->addr, 16); /* link-address: of the link that has it */
	put(packet, peer->addr, 16);
	start = begin(packet, RELAY_MSG);
	put_release(packet, address, mac, lease);
	end(packet, start);
}

/*
 * Multicast that is looped back reaches the servers of this host, and hop limit 0 keeps it
 * from all others.
 */
int xnm_dhcp6_release(int ifindex, const struct xnm_cidr *address, const struct xnm_mac *mac,
		      const struct xnm_lease6 *lease)
{
	static const struct xnm_cidr link_local = { .family = AF_INET6, .addr = { 0xfe, 0x80 } };
	static const struct xnm_datagram_way way = { AF_INET6, IPPROTO_IPV6, IPV6_MULTICAST_HOPS,
						     IPV6_PKTINFO };
	_cleanup_close_ int fd = xnm_datagram_open(&way);
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_port = htons(SERVER_PORT) };
	struct in6_pktinfo info = { .ipi6_ifindex = (unsigned int)ifindex };
	struct packet packet = { .len = 0 };
	struct xnm_cidr peer;
	const int on = 1;

	if (fd < 0)
		return fd;
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on)))
		return -errno;
	(void)inet_pton(AF_INET6, "ff02::1:2", &to.sin6_addr);
	xnm_eui64(&peer, &link_local, mac);
	put_relayed(&packet, address, &peer, mac, lease);
	/* the server's answer goes to this address, where nobody takes it */
	memcpy(&info.ipi6_addr, peer.addr, sizeof(info.ipi6_addr));
	return xnm_datagram_send(fd, &way, (struct iovec){ &to, sizeof(to) },
				 (struct iovec){ packet.b, packet.len },
				 (struct iovec){ &info, sizeof(info) });
}
