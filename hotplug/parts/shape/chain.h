/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chain.h - the qdiscs for one rate and one line, each below the one before. */
#ifndef XNM_SHAPE_CHAIN_H
#define XNM_SHAPE_CHAIN_H

#include "hotplug/parts/shape/shape.h"

/*
 * Qdiscs of different trees have different handles. One tree then takes the place of another in one
 * step, as a handle that exists elsewhere on the device would be moved (net/sched/sch_api.c,
 * tc_modify_qdisc()) and not be made anew.
 */
enum shape_place {
	SHAPE_PLACE_LINE = 1,
	SHAPE_PLACE_RATE,
	SHAPE_PLACE_FQ_CODEL,
	SHAPE_PLACE_PFIFO,
	SHAPE_PLACE_FRAMES,
};

/* A chain of qdiscs that is being made. */
struct shape_chain {
	struct xnm_shape_tree *tree;
	const struct xnm_shaping *shaping;
	uint32_t parent; /* of its next qdisc, which has one class, :1 */
	unsigned int major; /* the first of its own, of which it has SHAPE_CHAIN_MAJORS */
	unsigned int has; /* of what it consists; 0: of nothing */
	uint32_t mtu_bytes;
};
#define SHAPE_CHAIN_MAJORS 0x80u

/* Appends what the shaping needs: frames of their own, netem, tbf or cake, and the queue. Pure. */
void shape_chain(struct shape_chain *chain);

/* Appends a qdisc. */
struct xnm_qdisc *shape_add(struct shape_chain *chain, enum xnm_qdisc_kind kind,
			    enum shape_place place);

#endif
