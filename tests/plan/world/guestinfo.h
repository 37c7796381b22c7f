/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestinfo.h - what the guests of the model read about their vifs. */
#ifndef XNM_TESTS_WORLD_GUESTINFO_H
#define XNM_TESTS_WORLD_GUESTINFO_H

#include "hotplug/parts/guestinfo/guestinfo.h"

#define WORLD_TOLD 8

struct world;

struct world_guestinfo {
	unsigned int n;
	struct {
		uint32_t domid, devid;
		struct xnm_told told;
	} vifs[WORLD_TOLD];
};

/* The folder of a vif, which is made if there is none. */
struct xnm_told *world_told(struct world *world, uint32_t domid, uint32_t devid);

#endif
