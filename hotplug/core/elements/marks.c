/* SPDX-License-Identifier: GPL-2.0-or-later */
/* marks.c - decide the elements by which what a vif sends gets a DSCP. */
#include "hotplug/core/elements/parts.h"

#include <string.h>

#include "hotplug/base/marks.h"
#include "hotplug/core/want.h"
#include "policy/sections/classes.h"

void xnm_filter_marks(struct xnm_elements *out, const struct xnm_want *want, const char *ifname)
{
	bool bridged = want->backend != XNM_BACKEND_ROUTE;
	struct xnm_element *element;
	uint32_t dscp;

	if (!xnm_vif_dscp(want->policy, want->section, &dscp))
		return;
	element = xnm_elements_add(out, xnm_guard_set(XNM_SET_BRIDGE_MARKED, bridged));
	xnm_key_ifname(element, 0, ifname);
	element = xnm_elements_add(out, xnm_guard_set(XNM_SET_BRIDGE_DSCPS, bridged));
	xnm_key_ifname(element, 0, ifname);
	xnm_data_classid(element, XNM_DSCP_NUMBER(dscp));
}

static bool is_dscp(const struct xnm_element *element)
{
	return element->set == XNM_SET_BRIDGE_DSCPS || element->set == XNM_SET_INET_DSCPS;
}

static uint32_t dscp_of(const struct xnm_element *element)
{
	uint32_t number;

	memcpy(&number, element->data, sizeof(number));
	return XNM_DSCP_OF(number);
}

uint64_t xnm_elements_dscps(const struct xnm_elements *elements, enum xnm_table table)
{
	uint64_t dscps = 0;

	for (unsigned int i = 0; i < elements->n; i++) {
		const struct xnm_element *element = &elements->list[i];

		if (is_dscp(element) && xnm_element_table(element) == table)
			dscps |= UINT64_C(1) << dscp_of(element);
	}
	return dscps;
}

bool xnm_elements_dscp(const struct xnm_elements *elements, uint32_t *dscp)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		if (!is_dscp(&elements->list[i]))
			continue;
		*dscp = dscp_of(&elements->list[i]);
		return true;
	}
	return false;
}

bool xnm_elements_pcp(const struct xnm_elements *elements, uint32_t *pcp)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		const struct xnm_element *element = &elements->list[i];
		uint32_t number;

		memcpy(&number, element->data, sizeof(number));
		if (element->set != XNM_SET_BRIDGE_PCPS &&
		    (element->set != XNM_SET_CLASSES || (number & 0xFFFF0000u) != XNM_MARKS_MAJOR))
			continue;
		*pcp = XNM_PCP_OF(number);
		return true;
	}
	return false;
}

uint64_t xnm_filter_dscps(const struct xnm_want *want, enum xnm_table table)
{
	bool bridged = want->backend != XNM_BACKEND_ROUTE;
	uint32_t dscp;

	if (bridged != (table == XNM_TABLE_BRIDGE) ||
	    !xnm_vif_dscp(want->policy, want->section, &dscp))
		return 0;
	return UINT64_C(1) << dscp;
}
