/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lease.h - what dnsmasq has noted of an address that it gave. */
#ifndef XNM_DHCP_LEASE_H
#define XNM_DHCP_LEASE_H

#include "hotplug/kernel/dhcp6_release.h"

#define XNM_LEASE_PATH_LEN 256

/* Where the dnsmasq of a network keeps its leases. Returns 0 or -ENAMETOOLONG. */
int xnm_lease_path(char out[XNM_LEASE_PATH_LEN], const char *network);

/*
 * Looks for an address in a lease file, from where fd is to its end. What is no
 * line of dnsmasq's is passed over; out is filled for IPv6 only. Returns 0;
 * -ENOENT when it is not there; -EAGAIN when it is not there and the file is
 * not a whole one, as dnsmasq empties it before it writes it anew; or -errno.
 */
int xnm_lease_find(int fd, const struct xnm_cidr *address, struct xnm_lease6 *out);

/* The same in the lease file of a network, and the same when that is waited for a little. */
int xnm_lease_look(const char *network, const struct xnm_cidr *address, struct xnm_lease6 *out);
int xnm_lease_read(const char *network, const struct xnm_cidr *address, struct xnm_lease6 *out);

#endif
