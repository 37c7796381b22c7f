/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft.h - open nftables for a run, and send transactions that are counted as ours. */
#ifndef XNM_CORE_NFT_H
#define XNM_CORE_NFT_H

#include "hotplug/core/apply.h"

/* Opens the nftables socket when it is needed. Returns 0 or -errno. */
int apply_open_nft(struct xnm_ctx *ctx);

/* Sends the batch as one transaction, and records its generation as xnm's own. Returns 0 or
 * -errno. */
int apply_commit(struct xnm_ctx *ctx);

#endif
