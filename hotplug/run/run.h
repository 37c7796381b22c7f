/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.h - one event from its beginning to its end. */
#ifndef XNM_RUN_H
#define XNM_RUN_H

#include "hotplug/core/apply.h"

/* Timeouts; libxl kills us after 40 s (LIBXL_HOTPLUG_TIMEOUT). */
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

/* The same for an offline or remove; anything may be gone already. */
int xnm_run_offline(const struct xnm_event *event, enum xnm_run_mode mode, struct xnm_plan *plan,
		    struct xnm_err *err);

/* Reads the policy; err holds the first mistake. Returns 0 or -errno. */
int xnm_run_load_policy(struct xnm_policy *policy, struct xnm_err *err);

/* What of xnm_sandbox_enter() runs by this policy need. */
unsigned int xnm_run_may(const struct xnm_policy *policy);

/* run/network.c: what to do with a network without a vif. */
enum xnm_network_verb {
	XNM_NETWORK_BOOT, /* start=boot: make or repair it, and keep it */
	XNM_NETWORK_NIC, /* one of its interfaces has appeared: attach it to an existing bridge */
	XNM_NETWORK_STOP, /* it no longer has start=boot */
};

/*
 * Runs one verb for a network of policy; with XNM_NETWORK_STOP the policy need not have it. Returns
 * 0 or -errno with err filled; with XNM_RUN_PLAN nothing changes.
 */
int xnm_run_network(const struct xnm_policy *policy, const char *network,
		    enum xnm_network_verb verb, enum xnm_run_mode mode, struct xnm_plan *plan,
		    struct xnm_err *err);

/*
 * Calls fn for every network noted with start=boot, and for the network of every bridge that xnm
 * made; perhaps twice. Returns 0 or -errno.
 */
int xnm_run_each_network(void (*fn)(void *arg, const char *network), void *arg);

/*
 * run/facts.c: the facts, in which nothing is known yet, for as long as one vif or network is read
 * and planned. Before another run starts they must be given back: an online may tear down other
 * vifs, and its own one if it fails, and an offline may run onlines. A second take aborts.
 */
struct xnm_facts *xnm_facts_take(void);
void xnm_facts_give_back(void);

/*
 * Tears down what is left of one vif, whose lock the caller holds; also undoes a failed online.
 * Returns 0 or -errno.
 */
int xnm_tear_down(struct xnm_ctx *ctx, const struct xnm_event *event, struct xnm_plan *plan,
		  bool dry_run);

/*
 * If another program has changed nftables since our tables were seen complete, compares them with
 * all notes, rebuilds a table that differs, and then ends connections that began meanwhile and are
 * not allowed. anyway: compare in any case. A NULL ctx->policy is loaded. Returns 0 or -errno;
 * failures are logged.
 */
int xnm_heal(struct xnm_ctx *ctx, bool anyway);
/* The same for callers that have nothing open; also logs an unreadable policy. */
int xnm_run_heal(bool anyway);
/*
 * Interfaces of the host have appeared or disappeared: updates which of them must not forward to
 * each other. A NULL policy is loaded. Returns 0 or -errno; failures are logged.
 */
int xnm_run_look(const struct xnm_policy *policy);

/*
 * Closes ctx->nft, if it is open, without blocking on the kernel: a child process may do it
 * (leave.c). ctx->dir must still be open.
 */
void xnm_leave_nft(struct xnm_ctx *ctx);

/*
 * Tears down every vif whose domain no longer exists, except the event's own. backend_dir is the
 * xenstore folder of all vif backends.
 */
void xnm_gc(struct xnm_ctx *ctx, const char *backend_dir, uint32_t own_domid, uint32_t own_devid);

/*
 * Tears down that one vif if it no longer exists, also if its domain does. The caller may hold the
 * lock of another vif, and none below. Returns whether the vif was torn down.
 */
bool xnm_gc_vif(struct xnm_ctx *ctx, const char *backend_dir, const struct xnm_owner *vif);

/*
 * The thorough form, for `xnm-vif gc`: checks every vif, and also removes bridges and names that no
 * vif uses. Returns the number of vifs that were removed, or -errno with err filled.
 */
int xnm_gc_all(struct xnm_err *err);

#endif
