/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.h - shared by the files that plan a bridge, its ports and its cards. */
#ifndef XNM_BRIDGE_PLAN_H
#define XNM_BRIDGE_PLAN_H

#include "hotplug/core/part.h"

/* port_plan.c: attaches the vif to the bridge, with its flags and VLANs. */
void bridge_plan_port(struct xnm_plan *plan, const struct xnm_view *view);

/* cards_plan.c: attaches interfaces= to the bridge, and detaches those that were dropped from the
 * policy. */
int xnm_plan_interfaces(struct xnm_plan *plan, const struct xnm_want *want,
			const struct xnm_facts *facts, struct xnm_err *err);
/* Whether interface i can be attached; all are checked before any is changed. */
int xnm_check_interface(const struct xnm_network *network, const struct xnm_facts *facts,
			unsigned int i, struct xnm_err *err);
/* Fills the note on the network's bridge. */
void xnm_plan_bridge_note(struct xnm_bridge_note *note, const struct xnm_want *want,
			  const struct xnm_facts *facts);
/* Whether the interface whose addresses move has the address. */
bool xnm_is_brought(const struct xnm_facts *facts, const struct xnm_cidr *cidr);

#endif
