/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carry_core.h - what the files that move a device's things share: requests made from the kernel's own words. */
#ifndef XNM_CARRY_CORE_H
#define XNM_CARRY_CORE_H

#include "hotplug/kernel/carry.h"
#include "hotplug/kernel/rtnl_core.h"

static inline struct nlmsghdr *carry_header(const struct xnm_carry *carry,
					    const struct xnm_carried *carried)
{
	return (struct nlmsghdr *)(void *)(carry->bytes + carried->at);
}

/* The device to which something is added, or from which it is deleted. */
struct carry_end {
	const char *ifname;
	int ifindex;
};

/*
 * The request that makes (flags of NLM_F_CREATE and its like) or deletes the
 * same at an end. nodad: of an IPv6 address, that it is not tested. NULL when
 * there is no memory.
 */
struct nl_msg *carry_address_msg(const struct xnm_carry *carry, const struct xnm_carried *address,
				 const struct carry_end *end, int type, int flags, bool nodad);
struct nl_msg *carry_route_msg(const struct xnm_carry *carry, const struct xnm_carried *route,
			       const struct carry_end *end, int type, int flags);
struct nl_msg *carry_neighbour_msg(const struct xnm_carry *carry,
				   const struct xnm_carried *neighbour, const struct carry_end *end,
				   bool adds);
struct nl_msg *carry_other_msg(const struct xnm_carry *carry, const struct xnm_carried *other,
			       const struct carry_end *end, bool adds);

/* Whether an address is in use: neither tentative nor a duplicate. */
bool carry_address_works(const struct xnm_carry *carry, const struct xnm_carried *address);
bool carry_has_gateway(const struct xnm_carry *carry, const struct xnm_carried *route);

/* Which address is the i-th to be added, so that the kernel lists and prefers them as before. */
unsigned int carry_address_order(const struct xnm_carry *carry, unsigned int i);

/* What is read of a device, until all of it is. */
struct carry_reading {
	struct xnm_carry *carry;
	int family; /* the family of the dump that is being read */
	unsigned int n_addresses, n_routes, n_neighbours, n_others;
	uint32_t n_bytes;
	bool permanent; /* whether permanent neighbours are read, or all others */
	const char *too_many; /* of what there are more than fit */
	unsigned int max; /* how many of them do */
	bool has_multipath, has_nexthop;
	unsigned int n_same; /* IPv4 routes of ours that were seen again */
	uint8_t key[16]; /* of the last IPv4 route */
	bool foreign; /* a route of another device has the same key */
};

/*
 * Keeps a message, and returns where. If it does not fit, the rest of the dump is read all
 * the same: nothing else ends a dump.
 */
struct xnm_carried *carry_keep(struct carry_reading *reading, struct xnm_carried *list,
			       unsigned int *n, unsigned int max, const char *what,
			       const struct nlmsghdr *hdr);

/* Asks for a list. attr, unless it is 0, says whose. What a kernel does not know there is none of. */
int carry_dump(struct carry_reading *reading, struct xnm_rtnl *rtnl, int type, const void *info,
	       size_t info_len, int attr, rtnl_answer fn);

/* Reads neighbours, rules, proxies and labels. */
int carry_read_others(struct carry_reading *reading, struct xnm_rtnl *rtnl);

#endif
