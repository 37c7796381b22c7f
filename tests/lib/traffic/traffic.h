/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traffic.h - what the two ends of TCP and UDP have in common. */
#ifndef XNM_TESTS_TRAFFIC_H
#define XNM_TESTS_TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <netinet/in.h>

/* for whatever is read or sent */
extern char buf[1 << 17];

/* says what has failed, and ends */
__attribute__((noreturn)) void die(const char *what);
double now_s(void);

/* talk.c: a socket to an address of either family; NULL: any */
struct sockaddr_in6 address(const char *host, int port);
int dial(int type, const char *host, int port);
bool write_all(int fd, const char *data, size_t len);
/* the byte at a position of the stream */
char pattern(uint64_t pos);

/* serve.c: never returns */
__attribute__((noreturn)) void serve(int port);

/* stream.c; each returns the exit status, and the first one ends itself */
void stream_checked(int fd, double seconds);
int round_trips(int fd, double seconds, useconds_t pause);
int sink(int fd, double seconds);

/* datagram.c */
int datagrams(int fd, size_t size, int count);
int datagram_trips(int fd, double seconds);
int spray(int fd, double seconds);

/* gaps.c */
/* who is asked, and to whom the same socket sends a burst, if to anybody */
struct gaps {
	int fd;
	bool ping;
	bool shared;
	struct sockaddr_in6 to;
	struct sockaddr_in6 other;
};

int dial_ping(const char *host);
int longest_gap(const struct gaps *gaps, double seconds);
int share(const char *host, int port, double seconds, const char *other);

#endif
