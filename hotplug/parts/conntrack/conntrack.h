/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack.h - the connections that a plan ends. */
#ifndef XNM_CONNTRACK_PART_H
#define XNM_CONNTRACK_PART_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"
#include "policy/policy.h"

struct xnm_op_type;

#define XNM_MAX_PURGED	    64
#define XNM_MAX_PURGED_DEVS 4

struct xnm_purge_range {
	uint8_t family;
	uint8_t first[16], last[16];
};

/* The connections that must be checked against the new rules. */
struct xnm_purge {
	bool all;
	bool nobodys; /* also those of addresses that no vif on their bridge may use */
	unsigned int n_devs;
	char devs[XNM_MAX_PURGED_DEVS][IFNAMSIZ]; /* all connections through these devices */
	unsigned int n;
	struct xnm_purge_range list[XNM_MAX_PURGED];
};

struct xnm_conntrack_plan {
	unsigned int n_forget;
	struct xnm_cidr forget[XNM_MAX_ADDRESSES]; /* delete all conntrack entries of these */
	struct xnm_purge purge; /* besides connections of port forwards in filter.del */
};

/* Its operations: what each reads of struct xnm_op and the plan, and what it does. */

/* plan->conntrack.forget: delete conntrack entries of these addresses */
extern const struct xnm_op_type xnm_op_connections_forget;
/* plan->conntrack.purge: end connections that are no longer allowed */
extern const struct xnm_op_type xnm_op_connections_purge;
/* plan->filter.add: end connections that began before the port forwards in it */
extern const struct xnm_op_type xnm_op_connections_stale;

#endif
