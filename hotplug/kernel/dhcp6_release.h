/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp6_release.h - tell the DHCPv6 server of this host that a lease is not needed any more. */
#ifndef XNM_DHCP6_RELEASE_H
#define XNM_DHCP6_RELEASE_H

#include "hotplug/dhcp_lease.h"

/*
 * Sends a RELEASE in the guest's name to the servers of this host that listen
 * on the interface, as if a relay passed it on; mac is the guest's. It does not
 * leave the host, and there is no answer to wait for. Returns 0 or -errno.
 */
int xnm_dhcp6_release(int ifindex, const struct xnm_cidr *address, const struct xnm_mac *mac,
		      const struct xnm_lease6 *lease);

#endif
