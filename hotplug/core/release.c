/* SPDX-License-Identifier: GPL-2.0-or-later */
/* release.c - undo all that was set up for a network, when its last vif has left. */
#include "hotplug/core/delete.h"
#include "hotplug/core/part.h"
#include "hotplug/core/release.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "hotplug/core/witness.h"
#include "hotplug/kernel/nft.h"
#include "hotplug/kernel/sysctl.h"
#include "hotplug/notes/foreign.h"
#include "hotplug/notes/lock.h"
#include "hotplug/notes/network.h"
#include "hotplug/notes/owned.h"
#include "hotplug/notes/vif.h"

/* Keeps elements that a vif of the bridge has put into the sets of owners, too. */
static void drop_claimed(struct xnm_ctx *ctx, const char *network, struct xnm_network_note *note)
{
	static bool claimed[XNM_MAX_ELEMENTS];
	struct xnm_elements *elements = &note->elements;
	unsigned int n = 0;

	if (xnm_foreign_dev(network) || !xnm_network_is_device(network))
		return;
	xnm_address_notes_own(&ctx->dir, note->bridge, elements, NULL, claimed);
	for (unsigned int i = 0; i < elements->n; i++) {
		if (!claimed[i])
			elements->list[n++] = elements->list[i];
	}
	elements->n = n;
}

struct vif_search {
	struct xnm_ctx *ctx;
	const char *network;
	const struct xnm_owner *but; /* the vif that leaves; NULL: none */
};

static bool is_of_network(const struct xnm_vif_note *state, const char *network)
{
	const char *dev = xnm_foreign_dev(network);

	if (network[0] == '=')
		return state->filter.locked && !state->routed.is_routed &&
		       strcmp(state->bridge.name, network + 1) == 0;
	return dev ? strcmp(state->foreign.devs[0], dev) == 0 ||
			       strcmp(state->foreign.devs[1], dev) == 0
		   : strcmp(state->network.name, network) == 0;
}

/* Whether a vif's own note says that it is in the network, if the network's notes were lost. */
static int find_member(void *arg, uint32_t domid, uint32_t devid)
{
	static struct xnm_vif_note state;
	const struct vif_search *search = arg;
	const struct xnm_run_dir *dir = &search->ctx->dir;
	int rc;

	if (search->but && search->but->domid == domid && search->but->devid == devid)
		return 0;
	rc = xnm_vif_note_read(dir, domid, devid, &state);
	/* a vif whose note is unreadable may be in it */
	if (rc)
		return rc != -ENOENT;
	/* another run may be removing it, or still waiting for the network's lock */
	if (!is_of_network(&state, search->network) ||
	    xnm_lock_vif_is_others(&dir->locks, domid, devid))
		return 0;
	(void)xnm_network_member_add(dir, search->network, domid, devid);
	return 1;
}

static int remove_network(struct xnm_ctx *ctx, const char *network, const struct xnm_owner *but)
{
	static struct xnm_network_note note;
	struct vif_search search = { ctx, network, but };
	int rc;

	if (xnm_network_has_members(&ctx->dir, network) ||
	    xnm_vif_note_each(&ctx->dir, find_member, &search))
		return 0;
	rc = xnm_network_note_read(&ctx->dir, network, &note);
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	drop_claimed(ctx, network, &note);
	rc = xnm_parts_release(ctx, network, &note);
	return rc ? rc : xnm_parts_released(ctx, network, &note);
}

int apply_release_network(struct xnm_ctx *ctx, const char *network, const char *bridge,
			  const struct xnm_owner *but)
{
	int rc = xnm_lock(&ctx->dir.locks, XNM_LOCK_OLD_NETWORK, bridge[0] ? bridge : network,
			  XNM_SHARED_LOCK_TIMEOUT_MS);

	if (rc)
		return rc;
	rc = remove_network(ctx, network, but);
	xnm_unlock(&ctx->dir.locks, XNM_LOCK_OLD_NETWORK);
	return rc;
}

static int is_real(void *arg, const char *network)
{
	(void)arg;
	return !xnm_network_is_device(network);
}

bool xnm_has_lost_all_networks(const struct xnm_run_dir *dir, const char *network)
{
	return !xnm_network_is_device(network) && xnm_network_note_each(dir, is_real, NULL) == 0;
}
