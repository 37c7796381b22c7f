/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp_release.c - one small UDP packet that ends a DHCP lease. */
#include "hotplug/kernel/dhcp_release.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/util.h"

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
 * To the server's own address, one of all those who listen on the port would
 * get it, and that may be the dnsmasq of another network. To all hosts, each
 * gets it and looks at the interface; this one is all of them that there are.
 */
static int open_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int hops = 0;
	int rc;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof(hops)) == 0)
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

int xnm_dhcp_release(int ifindex, const struct xnm_cidr *server, const struct xnm_cidr *address,
		     const struct xnm_mac *mac)
{
	_cleanup_close_ int fd = open_socket();
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(SERVER_PORT),
				  .sin_addr.s_addr = htonl(INADDR_ALLHOSTS_GROUP) };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control = { .space = "" };
	struct release packet;
	struct iovec iov = { &packet, sizeof(packet) };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	/* the server asks which interface it came by; SO_BINDTODEVICE would need CAP_NET_RAW */
	struct in_pktinfo info = { .ipi_ifindex = ifindex };

	if (fd < 0)
		return fd;
	memcpy(&info.ipi_spec_dst, server->addr, sizeof(info.ipi_spec_dst));
	fill(&packet, server, address, mac);
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	return sendmsg(fd, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}
