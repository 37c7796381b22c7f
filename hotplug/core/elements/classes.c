/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classes.c - decide the elements that put what a vif sends into a class of the uplinks. */
#include "hotplug/base/marks.h"
#include "hotplug/core/elements/parts.h"
#include "hotplug/core/want.h"
#include "hotplug/kernel/tc.h"
#include "policy/sections/classes.h"

/*
 * The number by which qdiscs and VLAN devices know what the vif sends: its class, where an uplink
 * has classes, else its own 802.1p priority. 0: neither.
 */
static uint32_t number_of(const struct xnm_want *want)
{
	uint32_t pcp;

	if (xnm_wants_classes(want))
		return XNM_CLASS_ID(xnm_class_number(want->policy, want->section->class_name));
	return xnm_vif_pcp(want->policy, want->section, &pcp) ? XNM_PCP_NUMBER(pcp) : 0;
}

static void add_port(struct xnm_elements *out, enum xnm_set_id map, const char *ifname,
		     uint32_t number)
{
	struct xnm_element *element = xnm_elements_add(out, map);

	xnm_key_ifname(element, 0, ifname);
	xnm_data_classid(element, number);
}

/* What has no element is of the default class; so is what has one that names it. */
void xnm_filter_class(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_mac *mac, const char *ifname)
{
	bool is_routed = want->backend == XNM_BACKEND_ROUTE;
	uint32_t number = number_of(want), pcp;
	struct xnm_element *element;

	if (!is_routed && xnm_vif_pcp(want->policy, want->section, &pcp))
		add_port(out, XNM_SET_BRIDGE_PCPS, ifname, XNM_PCP_NUMBER(pcp));
	if (!number)
		return;
	if (!is_routed && xnm_wants_classes(want))
		add_port(out, XNM_SET_BRIDGE_CLASSES, ifname, number);
	element = xnm_elements_add(out, XNM_SET_CLASSES);
	xnm_key_ifname(element, 0, is_routed ? ifname : want->bridge.name);
	xnm_key_mac(element, 1, mac);
	xnm_data_classid(element, number);
}
