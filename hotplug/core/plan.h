/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.h - the ordered operations that change what is into what is wanted. */
#ifndef XNM_PLAN_H
#define XNM_PLAN_H

#include "hotplug/core/facts.h"
#include "hotplug/core/op.h"
#include "hotplug/core/want.h"
#include "hotplug/parts/conntrack/conntrack.h"

struct xnm_op {
	const struct xnm_op_type *type;
	uint8_t phase; /* enum xnm_phase */
	char dev[IFNAMSIZ]; /* the device's name at this point of the plan */
	int ifindex; /* 0: an earlier operation of the plan creates it */
	char why[96];
	union {
		char name[IFNAMSIZ];
		struct xnm_mac mac;
		struct xnm_cidr addr;
		uint32_t group;
		bool of_tap;
		bool on; /* a setting of the kernel */
		struct xnm_route route;
		struct xnm_port_want port;
		struct xnm_mtu_op mtu;
		struct xnm_bridge_op bridge;
		struct xnm_multicast_op multicast;
		struct xnm_card_op carry;
		struct xnm_owned_op owned;
		struct xnm_neighbour_op neigh;
		struct xnm_foreign_op foreign;
		struct xnm_uplink_op uplink;
		struct xnm_shape_op shape;
		struct xnm_classes_op classes;
	} u;
};

#define XNM_PLAN_MAX 256
/* One member per part that needs more than operations. Zero before its first use. It is static
 * memory, as mostly little of it is touched. */
struct xnm_plan {
	bool is_used; /* so that xnm_plan_clear() has something to clear */
	bool full; /* an array was too small: the plan must not be run */
	bool changes_network; /* changes what vifs share: needs the network's lock exclusively */
	struct xnm_rival rival; /* the vif because of which planning failed */
	uint32_t domid, devid;
	unsigned int n; /* number of operations */
	struct xnm_op op[XNM_PLAN_MAX + 1]; /* the last one is written when there is no room */
	struct xnm_vif_note note;
	struct xnm_bridge_plan bridge;
	struct xnm_address_plan address;
	struct xnm_network_plan network;
	struct xnm_owned_plan owned;
	struct xnm_filter_change filter;
	struct xnm_dnsmasq_plan dnsmasq;
	struct xnm_conntrack_plan conntrack;
	struct xnm_uplink_plan uplink;
	struct xnm_guestinfo_plan guestinfo;
	struct xnm_fastpath_plan fastpath; /* last, as it is long */
};

/* Empties the plan; of the long lists only the lengths are cleared. */
void xnm_plan_clear(struct xnm_plan *plan);

/*
 * Adds an operation on the device dev; why is the reason printed after it. Returns the operation,
 * so that the caller can fill u. Operations run by phase, and within a phase in the order in which
 * they were added.
 */
struct xnm_op *xnm_plan_add(struct xnm_plan *plan, enum xnm_phase phase,
			    const struct xnm_op_type *type, const char *dev, int ifindex,
			    const char *why, ...) XNM_PRINTF(6, 7);

/* Sorts the operations by phase. -E2BIG with err filled if there was no room for all. what: the vif
 * or network. */
int xnm_plan_end(struct xnm_plan *plan, const char *what, struct xnm_err *err);
/* The same by the phases of an offline, which runs as many as fit. */
void xnm_plan_end_offline(struct xnm_plan *plan);

/* One line that says what op does: "attach vif1.0 to bridge br0". Returns out. */
const char *xnm_op_text(const struct xnm_plan *plan, const struct xnm_op *op, char *out,
			size_t out_size);

/* Prints the plan to stream, one numbered operation per line with its reason. */
void xnm_plan_print(const struct xnm_plan *plan, FILE *stream);

#endif
