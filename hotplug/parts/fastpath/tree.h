/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree.h - change what one guest reads of the fast path, so that no guest can keep us from it. */
#ifndef XNM_APPLY_FASTPATH_H
#define XNM_APPLY_FASTPATH_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/event.h"
#include "hotplug/parts/fastpath/fastpath.h"

struct xnm_ctx;

struct apply_fp_domains {
	uint8_t bits[XNM_DOMID_MAX / 8 + 1];
};

/* Sets *domid to the first of them from there on. Returns false when there is none. */
bool apply_fp_next(const struct apply_fp_domains *domains, uint32_t *domid);

struct apply_fp_work {
	struct xnm_ctx *ctx;
	struct apply_fp_domains changed; /* whose trees */
	struct apply_fp_domains culprits; /* who are in the way of others */
};

/*
 * What the view shows becomes what it should be. Whoever changes its own nodes
 * without a pause, or cannot be told of a change, is added to the culprits.
 * Returns 0 or -errno.
 */
int apply_fp_settle(struct apply_fp_work *work, const struct xnm_fp_view *view);

/*
 * Takes the steps in the tree of one domain but for the removal of what the
 * guest owns, which comes afterwards, when all other trees are changed too.
 * Both return 0, -ENOENT when the tree has gone, -EAGAIN when somebody keeps
 * us from it, or another -errno.
 */
int apply_fp_tree(struct xnm_store *store, const struct xnm_fp_change *change, uint32_t domid);
int apply_fp_tree_channels(struct xnm_store *store, const struct xnm_fp_change *change,
			   uint32_t domid);

/* Ends the registration of a domain node by node, which nobody can keep us from. */
int apply_fp_tree_clear(struct xnm_store *store, const struct xnm_fp_change *change,
			uint32_t domid);

#endif
