/* SPDX-License-Identifier: GPL-2.0-or-later */
/* subnets.h - how an address lies to the subnets of a network. */
#ifndef XNM_SUBNETS_H
#define XNM_SUBNETS_H

#include "policy/policy.h"

/* Whether subnets of the network are of the family of host, and none of them has it. */
bool xnm_network_lacks(const struct xnm_network *network, const struct xnm_cidr *host);

/* Whether a guest's own prefix is a whole subnet of the network, of which others are as well. */
bool xnm_network_is_all(const struct xnm_network *network, const struct xnm_cidr *own);

#endif
