/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arp.c - ask who is behind one device for an IPv4 address. */
#include "hotplug/kernel/arp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "hotplug/base/util.h"

struct frame {
	struct ether_header ethernet;
	struct ether_arp arp;
} __attribute__((packed));

/* Lets the socket receive ARP only, and not all that a busy guest sends. */
static int only_arp(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(struct ether_header, ether_type)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_ARP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, sizeof(struct frame)),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = { XNM_N_ELEMENTS(code), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) ? -errno : 0;
}

/*
 * For ETH_P_ALL: a bridge takes frames from its ports before sockets of a single protocol
 * see them.
 */
static int open_socket(int ifindex)
{
	const struct sockaddr_ll address = { .sll_family = AF_PACKET,
					     .sll_protocol = htons(ETH_P_ALL),
					     .sll_ifindex = ifindex };
	/* protocol 0: it receives nothing until the filter is there */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int rc = fd < 0 ? -errno : only_arp(fd);

	if (rc == 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)))
		rc = -errno;
	if (rc && fd >= 0)
		(void)close(fd);
	return rc ? rc : fd;
}

static int send_question(int fd, const struct xnm_mac *mac, const struct xnm_cidr *sender,
			 const struct xnm_cidr *host)
{
	struct frame frame = { .ethernet.ether_type = htons(ETHERTYPE_ARP) };

	memset(frame.ethernet.ether_dhost, 0xff, ETH_ALEN);
	memcpy(frame.ethernet.ether_shost, mac->b, ETH_ALEN);
	frame.arp.arp_hrd = htons(ARPHRD_ETHER);
	frame.arp.arp_pro = htons(ETHERTYPE_IP);
	frame.arp.arp_hln = ETH_ALEN;
	frame.arp.arp_pln = sizeof(struct in_addr);
	frame.arp.arp_op = htons(ARPOP_REQUEST);
	memcpy(frame.arp.arp_sha, mac->b, ETH_ALEN);
	if (sender->family == AF_INET)
		memcpy(frame.arp.arp_spa, sender->addr, sizeof(frame.arp.arp_spa));
	memcpy(frame.arp.arp_tpa, host->addr, sizeof(frame.arp.arp_tpa));
	return send(fd, &frame, sizeof(frame), 0) == (ssize_t)sizeof(frame) ? 0 : -errno;
}

static bool is_answer(int fd, const struct xnm_cidr *host)
{
	struct sockaddr_ll from = { 0 };
	socklen_t len = sizeof(from);
	struct frame frame = { 0 };
	ssize_t got = recvfrom(fd, &frame, sizeof(frame), 0, (struct sockaddr *)&from, &len);

	return got == (ssize_t)sizeof(frame) && from.sll_pkttype != PACKET_OUTGOING &&
	       frame.arp.arp_op == htons(ARPOP_REPLY) &&
	       memcmp(frame.arp.arp_spa, host->addr, sizeof(frame.arp.arp_spa)) == 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int xnm_arp_ask(int ifindex, const struct xnm_mac *mac, const struct xnm_cidr *sender,
		const struct xnm_cidr *host, unsigned int timeout_ms)
{
	_cleanup_close_ int fd = open_socket(ifindex);
	int64_t end = now_ms() + timeout_ms, left;
	int rc = fd < 0 ? fd : send_question(fd, mac, sender, host);

	while (rc == 0 && (left = end - now_ms()) > 0) {
		struct pollfd poller = { .fd = fd, .events = POLLIN };

		if (poll(&poller, 1, (int)left) > 0 && is_answer(fd, host))
			return 0;
	}
	return rc ? rc : -ETIMEDOUT;
}
