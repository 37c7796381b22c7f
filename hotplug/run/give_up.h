/* SPDX-License-Identifier: GPL-2.0-or-later */
/* give_up.h - what comes before all vifs are put back to the policy. */
#ifndef XNM_GIVE_UP_H
#define XNM_GIVE_UP_H

#include "policy/policy.h"

struct xnm_ctx;

/*
 * Bridges lose the addresses, and networks and guests the port forwards and
 * subnets, that the policy has for others by now, so that two can swap them.
 * Returns 0, or not 0 where something stays, and has told why.
 */
int xnm_run_give_up(const struct xnm_policy *policy);

/* give_up_addresses.c: its part that is about bridges' addresses. ctx->policy is there. */
int xnm_give_up_addresses(struct xnm_ctx *ctx);

#endif
