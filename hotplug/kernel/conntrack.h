/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack.h - forget the connections of addresses that have gone or changed hands. */
#ifndef XNM_CONNTRACK_H
#define XNM_CONNTRACK_H

#include "hotplug/value.h"

/*
 * Deletes every entry of the kernel's connection table that has one of the n
 * addresses, or an address of one of the n prefixes, as its source or its
 * destination, in the original or in the reply direction. Both families may be
 * in the list; bits beyond a prefix do not count. Cut off the guest's traffic
 * first, or what it sends makes new entries.
 *
 * *n_deleted, unless NULL, is how many went, also on failure. An entry that
 * goes by itself meanwhile is no failure and is not counted.
 *
 * With an empty table, or without connection tracking, it costs one read of
 * /proc/sys/net/netfilter/nf_conntrack_count, otherwise a dump of the table and
 * another one after the last deletion: each of these looks at every bucket,
 * 5 ms for 262,144 of them, and takes 1 us for every entry.
 *
 * Returns 0 or -errno. -EAGAIN: new entries kept coming. -EBUSY: a flow table
 * ("flow add" of nft) holds an entry and the kernel, 4.16 or later, lacks commit
 * 9b7c68b3911a (Linux 6.4, 6.1.32); all other entries are gone.
 */
int xnm_conntrack_purge(const struct xnm_cidr *addresses, unsigned int n, unsigned int *n_deleted);

#endif
