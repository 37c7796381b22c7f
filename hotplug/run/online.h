/* SPDX-License-Identifier: GPL-2.0-or-later */
/* online.h - an online while it runs, for the files that it is made of. */
#ifndef XNM_RUN_PARTS_H
#define XNM_RUN_PARTS_H

#include "hotplug/notes/generation.h"
#include "hotplug/run/run.h"

struct online {
	struct xnm_ctx ctx;
	const struct xnm_event *event;
	struct xnm_facts *facts;
	struct xnm_want want;
	bool waited; /* the netdev was not there at once */
	bool may_take_back; /* after a failure; not while another run works on the same vif */
	bool has_healed; /* what others have changed in nftables */
	uint32_t rebuilt; /* when that was done: xnm_nft_rebuilt() */
};

/*
 * run/online_plan.c: with the guest's facts and the wants there, reads all other
 * facts, plans, and applies the plan unless the mode says not to. Returns 0 or
 * -errno with run->ctx.err filled.
 */
int run_plan_and_apply(struct online *run, struct xnm_plan *plan);

#endif
