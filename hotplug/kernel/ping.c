/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ping.c - ICMP and ICMPv6 echo through one interface, to several addresses at once. */
#include "hotplug/kernel/ping.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

#include "hotplug/base/util.h"

#define GAP_MS	  100
#define MAX_COUNT 100
#define MAX_HOSTS 8

/* The same in both families. */
struct echo {
	uint8_t type, code;
	uint16_t checksum;
	uint16_t id, sequence;
	uint64_t cookie; /* random, so that nobody can answer a request that he has not seen */
};

struct run {
	struct xnm_ping *pings;
	unsigned int n;
	int fds[2]; /* raw, of IPv4 and of IPv6; -1: not needed */
	uint64_t cookie;
	uint64_t sent_us[MAX_HOSTS][MAX_COUNT]; /* 0: not sent, or answered */
};

static uint64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static uint16_t checksum(const struct echo *echo)
{
	uint16_t words[sizeof(*echo) / 2];
	uint32_t sum = 0;

	memcpy(words, echo, sizeof(words));
	for (size_t i = 0; i < XNM_N_ELEMENTS(words); i++)
		sum += words[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static int open_socket(int family, const char *device)
{
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			family == AF_INET ? (int)IPPROTO_ICMP : (int)IPPROTO_ICMPV6);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device) + 1)) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	return fd;
}

static void send_one(struct run *run, unsigned int host, uint16_t sequence)
{
	struct xnm_ping *ping = &run->pings[host];
	bool ip6 = ping->host.family == AF_INET6;
	struct sockaddr_in to4 = { .sin_family = AF_INET };
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6 };
	struct echo echo = {
		.type = ip6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
		.id = htons((uint16_t)(run->cookie + host)),
		.sequence = htons(sequence),
		.cookie = run->cookie,
	};

	/* the kernel fills in the checksum of ICMPv6 */
	if (!ip6)
		echo.checksum = checksum(&echo);
	memcpy(&to4.sin_addr, ping->host.addr, sizeof(to4.sin_addr));
	memcpy(&to6.sin6_addr, ping->host.addr, sizeof(to6.sin6_addr));
	ping->sent++;
	if (sendto(run->fds[ip6], &echo, sizeof(echo), 0,
		   ip6 ? (struct sockaddr *)&to6 : (struct sockaddr *)&to4,
		   ip6 ? sizeof(to6) : sizeof(to4)) == (ssize_t)sizeof(echo))
		run->sent_us[host][sequence] = now_us();
}

static void note_answer(struct run *run, bool ip6, const struct echo *echo)
{
	unsigned int sequence = ntohs(echo->sequence);

	if (echo->cookie != run->cookie || sequence >= MAX_COUNT ||
	    echo->type != (ip6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY))
		return;
	for (unsigned int i = 0; i < run->n; i++) {
		if ((run->pings[i].host.family == AF_INET6) != ip6 ||
		    echo->id != htons((uint16_t)(run->cookie + i)) || !run->sent_us[i][sequence])
			continue;
		run->pings[i].received++;
		run->pings[i].total_us += now_us() - run->sent_us[i][sequence];
		run->sent_us[i][sequence] = 0;
	}
}

static void receive_all(struct run *run)
{
	uint8_t packet[512];
	struct echo echo;

	for (int ip6 = 0; ip6 < 2; ip6++) {
		ssize_t len;

		while (run->fds[ip6] >= 0 &&
		       (len = recv(run->fds[ip6], packet, sizeof(packet), 0)) > 0) {
			/* a raw socket of IPv4 receives the IP header, too */
			size_t head = ip6 ? 0 : (size_t)(packet[0] & 0x0f) * 4;

			if ((size_t)len < head + sizeof(echo))
				continue;
			memcpy(&echo, packet + head, sizeof(echo));
			note_answer(run, ip6, &echo);
		}
	}
}

static bool is_complete(const struct run *run)
{
	for (unsigned int i = 0; i < run->n; i++) {
		for (unsigned int k = 0; k < MAX_COUNT; k++) {
			if (run->sent_us[i][k])
				return false;
		}
	}
	return true;
}

/* Reads answers until end_us, or with early until all have come. */
static void wait_until(struct run *run, uint64_t end_us, bool early)
{
	struct pollfd fds[2] = { { .fd = run->fds[0], .events = POLLIN },
				 { .fd = run->fds[1], .events = POLLIN } };
	uint64_t now;

	while ((now = now_us()) < end_us && !(early && is_complete(run))) {
		if (poll(fds, 2, (int)((end_us - now + 999) / 1000)) > 0)
			receive_all(run);
	}
}

static int open_sockets(struct run *run, const char *device)
{
	for (unsigned int i = 0; i < run->n; i++) {
		bool ip6 = run->pings[i].host.family == AF_INET6;

		if (run->fds[ip6] >= 0)
			continue;
		run->fds[ip6] = open_socket(run->pings[i].host.family, device);
		/* without IPv6, or without the device, all requests of that family are lost */
		if (run->fds[ip6] < 0 && run->fds[ip6] != -ENODEV && run->fds[ip6] != -EAFNOSUPPORT)
			return run->fds[ip6];
	}
	return 0;
}

int xnm_ping(const char *device, struct xnm_ping *pings, unsigned int n, uint32_t count,
	     uint32_t timeout_ms)
{
	struct run run = { .pings = pings, .n = n < MAX_HOSTS ? n : MAX_HOSTS, .fds = { -1, -1 } };
	uint32_t gap_ms = timeout_ms < GAP_MS ? timeout_ms : GAP_MS;
	int rc;

	if (getrandom(&run.cookie, sizeof(run.cookie), 0) != (ssize_t)sizeof(run.cookie))
		run.cookie = now_us();
	rc = open_sockets(&run, device);
	for (uint32_t k = 0; rc == 0 && k < count && k < MAX_COUNT; k++) {
		for (unsigned int i = 0; i < run.n; i++)
			send_one(&run, i, (uint16_t)k);
		wait_until(&run, now_us() + gap_ms * 1000ull, k + 1 == count);
	}
	if (rc == 0)
		wait_until(&run, now_us() + timeout_ms * 1000ull, true);
	for (int i = 0; i < 2; i++) {
		if (run.fds[i] >= 0)
			close(run.fds[i]);
	}
	return rc;
}
