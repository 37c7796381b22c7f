/* SPDX-License-Identifier: GPL-2.0-or-later */
/* give_up.h - the first step of a reapply of all vifs. */
#ifndef XNM_GIVE_UP_H
#define XNM_GIVE_UP_H

#include "policy/policy.h"

struct xnm_ctx;

/*
 * Removes from bridges the addresses, and from networks and guests the port forwards and subnets,
 * that the policy now gives to others, so that two can swap them. Returns 0, or not 0 if something
 * could not be removed, which was logged.
 */
int xnm_run_give_up(const struct xnm_policy *policy);

/* give_up_addresses.c: the part for bridges' addresses. ctx->policy must be set. */
int xnm_give_up_addresses(struct xnm_ctx *ctx);

#endif
