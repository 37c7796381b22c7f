/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox.h - give away what the rest of a run does not need. */
#ifndef XNM_SANDBOX_H
#define XNM_SANDBOX_H

#include "hotplug/base/log.h"

/* Closes descriptors that the caller leaked to us; for the first line of main(). */
void xnm_sandbox_close_inherited(void);

/* What a run does beside setting the network up. */
#define XNM_MAY_SIGNAL	 1u /* tell dnsmasq, which runs as somebody else, to read its files again */
#define XNM_MAY_RUN_DHCP 2u /* start a DHCP client, and end it */

/*
 * Keeps CAP_NET_ADMIN and what may says; to read and write files of other
 * owners no more, nothing else; no new privileges by exec. Call it once the
 * xenstore connection is open. Who has no more than that to begin with loses
 * nothing. Returns 0, or -errno with err filled when rights are left that should
 * not be: then nothing may be set up with them.
 */
int xnm_sandbox_enter(unsigned int may, struct xnm_err *err);

/*
 * For a DHCP client, and thereby for what it calls: the same rights, whoever
 * starts it and with how many of his own. Returns 0 or -errno.
 */
int xnm_sandbox_client(void);

#endif
