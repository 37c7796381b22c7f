/* SPDX-License-Identifier: GPL-2.0-or-later */
/* share.h - whether a vif may send packets with any source address. */
#ifndef XNM_SHARE_H
#define XNM_SHARE_H

#include "policy/policy.h"

/*
 * Whether the guest could not share its connection, as its vif may send from its
 * own addresses only. network may be NULL.
 */
bool xnm_vif_cannot_share(const struct xnm_vif_policy *vif, const struct xnm_network *network);

#endif
