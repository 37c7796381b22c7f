/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traffic.c - how many small packets get through, and how long one is on its way there and back. */

/*
 * All between two sockets of this machine: no wire and no scheduler is to be
 * measured, but what the kernel does with a packet in between. So "sink" never
 * looks at what it gets, and what does not fit into its small buffer is
 * dropped there, behind all that counts.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SIZE	  64 /* of the payload */
#define AT_ONCE	  32
#define MAX_TRIPS 100000
#define NSEC	  1000000000LL

static const char usage[] =
	"usage: traffic sink ADDRESS PORT             take packets until killed\n"
	"       traffic echo ADDRESS PORT             send them back\n"
	"       traffic send ADDRESS PORT MILLISECONDS\n"
	"                                             print packets per second, and per second\n"
	"                                             of this process's processor time\n"
	"       traffic trip ADDRESS PORT COUNT       print the median there and back, in ns\n";

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "traffic: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

static long long now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* A sink takes nothing out of its socket, so that the kernel drops at once. */
static void sink(void)
{
	for (;;)
		pause();
}

static void echo(int fd)
{
	struct sockaddr_storage peer;
	char buf[SIZE];

	for (;;) {
		socklen_t peer_len = sizeof(peer);
		ssize_t got =
			recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&peer, &peer_len);

		if (got >= 0)
			(void)sendto(fd, buf, (size_t)got, 0, (struct sockaddr *)&peer, peer_len);
	}
}

static void send_for(int fd, long milliseconds)
{
	long long begin = now_ns(), now = begin, end = begin + milliseconds * 1000000LL, sent = 0;
	static char buf[SIZE];
	struct iovec iov = { buf, sizeof(buf) };
	struct mmsghdr messages[AT_ONCE];

	memset(messages, 0, sizeof(messages));
	for (int i = 0; i < AT_ONCE; i++) {
		messages[i].msg_hdr.msg_iov = &iov;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	for (; now < end; now = now_ns()) {
		int rc = sendmmsg(fd, messages, AT_ONCE, 0);

		if (rc < 0 && errno != ECONNREFUSED && errno != ENOBUFS)
			die("send");
		if (rc > 0)
			sent += rc;
	}
	printf("%lld %lld\n", sent * NSEC / (now - begin),
	       sent * NSEC / clock_ns(CLOCK_PROCESS_CPUTIME_ID));
}

static int by_value(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void trips(int fd, long count)
{
	static long long took[MAX_TRIPS];
	struct timeval limit = { 1, 0 };
	char buf[SIZE] = "";

	if (count < 1 || count > MAX_TRIPS)
		count = MAX_TRIPS;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	for (long i = 0; i < count; i++) {
		long long begin = now_ns();

		if (send(fd, buf, sizeof(buf), 0) < 0 || recv(fd, buf, sizeof(buf), 0) < 0)
			die("no answer");
		took[i] = now_ns() - begin;
	}
	qsort(took, (size_t)count, sizeof(took[0]), by_value);
	printf("%lld\n", took[count / 2]);
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int small = 1, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (argc < 4 || inet_pton(AF_INET, argv[2], &addr.sin_addr) != 1) {
		fputs(usage, stderr);
		return 2;
	}
	addr.sin_port = htons((uint16_t)strtoul(argv[3], NULL, 10));
	if (fd < 0)
		die("socket");
	if (strcmp(argv[1], "sink") == 0 || strcmp(argv[1], "echo") == 0) {
		if (strcmp(argv[1], "sink") == 0)
			setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
		if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
			die(argv[2]);
		if (strcmp(argv[1], "sink") == 0)
			sink();
		echo(fd);
	}
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		die(argv[2]);
	if (argc > 4 && strcmp(argv[1], "send") == 0)
		send_for(fd, strtol(argv[4], NULL, 10));
	else if (argc > 4 && strcmp(argv[1], "trip") == 0)
		trips(fd, strtol(argv[4], NULL, 10));
	return 0;
}
