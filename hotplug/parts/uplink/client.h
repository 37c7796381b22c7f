/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client.h - the system's own DHCP client on an uplink with gateway=dhcp. */
#ifndef XNM_DHCP_CLIENT_H
#define XNM_DHCP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/log.h"
#include "hotplug/parts/uplink/uplink.h"

struct xnm_run_dir;

/* The name by which the client runs xnm-vif: see xnm_dhcp_hook(). */
#define XNM_DHCP_HOOK "xnm-dhcp"

/* The environment variable with the uplink's name, for the client and the hook that it runs. */
#define XNM_DHCP_UPLINK "XNM_UPLINK"

/*
 * Starts udhcpc, dhclient or dhcpcd for the note's uplink, on the note's device, in the background.
 * It is noted before it runs. It always has the same privileges, runs xnm-vif, and configures
 * nothing itself. Returns 0; -ENOENT if none of them is installed; or another -errno, mostly with
 * err filled, also if it has exited already.
 */
int xnm_dhcp_start(const struct xnm_run_dir *dir, struct xnm_uplink_note *note,
		   struct xnm_err *err);

/* The client that would be started, "udhcpc", "dhclient" or "dhcpcd"; NULL: none is installed. */
const char *xnm_dhcp_client_name(void);

/* Whether this very process still runs. */
bool xnm_dhcp_runs(uint32_t pid, uint64_t started);

/* Stops it; a process that no longer exists is no error. */
void xnm_dhcp_stop(uint32_t pid, uint64_t started);

#endif
