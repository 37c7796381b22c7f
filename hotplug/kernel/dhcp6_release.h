/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dhcp6_release.h - tell the DHCPv6 server of this host that a lease is not needed any more. */
#ifndef XNM_DHCP6_RELEASE_H
#define XNM_DHCP6_RELEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "hotplug/base/value.h"

#define XNM_DUID_MAX 130 /* a type of 2 bytes and 128 more (RFC 8415, 11.1) */

struct xnm_duid {
	uint8_t len; /* 0: unset */
	uint8_t b[XNM_DUID_MAX];
};

/* What identifies a lease beside its address: the DUID of the client and the IAID. */
struct xnm_lease6 {
	struct xnm_duid server, client;
	uint32_t iaid;
	bool temporary; /* of an IA_TA, not an IA_NA */
};

/*
 * Sends a RELEASE in the guest's name to the servers of this host that listen
 * on the interface, as if a relay passed it on; mac is the guest's. It does not
 * leave the host, and there is no answer to wait for. Returns 0 or -errno.
 */
int xnm_dhcp6_release(int ifindex, const struct xnm_cidr *address, const struct xnm_mac *mac,
		      const struct xnm_lease6 *lease);

#endif
