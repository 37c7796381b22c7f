/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apart.h - interfaces of this host that must not forward to each other, as they did not before guests needed it. */
#ifndef XNM_APART_H
#define XNM_APART_H

#include "hotplug/kernel/link.h"
#include "hotplug/kernel/nft_sets.h"

/*
 * Forwarding is one sysctl for the whole host: switching it on for guests also lets the host
 * forward between its own cards. IPv6 has no per-interface setting before Linux 6.17 (ip6_forward()
 * checks "all" only), and IPv4's is checked on the input interface, where an uplink must allow it.
 * So xnm switches forwarding on for all, and nftables rules drop what was not forwarded before:
 * packets between the interfaces that exist when the sysctl changes from 0 to 1, and to or from
 * network cards that appear later. Other interfaces that are created later are left to whoever
 * creates them.
 *
 * These interfaces are noted like a network, "+ipv4" or "+ipv6", as long as the sysctl's former
 * value is noted.
 */

/*
 * Fills the elements of interfaces that must not forward in a family. old: the elements so far.
 * all: forwarding is about to be switched on, so all existing interfaces count. Pure. Returns 0, or
 * -E2BIG if there are too many.
 */
int xnm_filter_apart(struct xnm_elements *out, const struct xnm_host_links *links, unsigned int ip,
		     const struct xnm_elements *old, bool all);

/* Per family: the name of the note, and the sysctl that switches forwarding on. */
extern const char *const xnm_apart_notes[XNM_N_IP];
extern const char *const xnm_forwarding_paths[XNM_N_IP];

#endif
