/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gc.c - delete elements of address owners that no note names. */
#include "hotplug/core/delete.h"
#include "hotplug/core/witness.h"
#include "hotplug/parts/owned/stages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hotplug/kernel/nft.h"
#include "hotplug/notes/files.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/vif.h"

#define MAX_OWNED 16384 /* per pass */

/* Elements of owners have no device name by which they could be found. */
struct owned {
	unsigned int n;
	bool noted[MAX_OWNED];
	struct xnm_element list[MAX_OWNED];
};

static void keep(void *arg, const struct xnm_element *element)
{
	struct owned *owned = arg;

	if (owned->n < MAX_OWNED)
		owned->list[owned->n++] = *element;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct xnm_element));
}

static void strike(struct owned *owned, const struct xnm_elements *elements)
{
	for (unsigned int i = 0; i < elements->n; i++) {
		const struct xnm_element *element = bsearch(
			&elements->list[i], owned->list, owned->n, sizeof(owned->list[0]), compare);

		if (element)
			owned->noted[element - owned->list] = true;
	}
}

struct note_search {
	const struct xnm_run_dir *dir;
	struct owned *owned;
};

static int strike_vif(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	const struct note_search *search = arg;
	int rc = xnm_vif_note_read(search->dir, domid, devid, &state);

	if (rc)
		return rc == -ENOENT ? 0 : rc;
	strike(search->owned, &state.filter.elements[0]);
	strike(search->owned, &state.filter.elements[1]);
	return 0;
}

static int strike_network(void *arg, const char *network)
{
	static struct xnm_network_note note;
	const struct note_search *search = arg;
	int rc = xnm_network_note_read(search->dir, network, &note);

	if (rc)
		return rc == -ENOENT ? 0 : rc;
	strike(search->owned, &note.elements);
	return 0;
}

static int find_unknown(void *arg, const char *network)
{
	return network[0] == '=' && xnm_has_unknown(arg, network + 1);
}

static void delete_rest(struct xnm_ctx *ctx, struct owned *owned, bool unknown)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < owned->n; i++) {
		if (!owned->noted[i])
			owned->list[n++] = owned->list[i];
	}
	if (n == 0)
		return;
	/* it is unknown which of them belong to a vif without a note */
	if (unknown || xnm_network_note_each(&ctx->dir, find_unknown, ctx)) {
		xnm_log_info("%u addresses in nftables without notes are kept: there are vifs "
			     "without notes: run 'xnm-vif reapply all'",
			     n);
		return;
	}
	for (unsigned int i = 0; i < n; i += XNM_MAX_ELEMENTS) {
		unsigned int some = n - i < XNM_MAX_ELEMENTS ? n - i : XNM_MAX_ELEMENTS;
		int rc = apply_delete_elements(ctx, &owned->list[i], some);

		if (rc)
			xnm_log_warning("cannot delete addresses without notes from nftables: %s",
					strerror(-rc));
	}
}

int owned_gc(struct xnm_gc *gc)
{
	static struct owned owned;
	struct xnm_ctx *ctx = gc->ctx;
	struct note_search search = { &ctx->dir, &owned };
	int rc;

	if (!ctx->nft && xnm_nft_open(&ctx->nft))
		return 0;
	owned.n = 0;
	for (int i = 0; i < XNM_N_SETS; i++) {
		/* what an interrupted dump omits is collected another time */
		if (xnm_set_is_of_owners(i))
			(void)xnm_nft_each_whole(ctx->nft, (enum xnm_set_id)i, keep, &owned);
	}
	if (owned.n == 0)
		return 0;
	memset(owned.noted, 0, owned.n * sizeof(owned.noted[0]));
	qsort(owned.list, owned.n, sizeof(owned.list[0]), compare);
	/* the notes after the dump: elements are sent after they are noted, so newer ones are not
	 * in the dump */
	rc = xnm_vif_note_each(&ctx->dir, strike_vif, &search);
	if (rc == 0)
		rc = xnm_network_note_each(&ctx->dir, strike_network, &search);
	if (rc)
		xnm_log_warning("addresses in nftables without notes are kept: cannot read %s: %s",
				xnm_run_dir_path(), strerror(-rc));
	else
		delete_rest(ctx, &owned, gc->unknown);
	return 0;
}
