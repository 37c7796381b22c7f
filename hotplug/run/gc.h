/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.h - shared by the files that clean up what vifs have left. */
#ifndef XNM_GC_PARTS_H
#define XNM_GC_PARTS_H

#include "hotplug/core/apply.h"

struct gc {
	struct xnm_ctx *ctx;
	uint32_t own_domid, own_devid;
	const char *backend_dir;
	bool thorough; /* check every vif, not only its domain */
	bool unknown; /* a vif with rules in nftables has no note */
	unsigned int others;
	int removed;
	uint8_t domains[XNM_DOMID_MAX / 8 + 1]; /* domains with a vif backend in xenstore */
};

/*
 * gc_notes.c: removes networks, bridges, names and elements that no vif's note names. What a vif
 * uses stays, even if its note was lost. Returns 0 or -errno.
 */
int gc_notes(struct gc *gc);

#endif
