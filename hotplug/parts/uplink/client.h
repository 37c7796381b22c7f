/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client.h - the system's own DHCP client on an uplink with gateway=dhcp. */
#ifndef XNM_DHCP_CLIENT_H
#define XNM_DHCP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/log.h"
#include "hotplug/parts/uplink/uplink.h"

struct xnm_run_dir;

/* The name under which xnm-vif is started by the client: see xnm_dhcp_hook(). */
#define XNM_DHCP_HOOK "xnm-dhcp"

/* In the environment of the client, and so of what it calls: the name of the uplink. */
#define XNM_DHCP_UPLINK "XNM_UPLINK"

/*
 * Starts udhcpc, dhclient or dhcpcd for the uplink of the note, on the device of
 * the note, in the background. It is noted before it runs. Whoever starts it, it
 * has the same rights, calls xnm-vif, and sets nothing itself. Returns 0; -ENOENT
 * when there is none of them; or another -errno, mostly with err filled, also
 * when it has ended already.
 */
int xnm_dhcp_start(const struct xnm_run_dir *dir, struct xnm_uplink_note *note,
		   struct xnm_err *err);

/* Which one would be started, "udhcpc", "dhclient" or "dhcpcd"; NULL: there is none. */
const char *xnm_dhcp_client_name(void);

/* Whether that very process is there. */
bool xnm_dhcp_runs(uint32_t pid, uint64_t started);

/* Ends it; one that has gone is success. */
void xnm_dhcp_stop(uint32_t pid, uint64_t started);

/* Whether a program was started by that name. */
bool xnm_dhcp_is_hook(const char *argv0);

/*
 * What the client calls when it has got, or lost, its address: argv[1] or
 * reason in the environment say which. Sets the address, and the route of the
 * uplink. Returns an exit status.
 */
int xnm_dhcp_hook(int argc, char **argv);

#endif
