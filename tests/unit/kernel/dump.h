/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump.h - a kernel whose lists change while they are read, end early, or are cut off. */
#ifndef XNM_TESTS_DUMP_H
#define XNM_TESTS_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The kernel of this test: what is sent to it is looked at for its number and
 * family, and what is received is what the case wants.
 */

#define IFINDEX	  7
#define OTHER	  8
#define MAX_PARTS 8
#define MAX_BYTES (80 * 1024)

enum fault {
	WHOLE,
	CHANGED_AT_THE_END, /* the first time: nothing, and the last part says that it has changed */
	CHANGED_BEFORE, /* the first time: one entry, which says so, and the last part does not */
	ALWAYS_CHANGED,
	LOST, /* the first time: answers got lost */
	FAILED_AT_THE_END, /* the last part has an errno */
	REFUSED,
	ONLY_ACKNOWLEDGED,
	TOO_LONG, /* for the buffer of whoever reads */
	TORN, /* the last message says that it is longer than what came */
	NO_END,
	SINGLE, /* no part of a list, and no end */
	N_FAULTS,
};

extern const char *const fault_names[N_FAULTS];

/* Whether a list is whole when it is asked for again. */
bool heals(enum fault fault);

struct part {
	int error; /* of recv() */
	size_t len;
	char *data;
};

struct kernel {
	enum fault fault;
	void (*put)(int family, unsigned int i); /* one entry of the list */
	unsigned int n_requests, n_parts, next;
	uint32_t seq;
	int asked_for;
	bool is_silent; /* to what is not about a list */
	struct part parts[MAX_PARTS];
	size_t len;
	char data[MAX_BYTES] __attribute__((aligned(8)));
	struct nlmsghdr *hdr; /* of the message that put builds */
};

extern struct kernel kernel;

/* Entry i of a list, for kernel.put. */
void put_port(int family, unsigned int i);
void put_address(int family, unsigned int i);
void put_route(int family, unsigned int i);
void put_default(int family, unsigned int i);
void put_neigh(int family, unsigned int i);
void put_proxy(int family, unsigned int i);
void put_vlan(int family, unsigned int i);
void put_carried(int family, unsigned int i);
void put_element(int family, unsigned int i);
void put_rule(int family, unsigned int i);
void put_qdisc(int family, unsigned int i);
void put_class(int family, unsigned int i);
void put_filter(int family, unsigned int i);

#endif
