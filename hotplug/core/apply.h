/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.h - run the operations of a plan, in order. */
#ifndef XNM_APPLY_H
#define XNM_APPLY_H

#include "hotplug/core/op.h"
#include "hotplug/core/plan.h"
#include "hotplug/notes/files.h"

#define XNM_MAX_STUCK  16
#define XNM_MAX_LEASES 16

enum xnm_run_mode {
	XNM_RUN_EVENT, /* libxl waits: publish errors in xenstore, fail closed */
	XNM_RUN_REAPPLY, /* the guest runs: what cannot be planned changes nothing */
	XNM_RUN_PLAN, /* change nothing at all, fill plan only */
};

/* All that a run holds open. The rest of the program passes it along. */
struct xnm_ctx {
	struct xnm_rtnl *rtnl;
	struct xnm_store *store; /* NULL: not needed by this event */
	struct xnm_nft *nft; /* NULL: not needed yet */
	const struct xnm_policy *policy; /* online only */
	struct xnm_run_dir dir;
	struct xnm_err err;
	const struct xnm_event *event;
	enum xnm_run_mode mode;
	bool has_checked_subnets; /* of its network, against those of this host */
	bool made_bridge; /* the online has made its bridge, so that taking it back deletes it */
	bool has_built; /* a table of nftables was made anew, from the notes */
	unsigned int
		n_existed; /* operations on addresses that were there before, by their number */
	unsigned int existed[XNM_MAX_ADDRESSES];
	const char *frontend; /* xenstore path of the guest's end; online only */
	unsigned int n_stuck; /* uplinks that could not get a route: what they have stays */
	struct {
		char name[XNM_NAME_LEN];
		uint8_t family;
	} stuck[XNM_MAX_STUCK];
	unsigned int n_leases; /* that came or went: xnm_leases_follow() */
	struct {
		char device[IFNAMSIZ];
		struct xnm_cidr address;
	} leases[XNM_MAX_LEASES];
	char taken[384]; /* by whom, and what then: why an operation gave -EADDRINUSE */
};

/*
 * parts/owned/lease.c: guests of the bridge are kept from an address that this
 * host was leased since, and are not from one that it has no more. The caller
 * holds no lock of a bridge, nor that of the uplinks.
 */
void xnm_leases_follow(struct xnm_ctx *ctx);

/* Whether an operation is of a phase whose doings are taken back one by one, as others share them. */
bool xnm_op_is_networks(const struct xnm_op *op);

/*
 * Runs the operations. At the first one that fails it takes back what it did
 * to the network; what it did to the device is taken back by planning an
 * offline (run.c), which is the same for every way to fail.
 *
 * Returns 0 or -errno with ctx->err filled.
 */
int xnm_apply_online(struct xnm_ctx *ctx, const struct xnm_plan *plan);

/*
 * Runs the operations to the end whatever fails: a tear-down that stops
 * half-way leaks. What has gone already counts as done. Returns 0 or the
 * first -errno, its message in ctx->err.
 */
int xnm_apply_offline(struct xnm_ctx *ctx, const struct xnm_plan *plan);

/* A bridge of a network that was not to hear routers, and that somebody has set to, does so no more. */
void xnm_apply_deafen(struct xnm_ctx *ctx, const char *network);

#endif
