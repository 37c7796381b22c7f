/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filters.h - the filters that lead what a device receives to its ifb, and copy what enters a line. */
#ifndef XNM_SHAPE_FILTERS_H
#define XNM_SHAPE_FILTERS_H

#include "hotplug/parts/shape/shape.h"

/* Its place among the filters of a device: those of other programs with a smaller one come first. */
#define XNM_SHAPE_PREFERENCE 8888

void shape_redirect(struct xnm_tc_filter *out, int ifb_ifindex);
/* Of what the guest receives as the device sends it, of what it sends before it is redirected. */
void shape_mirror(struct xnm_tc_filter *out, enum xnm_direction direction, int sink_ifindex);
bool shape_filter_equal(const struct xnm_tc_filter *a, const struct xnm_tc_filter *b);

#endif
