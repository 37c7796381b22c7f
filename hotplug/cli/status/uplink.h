/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplink.h - the table of uplinks that `xnm probe` and `xnm status` print. */
#ifndef XNM_UPLINK_COLUMNS_H
#define XNM_UPLINK_COLUMNS_H

#include <stdio.h>

#include "hotplug/parts/uplink/probe.h"

/* up, down, away, or unknown when nobody has probed it. */
const char *xnm_uplink_word(const struct xnm_uplink_report *report);

/* Whether the host leaves by it now: "ipv4", "ipv6", "ipv4,ipv6" or "". */
const char *xnm_uplink_use(const struct xnm_uplink_report *reports, unsigned int n,
			   const struct xnm_uplink_report *report);

/* "192.0.2.1,2001:db8::1", of what the policy or the DHCP server says. Returns out. */
const char *xnm_uplink_gateways(const struct xnm_uplink_report *report, char *out, size_t out_size);

/* Nothing when there are none. */
void xnm_print_uplinks(const struct xnm_uplink_report *reports, unsigned int n, FILE *stream);

#endif
