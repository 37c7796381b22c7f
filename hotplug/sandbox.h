/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox.h - give away what the rest of a run does not need. */
#ifndef XNM_SANDBOX_H
#define XNM_SANDBOX_H

/* Closes descriptors that the caller leaked to us; for the first line of main(). */
void xnm_sandbox_close_inherited(void);

#include <stdbool.h>

/* What a run does beside setting the network up. */
#define XNM_MAY_SIGNAL	 1u /* tell dnsmasq, which runs as somebody else, to read its files again */
#define XNM_MAY_RUN_DHCP 2u /* start a DHCP client, and end it */

/*
 * Keeps CAP_NET_ADMIN and what may says; to read and write files of other
 * owners no more, nothing else; no new privileges by exec. Call it once the
 * xenstore connection is open. A kernel that refuses only leaves things as they
 * were.
 */
void xnm_sandbox_enter(unsigned int may);

#endif
