/* SPDX-License-Identifier: GPL-2.0-or-later */
/* world.h - a kernel, a xenstore and a /run/xnm of one struct, and what each part does to them. */
#ifndef XNM_TESTS_WORLD_H
#define XNM_TESTS_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug/core/facts.h"
#include "hotplug/core/plan.h"
#include "tests/plan/world/address.h"
#include "tests/plan/world/bridge.h"
#include "tests/plan/world/classes.h"
#include "tests/plan/world/device.h"
#include "tests/plan/world/dnsmasq.h"
#include "tests/plan/world/fastpath.h"
#include "tests/plan/world/filter.h"
#include "tests/plan/world/foreign.h"
#include "tests/plan/world/guestinfo.h"
#include "tests/plan/world/network.h"
#include "tests/plan/world/owned.h"
#include "tests/plan/world/routed.h"
#include "tests/plan/world/shape.h"
#include "tests/plan/world/uplink.h"
#include "tests/plan/world/vif.h"

#define DEVICE_INDEX	10
#define BRIDGE_INDEX	20
#define HOLDER_INDEX	30
#define INTERFACE_INDEX 40
#define UPLINK_INDEX	50
#define OTHER_INDEX	99

/* what the kernel gives to a new port (br_if.c, new_nbp()) */
#define NEW_PORT_FLAGS \
	(XNM_PORT_LEARNING | XNM_PORT_FLOOD | XNM_PORT_MCAST_FLOOD | XNM_PORT_BCAST_FLOOD)
#define ALL_PORT_FLAGS ((1u << XNM_N_PORT_FLAGS) - 1)

#define COPY(field, value) \
	((void)snprintf(field, sizeof(field), "%.*s", (int)sizeof(field) - 1, value))

/* What lasts from one event to the next. */
struct world {
	struct world_vifs vif;
	struct world_address address;
	struct world_network network;
	struct world_filter filter;
	struct world_routed routed;
	struct world_foreign foreign;
	struct world_dnsmasq dnsmasq;
	struct world_uplink uplink;
	struct world_guestinfo guestinfo;
	struct world_fastpath fastpath;
	struct world_shape shape;
	struct world_classes classes;
};

struct model {
	struct xnm_facts facts; /* of the event */
	struct world world; /* what outlasts it */
};

/* What operations of a type do to the model. */
struct world_op {
	const struct xnm_op_type *type;
	/* NULL: nothing that the model has */
	void (*happen)(struct model *model, const struct xnm_plan *plan, const struct xnm_op *op);
	/* it changes what a guest could send or receive, or under which name: not while it is up */
	bool before_up;
};

/* NULL: the part has nothing to do there. */
struct world_part {
	const struct world_op *ops;
	unsigned int n_ops;
	/* Fills in what the part's reading would find. want: NULL for an offline. */
	void (*look)(struct xnm_facts *facts, struct world *world, const struct xnm_event *event,
		     const struct xnm_want *want);
	/* Returns how much is wrong with what is noted and with what there is, which it prints. */
	unsigned int (*check)(struct world *world);
};

#define WORLD_OPS(table) .ops = (table), .n_ops = XNM_N_ELEMENTS(table)

/* parts.c: all parts, in the order in which they look */
extern const struct world_part *const world_parts[];
extern const unsigned int world_n_parts;

/* The row of op's type in the parts' tables. Exits loudly if there is none: it is to be written. */
const struct world_op *world_op(const struct xnm_plan *plan, const struct xnm_op *op);

/* The tables are there, and nothing else is. */
void world_clear(struct world *world);

/* Exits, as the model has no room for another one. */
void world_full(const char *what) __attribute__((noreturn));

/* Whether an event reads nftables and notes: needs_filter() of a run. */
bool world_needs_filter(const struct xnm_facts *facts, const struct xnm_want *want);

#endif
