/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lease.h - the leased address on an uplink's device. */
#ifndef XNM_UPLINK_LEASE_H
#define XNM_UPLINK_LEASE_H

#include "hotplug/core/apply.h"

struct xnm_offer;
struct xnm_uplink_note;

/*
 * Replaces the lease of an uplink by another one, which may be empty, and notes it; an address that
 * existed before does not become ours. give_up deletes the noted address, unless it is somebody
 * else's by now. Return 0 or -errno.
 */
int apply_lease(struct xnm_ctx *ctx, struct xnm_uplink_note *note, const struct xnm_offer *offer);
int apply_give_up_lease(struct xnm_ctx *ctx, const struct xnm_uplink_note *note, int ifindex);

#endif
