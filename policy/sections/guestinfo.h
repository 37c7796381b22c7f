/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestinfo.h - which router guests of a subnet are told of. */
#ifndef XNM_SECTIONS_GUESTINFO_H
#define XNM_SECTIONS_GUESTINFO_H

#include "policy/policy.h"

/*
 * The router that guests of a subnet (of the network's own) are told of, or
 * NULL for none: what gateway= says, with the host's own address for "self".
 */
const struct xnm_cidr *xnm_network_router(const struct xnm_network *network,
					  const struct xnm_cidr *subnet);

#endif
