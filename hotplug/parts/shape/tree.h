/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree.h - the qdiscs that shape packets as they should be. */
#ifndef XNM_SHAPE_TREE_H
#define XNM_SHAPE_TREE_H

#include "hotplug/parts/shape/shape.h"

/* Packets from or to some addresses, which are shaped by themselves. */
#define SHAPE_MAX_PREFIXES 32
struct shape_branch {
	uint16_t slot; /* 1 to SHAPE_MAX_SLOT: the same one as long as the branch exists */
	bool by_source; /* of the packets; else by destination */
	unsigned int n_prefixes;
	struct xnm_cidr prefixes
		[SHAPE_MAX_PREFIXES]; /* of several branches with one packet the first counts */
	struct xnm_shaping shaping;
};
#define SHAPE_MAX_SLOT 500

/*
 * Fills tree with what a device with an MTU of mtu_bytes should have, whose packets are shaped so,
 * but those of branches as these say. All values are such as the kernel keeps. Pure. Returns 0, or -E2BIG if a tree has not enough room.
 *
 * For a line there is a tbf that cuts packets into frames, below it a netem, below that a tbf for
 * the rate, below that the queue; each of them is left out if it has nothing to do. In this order a packet has its delay before it waits for the
 * rate: the queue of the rate is then as long as queue= says, and an fq_codel there is what finds
 * it. The other way round netem's limit of packets is the queue, and nothing looks at how long they
 * wait in it. With branches the root is an htb, which does not limit anything, but leads each
 * packet to the branch that it belongs to.
 */
int shape_tree(struct xnm_shape_tree *tree, const struct xnm_shaping *shaping, uint32_t mtu_bytes,
	       const struct shape_branch *branches, unsigned int n);

/* Whether a qdisc of that handle shapes what no branch is for. */
bool shape_is_rest(uint32_t handle);

/* Whether packets wait on a line somewhere in it. */
bool shape_has_line(const struct xnm_shape_tree *tree);

/* Whether a qdisc of that handle only cuts packets into frames. */
bool shape_is_cutter(uint32_t handle);

/* The pfifo with a limit of packets that stands in for an fq_codel of a tree. */
void shape_stand_in(struct xnm_qdisc *out, const struct xnm_qdisc *fq_codel, uint32_t packets);

#endif
