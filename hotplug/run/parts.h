/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts.h - all parts of a vif's network together: what an online, an offline, a network need of them. */
#ifndef XNM_PARTS_H
#define XNM_PARTS_H

#include "hotplug/core/part.h"

extern const struct xnm_part xnm_device_part, xnm_bridge_part, xnm_address_part, xnm_network_part,
	xnm_owned_part, xnm_filter_part, xnm_foreign_part, xnm_dnsmasq_part, xnm_routed_part,
	xnm_conntrack_part, xnm_uplink_part, xnm_guestinfo_part, xnm_fastpath_part;

/*
 * Reads what every part has to know: for an online, which then knows what is
 * wanted, and for an offline, from the notes. Return 0, or -errno with ctx->err
 * filled.
 */
int xnm_parts_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
int xnm_parts_recall(struct xnm_facts *facts, struct xnm_ctx *ctx);

/*
 * Decides what an online or add has to do. Pure: no input but its arguments,
 * no clock, no globals. A system that is as wanted gives an empty plan.
 *
 * Returns 0, or -errno with err filled when it cannot be done at all (a
 * missing bridge, a taken name, VLANs on a bridge that knows none). -E2BIG
 * when it is more than a plan has room for.
 */
int xnm_plan_online(struct xnm_plan *plan, const struct xnm_event *event,
		    const struct xnm_want *want, const struct xnm_facts *facts,
		    struct xnm_err *err);

/*
 * Decides what an offline or remove has to do. facts needs device, state and
 * made_bridge only; all of them may be missing. A vif with all that notes can
 * say fits into a plan.
 */
void xnm_plan_offline(struct xnm_plan *plan, const struct xnm_event *event,
		      const struct xnm_facts *facts);

/*
 * Decides what a network needs that is to be there without a vif, or whose card
 * has come. whole: with its rules and settings, as it is held, or has vifs; else
 * only what a bridge that is there has lost.
 */
int xnm_plan_start(struct xnm_plan *plan, const struct xnm_want *want,
		   const struct xnm_facts *facts, bool whole, struct xnm_err *err);

/* Decides what is left to do for a network that is wanted without a vif no longer. bridge: the
 * one that xnm made for it, or ""; it goes with release. */
void xnm_plan_stop(struct xnm_plan *plan, const char *network, const char *bridge, bool release);

#endif
