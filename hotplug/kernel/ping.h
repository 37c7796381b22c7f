/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ping.h - how long addresses take to answer, by one interface. */
#ifndef XNM_PING_H
#define XNM_PING_H

#include <stdint.h>

#include "hotplug/base/value.h"

/* One address. xnm_ping() adds to the counters. */
struct xnm_ping {
	struct xnm_cidr host;
	uint32_t sent, received;
	uint64_t total_us; /* of all answers together */
};

/*
 * Sends count echo requests to each of n addresses through the device, whatever
 * other routes there are, and waits up to timeout_ms for the last answer; the
 * requests to one address are 100 ms apart, or less where that is too long for
 * the timeout. What cannot even be sent is lost. Returns 0, or -errno when
 * there are no such sockets at all. Needs CAP_NET_RAW.
 */
int xnm_ping(const char *device, struct xnm_ping *pings, unsigned int n, uint32_t count,
	     uint32_t timeout_ms);

#endif
