/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.h - one event from its beginning to its end. */
#ifndef XNM_RUN_H
#define XNM_RUN_H

#include "hotplug/apply.h"

/* How long we wait; libxl kills us after 40 s (LIBXL_HOTPLUG_TIMEOUT). */
#define XNM_NETDEV_TIMEOUT_MS 8000
#define XNM_STORE_TIMEOUT_S   10

enum xnm_run_mode {
	XNM_RUN_EVENT, /* libxl waits: publish errors in xenstore, fail closed */
	XNM_RUN_REAPPLY, /* the guest runs: what cannot be planned changes nothing */
	XNM_RUN_PLAN, /* change nothing at all, fill plan only */
};

/*
 * Carries out an online or add. plan may be NULL; else it holds what was done
 * (or, with XNM_RUN_PLAN, would be). err holds the message on failure.
 *
 * Returns 0 or -errno.
 */
int xnm_run_online(const struct xnm_event *event, enum xnm_run_mode mode, struct xnm_plan *plan,
		   struct xnm_err *err);

/* The same for an offline or remove, for which everything may be gone already. */
int xnm_run_offline(const struct xnm_event *event, enum xnm_run_mode mode, struct xnm_plan *plan,
		    struct xnm_err *err);

/*
 * Tears down what is left of one vif, its lock being held by the caller: also
 * the way in which a failed online is taken back. Returns 0 or -errno.
 */
int xnm_tear_down(struct xnm_ctx *ctx, const struct xnm_event *event, struct xnm_plan *plan,
		  bool dry_run);

/*
 * Closes ctx->nft, if it is open, without making the caller's caller wait for
 * the kernel: a child may do that instead (leave.c). ctx->dir is still open.
 */
void xnm_leave_nft(struct xnm_ctx *ctx);

/*
 * Tears down every vif whose domain has gone, except the event's own.
 * backend_dir is the xenstore folder of all vif backends.
 */
void xnm_gc(struct xnm_ctx *ctx, const char *backend_dir, uint32_t own_domid, uint32_t own_devid);

/*
 * The thorough form, for `xnm-vif gc`: every vif is looked up by itself, and
 * bridges and names that nobody uses any more go too. Returns the number of
 * vifs that were removed, or -errno with err filled.
 */
int xnm_gc_all(struct xnm_err *err);

#endif
