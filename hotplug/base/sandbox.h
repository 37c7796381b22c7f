/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox.h - drop the privileges that the rest of a run does not need. */
#ifndef XNM_SANDBOX_H
#define XNM_SANDBOX_H

#include "hotplug/base/log.h"

/* What a run may do besides network setup. */
#define XNM_MAY_SIGNAL	 1u /* signal dnsmasq, which is another user, to read its files again */
#define XNM_MAY_RUN_DHCP 2u /* start and stop a DHCP client */

/*
 * Keeps CAP_NET_ADMIN and what may allows, and drops all other capabilities; no new privileges by
 * exec. Call it after the xenstore connection is open. A process that has no others loses nothing.
 * Returns 0, or -errno with err filled if capabilities are left that should not be: then nothing
 * may be set up.
 */
int xnm_sandbox_enter(unsigned int may, struct xnm_err *err);

/*
 * For a DHCP client and the hook that it runs: always the same capabilities, whatever the caller
 * has. Returns 0 or -errno.
 */
int xnm_sandbox_client(void);

#endif
