/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplink.h - the table of uplinks that `xnm probe` and `xnm status` print. */
#ifndef XNM_STATUS_UPLINK_H
#define XNM_STATUS_UPLINK_H

#include <stdio.h>

struct xnm_uplink_report;

/* Nothing when there are none. */
void xnm_print_uplinks(const struct xnm_uplink_report *reports, unsigned int n, FILE *stream);

#endif
