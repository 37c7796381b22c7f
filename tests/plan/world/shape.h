/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shape.h - qdiscs and ifb devices of the model. */
#ifndef XNM_TESTS_WORLD_SHAPE_H
#define XNM_TESTS_WORLD_SHAPE_H

#include "hotplug/parts/shape/shape.h"

#define WORLD_SHAPED 16

struct world_shape {
	struct world_shaped {
		int ifindex; /* 0: no device */
		char ifb[IFNAMSIZ]; /* its name, if it is one */
		uint32_t domid, devid; /* whose ifb it is */
		struct xnm_shape_tree tree;
		bool has_hook;
		char redirect[IFNAMSIZ]; /* the ifb to which it leads what it receives */
		bool is_copied[XNM_N_DIRECTIONS];
	} devices[WORLD_SHAPED];
};

#endif
