/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack.h - forget connections: of addresses that have changed hands, and those that are allowed no more. */
#ifndef XNM_CONNTRACK_H
#define XNM_CONNTRACK_H

#include "hotplug/base/value.h"

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

/* One direction of a connection. Ports in host order; 0 where the protocol has none. */
struct xnm_tuple {
	uint8_t protocol;
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
	uint8_t icmp_type;
};

/*
 * An entry of the table. Who began it sent orig; reply is what the answers
 * look like where they come in, so that it tells of translated addresses.
 */
struct xnm_connection {
	uint8_t family; /* AF_INET or AF_INET6 */
	struct xnm_tuple orig, reply;
	uint32_t status; /* IPS_*, linux/netfilter/nf_conntrack_common.h */
	bool has_master; /* it was expected, as FTP's data is; master: who announced it */
	struct xnm_tuple master;
};

/*
 * Calls fn for every entry of the table, in no order, some twice, and deletes
 * those of which it says true; with look nothing is deleted. Costs as above.
 * Returns 0 or -errno, as above.
 */
int xnm_conntrack_end(bool (*fn)(void *arg, const struct xnm_connection *connection), void *arg,
		      bool look);

/* Whether anything can be in the table. */
bool xnm_conntrack_has_entries(void);

#endif
