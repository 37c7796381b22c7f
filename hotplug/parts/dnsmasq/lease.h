/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lease.h - read dnsmasq's lease file. */
#ifndef XNM_DHCP_LEASE_H
#define XNM_DHCP_LEASE_H

#include "hotplug/kernel/dhcp6_release.h"

#define XNM_LEASE_PATH_LEN 256

/* The path of a network's lease file. Returns 0 or -ENAMETOOLONG. */
int xnm_lease_path(char out[XNM_LEASE_PATH_LEN], const char *network);

/*
 * Looks for an address in a lease file, from fd's position to its end. Lines that are not dnsmasq's
 * are skipped; out is filled for IPv6 only. Returns 0; -ENOENT if it is not found; -EAGAIN if it is
 * not found and the file is incomplete, as dnsmasq truncates it before rewriting; or -errno.
 */
int xnm_lease_find(int fd, const struct xnm_cidr *address, struct xnm_lease6 *out);

/* The same in a network's lease file, and the same with a short wait for a complete file. */
int xnm_lease_look(const char *network, const struct xnm_cidr *address, struct xnm_lease6 *out);
int xnm_lease_read(const char *network, const struct xnm_cidr *address, struct xnm_lease6 *out);

#endif
