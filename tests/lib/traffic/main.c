/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - two ends of TCP and UDP: echo whatever comes, send and check what comes back, count it. */

/*
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
#include "tests/lib/traffic/traffic.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

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
