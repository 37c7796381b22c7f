/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uplink.h - the model's uplinks: the host's default routes, and what is noted of them. */
#ifndef XNM_TESTS_WORLD_UPLINK_H
#define XNM_TESTS_WORLD_UPLINK_H

#include <net/if.h>

#include "hotplug/core/facts.h"

#define WORLD_UPLINKS  8
#define WORLD_DEFAULTS 16

struct world;

struct world_uplink {
	unsigned int n_notes;
	struct xnm_uplink_note notes[WORLD_UPLINKS];
	unsigned int n_defaults;
	struct {
		char dev[IFNAMSIZ];
		struct xnm_default route;
	} defaults[WORLD_DEFAULTS];
	char away[IFNAMSIZ]; /* a device that is not there */
};

/*
 * What a case says of them: [uplink NAME] state= and router=, [uplinks] away=,
 * and of somebody else [default DEV] via= and lost=. Returns 1, or 0 if it is
 * not understood.
 */
int world_read_uplink(struct world *world, const char *section, const char *key, const char *value);

#endif
