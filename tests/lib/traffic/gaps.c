/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gaps.c - a datagram or a ping every 10 ms, and how long none came back. */
#include "tests/lib/traffic/traffic.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/ip_icmp.h>
#include <arpa/inet.h>

/* without a port, an ICMP socket, whose answers have an IP header before them */
int dial_ping(const char *host)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	if (inet_pton(AF_INET, host, &sa.sin_addr) != 1 || fd < 0 ||
	    connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		die("socket");
	return fd;
}

static uint16_t icmp_sum(const struct icmphdr *icmp)
{
	const uint16_t *word = (const void *)icmp;
	uint32_t sum = 0;

	for (size_t i = 0; i < sizeof(*icmp) / 2; i++)
		sum += word[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

#define GAP_S	 0.01 /* between two requests */
#define LATE_S	 0.011 /* whoever waits for longer than this has not been let run */
#define BURST	 300
#define BURST_AT 0.5 /* of the time */

static bool gap_send(const struct gaps *gaps, uint16_t n)
{
	const struct sockaddr *to = gaps->shared ? (const void *)&gaps->to : NULL;
	struct icmphdr icmp;

	if (!gaps->ping)
		return sendto(gaps->fd, &n, sizeof(n), MSG_DONTWAIT, to,
			      to ? sizeof(gaps->to) : 0) > 0;
	memset(&icmp, 0, sizeof(icmp));
	icmp.type = ICMP_ECHO;
	icmp.un.echo.id = htons((uint16_t)getpid());
	icmp.un.echo.sequence = htons(n);
	icmp.checksum = icmp_sum(&icmp);
	return send(gaps->fd, &icmp, sizeof(icmp), MSG_DONTWAIT) > 0;
}

static bool gap_answer(const struct gaps *gaps)
{
	struct {
		uint8_t ip[20];
		struct icmphdr icmp;
	} in;
	ssize_t n = recv(gaps->fd, &in, sizeof(in), MSG_DONTWAIT);

	if (!gaps->ping)
		return n == sizeof(uint16_t);
	return n == (ssize_t)sizeof(in) && in.icmp.type == ICMP_ECHOREPLY &&
	       in.icmp.un.echo.id == htons((uint16_t)getpid());
}

static void gap_burst(const struct gaps *gaps)
{
	for (int i = 0; i < BURST; i++)
		sendto(gaps->fd, buf, 1000, MSG_DONTWAIT, (const void *)&gaps->other,
		       sizeof(gaps->other));
}

/* one every 10 ms, whatever comes back; the longest time without an answer, less what we slept too long */
int longest_gap(const struct gaps *gaps, double seconds)
{
	double start = now_s(), next = start, last = start, now = start, gap = 0, longest = 0,
	       at = 0;
	struct pollfd p = { .fd = gaps->fd, .events = POLLIN };
	unsigned long sent = 0, back = 0;
	bool burst = gaps->shared;

	while (now - start < seconds) {
		gap += now - last < LATE_S ? now - last : LATE_S;
		if (gap > longest) {
			longest = gap;
			at = now - start;
		}
		if (now >= next) {
			sent += gap_send(gaps, (uint16_t)sent);
			next = now + GAP_S;
		}
		if (burst && now - start > seconds * BURST_AT) {
			gap_burst(gaps);
			burst = false;
		}
		poll(&p, 1, (int)((next - now) * 1000) + 1);
		while (gap_answer(gaps)) {
			gap = 0;
			back++;
		}
		last = now;
		now = now_s();
	}
	printf("%lu of %lu came back, none for %.0f ms at most, until %.1f s\n", back, sent,
	       longest * 1000, at);
	return !back;
}

int share(const char *host, int port, double seconds, const char *other)
{
	struct gaps gaps = { .shared = true,
			     .to = address(host, port),
			     .other = address(other, port) };

	gaps.fd = socket(AF_INET6, SOCK_DGRAM, 0);
	if (gaps.fd < 0)
		die("socket");
	return longest_gap(&gaps, seconds);
}
