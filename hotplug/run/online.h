/* SPDX-License-Identifier: GPL-2.0-or-later */
/* online.h - the state of an online, shared by its files. */
#ifndef XNM_RUN_PARTS_H
#define XNM_RUN_PARTS_H

#include "hotplug/notes/generation.h"
#include "hotplug/run/override.h"
#include "hotplug/run/run.h"

struct online {
	struct xnm_ctx ctx;
	const struct xnm_event *event;
	struct xnm_guest guest;
	struct xnm_want want;
	struct xnm_override_seen override;
	bool waited; /* the netdev did not exist at first */
	bool may_take_back; /* a failure may be undone: no other run works on this vif */
	bool is_planned; /* the last plan was made, so that something may have been done */
	bool has_healed; /* result of restoring what other programs changed in nftables */
	uint32_t rebuilt; /* when that was done: xnm_nft_rebuilt() */
};

/*
 * run/online_plan.c: reads all facts except the guest's, plans, and applies the plan unless the
 * mode forbids it. Returns 0 or -errno with run->ctx.err filled.
 */
int run_plan_and_apply(struct online *run, struct xnm_plan *plan);

/* run/rival.c: the xenstore folder of all vif backends, "backend/vif". */
void run_vifs_dir(const struct online *run, char out[XNM_PATH_MAX]);

/*
 * run/rival.c: planning has failed because of plan->rival. Looks whether that vif still exists: tears
 * it down if it does not, or else says in run->ctx.err how to get rid of one that has lost its
 * device. Returns whether to plan again; then run->ctx.err is empty.
 */
bool run_settle_rival(struct online *run, struct xnm_plan *plan);

#endif
