/* SPDX-License-Identifier: GPL-2.0-or-later */
/* subnets.h - how an address lies to the subnets of a network. */
#ifndef XNM_SUBNETS_H
#define XNM_SUBNETS_H

#include "policy/policy.h"

/* Whether subnets of the network are of the family of host, and none of them has it. */
bool xnm_network_lacks(const struct xnm_network *network, const struct xnm_cidr *host);

/* Whether a guest's own prefix is a whole subnet of the network, of which others are as well. */
bool xnm_network_is_all(const struct xnm_network *network, const struct xnm_cidr *own);

/* Whether one of the network's addresses is of the family. */
bool xnm_network_has_family(const struct xnm_network *network, uint8_t family);

/* Whether the host has the address on the network's bridge, with a prefix of whatever length. */
bool xnm_network_has_host(const struct xnm_network *network, const struct xnm_cidr *address);

/* The network's own address in the subnet that has the address, or NULL. */
const struct xnm_cidr *xnm_network_on_link(const struct xnm_network *network,
					   const struct xnm_cidr *address);

/* The same, but for link-local subnets. */
const struct xnm_cidr *xnm_network_subnet(const struct xnm_network *network,
					  const struct xnm_cidr *address);

/* Whether a subnet of the network is within another one of them, or equal to one before it. */
bool xnm_subnet_is_covered(const struct xnm_network *network, unsigned int i);

#endif
