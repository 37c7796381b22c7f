/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prefix.h - what addresses and subnets of a policy have to do with each other. */
#ifndef XNM_PREFIX_H
#define XNM_PREFIX_H

#include "hotplug/value.h"

/* Whether both are the same address, whatever their prefix lengths. */
bool xnm_cidr_same_host(const struct xnm_cidr *a, const struct xnm_cidr *b);

/* Whether the address of host is in subnet. */
bool xnm_cidr_within(const struct xnm_cidr *host, const struct xnm_cidr *subnet);

/* Whether any bit behind the prefix is set. */
bool xnm_cidr_has_host_bits(const struct xnm_cidr *cidr);

/* Whether the address is one of fe80::/10, which each link has for itself. */
bool xnm_cidr_is_link_local(const struct xnm_cidr *cidr);

/* Writes the address without its prefix length to text, which holds XNM_CIDR_TEXT_LEN bytes. */
void xnm_cidr_format_host(const struct xnm_cidr *cidr, char *text);

#endif
