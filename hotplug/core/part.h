/* SPDX-License-Identifier: GPL-2.0-or-later */
/* part.h - what a part of a vif's network is to the rest of xnm. */
#ifndef XNM_PART_H
#define XNM_PART_H

#include "hotplug/core/apply.h"
#include "hotplug/core/plan.h"

/* All that a plan is made of. */
struct xnm_view {
	const struct xnm_event *event;
	const struct xnm_want *want; /* NULL at an offline, which goes by the notes alone */
	const struct xnm_facts *facts;
	const char *name; /* of the device when the plan is done */
	bool tap; /* the device is the tap of its vif */
	bool has_vif; /* false: the network is to be there without one */
};

/*
 * One row for each folder of parts/, with what that part does at each stage;
 * NULL: nothing. run/parts.c lists the rows, and calls them in its order.
 *
 * read and recall fill the part's own of the facts. read is for an online: what
 * the kernel, the notes and xenstore have. Only address and bridge may change
 * the wants there: a pool's addresses are found while reading, and whether a
 * VLAN is the bridge's own. recall is for an offline, which goes by the notes,
 * as xenstore may have gone. Both return 0, or -errno with ctx->err filled.
 *
 * online and offline are pure: they look at the view, and add operations to the
 * plan, each with the phase in which it is done. They fill what is the part's
 * own of plan->note, the note of the vif. An online returns 0, or -errno with
 * err filled when it cannot be done at all. At an offline plan->note has what
 * stays of the vif: xnm_plan_stays().
 */
struct xnm_part {
	const char *name; /* of its folder */
	int (*read)(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
	int (*recall)(struct xnm_facts *facts, struct xnm_ctx *ctx);
	int (*online)(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err);
	void (*offline)(struct xnm_plan *plan, const struct xnm_view *view);
};

/* The MAC of the first interface that is there: a bridge has it, whoever else is in it. */
bool xnm_plan_bridge_mac(const struct xnm_facts *facts, struct xnm_mac *mac);

/* What the host's end of every vif is called on the wire. */
extern const struct xnm_mac xnm_port_mac;

/* The device gets another name, for which it must be down. */
bool xnm_view_renames(const struct xnm_view *view);
/* A port loses its VLANs: it gets the bridge's defaults by joining again. */
bool xnm_view_resets_vlans(const struct xnm_view *view);
/* The device stays on the bridge where it is, or on none. */
bool xnm_view_stays_attached(const struct xnm_view *view);
/* It stays up all the while. */
bool xnm_view_stays_up(const struct xnm_view *view);
/* The vif is a port of a bridge, or is to be one; it is routed by this host. */
bool xnm_view_is_port(const struct xnm_view *view);
bool xnm_view_is_routed(const struct xnm_view *view);

/* Whether the vif's note stays at an offline, as its tap or its vif is still there. */
static inline bool xnm_plan_stays(const struct xnm_plan *plan)
{
	return plan->note.ifname[0] || plan->note.tap[0];
}

#endif
