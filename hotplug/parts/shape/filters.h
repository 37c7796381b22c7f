/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filters.h - the filter that leads what a device receives to its ifb. */
#ifndef XNM_SHAPE_FILTERS_H
#define XNM_SHAPE_FILTERS_H

#include "hotplug/parts/shape/shape.h"

/* Its place among the filters of a device: those of other programs with a smaller one come first. */
#define XNM_SHAPE_PREFERENCE 8888

void shape_redirect(struct xnm_tc_filter *out, int ifb_ifindex);
bool shape_filter_equal(const struct xnm_tc_filter *a, const struct xnm_tc_filter *b);

#endif
