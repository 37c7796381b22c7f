/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fastpath.h - what the guests of the model read of the fast path: nodes, as xenstore has them. */
#ifndef XNM_TESTS_WORLD_FASTPATH_H
#define XNM_TESTS_WORLD_FASTPATH_H

#include "hotplug/parts/fastpath/fastpath.h"

#define FASTPATH_NODES 128

struct world_fastpath {
	unsigned int n;
	struct {
		uint32_t domid;
		char node[XNM_FP_NODE_LEN];
		char value[XNM_FP_TEXT_LEN];
	} nodes[FASTPATH_NODES];
};

#endif
