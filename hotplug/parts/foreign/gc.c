/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - delete our rules in other programs' chains that no note names. */
#include "hotplug/core/witness.h"
#include "hotplug/parts/foreign/gc.h"
#include "hotplug/parts/foreign/stages.h"

#include <errno.h>
#include <string.h>

#include "hotplug/kernel/nft_foreign.h"
#include "hotplug/notes/foreign.h"
#include "hotplug/notes/lock.h"
#include "hotplug/notes/network.h"
#include "hotplug/parts/foreign/apply.h"

#define MAX_STRAYS 64 /* per pass */

struct stray_search {
	unsigned int n;
	char devs[MAX_STRAYS][IFNAMSIZ];
};

static void note_stray(void *arg, const char *dev)
{
	struct stray_search *search = arg;

	for (unsigned int i = 0; i < search->n; i++) {
		if (strcmp(search->devs[i], dev) == 0)
			return;
	}
	if (search->n < MAX_STRAYS)
		(void)snprintf(search->devs[search->n++], IFNAMSIZ, "%s", dev);
}

void apply_end_strays(struct xnm_ctx *ctx)
{
	struct stray_search search = { .n = 0 };
	struct xnm_foreign_note note;
	char network[XNM_NAME_LEN];

	if (!ctx->nft && xnm_nft_open(&ctx->nft))
		return;
	for (unsigned int ip = 0; ip < XNM_N_IP; ip++)
		(void)xnm_nft_each_through(ctx->nft, xnm_ip_families[ip], note_stray, &search);
	for (unsigned int i = 0; i < search.n; i++) {
		/* an online holds the bridge's lock, and writes the note before the rules */
		if (xnm_lock(&ctx->dir.locks, XNM_LOCK_NETWORK, search.devs[i],
			     XNM_LOCK_TIMEOUT_MS))
			continue;
		xnm_foreign_network(network, search.devs[i]);
		if (xnm_foreign_note_read(&ctx->dir, search.devs[i], &note) == -ENOENT &&
		    !xnm_network_has_members(&ctx->dir, network) &&
		    !xnm_has_unknown(ctx, search.devs[i]))
			(void)apply_end_through(ctx, search.devs[i]);
		xnm_unlock(&ctx->dir.locks, XNM_LOCK_NETWORK);
	}
}

int foreign_gc(struct xnm_gc *gc)
{
	apply_end_strays(gc->ctx);
	return 0;
}
