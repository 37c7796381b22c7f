// SPDX-License-Identifier: GPL-2.0-or-later
/* traffic.c - two ends of TCP and UDP: echo whatever comes, send and check what comes back, count it.
 *
 * usage: traffic serve PORT                 echo TCP and UDP of both families, for ever
 *        traffic tcp HOST PORT SECONDS      a stream that is echoed; every byte is checked
 *        traffic udp HOST PORT SIZE COUNT   datagrams that are echoed, one after the other
 *        traffic rr HOST PORT SECONDS       one byte there and back over TCP, again and again
 *        traffic udprr HOST PORT SECONDS    the same over UDP; what is lost is sent again
 *        traffic sink HOST PORT SECONDS     a stream that is only taken (PORT + 1 of the server)
 *        traffic trickle HOST PORT SECONDS  like rr, ten a second; says the longest wait
 *        traffic gaps HOST PORT SECONDS     a datagram every 10 ms; says how long none came back at most
 *        traffic pings HOST 0 SECONDS       the same with pings (IPv4)
 *        traffic share HOST PORT SECONDS OTHER
 *                                           as gaps; half way, the same socket sends 300 datagrams to OTHER
 *        traffic spray HOST PORT SECONDS    datagrams of 1,000 bytes; what comes back is not read
 *
 * It is static and alone, for guests that have nothing but busybox.
 */
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>

static char buf[1 << 17];

static void die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct sockaddr_in6 address(const char *host, int port)
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

static bool write_all(int fd, const char *data, size_t len)
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

static void serve(int port)
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

static int dial(int type, const char *host, int port)
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
static char pattern(uint64_t pos)
{
	pos *= 2654435761U;
	return (char)(pos >> 13);
}

static void stream_checked(int fd, double seconds)
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

static int datagrams(int fd, size_t size, int count)
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

static int round_trips(int fd, double seconds, useconds_t pause)
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

static int datagram_trips(int fd, double seconds)
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

/* the time ends when the other end has taken all of it */
static int sink(int fd, double seconds)
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

/* without a port, an ICMP socket, whose answers have an IP header before them */
static int dial_ping(const char *host)
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

/* who is asked, and to whom the same socket sends a burst, if to anybody */
struct gaps {
	int fd;
	bool ping;
	bool shared;
	struct sockaddr_in6 to;
	struct sockaddr_in6 other;
};

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
static int longest_gap(const struct gaps *gaps, double seconds)
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

static int share(const char *host, int port, double seconds, const char *other)
{
	struct gaps gaps = { .shared = true,
			     .to = address(host, port),
			     .other = address(other, port) };

	gaps.fd = socket(AF_INET6, SOCK_DGRAM, 0);
	if (gaps.fd < 0)
		die("socket");
	return longest_gap(&gaps, seconds);
}

static int spray(int fd, double seconds)
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

/* a number from 0 to 2^31 - 1; anything else is 0 */
static int number(const char *text)
{
	unsigned long n = strtoul(text, NULL, 10);

	return n <= INT_MAX ? (int)n : 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";
	int port = argc > 3 ? number(argv[3]) : 0;
	double seconds = argc > 4 ? number(argv[4]) : 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(verb, "serve"))
		serve(number(argv[2]));
	if (argc > 4 && !strcmp(verb, "tcp"))
		stream_checked(dial(SOCK_STREAM, argv[2], port), seconds);
	if (argc > 5 && !strcmp(verb, "udp"))
		return datagrams(dial(SOCK_DGRAM, argv[2], port), (size_t)number(argv[4]),
				 number(argv[5]));
	if (argc > 4 && !strcmp(verb, "rr"))
		return round_trips(dial(SOCK_STREAM, argv[2], port), seconds, 0);
	if (argc > 4 && !strcmp(verb, "udprr"))
		return datagram_trips(dial(SOCK_DGRAM, argv[2], port), seconds);
	if (argc > 4 && !strcmp(verb, "trickle"))
		return round_trips(dial(SOCK_STREAM, argv[2], port), seconds, 100000);
	if (argc > 4 && !strcmp(verb, "sink"))
		return sink(dial(SOCK_STREAM, argv[2], port + 1), seconds);
	if (argc > 4 && !strcmp(verb, "gaps"))
		return longest_gap(&(struct gaps){ .fd = dial(SOCK_DGRAM, argv[2], port) },
				   seconds);
	if (argc > 4 && !strcmp(verb, "pings"))
		return longest_gap(&(struct gaps){ .fd = dial_ping(argv[2]), .ping = true },
				   seconds);
	if (argc > 5 && !strcmp(verb, "share"))
		return share(argv[2], port, seconds, argv[5]);
	if (argc > 4 && !strcmp(verb, "spray"))
		return spray(dial(SOCK_DGRAM, argv[2], port), seconds);
	printf("usage: traffic serve|tcp|udp|rr|udprr|trickle|sink|gaps|pings|share|spray ..., see "
	       "the source\n");
	return 2;
}
