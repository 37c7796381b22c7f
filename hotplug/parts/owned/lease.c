/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lease.c - keep the guests of a bridge from using an address that this host is leased there. */
#include "hotplug/core/delete.h"
#include "hotplug/core/elements/elements.h"
#include "hotplug/parts/owned/lease.h"

#include <errno.h>
#include <string.h>

#include "hotplug/core/nft.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/rtnl.h"
#include "hotplug/notes/lock.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/owned.h"
#include "hotplug/parts/filter/filter.h"

static bool has_address(struct xnm_ctx *ctx, const char *device, const struct xnm_cidr *address)
{
	struct xnm_addr_state state = { .is_there = false };
	struct xnm_link link;

	return xnm_link_get(ctx->rtnl, device, &link) == 0 &&
	       xnm_addr_state(ctx->rtnl, link.ifindex, address, &state) == 0 && state.is_there;
}

/* Adds the elements that are not noted yet. Returns whether there were any. */
static bool add_noted(struct xnm_elements *noted, const struct xnm_elements *own)
{
	bool added = false;

	for (unsigned int i = 0; i < own->n && noted->n < XNM_MAX_ELEMENTS; i++) {
		if (xnm_elements_have(noted, &own->list[i]))
			continue;
		noted->list[noted->n++] = own->list[i];
		added = true;
	}
	return added;
}

/* Removes own from the note; own keeps those that no vif has noted either. */
static bool del_noted(struct xnm_ctx *ctx, const char *bridge, struct xnm_elements *noted,
		      struct xnm_elements *own)
{
	static bool claimed[XNM_MAX_ELEMENTS];
	unsigned int n = 0, n_going = 0, before = noted->n;

	for (unsigned int i = 0; i < noted->n; i++) {
		if (!xnm_elements_have(own, &noted->list[i]))
			noted->list[n++] = noted->list[i];
	}
	noted->n = n;
	xnm_address_notes_own(&ctx->dir, bridge, own, NULL, claimed);
	for (unsigned int i = 0; i < own->n; i++) {
		if (!claimed[i])
			own->list[n_going++] = own->list[i];
	}
	own->n = n_going;
	return n != before;
}

static int send_elements(struct xnm_ctx *ctx, const struct xnm_elements *own, bool add)
{
	int rc = apply_open_nft(ctx);

	if (rc || !add)
		return rc ? rc : apply_delete_elements(ctx, own->list, own->n);
	xnm_nft_begin(ctx->nft, 0);
	for (unsigned int i = 0; i < own->n; i++)
		xnm_nft_add_element(ctx->nft, &own->list[i]);
	return apply_commit(ctx);
}

/* The bridge's lock is held. Without locked guests there is no note, and nothing to do. */
static int follow(struct xnm_ctx *ctx, const char *device, const struct xnm_cidr *address)
{
	bool add = has_address(ctx, device, address), changed;
	static struct xnm_network_note note;
	static struct xnm_elements own;
	char network[XNM_NAME_LEN];
	int rc;

	xnm_owned_network(network, device);
	rc = xnm_network_note_read(&ctx->dir, network, &note);
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	own.n = 0;
	own.full = false;
	xnm_filter_owned_host(&own, device, address);
	changed = add ? add_noted(&note.elements, &own)
		      : del_noted(ctx, device, &note.elements, &own);
	if (!changed)
		return 0;
	rc = xnm_network_note_write(&ctx->dir, network, &note);
	if (rc == 0)
		rc = send_elements(ctx, &own, add);
	if (rc == 0)
		xnm_network_note_sent(&ctx->dir, network);
	/* a missing table is rebuilt from the notes by the next event */
	return rc == -ENOENT ? 0 : rc;
}

void xnm_leases_follow(struct xnm_ctx *ctx)
{
	bool had_nft = ctx->nft != NULL;

	for (unsigned int i = 0; i < ctx->n_leases; i++) {
		const char *device = ctx->leases[i].device;
		int rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_NETWORK, device,
				  XNM_SHARED_LOCK_TIMEOUT_MS);

		if (rc == 0) {
			rc = follow(ctx, device, &ctx->leases[i].address);
			xnm_unlock(&ctx->dir.locks, XNM_LOCK_NETWORK);
		}
		if (rc)
			xnm_log_warning("guests on %s can use the leased address of this host "
					"until the next event: %s",
					device, strerror(-rc));
	}
	ctx->n_leases = 0;
	if (had_nft || !ctx->nft)
		return;
	xnm_nft_close(ctx->nft);
	ctx->nft = NULL;
}
