/* SPDX-License-Identifier: GPL-2.0-or-later */
/* strays.h - find elements of our tables that no note names. */
#ifndef XNM_FILTER_STRAYS_H
#define XNM_FILTER_STRAYS_H

#include "hotplug/core/apply.h"

/*
 * in_use: some of them belong to a running vif whose notes were lost; then none of them may be
 * deleted. going: elements that the caller is about to delete, which are not reported. The struct
 * begins as zero; the list keeps its memory for the next call. Returns 0 or -errno.
 */
struct apply_strays {
	unsigned int n, room;
	struct xnm_element *list;
	bool in_use;
};
int apply_strays_find(struct xnm_ctx *ctx, struct apply_strays *strays,
		      const struct xnm_element *going, unsigned int n_going);

#endif
