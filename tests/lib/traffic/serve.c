/* SPDX-License-Identifier: GPL-2.0-or-later */
/* serve.c - echo streams and datagrams, and take what is only to be taken. */
#include "tests/lib/traffic/traffic.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <netinet/tcp.h>

static int listener(int type, int port)
{
	struct sockaddr_in6 sa = address(NULL, port);
	int fd = socket(AF_INET6, type, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		die("bind");
	if (type == SOCK_STREAM && listen(fd, 16))
		die("listen");
	return fd;
}

static void serve_stream(int fd, bool echo)
{
	int on = 1;
	ssize_t n;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (echo && !write_all(fd, buf, (size_t)n))
			break;
	_exit(0);
}

static void serve_datagram(int fd)
{
	struct sockaddr_in6 sa;
	socklen_t len = sizeof(sa);
	ssize_t n = recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&sa, &len);

	if (n >= 0)
		sendto(fd, buf, (size_t)n, 0, (struct sockaddr *)&sa, len);
}

void serve(int port)
{
	struct pollfd fds[] = {
		{ .fd = listener(SOCK_STREAM, port), .events = POLLIN },
		{ .fd = listener(SOCK_STREAM, port + 1), .events = POLLIN },
		{ .fd = listener(SOCK_DGRAM, port), .events = POLLIN },
	};

	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		if (poll(fds, 3, -1) < 0)
			continue;
		for (int i = 0; i < 2; i++) {
			int fd = fds[i].revents ? accept(fds[i].fd, NULL, NULL) : -1;

			if (fd < 0)
				continue;
			if (fork() == 0)
				serve_stream(fd, i == 0);
			close(fd);
		}
		if (fds[2].revents)
			serve_datagram(fds[2].fd);
	}
}
