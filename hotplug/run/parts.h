/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts.h - the plans that all parts make together: of an online, an offline, a network. */
#ifndef XNM_PARTS_H
#define XNM_PARTS_H

#include "hotplug/core/part.h"

/*
 * An operation's phase says when it is run. This is the order of planning: owned needs the bridge's
 * cards; filter needs the elements noted by network and owned; conntrack needs the changes of
 * filter and the addresses that address releases; fastpath needs to know whether guestinfo
 * recreates its folder.
 */
#define XNM_PARTS(ROW)          \
	ROW(xnm_device_part)    \
	ROW(xnm_bridge_part)    \
	ROW(xnm_address_part)   \
	ROW(xnm_network_part)   \
	ROW(xnm_owned_part)     \
	ROW(xnm_filter_part)    \
	ROW(xnm_foreign_part)   \
	ROW(xnm_dnsmasq_part)   \
	ROW(xnm_routed_part)    \
	ROW(xnm_conntrack_part) \
	ROW(xnm_uplink_part)    \
	ROW(xnm_guestinfo_part) \
	ROW(xnm_fastpath_part)  \
	ROW(xnm_shape_part)     \
	ROW(xnm_classes_part)

#define XNM_PART_DECLARATION(row) extern const struct xnm_part row;
XNM_PARTS(XNM_PART_DECLARATION)

/* All of them, and NULL: what struct xnm_ctx has as parts. */
extern const struct xnm_part *const xnm_parts[];

/*
 * Merges guest and policy into want. Pure. full_bridge_exists: a bridge with the whole of the
 * guest's bridge= as its name exists, and is meant even if that could be read as bridge and VLAN
 * suffix.
 *
 * Returns 0; -EPERM if the policy refuses the vif; -EINVAL if the values contradict each other. err
 * says why.
 */
int xnm_want(struct xnm_want *want, const struct xnm_event *event, const struct xnm_guest *guest,
	     const struct xnm_policy *policy, bool full_bridge_exists, struct xnm_err *err);

/*
 * Read the facts of all parts: for an online, which completes the wants, too; for an offline, from
 * the notes. Return 0, or -errno with ctx->err filled.
 */
int xnm_parts_read(struct xnm_facts *facts, struct xnm_want *want, struct xnm_ctx *ctx);
int xnm_parts_recall(struct xnm_facts *facts, struct xnm_ctx *ctx);

/*
 * Decides what an online or add has to do. Pure: no input but its arguments, no clock, no globals.
 * If everything is as wanted, the plan is empty.
 *
 * Returns 0, or -errno with err filled if it is impossible (a missing bridge, a taken name, VLANs
 * on a bridge without vlan_filtering). -E2BIG: the plan has too many operations.
 */
int xnm_plan_online(struct xnm_plan *plan, const struct xnm_event *event,
		    const struct xnm_want *want, const struct xnm_facts *facts,
		    struct xnm_err *err);

/*
 * Decides what an offline or remove has to do. Of facts it needs device, state and made_bridge
 * only, and each of them may be missing. The plan has room for any vif that a note can describe.
 */
void xnm_plan_offline(struct xnm_plan *plan, const struct xnm_event *event,
		      const struct xnm_facts *facts);

/*
 * Decides what is missing of a network with start=boot, or of one whose interface has appeared.
 * whole: also its nftables elements and sysctls, as it has start=boot or vifs; else only its
 * existing bridge.
 */
int xnm_plan_start(struct xnm_plan *plan, const struct xnm_want *want,
		   const struct xnm_facts *facts, bool whole, struct xnm_err *err);

/* warn.c: logs which of the network's interfaces are missing, or have a smaller MTU than it says. */
void run_warn_cards(const struct xnm_network *network, const struct xnm_facts *facts);

/* Decides how a network that no longer has start=boot ends. bridge: the one that xnm made for it,
 * or ""; with release it is deleted if it has no ports. */
void xnm_plan_stop(struct xnm_plan *plan, const char *network, const char *bridge, bool release);

#endif
