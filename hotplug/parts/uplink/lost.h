/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lost.h - the end of a lease by the notes alone, and whose client it is that says so. */
#ifndef XNM_DHCP_LOST_H
#define XNM_DHCP_LOST_H

#include "hotplug/core/apply.h"
#include "hotplug/parts/uplink/uplink.h"

/*
 * Of a client that an older xnm has started, which does not say whose it is: the
 * name of the only uplink with a client on the device, or NULL.
 */
const char *xnm_dhcp_noted_name(const struct xnm_ctx *ctx, const char *device,
				char out[XNM_NAME_LEN]);

/*
 * Whether the uplink has no lease, and its device is up already: what a client
 * says that begins, while whoever starts it holds the lock and waits whether it
 * lives. name may be NULL.
 */
bool xnm_dhcp_nothing_to_lose(const struct xnm_ctx *ctx, const char *name, const char *device);

/*
 * An end is an end, whatever the policy says, or does not: the address and the
 * routes of the lease go. The caller holds the lock of all uplinks. name may be
 * NULL. Returns 0 or -errno.
 */
int xnm_dhcp_lose(struct xnm_ctx *ctx, const char *name, const char *device);

#endif
