/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif.h - the model's notes on vifs. */
#ifndef XNM_TESTS_WORLD_VIF_H
#define XNM_TESTS_WORLD_VIF_H

#include "hotplug/core/facts.h"
#include "hotplug/notes/vif.h"

#define WORLD_VIFS 4

struct world;

struct world_vifs {
	unsigned int n;
	struct xnm_vif_note notes[WORLD_VIFS];
};

bool same_owner(const struct xnm_owner *a, const struct xnm_owner *b);

/* The notes on a vif, or NULL. */
struct xnm_vif_note *world_vif(struct world *world, uint32_t domid, uint32_t devid);

void world_note_vif(struct world *world, const struct xnm_vif_note *note);

void world_forget_vif(struct world *world, uint32_t domid, uint32_t devid);

/* Whether an address is noted, by itself or as the host of a prefix. vif may be NULL. */
bool vif_has(const struct xnm_vif_note *vif, const struct xnm_cidr *address);

/* Whether it is noted that dev answers for the vif's addresses. */
bool vif_has_proxy(const struct xnm_vif_note *vif, const char *dev);

#endif
