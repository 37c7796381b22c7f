/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drops.h - the counters of what our nftables tables dropped. */
#ifndef XNM_STATUS_DROPS_H
#define XNM_STATUS_DROPS_H

#include "hotplug/cli/status/status.h"

struct xnm_nft;

/* Of one device and one reason. */
struct xnm_counter {
	char ifname[IFNAMSIZ];
	struct xnm_drop drop;
};

struct xnm_counters {
	bool known; /* nftables could be read */
	unsigned int n;
	struct xnm_counter *list;
};

/* Reads those of both tables. Returns 0 or -errno. */
int xnm_counters_read(struct xnm_counters *counters, struct xnm_nft *nft);
void xnm_counters_free(struct xnm_counters *counters);

/* Adds them up for each vif and network, and for the outside. */
void xnm_status_count_drops(struct xnm_status *status, const struct xnm_counters *counters);

#endif
