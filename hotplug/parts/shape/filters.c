/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filters.c - describe the filters that lead what a device receives to its ifb, or copy packets. */
#include "hotplug/parts/shape/filters.h"

#include <string.h>

#include "hotplug/base/cidr.h"

void shape_redirect(struct xnm_tc_filter *out, int ifb_ifindex)
{
	memset(out, 0, sizeof(*out));
	out->parent = XNM_TC_INGRESS;
	out->preference = XNM_SHAPE_PREFERENCE;
	out->match = XNM_MATCH_ALL;
	out->action = XNM_TC_REDIRECT;
	out->to_ifindex = ifb_ifindex;
}

void shape_mirror(struct xnm_tc_filter *out, enum xnm_direction direction, int sink_ifindex)
{
	shape_redirect(out, sink_ifindex);
	out->action = XNM_TC_MIRROR;
	out->preference = XNM_SHAPE_PREFERENCE - (direction == XNM_INBOUND ? 2 : 1);
	if (direction == XNM_INBOUND)
		out->parent = XNM_TC_EGRESS;
}

bool shape_filter_equal(const struct xnm_tc_filter *a, const struct xnm_tc_filter *b)
{
	return a->parent == b->parent && a->preference == b->preference && a->match == b->match &&
	       a->action == b->action && a->to_ifindex == b->to_ifindex &&
	       a->classid == b->classid && a->mark == b->mark &&
	       xnm_cidr_equal(&a->prefix, &b->prefix);
}
