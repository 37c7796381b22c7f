/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lost.h - end a lease by the notes alone, and find the uplink of the client that reports it. */
#ifndef XNM_DHCP_LOST_H
#define XNM_DHCP_LOST_H

#include "hotplug/core/apply.h"
#include "hotplug/parts/uplink/uplink.h"

/*
 * For a client that an older xnm has started without the uplink's name: the name of the only uplink
 * with a client on the device, or NULL.
 */
const char *xnm_dhcp_noted_name(const struct xnm_ctx *ctx, const char *device,
				char out[XNM_NAME_LEN]);

/*
 * Whether the uplink has no lease and its device is up: then the hook has nothing to do. A starting
 * client runs the hook while the run that started it holds the lock and waits for the client. name
 * may be NULL.
 */
bool xnm_dhcp_nothing_to_lose(const struct xnm_ctx *ctx, const char *name, const char *device);

/*
 * Removes the address and the routes of a lease that has ended, whatever the policy says. The
 * caller holds the uplinks' lock. name may be NULL. Returns 0 or -errno.
 */
int xnm_dhcp_lose(struct xnm_ctx *ctx, const char *name, const char *device);

#endif
