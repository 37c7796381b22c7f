/* SPDX-License-Identifier: GPL-2.0-or-later */
/* datagram.c - datagrams: checked, one there and back, and only sent. */
#include "tests/lib/traffic/traffic.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

int datagrams(int fd, size_t size, int count)
{
	static char out[65536];
	int back = 0;
	struct timeval patience = { .tv_sec = 2 };
	ssize_t n;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	for (int k = 0; k < count; k++) {
		for (size_t i = 0; i < size; i++)
			out[i] = pattern((uint64_t)i + (uint64_t)k);
		if (send(fd, out, size, 0) != (ssize_t)size)
			die("send");
		/* a late answer to an earlier one is not this one's */
		do
			n = recv(fd, buf, sizeof(buf), 0);
		while (n >= 0 && (n != (ssize_t)size || memcmp(buf, out, size) != 0));
		back += n >= 0;
	}
	printf("%d of %d came back as they were sent\n", back, count);
	return back != count;
}

int datagram_trips(int fd, double seconds)
{
	double start = now_s();
	unsigned long n = 0, lost = 0;
	struct timeval patience = { .tv_usec = 200000 };
	char c = 'x';

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	while (now_s() - start < seconds) {
		if (send(fd, &c, 1, 0) == 1 && recv(fd, &c, 1, 0) == 1)
			n++;
		else
			lost++;
	}
	printf("%.0f per second, %lu lost\n", (double)n / (now_s() - start), lost);
	return !n;
}

int spray(int fd, double seconds)
{
	double start = now_s();
	unsigned long n = 0;

	while (now_s() - start < seconds) {
		n += send(fd, buf, 1000, MSG_DONTWAIT) > 0;
		usleep(500);
	}
	printf("%lu datagrams\n", n);
	return !n;
}
