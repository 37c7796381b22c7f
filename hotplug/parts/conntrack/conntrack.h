/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack.h - whose connections end with a plan. */
#ifndef XNM_CONNTRACK_PART_H
#define XNM_CONNTRACK_PART_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"
#include "policy/policy.h"

#define XNM_MAX_PURGED	    64
#define XNM_MAX_PURGED_DEVS 4

struct xnm_purge_range {
	uint8_t family;
	uint8_t first[16], last[16];
};

/* Whose connections are looked at, whether they may go on. */
struct xnm_purge {
	bool all;
	bool nobodys; /* also those of addresses that nobody on their bridge may have */
	unsigned int n_devs;
	char devs[XNM_MAX_PURGED_DEVS][IFNAMSIZ]; /* all that these lead to */
	unsigned int n;
	struct xnm_purge_range list[XNM_MAX_PURGED];
};

struct xnm_conntrack_plan {
	unsigned int n_forget;
	struct xnm_cidr forget[XNM_MAX_ADDRESSES]; /* all connections of these */
	struct xnm_purge purge; /* and by a port forward that is among filter.del */
};

#endif
