/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cidr.h - compare, convert and print addresses and subnets. */
#ifndef XNM_CIDR_H
#define XNM_CIDR_H

#include "hotplug/base/value.h"

/* Whether both are the same address, whatever their prefix lengths. */
bool xnm_cidr_same_host(const struct xnm_cidr *a, const struct xnm_cidr *b);

/* The address alone, as /32 or /128. */
struct xnm_cidr xnm_cidr_host(const struct xnm_cidr *address);

/* Whether the address of host is in subnet. */
bool xnm_cidr_within(const struct xnm_cidr *host, const struct xnm_cidr *subnet);

/* Whether one of two subnets has the address of the other one. */
bool xnm_cidr_overlap(const struct xnm_cidr *a, const struct xnm_cidr *b);

/* Whether a server can give a host that IPv4 address: no loopback, link-local, multicast, class E. */
bool xnm_is_leasable(const struct xnm_cidr *address);

/* Whether any bit behind the prefix is set. */
bool xnm_cidr_has_host_bits(const struct xnm_cidr *cidr);

/* Whether the address is the last one of an IPv4 subnet that has a broadcast address. */
bool xnm_cidr_is_broadcast(const struct xnm_cidr *cidr);

/*
 * What ADDRESS/LENGTH means as a guest's own: with bits behind the length, or in
 * a subnet of two, it is that one host, and the length goes to told_len. Without
 * any it is the whole subnet, which is routed to the guest.
 */
void xnm_cidr_settle(struct xnm_cidr *cidr);

/*
 * Writes "address/len" with told_len, if there is one, as len. text holds
 * XNM_CIDR_TEXT_LEN bytes.
 */
void xnm_cidr_format_told(const struct xnm_cidr *cidr, char *text);

/* Whether the address is one of fe80::/10, which each link has for itself. */
bool xnm_cidr_is_link_local(const struct xnm_cidr *cidr);

/* Writes the address without its prefix length to text, which holds XNM_CIDR_TEXT_LEN bytes. */
void xnm_cidr_format_host(const struct xnm_cidr *cidr, char *text);

/* Whether guests make IPv6 addresses in the subnet from their MAC addresses (EUI-64). */
bool xnm_is_eui64_subnet(const struct xnm_cidr *cidr);

/* The address that a guest makes of a prefix of length 64 and its MAC address (RFC 4291, A). */
void xnm_eui64(struct xnm_cidr *out, const struct xnm_cidr *prefix, const struct xnm_mac *mac);

/* An address that stands for a whole prefix: one without host bits that is shorter than a host. */
bool xnm_cidr_is_prefix(const struct xnm_cidr *cidr);

/* Whether prefix n is within another one that is kept: interval sets reject overlapping
 * prefixes. */
bool xnm_cidr_is_covered(const struct xnm_cidr *all, unsigned int n, unsigned int i);

/* The link-local address made from the MAC address (RFC 4291, appendix A). */
void xnm_link_local(struct xnm_cidr *out, const struct xnm_mac *mac);

/* Whether the list has the very same, with its length. */
bool xnm_cidr_is_among(const struct xnm_cidr *list, unsigned int n, const struct xnm_cidr *cidr);

#endif
