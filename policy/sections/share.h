/* SPDX-License-Identifier: GPL-2.0-or-later */
/* share.h - whether a vif may send what comes from outside. */
#ifndef XNM_SHARE_H
#define XNM_SHARE_H

#include "policy/policy.h"

/* Whether a locked vif could not share: it may not send what comes from outside. network may be NULL. */
bool xnm_vif_cannot_share(const struct xnm_vif_policy *vif, const struct xnm_network *network);

#endif
