/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp_hook.h - xnm-vif as an uplink's DHCP client runs it. */
#ifndef XNM_DHCP_HOOK_H
#define XNM_DHCP_HOOK_H

#include <stdbool.h>

/* Whether a program was started by that name. */
bool xnm_dhcp_is_hook(const char *argv0);

/*
 * The hook that the client runs when it has got or lost a lease, as argv[1] or reason in the
 * environment says. Sets the address and the uplink's route. Returns an exit status.
 */
int xnm_dhcp_hook(int argc, char **argv);

#endif
