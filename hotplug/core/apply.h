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
	XNM_RUN_EVENT, /* libxl waits: write errors to xenstore, fail closed */
	XNM_RUN_REAPPLY, /* the guest runs: if planning fails, change nothing */
	XNM_RUN_PLAN, /* change nothing, only fill plan */
};

struct xnm_part;

/* All that a run holds open. The rest of the program passes it along. */
struct xnm_ctx {
	struct xnm_rtnl *rtnl;
	struct xnm_store *store; /* NULL: not needed by this event */
	struct xnm_nft *nft; /* NULL: not needed yet */
	const struct xnm_policy *policy; /* online only */
	const struct xnm_netem_can *can; /* NULL: nobody has asked the kernel */
	struct xnm_run_dir dir;
	struct xnm_err err;
	const struct xnm_part *const *parts; /* all of them, and NULL; run/parts.c */
	const struct xnm_event *event;
	enum xnm_run_mode mode;
	bool has_checked_subnets; /* its network's subnets were checked against this host's */
	bool made_bridge; /* this online has created its bridge, so undoing it deletes the bridge */
	bool has_built; /* an nftables table was rebuilt from the notes */
	unsigned int n_existed; /* operations whose address existed before, by index */
	unsigned int existed[XNM_MAX_ADDRESSES];
	const char *frontend; /* xenstore path of the frontend; online only */
	unsigned int n_stuck; /* uplinks that could not get a new route: they keep the old ones */
	struct {
		char name[XNM_NAME_LEN];
		uint8_t family;
	} stuck[XNM_MAX_STUCK];
	unsigned int n_leases; /* leases that came or went: xnm_leases_follow() */
	struct {
		char device[IFNAMSIZ];
		struct xnm_cidr address;
	} leases[XNM_MAX_LEASES];
	char taken[384]; /* why an operation returned -EADDRINUSE: who has it, and what to change */
};

/* A lease came or went: adds it to ctx->leases. Call xnm_leases_follow() (parts/owned/lease.h) after
 * all locks are dropped. */
void apply_lease_changed(struct xnm_ctx *ctx, const char *device, const struct xnm_cidr *address);

/* The index of a device: known from the facts, or of one that an operation before has made. Returns
 * 0 or -errno. */
int apply_ifindex(struct xnm_ctx *ctx, const struct xnm_op *op, const char *name, int *ifindex);

/* Whether the operation's phase is undone operation by operation, because other vifs share what it
 * changes. */
bool xnm_op_is_networks(const struct xnm_op *op);

/*
 * Runs the operations. At the first failure it undoes what it changed in the network; what it
 * changed on the device is undone by planning an offline (run/online.c), whatever failed.
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

#endif
