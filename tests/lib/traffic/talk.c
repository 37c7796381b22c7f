/* SPDX-License-Identifier: GPL-2.0-or-later */
/* talk.c - find addresses, dial, and write all of something. */
#include "tests/lib/traffic/traffic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>

char buf[1 << 17];

void die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct sockaddr_in6 address(const char *host, int port)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	char mapped[80];

	if (!host)
		return sa;
	snprintf(mapped, sizeof(mapped), "%s%s", strchr(host, ':') ? "" : "::ffff:", host);
	if (inet_pton(AF_INET6, mapped, &sa.sin6_addr) != 1)
		die(host);
	return sa;
}

bool write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

int dial(int type, const char *host, int port)
{
	struct sockaddr_in6 sa = address(host, port);
	struct timeval patience = { .tv_sec = 20 };
	int fd = socket(AF_INET6, type, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		die("connect");
	return fd;
}

/* the byte at a position of the stream */
char pattern(uint64_t pos)
{
	pos *= 2654435761U;
	return (char)(pos >> 13);
}
