/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stable_mac.h - a MAC address that a host and a name have in common, every time. */
#ifndef XNM_STABLE_MAC_H
#define XNM_STABLE_MAC_H

#include "hotplug/base/value.h"

/* Fills mac: locally administered, unicast, and the same for the same two texts. Pure. */
void xnm_stable_mac(struct xnm_mac *mac, const char *host, const char *name);

/*
 * What this host is called: its machine-id, of systemd or else of D-Bus, or else its host name; cut
 * to what fits. As in systemd's MACAddressPolicy=persistent, two hosts with networks of one name
 * must not have bridges of one MAC address.
 */
#define XNM_HOST_TEXT_LEN 65
void xnm_host_text(char out[XNM_HOST_TEXT_LEN]);

#endif
