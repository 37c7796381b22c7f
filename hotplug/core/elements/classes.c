/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classes.c - decide the elements that put what a vif sends into a class of the uplinks. */
#include "hotplug/core/elements/parts.h"
#include "hotplug/core/want.h"
#include "hotplug/kernel/tc.h"
#include "policy/sections/classes.h"

/* What has no element is of the default class; so is what has one that names it. */
void xnm_filter_class(struct xnm_elements *out, const struct xnm_want *want,
		      const struct xnm_mac *mac, const char *ifname)
{
	bool is_routed = want->backend == XNM_BACKEND_ROUTE;
	struct xnm_element *element;
	uint32_t number;

	if (want->classes.n == 0)
		return;
	number = xnm_class_number(want->policy, want->section->class_name);
	if (!is_routed) {
		element = xnm_elements_add(out, XNM_SET_BRIDGE_CLASSES);
		xnm_key_ifname(element, 0, ifname);
		xnm_data_classid(element, XNM_CLASS_ID(number));
	}
	element = xnm_elements_add(out, XNM_SET_CLASSES);
	xnm_key_ifname(element, 0, is_routed ? ifname : want->bridge.name);
	xnm_key_mac(element, 1, mac);
	xnm_data_classid(element, XNM_CLASS_ID(number));
}
