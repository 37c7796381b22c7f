/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft.c - the socket of nftables, and transactions that are counted as ours. */
#include "hotplug/core/nft.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/notes/generation.h"

int apply_open_nft(struct xnm_ctx *ctx)
{
	return ctx->nft ? 0 : xnm_nft_open(&ctx->nft);
}

int apply_commit(struct xnm_ctx *ctx)
{
	int rc = xnm_nft_commit(ctx->nft);

	if (rc == 0 && xnm_nft_new_generation(ctx->nft))
		xnm_nft_count(&ctx->dir, xnm_nft_new_generation(ctx->nft));
	return rc;
}
