/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seen.h - what qdiscs that were read do to packets. */
#ifndef XNM_SHAPE_SEEN_H
#define XNM_SHAPE_SEEN_H

#include "hotplug/parts/shape/shape.h"

/* One direction of a vif, as it is shaped at this moment. */
struct shape_seen {
	struct xnm_shaping
		shaping; /* of all that no link is for; its burst, queue_us and queue are not known */
	unsigned int n_links; /* that are shaped there, too */
};

/* The line that a netem emulates; a plain one of another qdisc. Pure. */
void shape_line_of(struct xnm_line *out, const struct xnm_qdisc *qdisc);

/* What the qdiscs of one device do, in any order; without any, all is zero. Pure. */
void shape_look(struct shape_seen *out, const struct xnm_qdisc *qdiscs, unsigned int n);

#endif
