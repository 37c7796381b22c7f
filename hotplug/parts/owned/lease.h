/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lease.h - keep the guests of a bridge from using an address that this host is leased there. */
#ifndef XNM_OWNED_LEASE_H
#define XNM_OWNED_LEASE_H

#include "hotplug/core/apply.h"

/*
 * Adds an address that this host has been leased, by ctx->leases, to those that guests of the
 * bridge may not use, and removes one whose lease has ended. The caller holds no bridge's lock and
 * not the uplinks' lock.
 */
void xnm_leases_follow(struct xnm_ctx *ctx);

#endif
