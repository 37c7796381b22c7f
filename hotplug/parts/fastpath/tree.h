/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree.h - change the fast path's nodes of one guest, such that no guest can prevent it. */
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

/* Sets *domid to the first member that is not smaller. Returns false if there is none. */
bool apply_fp_next(const struct apply_fp_domains *domains, uint32_t *domid);

struct apply_fp_work {
	struct xnm_ctx *ctx;
	struct apply_fp_domains changed; /* whose trees */
	struct apply_fp_domains culprits; /* guests that prevent changes */
};

/*
 * Writes all nodes as the view says. Guests that keep changing their own nodes, or whose nodes
 * cannot be written, are added to the culprits. Returns 0 or -errno.
 */
int apply_fp_settle(struct apply_fp_work *work, const struct xnm_fp_view *view);

/*
 * The first does the steps in one domain's tree except for removing the guest's own nodes; the
 * second removes these, after all other trees were changed. Both return 0, -ENOENT if the tree is
 * gone, -EAGAIN if a guest prevents it, or another -errno.
 */
int apply_fp_tree(struct xnm_store *store, const struct xnm_fp_change *change, uint32_t domid);
int apply_fp_tree_channels(struct xnm_store *store, const struct xnm_fp_change *change,
			   uint32_t domid);

/* Removes a domain's nodes one by one, which no guest can prevent. */
int apply_fp_tree_clear(struct xnm_store *store, const struct xnm_fp_change *change,
			uint32_t domid);

#endif
