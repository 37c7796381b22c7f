/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seen.h - what qdiscs that were read do to packets. */
#ifndef XNM_SHAPE_SEEN_H
#define XNM_SHAPE_SEEN_H

#include "hotplug/parts/shape/shape.h"

struct xnm_rtnl;

/* One direction of a vif, as it is shaped at this moment. */
struct shape_seen {
	struct xnm_shaping
		shaping; /* of all that no link is for; its burst, queue_us and queue are not known */
	unsigned int n_links; /* that are shaped there, too */
};

/*
 * Reads what a device's qdiscs do. made: what xnm noted of it (XNM_SHAPE_*). ifb:
 * the name of its own. Without anything that xnm made, all is zero. Returns 0 or -errno.
 */
int shape_look(struct shape_seen out[XNM_N_DIRECTIONS], struct xnm_rtnl *rtnl, const char *device,
	       const char *ifb, uint32_t made);

#endif
