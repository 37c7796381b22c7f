/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp_release.c - one small UDP packet that ends a DHCP lease. */
#include "hotplug/kernel/dhcp_release.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/base/util.h"
#include "hotplug/kernel/datagram.h"

#define SERVER_PORT 67

/* RFC 2131, figure 1, and the options that a DHCPRELEASE must have (table 5). */
struct release {
	uint8_t op, htype, hlen, hops;
	uint32_t xid;
	uint16_t secs, flags;
	uint8_t ciaddr[4], yiaddr[4], siaddr[4], giaddr[4];
	uint8_t chaddr[16], sname[64], file[128];
	uint8_t cookie[4];
	uint8_t type[3];
	uint8_t server[6];
	uint8_t end;
	uint8_t padding[50]; /* some servers want the 300 bytes of BOOTP */
} __attribute__((packed));

static void fill(struct release *packet, const struct xnm_cidr *server,
		 const struct xnm_cidr *address, const struct xnm_mac *mac)
{
	*packet = (struct release){
		.op = 1, /* BOOTREQUEST */
		.htype = 1, /* Ethernet */
		.hlen = XNM_MAC_LEN,
		.cookie = { 99, 130, 83, 99 },
		.type = { 53, 1, 7 }, /* DHCPRELEASE */
		.server = { 54, 4 },
		.end = 255,
	};
	memcpy(&packet->xid, mac->b + 2, sizeof(packet->xid));
	memcpy(packet->ciaddr, address->addr, sizeof(packet->ciaddr));
	memcpy(packet->chaddr, mac->b, sizeof(mac->b));
	memcpy(packet->server + 2, server->addr, 4);
}

/*
 * Sent to 255.255.255.255: each server on this host gets it and looks at the interface. A
 * packet to the server's own address would reach one of the sockets on its port, and that
 * may be another network's dnsmasq. It does not leave this host.
 */
int xnm_dhcp_release(int ifindex, const struct xnm_cidr *server, const struct xnm_cidr *address,
		     const struct xnm_mac *mac)
{
	static const struct xnm_datagram_way way = { AF_INET, IPPROTO_IP, IP_MULTICAST_TTL,
						     IP_PKTINFO };
	_cleanup_close_ int fd = xnm_datagram_open(&way);
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(SERVER_PORT),
				  .sin_addr.s_addr = htonl(INADDR_ALLHOSTS_GROUP) };
	struct in_pktinfo info = { .ipi_ifindex = ifindex };
	struct release packet;

	if (fd < 0)
		return fd;
	memcpy(&info.ipi_spec_dst, server->addr, sizeof(info.ipi_spec_dst));
	fill(&packet, server, address, mac);
	return xnm_datagram_send(fd, &way, (struct iovec){ &to, sizeof(to) },
				 (struct iovec){ &packet, sizeof(packet) },
				 (struct iovec){ &info, sizeof(info) });
}
