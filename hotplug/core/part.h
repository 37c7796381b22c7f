/* SPDX-License-Identifier: GPL-2.0-or-later */
/* part.h - the interface of a part of a vif's network. */
#ifndef XNM_PART_H
#define XNM_PART_H

#include "hotplug/core/apply.h"
#include "hotplug/core/gc.h"
#include "hotplug/core/plan.h"

/* The input of a plan. */
struct xnm_view {
	const struct xnm_event *event;
	const struct xnm_want *want; /* NULL at an offline, which uses only the notes */
	const struct xnm_facts *facts;
	const char *name; /* the device's name after the plan */
	bool tap; /* the device is the tap of its vif */
	bool has_vif; /* false: a network with start=boot */
};

/*
 * One row per folder of parts/, with the functions of its stages; NULL: none. run/parts.c lists the
 * rows, and calls them in its order.
 *
 * want completes what core/want.c began, from the guest's keys and the policy. Pure. Returns 0, or
 * -errno with err filled if the two cannot go together.
 *
 * read and recall fill the part's own member of the facts. read is for an online: from the kernel,
 * the notes and xenstore. Only address and bridge may change the wants there: a pool's addresses
 * are found while reading, and whether a VLAN is the bridge's default. recall is for an offline,
 * which uses only the notes, as xenstore may be gone. Both return 0, or -errno with ctx->err
 * filled.
 *
 * Facts are all zero before the first plan of a run. Before another one xnm_facts_clear() clears
 * what a read does not set by itself each time.
 *
 * online and offline are pure: they read the view, and add operations to the plan, each with its
 * phase. They fill the part's own members of plan->note, the vif's note. An online returns 0, or
 * -errno with err filled if it is impossible. At an offline plan->note has what stays of the vif:
 * xnm_plan_stays().
 *
 * release: a network has lost its last vif; what the part has for it ends while its note is still
 * there. released: with the note, or after it. Return 0 or -errno; -ENOENT from release is no
 * error. before_bridge_goes waits for what must still come through a bridge. rebuild adds what only
 * the nftables table itself knows, and a new one must have.
 * Operations call these by xnm_parts_release() and so on, for all parts of ctx->parts.
 *
 * gc removes what vifs have left whose offline never ran, and that no note names: a function for
 * each step (core/gc.h) in which the part has something to do. It reports what it cannot remove;
 * returns 0, or -errno if the notes cannot be listed.
 */
struct xnm_part {
	const char *name; /* of its folder */
	int (*want)(struct xnm_want *want, const struct xnm_event *event,
		    const struct xnm_guest *guest, struct xnm_err *err);
	int (*read)(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
	int (*recall)(struct xnm_facts *facts, struct xnm_ctx *ctx);
	int (*online)(struct xnm_plan *plan, const struct xnm_view *view, struct xnm_err *err);
	void (*offline)(struct xnm_plan *plan, const struct xnm_view *view);
	int (*release)(struct xnm_ctx *ctx, const char *network,
		       const struct xnm_network_note *note);
	int (*released)(struct xnm_ctx *ctx, const char *network,
			const struct xnm_network_note *note);
	void (*before_bridge_goes)(const struct xnm_plan *plan);
	int (*rebuild)(struct xnm_ctx *ctx, struct xnm_elements *kept);
	int (*gc[XNM_N_GC_STEPS])(struct xnm_gc *gc);
};

int xnm_parts_release(struct xnm_ctx *ctx, const char *network,
		      const struct xnm_network_note *note);
int xnm_parts_released(struct xnm_ctx *ctx, const char *network,
		       const struct xnm_network_note *note);
void xnm_parts_before_bridge_goes(struct xnm_ctx *ctx, const struct xnm_plan *plan);
int xnm_parts_rebuild(struct xnm_ctx *ctx, struct xnm_elements *kept);
/* Calls all parts that have this step, even if one fails. Returns 0 or the first -errno. */
int xnm_parts_gc(struct xnm_gc *gc, enum xnm_gc_step step);

/*
 * The MAC for the bridge: that of its first interface that exists, or, of one without any that is
 * to be made, the stable one. Returns false for one that exists and has no interface.
 */
bool xnm_plan_bridge_mac(const struct xnm_facts *facts, struct xnm_mac *mac);

/*
 * The MTU in bytes that the bridge is to have. mtu= of its network says it; else one that xnm makes
 * has the smallest MTU of its interfaces, so that the first guest is told what the second is. Any
 * other stays as it is.
 */
uint32_t xnm_plan_bridge_mtu(const struct xnm_want *want, const struct xnm_facts *facts);

/* What the host's end of every vif is called on the wire. */
extern const struct xnm_mac xnm_port_mac;

/* Whether the device is renamed, for which it must be down. */
bool xnm_view_renames(const struct xnm_view *view);
/* Whether a port loses its VLANs: it must join the bridge again to get the bridge's defaults. */
bool xnm_view_resets_vlans(const struct xnm_view *view);
/* Whether the device stays on its bridge, or without one. */
bool xnm_view_stays_attached(const struct xnm_view *view);
/* Whether the device stays up all the time. */
bool xnm_view_stays_up(const struct xnm_view *view);
/* Whether the vif is, or is to be, a bridge port; and whether it is routed. */
bool xnm_view_is_port(const struct xnm_view *view);
bool xnm_view_is_routed(const struct xnm_view *view);

/* Whether the note stays at an offline, as the vif's tap, or the tap's vif, still exists. */
static inline bool xnm_plan_stays(const struct xnm_plan *plan)
{
	return plan->note.device.ifname[0] || plan->note.device.tap[0];
}

#endif
