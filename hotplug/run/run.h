/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.h - one event from its beginning to its end. */
#ifndef XNM_RUN_H
#define XNM_RUN_H

#include "hotplug/core/apply.h"

/* How long we wait; libxl kills us after 40 s (LIBXL_HOTPLUG_TIMEOUT). */
#define XNM_NETDEV_TIMEOUT_MS 8000
#define XNM_STORE_TIMEOUT_S   10

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

/* Reads the policy; err holds the first mistake. Returns 0 or -errno. */
int xnm_run_load_policy(struct xnm_policy *policy, struct xnm_err *err);

/* What a network without a vif needs, and what it needs no longer. run/network.c. */
enum xnm_network_verb {
	XNM_NETWORK_BOOT, /* start=boot: make or repair it, and keep it */
	XNM_NETWORK_NIC, /* one of its interfaces has come: put it into a bridge that is there */
	XNM_NETWORK_STOP, /* it is not to be there without a vif any more */
};

/*
 * Carries out one verb for a network of policy. network may be one that the
 * policy does not have (any more) with XNM_NETWORK_STOP. Returns 0 or -errno
 * with err filled; with XNM_RUN_PLAN nothing changes.
 */
int xnm_run_network(const struct xnm_policy *policy, const char *network,
		    enum xnm_network_verb verb, enum xnm_run_mode mode, struct xnm_plan *plan,
		    struct xnm_err *err);

/*
 * Calls fn for every network that is noted to stay without a vif, and for that
 * of every bridge that xnm made, once or twice. Returns 0 or -errno.
 */
int xnm_run_each_network(void (*fn)(void *arg, const char *network), void *arg);

/*
 * Tears down what is left of one vif, its lock being held by the caller: also
 * the way in which a failed online is taken back. Returns 0 or -errno.
 */
int xnm_tear_down(struct xnm_ctx *ctx, const struct xnm_event *event, struct xnm_plan *plan,
		  bool dry_run);

/*
 * If anybody else has changed nftables since our tables were seen whole, looks
 * for all that is noted there, and for all that nobody has noted; makes anew what
 * has a difference, and then ends the connections that began meanwhile and may
 * not. anyway: whoever was there. ctx->policy is loaded where it is NULL. Returns
 * 0 or -errno, and has told why.
 */
int xnm_heal(struct xnm_ctx *ctx, bool anyway);
/* The same for those who have nothing open yet; also says so when the policy cannot be read. */
int xnm_run_heal(bool anyway);
/*
 * Interfaces of the host have come or gone: those that the host passed nothing on
 * between before it forwarded for guests stay apart. policy NULL: it is loaded.
 * Returns 0 or -errno, and has told why.
 */
int xnm_run_look(const struct xnm_policy *policy);

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
