/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.h - the parts of the tear-down of what was forgotten. */
#ifndef XNM_GC_PARTS_H
#define XNM_GC_PARTS_H

#include "hotplug/core/apply_parts.h"

struct gc {
	struct xnm_ctx *ctx;
	uint32_t own_domid, own_devid;
	const char *backend_dir;
	bool thorough; /* look at every vif, not only at its domain */
	bool unknown; /* a vif that is held to rules has no notes */
	unsigned int others;
	int removed;
	uint8_t domains[XNM_DOMID_MAX / 8 + 1]; /* those with a vif backend in xenstore */
};

/*
 * gc_notes.c: networks, bridges, names and rules that no vif has noted any more.
 * What a vif uses stays, also where its own notes were lost. Returns 0 or -errno.
 */
int gc_notes(struct gc *gc);

/* parts/owned/gc.c: addresses that are kept for nobody. */
void gc_owned(struct gc *gc);

/* Whether a bridge has ports of vifs that have no notes, or a device that is no bridge is in use: somebody's
 * notes were lost. That it cannot be told is a yes. */
bool gc_has_unknown(struct xnm_ctx *ctx, const char *dev);

#endif
