/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.h - the parts of a plan that are about a bridge, its ports and its cards. */
#ifndef XNM_BRIDGE_PLAN_H
#define XNM_BRIDGE_PLAN_H

#include "hotplug/core/part.h"

/* port_plan.c: the vif becomes a port of the bridge, or stays one, with its flags and VLANs. */
void bridge_plan_port(struct xnm_plan *plan, const struct xnm_view *view);

/* cards_plan.c: the interfaces of the host that belong into the bridge, and those no more. */
int xnm_plan_interfaces(struct xnm_plan *plan, const struct xnm_want *want,
			const struct xnm_facts *facts, struct xnm_err *err);
/* Whether interface i of the network can go in; nothing may be touched before all of them can. */
int xnm_check_interface(const struct xnm_network *network, const struct xnm_facts *facts,
			unsigned int i, struct xnm_err *err);
/* What is noted of a bridge of the network. */
void xnm_plan_bridge_note(struct xnm_bridge_note *note, const struct xnm_want *want,
			  const struct xnm_facts *facts);
/* Whether the interface whose addresses move has the address. */
bool xnm_is_brought(const struct xnm_facts *facts, const struct xnm_cidr *cidr);

#endif
