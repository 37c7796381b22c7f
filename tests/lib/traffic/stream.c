/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream.c - streams: checked, only sent, and one byte there and back. */
#include "tests/lib/traffic/traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>

void stream_checked(int fd, double seconds)
{
	uint64_t sent = 0, seen = 0;
	double end = now_s() + seconds;
	pid_t child = fork();

	if (child == 0) {
		static char out[1 << 16];

		/* at least once: a busy machine may have no time for us until then */
		do {
			for (size_t i = 0; i < sizeof(out); i++)
				out[i] = pattern(sent + i);
			if (!write_all(fd, out, sizeof(out)))
				_exit(1);
			sent += sizeof(out);
		} while (now_s() < end);
		shutdown(fd, SHUT_WR);
		_exit(0);
	}
	for (;;) {
		ssize_t n = read(fd, buf, sizeof(buf));
		int status = 0;

		if (n < 0)
			die("read");
		if (n == 0) {
			waitpid(child, &status, 0);
			printf("%llu bytes came back as they were sent\n",
			       (unsigned long long)seen);
			exit(status || !seen);
		}
		for (ssize_t i = 0; i < n; i++)
			if (buf[i] != pattern(seen + (uint64_t)i)) {
				seen += (uint64_t)i;
				printf("byte %llu is wrong\n", (unsigned long long)seen);
				exit(1);
			}
		seen += (uint64_t)n;
	}
}

int round_trips(int fd, double seconds, useconds_t pause)
{
	double start = now_s(), before, took, worst = 0;
	unsigned long n = 0;
	char c = 'x';

	while (now_s() - start < seconds) {
		before = now_s();
		if (!write_all(fd, &c, 1) || read(fd, &c, 1) != 1)
			die("round trip");
		took = now_s() - before;
		worst = took > worst ? took : worst;
		n++;
		if (pause)
			usleep(pause);
	}
	printf("%.0f per second, the longest took %.0f ms\n", (double)n / (now_s() - start),
	       worst * 1000);
	return 0;
}

/* the time ends when the other end has taken all of it */
int sink(int fd, double seconds)
{
	double start = now_s();
	double sent = 0;

	while (now_s() - start < seconds) {
		if (!write_all(fd, buf, sizeof(buf)))
			die("write");
		sent += sizeof(buf);
	}
	shutdown(fd, SHUT_WR);
	if (read(fd, buf, 1) != 0)
		die("the other end");
	printf("%.0f Mbit/s\n", sent * 8 / 1e6 / (now_s() - start));
	return 0;
}
