/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp_release.h - tell the DHCP server of this host that a lease is not needed any more. */
#ifndef XNM_DHCP_RELEASE_H
#define XNM_DHCP_RELEASE_H

#include "hotplug/base/value.h"

/*
 * Sends a DHCPRELEASE in the guest's name to the server that has the address
 * server of this host, as if it came in by the interface. It does not leave the
 * host, and there is no answer to wait for. Returns 0 or -errno.
 */
int xnm_dhcp_release(int ifindex, const struct xnm_cidr *server, const struct xnm_cidr *address,
		     const struct xnm_mac *mac);

#endif
