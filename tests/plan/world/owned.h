/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owned.h - whose addresses on a bridge are no guest's, in the model: what an online has left of them. */
#ifndef XNM_TESTS_WORLD_OWNED_H
#define XNM_TESTS_WORLD_OWNED_H

#include "hotplug/core/facts.h"
#include "hotplug/core/want.h"

struct world;

/* What an online before has noted of the bridge. */
void world_owned_was(struct world *world, const struct xnm_facts *facts,
		     const struct xnm_want *want, const struct xnm_owner *vif);

#endif
